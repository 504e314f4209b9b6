import { err, ok, type Result } from '../core/base/result.ts';
import { formatStamp, parseStamp } from '../core/base/time.ts';
import { normaliseScope } from '../core/plan/scope.ts';
import { addLearned, commandName, idOf, parseLearned, pruneLearned } from '../core/run/learned/document.ts';
import type { Learned } from '../core/run/learned/model.ts';
import { Learner } from '../core/run/learned/take.ts';
import type { RunSettings } from '../core/run/settings.ts';
import { acquireLock, type Lock } from '../engine/log/lock.ts';
import { replay } from '../engine/log/log.ts';
import { learnedFile, type RunPaths, runPaths } from '../engine/paths.ts';
import type { Io } from '../io/io.ts';
import { EXIT, type AppRefusal } from './api.ts';
import { chooseRun } from './choose.ts';
import type { Context } from './context.ts';
import { damageWords } from './load.ts';
import { locate, refuseLinks, shown } from './locate.ts';

export type LearnedRequest =
  | { readonly what: 'list' }
  | {
      readonly what: 'add';
      readonly text: string;
      readonly paths: readonly string[];
      readonly command: string | undefined;
    }
  /** Takes what a run learned, over or not; also what was pruned before. */
  | { readonly what: 'from'; readonly run: string }
  /** By ids, older than so many days, or all but the newest: what any of them names goes. */
  | {
      readonly what: 'prune';
      readonly ids: readonly string[];
      readonly days: number | undefined;
      readonly keep: number | undefined;
    };

export interface LearnedAnswer {
  /** As the user would type it. */
  readonly file: string;
  /** Newest first. */
  readonly lessons: readonly Learned[];
  /** What this command wrote, brought up to date, and took out. */
  readonly added: readonly Learned[];
  readonly renewed: readonly Learned[];
  readonly pruned: readonly Learned[];
}

const DAY = 24 * 3_600_000;

/** What was learned in this repository: lists it, or changes it first. */
export async function learned(context: Context, request: LearnedRequest): Promise<Result<LearnedAnswer, AppRefusal>> {
  const located = await locate(context);
  if (!located.ok) return located;
  const { root, runsPath } = located.value;
  const { io } = context;
  const links = await refuseLinks(io, root, `${root}/${runsPath}`);
  if (!links.ok) return links;
  const file = learnedFile(runPaths(root, runsPath, 'any'));
  let change: Change = (text) => ({ text, added: [], renewed: [], pruned: [] });
  if (request.what === 'add') {
    const made = lessonOf(context, request);
    if (!made.ok) return made;
    change = (text) => ({ ...addLearned(text, [made.value], { again: true }), pruned: [] });
  } else if (request.what === 'from') {
    const chosen = await chooseRun(context, request.run);
    if (!chosen.ok) return chosen;
    const taken = await take(io, chosen.value.paths);
    if (!taken.ok) return taken;
    change = (text) => ({ ...addLearned(text, taken.value, { again: true }), pruned: [] });
  } else if (request.what === 'prune') {
    const unknown = await unknownId(io, file, request.ids);
    if (unknown !== undefined)
      return err({ message: `nothing here has the id ${unknown}`, hint: 'masterplan learned', exit: EXIT.usage });
    change = (text) => prune(text, request, context.io.clock.now());
  }
  const { text, ...changed } =
    request.what === 'list' ? change(await textOf(io, file)) : await rewrite(io, root, file, change);
  return ok({ file: shown(file, root), lessons: newestFirst(parseLearned(text).entries), ...changed });
}

/** Leaves what a run that is over learned, for later ones. */
export async function leaveLearned(
  io: Io,
  paths: RunPaths,
  settings: Pick<RunSettings, 'learned'> | undefined,
): Promise<void> {
  if (settings?.learned === 'off') return;
  const taken = await take(io, paths);
  if (!taken.ok || taken.value.length === 0) return;
  const { value } = taken;
  await rewrite(io, paths.root, learnedFile(paths), (text) => ({ ...addLearned(text, value), pruned: [] }));
}

