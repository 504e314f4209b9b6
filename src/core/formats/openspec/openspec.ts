import type { Portable, PortableUnit } from '../../plan/portable.ts';
import { filesBelow } from '../below.ts';
import { Builder } from '../builder.ts';
import { changesOf } from '../changes.ts';
import { commandsIn } from '../commands.ts';
import { fieldLines, fieldsIn } from '../details.ts';
import type { ForeignFile, Format, Kept, Sighting, Written } from '../format.ts';
import { asIn, fileName, flat, folderOf, linesIn, spoken, titlePart } from '../lines.ts';
import { numberedGroups, numbersText, plainTaskTitle } from '../numbered-write.ts';
import { type NumberedTask, numberedTasks, wholeText } from '../outline-tasks.ts';
import { pathsIn } from '../paths.ts';
import { checked, idRecord, Patches } from '../write.ts';
import { isDrafted, patchDrafted, readDrafted } from '../drafted.ts';
import { checkOpenSpecChange } from './check.ts';

/** OpenSpec: `openspec/changes/<id>/` with proposal, design, tasks and deltas of specs. */
export const openSpec: Format = {
  name: 'openspec',
  title: 'OpenSpec',
  place: 'openspec/changes/<id>/tasks.md',
  detect,
  read,
  check: checkOpenSpecChange,
  write: (plan, { kept, name }) =>
    checked(openSpec, plan, kept === undefined ? fresh(plan, name) : patched(plan, kept)),
};

function detect(files: readonly ForeignFile[]): readonly Sighting[] {
  return files.flatMap((file) => {
    if (fileName(file.path) !== 'tasks.md') return [];
    const folder = folderOf(file.path);
    const placed = /(?:^|\/)openspec\/changes\/(?!archive\/)[^/]+\/tasks\.md$/.test(file.path);
    const beside = folder === '' ? [] : filesBelow(files, folder).filter((one) => one !== file);
    const proposal = beside.some((one) => fileName(one.path) === 'proposal.md');
    const deltas = beside.filter((one) => /\/specs\/.*spec\.md$/.test(one.path)).length;
    const numbered = /^[ \t]*[-*] \[[ xX]\] \d+\.\d+/m.test(file.text);
    const groups = /^## \d+\./m.test(file.text);
    if (/^[ \t]*[-*] \[[ xX]\] \*{0,2}T\d{3}/m.test(file.text) || (!placed && /_Requirements?:/.test(file.text)))
      return [];
    const drafted = placed && !numbered && isDrafted(file);
    if (!placed && !proposal && !(numbered && groups)) return [];
    const signs = [
      ...(placed ? ['openspec/changes/<id>/'] : []),
      ...(proposal ? ['proposal.md'] : []),
      ...(deltas > 0 ? [`${deltas} spec ${deltas === 1 ? 'delta' : 'deltas'}`] : []),
      ...(numbered && groups ? ['"## 1. Group" with "- [ ] 1.1"'] : []),
    ];
    const missing = [
      ...(placed ? [] : ['openspec/changes/<id>/']),
      ...(proposal ? [] : ['proposal.md']),
      ...(numbered || drafted ? [] : ['boxes such as "- [ ] 1.1"']),
    ];
    return [
      {
        format: 'openspec' as const,
        root: folder === '' ? file.path : folder,
        name: fileName(folder) || 'change',
        files: [file.path, ...beside.map((one) => one.path)],
        score: Math.min(1, 0.25 + 0.25 * signs.length),
        signs,
        missing,
      },
    ];
  });
}

function tasksFile(files: readonly ForeignFile[]): ForeignFile | undefined {
  return files.find((one) => fileName(one.path) === 'tasks.md') ?? files[0];
}

// Boxes below sections are their steps; numbers in boxes make these the tasks.
const isSections = (file: ForeignFile, tasks: readonly NumberedTask[]): boolean =>
  isDrafted(file) && tasks.every(({ id }) => id.startsWith('#'));

const parse = (file: ForeignFile) => numberedTasks(file, titlePart, (n) => `#${n}`);

