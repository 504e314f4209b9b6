import { pathsIn } from '../paths.ts';
import type { Portable, PortableUnit } from '../../plan/portable.ts';
import { filesBelow } from '../below.ts';
import { Builder } from '../builder.ts';
import { changesOf } from '../changes.ts';
import type { Foreign, ForeignFile, Format, Kept, Sighting, Written } from '../format.ts';
import { asIn, fileName, flat, folderOf, lineEndOf, linesIn, spoken, titlePart } from '../lines.ts';
import { fieldsIn, fieldLines } from '../details.ts';
import { checked, freeNumber, freshIds, idRecord, Patches } from '../write.ts';
import { isDrafted, patchDrafted, readDrafted } from '../drafted.ts';
import { needsByPlace, usualNeeds } from './needs.ts';
import { readTasks, type SpecTask, taskLine, type TasksFile } from './read.ts';

/** GitHub Spec Kit: `specs/NNN-name/tasks.md` with the documents beside it. */
export const specKit: Format = {
  name: 'spec-kit',
  title: 'Spec Kit',
  place: 'specs/NNN-name/tasks.md',
  detect,
  read,
  write: (plan, { kept, name }) => checked(specKit, plan, kept === undefined ? fresh(plan, name) : patched(plan, kept)),
};

function detect(files: readonly ForeignFile[]): readonly Sighting[] {
  return files.flatMap((file) => {
    if (!/^tasks(?:[-.][\w-]+)?\.md$/i.test(fileName(file.path)) && !/-tasks\.md$/i.test(file.path)) return [];
    const folder = folderOf(file.path);
    let count = 0;
    for (const line of linesIn(file.text.slice(0, 200_000))) if (!line.hidden && taskLine(line.text) !== null) count++;
    const phases = /^## Phase\b/m.test(file.text);
    const sections = count === 0 && /(?:^|\/)specs\//.test(file.path) ? (file.text.match(SECTION) ?? []).length : 0;
    count += sections;
    if (count === 0 && !(phases && /(?:^|\/)specs\/\d{3}/.test(file.path))) return [];
    const beside = folder === '' ? [] : filesBelow(files, folder).filter((one) => one !== file);
    const like = sections > 0 ? '#### T001: Title' : '- [ ] T001';
    const signs = [`${count} ${count === 1 ? 'task' : 'tasks'} such as "${like}"`];
    const missing: string[] = [];
    if (phases) signs.push('"## Phase N"');
    else missing.push('"## Phase N" headings');
    if (/(?:^|\/)specs\/[^/]+\/tasks\.md$/.test(file.path)) signs.push('specs/<feature>/tasks.md');
    else missing.push('a place such as specs/001-name/');
    if (beside.some((one) => fileName(one.path) === 'spec.md')) signs.push('spec.md');
    else missing.push('spec.md');
    const score = count === 0 ? 0.2 : Math.min(1, 0.55 + 0.15 * (signs.length - 1));
    const root = folder === '' ? file.path : folder;
    return [
      {
        format: 'spec-kit' as const,
        root,
        name: fileName(folder) || fileName(file.path).replace(/(?:[-.]?tasks)?\.md$/i, '') || 'spec-kit',
        files: [file.path, ...beside.filter((one) => !/\.(?:json|jsonl)$/.test(one.path)).map((one) => one.path)],
        score,
        signs,
        missing,
      },
    ];
  });
}

const SECTION = /^#{2,5} (?:\*\*)?T\d{3,7}[a-z]?\b/gm;

function tasksOf(files: readonly ForeignFile[]): { file: ForeignFile; read: TasksFile } | undefined {
  const file = files.find((one) => /tasks(?:[-.][\w-]+)?\.md$/i.test(fileName(one.path))) ?? files[0];
  return file === undefined ? undefined : { file, read: readTasks(file, titlePart) };
}

