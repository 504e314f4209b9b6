import { SPEC_GATE } from '../run/authoring/model.ts';
import { authoringStage, halted, isAuthored, isDispensable } from '../run/authoring/stage.ts';
import type { Lease } from '../environment/lease.ts';
import { FAILURES } from '../agents/failure.ts';
import { kindOfGate, typedGate } from '../run/gate-name.ts';
import { costOfDelay, type GateAbout, gateAbout } from '../run/gate-terms.ts';
import { laneGate } from '../run/lanes.ts';
import { type ReviewCoverage, coverageOf } from '../run/review/coverage.ts';
import { reviewGate } from '../run/review/ledger.ts';
import { conflictsOf } from '../run/radar.ts';
import { type Attempt, type Gate, isOver, lastAttempt, type RunState, type TaskState } from '../run/state.ts';
import { type LaneRow, laneRows, minuteOf } from './lane-row.ts';
import { overlapAt } from '../run/overlap.ts';
import { type QueueRow, queueRow } from './queue-row.ts';
import { standingFailures, type FailureRow } from './failures.ts';

export type TaskStatus = TaskState['progress']['status'];

/** One line for a run: where it is as a whole. */
export type RunStatus =
  | 'waiting'
  | 'running'
  | 'blocked'
  | 'completed'
  /** Over, and something that the plan asks for is not proven. */
  | 'incomplete'
  | 'cancelled';

/** Tasks by status. Those that are over without having landed are counted where there are any. */
export type StatusCounts = Readonly<Record<Exclude<TaskStatus, 'waived' | 'dropped' | 'attached'>, number>> & {
  readonly attached?: number;
  readonly waived?: number;
  readonly dropped?: number;
};

/** Something that only a person can move, and what to type. */
export interface Waiting {
  readonly what: string;
  readonly since: number;
  readonly type: readonly string[];
  /** Given when it is a gate. */
  readonly gate?: {
    readonly id: string;
    readonly options: readonly string[];
    readonly recommended: string;
    readonly detail: readonly string[];
    /** What kind of question it is, and the task that it holds up. Boards that an older masterplan kept have nothing from here on. */
    readonly kind?: string;
    readonly task?: string;
    /** The bytes that an answer holds for. */
    readonly about?: GateAbout;
    /** Who waits for it. */
    readonly cost?: string;
    /** When it takes its default if nobody answers, milliseconds since 1970; without it, it waits. */
    readonly deadline?: number;
    readonly default?: string;
  };
}

export interface Working {
  readonly task: string;
  readonly title: string;
  readonly attempt: number;
  readonly agent: string;
  /** What the agent was started as, with which model and effort, and why this one. */
  readonly role?: string;
  readonly model?: string;
  readonly effort?: string;
  readonly why?: string;
  readonly status: TaskStatus;
  /** Milliseconds since 1970 when this status began. */
  readonly since: number;
  /** Tasks with which it conflicts as both stand, and where. */
  readonly conflicts?: readonly { readonly with: string; readonly paths: readonly string[] }[];
  /** What its worktree leases: ports and names. */
  readonly lease?: Lease;
  /** What its agent is at, where that is known: not from the log, and only for people. */
  readonly doing?: string;
}

/** A task, or one criterion of it, that was waived. */
export interface WaivedRow {
  readonly task: string;
  readonly criterion?: string;
  readonly by: string;
  readonly reason: string;
}