function read(files: readonly ForeignFile[]): ReturnType<Format['read']> {
  const builder = new Builder('openspec', files);
  const file = tasksFile(files);
  if (file === undefined) return builder.done({ title: '', context: '' });
  const { tasks, checks } = parse(file);
  if (isSections(file, tasks)) return readDrafted(builder, files, file, about(files, file));
  const folder = folderOf(file.path);
  builder.ids.reserve(tasks.map((task) => task.id));
  const units = tasks.map((task) => {
    const fields = fieldsIn(task.details.map((line) => line.text));
    const whole = wholeText(task);
    const title = file.text.slice(task.start, task.end);
    const unit = builder.unit(
      task.id,
      title || `Task ${task.id}`,
      { file, start: task.lineStart, end: task.textEnd },
      {
        group: task.group,
        body: [...(whole.length > title.length ? [whole] : []), fields.rest]
          .filter((one) => one.trim() !== '')
          .join('\n\n'),
        scope: [...pathsIn(whole), ...fields.scope],
        verify: [...new Set([...commandsIn(whole), ...fields.verify])],
        criteria: [...fields.criteria],
        done: task.done,
      },
    );
    if (unit !== undefined) builder.statuses[unit.id] = task.done ? 'done' : 'open';
    return unit;
  });
  let before: string | undefined;
  tasks.forEach((task, i) => {
    const unit = units[i];
    if (unit === undefined) return;
    if (task.needs !== undefined) for (const id of task.needs.ids) builder.need(unit, id, { file, ...task.needs });
    else if (before !== undefined) unit.needs.add(before);
    before = unit.id;
  });
  for (const one of files) {
    if (one === file || !one.path.endsWith('.md')) continue;
    const name = one.path.slice(folder === '' ? 0 : folder.length + 1);
    builder.documents.push({ path: one.path, title: name });
    if (/(?:^|\/)specs\/.*spec\.md$/.test(name)) readDeltas(builder, one);
  }
  checks.forEach((check, i) => {
    builder.criteria.push({ id: `SC-${i + 1}`, title: titlePart(check), text: check, requirements: [] });
  });
  // What OpenSpec itself would refuse does not keep anybody from taking the tasks over.
  for (const one of checkOpenSpecChange(files))
    builder.problems.found.push(one.severity === 'error' ? { ...one, severity: 'warning' } : one);
  return builder.done(about(files, file));
}

/** Title and context of a change. */
function about(files: readonly ForeignFile[], file: ForeignFile): { readonly title: string; readonly context: string } {
  const proposal = files.find((one) => fileName(one.path) === 'proposal.md');
  const title =
    proposal === undefined
      ? undefined
      : /^#\s+(?:(?:change(?: proposal)?|proposal)\s*:)?\s*(.+)$/im.exec(proposal.text.slice(0, 4000))?.[1];
  return { title: flat(title ?? '') || spoken(fileName(folderOf(file.path)) || 'change'), context: whyOf(proposal) };
}

