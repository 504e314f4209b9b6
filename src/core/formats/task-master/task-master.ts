import type { Portable, PortableUnit } from '../../plan/portable.ts';
import { acceptedIn } from '../accepted.ts';
import { Builder } from '../builder.ts';
import { changesOf } from '../changes.ts';
import type { ForeignFile, Format, Kept, Sighting, Written } from '../format.ts';
import { at, type JsonNode, textAt, wordsAt } from '../json.ts';
import { fileName, flat, folderOf, spoken } from '../lines.ts';
import { pathsIn } from '../paths.ts';
import { checked, freeNumber, freshIds, idRecord, Patches } from '../write.ts';
import { provenIn } from '../commands.ts';
import { checkTaskMaster } from './check.ts';
import { isDone, isKnown, readTags, STATUSES, type TmTag, type TmTask } from './tree.ts';

/** Task Master: `.taskmaster/tasks/tasks.json`. */
export const taskMaster: Format = {
  name: 'task-master',
  title: 'Task Master',
  place: '.taskmaster/tasks/tasks.json',
  detect,
  read,
  write: (plan, { kept, name }) =>
    checked(taskMaster, plan, kept === undefined ? fresh(plan, name) : patched(plan, kept)),
};

const PLACED = /(?:^|\/)\.taskmaster\/tasks\/tasks\.json$/;

function detect(files: readonly ForeignFile[]): readonly Sighting[] {
  return files.flatMap((file) => {
    if (!/\.json$/i.test(file.path)) return [];
    if (!PLACED.test(file.path) && !/"tasks"\s*:\s*\[|^\s*\[/.test(file.text.slice(0, 200_000))) return [];
    const named = fileName(file.path) === 'tasks.json';
    const placed = PLACED.test(file.path);
    const broken = placed || (named && /"(?:dependencies|subtasks|testStrategy)"\s*:/.test(file.text));
    const tags = readTags(file.text);
    const tasks = 'message' in tags ? [] : tags.flatMap((tag) => tag.tasks);
    const shaped = tasks.filter(
      (task) =>
        at(task.node, 'title') !== undefined &&
        (at(task.node, 'status') !== undefined || at(task.node, 'dependencies') !== undefined),
    );
    if ((shaped.length === 0 && !broken) || (!named && shaped.length < tasks.length)) return [];
    const base = /^(.*?)\.taskmaster\//.exec(file.path)?.[1];
    const beside = files.filter(
      (one) =>
        base !== undefined &&
        /(?:^|\/)\.taskmaster\/(?:state\.json|docs\/[^/]+\.(?:txt|md))$/.test(one.path) &&
        one.path.startsWith(base),
    );
    const signs = [
      named ? 'tasks.json' : 'a list of tasks',
      `${tasks.length} ${tasks.length === 1 ? 'task' : 'tasks'}`,
      ...(base === undefined ? [] : ['.taskmaster/']),
    ];
    const { tag } = tagOf([file, ...beside]);
    return [
      {
        format: 'task-master' as const,
        root: file.path,
        name:
          tag === undefined || tag.name === 'master' ? fileName((base ?? '').replace(/\/$/, '')) || 'tasks' : tag.name,
        files: [file.path, ...beside.map((one) => one.path)],
        score: Math.min(1, 0.5 + (named ? 0.2 : 0) + (base === undefined ? 0 : 0.2) + (shaped.length > 0 ? 0.1 : 0)),
        signs,
        missing: base === undefined ? ['.taskmaster/'] : [],
      },
    ];
  });
}

/** The tag that counts: the current one of state.json, else master, else the first. */
function tagOf(files: readonly ForeignFile[]): {
  file?: ForeignFile;
  tags: readonly TmTag[];
  tag?: TmTag;
  error?: { message: string; at: number };
} {
  const file =
    files.find((one) => fileName(one.path) === 'tasks.json') ?? files.find((one) => one.path.endsWith('.json'));
  if (file === undefined) return { tags: [] };
  const tags = readTags(file.text);
  if ('message' in tags) return { file, tags: [], error: tags };
  const state = files.find((one) => fileName(one.path) === 'state.json');
  const current = state === undefined ? undefined : /"currentTag"\s*:\s*"([^"]{1,200})"/.exec(state.text)?.[1];
  const tag = tags.find((one) => one.name === current) ?? tags.find((one) => one.name === 'master') ?? tags[0];
  return { file, tags, ...(tag === undefined ? {} : { tag }) };
}

