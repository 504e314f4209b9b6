import { documentEnv } from '../perform/document-env.ts';
import { duration } from '../../core/base/time.ts';
import { heldAs } from '../../core/run/containing.ts';
import type { EffectOf } from '../../core/run/effect.ts';
import type { RunEvent } from '../../core/run/event.ts';
import type { Attempt } from '../../core/run/state.ts';
import type { Processes, ProcessIdentity } from '../../io/processes.ts';
import type { Performing } from '../perform/performer.ts';
import type { AttemptPlace } from './place.ts';
import type { Ready } from '../environment/ready.ts';
import { containAgent } from './containment.ts';
import { NONCE, RUN } from '../machine/custody.ts';
import { writeOrder } from './order.ts';
import { isOverBudget, noteUse } from './in-flight.ts';
import { Bounds } from './bounds.ts';
import { LiveRedaction } from './live-redaction.ts';
import { MemoryWatch } from './memory.ts';
import { Progress } from './progress.ts';
import { spokenFor, voiceEnv, voiceOfAttempt } from './voice.ts';

/*
 * The command agent: any program that reads a brief and writes a digest (docs/formats/brief.md, digest.md); the keeper of a spoken
 * agent is one too. It runs in
 * a session of its own with its streams on files, so that it outlives us; a small shell around it notes its exit code,
 * because whoever attends it later may not be its parent.
 */

export interface Launched {
  /** The agent's process; `undefined` when it is over already or was never started. */
  readonly process: ProcessIdentity | undefined;
  /** What was found of an earlier life of masterplan. */
  readonly recovered: 'attached' | 'adopted' | 'lost' | undefined;
  /** The machine was started anew since: what was in memory then is gone, and nobody can tell what. */
  readonly rebooted?: true;
  /** The worktree as it was when the agent was started: by this it is told from whatever takes its place. */
  readonly worktree?: string;
  /** When an earlier life of masterplan launched it (ms since the epoch); an attempt begins before that, with its worktree. */
  readonly launched?: number;
  /** Why it could not be started. */
  readonly refused?: string;
  /** What became of its worktree instead. */
  readonly instead?: Exclude<Ready, { how: 'ready' }>;
}

/** How an agent's process ended. */
export interface AgentEnd {
  readonly how:
    | 'exited'
    | 'lost'
    | 'rebooted'
    | 'timed-out'
    | 'too-loud'
    | 'too-large'
    | 'over-budget'
    /** Its task or the run has used up its budget: nothing is wrong with the attempt. */
    | 'out-of-budget'
    | 'cancelled'
    | 'vanished'
    | 'not-started'
    | 'unready';
  readonly code: number | undefined;
  readonly reason: string;
  /** Nothing tells that the agent was ever started. */
  readonly unstarted?: true;
  /** What became of the worktree, where it vanished. */
  readonly worktree?: 'missing' | 'replaced';
  /** The reason says more than the code: why the program could not be started. */
  readonly explained?: true;
  /** What is to be recorded of a worktree that is not ready. */
  readonly events?: readonly RunEvent[];
}

/** Milliseconds between a polite and a firm request to end. */
const GRACE = 5000;
/** Milliseconds between two looks at a running agent, beside the hints of the file system. */
const LOOK = 500;

// Kept to what every POSIX shell has. The exit code arrives whole or not at all. The directory is the agent's to write in, the shell is not in
// its container: links that it left there lead nowhere.
const KEEPER =
  'exit=$1; shift; "$@"; code=$?; set -C; rm -f "$exit.tmp" "$exit"; { printf %s "$code" >"$exit.tmp" && mv -f "$exit.tmp" "$exit"; } || rm -f "$exit.tmp"; exit "$code"';

interface ProcessRecord {
  readonly schema: 1;
  readonly attempt: string;
  readonly nonce: string;
  /** The boot of the machine in which it was started; missing when the record was damaged. */
  readonly boot?: string;
  /** Which directory the worktree is; missing in records of 0.1 and before. */
  readonly worktree?: string;
  /** When it was launched, in ms since the epoch; missing in records of 0.1 and before. */
  readonly launched?: number;
  readonly process?: ProcessIdentity;
}

