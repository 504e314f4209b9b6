import type { Portable, PortableUnit } from '../../plan/portable.ts';
import { filesBelow } from '../below.ts';
import { Builder } from '../builder.ts';
import { changesOf } from '../changes.ts';
import { commandsIn } from '../commands.ts';
import { fieldLines, fieldsIn } from '../details.ts';
import type { ForeignFile, Format, Kept, Sighting, Written } from '../format.ts';
import { asIn, fileName, flat, folderOf, linesIn, spoken, titlePart } from '../lines.ts';
import { isDrafted, patchDrafted, readDrafted } from '../drafted.ts';
import { numberedGroups, plainTaskTitle } from '../numbered-write.ts';
import { type NumberedTask, numberedTasks, wholeText } from '../outline-tasks.ts';
import { pathsIn } from '../paths.ts';
import { checked, idRecord, Patches } from '../write.ts';

/** Kiro and cc-sdd: `.kiro/specs/<name>/` with requirements, design and tasks. */
export const kiro: Format = {
  name: 'kiro',
  title: 'Kiro',
  place: '.kiro/specs/<name>/tasks.md',
  detect,
  read,
  write: (plan, { kept, name }) => checked(kiro, plan, kept === undefined ? fresh(plan, name) : patched(plan, kept)),
};

function detect(files: readonly ForeignFile[]): readonly Sighting[] {
  return files.flatMap((file) => {
    if (fileName(file.path) !== 'tasks.md') return [];
    const folder = folderOf(file.path);
    const placed = /(?:^|\/)\.(?:kiro|spec-workflow)\/specs\/[^/]+\/tasks\.md$/.test(file.path);
    const beside = folder === '' ? [] : filesBelow(files, folder).filter((one) => one !== file);
    const names = new Set(beside.map((one) => fileName(one.path)));
    const marks = /_(?:Requirements?|Depends|Boundary):/.test(file.text);
    const numbered =
      /^[ \t]*[-*][ \t]{1,4}\[[ xX~/>!?-]\]\*?[ \t]{1,4}(?:\*\*|~~)?(?:Task )?\d+(?:\.\d+)*[.):]?(?:\s|\*\*)/m.test(
        file.text,
      );
    const boxes = placed && (/^[ \t]*[-*][ \t]{1,4}\[[ xX~/>!?-]\]/m.test(file.text) || isDrafted(file));
    if (/^[ \t]*[-*] \[[ xX]\] \*{0,2}T\d{3}/m.test(file.text) || !(numbered || boxes)) return [];
    const documents = ['requirements.md', 'bugfix.md'].some((name) => names.has(name));
    if (!placed && !marks && !documents) return [];
    const signs = [
      ...(placed ? ['.kiro/specs/<name>/'] : []),
      ...(marks ? ['_Requirements: …_'] : []),
      ...(documents ? ['requirements.md'] : []),
      ...(names.has('design.md') ? ['design.md'] : []),
    ];
    const missing = [
      ...(placed ? [] : ['.kiro/specs/<name>/']),
      ...(marks ? [] : ['_Requirements: 1.2_']),
      ...(documents ? [] : ['requirements.md']),
    ];
    return [
      {
        format: 'kiro' as const,
        root: folder === '' ? file.path : folder,
        name: fileName(folder) || 'spec',
        files: [file.path, ...beside.map((one) => one.path)],
        score: Math.min(1, 0.3 + (placed ? 0.3 : 0) + (marks ? 0.3 : 0) + (documents ? 0.15 : 0)),
        signs,
        missing,
      },
    ];
  });
}

interface Leaf {
  readonly task: NumberedTask;
  /** `_Depends: 1.1, 2_`, with its place. */
  readonly depends:
    | {
        readonly ids: readonly string[];
        readonly start: number;
        readonly end: number;
        readonly valueStart: number;
        readonly valueEnd: number;
      }
    | undefined;
  readonly requirements: readonly string[];
  readonly details: readonly string[];
}