/** What every surface shows of a run. Times are milliseconds since 1970; durations are the surface's to compute. */
export interface Board {
  readonly slug: string;
  readonly run: string;
  readonly title: string;
  readonly status: RunStatus;
  readonly phase: RunState['phase'];
  /** What a run that begins with an idea is at, as long as its plan is not approved. */
  readonly stage?: 'brainstorm' | 'plan';
  /** Where it stopped because the verb that was typed ends there. */
  readonly halted?: 'spec' | 'plan';
  readonly branch: string;
  readonly baseBranch: string;
  readonly tip: string | undefined;
  readonly started: number;
  readonly updated: number;
  readonly total: number;
  readonly counts: StatusCounts;
  /** How many of these are tasks of sub-plans, and how many of those are merged; absent: none. */
  readonly below?: { readonly merged: number; readonly total: number };
  readonly working: readonly Working[];
  readonly ready: number;
  readonly waiting: readonly Waiting[];
  /** What the merge queue is at; absent before the run has a branch. */
  readonly queue?: QueueRow;
  /** What is known of accounts and their limits; absent: nothing. */
  readonly lanes?: readonly LaneRow[];
  readonly recent: readonly { readonly at: number; readonly text: string }[];
  /** What a person said needs no proof; absent: nothing. */
  readonly waived?: readonly WaivedRow[];
  /** What went wrong and is not settled; absent: nothing. */
  readonly failures?: readonly FailureRow[];
  /** What to type next, or what happens by itself. */
  readonly next: string;
  readonly outcome: RunState['outcome'];
  /** Of a run that is over: what of its plan nothing proves and what was waived, by name, and its pull requests. */
  readonly ended?: {
    readonly missing: readonly string[];
    /** The command of the whole that failed on the branch as it ended. */
    readonly fails?: string;
    readonly waived: readonly string[];
    readonly requests: readonly string[];
  };
  /** How much of it was reviewed. Boards that an older masterplan kept have none. */
  readonly review?: ReviewCoverage;
  /** Where it comes from, if it was not begun here, and how many of its tasks were found done or perhaps done there. */
  readonly imported?: { readonly from: string; readonly done: number; readonly possibly: number };
}

/** The board of a run. */
export function boardOf(state: RunState): Board {
  const counts: Record<TaskStatus, number> = {
    attached: 0,
    waived: 0,
    dropped: 0,
    pending: 0,
    working: 0,
    planned: 0,
    unfolded: 0,
    verifying: 0,
    reviewing: 0,
    merging: 0,
    merged: 0,
    failed: 0,
  };
  // What led to a plan is no part of it.
  const own = state.authoring?.adopted === undefined ? state.tasks : state.tasks.filter((task) => !isAuthored(task));
  for (const task of own) counts[task.progress.status]++;
  const working = state.schedule.active.map((at) => workingRow(state, state.tasks[at] as TaskState));
  const waiting = waitingRows(state);
  const asked = working.filter(
    ({ task, status }) => status === 'reviewing' && state.gates.some(({ id }) => id === reviewGate(task)),
  );
  const status = statusOf(state, working.length - asked.length, waiting.length);
  const failures = standingFailures(state);
  const stage = state.phase === 'over' ? undefined : authoringStage(state);
  const stopped = halted(state);
  return {
    slug: state.slug,
    run: state.run,
    title: state.title,
    status,
    phase: state.phase,
    ...(stage === undefined ? {} : { stage }),
    ...(stopped === undefined ? {} : { halted: stopped }),
    branch: state.runBranch,
    baseBranch: state.baseBranch,
    tip: state.tip,
    started: state.created,
    updated: state.updated,
    total: own.length - counts.dropped,
    counts: countsOf(counts),
    ...belowOf(state),
    ...waivedRows(state),
    working,
    ready: state.schedule.ready.length,
    waiting,
    ...(state.tip === undefined ? {} : { queue: queueRow(state) }),
    ...(Object.keys(state.lanes).length === 0 ? {} : { lanes: laneRows(state) }),
    recent: state.recent,
    ...(failures.length === 0 ? {} : { failures }),
    next:
      waiting[0]?.type[0] ??
      (state.instead !== undefined ? `masterplan run ${state.instead}` : undefined) ??
      (state.phase !== 'over'
        ? `masterplan run ${state.slug}`
        : // What was over when it was imported never had a branch here.
          state.tip === undefined && state.imported !== undefined
          ? `masterplan explain ${state.tasks[0]?.task.id ?? ''} --run ${state.slug}`
          : state.outcome === 'discard'
            ? `masterplan retro ${state.slug}`
            : `git log ${state.runBranch}`),
    outcome: state.outcome,
    ...endedOf(state),
    review: coverageOf(state),
    ...importedOf(state),
  };
}

function belowOf({ tasks }: RunState): Pick<Board, 'below'> {
  const below = tasks.filter(({ parent, progress }) => parent !== undefined && progress.status !== 'dropped');
  if (below.length === 0) return {};
  const merged = below.filter(({ progress }) => progress.status === 'merged').length;
  return { below: { merged, total: below.length } };
}

