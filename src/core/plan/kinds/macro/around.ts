import type { Outline } from '../../markdown/outline.ts';
import type { Section } from '../../markdown/sections.ts';
import { fencesIn } from '../../markdown/text.ts';
import { type MacroIds, mentionsIn } from './ids.ts';
import type {
  BuildingBlock,
  CrossCutting,
  Freeze,
  Friction,
  FrozenInterface,
  MacroSections,
  PullRequest,
  Revision,
  Statement,
} from './model.ts';
import { fieldOf } from './model.ts';
import { below, column, itemsAmong, readable, ownTables } from './parts.ts';

const DECLARES =
  /\b(?:type|interface|class|struct|trait|protocol|enum|func|fn|def|function|record)\s+(?:\([^()\n]{0,80}\)\s*)?([A-Za-z_]\w{1,80})/g;

/** The signatures below Frozen Interfaces: one for each fence. */
export function frozenOf(outline: Outline, section: Section | undefined): readonly FrozenInterface[] {
  if (section === undefined) return [];
  const found: FrozenInterface[] = [];
  for (const fence of fencesIn(outline, section.from, section.to)) {
    const code = fence.code.slice(0, 20_000);
    const comment = /^\s*(?:\/\/|#|--|\/\*|;)+\s*([^\n]{0,300})/.exec(code)?.[1] ?? '';
    const names = new Set([...code.matchAll(DECLARES)].map((match) => match[1] as string));
    const path = /(?:^|\s)`?([\w.@-]+(?:\/[\w.@-]+){0,20}\.[A-Za-z]\w{0,9})/.exec(comment)?.[1];
    const by = mentionsIn(comment)[0]?.id;
    found.push({
      names: [...names],
      path,
      by,
      span: outline.source.span(fence.start, outline.source.lineEnd(fence.start)),
    });
  }
  return found;
}

/** Items of cross-cutting work: list items, and rows of tables. */
export function crossCuttingOf(outline: Outline, section: Section | undefined, ids: MacroIds): readonly CrossCutting[] {
  if (section === undefined) return [];
  const { source } = outline;
  return [section, ...below(section)].flatMap((part): readonly CrossCutting[] => {
    // The freeze schedule is read on its own.
    if (FREEZES.test(part.key)) return [];
    const blocks = outline.blocks.slice(part.from, part.ownTo);
    const placed = ids.namedIn(readable(outline, blocks[0]?.start ?? 0, blocks.at(-1)?.end ?? 0)).length > 0;
    const items = itemsAmong(outline, blocks).map(({ text, span }): CrossCutting => ({
      text,
      units: ids.namedIn(text),
      placed,
      form: 'item',
      span,
    }));
    const rows = ownTables(outline, part.from, part.ownTo).flatMap((table) => {
      const unit = column(table, /^(?:prs?|pull requests?|owner|owning pr|assigned)\b/);
      return table.rows.map(({ cells, start, end }): CrossCutting => {
        const text = cells.map((cell) => cell.text).join(' | ');
        const units = ids.namedIn(unit < 0 ? text : `PR ${cells[unit]?.text ?? ''} ${text}`);
        return { text, units, placed, form: 'row', span: source.span(start, end) };
      });
    });
    return [...items, ...rows];
  });
}

const FREEZES = /\bfreeze (?:schedule|points?|plan)\b|^freezes$/;

/** When which interface is frozen. */
export function freezesOf(outline: Outline, all: readonly Section[], ids: MacroIds): readonly Freeze[] {
  const { source } = outline;
  const found: Freeze[] = [];
  for (const section of all.filter(({ key }) => FREEZES.test(key))) {
    for (const table of ownTables(outline, section.from, section.to)) {
      const after = column(table, /\bfrozen\b|\bfreez|^after\b|^(?:pr|pull request)\b/);
      const before = column(
        table,
        /\bconsumers?\b|\bused by\b|\bunlocks?\b|^before\b|\bneeded by\b|\benables?\b|\bdependents?\b/,
      );
      const proof = column(table, /\bimplementations?\b|\bvalidated\b|\bevidence\b|\bvalidation\b/);
      for (const { cells, start, end } of table.rows) {
        const name = cells[0]?.text ?? '';
        const text = cells.map((cell) => cell.text).join(' | ');
        found.push({
          name,
          text,
          after: ids.namedIn(cells[after]?.text ?? ''),
          before: before < 0 ? [] : ids.namedIn(cells[before]?.text ?? ''),
          implementations: proof < 0 ? text : (cells[proof]?.text ?? ''),
          span: source.span(start, end),
        });
      }
    }
    for (const { text, span } of itemsAmong(outline, outline.blocks.slice(section.from, section.to))) {
      const match = /\b(?:frozen|freezes?)\b/i.exec(text);
      if (match === null || /\b(?:no (?:new )?interfaces?|none|never)\b/i.test(text.slice(0, 80))) continue;
      const turn = text
        .slice(match.index)
        .search(/[;.]\s|\b(?:before|used by|consumed by|needed by|unlocks|enables|consumers?|build)\b/i);
      const cut = turn < 0 ? text.length : match.index + turn;
      const leading =
        match.index > 0 && mentionsIn(text.slice(match.index, cut)).length === 0
          ? text.slice(0, cut)
          : text.slice(match.index, cut);
      const after = ids.namedIn(leading);
      found.push({
        name:
          text
            .slice(0, 80)
            .split(/[:—–]|\s(?:is|are|frozen|freezes?)\s/)[0]
            ?.trim() ?? '',
        text,
        after,
        before: ids.namedIn(text.slice(cut)).filter((id) => !after.includes(id)),
        implementations: text,
        span,
      });
    }
  }
  return found;
}

/** How much work one more variant is, in files: `2 files`, `1 file + 1 registration = 2 touch points`. */
export function filesOfVariant(text: string): number | undefined {
  const total =
    /=\s*(\d{1,4})\b/.exec(text) ??
    /\b(\d{1,4})\s{0,2}(?:(?:more|new|changed|code)\s)?(?:files?|touch[ -]?points?|places?|edits?|changes?|lines?)\b/i.exec(
      text,
    ) ??
    /^\W{0,3}(\d{1,4})\b/.exec(text);
  if (total !== null) return Number(total[1]);
  const word = /\b(zero|no|one|two|three|four|five|six)\s(?:files?|touch[ -]?points?)\b/i
    .exec(text)?.[1]
    ?.toLowerCase();
  return word === undefined
    ? undefined
    : ({ zero: 0, no: 0, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6 } as Record<string, number>)[word];
}

/** What the plan says of extension friction: its own section, the building blocks, the pull requests. */
export function frictionsOf(
  outline: Outline,
  { friction }: MacroSections,
  blocks: readonly BuildingBlock[],
  pulls: readonly PullRequest[],
): readonly Friction[] {
  const found: Friction[] = [];
  const { source } = outline;
  for (const table of friction === undefined ? [] : ownTables(outline, friction.from, friction.to)) {
    const files = column(table, /\bfiles?\b|\bfriction\b|\btouch|\bactual\b|\bcount\b/);
    const target = column(table, /\btarget\b|\breference\b/);
    for (const { cells, start, end } of table.rows) {
      const text = cells.map((cell) => cell.text).join(' | ');
      const count = files < 0 ? filesOfVariant(text) : filesOfVariant(cells[files]?.text ?? '');
      found.push({
        what: cells[0]?.text ?? '',
        text,
        count,
        target: filesOfVariant(cells[target]?.text ?? ''),
        span: source.span(start, end),
      });
    }
  }
  if (friction !== undefined) {
    for (const { text, span } of itemsAmong(outline, outline.blocks.slice(friction.from, friction.to))) {
      const target = /\btarget\W{1,3}(?:of\s)?(\d{1,3})\b/i.exec(text)?.[1];
      found.push({
        what: text.split(/[:—–]/)[0]?.trim() ?? '',
        text,
        count: filesOfVariant(text),
        target: target === undefined ? undefined : Number(target),
        span,
      });
    }
  }
  for (const { name, aspects } of blocks) {
    const said = aspects.get('friction');
    if (said !== undefined)
      found.push({ what: name, text: said.text, count: filesOfVariant(said.text), target: undefined, span: said.span });
  }
  for (const pull of pulls) {
    const said = fieldOf(pull, 'friction');
    if (said !== undefined)
      found.push({
        what: pull.id,
        text: said.text,
        count: filesOfVariant(said.text),
        target: targetOf((fieldOf(pull, 'type')?.text ?? '').split('(')[0] as string),
        span: said.span,
      });
  }
  return found;
}

/** Files that adding one more of this should take at most, by the reference targets of the format. */
export function targetOf(type: string): number | undefined {
  const found = (
    [
      [/policy/i, 3],
      [/tier/i, 4],
      [/config/i, 2],
      [/metric/i, 3],
      [/latency|backend/i, 2],
      [/batch/i, 2],
    ] as const
  ).find(([pattern]) => pattern.test(type));
  return found?.[1];
}

/** What the prevention checklist says: its items and the rows of its tables. */
export function preventionOf(outline: Outline, section: Section | undefined): readonly Statement[] {
  if (section === undefined) return [];
  const rows = ownTables(outline, section.from, section.to).flatMap((table) =>
    table.rows.map(({ cells, start, end }): Statement => ({
      text: cells.map((cell) => cell.text).join(' — '),
      span: outline.source.span(start, end),
    })),
  );
  return [...itemsAmong(outline, outline.blocks.slice(section.from, section.to)), ...rows];
}

/** Dated notes on what changed. */
export function revisionsOf(outline: Outline, all: readonly Section[]): readonly Revision[] {
  const sections = all.filter(({ key }) => /^revisions?\b|\brevision (?:notes?|log|history)\b|^change ?log$/.test(key));
  const dated = ({ text, span }: Statement): Revision => ({
    date: /\b\d{4}-\d{2}-\d{2}\b/.exec(text)?.[0],
    text,
    span,
  });
  return sections.flatMap((section) => [
    ...itemsAmong(outline, outline.blocks.slice(section.from, section.ownTo)).map(dated),
    ...preventionRows(outline, section).map(dated),
    ...section.children.map(({ heading, end }) =>
      dated({
        text: readable(outline, heading.start, Math.min(end, heading.start + 4000)),
        span: outline.source.span(heading.start, heading.end),
      }),
    ),
  ]);
}

function preventionRows(outline: Outline, section: Section): readonly Statement[] {
  return ownTables(outline, section.from, section.ownTo).flatMap(({ rows }) =>
    rows.map(({ cells, start, end }): Statement => ({
      text: cells.map(({ text }) => text).join(' — '),
      span: outline.source.span(start, end),
    })),
  );
}