/**
 * Starts the agent of an attempt unless it was started before: a live one is attached to, a finished one adopted.
 * `prepare` makes the worktree and is called only before a first start.
 */
export async function launchAgent(
  place: AttemptPlace,
  effect: EffectOf<'work'>,
  attempt: Attempt,
  performing: Performing,
  prepare: () => Promise<Ready>,
): Promise<Launched> {
  const { io } = performing;
  const record = await readRecord(performing, place.record, attempt.nonce);
  if (record !== undefined) {
    const exit = await io.files.stat(exitOf(place));
    const { worktree, launched = attempt.started } = record;
    const known = { launched, ...(worktree === undefined ? {} : { worktree }) };
    // The nonce finds an agent that nobody noted. Of one that is known to be over it finds only what it left behind.
    const unnoted = record.process === undefined && exit === undefined;
    const process = unnoted ? await orphan(io.processes, attempt.nonce) : await aliveProcess(io.processes, record);
    if (process !== undefined) {
      if (unnoted) await writeRecord(performing, place, attempt, process, worktree, launched);
      return { process, recovered: 'attached', ...known };
    }
    if (record.boot !== io.processes.self().boot) return { process: undefined, recovered: 'lost', rebooted: true };
    const finished = exit ?? (await io.files.stat(`${place.inputs}/digest.json`));
    return { process: undefined, recovered: finished === undefined ? 'lost' : 'adopted', ...known };
  }
  if (effect.end) return { process: undefined, recovered: undefined };
  const settings = performing.state().settings?.agents[effect.agent];
  if (settings === undefined)
    return { process: undefined, recovered: undefined, refused: `no agent "${effect.agent}" is configured` };
  const ready = await prepare();
  if (ready.how !== 'ready') return { process: undefined, recovered: undefined, instead: ready };
  for (const directory of [performing.paths.processes, performing.paths.transcripts])
    await io.files.makeDirectory(directory);
  const worktree = (await io.files.stat(place.worktree))?.id;
  const launched = io.clock.now();
  await writeRecord(performing, place, attempt, undefined, worktree, launched);
  await performing.confirm();
  const env = { ...performing.base, ...ready.variables, ...performing.env[effect.agent] };
  if (settings.kind !== 'command') await io.files.makeDirectory(`${place.inputs}/answers`);
  const who = { agent: effect.agent, role: attempt.role };
  const container = await containAgent(place, who, env, performing, effect.reviews === undefined);
  if (!container.ok) return { process: undefined, recovered: undefined, refused: container.error };
  const voice = voiceOfAttempt(attempt, settings);
  const command =
    settings.kind === 'command'
      ? [...container.value, ...spokenFor(settings.command, voice)]
      : [...performing.keeper, await writeOrder(place, effect, settings, voice, container.value, performing)];
  let process: ProcessIdentity;
  try {
    process = await io.processes.start(
      {
        argv: ['sh', '-c', KEEPER, 'masterplan-agent', exitOf(place), ...command],
        cwd: place.worktree,
        env: {
          ...env,
          // Git looks for a repository further and further up: without its `.git`, a worktree must not pass for the user's.
          GIT_CEILING_DIRECTORIES: performing.paths.worktrees,
          [NONCE]: attempt.nonce,
          [RUN]: performing.state().run,
          MASTERPLAN_TASK: effect.task,
          MASTERPLAN_ATTEMPT: String(effect.attempt),
          MASTERPLAN_BRIEF: place.brief ?? `${place.inputs}/brief.md`,
          MASTERPLAN_BRIEF_JSON: `${place.inputs}/brief.json`,
          MASTERPLAN_DIGEST: `${place.inputs}/digest.json`,
          ...voiceEnv(voice),
          ...place.env,
          ...(effect.plans ? { MASTERPLAN_PLAN: `${place.inputs}/plan.md` } : {}),
          ...documentEnv(effect, place.inputs),
        },
      },
      { stdin: place.brief ?? `${place.inputs}/brief.md`, output: place.transcript },
    );
  } catch (error) {
    return {
      process: undefined,
      recovered: undefined,
      refused: error instanceof Error ? error.message : String(error),
    };
  }
  // It runs: when this cannot be written, it is found by its nonce.
  await writeRecord(performing, place, attempt, process, worktree, launched);
  return { process, recovered: undefined, ...(worktree === undefined ? {} : { worktree }) };
}

