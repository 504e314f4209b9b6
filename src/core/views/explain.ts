import { leavingWords } from '../run/amend/leaving.ts';
import { findingWords } from '../run/witnessing.ts';
import { isAuthored } from '../run/authoring/stage.ts';
import { unreachable } from '../base/assert.ts';
import type { Lease } from '../environment/lease.ts';
import type { Expected } from '../run/event.ts';
import { subplanGate } from '../run/decide.ts';
import { obstacle } from '../run/dispatch.ts';
import type { Obstacle, Room } from '../run/obstacle.ts';
import { reviewGate } from '../run/review/ledger.ts';
import { placeOf } from '../run/review/plan-reviews.ts';
import { reviewerFor } from '../run/review/reviewers.ts';
import { type Attempt, isOver, lastAttempt, taskOf, type RunState, type TaskState } from '../run/state.ts';
import { type Because, obstacleWords, type WhyNot, whyNot } from './why-not.ts';
import { assigned, leaseOf, type TaskStatus } from './board.ts';

/** Why a task is where it is. */
export interface Explanation {
  readonly task: string;
  readonly title: string;
  readonly status: TaskStatus;
  /** The reason in one sentence. */
  readonly because: string;
  /** What follows by itself, or what to type. */
  readonly next: string;
  readonly needs: readonly { readonly task: string; readonly status: TaskStatus }[];
  readonly scope: readonly string[];
  readonly verify: readonly string[];
  /** How long it is expected to take, in minutes, and how that is known. */
  readonly expected?: Expected;
  readonly attempts: readonly {
    readonly attempt: number;
    readonly agent: string;
    readonly role?: string;
    readonly model?: string;
    readonly effort?: string;
    /** Why this agent. */
    readonly why?: string;
    readonly started: number;
    readonly ended?: number;
    readonly ending?: string;
    readonly reason?: string;
    readonly lesson?: string;
    /** What the witness found in its change. */
    readonly findings?: readonly { readonly severity: 'error' | 'warning'; readonly text: string }[];
    /** What verify commands came to, on which tree, and where that is recorded. */
    readonly evidence?: NonNullable<Attempt['evidence']>;
    /** What its work came to with the tests that it changed as they were, and where that is recorded. */
    readonly oldTests?: NonNullable<Attempt['oldTests']>;
    readonly output?: string;
    readonly snapshot?: string;
    readonly lease?: Lease;
  }[];
  /** What reviewers found, newest last. */
  readonly findings: readonly {
    readonly id: string;
    readonly severity: string;
    readonly place: string;
    readonly claim: string;
    readonly fate: string;
    /** It keeps the work from landing. */
    readonly holds: boolean;
    readonly check?: string;
    readonly shown?: string;
    readonly argument?: string;
    readonly answer?: string;
    readonly note?: string;
  }[];
}

/** What reviewers found in the work of a task, and what became of it. */
function findingsOf(task: TaskState): Explanation['findings'] {
  const passed = task.review?.pass?.by === 'person';
  return (task.review?.findings ?? []).map((one) => ({
    id: one.id,
    severity: one.severity,
    place: placeOf(one),
    claim: one.claim,
    fate: one.holds && passed ? `${one.fate}, let pass by a person` : one.fate,
    // What a person let pass holds nothing up any more.
    holds: one.holds && !passed,
    ...(one.check_command === null ? {} : { check: one.check_command }),
    ...(one.shown === undefined ? {} : { shown: one.shown }),
    ...(one.argument === undefined ? {} : { argument: one.argument }),
    ...(one.answer === undefined ? {} : { answer: one.answer }),
    ...(one.note === undefined ? {} : { note: one.note }),
  }));
}

