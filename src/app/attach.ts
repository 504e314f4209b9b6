import { err, ok, type Result } from '../core/base/result.ts';
import { PERSON } from '../core/run/amend/hold.ts';
import { composeBrief, renderBrief } from '../core/run/brief.ts';
import { commitText } from '../core/run/commit-text.ts';
import { commandsOf } from '../core/run/queue/commands.ts';
import { taskOf, type RunState, type TaskState } from '../core/run/state.ts';
import { inspectRepository } from '../engine/git/inspect.ts';
import { GitError, type Repositories } from '../engine/git/repositories.ts';
import { lockHolder } from '../engine/log/lock.ts';
import type { RunPaths } from '../engine/paths.ts';
import { textsOf } from '../engine/plan-texts.ts';
import { placeFor } from '../engine/perform/handoff.ts';
import { removePlace } from '../engine/perform/removal.ts';
import { textsFor } from '../engine/perform/subplan-texts.ts';
import { EXIT, type AppRefusal, type Sent } from './api.ts';
import { chooseRun } from './choose.ts';
import type { Context } from './context.ts';
import { readPlan } from './create.ts';
import { environmentOf } from './environment.ts';
import { gitOf } from './fit.ts';
import { loadRun } from './load.ts';
import { sendToRun, taskNamed } from './send.ts';

export interface AttachRequest {
  readonly task: string;
  readonly run?: string;
}

/** Where a person does a task by hand. Absolute paths. */
export interface Attached {
  readonly slug: string;
  readonly task: string;
  readonly title: string;
  /** A worktree of its own, which begins with the work so far. */
  readonly place: string;
  readonly brief: string;
  /** What is run on what they return. */
  readonly verify: readonly string[];
  /** Files that hold both sides, with the marks of git between them. */
  readonly conflicts: readonly string[];
  /** It was there before, and is as they left it. */
  readonly again: boolean;
}

/** The task is a person's, and an agent that nobody attends has to be ended first: `next` does that. */
export interface Ending {
  readonly slug: string;
  readonly task: string;
  readonly next: string;
}

/** What became of what a person did. */
export interface Returned extends Sent {
  readonly task: string;
  /** What stood in the place; `null`: there was none. */
  readonly commit: string | null;
  /** Where the place was moved, because it held more than was taken. */
  readonly moved?: string;
}

/** What is known of a place while it exists; written when it is whole. */
interface PlaceRecord {
  readonly run: string;
  readonly task: string;
  readonly base: string;
  /** Attempts that had been when it was made. */
  readonly attempts: number;
  readonly conflicts: readonly string[];
}

/** Milliseconds that an agent gets to end, and between two looks. */
const PATIENCE = 60_000;
const LOOK = 50;

/** A person takes a task upon themselves, and gets a place to work in. Asked again, it is the same place. */
export async function attachTask(
  from: Context,
  request: AttachRequest,
): Promise<Result<{ readonly attached: Attached } | { readonly ending: Ending }, AppRefusal>> {
  const context = atHome(from);
  const chosen = await chosenFor(context, request);
  if (!chosen.ok) return chosen;
  const { slug, paths } = chosen.value;
  const id = taskNamed(chosen.value.state, request.task);
  const known = taskOf(chosen.value.state, id);
  if (known?.progress.status !== 'attached' && known?.leaving?.to !== 'attached') {
    const sent = await sendToRun(context, { request: 'attach', run: slug, task: id });
    if (!sent.ok) return sent;
  }
  const held = await whenHeld(context, paths, id);
  if (!held.ok) return held;
  const state = held.value;
  if (state === undefined) return ok({ ending: { slug, task: id, next: `masterplan run ${slug}` } });
  const task = taskOf(state, id) as TaskState;
  return within(context, slug, async (git) => ok({ attached: await prepare(context, git, paths, state, task) }));
}

/** What stands in the place of a person is returned: to be proven, or, with `drop`, for agents to go on with. */
export async function returnTask(
  from: Context,
  request: AttachRequest & { readonly drop: boolean },
): Promise<Result<Returned, AppRefusal>> {
  const context = atHome(from);
  const chosen = await chosenFor(context, request);
  if (!chosen.ok) return chosen;
  const { slug, paths, state } = chosen.value;
  const { drop } = request;
  const id = taskNamed(state, request.task);
  const task = taskOf(state, id);
  return within<Returned>(context, slug, async (git) => {
    const files = filesOf(paths, id);
    const record = await readRecord(context, files.record);
    const take = async (): Promise<string | null> => {
      if (task?.progress.status !== 'attached' || record === undefined || !isOf(record, state, task)) return null;
      const { base } = task.progress;
      const text = commitText(state, task.task, task.attempts.length + 1, 'By hand.', task.progress.at);
      const name = `${files.name}.${task.attempts.length + 1}-by-hand`;
      return (await git.collect(files.place, files.scratch, base, name, text))?.commit ?? null;
    };
    const commit = await take();
    const sent = await sendToRun(context, { request: 'return', run: slug, task: id, commit, drop });
    if (!sent.ok) return sent;
    const moved = await removePlace({ io: context.io, git, paths }, files, async () => (await take()) === commit);
    await context.io.files.remove(files.record);
    await context.io.files.remove(files.brief);
    return ok({ ...sent.value, task: id, commit, ...(moved === undefined ? {} : { moved }) });
  });
}