/**
 * Waits for the end of an agent, ends it when it is silent or busy for too long, when its worktree vanishes or when
 * `signal` says so, and ends whatever it left behind.
 */
export async function attendAgent(
  place: AttemptPlace,
  launched: Launched,
  effect: EffectOf<'work'>,
  attempt: Attempt,
  performing: Performing,
  signal: AbortSignal,
  turned: () => void = () => {},
): Promise<AgentEnd> {
  const { io } = performing;
  if (launched.refused !== undefined) return { how: 'not-started', code: undefined, reason: launched.refused };
  if (launched.instead?.how === 'unready') return { code: undefined, ...launched.instead };
  if (launched.instead !== undefined) return { how: 'cancelled', code: undefined, reason: 'the run was stopped' };
  let verdict: AgentEnd | undefined;
  if (launched.process !== undefined) {
    verdict = await watch(place, launched.process, launched, effect, attempt, performing, signal, turned);
    if (verdict !== undefined) {
      const run = performing.state().settings;
      const held = run === undefined ? undefined : heldAs(run, effect.agent, attempt.role).policy;
      // With its container it would be gone before it could hear that it is to end; a keeper tells its agent itself.
      if (held !== undefined && run?.agents[effect.agent]?.kind === 'command')
        await endOthers(io.processes, launched.process, attempt.nonce);
      await io.processes.end(launched.process, GRACE);
    }
  }
  // Children that left the group are still known by the nonce in their environment.
  for (const left of await io.processes.find(NONCE, attempt.nonce)) await io.processes.end(left, GRACE);
  await clearHalfExit(io, place);
  const begun = launched.rebooted === undefined && (launched.process ?? launched.recovered) !== undefined;
  const gone = begun ? await vanished(performing, place.worktree, launched.worktree) : undefined;
  // Of a run that was stopped nothing is missing; what took the place of a worktree is nobody's work, though.
  if (gone === 'replaced' || (gone !== undefined && verdict === undefined))
    return { how: 'vanished', code: undefined, reason: 'its worktree vanished', worktree: gone };
  if (verdict !== undefined) return verdict;
  if (launched.rebooted)
    return { how: 'rebooted', code: undefined, reason: 'the machine was started anew before its work was taken over' };
  if (effect.end)
    return {
      how: 'cancelled',
      code: undefined,
      reason: 'the run is over',
      ...(launched.process === undefined && launched.recovered === undefined ? { unstarted: true } : {}),
    };
  const code = await readExit(performing, place);
  if (code === undefined) return { how: 'lost', code: undefined, reason: 'the agent died without saying how it ended' };
  if (code === 127 || code === 126) {
    const said = await tail(performing, place.transcript);
    return { how: 'exited', code, reason: said, explained: true };
  }
  // A shell says 128 + n for a program that signal n ended.
  if (code > 128 && code < 166) return { how: 'lost', code, reason: `the agent was ended by signal ${code - 128}` };
  return { how: 'exited', code, reason: `exit code ${code}` };
}