function read(files: readonly ForeignFile[]): ReturnType<Format['read']> {
  const builder = new Builder('task-master', files);
  const { file, tag, tags, error } = tagOf(files);
  if (file !== undefined && error !== undefined)
    builder.say(
      { file, start: error.at, end: error.at },
      'FF-01',
      'error',
      `This is no JSON: ${error.message}.`,
      'Correct the file and import it again.',
    );
  if (file === undefined || tag === undefined) return builder.done({ title: '', context: '' });
  if (tags.length > 1) {
    const others = tags.filter((one) => one !== tag).map((one) => one.name);
    builder.say(
      { file, ...tag.node, end: tag.node.start + 1 },
      'FF-09',
      'info',
      `Only the tag "${tag.name}" is imported; left out: ${others.slice(0, 10).join(', ')}.`,
      'The current tag of .taskmaster/state.json counts.',
    );
  }
  for (const node of tag.odd)
    builder.say({ file, ...node }, 'FF-06', 'warning', 'This entry has no id and is left out.', 'Give it one.');
  builder.ids.reserve(tag.tasks.map((task) => task.id));
  const parents = new Map(tag.tasks.map((task) => [task.id, task]));
  const made = tag.tasks.map((task) => {
    const place = { file, start: task.node.start, end: task.node.start + 1 };
    const proven = provenIn(
      ['testStrategy', 'test_strategy', 'acceptanceCriteria', 'acceptance_criteria']
        .flatMap((key) => wordsAt(task.node, key))
        .join('\n'),
    );
    const details = acceptedIn(wordsAt(task.node, 'details').join('\n'));
    const description = acceptedIn(wordsAt(task.node, 'description').join('\n'));
    const parent = task.parent === undefined ? undefined : parents.get(task.parent);
    const unit = builder.unit(task.id, flat(task.title) || `Task ${task.id}`, place, {
      group: parent === undefined ? undefined : flat(parent.title),
      body: [description.rest, details.rest].filter((one) => one.trim() !== '').join('\n\n'),
      scope: [...pathsIn(details.rest), ...pathsIn(description.rest)],
      verify: [...new Set([...proven.verify, ...description.verify, ...details.verify])],
      criteria: [...proven.criteria, ...description.criteria, ...details.criteria],
      done: isDone(task.status),
    });
    if (unit === undefined) return undefined;
    if (task.status !== undefined) builder.statuses[unit.id] = task.status;
    if (task.status !== undefined && !isKnown(task.status))
      builder.say(
        { file, ...(at(task.node, 'status') as JsonNode) },
        'FF-07',
        'warning',
        `"${task.status.slice(0, 40)}" is no status that is known; the task counts as open.`,
        `One of: ${STATUSES.join(', ')}.`,
      );
    return unit;
  });
  tag.tasks.forEach((task, i) => {
    const unit = made[i];
    if (unit === undefined) return;
    for (const need of task.needs) builder.need(unit, need.id, { file, ...need.node });
  });
  const unitOf = new Map(builder.units.map((one) => [one.id, one]));
  // The others are said where the needs are read.
  const left = new Set(tag.odd.map(({ start }) => start));
  for (const one of checkTaskMaster(file.text))
    if (one.rule === 'TM-07' || (one.rule === 'TM-02' && !left.has(one.span.start)))
      builder.problems.found.push({ ...one, file: file.path });
  // A task is finished by the last of its subtasks, and these wait for what it waits for.
  for (const [i, task] of tag.tasks.entries()) {
    const unit = made[i];
    const parent = task.parent === undefined ? undefined : unitOf.get(builder.ids.ours(task.parent) ?? '');
    if (unit === undefined || parent === undefined) continue;
    for (const need of inherited(task, parents)) {
      const id = builder.ids.ours(need);
      if (id !== undefined && id !== unit.id) unit.needs.add(id);
    }
    if (!unit.needs.has(parent.id)) parent.needs.add(unit.id);
  }
  for (const one of files)
    if (/\.(?:txt|md)$/.test(one.path)) builder.documents.push({ path: one.path, title: fileName(one.path) });
  const named = textAt(at(tag.node, 'metadata'), 'description');
  const project = textAt(at(tag.node, 'metadata'), 'projectName');
  const folder = fileName(folderOf(file.path).replace(/\/?\.taskmaster.*$/, ''));
  return builder.done({
    title: project ?? (tag.name === 'master' ? spoken(folder || 'tasks') : spoken(tag.name)),
    context: named ?? '',
  });
}

