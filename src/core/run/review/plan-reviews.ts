import type { Effect } from '../effect.ts';
import { attemptName, type RunEvent } from '../event.ts';
import type { Room } from '../obstacle.ts';
import { pausedAt } from '../pause.ts';
import { resultAsks } from '../policy-gates.ts';
import { Reservations } from '../reservations.ts';
import type { Progress, RunState, TaskState } from '../state.ts';
import { type Subject, emptyLedger, reviewGate } from './ledger.ts';
import { type Choice, reviewerFor } from './reviewers.ts';
import type { Assignment } from '../routing.ts';
import { seatOf, voiceOf } from '../seats.ts';
import type { RunSettings } from '../settings.ts';
import { unreadyFor } from '../setup.ts';
import { REVIEW_DEFAULTS } from './settings.ts';

type Reviewing = Extract<Progress, { status: 'reviewing' }>;

/** What a review that is at work judges: the same after a crash. */
export function subjectOf(task: TaskState): Subject | undefined {
  const { progress } = task;
  return progress.status !== 'reviewing' || progress.reviewer === undefined
    ? undefined
    : task.attempts[progress.reviewer - 1]?.subject;
}

/**
 * The reviews that should begin, the gates that should be open and the skips that should be recorded. Reviews come before new
 * attempts: what is nearly done is finished first. Those that work already are not among them.
 *
 * @param beginning  tasks of which an attempt is being prepared that is not in the log yet: their place is theirs
 * @param mayStart  whether budgets let anything start for a task; says so to whoever has to know
 */
export function reviewEffects(
  state: RunState,
  beginning: readonly string[],
  room: Room,
  mayStart: (task: TaskState) => boolean,
): Effect[] {
  const { settings } = state;
  const effects: Effect[] = [];
  if (settings === undefined || pausedAt(state) !== undefined) return effects;
  const waiting = state.schedule.active
    .map((at) => state.tasks[at] as TaskState)
    .filter(({ progress }) => progress.status === 'reviewing' && progress.reviewer === undefined)
    // Who was chosen before keeps its place.
    .sort((a, b) => Number(beginning.includes(b.task.id)) - Number(beginning.includes(a.task.id)));
  if (waiting.length === 0) return effects;
  const reserved = new Reservations(state, room);
  for (const task of waiting) {
    const progress = task.progress as Reviewing;
    const { attempt, work } = progress;
    const ledger = task.review ?? emptyLedger();
    const last = ledger.past.at(-1);
    if (task.attempts[attempt - 1]?.changed === 0) {
      const reason = 'it changed no file';
      effects.push(skip(task, progress, 'nothing-changed', reason));
      continue;
    }
    if (last?.attempt === attempt && last.verdict === 'request-changes' && last.tree === work.tree) {
      effects.push(...gate(state, task, progress, 'rounds'));
      continue;
    }
    if (ledger.stale > (settings.review ?? REVIEW_DEFAULTS).rounds) {
      const reason = `others landed in its files ${timesWords(ledger.stale)} while it was reviewed`;
      effects.push(...gate(state, task, progress, { do: 'ask', reason }));
      continue;
    }
    // Its worktree cannot be made ready: a person is asked about that.
    if (unreadyFor(state, task.task.id) !== undefined) continue;
    const asks = resultAsks(state, task);
    if (asks !== undefined) {
      effects.push(...gate(state, task, progress, { do: 'ask', reason: asks }, true));
      continue;
    }
    const choice = reviewerFor(state, task, attempt);
    if (choice.do === 'wait') continue;
    if (choice.do === 'skip') effects.push(skip(task, progress, 'no-reviewer', choice.reason));
    if (choice.do === 'ask') effects.push(...gate(state, task, progress, choice));
    if (choice.do !== 'review' || !mayStart(task)) continue;
    const begun = beginning.includes(task.task.id);
    if (!begun && reserved.obstacleToReview(choice.agent) !== undefined) continue;
    reserved.takeReviewer(choice.agent, begun);
    const number = task.attempts.length + 1;
    effects.push({
      type: 'work',
      key: `work:${attemptName(task.task.id, number)}`,
      task: task.task.id,
      attempt: number,
      base: work.base,
      agent: choice.agent,
      assignment: assignedTo(settings, choice),
      plans: false,
      started: false,
      end: false,
      reviews: { attempt, ...work, round: ledger.past.length + 1, how: choice.how },
    });
  }
  return effects;

  function skip(
    task: TaskState,
    { attempt, work }: Reviewing,
    why: 'nothing-changed' | 'no-reviewer',
    reason: string,
  ): Effect {
    return {
      type: 'record',
      key: `record:review-skipped:${attemptName(task.task.id, attempt)}`,
      events: [{ event: 'review_skipped', task: task.task.id, attempt, tree: work.tree, why, reason }],
    };
  }
}