/** `undefined` once the process is over by itself, else why it has to be ended. */
async function watch(
  place: AttemptPlace,
  process: ProcessIdentity,
  { worktree, launched }: Launched,
  effect: EffectOf<'work'>,
  attempt: Attempt,
  performing: Performing,
  signal: AbortSignal,
  turned: () => void,
): Promise<AgentEnd | undefined> {
  const { io } = performing;
  const settings = performing.state().settings?.agents[effect.agent];
  const wall = settings?.timeout ?? 0;
  const idle = settings?.idle_timeout ?? 0;
  const loudest = settings?.max_output ?? 0;
  // The time before we attached is known only by the wall clock, the time since then by a clock that does not jump.
  const attachedAt = io.clock.monotonic();
  // Between the beginning of the attempt and its launch may lie a set-up, or a night in which nobody ran us: that is not the agent's.
  const before = launched === undefined ? 0 : Math.max(0, io.clock.now() - launched);
  const transcript = await io.files.stat(place.transcript);
  let heard = attachedAt;
  let size = transcript?.size ?? 0;
  const redaction =
    performing.redactor === undefined ? undefined : new LiveRedaction(io.files, place.transcript, performing.redactor);
  const memory = new MemoryWatch(io, settings?.max_memory);
  const bounds = new Bounds(place.worktree, performing);
  const hints = hintsFor(performing, place.inputs);
  const progress = settings?.kind === 'command' ? undefined : new Progress(effect, place.inputs, performing, turned);
  try {
    for (;;) {
      await progress?.look();
      if (progress !== undefined) noteUse(performing, effect, progress.used);
      const over = isOverBudget(performing, effect);
      if (over !== undefined) {
        const whose =
          over.whose === 'run'
            ? 'the budget of the run'
            : over.whose === 'task'
              ? `the budget of ${effect.task}`
              : 'its budget';
        const reason = `${whose} is used up: ${over.words}`;
        return { how: over.whose === 'attempt' ? 'over-budget' : 'out-of-budget', code: undefined, reason };
      }
      if (signal.aborted) return { how: 'cancelled', code: undefined, reason: 'the run was stopped' };
      if ((await io.processes.liveness(process)) === 'dead') return undefined;
      const now = io.clock.monotonic();
      const grown = (await io.files.stat(place.transcript))?.size ?? 0;
      if (grown !== size || progress?.open === true) {
        size = grown;
        heard = now;
      }
      await redaction?.look(grown);
      // A disk that an agent fills is everybody's.
      if (loudest > 0 && size > loudest) {
        return { how: 'too-loud', code: undefined, reason: `it wrote more than ${loudest} bytes of output` };
      }
      const beyond = await bounds.beyond(process, attempt.nonce);
      if (beyond !== undefined) return { how: 'too-loud', code: undefined, reason: beyond };
      const large = memory.beyond(process, attempt.nonce);
      if (large !== undefined) return { how: 'too-large', code: undefined, reason: large };
      if (wall > 0 && before + now - attachedAt >= wall) {
        return { how: 'timed-out', code: undefined, reason: `not finished after ${duration(wall)}` };
      }
      if (idle > 0 && now - heard >= idle)
        return { how: 'timed-out', code: undefined, reason: `silent for ${duration(idle)}` };
      const gone = await vanished(performing, place.worktree, worktree);
      if (gone !== undefined)
        return { how: 'vanished', code: undefined, reason: 'its worktree vanished', worktree: gone };
      const deadline = Math.min(
        wall > 0 ? wall - before - (now - attachedAt) : LOOK,
        idle > 0 ? idle - (now - heard) : LOOK,
        LOOK,
      );
      await hints.next(Math.max(1, deadline), signal);
    }
  } finally {
    noteUse(performing, effect, undefined);
    hints.close();
  }
}

/** Whether a worktree is not where it was: gone, or something else lies in its place. */
async function vanished(
  { io }: Performing,
  worktree: string,
  id: string | undefined,
): Promise<'missing' | 'replaced' | undefined> {
  const there = await io.files.stat(worktree);
  if (there === undefined) return 'missing';
  return there.kind !== 'directory' || (id !== undefined && there.id !== id) ? 'replaced' : undefined;
}