/** What a subtask without needs of its own among its neighbours waits for: the needs of its task. */
function inherited(task: TmTask, parents: ReadonlyMap<string, TmTask>): readonly string[] {
  const parent = task.parent === undefined ? undefined : parents.get(task.parent);
  if (parent === undefined) return [];
  const prefix = `${parent.id}.`;
  if (task.needs.some((need) => need.id.startsWith(prefix))) return [];
  return parent.needs.map((need) => need.id).filter((id) => !id.startsWith(prefix) && id !== parent.id);
}

function fresh(plan: Portable, name: string): Written {
  const next = freeNumber();
  const used = new Set(plan.units.flatMap(({ id }) => (/^T\d{1,9}$/.test(id) ? [id.slice(1)] : [])));
  const ids = freshIds(
    plan.units,
    ({ id }) => (/^T\d{1,9}$/.test(id) ? String(Number(id.slice(1))) : undefined),
    (taken) => next(new Set([...used, ...taken])),
  );
  const tasks = plan.units.map((unit) => ({ ...taskFor(unit, ids), subtasks: [] }));
  const value = {
    master: {
      tasks,
      metadata: {
        description: flat(plan.context).slice(0, 2000) || flat(plan.title) || name,
        projectName: flat(plan.title) || name,
      },
    },
  };
  return {
    files: [{ path: '.taskmaster/tasks/tasks.json', text: `${JSON.stringify(value, null, 2)}\n` }],
    ids: idRecord(ids),
    notes: [],
  };
}

