import type { Result } from '../base/result.ts';
import { groupsUnits } from '../plan/context.ts';
import type { DraftUnit } from '../plan/draft.ts';
import { inertMarkdown } from '../plan/kinds/task-inert.ts';
import { pieces, plainText } from '../plan/markdown/inline.ts';
import { readDraft } from '../plan/parse.ts';
import type { Portable, PortableUnit } from '../plan/portable.ts';
import { normaliseScope } from '../plan/scope.ts';
import { acceptedIn } from './accepted.ts';
import type { Builder } from './builder.ts';
import { changesOf } from './changes.ts';
import { hasEffect } from './commands.ts';
import { codeIn } from './details.ts';
import type { Foreign, ForeignFile, Kept, Placed, Written } from './format.ts';
import { asIn, fileName, flat, linesIn } from './lines.ts';
import { unitBody } from './plan-text.ts';
import { freeNumber, freshIds, Patches } from './write.ts';

/**
 * Tasks as sections: `### Task 1: Title`, `#### T001: Title [P]`. superpowers writes them so, and agents write them where a
 * tool wants boxes.
 */
const HEADING = /^#{2,5} (?:\[[ xX]\] )?(?:Task \d|T\d{3,7}\b)/m;

/** Whether a document has tasks as sections. */
export function isDrafted(file: ForeignFile): boolean {
  return HEADING.test(file.text);
}

/** Reads tasks as sections. `complete` holds our ids of those that another document calls complete. */
export function readDrafted(
  builder: Builder,
  files: readonly ForeignFile[],
  file: ForeignFile,
  plan: Pick<Portable, 'title' | 'context'>,
  complete: ReadonlySet<string> = new Set(),
): Result<Foreign, readonly Placed[]> {
  const draft = readDraft(file.text, 'task');
  if (!draft.ok) return builder.done(plan);
  const { draft: read, compiled } = draft.value;
  const made = read.units.map((unit, i) => {
    const text = file.text.slice(unit.start, unit.end);
    const { verify, checked } = provenBy(text);
    const accepted = acceptedIn(text);
    const body = {
      ...accepted,
      rest: unitBody(accepted.rest)
        .replace(/(?:^|\n)-{3,}\s*$/, '')
        .trim(),
    };
    const done = isTicked(unit) || complete.has(unit.id);
    const shown = unit.title.replace(/(?:\s*\[(?:P|US ?\d{1,4})\])+\s*$/i, '').trim();
    const one = builder.unit(
      theirsOf(unit, file),
      shown || unit.title,
      { file, start: unit.heading.start, end: unit.heading.end },
      {
        group: groupOf(unit),
        body: body.rest,
        scope: [...new Set([...(compiled.tasks[i]?.scope ?? []).flatMap(cleanPath), ...pathsOf(text)])],
        verify: [
          ...new Set(
            [...unit.verify.map((command) => command.run), ...verify, ...body.verify].filter((run) => !hasEffect(run)),
          ),
        ],
        criteria: [...unit.criteria, ...body.criteria].filter((one) => !checked.has(one)),
        agent: unit.agent,
        estimate: unit.estimate,
        done,
      },
      unit.id,
    );
    if (one !== undefined)
      builder.statuses[one.id] = done ? 'complete' : unit.boxes.some((box) => box.ticked) ? 'in progress' : 'open';
    return one;
  });
  const unitOf = new Map(made.flatMap((unit, i) => (unit === undefined ? [] : [[read.units[i]?.id ?? '', unit]])));
  compiled.tasks.forEach((task, i) => {
    for (const need of task.needs) {
      const other = unitOf.get(need);
      if (other !== undefined && other !== made[i]) made[i]?.needs.add(other.id);
    }
  });
  for (const one of compiled.findings.filter((finding) => finding.rule === 'GEN-004'))
    builder.say({ file, start: one.span.start, end: one.span.end }, 'FF-03', 'warning', one.message, one.hint);
  for (const one of files)
    if (one !== file && one.path.endsWith('.md') && !builder.documents.some(({ path }) => path === one.path))
      builder.documents.push({ path: one.path, title: fileName(one.path) });
  return builder.done({ ...plan, verify: read.verify.map((command) => command.run) });
}

