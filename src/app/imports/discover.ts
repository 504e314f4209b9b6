import { baseName } from '../../core/base/path.ts';
import { oneLine } from '../../core/base/text.ts';
import { ok, type Result } from '../../core/base/result.ts';
import { formatNamed } from '../../core/formats/list.ts';
import { noJson } from '../../core/imports/forge.ts';
import { readLoose } from '../../core/imports/loose.ts';
import { parsePlan } from '../../core/plan/parse.ts';
import { gitPast } from '../../engine/git/past.ts';
import type { AppRefusal } from '../api.ts';
import type { Context } from '../context.ts';
import { lookAt, PLANS_PATH } from '../import.ts';
import { findLegacy } from '../legacy.ts';
import { STATUS_FILES } from '../legacy-sign.ts';
import { placeOf } from './bundle.ts';
import { askForge } from './forge.ts';
import { importedFrom } from './record.ts';

/** Something that could be imported. */
export interface Candidate {
  readonly kind: 'bundle' | 'status-file' | 'foreign' | 'plan' | 'document' | 'branch' | 'issue' | 'pull-request';
  readonly from: string;
  readonly title: string;
  /** Milliseconds since 1970; `undefined`: unknown. */
  readonly modified: number | undefined;
  readonly becomes: string;
  /** What to type. */
  readonly type: string;
  /** The bundle that it was imported as. */
  readonly imported?: string;
}

export interface Discovery {
  readonly candidates: readonly Candidate[];
  /** Where could not be looked, and why. */
  readonly notes: readonly string[];
}

/** Directories where people keep plans and ideas, and names that such files have in the root. */
const PLACES = [
  '',
  PLANS_PATH,
  'docs',
  'docs/rfcs',
  'rfcs',
  'docs/specs',
  'specs',
  'plans',
  STATUS_FILES,
  'docs/superpowers/specs',
];
const NAMES = /^(?:plan|todo|roadmap|worklog|tasks?)\b.*\.(?:md|markdown)$/i;
const LIMIT = 1024 * 1024;
const MOST = 200;
/** Labels by which people mark issues that are plans. */
const LABELS = /\b(?:plan(?:ning)?|roadmap|epic|rfc|spec)\b/i;

/** Lists everything in and around the repository that could be imported, newest first. Reads only. */
export async function discover(context: Context): Promise<Result<Discovery, AppRefusal>> {
  const place = await placeOf(context);
  if (!place.ok) return place;
  const { repository, located } = place.value;
  const { io } = context;
  const found: Candidate[] = [];
  const notes: string[] = [];
  const imported = await importedFrom(io, located);
  const add = (one: Candidate): void => {
    const prior = imported.get(one.from)?.slug;
    found.push(prior === undefined ? one : { ...one, imported: prior });
  };

  const taken = new Set<string>();
  for (const { bundle, path } of await findLegacy(io, located)) {
    const over = ['complete', 'archived', 'pending-retro'].includes(bundle.status);
    const done = bundle.tasks.filter(({ status }) => status === 'done' || status === 'waived').length;
    taken.add(path.replace(/-status\.md$/, '.md'));
    add({
      kind: path.endsWith('.md') ? 'status-file' : 'bundle',
      from: path,
      title: bundle.title,
      modified: bundle.last,
      becomes:
        bundle.problems.length > 0
          ? `nothing yet: ${bundle.problems.length} of its places cannot be read`
          : bundle.tasks.length === 0
            ? 'nothing: it has no task'
            : `a bundle of ${bundle.tasks.length} tasks, of which it calls ${done} done${over ? ', and which is over' : ''}`,
      type: `masterplan import ${path}`,
    });
  }

  const look = await lookAt(context, { path: located.root });
  if (look.ok) {
    for (const { format, root, files } of look.value.sure) {
      for (const file of files) taken.add(file);
      const stat = await io.files.stat(`${located.root}/${files[0] ?? root}`);
      add({
        kind: 'foreign',
        from: root || '.',
        title: formatNamed(format).title,
        modified: stat?.mtime,
        becomes: `${PLANS_PATH}/<slug>/plan.md, or with --file a bundle`,
        type: `masterplan import ${root || '.'}`,
      });
    }
    if (look.value.cut) notes.push('not every document was read: there are too many, or too large ones');
  }

  for (const directory of PLACES) {
    for (const name of (await io.files.list(`${located.root}/${directory}`)).slice(0, MOST)) {
      const path = directory === '' ? name : `${directory}/${name}`;
      if (!/\.(?:md|markdown)$/i.test(name) || ((directory === '' || directory === 'docs') && !NAMES.test(name)))
        continue;
      if (taken.has(path) || name.endsWith('-status.md')) continue;
      taken.add(path);
      const one = await document(context, located.root, path);
      if (one !== undefined) add(one);
    }
  }

  const past = gitPast(io, located.root, context.env);
  for (const { name, remote, at, subject, ahead } of await past.branches(repository.head)) {
    if (ahead === 0 || name === repository.branch) continue;
    const own = name.slice(name.indexOf('/') + 1);
    add({
      kind: 'branch',
      from: name,
      title: subject,
      modified: at,
      becomes: `a bundle on top of its ${ahead} ${ahead === 1 ? 'commit' : 'commits'}`,
      type: remote
        ? `git branch ${own} ${name} && masterplan import --branch=${own}`
        : `masterplan import --branch=${name}`,
    });
  }

  await fromForge(context, located.root, add, notes);
  found.sort((a, b) => (b.modified ?? 0) - (a.modified ?? 0) || (a.from < b.from ? -1 : 1));
  return ok({ candidates: found, notes });
}