// The closing sign ends the mark, whatever an agent left behind it; names may hold signs of their own.
const MARK =
  /^\s*(?:[-*+]\s+)?_(Requirements?|Depends(?: on)?|Boundary|Implements|Validates|Files):\s*(.*?)_(?=$|[^\w`(.])(.{0,40})$/i;

function tasksFile(files: readonly ForeignFile[]): ForeignFile | undefined {
  return files.find((one) => fileName(one.path) === 'tasks.md') ?? files[0];
}

// Boxes below sections are their steps; numbers in boxes make these the tasks.
function isSections(file: ForeignFile, tasks: readonly NumberedTask[]): boolean {
  return isDrafted(file) && tasks.every(({ id }) => id.startsWith('#'));
}

function titleOf(title: string, file: ForeignFile): string {
  const named = /^(?:implementation (?:plan|tasks)|tasks?(?: document| list)?)(?:\s*[:—–-]\s*(.*))?$/i.exec(
    title.trim(),
  );
  return flat(named === null ? title : (named[1] ?? '')) || spoken(fileName(folderOf(file.path)) || 'spec');
}

function leavesOf(file: ForeignFile): {
  all: readonly NumberedTask[];
  leaves: readonly Leaf[];
  parents: ReadonlySet<string>;
  title: string;
  lead: string;
  checks: readonly string[];
} {
  const { tasks, title, lead, checks } = numberedTasks(file, titlePart, (n) => `#${n}`);
  const numbers = new Set(tasks.map((task) => task.id));
  const parents = new Set<string>();
  // One with nothing but optional parts is work of its own.
  for (const { id, optional } of tasks) {
    const at = id.lastIndexOf('.');
    if (!optional && at > 0 && numbers.has(id.slice(0, at))) parents.add(id.slice(0, at));
  }
  // Nor is one that only stands above such a task.
  for (const id of [...parents])
    for (let at = id.lastIndexOf('.'); at > 0; at = id.lastIndexOf('.', at - 1))
      if (numbers.has(id.slice(0, at))) parents.add(id.slice(0, at));
  const leaves = tasks.filter((task) => !parents.has(task.id)).map(leafOf);
  return { all: tasks, parents, title, lead, checks, leaves };
}

/** What the groups say below their titles, for the context: a group is no unit. */
function wordsOfGroups(file: ForeignFile, all: readonly NumberedTask[], parents: ReadonlySet<string>): string {
  return all
    .flatMap((task) => {
      const { details, requirements } = leafOf(task);
      if (!parents.has(task.id) || details.length + requirements.length === 0) return [];
      const title = `**${task.id}. ${flat(file.text.slice(task.start, task.end))}**`;
      const of = requirements.length === 0 ? [] : [`- Requirements: ${requirements.join(', ')}`];
      return [[title, ...details, ...of].join('\n')];
    })
    .join('\n\n');
}

function leafOf(task: NumberedTask): Leaf {
  let depends: Leaf['depends'];
  const requirements: string[] = [];
  const details: string[] = [];
  for (const line of task.details) {
    const mark = MARK.exec(line.text.slice(0, 4000));
    const key = mark?.[1]?.toLowerCase() ?? '';
    const value = mark?.[2] ?? '';
    if (key.startsWith('depends')) {
      const text = line.text;
      const valueAt = line.end - text.length + text.lastIndexOf(value === '' ? '_' : value);
      depends = {
        ids: value.match(/\d+(?:\.\d+)*/g) ?? [],
        start: line.start,
        end: line.end,
        valueStart: valueAt,
        valueEnd: valueAt + value.length,
      };
    } else if (key.startsWith('requirement')) {
      const ids = value.split(/[,;\s]+/).filter((one) => /\d/.test(one));
      requirements.push(...ids.flatMap(eachOf));
      // `All requirements`: it names none, and is not lost.
      if (/[A-Za-z]{3}/.test(value.replace(/[A-Za-z]+-?\d[\w.-]*|requirements?\s+(?=\d)/gi, '')))
        details.push(line.text);
    } else if (key === 'files')
      details.push(
        `- Files: ${value
          .split(/,\s*/)
          .map((one) => `\`${one.replaceAll('`', '')}\``)
          .join(', ')}`,
      );
    else {
      const proves = /^\s*(?:[-*+]\s+)?\*\*Validates:\s*Requirements?\s+([^*\n]{1,400})\*\*/i.exec(line.text)?.[1];
      requirements.push(
        ...(proves ?? '')
          .split(/[,;\s]+/)
          .filter((one) => /^\d/.test(one))
          .flatMap(eachOf),
      );
      details.push(line.text);
    }
  }
  return { task, depends, requirements, details };
}

/** `5.1–5.4` → each of them. */
function eachOf(id: string): readonly string[] {
  const range = /^((?:\d{1,4}\.)?)(\d{1,4})[–—-]((?:\d{1,4}\.)?)(\d{1,4})$/.exec(id);
  if (range === null || (range[3] !== '' && range[3] !== range[1])) return [id];
  const [from, to] = [Number(range[2]), Number(range[4])];
  if (to < from || to - from > 100) return [id];
  return Array.from({ length: to - from + 1 }, (_, i) => `${range[1] ?? ''}${from + i}`);
}

/**
 * By position: a task needs those before it; `(P)` ones that follow each other run side by side, and nobody waits for an
 * optional one.
 */
function needsByPlace(leaves: readonly Pick<NumberedTask, 'parallel' | 'optional'>[]): readonly (readonly number[])[] {
  let before: readonly number[] = [];
  let group: number[] = [];
  return leaves.map(({ parallel, optional }, i) => {
    if (optional) return group.length > 0 ? [...group] : before;
    if (parallel) {
      group.push(i);
      return before;
    }
    const needs = group.length > 0 ? group : before;
    before = [i];
    group = [];
    return needs;
  });
}

function read(files: readonly ForeignFile[]): ReturnType<Format['read']> {
  const builder = new Builder('kiro', files);
  const file = tasksFile(files);
  if (file === undefined) return builder.done({ title: '', context: '' });
  const { all, leaves, parents, title, lead, checks } = leavesOf(file);
  if (isSections(file, all)) {
    for (const one of files) if (fileName(one.path) === 'requirements.md') readRequirements(builder, one);
    return readDrafted(builder, files, file, { title: titleOf(title, file), context: '' });
  }
  const titles = new Map(all.map((task) => [task.id, `${task.id}. ${file.text.slice(task.start, task.end)}`]));
  const units = leaves.map(({ task, requirements, details }) => {
    const fields = fieldsIn(details);
    const whole = wholeText(task);
    const own = file.text
      .slice(task.start, task.end)
      .replace(/\s*\(P\)$/, '')
      .replaceAll('~~', '');
    const above = titles.get(task.id.slice(0, Math.max(0, task.id.lastIndexOf('.'))));
    const unit = builder.unit(
      task.id,
      own || `Task ${task.id}`,
      { file, start: task.lineStart, end: task.textEnd },
      {
        group: above ?? task.group,
        body: [
          ...(task.optional ? ['Optional.'] : []),
          ...(whole.replace(/\s*\(P\)$|~~/g, '').length > own.length ? [whole] : []),
          fields.rest,
        ]
          .filter((one) => one.trim() !== '')
          .join('\n\n'),
        scope: [...new Set([...pathsIn(whole), ...pathsIn(fields.rest), ...fields.scope])],
        verify: [...new Set([...commandsIn(fields.rest), ...fields.verify])],
        criteria: [...fields.criteria],
        requirementIds: [...new Set(requirements)],
        done: task.done,
      },
    );
    if (unit !== undefined) builder.statuses[unit.id] = task.done ? 'done' : task.word === ' ' ? 'open' : 'in progress';
    return unit;
  });
  const placed = needsByPlace(leaves.map((leaf) => leaf.task));
  leaves.forEach(({ depends, task }, i) => {
    const unit = units[i];
    if (unit === undefined) return;
    const said = depends ?? task.needs;
    if (said === undefined) for (const at of placed[i] ?? []) if (units[at] !== undefined) unit.needs.add(units[at].id);
    for (const id of said?.ids ?? []) {
      const members =
        builder.ids.ours(id) === undefined ? leaves.filter((leaf) => leaf.task.id.startsWith(`${id}.`)) : [];
      if (members.length === 0) builder.need(unit, id, { file, start: said?.start ?? 0, end: said?.end ?? 0 });
      for (const member of members)
        if (member.task.id !== task.id)
          builder.need(unit, member.task.id, { file, start: said?.start ?? 0, end: said?.end ?? 0 });
    }
  });
  const folder = folderOf(file.path);
  for (const one of files) {
    if (one === file) continue;
    const name = one.path.slice(folder === '' ? 0 : folder.length + 1);
    if (name.endsWith('.md')) builder.documents.push({ path: one.path, title: name });
    if (name === 'requirements.md') readRequirements(builder, one);
  }
  checks.forEach((check, i) => {
    builder.criteria.push({ id: `SC-${i + 1}`, title: titlePart(check), text: check, requirements: [] });
  });
  return builder.done({
    title: titleOf(title, file),
    context: [lead, wordsOfGroups(file, all, parents)].filter((one) => one !== '').join('\n\n'),
  });
}

const EARS = /^\s*(\d{1,4})[.)]\s+(.*\S)\s*$/;

function readRequirements(builder: Builder, file: ForeignFile): void {
  let number = '';
  let criteria = false;
  for (const line of linesIn(file.text)) {
    if (line.hidden) continue;
    const heading = /^(#{2,5})\s+(.*)$/.exec(line.text.slice(0, 1000));
    if (heading !== null) {
      const requirement = /^Requirement\s+(\d{1,4})\s*[:.—–-]?\s*(.*)$/i.exec(heading[2] as string);
      if (requirement !== null) {
        number = requirement[1] as string;
        builder.requirements.push({
          id: number,
          title: flat(requirement[2] as string) || `Requirement ${number}`,
          text: '',
        });
      }
      criteria = /acceptance criteria/i.test(heading[2] as string);
      continue;
    }
    const story = /^\*\*User Story:?\*\*:?\s*(.*)$/i.exec(line.text);
    const last = builder.requirements.at(-1);
    if (story !== null && last !== undefined && last.text === '')
      builder.requirements[builder.requirements.length - 1] = { ...last, text: story[1] as string };
    const ears = criteria && number !== '' ? EARS.exec(line.text) : null;
    if (ears !== null)
      builder.criteria.push({
        id: `${number}.${ears[1]}`,
        title: titlePart(ears[2] as string),
        text: ears[2] as string,
        requirements: [number],
      });
  }
}

function markLines(unit: PortableUnit, depends: string): readonly string[] {
  const requirements = unit.requirementIds.map((id) => flat(id)).filter((id) => /^[\w.-]*\d[\w.-]*$/.test(id));
  return [
    ...(requirements.length === 0 ? [] : [`  - _Requirements: ${requirements.join(', ')}_`]),
    ...(depends === '' ? [] : [`  - _Depends: ${depends}_`]),
  ];
}

function dependsText(needs: readonly string[], ids: ReadonlyMap<string, string>): string {
  const written = needs.flatMap((need) => ids.get(need) ?? []);
  return written.length === 0 ? 'none' : written.join(', ');
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return [...new Set(a)].sort().join() === [...new Set(b)].sort().join();
}

function fresh(plan: Portable, name: string): Written {
  const { groups, ids } = numberedGroups(plan.units);
  const order = groups.flatMap((group) => group.units);
  const placed = needsByPlace(order.map(() => ({ parallel: false, optional: false })));
  const at = new Map(order.map((unit, i) => [unit.id, i]));
  const out = ['# Implementation Plan', ''];
  for (const group of groups) {
    out.push(
      `- [${group.units.every((unit) => unit.done) ? 'x' : ' '}] ${group.number}. ${plainTaskTitle(group.title)}`,
    );
    for (const unit of group.units) {
      const usual = (placed[at.get(unit.id) as number] ?? []).map((i) => order[i]?.id ?? '');
      const needs = unit.needs.filter((need) => ids.has(need));
      out.push(
        `- [${unit.done ? 'x' : ' '}] ${ids.get(unit.id) ?? ''} ${plainTaskTitle(unit.title)}`,
        ...fieldLines(unit, pathsIn(unit.title)).map((line) => line.replace(/^(\s*[-*+]?\s*)_(?=[A-Z]\w*:)/, '$1')),
        ...markLines(unit, same(needs, usual) ? '' : dependsText(needs, ids)),
      );
    }
    out.push('');
  }
  const root = `.kiro/specs/${name}`;
  const files: ForeignFile[] = [{ path: `${root}/tasks.md`, text: `${out.join('\n').trimEnd()}\n` }];
  if (plan.requirements.length > 0) files.push({ path: `${root}/requirements.md`, text: requirementsText(plan) });
  if (plan.context.trim() !== '')
    files.push({ path: `${root}/design.md`, text: `# Design Document\n\n## Overview\n\n${plan.context.trim()}\n` });
  return { files, ids: idRecord(ids), notes: [] };
}

function requirementsText(plan: Portable): string {
  const out = ['# Requirements Document', '', '## Requirements', ''];
  plan.requirements.forEach((one, i) => {
    out.push(`### Requirement ${i + 1}: ${flat(one.title) || one.id}`, '');
    if (flat(one.text) !== '') out.push(`**User Story:** ${flat(one.text)}`, '');
    const criteria = plan.criteria.filter((criterion) => criterion.requirements.includes(one.id));
    if (criteria.length > 0)
      out.push(
        '#### Acceptance Criteria',
        '',
        ...criteria.map((criterion, n) => `${n + 1}. ${flat(criterion.text) || flat(criterion.title)}`),
        '',
      );
  });
  return `${out.join('\n').trimEnd()}\n`;
}

function patched(plan: Portable, kept: Kept): Written {
  const was = read(kept.files);
  const file = tasksFile(kept.files);
  if (!was.ok || file === undefined)
    return { files: kept.files, ids: {}, notes: ['The kept files cannot be read any more.'] };
  const { all, leaves, parents } = leavesOf(file);
  if (isSections(file, all)) return patchDrafted(plan, kept, file, was.value);
  const { plan: before, ids: kid } = was.value;
  const changes = changesOf(before, plan);
  const byId = new Map<string, Leaf>();
  for (const leaf of leaves) if (!byId.has(leaf.task.id)) byId.set(leaf.task.id, leaf);
  const ids = new Map(Object.entries(kid));
  const major = Math.max(0, ...all.map((task) => Number(/^\d+/.exec(task.id)?.[0] ?? 0))) + 1;
  changes.added.forEach((unit, i) => ids.set(unit.id, `${major}.${i + 1}`));
  const patches = new Patches();
  const now = new Map(plan.units.map((unit) => [unit.id, unit]));
  const gone = new Set(changes.removed.map((unit) => unit.id));
  // What waits only by its place for a task that goes away says from now on what it waits for.
  const moved = new Set(
    before.units
      .filter((unit) => !gone.has(unit.id) && unit.needs.some((need) => gone.has(need)))
      .map((unit) => unit.id),
  );
  const changed = new Map(changes.changed.map((change) => [change.after.id, change]));
  for (const id of new Set([...changed.keys(), ...moved])) {
    const leaf = byId.get(kid[id] ?? '');
    const unit = now.get(id);
    if (leaf === undefined || unit === undefined) continue;
    const change = changed.get(id);
    const { task, depends } = leaf;
    if (change?.done === true)
      patches.add(file.path, { start: task.mark, end: task.mark + 1, text: unit.done ? 'x' : ' ' });
    if (change?.title === true)
      patches.add(file.path, { start: task.start, end: task.end, text: plainTaskTitle(unit.title) });
    if (change?.needs !== true && !moved.has(id)) continue;
    const text = dependsText(unit.needs, ids);
    if (depends !== undefined) patches.add(file.path, { start: depends.valueStart, end: depends.valueEnd, text });
    else if (task.needs !== undefined)
      patches.add(file.path, { start: task.needs.start, end: task.needs.end, text: ` (depends on ${text})` });
    else
      patches.add(file.path, {
        start: task.blockEnd,
        end: task.blockEnd,
        text: asIn(file.text, `\n${' '.repeat(task.indent)}  - _Depends: ${text}_`),
      });
  }
  closeParents(
    all,
    parents,
    kid,
    now,
    new Set(changes.changed.filter((change) => change.done).map((change) => kid[change.after.id] ?? '')),
    file,
    patches,
  );
  for (const unit of changes.removed) {
    const task = byId.get(kid[unit.id] ?? '')?.task;
    if (task === undefined) continue;
    const next = file.text.indexOf('\n', task.blockEnd);
    patches.add(file.path, { start: task.lineStart, end: next < 0 ? file.text.length : next + 1, text: '' });
  }
  if (changes.added.length > 0) {
    const lines = [`- [ ] ${major}. Added`];
    for (const unit of changes.added)
      lines.push(
        `- [${unit.done ? 'x' : ' '}] ${ids.get(unit.id) ?? ''} ${plainTaskTitle(unit.title)}`,
        ...fieldLines(unit, pathsIn(unit.title)),
        ...markLines(unit, dependsText(unit.needs, ids)),
      );
    // Behind the last line, which may be one that goes.
    const end = file.text.length;
    const gap = file.text.endsWith('\n') ? '\n' : '\n\n';
    patches.add(file.path, { start: end, end, text: asIn(file.text, `${gap}${lines.join('\n')}\n`) });
  }
  return {
    files: patches.apply(kept.files),
    ids: Object.fromEntries([...ids].filter(([id]) => now.has(id))),
    notes: changes.notes,
  };
}

/** A task with parts is done with the last part that is not optional; only those above a changed part are touched. */
function closeParents(
  all: readonly NumberedTask[],
  parents: ReadonlySet<string>,
  kid: Readonly<Record<string, string>>,
  now: ReadonlyMap<string, PortableUnit>,
  changed: ReadonlySet<string>,
  file: ForeignFile,
  patches: Patches,
): void {
  const ours = new Map(Object.entries(kid).map(([id, theirs]) => [theirs, id]));
  const open = new Set<string>();
  const touched = new Set<string>();
  for (const task of all) {
    if (parents.has(task.id)) continue;
    const unit = now.get(ours.get(task.id) ?? '');
    for (let at = task.id.lastIndexOf('.'); at > 0; at = task.id.lastIndexOf('.', at - 1)) {
      const above = task.id.slice(0, at);
      if (changed.has(task.id)) touched.add(above);
      if (unit !== undefined && !unit.done && !task.optional) open.add(above);
    }
  }
  for (const task of all) {
    if (!parents.has(task.id) || !touched.has(task.id) || task.done === !open.has(task.id)) continue;
    patches.add(file.path, { start: task.mark, end: task.mark + 1, text: open.has(task.id) ? ' ' : 'x' });
  }
}