/** Where the first task begins; `undefined` without one. */
export function firstTaskAt(file: ForeignFile): number | undefined {
  const draft = readDraft(file.text, 'task');
  return draft.ok ? draft.value.draft.units[0]?.start : undefined;
}

function isTicked(unit: DraftUnit): boolean {
  if (unit.heading.box?.ticked === true) return true;
  return unit.boxes.length > 0 && unit.boxes.every((box) => box.ticked);
}

// The id as it is written: `T001` for ours `T1`.
function theirsOf(unit: DraftUnit, file: ForeignFile): string {
  const line = file.text.slice(unit.heading.start, Math.min(unit.heading.end, unit.heading.start + 400));
  const written = /^#{2,6}\s+(?:\[[ xX]\]\s+)?(?:\*\*)?(T\d{3,7}[a-z]?)\b/i.exec(line)?.[1];
  return written ?? unit.id.replace(/^T(?=\d)/, '');
}

// `Implementation Notes` stands above the tasks and groups none of them.
function groupOf(unit: DraftUnit): string | undefined {
  const { wave } = unit;
  if (wave === undefined || !groupsUnits(wave)) return undefined;
  return /^(?:(?:implementation )?tasks|task (?:breakdown|list))$|\b(?:notes?|map|structure|context|constraints|overview|summary|background)\b/i.test(
    wave,
  )
    ? undefined
    : wave;
}

// `src/a.py:21-40, 120-142` names one file.
function cleanPath(path: string): readonly string[] {
  const scope = normaliseScope(path.replace(/:\d[\d\s,–-]*$/, ''));
  return scope.ok ? [scope.value] : [];
}

/** Paths of a list of files that the grammar of plans does not know: with `\` between folders. */
function pathsOf(text: string): readonly string[] {
  const paths: string[] = [];
  for (const line of linesIn(text)) {
    const words = line.hidden
      ? undefined
      : /^\s{0,4}[-*] (?:Create|Modify|Test|Delete|Rename|Move):(.*)$/.exec(line.text)?.[1];
    for (const piece of words === undefined ? [] : pieces(words))
      if (piece.code && piece.text.includes('\\') && /^[\w.@\\/-]{1,300}(?::\d[\d\s,–-]*)?$/.test(piece.text.trim()))
        paths.push(...cleanPath(piece.text.trim().replaceAll('\\', '/')));
  }
  return paths;
}

const FAILS = /\bfail|\berror|not (?:defined|found)|no such/i;
const PASSES = /no (?:errors|failures|new errors)|0 (?:errors|failed)|without (?:errors|failures)/i;