/** Waits that end early when the file system hints at a change, so that a quick agent is not waited for. */
function hintsFor(
  performing: Performing,
  directory: string,
): { next(ms: number, signal: AbortSignal): Promise<void>; close(): void } {
  let wake: (() => void) | undefined;
  let quickLooks = 0;
  const watcher = performing.io.files.watch(directory, () => {
    quickLooks = 10;
    wake?.();
  });
  return {
    async next(ms, signal) {
      // A hint arrives just before the process is gone: look again soon and a few times, then at leisure.
      const pause = quickLooks > 0 ? Math.min(ms, 4) : ms;
      quickLooks = Math.max(0, quickLooks - 1);
      const early = new AbortController();
      wake = () => early.abort();
      await performing.io.clock.wait(pause, AbortSignal.any([signal, early.signal]));
      wake = undefined;
    },
    close: () => watcher.close(),
  };
}

async function aliveProcess(processes: Processes, record: ProcessRecord): Promise<ProcessIdentity | undefined> {
  if (record.process === undefined) return undefined;
  return (await processes.liveness(record.process)) === 'alive' ? record.process : undefined;
}

/** An agent that was started by a masterplan that died before it could note which process it is. */
async function orphan(processes: Processes, nonce: string): Promise<ProcessIdentity | undefined> {
  return (await processes.find(NONCE, nonce))[0];
}

/** Ends the groups of an attempt but for the one of its first process. */
async function endOthers(processes: Processes, first: ProcessIdentity, nonce: string): Promise<void> {
  const all = await processes.find(NONCE, nonce);
  const others = all.filter(({ pid, started }) => pid !== first.pid || started !== first.started);
  await Promise.all(others.map((one) => processes.end(one, GRACE)));
}

async function readRecord(performing: Performing, path: string, nonce: string): Promise<ProcessRecord | undefined> {
  const bytes = await performing.io.files.read(path, 65536);
  if (bytes === undefined) return undefined;
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes)) as ProcessRecord;
    if (value.schema === 1 && value.nonce === nonce) return value;
  } catch {
    // Not ours or damaged: what matters is that something was about to be started, and the nonce finds it.
  }
  return { schema: 1, attempt: '', nonce };
}

async function writeRecord(
  performing: Performing,
  place: AttemptPlace,
  attempt: Attempt,
  process: ProcessIdentity | undefined,
  worktree: string | undefined,
  launched: number,
): Promise<void> {
  const { boot } = performing.io.processes.self();
  const record: ProcessRecord = {
    schema: 1,
    attempt: place.name,
    nonce: attempt.nonce,
    boot,
    launched,
    ...(worktree === undefined ? {} : { worktree }),
    ...(process === undefined ? {} : { process }),
  };
  await performing.io.files.write(place.record, `${JSON.stringify(record)}\n`);
}

function exitOf({ exit, inputs }: AttemptPlace): string {
  return exit ?? `${inputs}/exit`;
}

/** A shell that is ended between writing the exit code and giving it its name leaves it under the other one. */
async function clearHalfExit({ files }: Performing['io'], place: AttemptPlace): Promise<void> {
  try {
    await files.remove(`${exitOf(place)}.tmp`);
  } catch {
    // An agent's own directory, put there to be in the way: litter, not a failure.
  }
}

/** The exit code that the shell around an agent noted; `undefined`: it was ended before it could. */
export async function readExit(performing: Performing, place: AttemptPlace): Promise<number | undefined> {
  try {
    const bytes = await performing.io.files.read(exitOf(place), 16);
    const text = bytes === undefined ? '' : new TextDecoder().decode(bytes).trim();
    return /^\d{1,3}$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}

async function tail(performing: Performing, path: string): Promise<string> {
  const size = (await performing.io.files.stat(path))?.size ?? 0;
  const bytes = await performing.io.files.readRange(path, Math.max(0, size - 300), 300);
  const words = bytes === undefined ? '' : new TextDecoder().decode(bytes).trim().split('\n').at(-1);
  return words === undefined || words === '' ? 'the agent could not be started' : words;
}
