import { inertMarkdown } from '../../plan/kinds/task-inert.ts';
import { minutes } from '../../plan/kinds/task.ts';
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
import { fencedHead, listOf, scalar, textOf, type YamlHead, yamlHead } from '../yaml-head.ts';

/** ccpm: `.claude/epics/<name>/epic.md` and a numbered file for each task. */
export const ccpm: Format = {
  name: 'ccpm',
  title: 'ccpm',
  place: '.claude/epics/<name>/',
  detect,
  read,
  write: (plan, { kept, name }) => checked(ccpm, plan, kept === undefined ? fresh(plan, name) : patched(plan, kept)),
};

const TASK_FILE = /^\d{1,7}\.md$/;

function detect(files: readonly ForeignFile[]): readonly Sighting[] {
  const roots = new Set<string>();
  for (const file of files) {
    if (!TASK_FILE.test(fileName(file.path)) && fileName(file.path) !== 'epic.md') continue;
    if (
      /^\uFEFF?---\r?\n/.test(file.text) &&
      /^name:/m.test(file.text.slice(0, 2000)) &&
      /^status:/m.test(file.text.slice(0, 2000))
    )
      roots.add(folderOf(file.path));
  }
  return [...roots].flatMap((root) => {
    const inside = filesBelow(files, root).filter((file) => folderOf(file.path) === root && file.path.endsWith('.md'));
    const tasks = inside.filter((file) => TASK_FILE.test(fileName(file.path)));
    const epic = inside.some((file) => fileName(file.path) === 'epic.md');
    const placed = /(?:^|\/)\.claude\/epics\/[^/]+$/.test(root);
    if (tasks.length === 0 && !placed) return [];
    return [
      {
        format: 'ccpm' as const,
        root: root === '' ? '.' : root,
        name: fileName(root) || 'epic',
        files: [
          ...tasks.map((file) => file.path).sort(),
          ...inside.filter((file) => !tasks.includes(file)).map((file) => file.path),
        ],
        score: tasks.length === 0 ? 0.3 : Math.min(1, 0.45 + (epic ? 0.25 : 0) + (placed ? 0.3 : 0)),
        signs: [
          `${tasks.length} numbered ${tasks.length === 1 ? 'task' : 'tasks'}`,
          ...(epic ? ['epic.md'] : []),
          ...(placed ? ['.claude/epics/<name>/'] : []),
        ],
        missing: [...(tasks.length === 0 ? ['numbered task files'] : []), ...(epic ? [] : ['epic.md'])],
      },
    ];
  });
}

interface Entry {
  readonly file: ForeignFile;
  readonly head: YamlHead;
  readonly id: string;
}