/** `Run:` lines and fences whose `Expected:` is not a failure. */
function provenBy(text: string): {
  readonly verify: readonly string[];
  /** What a list of files names after `Verify:`: those are files to look at, and no criterion. */
  readonly checked: ReadonlySet<string>;
} {
  const verify: string[] = [];
  const checked = new Set<string>();
  let run: string[] | undefined;
  let fenced: string[] | undefined;
  let waiting = false;
  const flush = (): void => {
    if (run !== undefined) verify.push(...run);
    run = undefined;
  };
  for (const line of linesIn(text)) {
    const words = line.text.trim();
    if (line.hidden) {
      // `Run:` with the commands in a fence below it.
      const fence = /^(?:`{3,}|~{3,})/.test(words);
      if (fence && fenced === undefined && waiting) fenced = [];
      else if (fence && fenced !== undefined) {
        flush();
        run = joined(fenced);
        fenced = undefined;
        waiting = false;
      } else if (fenced !== undefined) fenced.push(line.text.trim());
      continue;
    }
    const files = /^[-*] Verify:\s*(.*)$/.exec(words)?.[1];
    if (
      files !== undefined &&
      pieces(files).every((piece) =>
        piece.code ? /[/\\]/.test(piece.text) && !piece.text.includes(' ') : /^[\s,]*$/.test(piece.text),
      )
    )
      checked.add(plainText(files));
    const command = /^(?:[-*] )?(?:\*\*)?Run:(?:\*\*)?\s*`+\s*(.*?)\s*`+/.exec(words);
    if (command !== null) {
      flush();
      run = [command[1] as string];
    } else if (/^(?:[-*] )?(?:\*\*)?Run(?: [\w ]{1,40})?:(?:\*\*)?$/.test(words)) {
      flush();
      waiting = true;
      continue;
    } else if (run !== undefined && /^(?:[-*] )?(?:\*\*)?Expected/i.test(words)) {
      if (FAILS.test(words) && !PASSES.test(words)) run = undefined;
      else flush();
    }
    if (words !== '') waiting = false;
  }
  flush();
  return { verify, checked };
}

// Lines of a fence as commands: comments go, and a line that ends in a backslash goes on.
function joined(lines: readonly string[]): string[] {
  const out: string[] = [];
  let open = false;
  for (const line of lines) {
    if (line === '' || line.startsWith('#')) continue;
    const words = line.replace(/\s*\\$/, '').replace(/^\$\s+/, '');
    if (open) out[out.length - 1] += ` ${words}`;
    else out.push(words);
    open = line.endsWith('\\');
  }
  return out.length > 8 ? [] : out;
}

function needsLine(unit: PortableUnit, ids: ReadonlyMap<string, string>): string {
  const needs = unit.needs.flatMap((need) => (ids.has(need) && need !== unit.id ? [named(ids.get(need) ?? '')] : []));
  return `**Needs:** ${needs.length === 0 ? 'none' : needs.join(', ')}`;
}

const named = (id: string): string => (/^\d/.test(id) ? `Task ${id}` : id);

/** A task as a section; without `needs`, it needs the one before it. */
export function taskSection(
  unit: PortableUnit,
  id: string,
  ids: ReadonlyMap<string, string> | undefined,
  level = 3,
): string {
  const out = [`${'#'.repeat(level)} ${named(id)}: ${plainHeading(unit.title)}`, ''];
  if (unit.scope.length > 0) out.push('**Files:**', ...unit.scope.map((path) => `- Modify: ${codeIn(path)}`), '');
  if (ids !== undefined) out.push(needsLine(unit, ids), '');
  const criteria = unit.criteria.map(flat).filter((one) => one !== '');
  if (criteria.length > 0)
    out.push('**Acceptance:**', '', ...criteria.map((one) => `- ${one.replace(/^\[/, '\\[')}`), '');
  const mark = unit.done ? 'x' : ' ';
  out.push(`- [${mark}] **Step 1: Do it**`, '');
  const body = inertMarkdown(unit.body, 3).replace(/^(\s*[-*+]) \[[ xX]\] /gm, '$1 ');
  if (body !== '') out.push(body, '');
  unit.verify.forEach((run, i) =>
    out.push(`- [${mark}] **Step ${i + 2}: Verify**`, '', `Run: ${codeIn(flat(run))}`, 'Expected: PASS', ''),
  );
  return out.join('\n').trimEnd();
}

function plainHeading(title: string): string {
  return (
    flat(title)
      .replace(/^\[[ xX]\]\s*/, '')
      .replace(/\((?=[^()]*\b(?:deps?|depends on|needs|blocked by)\b)/gi, '(i.e. ')
      .replace(/<!--|-->/g, '') || 'Task'
  );
}

/** Ids for tasks that become sections; `spell` writes a number as the others are written. */
export function sectionIds(
  units: readonly PortableUnit[],
  taken: ReadonlySet<string>,
  spell: (id: string) => string = (id) => id,
): ReadonlyMap<string, string> {
  const next = freeNumber();
  const used = new Set([...taken, ...units.flatMap(({ id }) => (/^T\d/.test(id) ? [spell(id.slice(1))] : []))]);
  return freshIds(
    units,
    ({ id }) => {
      const own = /^T\d{1,9}(?:\.\d{1,9}){0,4}[a-z]?$/.test(id) ? spell(id.slice(1)) : undefined;
      return own === undefined || taken.has(own) ? undefined : own;
    },
    (more) => next(new Set([...used, ...more]), (n) => spell(String(n))),
  );
}

/** Writes titles, needs and what is done back into a document with tasks as sections; all else stays as it was. */
export function patchDrafted(plan: Portable, kept: Kept, file: ForeignFile, was: Foreign): Written {
  const draft = readDraft(file.text, 'task');
  if (!draft.ok) return { files: kept.files, ids: {}, notes: ['The kept files cannot be read any more.'] };
  const { units } = draft.value.draft;
  const { plan: before, ids: kid } = was;
  const changes = changesOf(before, plan);
  const byId = new Map<string, DraftUnit>();
  for (const unit of units) {
    const theirs = theirsOf(unit, file);
    if (!byId.has(theirs)) byId.set(theirs, unit);
  }
  const digits = /^T(\d+)/.exec(Object.values(kid)[0] ?? '')?.[1]?.length;
  const spell = (id: string): string => (digits === undefined ? id : `T${id.padStart(digits, '0')}`);
  const ids = new Map([...Object.entries(kid), ...sectionIds(changes.added, new Set(Object.values(kid)), spell)]);
  const level = /^#+/.exec(file.text.slice(units[0]?.heading.start ?? 0))?.[0].length ?? 3;
  const patches = new Patches();
  const declared = units.some((unit) => unit.needs.length > 0);
  const needsChange =
    changes.changed.some((change) => change.needs) || changes.removed.length > 0 || changes.added.length > 0;
  const touched = new Map(changes.changed.map((change) => [change.after.id, change]));
  const gone = new Set(changes.removed.map((unit) => unit.id));
  for (const unit of plan.units) {
    const own = byId.get(kid[unit.id] ?? '');
    if (own === undefined) continue;
    const change = touched.get(unit.id);
    const line = file.text.slice(own.heading.start, own.heading.end);
    if (change?.title === true) {
      const lead = /^#{1,6}\s+(?:\[[ xX]\]\s+)?(?:\*\*)?(?:Task\s+)?[#\w.-]+(?:\s*[:.)—–]\s*|\s+-{1,2}\s+|\s+)/i.exec(
        line,
      )?.[0].length;
      if (lead !== undefined)
        patches.add(file.path, {
          start: own.heading.start + lead,
          end: own.heading.end - (/(?:\s*\[(?:P|US ?\d{1,4})\])+\s*$/i.exec(line)?.[0].length ?? 0),
          text: plainHeading(unit.title),
        });
    }
    if (change?.done === true) {
      for (const box of own.boxes)
        patches.add(file.path, { start: box.mark.start, end: box.mark.end, text: unit.done ? 'x' : ' ' });
      if (own.boxes.length === 0 && unit.done)
        patches.add(file.path, {
          start: own.heading.start,
          end: own.heading.start + (/^#+/.exec(line)?.[0].length ?? 0),
          text: `${/^#+/.exec(line)?.[0] ?? '###'} [x]`,
        });
    }
    if (!needsChange || (declared && change?.needs !== true && !unit.needs.some((need) => gone.has(need)))) continue;
    const said = own.needs[0];
    const text = needsLine(unit, ids);
    if (said !== undefined)
      patches.add(file.path, {
        start: said.span.start,
        end: said.span.start + said.text.trimEnd().length,
        text: text.slice('**Needs:**'.length),
      });
    else patches.add(file.path, { start: own.heading.end, end: own.heading.end, text: asIn(file.text, `\n\n${text}`) });
  }
  for (const unit of changes.removed) {
    const own = byId.get(kid[unit.id] ?? '');
    if (own !== undefined) patches.add(file.path, { start: own.start, end: own.end, text: '' });
  }
  const end = units.at(-1)?.end ?? file.text.length;
  for (const unit of changes.added)
    patches.add(file.path, {
      start: end,
      end,
      text: asIn(
        file.text,
        `${/\n\s*$/.test(file.text.slice(Math.max(0, end - 200), end)) ? '\n' : '\n\n'}${taskSection(unit, ids.get(unit.id) ?? '', ids, level)}\n\n`,
      ),
    });
  const left = new Set(plan.units.map((unit) => unit.id));
  return {
    files: patches.apply(kept.files),
    ids: Object.fromEntries([...ids].filter(([id]) => left.has(id))),
    notes: changes.notes,
  };
}