async function document(context: Context, root: string, path: string): Promise<Candidate | undefined> {
  const stat = await context.io.files.stat(`${root}/${path}`);
  if (stat?.kind !== 'file' || stat.size > LIMIT) return undefined;
  const bytes = await context.io.files.read(`${root}/${path}`, LIMIT).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const parsed = parsePlan(text, { fileName: path });
  const of = { from: path, modified: stat.mtime, type: `masterplan import --file=${path}` };
  if (parsed.ok && parsed.value.units.length > 0)
    return {
      ...of,
      kind: 'plan',
      title: parsed.value.title,
      becomes: `a bundle of its ${parsed.value.units.length} tasks (kind ${parsed.value.kind})`,
    };
  const loose = readLoose(text);
  const title = loose.title || baseName(path);
  if (loose.units.length > 0)
    return { ...of, kind: 'document', title, becomes: `a bundle of ${loose.units.length} tasks, one for each box` };
  // A text without boxes is offered where people keep specs.
  return /(?:^|\/)(?:rfcs|specs)\//.test(path)
    ? { ...of, kind: 'document', title, becomes: 'a bundle of one task, which is planned first' }
    : undefined;
}

/** Open issues and pull requests that look like plans, where the forge's tool is there and answers. */
async function fromForge(
  context: Context,
  root: string,
  add: (one: Candidate) => void,
  notes: string[],
): Promise<void> {
  for (const [kind, word] of [
    ['issue', 'issue'],
    ['pull-request', 'pr'],
  ] as const) {
    const fields = 'number,title,body,url,updatedAt,labels';
    const answer = await askForge(context, root, [word, 'list', '--state', 'open', '--limit', '30', '--json', fields]);
    if (!answer.ok) {
      if (!answer.error.missing) notes.push(`gh ${word} list: ${answer.error.said}`);
      else if (kind === 'issue') notes.push('issues and pull requests were not looked at: gh is not on the PATH');
      continue;
    }
    const list = listOf(answer.value);
    if (list === undefined) notes.push(`gh ${word} list: ${noList(answer.value)}`);
    for (const one of list ?? []) {
      const text = (name: string): string => (typeof one[name] === 'string' ? one[name] : '');
      const loose = readLoose(text('body'));
      const labels = Array.isArray(one['labels']) ? (one['labels'] as ({ name?: unknown } | null)[]) : [];
      if (typeof one['number'] !== 'number') continue;
      if (
        loose.units.length === 0 &&
        !labels.some((label) => typeof label?.name === 'string' && LABELS.test(label.name))
      )
        continue;
      add({
        kind,
        from: text('url') || `${word} #${one['number']}`,
        title: oneLine(text('title')),
        modified: Number.isNaN(Date.parse(text('updatedAt'))) ? undefined : Date.parse(text('updatedAt')),
        becomes:
          loose.units.length === 0
            ? 'a bundle of one task, which is planned first'
            : `a bundle of ${loose.units.length} tasks`,
        type: `masterplan import ${kind === 'issue' ? '--issue' : '--pr'}=${one['number']}`,
      });
    }
  }
}

function listOf(answer: string): readonly Record<string, unknown>[] | undefined {
  try {
    const value: unknown = JSON.parse(answer.replace(/^\uFEFF/, ''));
    return Array.isArray(value)
      ? value.filter((one): one is Record<string, unknown> => typeof one === 'object' && one !== null)
      : undefined;
  } catch {
    return undefined;
  }
}

function noList(answer: string): string {
  try {
    JSON.parse(answer);
    return 'the answer is no list';
  } catch {
    return noJson(answer);
  }
}