async function take(io: Io, paths: RunPaths): Promise<Result<readonly Learned[], AppRefusal>> {
  const learner = new Learner();
  const read = await replay(io.files, paths.log, { each: (event) => learner.add(event) });
  return read.ok ? ok(learner.lessons()) : err({ ...damageWords(read.error, paths), exit: EXIT.failed });
}

interface Changed extends Pick<LearnedAnswer, 'added' | 'renewed' | 'pruned'> {
  readonly text: string;
}
type Change = (text: string) => Changed;

/** Milliseconds for which others who write the document are waited for: it takes each a few. */
const PATIENCE = 10_000;

/**
 * Writes what becomes of the document. Runs that end at once, and people, take turns by a lock of the repository; where it cannot be had
 * (a holder on another machine, a disk that refuses it), it is written all the same, for the document is advice and no truth.
 */
async function rewrite(io: Io, root: string, file: string, change: Change): Promise<Changed> {
  const lock = await turn(io, root);
  try {
    const text = await textOf(io, file);
    const changed = change(text);
    if (changed.text === text) return changed;
    await io.files.makeDirectory(file.slice(0, file.lastIndexOf('/')));
    await io.files.write(file, changed.text);
    return changed;
  } finally {
    await lock?.release().catch(() => undefined);
  }
}

async function turn(io: Io, root: string): Promise<Lock | undefined> {
  // Where nothing ever ran nobody else is at it, and nothing is ignored there yet.
  if ((await io.files.stat(`${root}/.masterplan`))?.kind !== 'directory') return undefined;
  const start = io.clock.monotonic();
  for (let pause = 2; io.clock.monotonic() - start < PATIENCE; pause = Math.min(pause * 2, 50)) {
    const lock = await acquireLock(io, `${root}/.masterplan/learned`, 'learned').catch(() => undefined);
    if (lock?.ok === true) return lock.value;
    await io.clock.wait(pause);
  }
  return undefined;
}

async function textOf(io: Io, file: string): Promise<string> {
  const bytes = await io.files.read(file);
  return bytes === undefined ? '' : new TextDecoder().decode(bytes);
}

function lessonOf(
  context: Context,
  { text, paths, command }: Extract<LearnedRequest, { what: 'add' }>,
): Result<Learned, AppRefusal> {
  const hint = 'masterplan learned add "what is worth knowing" --paths src/db/';
  if (text.trim() === '') return err({ message: 'there is nothing to add', hint, exit: EXIT.usage });
  // What is about nothing would never be told to anybody.
  if (paths.length === 0 && command === undefined)
    return err({ message: 'say what it is about: --paths or --command', hint, exit: EXIT.usage });
  for (const path of paths) {
    const normal = normaliseScope(path);
    if (!normal.ok) return err({ message: `"${path}" ${normal.error}`, hint, exit: EXIT.usage });
  }
  return ok({
    id: idOf('added', text.trim()),
    kind: 'added',
    day: formatStamp(context.io.clock.now()).slice(0, 10),
    times: 1,
    text,
    from: context.user,
    paths,
    command: command === undefined ? null : commandName(command),
  });
}

async function unknownId(io: Io, file: string, ids: readonly string[]): Promise<string | undefined> {
  const known = new Set(parseLearned(await textOf(io, file)).entries.map(({ id }) => id));
  return ids.find((id) => !known.has(id));
}

function prune(text: string, { ids, days, keep }: Extract<LearnedRequest, { what: 'prune' }>, now: number): Changed {
  const newest = newestFirst(parseLearned(text).entries);
  const old = (day: string): boolean =>
    days !== undefined && day !== '' && now - parseStamp(`${day}T00:00:00.000Z`) > days * DAY;
  const pruned = newest.filter(({ id, day }, at) => ids.includes(id) || old(day) || (keep !== undefined && at >= keep));
  return { text: pruneLearned(text, new Set(pruned.map(({ id }) => id))), added: [], renewed: [], pruned };
}

function newestFirst(entries: readonly Learned[]): readonly Learned[] {
  return entries
    .map(({ id, kind, day, times, text, from, paths, command }) => ({
      id,
      kind,
      day,
      times,
      text,
      from,
      paths,
      command,
    }))
    .reverse()
    .sort((a, b) => (a.day === b.day ? 0 : a.day < b.day ? 1 : -1));
}