function read(files: readonly ForeignFile[]): ReturnType<Format['read']> {
  const builder = new Builder('spec-kit', files);
  const found = tasksOf(files);
  if (found === undefined) return builder.done({ title: '', context: '' });
  const { file, read: tasks } = found;
  if (tasks.tasks.length === 0 && isDrafted(file)) {
    readSpec(builder, files, folderOf(file.path));
    return readDrafted(builder, files, file, { title: titleOf(tasks, file), context: contextOf(tasks) });
  }
  for (const line of tasks.odd) {
    builder.say(
      { file, ...line },
      'FF-06',
      'warning',
      'This line names a task but is none.',
      'Write "- [ ] T001 Description".',
    );
  }
  const given = tasks.tasks.map((task) => {
    const fields = fieldsIn(task.details);
    const whole = withoutNeeds(task);
    const title = file.text.slice(task.start, task.end);
    const rest = whole.length > title.length ? [whole] : [];
    const unit = builder.unit(
      task.id,
      title || task.id,
      { file, start: task.lineStart, end: task.textEnd },
      {
        group: tasks.phases[task.phase]?.title,
        body: [...rest, fields.rest].filter((one) => one.trim() !== '').join('\n\n'),
        scope: [...pathsIn(whole), ...fields.scope],
        verify: [...fields.verify],
        criteria: [...fields.criteria],
        requirementIds: task.story === undefined ? [] : [`US${Number(task.story)}`],
        done: task.done,
      },
    );
    if (unit !== undefined)
      builder.statuses[unit.id] = task.done ? 'done' : (WORDS[task.word] ?? (task.word === ' ' ? 'open' : task.word));
    return unit;
  });
  const placed = usualNeeds(
    tasks,
    tasks.tasks.map((_, i) => i),
  );
  tasks.tasks.forEach((task, i) => {
    const unit = given[i];
    if (unit === undefined) return;
    const { needs } = task;
    if (needs?.only !== true)
      for (const at of placed[i] ?? []) if (given[at] !== undefined) unit.needs.add(given[at].id);
    for (const id of task.also)
      if (builder.ids.ours(spelt(id, builder)) === undefined)
        builder.need(unit, id, { file, start: task.lineStart, end: task.textEnd });
    for (const id of needs?.ids ?? [])
      builder.need(unit, spelt(id, builder), { file, start: needs?.start ?? 0, end: needs?.end ?? 0 });
  });
  readSpec(builder, files, folderOf(file.path));
  return builder.done({ title: titleOf(tasks, file), context: contextOf(tasks) });
}

const WORDS: Readonly<Record<string, string>> = {
  '~': 'in progress',
  '/': 'in progress',
  '>': 'in progress',
  '-': 'cancelled',
};

function titleOf(tasks: TasksFile, file: ForeignFile): string {
  return flat(
    tasks.title.replace(/^implementation tasks\s*[:—–-]\s*/i, '') || spoken(fileName(folderOf(file.path)) || 'plan'),
  );
}

// `T12` and `T012` are one task: the written one is found by its number.
function spelt(id: string, builder: Builder): string {
  if (builder.ids.ours(id) !== undefined) return id;
  const own = `T${id.slice(1).replace(/^0+(?=\d)/, '')}`;
  return builder.ids.theirs[own] ?? id;
}

function withoutNeeds(task: SpecTask): string {
  const { needs, text, textEnd } = task;
  const whole = text.trimEnd();
  if (needs === undefined) return whole;
  const offset = textEnd - whole.length;
  return `${whole.slice(0, needs.start - offset)}${whole.slice(needs.end - offset)}`.trimEnd();
}

function contextOf(tasks: TasksFile): string {
  const parts = tasks.phases.flatMap(({ title, notes }) =>
    notes.length === 0 ? [] : [`**${flat(title)}**\n${notes.map((note) => `- ${note}`).join('\n')}`],
  );
  return parts.join('\n\n');
}

const REQUIREMENT = /^\s*[-*+]\s+\*\*((?:N?FR|SC)-?\d{1,5}[a-z]?)\*\*\s*:?\s*(.*)$/;

function readSpec(builder: Builder, files: readonly ForeignFile[], folder: string): void {
  for (const file of files) {
    const name = file.path.slice(folder === '' ? 0 : folder.length + 1);
    if (!/\.md$/i.test(name) || /tasks\.md$/i.test(name)) continue;
    builder.documents.push({ path: file.path, title: name });
    if (name !== 'spec.md') continue;
    for (const line of linesIn(file.text)) {
      if (line.hidden) continue;
      const match = REQUIREMENT.exec(line.text);
      const [, id = '', text = ''] = match ?? [];
      if (match !== null) {
        if (id.startsWith('SC')) builder.criteria.push({ id, title: titlePart(text), text: '', requirements: [] });
        else builder.requirements.push({ id, title: titlePart(text), text: '' });
      }
      const open = line.text.indexOf('[NEEDS CLARIFICATION');
      if (open >= 0)
        builder.say(
          { file, start: line.start + open, end: line.end },
          'FF-10',
          'warning',
          'A question of the specification is open.',
          'Answer it before the plan is run.',
        );
    }
  }
}