/** Explains one task; `undefined` when the plan has no such task. Speaks from the functions that schedule. */
export function explainTask(state: RunState, id: string, room: Room = roomOf(state)): Explanation | undefined {
  const task = taskOf(state, id);
  if (task === undefined) return undefined;
  const { because, next } = reasonFor(state, task, room);
  return {
    task: id,
    title: task.task.title,
    status: task.progress.status,
    because,
    next,
    needs: task.task.needs.map((need) => ({ task: need, status: taskOf(state, need)?.progress.status ?? 'pending' })),
    scope: task.task.scope,
    verify: task.task.verify,
    ...(state.expected?.[id] === undefined ? {} : { expected: state.expected[id] }),
    findings: findingsOf(task),
    attempts: task.attempts.map((attempt) => ({
      attempt: attempt.number,
      agent: attempt.agent,
      ...assigned(attempt),
      started: attempt.started,
      ...(attempt.ended === undefined
        ? {}
        : { ended: attempt.ended.at, ending: attempt.ended.ending, reason: attempt.ended.reason }),
      ...(attempt.lesson === undefined
        ? {}
        : {
            lesson: [
              attempt.lesson.what,
              ...attempt.lesson.paths,
              ...(attempt.lesson.check === undefined
                ? []
                : [`${attempt.lesson.check.command}: ${attempt.lesson.check.reason}`]),
            ].join('; '),
          }),
      ...(attempt.examined === undefined
        ? {}
        : {
            findings: attempt.examined.findings.map((one) => ({ severity: one.severity, text: findingWords(one) })),
          }),
      ...(attempt.evidence === undefined ? {} : { evidence: attempt.evidence }),
      ...(attempt.oldTests === undefined ? {} : { oldTests: attempt.oldTests }),
      ...(attempt.lesson?.check === undefined ? {} : { output: attempt.lesson.check.tail }),
      ...(attempt.snapshot === undefined ? {} : { snapshot: attempt.snapshot }),
      ...leaseOf(attempt),
    })),
  };
}

function reasonFor(state: RunState, task: TaskState, room: Room): Because {
  const progress = task.progress;
  switch (progress.status) {
    case 'merged':
      if (isAuthored(task)) return { because: 'what it wrote is approved', next: `masterplan status ${state.slug}` };
      if (task.takenOver !== undefined && progress.attempt === 0)
        return {
          because: `it was done before the import from ${state.imported?.from ?? ''}: ${task.takenOver.evidence.map(({ what, where }) => `${what} (${where})`).join('; ')}`,
          next: task.takenOver.evidence.some(({ signal }) => signal === 'git')
            ? `git show ${progress.commit.slice(0, 12)}`
            : '',
        };
      return {
        because: `it landed on ${state.runBranch} as ${progress.commit}`,
        next: `git show ${progress.commit.slice(0, 12)}`,
      };
    case 'failed':
      return { because: progress.reason, next: `masterplan retry ${task.task.id} --run ${state.slug}` };
    case 'planned':
      if (isAuthored(task))
        return {
          because:
            task.task.authors === 'interview' ? 'its questions wait for answers' : 'what it wrote waits for approval',
          next: `masterplan status ${state.slug}`,
        };
      return {
        because: 'its sub-plan waits for approval',
        next: `masterplan approve ${state.slug} --gate ${subplanGate(task.task.id)} --answer approve`,
      };
    case 'unfolded': {
      const { open, tasks } = task.subplan ?? { open: 0, tasks: [] };
      const first = tasks.find(
        ({ id }) => !['merged', 'waived'].includes(taskOf(state, id)?.progress.status ?? ''),
      )?.id;
      return {
        because: `its sub-plan is carried out: ${tasks.length - open} of ${tasks.length} tasks are merged`,
        next: first === undefined ? '' : `masterplan explain ${first} --run ${state.slug}`,
      };
    }
    case 'waived':
      return {
        because: `${progress.by} waived it: ${progress.reason}`,
        next: 'whoever needs it may begin; it counts as not done',
      };
    case 'attached':
      return {
        because: `${progress.by} does it by hand`,
        next: `masterplan return ${task.task.id} --run ${state.slug}`,
      };
    case 'dropped':
      return { because: `${progress.by} took it out of the plan`, next: 'nothing; its attempts are kept' };
    case 'working':
      if (task.leaving !== undefined)
        return {
          because: `${leavingWords(task.leaving)}: attempt ${progress.attempt} is being ended`,
          next: 'its work is kept',
        };
      return {
        because: `attempt ${progress.attempt} is with ${lastAttempt(task)?.agent ?? ''}`,
        next: 'when the agent ends, its work is verified',
      };
    case 'verifying':
      return {
        because: `the work of attempt ${progress.attempt} is being verified`,
        next:
          state.settings?.review === undefined
            ? 'when the commands pass, it joins the merge queue'
            : 'when the commands pass, it is reviewed',
      };
    case 'reviewing':
      return reviewReason(state, task, progress);
    case 'merging': {
      const place = state.queue.indexOf(task.task.id) + 1;
      return {
        because: `it is number ${place} in the merge queue`,
        next: 'the queue verifies the exact tree that it lands',
      };
    }
    case 'pending':
      return pendingReason(state, task, obstacle(state, state.schedule.index[task.task.id] as number, room));
    default:
      return unreachable(progress);
  }
}