function whyOf(proposal: ForeignFile | undefined): string {
  if (proposal === undefined) return '';
  const out: string[] = [];
  let key: string | undefined;
  for (const line of linesIn(proposal.text.slice(0, 100_000))) {
    const heading = line.hidden ? undefined : /^##\s+(.*?)\s*$/.exec(line.text)?.[1];
    if (heading !== undefined) {
      key = /^(?:why|what changes)$/i.test(heading) ? heading : undefined;
      if (key !== undefined) out.push(`**${key}**`, '');
    } else if (key !== undefined) out.push(line.text);
  }
  return out
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function readDeltas(builder: Builder, file: ForeignFile): void {
  const capability = fileName(folderOf(file.path));
  let count = 0;
  let kind = '';
  for (const line of linesIn(file.text)) {
    if (line.hidden) continue;
    const section = /^##\s+(\w+)\s+Requirements\s*$/i.exec(line.text);
    if (section !== null) kind = (section[1] as string).toLowerCase();
    const name = /^###\s*Requirement:\s*(.+?)\s*$/.exec(line.text.slice(0, 2000))?.[1];
    if (name === undefined || kind === 'removed') continue;
    builder.requirements.push({ id: `${capability}-${++count}`, title: flat(name), text: '' });
  }
}

function fresh(plan: Portable, name: string): Written {
  const { groups, ids } = numberedGroups(plan.units);
  const out: string[] = [];
  let before: PortableUnit | undefined;
  for (const group of groups) {
    out.push(`## ${group.number}. ${group.title}`, '');
    for (const unit of group.units) {
      const said = numbersText(unit.needs, before === undefined ? [] : [before.id], ids);
      out.push(
        `- [${unit.done ? 'x' : ' '}] ${ids.get(unit.id) ?? ''} ${plainTaskTitle(unit.title)}${said}`,
        ...fieldLines(unit, pathsIn(unit.title)),
      );
      before = unit;
    }
    out.push('');
  }
  const root = `openspec/changes/${name}`;
  const files: ForeignFile[] = [
    { path: `${root}/tasks.md`, text: `${out.join('\n').trimEnd()}\n` },
    { path: `${root}/proposal.md`, text: proposalText(plan, name) },
  ];
  if (plan.requirements.length > 0) files.push({ path: `${root}/specs/${name}/spec.md`, text: deltaText(plan) });
  return { files, ids: idRecord(ids), notes: [] };
}

function proposalText(plan: Portable, name: string): string {
  const changes = plan.units.slice(0, 40).map((unit) => `- ${flat(unit.title)}`);
  return `# ${flat(plan.title) || spoken(name)}\n\n## Why\n\n${plan.context.replace(/^#{1,2}\s/gm, '### ').trim() || flat(plan.title)}\n\n## What Changes\n\n${changes.join('\n')}\n`;
}

function deltaText(plan: Portable): string {
  const blocks = plan.requirements.map((one) => {
    const text = flat(`${one.title}. ${one.text}`);
    const criteria = plan.criteria.filter((criterion) => criterion.requirements.includes(one.id));
    const scenarios = criteria.map(
      (criterion) =>
        `#### Scenario: ${flat(criterion.title) || criterion.id}\n\n- **THEN** ${flat(criterion.text) || flat(criterion.title)}`,
    );
    return [
      `### Requirement: ${flat(one.title) || one.id}`,
      /\b(?:SHALL|MUST)\b/.test(text) ? text : `The system SHALL provide: ${text}`,
      ...scenarios,
    ].join('\n\n');
  });
  return `## ADDED Requirements\n\n${blocks.join('\n\n')}\n`;
}

function patched(plan: Portable, kept: Kept): Written {
  const was = read(kept.files);
  const file = tasksFile(kept.files);
  if (!was.ok || file === undefined)
    return { files: kept.files, ids: {}, notes: ['The kept files cannot be read any more.'] };
  const { tasks } = parse(file);
  if (isSections(file, tasks)) return patchDrafted(plan, kept, file, was.value);
  return patchNumbered(plan, kept, file, was.value.plan, was.value.ids, tasks);
}

function patchNumbered(
  plan: Portable,
  kept: Kept,
  file: ForeignFile,
  before: Portable,
  kid: Readonly<Record<string, string>>,
  tasks: readonly NumberedTask[],
): Written {
  const changes = changesOf(before, plan);
  const byId = new Map<string, NumberedTask>();
  for (const task of tasks) if (!byId.has(task.id)) byId.set(task.id, task);
  const ids = new Map(Object.entries(kid));
  const last = tasks.at(-1);
  const major = Number(/^\d+/.exec(last?.id ?? '')?.[0] ?? 0) + 1;
  changes.added.forEach((unit, i) => ids.set(unit.id, `${major}.${i + 1}`));
  const patches = new Patches();
  const gone = new Set(changes.removed.map((unit) => unit.id));
  const order = before.units.filter((unit) => !gone.has(unit.id));
  const previous = new Map(order.map((unit, i) => [unit.id, order[i - 1]?.id]));
  const touched = new Map(changes.changed.map((change) => [change.after.id, change]));
  const now = new Map(plan.units.map((unit) => [unit.id, unit]));
  for (const { id, needs: oldNeeds } of order) {
    const task = byId.get(kid[id] ?? '');
    const unit = now.get(id);
    if (task === undefined || unit === undefined) continue;
    const change = touched.get(id);
    if (change?.done === true)
      patches.add(file.path, { start: task.mark, end: task.mark + 1, text: unit.done ? 'x' : ' ' });
    if (change?.title === true)
      patches.add(file.path, { start: task.start, end: task.end, text: plainTaskTitle(unit.title) });
    if (change?.needs !== true && !oldNeeds.some((need) => gone.has(need))) continue;
    const earlier = previous.get(id);
    const text = numbersText(unit.needs, earlier === undefined ? [] : [earlier], ids);
    const place = task.needs ?? { start: task.textEnd, end: task.textEnd };
    patches.add(file.path, { start: place.start, end: place.end, text });
  }
  for (const unit of changes.removed) {
    const task = byId.get(kid[unit.id] ?? '');
    if (task === undefined) continue;
    const next = file.text.indexOf('\n', task.blockEnd);
    patches.add(file.path, { start: task.lineStart, end: next < 0 ? file.text.length : next + 1, text: '' });
  }
  if (changes.added.length > 0) {
    const lines = [`## ${major}. Added`, ''];
    let before = order.at(-1)?.id;
    for (const unit of changes.added) {
      lines.push(
        `- [${unit.done ? 'x' : ' '}] ${ids.get(unit.id) ?? ''} ${plainTaskTitle(unit.title)}${numbersText(unit.needs, before === undefined ? [] : [before], ids)}`,
        ...fieldLines(unit, pathsIn(unit.title)),
      );
      before = unit.id;
    }
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