/** `T012` for `T12`; numbers of other ids are made up. */
function idsFor(
  units: readonly PortableUnit[],
  taken: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, string> {
  const used = new Set(taken.values());
  const next = freeNumber();
  const spell = (n: number): string => `T${String(n).padStart(3, '0')}`;
  return new Map([
    ...taken,
    ...freshIds(
      units.filter((unit) => !taken.has(unit.id)),
      ({ id }) => {
        const own = /^T(\d{1,7})([a-z]?)$/.exec(id);
        const spelled = own === null ? undefined : `T${(own[1] as string).padStart(3, '0')}${own[2] ?? ''}`;
        return spelled === undefined || used.has(spelled) ? undefined : spelled;
      },
      (more) => next(new Set([...used, ...more]), spell),
    ),
  ]);
}

function fresh(plan: Portable, name: string): Written {
  const ids = idsFor(plan.units);
  const groups: { title: string; units: PortableUnit[] }[] = [];
  for (const unit of plan.units) {
    const title = unit.group ?? 'Tasks';
    const last = groups.at(-1);
    if (last?.title === title) last.units.push(unit);
    else groups.push({ title, units: [unit] });
  }
  const phases = groups.map(({ title }, i) => {
    const shown = `Phase ${i + 1}: ${flat(title).replace(/^phase\s+[\w.]{1,8}\s*[:—–.-]\s*/i, '') || 'Tasks'}`;
    return { title: shown, story: /\buser stor(?:y|ies)\s*\d|\bUS\d/i.test(shown) };
  });
  const phaseOf = new Map(groups.flatMap(({ units }, phase) => units.map((unit) => [unit.id, phase] as const)));
  const order = groups.flatMap(({ units }) => units);
  const placements = order.map((unit) => ({
    phase: phaseOf.get(unit.id) ?? 0,
    parallel: !unit.needs.some((need) => phaseOf.get(need) === phaseOf.get(unit.id)),
  }));
  const placed = needsByPlace(phases, placements);
  const at = new Map(order.map((unit, i) => [unit.id, i]));
  const out = [
    `# Tasks: ${flat(plan.title) || spoken(name)}`,
    '',
    `**Input**: Design documents from \`/specs/${name}/\``,
    '',
  ];
  groups.forEach(({ units }, g) => {
    out.push(`## ${phases[g]?.title ?? ''}`, '');
    for (const unit of units) {
      const i = at.get(unit.id) as number;
      const story = unit.requirementIds.find((id) => /^US\d+$/.test(id));
      const said = needsText(
        unit,
        (placed[i] ?? []).map((one) => order[one]?.id ?? ''),
        ids,
      );
      const marks = `${placements[i]?.parallel === true ? ' [P]' : ''}${story === undefined ? '' : ` [${story}]`}`;
      out.push(`- [${unit.done ? 'X' : ' '}] ${ids.get(unit.id) ?? ''}${marks} ${plainTitle(unit.title)}${said}`);
      out.push(...fieldLines(unit, pathsIn(unit.title)));
    }
    out.push('');
  });
  const files: ForeignFile[] = [{ path: `specs/${name}/tasks.md`, text: `${out.join('\n').trimEnd()}\n` }];
  if (plan.requirements.length + plan.criteria.length > 0 || plan.context !== '') files.push(specFile(plan, name));
  return { files, ids: idRecord(ids), notes: [] };
}

function specFile(plan: Portable, name: string): ForeignFile {
  const out = [`# Feature Specification: ${flat(plan.title) || spoken(name)}`, ''];
  if (plan.context !== '') out.push(plan.context, '');
  if (plan.requirements.length > 0)
    out.push(
      '## Requirements',
      '',
      '### Functional Requirements',
      '',
      ...plan.requirements.map(({ id, title, text }) => `- **${id}**: ${flat(`${title} ${text}`)}`),
      '',
    );
  if (plan.criteria.length > 0)
    out.push(
      '## Success Criteria',
      '',
      '### Measurable Outcomes',
      '',
      ...plan.criteria.map(({ id, title, text }) => `- **${id}**: ${flat(`${title} ${text}`)}`),
      '',
    );
  return { path: `specs/${name}/spec.md`, text: `${out.join('\n').trimEnd()}\n` };
}

// What would be read as a mark of the line, or as its needs.
function plainTitle(title: string): string {
  return (
    flat(title)
      .replace(/^(?:\[(?:P|US ?\d+)\]\s*)+/i, '')
      .replace(/^[\s:—–-]+/, '')
      .replace(/\((?=(?:depends?|depending|dependent|deps|blocked by|requires|needs|after)\b)/gi, '(i.e. ') || 'Task'
  );
}

function needsText(unit: PortableUnit, byPlace: readonly string[], ids: ReadonlyMap<string, string>): string {
  const spell = (all: readonly string[]): string => all.flatMap((one) => ids.get(one) ?? []).join(', ');
  const known = unit.needs.filter((need) => ids.has(need) && need !== unit.id);
  if (byPlace.every((need) => known.includes(need))) {
    const more = known.filter((need) => !byPlace.includes(need));
    return more.length === 0 ? '' : ` (depends on ${spell(more)})`;
  }
  return known.length === 0 ? ' (depends on nothing)' : ` (depends only on ${spell(known)})`;
}

function patched(plan: Portable, kept: Kept): Written {
  const found = tasksOf(kept.files);
  const was = read(kept.files);
  if (found === undefined || !was.ok)
    return { files: kept.files, ids: {}, notes: ['The kept files cannot be read any more.'] };
  const before: Foreign = was.value;
  const { file, read: tasks } = found;
  const changes = changesOf(before.plan, plan);
  const ids = idsFor(plan.units, new Map(Object.entries(before.ids)));
  const patches = new Patches();
  const lineOf = new Map<string, number>();
  tasks.tasks.forEach((task, i) => {
    if (!lineOf.has(task.id)) lineOf.set(task.id, i);
  });
  const gone = new Set(changes.removed.map((unit) => unit.id));
  const taskFor = (id: string): number | undefined => lineOf.get(before.ids[id] ?? '');
  const ours = new Map(Object.entries(before.ids).map(([id, theirs]) => [theirs, id]));
  const left = tasks.tasks
    .map((task, i) => (lineOf.get(task.id) === i && gone.has(ours.get(task.id) ?? '') ? -1 : i))
    .filter((i) => i >= 0);
  if (tasks.tasks.length === 0 && isDrafted(file)) return patchDrafted(plan, kept, file, before);
  const placed = usualNeeds(tasks, left);
  const placedAt = new Map(
    left.map((i, at) => [
      i,
      (placed[at] ?? []).map((one) => ours.get(tasks.tasks[left[one] as number]?.id ?? '') ?? ''),
    ]),
  );
  const moved = gone.size > 0;
  const units = new Map(plan.units.map((unit) => [unit.id, unit]));
  const touched = new Map(changes.changed.map((change) => [change.after.id, change]));
  for (const [id, unit] of units) {
    const i = taskFor(id);
    const task = i === undefined ? undefined : tasks.tasks[i];
    const change = touched.get(id);
    if (task === undefined || i === undefined || (change === undefined && !moved)) continue;
    if (change?.done === true)
      patches.add(file.path, { start: task.mark, end: task.mark + 1, text: unit.done ? 'X' : ' ' });
    if (change?.title === true)
      patches.add(file.path, { start: task.start, end: task.end, text: plainTitle(unit.title) });
    const structure = placedAt.get(i) ?? [];
    if (
      change?.needs === true ||
      (moved &&
        needsText(unit, structure, ids) !==
          needsText(unit, structure.concat(unit.needs.filter((need) => gone.has(need))), ids))
    ) {
      const text = needsText(unit, structure, ids);
      if (task.needs !== undefined) patches.add(file.path, { start: task.needs.start, end: task.needs.end, text });
      else patches.add(file.path, { start: task.textEnd, end: task.textEnd, text });
    }
  }
  for (const unit of changes.removed) {
    const i = taskFor(unit.id);
    const task = i === undefined ? undefined : tasks.tasks[i];
    if (task !== undefined)
      patches.add(file.path, { start: task.lineStart, end: lineAfter(file.text, task.blockEnd), text: '' });
  }
  const stays = left.map((i) => tasks.tasks[i] as SpecTask).at(-1);
  addUnits(changes.added, stays?.blockEnd ?? file.text.length, file, ids, patches);
  return {
    files: patches.apply(kept.files),
    ids: Object.fromEntries([...ids].filter(([id]) => units.has(id))),
    notes: changes.notes,
  };
}

function lineAfter(text: string, end: number): number {
  const next = text.indexOf('\n', end);
  return next < 0 ? text.length : next + 1;
}

// New tasks stand behind the last one.
function addUnits(
  added: readonly PortableUnit[],
  at: number,
  file: ForeignFile,
  ids: ReadonlyMap<string, string>,
  patches: Patches,
): void {
  if (added.length === 0) return;
  const lines = added.flatMap((unit) => [
    `- [${unit.done ? 'X' : ' '}] ${ids.get(unit.id) ?? ''} [P] ${plainTitle(unit.title)}${unit.needs.length === 0 ? ' (depends on nothing)' : ` (depends only on ${unit.needs.flatMap((need) => ids.get(need) ?? []).join(', ')})`}`,
    ...fieldLines(unit, pathsIn(unit.title)),
  ]);
  const lineEnd = lineEndOf(file.text);
  patches.add(file.path, { start: at, end: at, text: asIn(file.text, `${lineEnd}${lines.join('\n')}`) });
}