/** Whoever types in their place means the project that it is of. */
function atHome(context: Context): Context {
  const at = context.cwd.indexOf('/.masterplan/attached/');
  return at < 0 ? context : { ...context, cwd: context.cwd.slice(0, at) };
}

function chosenFor(context: Context, { task, run }: AttachRequest): ReturnType<typeof chooseRun> {
  return chooseRun(context, run, (state) => state.schedule.index[taskNamed(state, task)] !== undefined);
}

/** The state in which the task is a person's, when its agent has ended; `undefined`: nobody is there who ends it. */
async function whenHeld(
  { io }: Context,
  paths: RunPaths,
  id: string,
): Promise<Result<RunState | undefined, AppRefusal>> {
  const end = io.clock.monotonic() + PATIENCE;
  while (io.clock.monotonic() < end) {
    const loaded = await loadRun(io, paths);
    if (!loaded.ok) break;
    const { state } = loaded.value;
    const task = taskOf(state, id);
    if (task?.progress.status === 'attached') return ok(state);
    if (task?.leaving?.to !== 'attached') break;
    const holder = await lockHolder(io, paths.runtime);
    if (holder === undefined || holder.liveness === 'dead') return ok(undefined);
    await io.clock.wait(LOOK);
  }
  return err({
    message: `the agent of ${id} has not ended yet`,
    hint: `masterplan explain ${id}; then ask again: masterplan attach ${id}`,
    exit: EXIT.failed,
  });
}

async function prepare(
  context: Context,
  git: Repositories,
  paths: RunPaths,
  state: RunState,
  task: TaskState,
): Promise<Attached> {
  const { io } = context;
  const { id, title } = task.task;
  const { progress } = task;
  const base = progress.status === 'attached' ? progress.base : '';
  const files = filesOf(paths, id);
  const known = await readRecord(context, files.record);
  const there = await io.files.stat(files.place);
  const again = known !== undefined && isOf(known, state, task) && there !== undefined;
  let conflicts = again ? known.conflicts : [];
  if (!again) {
    // What is left of an earlier time may hold somebody's work.
    if (there !== undefined) await removePlace({ io, git, paths }, files, () => Promise.resolve(false));
    const number = task.attempts.length + 1;
    const beginning = await placeFor(task, number, base, { git, state: () => state });
    ({ conflicts } = beginning);
    await io.files.makeDirectory(paths.attached);
    await git.openWorktree(files.place, files.scratch, beginning.commit);
    const read = await readPlan(io, paths.plan, state.kind);
    const texts = read.ok ? textsOf(read.value) : { source: '', context: '', goals: {}, boxes: {}, finalBoxes: [] };
    const brief = composeBrief(state, task, number, base, PERSON, {
      ...(await textsFor(io, paths, state, texts, task)),
      ...(beginning.from === undefined ? {} : { handoff: beginning.from }),
    });
    await io.files.write(files.brief, forPerson(renderBrief(brief), id, state.slug));
    const record: PlaceRecord = { run: state.run, task: id, base, attempts: task.attempts.length, conflicts };
    await io.files.write(files.record, `${JSON.stringify(record)}\n`);
  }
  const verify = commandsOf(state, task);
  return { slug: state.slug, task: id, title, place: files.place, brief: files.brief, verify, conflicts, again };
}

/** The brief of an agent, but for what it gives back. */
function forPerson(brief: string, task: string, slug: string): string {
  const end = brief.lastIndexOf('\n## Return\n');
  return `${end < 0 ? brief : brief.slice(0, end)}\n## Return\n\nCommit or do not: what stands in the place is taken.\n\n    masterplan return ${task} --run ${slug}\n`;
}

function isOf(record: PlaceRecord, { run }: RunState, { task, progress, attempts }: TaskState): boolean {
  return (
    record.run === run &&
    record.task === task.id &&
    record.attempts === attempts.length &&
    progress.status === 'attached' &&
    record.base === progress.base
  );
}

interface PlaceFiles {
  readonly name: string;
  readonly place: string;
  readonly scratch: string;
  readonly brief: string;
  readonly record: string;
}

function filesOf({ attached }: RunPaths, task: string): PlaceFiles {
  const name = task.replaceAll('/', '_');
  const place = `${attached}/${name}`;
  return { name, place, scratch: `${place}.git`, brief: `${place}.brief.md`, record: `${place}.json` };
}

async function readRecord({ io }: Context, path: string): Promise<PlaceRecord | undefined> {
  const bytes = await io.files.read(path, 65_536);
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as PlaceRecord;
  } catch {
    return undefined;
  }
}

async function within<T>(
  context: Context,
  slug: string,
  work: (git: Repositories) => Promise<Result<T, AppRefusal>>,
): Promise<Result<T, AppRefusal>> {
  const inspected = await inspectRepository(context.io, context.cwd, environmentOf(context));
  if (!inspected.ok) return err({ ...inspected.error, exit: EXIT.failed });
  try {
    return await work(gitOf(context, inspected.value, slug));
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    return err({
      message: error.message,
      hint: error.hint ?? `masterplan status ${slug}; the place stays as it is`,
      exit: EXIT.failed,
    });
  }
}