/** What is to be said of a run that is over, where there is anything. */
function endedOf(state: RunState): Pick<Board, 'ended'> {
  const { phase, end } = state;
  const { missing = [], waived = [], requests = {} } = end ?? {};
  const fails = failingWhole(state);
  const urls = Object.values(requests);
  if (phase !== 'over' || (missing.length + waived.length + urls.length === 0 && fails === undefined)) return {};
  return { ended: { missing, waived, requests: urls, ...(fails === undefined ? {} : { fails }) } };
}

function importedOf({ imported, tasks }: RunState): Pick<Board, 'imported'> {
  if (imported === undefined) return {};
  const count = (verdict: 'done' | 'possibly_done'): number =>
    tasks.filter(({ takenOver }) => takenOver?.verdict === verdict).length;
  return { imported: { from: imported.from, done: count('done'), possibly: count('possibly_done') } };
}

function countsOf({ attached, waived, dropped, ...counts }: Record<TaskStatus, number>): StatusCounts {
  return {
    ...counts,
    ...(attached === 0 ? {} : { attached }),
    ...(waived === 0 ? {} : { waived }),
    ...(dropped === 0 ? {} : { dropped }),
  };
}

/** Tasks and criteria that a person said need no proof: shown wherever a run is, and never as done. */
function waivedRows(state: RunState): Pick<Board, 'waived'> {
  const tasks = state.tasks.flatMap(({ task: { id }, progress }): WaivedRow[] =>
    progress.status === 'waived' ? [{ task: id, by: progress.by, reason: progress.reason }] : [],
  );
  const criteria = Object.entries(state.excused ?? {}).map(([id, { task, criterion = id, by, reason }]): WaivedRow => {
    const of = task ?? (state.terms?.criteria.find((one) => one.id === id)?.tasks ?? []).join(', ');
    return { task: of === '' ? 'the plan' : of, criterion, by, reason };
  });
  const waived = [...tasks, ...criteria];
  return waived.length === 0 ? {} : { waived };
}

/** Over elsewhere, and nothing here shows that all of it was done. */
function isUnproven({ imported, tasks }: RunState): boolean {
  return imported !== undefined && tasks.some((task) => !isOver(task));
}

/** The command of the whole that failed on the branch as it ended; what is thrown away needs no proof. */
function failingWhole({ branchCheck: check, tip, outcome }: RunState): string | undefined {
  if (check === undefined || check.passed || outcome === 'discard' || (check.of ?? check.commit) !== tip)
    return undefined;
  return check.failed?.command ?? '';
}

function statusOf(state: RunState, active: number, waits: number): RunStatus {
  if (state.phase === 'over')
    return state.outcome === 'cancelled'
      ? 'cancelled'
      : (state.end?.missing ?? []).length > 0 || isUnproven(state) || failingWhole(state) !== undefined
        ? 'incomplete'
        : 'completed';
  if ((state.gates.length > 0 || halted(state) !== undefined) && active === 0) return 'waiting';
  if (waits > 0 && active === 0 && state.schedule.ready.length === 0) return 'blocked';
  return 'running';
}

function workingRow(state: RunState, task: TaskState): Working {
  const attempt = lastAttempt(task);
  const conflicts = conflictsOf(state, task.task.id);
  const progress = task.progress;
  return {
    task: task.task.id,
    title: task.task.title,
    attempt: attempt?.number ?? 0,
    agent: attempt?.agent ?? '',
    ...assigned(attempt),
    status: progress.status,
    since: 'since' in progress ? progress.since : (attempt?.started ?? 0),
    ...(conflicts.length === 0 ? {} : { conflicts }),
    ...leaseOf(attempt),
    ...(progress.status === 'working' && attempt?.setup === 'running' ? { doing: 'its worktree is set up' } : {}),
  };
}

/** What an attempt leases, as long as it does. */
export function leaseOf(attempt: Attempt | undefined): { readonly lease?: Lease } {
  return attempt?.lease === undefined || attempt.setup === 'cleared' ? {} : { lease: attempt.lease };
}

/** What the log says of the choice of an agent. */
export function assigned(attempt: Attempt | undefined): Pick<Working, 'role' | 'model' | 'effort' | 'why'> {
  const { role, model, effort, why } = attempt ?? {};
  return {
    ...(role === undefined ? {} : { role }),
    ...(model === undefined ? {} : { model }),
    ...(effort === undefined ? {} : { effort }),
    ...(why === undefined ? {} : { why }),
  };
}

