import { inertMarkdown } from '../../plan/kinds/task-inert.ts';
import type { Portable, PortableUnit } from '../../plan/portable.ts';
import { acceptedIn } from '../accepted.ts';
import { filesBelow } from '../below.ts';
import { Builder } from '../builder.ts';
import { changesOf } from '../changes.ts';
import { provenIn } from '../commands.ts';
import { codeIn } from '../details.ts';
import type { ForeignFile, Format, Kept, Sighting, Written } from '../format.ts';
import { criteriaOf, fileSections, type FileSection } from '../head-file.ts';
import { fileName, flat, folderOf, spoken } from '../lines.ts';
import type { Building } from '../order.ts';
import { pathsIn } from '../paths.ts';
import { checked, freeNumber, freshIds, idRecord, Patches } from '../write.ts';
import { listOf, scalar, textOf, textsOf, type YamlHead, yamlHead } from '../yaml-head.ts';

/** Backlog.md: `backlog/tasks/task-7 - Title.md`, one file a task. */
export const backlog: Format = {
  name: 'backlog',
  title: 'Backlog.md',
  place: 'backlog/tasks/task-<id> - <title>.md',
  detect,
  read,
  write: (plan, { kept }) => checked(backlog, plan, kept === undefined ? fresh(plan) : patched(plan, kept)),
};

const TASK_FILE = /^(?:[a-z][a-z0-9]{0,11}-)?\d{1,6}(?:\.\d{1,6})*\s+-\s+.*\.md$/i;

function isTask(file: ForeignFile): boolean {
  if (!/\.md$/i.test(file.path) || !file.text.slice(0, 10).includes('---')) return false;
  const head = file.text.slice(0, 3000);
  return (
    /^id:\s*\S/m.test(head) &&
    /^title:/m.test(head) &&
    /^status:/m.test(head) &&
    (TASK_FILE.test(fileName(file.path)) || /^(?:dependencies|assignee|created_date):/m.test(head))
  );
}