/** As what, with which model, and why this agent. */
function assignedTo(settings: RunSettings, { agent, how }: Extract<Choice, { do: 'review' }>): Assignment {
  const seat = seatOf(settings, 'review');
  const voice = seat.agent === agent ? seat : voiceOf(settings, agent, 'review', {});
  return {
    role: 'review',
    agent,
    ...(voice.model === undefined ? {} : { model: voice.model }),
    ...(voice.effort === undefined ? {} : { effort: voice.effort }),
    source: seat.agent === agent ? 'role' : 'failover',
    reason:
      how === 'same-vendor'
        ? 'nobody of another vendor can review it: review.fallback is same_vendor'
        : seat.agent === agent
          ? 'role review'
          : `of another vendor than its author`,
  };
}

/** Opens the gate of a review, unless it is open. */
function gate(
  state: RunState,
  task: TaskState,
  { attempt }: Reviewing,
  why: 'rounds' | Extract<Choice, { do: 'ask' }>,
  result = false,
): Effect[] {
  const { id } = task.task;
  const name = reviewGate(id);
  if (state.gates.some((one) => one.id === name)) return [];
  const event: RunEvent =
    why === 'rounds'
      ? {
          event: 'gate_opened',
          gate: name,
          question: `${attemptName(id, attempt)} was reviewed ${timesWords(task.review?.rounds ?? 0)}, and reviewer and implementer do not agree. Land it?`,
          options: ['accept', 'send-back', 'block', 'cancel'],
          recommended: 'send-back',
          detail: sides(task),
        }
      : result
        ? {
            event: 'gate_opened',
            gate: name,
            question: `${attemptName(id, attempt)} is a small edit, done and verified. Land it?`,
            options: ['accept', 'send-back', 'block', 'cancel'],
            recommended: 'accept',
            detail: [
              why.reason,
              `look at it: git --git-dir=.masterplan/queue.git show ${task.progress.status === 'reviewing' ? task.progress.work.commit.slice(0, 12) : ''}`,
            ],
          }
        : {
            event: 'gate_opened',
            gate: name,
            question: `${attemptName(id, attempt)} has not been reviewed: ${why.reason}. Land it without a review?`,
            options: ['accept', 'retry', 'send-back', 'block', 'cancel'],
            recommended: 'retry',
            detail: [
              (state.settings?.review ?? REVIEW_DEFAULTS).mode === 'required'
                ? 'review is required in this run'
                : 'review.fallback is ask',
            ],
          };
  return [{ type: 'record', key: `record:gate:${name}:${state.seq}`, events: [event] }];
}

/** What both sides say of every finding that holds. */
function sides(task: TaskState): string[] {
  const holding = (task.review?.findings ?? []).filter(({ holds }) => holds);
  return holding
    .slice(0, 20)
    .flatMap((one) => [
      `${one.id} (${one.severity}) ${placeOf(one)}: ${one.claim}`,
      ...(one.check_command === null
        ? []
        : [
            `  its check: ${one.check_command} (${one.shown === undefined ? 'not run' : one.shown === 'not-run' ? 'could not be run' : one.shown})`,
          ]),
      ...(one.answer === undefined || one.answer === one.claim ? [] : [`  the reviewer: ${one.answer}`]),
      `  the implementer: ${one.argument ?? 'says nothing against it'}`,
    ]);
}

/** Where a finding is: `src/a.ts:12`, or the change as a whole. */
export function placeOf({ file, line }: { readonly file: string; readonly line: number | null }): string {
  return file === '' ? 'the change' : line === null ? file : `${file}:${line}`;
}

function timesWords(times: number): string {
  return times === 1 ? 'once' : `${times} times`;
}