function taskFor(unit: PortableUnit, ids: ReadonlyMap<string, string>) {
  const id = Number(ids.get(unit.id));
  const strategy = [...unit.verify.map((run) => `\`${run}\``), ...unit.criteria].join('\n');
  return {
    id,
    title: flat(unit.title),
    description: unit.group === undefined ? '' : flat(unit.group),
    status: unit.done ? 'done' : 'pending',
    dependencies: unit.needs.flatMap((need) =>
      ids.has(need) && need !== unit.id ? [number(ids.get(need) as string)] : [],
    ),
    priority: 'medium',
    details: [
      unit.body.trim(),
      unit.scope.length === 0 ? '' : `Files: ${unit.scope.map((path) => `\`${path}\``).join(', ')}`,
    ]
      .filter((one) => one !== '')
      .join('\n\n'),
    testStrategy: strategy,
  };
}

function number(id: string): number | string {
  return /^\d+$/.test(id) ? Number(id) : id;
}

function patched(plan: Portable, kept: Kept): Written {
  const was = read(kept.files);
  const { file, tag } = tagOf(kept.files);
  if (!was.ok || file === undefined || tag === undefined)
    return { files: kept.files, ids: {}, notes: ['The kept files cannot be read any more.'] };
  const { plan: before, ids: kid } = was.value;
  const changes = changesOf(before, plan);
  const byId = new Map<string, TmTask>();
  for (const task of tag.tasks) if (!byId.has(task.id)) byId.set(task.id, task);
  const children = new Map<string, string[]>();
  for (const { id, parent } of tag.tasks)
    if (parent !== undefined) {
      const list = children.get(parent);
      if (list === undefined) children.set(parent, [id]);
      else list.push(id);
    }
  const parents = new Map([...byId].filter(([, task]) => task.parent === undefined));
  const used = new Set(tag.tasks.map((task) => task.id));
  const next = freeNumber();
  const added = freshIds(
    changes.added,
    ({ id }) => (/^T\d{1,9}$/.test(id) && !used.has(id.slice(1)) ? id.slice(1) : undefined),
    (taken) => next(new Set([...used, ...taken])),
  );
  const ids = new Map([...Object.entries(kid), ...added]);
  const patches = new Patches();
  const set = (task: TmTask, key: string, value: string): void => {
    const node = at(task.node, key);
    if (node !== undefined) patches.add(file.path, { start: node.start, end: node.end, text: value });
    else
      patches.add(file.path, {
        start: task.node.start + 1,
        end: task.node.start + 1,
        text: `${JSON.stringify(key)}: ${value}${(task.node.entries ?? []).length > 0 ? ', ' : ''}`,
      });
  };
  for (const { after, title, needs, done } of changes.changed) {
    const task = byId.get(kid[after.id] ?? '');
    if (task === undefined) continue;
    if (title) set(task, 'title', JSON.stringify(after.title));
    if (done) set(task, 'status', after.done ? '"done"' : '"pending"');
    if (!needs) continue;
    const structural = new Set(inherited(task, parents));
    for (const one of children.get(task.id) ?? []) structural.add(one);
    const wanted = after.needs
      .flatMap((need) => ids.get(need) ?? [])
      .filter((id) => !structural.has(id) || task.needs.some((need) => need.id === id));
    set(task, 'dependencies', `[${wanted.map((id) => shortId(id, task)).join(', ')}]`);
  }
  removeTasks(
    changes.removed.flatMap((unit) => byId.get(kid[unit.id] ?? '') ?? []),
    tag,
    file,
    patches,
  );
  appendTasks(changes.added, ids, tag, file, patches);
  const left = new Set(plan.units.map((unit) => unit.id));
  return {
    files: patches.apply(kept.files),
    ids: Object.fromEntries([...ids].filter(([id]) => left.has(id))),
    notes: changes.notes,
  };
}

// Neighbours are named by their number alone, as Task Master writes them.
function shortId(id: string, task: TmTask): string {
  const written = task.needs.find((need) => need.id === id)?.node.value;
  if (written !== undefined) return JSON.stringify(written);
  if (task.parent !== undefined && id.startsWith(`${task.parent}.`)) return id.slice(task.parent.length + 1);
  return /^\d+$/.test(id) ? id : JSON.stringify(id);
}

function removeTasks(gone: readonly TmTask[], tag: TmTag, file: ForeignFile, patches: Patches): void {
  const nodes = new Set(gone.map((task) => task.node));
  const lists = [
    tag.list,
    ...(tag.list.items ?? []).flatMap((item) => (nodes.has(item) ? [] : (at(item, 'subtasks') ?? []))),
  ];
  for (const list of lists) {
    const items = list.items ?? [];
    const left = items.filter((item) => !nodes.has(item));
    if (left.length === items.length) continue;
    let keptBefore = false;
    for (const [i, item] of items.entries()) {
      if (!nodes.has(item)) {
        keptBefore = true;
        continue;
      }
      const from = keptBefore ? (items[i - 1] as JsonNode).end : item.start;
      const to = keptBefore ? item.end : (items[i + 1]?.start ?? item.end);
      patches.add(file.path, { start: from, end: to, text: '' });
    }
  }
}

function appendTasks(
  added: readonly PortableUnit[],
  ids: ReadonlyMap<string, string>,
  tag: TmTag,
  file: ForeignFile,
  patches: Patches,
): void {
  if (added.length === 0) return;
  const last = tag.list.items?.at(-1);
  const texts = added.map((unit) =>
    JSON.stringify({ ...taskFor(unit, ids), subtasks: [] }, null, 2).replace(/\n/g, '\n      '),
  );
  const at = last?.end ?? tag.list.start + 1;
  patches.add(file.path, {
    start: at,
    end: at,
    text: `${last === undefined ? '' : ','}\n      ${texts.join(',\n      ')}`,
  });
}