function detect(files: readonly ForeignFile[]): readonly Sighting[] {
  const groups = new Map<string, ForeignFile[]>();
  for (const file of files) {
    if (!isTask(file)) continue;
    const root =
      /^((?:.*\/)?\.?backlog)\/(?:tasks|completed)\/.+$/.exec(file.path)?.[1] ??
      /^(.*?)(?:\/)?(?:tasks|completed)\/[^/]+$/.exec(file.path)?.[1] ??
      folderOf(file.path);
    // Drafts and what was archived is no part of the plan.
    if (/(?:^|\/)\.?backlog\/(?:archive|drafts)\//.test(file.path)) continue;
    const list = groups.get(root);
    if (list === undefined) groups.set(root, [file]);
    else list.push(file);
  }
  return [...groups].map(([root, tasks]) => {
    const placed = /(?:^|\/)\.?backlog$/.test(root);
    const named = tasks.filter((file) => TASK_FILE.test(fileName(file.path))).length;
    const config = filesBelow(files, root).filter((one) =>
      /^(?:config|backlog\.config)\.ya?ml$/.test(fileName(one.path)),
    );
    return {
      format: 'backlog' as const,
      root: root === '' ? '.' : root,
      name: fileName(folderOf(root)) || 'backlog',
      files: [...tasks.map((file) => file.path).sort(), ...config.map((file) => file.path)],
      score: Math.min(1, 0.4 + (placed ? 0.3 : 0) + (named > 0 ? 0.3 : 0)),
      signs: [
        `${tasks.length} ${tasks.length === 1 ? 'file' : 'files'} with id, title and status`,
        ...(placed ? ['backlog/'] : []),
      ],
      missing: placed ? [] : ['backlog/tasks/'],
    };
  });
}

interface Entry {
  readonly file: ForeignFile;
  readonly head: YamlHead;
  readonly id: string;
}

/** `task-7`, `TASK-7`, `7` and, in a project whose ids begin so, `BACK-7` are one id. */
type KeyOf = (id: string) => string;

function keysOf(entries: readonly Entry[]): KeyOf {
  const prefixes = new Set(entries.map(({ id }) => /^([a-z][a-z0-9]{0,11}-)\d/i.exec(id.trim())?.[1]?.toLowerCase()));
  prefixes.delete('task-');
  const [own] = prefixes;
  const only = prefixes.size === 1 ? own : undefined;
  return (id) => {
    const small = id.trim().toLowerCase();
    const prefix = ['task-', only].find((one) => one !== undefined && small.startsWith(one)) ?? '';
    return small.slice(prefix.length).replace(/^0+(?=\d)/, '');
  };
}

function entriesOf(files: readonly ForeignFile[], builder?: Builder): readonly Entry[] {
  const entries = files.flatMap((file): Entry[] => {
    if (!/\.md$/i.test(file.path)) return [];
    const head = yamlHead(file.text);
    if (head === undefined || head.error !== undefined) {
      const at = head?.error?.at ?? 0;
      builder?.say(
        { file, start: at, end: at },
        'FF-01',
        'warning',
        `This file is left out: ${head?.error?.message ?? 'it has no front matter'}.`,
        'Correct its front matter and import it again.',
      );
      return [];
    }
    const id = textOf(head.data['id']);
    if (id === undefined) {
      builder?.say(
        { file, start: 0, end: 3 },
        'FF-06',
        'warning',
        'This file has no id and is left out.',
        'Write "id: task-7" into its front matter.',
      );
      return [];
    }
    return [{ file, head, id }];
  });
  const keyOf = keysOf(entries);
  return entries.sort((a, b) => compareIds(keyOf(a.id), keyOf(b.id)));
}

function compareIds(a: string, b: string): number {
  const [x, y] = [a, b].map((id) => (id.match(/\d+/g) ?? []).map(Number));
  for (let i = 0; i < Math.max(x?.length ?? 0, y?.length ?? 0); i++) {
    const difference = (x?.[i] ?? -1) - (y?.[i] ?? -1);
    if (difference !== 0) return difference;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The words for open and done: the first and the last of the project's own. */
function wordsOf(files: readonly ForeignFile[]): { readonly open: string; readonly done: string } {
  const config = files.find((file) => /\.ya?ml$/.test(file.path));
  const words = listOf(config === undefined ? undefined : yamlHead(`---\n${config.text}\n---\n`)?.data['statuses']);
  return { open: words[0] ?? 'To Do', done: words.length > 1 ? (words.at(-1) as string) : 'Done' };
}

function read(files: readonly ForeignFile[]): ReturnType<Format['read']> {
  const builder = new Builder('backlog', files);
  const entries = entriesOf(files, builder);
  const words = wordsOf(files);
  const keyOf = keysOf(entries);
  builder.ids.reserve(entries.map(({ id }) => keyOf(id)));
  const made: [Entry, Building][] = [];
  const byKey = new Map<string, string>();
  for (const entry of entries) {
    const { file, head, id } = entry;
    const sections = fileSections(file, head.end);
    const own = [
      ...HEAD_SECTIONS.map(([name, title]): FileSection => ({
        title,
        text: textsOf(head.data[name]).join('\n\n'),
        boxes: [],
        items: [],
      })),
      ...sections.filter((section) => !isCriteria(section) && !/^(?:comments|final summary)/i.test(section.title)),
    ]
      .filter(({ text }) => text !== '')
      .map(({ title, text }) => ({
        title,
        // Plans and notes quote criteria; the description sets them.
        accepted: /^(?:description)?$/i.test(title) ? acceptedIn(text) : { verify: [], criteria: [], rest: text },
      }));
    const status = textOf(head.data['status']) ?? words.open;
    const proven = [
      provenIn(sections.find(({ title }) => /^verif/i.test(title))?.text ?? ''),
      ...own.map(({ accepted }) => accepted),
      ...sections.filter(isCriteria).map(({ text }) => ({ verify: provenIn(text).verify, criteria: [] })),
    ];
    const criteria = [
      ...['acceptance_criteria', 'definition_of_done'].flatMap((name) => textsOf(head.data[name]).map(flat)),
      ...sections.filter(isCriteria).flatMap(criteriaOf),
      ...proven.flatMap((one) => one.criteria),
    ];
    const unit = builder.unit(
      id,
      flat(textOf(head.data['title']) ?? '') || id,
      { file, start: 0, end: 3 },
      {
        group: textOf(head.data['milestone']),
        body: own
          .filter(({ title }) => !/^verif/i.test(title))
          .map(({ title, accepted: { rest } }) =>
            rest === '' || title === '' || /^description$/i.test(title) ? rest : `**${flat(title)}**\n\n${rest}`,
          )
          .filter((one) => one !== '')
          .join('\n\n'),
        scope: [
          ...listOf(head.data['modified_files']),
          ...pathsIn(own.map(({ accepted }) => accepted.rest).join('\n')),
        ],
        verify: [...new Set(proven.flatMap((one) => one.verify))],
        criteria,
        done: isDone(status, words.done),
      },
      keyOf(id),
    );
    if (unit === undefined) continue;
    builder.statuses[unit.id] = status;
    made.push([entry, unit]);
    byKey.set(keyOf(id), id);
  }
  const unitOf = new Map(made.map(([{ id }, unit]) => [keyOf(id), unit]));
  for (const [{ file, head, id }, unit] of made) {
    const place = { file, ...(head.place('dependencies') ?? { start: 0, end: 3 }) };
    for (const need of listOf(head.data['dependencies'])) builder.need(unit, byKey.get(keyOf(need)) ?? need, place);
    const parent = unitOf.get(keyOf(textOf(head.data['parent_task_id']) ?? ''));
    // A task is finished by the last of its subtasks.
    if (parent !== undefined && parent !== unit && !unit.needs.has(parent.id) && keyOf(id) !== '')
      parent.needs.add(unit.id);
  }
  const first = files.find((file) => file.path.endsWith('.md'));
  const project = /^project_name:\s*["']?([^"'\n]{1,200})/m.exec(
    files.find((file) => /\.ya?ml$/.test(file.path))?.text ?? '',
  )?.[1];
  return builder.done({
    title: project?.trim() ?? spoken(fileName(folderOf(folderOf(folderOf(first?.path ?? '')))) || 'backlog'),
    context: '',
  });
}

// Newer versions keep in the front matter what stood below headings.
const HEAD_SECTIONS = [
  ['description', 'Description'],
  ['implementation_plan', 'Implementation Plan'],
  ['plan', 'Implementation Plan'],
  ['implementation_notes', 'Implementation Notes'],
  ['notes', 'Implementation Notes'],
] as const;

function isCriteria(section: FileSection): boolean {
  return /^(?:acceptance criteria|definition of done)/i.test(section.title) && criteriaOf(section).length > 0;
}

function isDone(status: string, word: string): boolean {
  return status.toLowerCase() === word.toLowerCase() || /^(?:done|complete|completed|closed)$/i.test(status);
}

function taskText(
  unit: PortableUnit,
  id: string,
  ids: ReadonlyMap<string, string>,
  words: { readonly open: string; readonly done: string },
): string {
  const needs = unit.needs.flatMap((need) => (need === unit.id ? [] : (ids.get(need) ?? [])));
  const mark = unit.done ? 'x' : ' ';
  const out = [
    '---',
    `id: ${scalar(id)}`,
    `title: ${scalar(flat(unit.title))}`,
    `status: ${scalar(unit.done ? words.done : words.open)}`,
    'assignee: []',
    'labels: []',
    ...(unit.group === undefined ? [] : [`milestone: ${scalar(flat(unit.group))}`]),
    needs.length === 0 ? 'dependencies: []' : `dependencies:\n${needs.map((need) => `  - ${scalar(need)}`).join('\n')}`,
    ...(unit.scope.length === 0
      ? []
      : [`modified_files:\n${unit.scope.map((path) => `  - ${scalar(path)}`).join('\n')}`]),
    '---',
    '',
    '## Description',
    '',
    inertMarkdown(unit.body, 3) || flat(unit.title),
    '',
  ];
  const criteria = unit.criteria.map(flat).filter((one) => one !== '');
  if (criteria.length > 0)
    out.push(
      '## Acceptance Criteria',
      '<!-- AC:BEGIN -->',
      ...criteria.map((one, i) => `- [${mark}] #${i + 1} ${one}`),
      '<!-- AC:END -->',
      '',
    );
  if (unit.verify.length > 0)
    out.push('## Verification', '', ...unit.verify.map((run) => `- ${codeIn(flat(run))}`), '');
  return out.join('\n');
}

function pathOf(folder: string, id: string, title: string): string {
  const name = flat(title)
    .replace(/[^\p{L}\p{N} _.-]+/gu, '-')
    .replace(/\.+$/, '')
    .slice(0, 80)
    .trim();
  return `${folder}/${id} - ${name || 'task'}.md`;
}

function idsFor(
  units: readonly PortableUnit[],
  taken: readonly string[],
  prefix: string,
  keyOf: KeyOf,
): ReadonlyMap<string, string> {
  const keys = new Set(taken.map(keyOf));
  const next = freeNumber();
  const used = new Set([...keys, ...units.flatMap(({ id }) => (/^T\d/.test(id) ? [id.slice(1)] : []))]);
  const numbers = freshIds(
    units,
    ({ id }) => (/^T\d{1,6}(?:\.\d{1,6})*$/.test(id) && !keys.has(id.slice(1)) ? id.slice(1) : undefined),
    (more) => next(new Set([...used, ...more])),
  );
  return new Map([...numbers].map(([id, number]) => [id, `${prefix}${number}`]));
}

function fresh(plan: Portable): Written {
  const ids = idsFor(plan.units, [], 'task-', keysOf([]));
  const words = { open: 'To Do', done: 'Done' };
  const files = plan.units.map((unit) => ({
    path: pathOf('backlog/tasks', ids.get(unit.id) ?? '', unit.title),
    text: taskText(unit, ids.get(unit.id) ?? '', ids, words),
  }));
  return { files, ids: idRecord(ids), notes: [] };
}

function patched(plan: Portable, kept: Kept): Written {
  const was = read(kept.files);
  if (!was.ok) return { files: kept.files, ids: {}, notes: ['The kept files cannot be read any more.'] };
  const { plan: before, ids: kid } = was.value;
  const entries = entriesOf(kept.files);
  const words = wordsOf(kept.files);
  const changes = changesOf(before, plan);
  const byId = new Map<string, Entry>();
  for (const entry of entries) if (!byId.has(entry.id)) byId.set(entry.id, entry);
  const prefix = /^(.*?)\d/.exec(entries[0]?.id ?? 'task-1')?.[1] ?? 'task-';
  const keyOf = keysOf(entries);
  const ids = new Map([...Object.entries(kid), ...idsFor(changes.added, Object.values(kid), prefix, keyOf)]);
  const patches = new Patches();
  const gone = new Set(changes.removed.map((unit) => unit.id));
  const touched = new Map(changes.changed.map((change) => [change.after.id, change]));
  for (const after of plan.units) {
    const entry = byId.get(kid[after.id] ?? '');
    const change = touched.get(after.id);
    if (entry === undefined) continue;
    const { file, head } = entry;
    if (change?.title === true) patches.add(file.path, head.set('title', after.title));
    if (change?.done === true) {
      patches.add(file.path, head.set('status', after.done ? words.done : words.open));
      if (after.done) {
        const boxes = fileSections(file, head.end)
          .filter(({ title }) => /^(?:acceptance criteria|definition of done)/i.test(title))
          .flatMap((section) => section.boxes);
        for (const { mark } of boxes) patches.add(file.path, { start: mark, end: mark + 1, text: 'x' });
      }
    }
    const named = listOf(head.data['dependencies']);
    const byKey = new Map(named.map((need) => [keyOf(need), need]));
    const lost = named.filter((need) => [...gone].some((id) => keyOf(kid[id] ?? '') === keyOf(need)));
    if (change?.needs !== true && lost.length === 0) continue;
    const parts = new Set(
      entries
        .filter((one) => keyOf(textOf(one.head.data['parent_task_id']) ?? '') === keyOf(entry.id))
        .map((one) => one.id),
    );
    const needs = after.needs
      .flatMap((need) => ids.get(need) ?? [])
      .filter((id) => !parts.has(id) || byKey.has(keyOf(id)));
    patches.add(
      file.path,
      head.set(
        'dependencies',
        needs.map((id) => byKey.get(keyOf(id)) ?? id),
      ),
    );
  }
  const dropped = new Set(changes.removed.flatMap((unit) => byId.get(kid[unit.id] ?? '')?.file.path ?? []));
  const folder = folderOf(entries[0]?.file.path ?? 'backlog/tasks/x');
  const added = changes.added.map((unit) => ({
    path: pathOf(folder, ids.get(unit.id) ?? '', unit.title),
    text: taskText(unit, ids.get(unit.id) ?? '', ids, words),
  }));
  const left = new Set(plan.units.map((unit) => unit.id));
  return {
    files: [...patches.apply(kept.files).filter((file) => !dropped.has(file.path)), ...added],
    ids: Object.fromEntries([...ids].filter(([id]) => left.has(id))),
    notes: changes.notes,
  };
}