function reviewReason(
  state: RunState,
  task: TaskState,
  progress: Extract<TaskState['progress'], { status: 'reviewing' }>,
): { because: string; next: string } {
  const what = `the work of attempt ${progress.attempt}`;
  if (progress.reviewer !== undefined)
    return {
      because: `${what} is being reviewed by ${lastAttempt(task)?.agent ?? ''}`,
      next: 'when it is approved, it joins the merge queue',
    };
  const gate = state.gates.find(({ id }) => id === reviewGate(task.task.id));
  if (gate !== undefined)
    return {
      because: gate.question,
      next: `masterplan approve ${state.slug} --gate ${gate.id} --answer ${gate.recommended}`,
    };
  const choice = reviewerFor(state, task, progress.attempt);
  if (choice.do === 'wait')
    return {
      because: `${what} waits for ${choice.agent} to review it, whose account rests`,
      next: `it is tried again when ${choice.lane} is open`,
    };
  return { because: `${what} waits for its review`, next: `masterplan run ${state.slug}` };
}

function pendingReason(state: RunState, task: TaskState, obstacle: Obstacle | undefined): Because {
  if (state.phase === 'over') return { because: `the run is over (${state.outcome ?? ''})`, next: 'start a new run' };
  if (state.approved === undefined && state.authoring === undefined)
    return { because: 'the plan is not approved', next: `masterplan approve ${state.slug}` };
  if (state.gates.length > 0 && (state.tampered !== undefined || state.displaced !== undefined)) {
    const gate = state.gates[0] as RunState['gates'][number];
    return {
      because: `the run is stopped: ${gate.question}`,
      next: `masterplan approve ${state.slug} --gate ${gate.id} --answer ${gate.recommended}`,
    };
  }
  const chain = failedNeed(state, task, new Set());
  if (chain !== undefined) {
    const failed = chain[chain.length - 1] as string;
    return {
      because: `it needs ${chain.join(', which needs ')}, which failed`,
      next: `masterplan retry ${failed} --run ${state.slug}`,
    };
  }
  const unmet = task.task.needs.filter((need) => {
    const other = taskOf(state, need);
    return other === undefined || !isOver(other);
  });
  if (unmet.length > 0) {
    const words = unmet.map((need) => `${need} (${taskOf(state, need)?.progress.status ?? 'unknown'})`);
    return { because: `it needs ${words.join(', ')}`, next: 'it starts when they are merged' };
  }
  return obstacleWords(state, task, obstacle);
}

/** What the log says of the machine. */
function roomOf({ paused }: RunState): Room {
  return paused === undefined ? {} : { closed: paused.detail };
}

/** Every task that has not started, and why, in the order in which they would start. */
export function explainWaiting(state: RunState, room: Room = roomOf(state)): readonly WhyNot[] {
  return whyNot(state, (task, block) => pendingReason(state, task, block), room);
}

/** Path of needs from a task to a failed one, the task itself left out. */
function failedNeed(state: RunState, task: TaskState, seen: Set<string>): string[] | undefined {
  for (const need of task.task.needs) {
    if (seen.has(need)) continue;
    seen.add(need);
    const other = taskOf(state, need);
    if (other === undefined) continue;
    if (other.progress.status === 'failed') return [need];
    const child = other.subplan?.tasks.find(({ id }) => taskOf(state, id)?.progress.status === 'failed');
    if (child !== undefined) return [need, child.id];
    if (isOver(other)) continue;
    const rest = failedNeed(state, other, seen);
    if (rest !== undefined) return [need, ...rest];
  }
  return undefined;
}