function key(id: string): string {
  return id
    .trim()
    .replace(/^(?:#|task-?)/i, '')
    .replace(/\.md$/, '')
    .replace(/^0+(?=\d)/, '');
}

function entriesOf(files: readonly ForeignFile[], builder?: Builder): readonly Entry[] {
  return files
    .flatMap((file): Entry[] => {
      if (!TASK_FILE.test(fileName(file.path))) return [];
      const head = yamlHead(file.text) ?? fencedHead(file.text);
      if (head !== undefined && head.error === undefined)
        return [{ file, head, id: fileName(file.path).replace(/\.md$/, '') }];
      const at = head?.error?.at ?? 0;
      builder?.say(
        { file, start: at, end: at },
        'FF-01',
        'warning',
        `This file is left out: ${head?.error?.message ?? 'it has no front matter'}.`,
        'Correct its front matter and import it again.',
      );
      return [];
    })
    .sort((a, b) => Number(a.id) - Number(b.id));
}

// `# Task 006: Dashboard` → `Dashboard`.
function headingOf(file: ForeignFile): string {
  const words = /^# +(.{1,400})$/m.exec(file.text.slice(0, 4000))?.[1] ?? '';
  return flat(words.replace(/^Task\s+#?\d{1,7}\s*[:.–—-]\s*/i, ''));
}

/** Minutes behind `Hours:`, which stands in bold for some. */
function hoursIn(text: string): number | undefined {
  for (const [, said = ''] of text.matchAll(/hours?(?:\*\*)?:(?:\*\*)?[ \t]*(\d[^\n]{0,60})/gi)) {
    const found = minutes(
      said
        .replace(/\(.*$/, '')
        .replace(/^\s*(\d[\d.\s–-]*)$/, '$1 h')
        .trim(),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

function isCriteria(section: FileSection): boolean {
  return /^(?:acceptance criteria|definition of done)/i.test(section.title) && criteriaOf(section).length > 0;
}

function isDone(status: string | undefined): boolean {
  return /^(?:closed|complete|completed|done)$/i.test(status ?? '');
}

function read(files: readonly ForeignFile[]): ReturnType<Format['read']> {
  const builder = new Builder('ccpm', files);
  const entries = entriesOf(files, builder);
  const made: [Entry, Building][] = [];
  const byKey = new Map<string, string>();
  for (const entry of entries) {
    const { file, head, id } = entry;
    const sections = fileSections(file, head.end);
    const about = sections
      .filter(
        (section) => !isCriteria(section) && !/^(?:effort|estimate|verif|dependencies|metadata)/i.test(section.title),
      )
      .map(({ title, text }) => ({ title, ...acceptedIn(text.replace(/^# .*$/m, '').trim()) }));
    const effort = [
      `Hours: ${textOf(head.data['hours']) ?? textOf(head.data['effort_hours']) ?? textOf(head.data['estimated_hours']) ?? ''}`,
      ...sections.filter(({ title }) => /^(?:effort|estimate)/i.test(title)).map((section) => section.text),
    ].join('\n');
    const proven = [
      provenIn(sections.find(({ title }) => /^verif/i.test(title))?.text ?? ''),
      ...about,
      ...sections.filter(isCriteria).map((section) => ({ verify: provenIn(section.text).verify, criteria: [] })),
    ];
    const conflicts = listOf(head.data['conflicts_with']);
    const text = [
      ...about.map(({ title, rest }) =>
        rest === '' || title === '' || /^(?:description|technical details|implementation)/i.test(title)
          ? rest
          : `**${flat(title)}**\n\n${rest}`,
      ),
      conflicts.length === 0 ? '' : `Not at the same time as ${conflicts.join(', ')}.`,
    ]
      .filter((one) => one !== '')
      .join('\n\n');
    const status = textOf(head.data['status']);
    const unit = builder.unit(
      id,
      flat(textOf(head.data['name']) ?? textOf(head.data['title']) ?? '') || headingOf(file) || `Task ${id}`,
      { file, start: 0, end: 3 },
      {
        body: text,
        scope: [...pathsIn(text)],
        verify: [...new Set(proven.flatMap((one) => one.verify))],
        criteria: [...sections.filter(isCriteria).flatMap(criteriaOf), ...proven.flatMap((one) => one.criteria)],
        estimate: hoursIn(effort),
        done: isDone(status),
      },
    );
    if (unit === undefined) continue;
    if (status !== undefined) builder.statuses[unit.id] = status;
    made.push([entry, unit]);
    byKey.set(key(id), id);
  }
  for (const [{ file, head }, unit] of made) {
    const place = { file, ...(head.place('depends_on') ?? { start: 0, end: 3 }) };
    for (const need of listOf(head.data['depends_on'])) builder.need(unit, byKey.get(key(need)) ?? need, place);
  }
  const epic = files.find((file) => fileName(file.path) === 'epic.md');
  for (const file of files)
    if (!TASK_FILE.test(fileName(file.path)) && file.path.endsWith('.md'))
      builder.documents.push({ path: file.path, title: fileName(file.path) });
  const head = epic === undefined ? undefined : yamlHead(epic.text);
  const overview =
    epic === undefined || head === undefined
      ? ''
      : (fileSections(epic, head.end).find(({ title }) => /^overview/i.test(title))?.text ?? '');
  return builder.done({
    title: spoken(textOf(head?.data['name']) ?? (fileName(folderOf(files[0]?.path ?? '')) || 'epic')),
    context: overview,
  });
}

function taskText(unit: PortableUnit, ids: ReadonlyMap<string, string>): string {
  const needs = unit.needs.flatMap((need) => (need === unit.id ? [] : (ids.get(need) ?? [])));
  const mark = unit.done ? 'x' : ' ';
  const criteria = unit.criteria.map(flat).filter((one) => one !== '');
  const out = [
    '---',
    `name: ${scalar(flat(unit.title))}`,
    `status: ${unit.done ? 'closed' : 'open'}`,
    `depends_on: [${needs.join(', ')}]`,
    `parallel: ${needs.length === 0}`,
    'conflicts_with: []',
    '---',
    '',
    `# Task: ${flat(unit.title)}`,
    '',
    '## Description',
    '',
    inertMarkdown(unit.body, 3) || flat(unit.title),
    '',
  ];
  if (criteria.length > 0) out.push('## Acceptance Criteria', '', ...criteria.map((one) => `- [${mark}] ${one}`), '');
  if (unit.scope.length > 0) out.push('## Technical Details', '', ...unit.scope.map((path) => `- ${codeIn(path)}`), '');
  if (unit.verify.length > 0)
    out.push('## Verification', '', ...unit.verify.map((run) => `- ${codeIn(flat(run))}`), '');
  if (unit.estimate !== undefined)
    out.push('## Effort Estimate', '', `- Hours: ${Math.round((unit.estimate / 60) * 100) / 100}`, '');
  return out.join('\n');
}

function idsFor(units: readonly PortableUnit[], taken: readonly string[]): ReadonlyMap<string, string> {
  const keys = new Set(taken.map(key));
  const next = freeNumber();
  const used = new Set([...keys, ...units.flatMap(({ id }) => (/^T\d+$/.test(id) ? [id.slice(1)] : []))]);
  const numbers = freshIds(
    units,
    ({ id }) => (/^T\d{1,7}$/.test(id) && !keys.has(id.slice(1)) ? id.slice(1) : undefined),
    (more) => next(new Set([...used, ...more])),
  );
  return new Map([...numbers].map(([id, number]) => [id, taken.length > 0 ? number : number.padStart(3, '0')]));
}

function fresh(plan: Portable, name: string): Written {
  const ids = idsFor(plan.units, []);
  const root = `.claude/epics/${name}`;
  const all = plan.units.length > 0 && plan.units.every((unit) => unit.done);
  const epic = `---\nname: ${scalar(name)}\nstatus: ${all ? 'completed' : 'backlog'}\n---\n\n# Epic: ${flat(plan.title) || spoken(name)}\n\n## Overview\n\n${inertMarkdown(plan.context, 2) || flat(plan.title)}\n`;
  const files = [
    { path: `${root}/epic.md`, text: epic },
    ...plan.units.map((unit) => ({ path: `${root}/${ids.get(unit.id) ?? ''}.md`, text: taskText(unit, ids) })),
  ];
  return { files, ids: idRecord(ids), notes: [] };
}

function patched(plan: Portable, kept: Kept): Written {
  const was = read(kept.files);
  if (!was.ok) return { files: kept.files, ids: {}, notes: ['The kept files cannot be read any more.'] };
  const { plan: before, ids: kid } = was.value;
  const byId = new Map(entriesOf(kept.files).map((entry) => [entry.id, entry]));
  const changes = changesOf(before, plan);
  const ids = new Map([...Object.entries(kid), ...idsFor(changes.added, Object.values(kid))]);
  const patches = new Patches();
  const gone = new Set(changes.removed.flatMap((unit) => key(kid[unit.id] ?? '')));
  const touched = new Map(changes.changed.map((change) => [change.after.id, change]));
  for (const after of plan.units) {
    const entry = byId.get(kid[after.id] ?? '');
    if (entry === undefined) continue;
    const change = touched.get(after.id);
    const { file, head } = entry;
    if (change?.title === true) patches.add(file.path, head.set('name', after.title));
    if (change?.done === true) {
      patches.add(file.path, head.set('status', after.done ? 'closed' : 'open'));
      const boxes = fileSections(file, head.end)
        .filter(({ title }) => /^(?:acceptance criteria|definition of done)/i.test(title))
        .flatMap((section) => section.boxes);
      if (after.done) for (const { mark } of boxes) patches.add(file.path, { start: mark, end: mark + 1, text: 'x' });
    }
    const named = listOf(head.data['depends_on']);
    if (change?.needs !== true && !named.some((need) => gone.has(key(need)))) continue;
    const written = new Map(named.map((need) => [key(need), need]));
    patches.add(
      file.path,
      head.set(
        'depends_on',
        after.needs.flatMap((need) => ids.get(need) ?? []).map((id) => written.get(key(id)) ?? id),
      ),
    );
  }
  const dropped = new Set(changes.removed.flatMap((unit) => byId.get(kid[unit.id] ?? '')?.file.path ?? []));
  const folder = folderOf(kept.files[0]?.path ?? '.claude/epics/epic/1.md');
  const added = changes.added.map((unit) => ({
    path: `${folder}/${ids.get(unit.id) ?? ''}.md`,
    text: taskText(unit, ids),
  }));
  const left = new Set(plan.units.map((unit) => unit.id));
  return {
    files: [...patches.apply(kept.files).filter((file) => !dropped.has(file.path)), ...added],
    ids: Object.fromEntries([...ids].filter(([id]) => left.has(id))),
    notes: changes.notes,
  };
}
