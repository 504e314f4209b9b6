import { isOfKind, type Draft } from '../../draft.ts';
import { normaliseScope } from '../../scope.ts';
import type { TermGate } from '../../terms.ts';
import { mentionsIn } from './ids.ts';
import { fieldOf, type MacroDetail } from './model.ts';
import { column, itemsAmong, ownTables } from './parts.ts';

/*
 * What a series freezes without a row in a freeze schedule: signatures of merged code below "Frozen Interfaces", and what the entry of a
 * pull request says of its own interfaces. The first holds from the beginning, or from when the named pull request is merged.
 */

interface Frozen {
  readonly names: readonly string[];
  readonly path: string | undefined;
  /** The pull request that freezes it; `undefined`: it was merged before. */
  readonly by: string | undefined;
}

/** Freezes beside those that the plan schedules; `scheduled` are left alone. */
export function standingFreezes(draft: Draft, scheduled: readonly TermGate[]): readonly TermGate[] {
  if (!isOfKind(draft, 'macro')) return [];
  const units = new Set(draft.units.map(({ id }) => id));
  const held = new Set(scheduled.flatMap(({ frozen }) => frozen?.names ?? []));
  const heldPaths = new Set(scheduled.flatMap(({ frozen }) => frozen?.paths ?? []));
  const found = new Map<string, { names: Set<string>; paths: Set<string> }>();
  for (const { names, path, by } of [...shown(draft), ...listed(draft), ...stated(draft)]) {
    const fresh = names.filter((name) => !held.has(name));
    const scope = path === undefined || names.length > 0 ? undefined : normaliseScope(path);
    const file = scope?.ok === true && !heldPaths.has(scope.value) ? scope.value : undefined;
    if (fresh.length === 0 && file === undefined) continue;
    const key = by !== undefined && units.has(by) ? by : '';
    const one = found.get(key) ?? { names: new Set(), paths: new Set() };
    found.set(key, one);
    for (const name of fresh) one.names.add(name);
    if (file !== undefined) one.paths.add(file);
  }
  return [...found].map(([by, { names, paths }]): TermGate => ({
    id: by === '' ? 'F-0' : `F-${by}`,
    kind: 'freeze',
    title: `${[...names, ...paths].slice(0, 6).join(', ')} ${by === '' ? 'is merged' : `with ${by}`}`,
    after: by === '' ? [] : [by],
    before: [],
    criteria: [],
    onFail: undefined,
    commands: [],
    frozen: { names: [...names].slice(0, 100), paths: [...paths].slice(0, 100) },
  }));
}

/** Signatures in fences. */
function shown({ detail }: Draft & { readonly detail: MacroDetail }): readonly Frozen[] {
  return detail.frozen.map(({ names, path, by }) => ({ names, path, by }));
}

/** Rows and items below Frozen Interfaces. */
function listed({ detail, outline }: Draft & { readonly detail: MacroDetail }): readonly Frozen[] {
  const section = detail.sections.frozen;
  if (section === undefined) return [];
  const { source } = outline;
  const rows = ownTables(outline, section.from, section.to).flatMap((table): readonly Frozen[] => {
    const place = column(table, /^(?:where|file|path|location|source|package)\b/);
    const from = column(table, /\b(?:frozen|merged|since|by|after|prs?|pull requests?)\b/);
    return table.rows.map(({ cells, start, end }) => {
      const text = from < 0 ? source.shadow.slice(start, end) : (cells[from]?.text ?? '');
      return {
        names: namesOf(cells[0]?.text ?? ''),
        path: pathIn(cells[place]?.text ?? ''),
        by: mentionsIn(text)[0]?.id,
      };
    });
  });
  const items = itemsAmong(outline, outline.blocks.slice(section.from, section.to)).map(({ span }): Frozen => {
    const text = source.shadow.slice(span.start, Math.min(span.end, span.start + 2000));
    const code = [...text.matchAll(/`([^`\n]{1,200})`/g)].map((match) => match[1] as string);
    const path = code.map(pathIn).find((one) => one !== undefined);
    return {
      names: code
        .filter((one) => pathIn(one) === undefined)
        .flatMap(namesOf)
        .slice(0, 8),
      path,
      by: mentionsIn(text)[0]?.id,
    };
  });
  return [...rows, ...items];
}

/** Names in code that the entry of a pull request says to be frozen with it. */
function stated({ detail, outline }: Draft & { readonly detail: MacroDetail }): readonly Frozen[] {
  return detail.pulls.flatMap((pull): readonly Frozen[] => {
    const field = fieldOf(pull, 'interfaces');
    if (field === undefined) return [];
    const text = outline.source.shadow.slice(field.start, Math.min(field.end, field.start + 2000));
    // What is flexible, or frozen by another one, is said in other words.
    const [clause = ''] = /\bfro?zen?\b[^.;]*|\bfreezes?\b[^.;]*/i.exec(text) ?? [];
    const before = text.slice(0, text.indexOf(clause));
    if (clause === '' || /\b(?:not|no|never|nothing|until)\b[^.;]{0,20}$/i.test(before)) return [];
    if (/^frozen\s+(?:by|in|since)\b/i.test(clause) && mentionsIn(clause).some(({ id }) => id !== pull.id)) return [];
    const [sentence = ''] = [...before.split(/[.;]\s/)].slice(-1);
    const names = [...`${sentence}${clause}`.matchAll(/`([^`\n]{1,200})`/g)].flatMap((match) =>
      namesOf(match[1] as string),
    );
    return names.length === 0 ? [] : [{ names, path: undefined, by: pull.id }];
  });
}

/** What a piece of code names: `Store`, of `Store.Get(key)` the same, of `func Open(path string)` what it declares. */
function namesOf(code: string): string[] {
  return code.split(/,(?![^(<[]*[)>\]])|;|\band\b/).flatMap((part) => {
    const words = part
      .trim()
      .replace(/^`|`$/g, '')
      .replace(
        /^(?:(?:export|public|pub|async|abstract)\s+)*(?:type|interface|class|struct|trait|protocol|enum|func|fn|def|function|record)\s+(?:\([^()]{0,80}\)\s*)?/,
        '',
      );
    const name = /^([A-Za-z_]\w{1,80})(?:[\s.(<:[]|$)/.exec(words)?.[1];
    return name === undefined || !/[A-Z_]|\(/.test(words.slice(0, name.length + 1)) ? [] : [name];
  });
}

function pathIn(text: string): string | undefined {
  return /(?:^|[\s`(])((?:[\w.@-]+\/)+[\w.@-]*|[\w@-]+\.[a-z]\w{0,4})(?=[\s`),;:]|$)/.exec(text)?.[1];
}