/** A gate as every surface shows it. */
function gateRow(state: RunState, gate: Gate): NonNullable<Waiting['gate']> {
  const { id, options, recommended, detail, deadline, fallback } = gate;
  const about = gateAbout(state, id);
  return {
    id,
    options,
    recommended,
    detail,
    ...kindOfGate(id),
    ...(about === undefined ? {} : { about }),
    cost: costOfDelay(state, gate),
    ...(deadline === undefined ? {} : { deadline }),
    ...(fallback === undefined ? {} : { default: fallback }),
  };
}

function waitingRows(state: RunState): Waiting[] {
  const rows: Waiting[] = [];
  if (state.phase === 'over') return rows;
  const open = state.gates.map(({ id }) => id);
  // Whether it is to be at all is asked first, and alone.
  const meets = overlapAt(state);
  for (const gate of meets === undefined ? state.gates : [meets]) {
    const type =
      gate.id === 'plan' || gate.id === SPEC_GATE
        ? [
            `masterplan approve ${state.slug}`,
            ...(state.authoring === undefined
              ? []
              : [`masterplan answer ${gate.id} revise --run ${state.slug} --note "…"`]),
            `masterplan cancel ${state.slug}`,
          ]
        : gate.id.startsWith('interview:')
          ? gate.options.map((_, i) => `masterplan answer ${gate.id} ${i + 1} --run ${state.slug}`)
          : gate.id.startsWith('attached:')
            ? [
                `masterplan return ${gate.id.slice('attached:'.length)} --run ${state.slug}`,
                `masterplan return ${gate.id.slice('attached:'.length)} --drop --run ${state.slug}`,
                `masterplan attach ${gate.id.slice('attached:'.length)} --run ${state.slug}`,
              ]
            : gate.id === 'finish'
              ? gate.options.map((option) => `masterplan approve ${state.slug} --finish ${option}`)
              : gate.options.map(
                  (option) =>
                    `masterplan approve ${state.slug} --gate ${typedGate(gate.id, open)} --answer ${option}${needsWords(gate.id, option) ? ' --note "…"' : ''}`,
                );
    rows.push({
      what: gate.question,
      since: gate.opened,
      type,
      gate: gateRow(state, gate),
    });
  }
  const stopped = halted(state);
  if (stopped !== undefined)
    rows.push({
      what:
        stopped === 'spec'
          ? 'the spec is approved; brainstorm ends with it'
          : 'the plan is approved; plan ends with it',
      since: state.updated,
      type: [
        stopped === 'spec' ? `masterplan plan ${state.slug}` : `masterplan execute ${state.slug}`,
        `masterplan cancel ${state.slug}`,
      ],
    });
  for (const [lane, { parked }] of Object.entries(state.lanes)) {
    if (parked === undefined || parked.until === null) continue;
    rows.push({
      what: `${lane} rests until ${minuteOf(parked.until)}: ${parked.held === 'quiet-hours' ? 'its limit is over, and these are quiet hours' : FAILURES[parked.failure].about}`,
      since: state.updated,
      type: [`masterplan approve ${state.slug} --gate ${laneGate(lane)} --answer retry`],
    });
  }
  if (state.paused !== undefined)
    rows.push({
      what: `nothing new starts: ${state.paused.detail}`,
      since: state.paused.since,
      type: ['masterplan ps'],
    });
  for (const task of state.tasks) {
    if (task.progress.status !== 'failed') continue;
    rows.push({
      what: `${task.task.id} failed: ${task.progress.reason}`,
      since: lastAttempt(task)?.ended?.at ?? state.updated,
      type: [
        `masterplan retry ${task.task.id} --run ${state.slug}`,
        ...(isDispensable(task) ? [`masterplan waive ${task.task.id} --run ${state.slug} --reason "…"`] : []),
        `masterplan explain ${task.task.id} --run ${state.slug}`,
      ],
    });
  }
  return rows;
}

/** Whether an answer at a stop of the plan is refused without words. */
function needsWords(gate: string, option: string): boolean {
  return (
    /^(?:open-question|assumption|validation|checkpoint|approval):/.test(gate) &&
    ['answer', 'correct', 'waive'].includes(option)
  );
}
