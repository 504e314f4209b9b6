import { oneLine } from '../base/text.ts';
import { authoringEffects } from './authoring/effects.ts';
import { heldEffects } from './amend/hold.ts';
import { circuitGate, openCircuit } from './circuit.ts';
import { circuitQuestion } from './ladder.ts';
import { commandsOf } from './queue/commands.ts';
import { land } from './queue/effects.ts';
import { askAboutReturns } from './queue/returns.ts';
import type { Effect } from './effect.ts';
import { attemptName } from './event.ts';
import { FAILURES } from '../agents/failure.ts';
import { archiveEffects, finishEffects } from './finish/plan.ts';
import { closedStops, stopEffects } from './finish/stops.ts';
import { reviewEffects, subjectOf } from './review/plan-reviews.ts';
import { assignmentFor, laneGate } from './lanes.ts';
import { dispatch } from './dispatch.ts';
import { exhausted, type Room } from './obstacle.ts';
import { askAboutRouting, askToContinue } from './policy-gates.ts';
import { overlapAt } from './overlap.ts';
import { budgetQuestion, withReserves } from './budgets.ts';
import { setupGates } from './setup.ts';
import { budgetGate, taskUsedUp, usedUp } from './spending.ts';
import { isAtWork, lastAttempt, lastWork, plansFirst, type RunState, type TaskState } from './state.ts';
import { askAboutFindings, isAsked } from './witnessing.ts';

/**
 * The set of effects that should be in flight in this state. Not a to-do list: the same state gives the same set, and
 * whoever carries them out starts what is missing and cancels what is no longer in it. `beginning` names the tasks of
 * which an attempt is being prepared that is not in the log yet, `room` what the machine has for this run.
 */
export function decide(state: RunState, beginning: readonly string[] = [], room: Room = {}): Effect[] {
  const effects: Effect[] = [];
  if (state.seq === 0 || state.settings === undefined || state.unknown.length > 0) return effects;
  tidy(state, effects);
  if (state.phase === 'over') {
    keepWorking(state, effects);
    if (effects.length === 0) effects.push(...archiveEffects(state));
  }
  if (state.phase === 'plan' || state.phase === 'over' || overlapAt(state) !== undefined) return effects;
  const halted = state.tampered !== undefined || state.displaced !== undefined;
  if (halted) {
    openHaltGates(state, effects);
    restore(state, effects);
    // What agents have begun goes on to its end; nothing new starts and nothing lands.
    keepWorking(state, effects);
    return effects;
  }
  expireGates(state, effects);
  if (state.tip === undefined || state.fingerprint === undefined)
    return [...effects, { type: 'prepare', key: 'prepare' }];
  if (state.phase === 'execute') {
    keepWorking(state, effects);
    verify(state, effects);
    land(state, state.tip, effects);
    start(state, state.tip, beginning, room, review(state, beginning, room, effects), effects);
    approveSubplans(state, effects);
    effects.push(...heldEffects(state));
    effects.push(...authoringEffects(state));
    effects.push(...askToContinue(state), ...askAboutRouting(state));
    effects.push(...setupGates(state));
    wakeLanes(state, effects);
    effects.push(...stopEffects(state, state.tip));
    const over = state.schedule.merged + (state.schedule.settled ?? 0);
    if (over === state.tasks.length && closedStops(state).every(({ asks }) => asks !== undefined)) {
      effects.push({ type: 'record', key: 'record:finish', events: [{ event: 'phase_entered', phase: 'finish' }] });
    }
    return effects;
  }
  return [...effects, ...finishEffects(state, state.tip)];
}

/** Gates that have a default take it at their deadline. Leave for an agent is the keeper's to deny, which has its own clock. */
function expireGates(state: RunState, effects: Effect[]): void {
  for (const { id: gate, deadline, fallback } of state.gates) {
    if (deadline === undefined || fallback === undefined || gate.startsWith('ask:')) continue;
    effects.push({
      type: 'expire',
      key: `expire:${gate}:${deadline}`,
      gate,
      until: deadline,
      answer: fallback,
    });
  }
}

function keepWorking(state: RunState, effects: Effect[]): void {
  for (const at of state.schedule.active) {
    const task = state.tasks[at] as TaskState;
    const attempt = lastAttempt(task);
    if (!isAtWork(task) || attempt === undefined) continue;
    const reviews = subjectOf(task);
    effects.push({
      type: 'work',
      key: `work:${attemptName(task.task.id, attempt.number)}`,
      task: task.task.id,
      attempt: attempt.number,
      base: attempt.base,
      agent: attempt.agent,
      plans: reviews === undefined && plansFirst(task),
      ...(task.task.authors === undefined ? {} : { authors: task.task.authors }),
      started: true,
      end: state.phase === 'over' || task.leaving !== undefined,
      ...(reviews === undefined ? {} : { reviews }),
    });
  }
}

/** Reviews that should begin; returns who does them: their places are taken. */
function review(state: RunState, beginning: readonly string[], room: Room, effects: Effect[]): string[] {
  const run = state.settings?.budget?.run;
  const spent = run === undefined ? undefined : usedUp(state, 'budget', run, withReserves(state));
  const began = reviewEffects(state, beginning, room, (task) => {
    const used = taskUsedUp(state, task);
    if (used !== undefined) askForMore(state, used, effects, task);
    return spent === undefined && used === undefined;
  });
  effects.push(...began);
  return began.flatMap((effect) => (effect.type === 'work' ? [effect.agent] : []));
}

function start(
  state: RunState,
  tip: string,
  beginning: readonly string[],
  room: Room,
  reviewers: readonly string[],
  effects: Effect[],
): void {
  const settings = state.settings;
  if (settings === undefined) return;
  for (const at of state.schedule.ready) {
    const task = state.tasks[at] as TaskState;
    if (askAboutCircuit(state, task, effects)) continue;
    const end = exhausted(task, state);
    if (end === undefined) continue;
    if (end === 'failures' && climb(state, task, effects)) continue;
    const last = lastWork(task);
    const reason =
      last?.lesson?.check === undefined
        ? (last?.ended?.reason ?? '')
        : `${last.lesson.check.command}: ${last.lesson.check.reason}`;
    effects.push({
      type: 'record',
      key: `record:failed:${attemptName(task.task.id, task.attempts.length)}`,
      events: [
        {
          event: 'task_failed',
          task: task.task.id,
          reason:
            end === 'failures'
              ? `${task.failures} failed ${task.failures === 1 ? 'attempt' : 'attempts'}, last: ${reason}`
              : `lost ${task.losses} times, last: ${reason}`,
        },
      ],
    });
  }
  const run = settings.budget?.run;
  const words = run === undefined ? undefined : usedUp(state, 'budget', run, withReserves(state));
  if (words !== undefined) return askForMore(state, words, effects);
  for (const at of state.schedule.ready) {
    const task = state.tasks[at] as TaskState;
    const used = taskUsedUp(state, task);
    // Whoever has no attempts left needs no money for another one.
    if (used !== undefined && exhausted(task, state) === undefined) askForMore(state, used, effects, task);
  }
  askAboutReturns(state, effects);
  for (const at of dispatch(state, beginning, room, false, reviewers).start) {
    const task = state.tasks[at] as TaskState;
    const attempt = task.attempts.length + 1;
    const assignment = assignmentFor(state, task.task);
    if (assignment === undefined) continue;
    effects.push({
      type: 'work',
      key: `work:${attemptName(task.task.id, attempt)}`,
      task: task.task.id,
      attempt,
      base: tip,
      agent: assignment.agent,
      assignment,
      plans: plansFirst(task),
      ...(task.task.authors === undefined ? {} : { authors: task.task.authors }),
      started: false,
      end: false,
    });
  }
}

/** Opens the gate of a task that failed in the same way again and again; false: it did not. */
function askAboutCircuit(state: RunState, task: TaskState, effects: Effect[]): boolean {
  const repeated = openCircuit(state, task);
  if (repeated === undefined) return false;
  const { id } = task.task;
  const gate = circuitGate(id);
  if (state.gates.some((one) => one.id === gate)) return true;
  const { signature, count, what, agents, found } = repeated;
  const { events } = circuitQuestion(
    state,
    task,
    `${id} failed ${count} times in the same way: ${what}. How does it go on?`,
    [
      `by ${agents.join(', ')}; signature ${signature}`,
      ...(found === undefined || found === what ? [] : [`at last: ${oneLine(found, 1000)}`]),
    ],
  );
  effects.push({
    type: 'record',
    key: `record:${gate}:${task.attempts.length}`,
    events: [{ event: 'circuit_opened', task: id, signature, count, what, agents }, ...events],
  });
  return true;
}

/** Lets a task that used up its attempts take the next step of its ladder, where autonomy lets that happen without asking. */
function climb(state: RunState, task: TaskState, effects: Effect[]): boolean {
  const { id } = task.task;
  const { events, answered } = circuitQuestion(
    state,
    task,
    `${id} used up its ${task.failures} attempts. How does it go on?`,
    [],
  );
  if (!answered) return false;
  effects.push({ type: 'record', key: `record:${circuitGate(id)}:${task.attempts.length}`, events });
  return true;
}

/** A sub-plan waits for whoever the settings name: a policy passes it at once, a person is asked at a gate. */
function approveSubplans(state: RunState, effects: Effect[]): void {
  const policy = state.settings?.subplans ?? 'ask';
  for (const at of state.schedule.planned) {
    const { task, subplan, attempts } = state.tasks[at] as TaskState;
    if (subplan === undefined) continue;
    const name = attemptName(task.id, attempts.length);
    const { sha256, clean, tasks } = subplan;
    if (policy === 'always' || (policy === 'if-clean' && clean)) {
      effects.push({
        type: 'record',
        key: `record:subplan:${name}`,
        events: [{ event: 'subplan_approved', task: task.id, sha256, by: 'policy', how: `subplans: ${policy}` }],
      });
      continue;
    }
    const gate = subplanGate(task.id);
    if (state.gates.some(({ id }) => id === gate)) continue;
    effects.push({
      type: 'record',
      key: `record:gate:${gate}:${name}`,
      events: [
        {
          event: 'gate_opened',
          gate,
          question: `carry out the sub-plan of ${task.id}: ${tasks.length} ${tasks.length === 1 ? 'task' : 'tasks'}?`,
          options: ['approve', 'replan', 'cancel'],
          recommended: clean ? 'approve' : 'replan',
          detail: [
            `it is in modules/${task.id}/plan.md beside the plan, ${sha256.slice(0, 12)}`,
            ...(clean ? [] : ['the linter finds errors in it']),
            ...tasks.slice(0, 20).map((one) => `${one.id} ${one.title}`),
          ],
        },
      ],
    });
  }
}

/** Opens the gate of a budget that is used up, unless it is open. */
function askForMore(state: RunState, words: string, effects: Effect[], task?: TaskState): void {
  const gate = task === undefined ? 'budget' : budgetGate(task.task.id);
  if (state.gates.some(({ id }) => id === gate)) return;
  effects.push({
    type: 'record',
    key: `record:gate:${gate}:${state.raised[gate] ?? 0}`,
    events: [budgetQuestion(state, words, task)],
  });
}

/** Parked lanes are opened when their time has come, or asked about. */
function wakeLanes(state: RunState, effects: Effect[]): void {
  for (const [lane, { parked }] of Object.entries(state.lanes)) {
    if (parked === undefined) continue;
    if (parked.until !== null) {
      effects.push({ type: 'wait', key: `wait:lane:${lane}:${parked.until}`, lane, until: parked.until });
      continue;
    }
    const gate = laneGate(lane);
    if (state.gates.some(({ id }) => id === gate)) continue;
    effects.push({
      type: 'record',
      key: `record:gate:${gate}:${state.seq}`,
      events: [
        {
          event: 'gate_opened',
          gate,
          question:
            parked.held === 'unattended'
              ? `the limit of ${lane} should be over. Go on with it?`
              : `nothing starts on ${lane}: ${FAILURES[parked.failure].about}. Try again?`,
          options: ['retry', 'cancel'],
          recommended: 'retry',
          detail: [parked.message],
        },
      ],
    });
  }
}

/** Name of the gate at which the sub-plan of a task is approved. */
export function subplanGate(task: string): string {
  return `plan:${task}`;
}

function verify(state: RunState, effects: Effect[]): void {
  let slots = state.settings?.verify_parallel ?? 1;
  for (const at of state.schedule.active) {
    const task = state.tasks[at] as TaskState;
    if (task.progress.status !== 'verifying') continue;
    if (isAsked(task)) {
      askAboutFindings(state, task, effects);
      continue;
    }
    if (slots-- <= 0) continue;
    const { work, attempt } = task.progress;
    effects.push({
      type: 'verify',
      key: `verify:${attemptName(task.task.id, attempt)}:${work.tree}:${work.base}`,
      task: task.task.id,
      attempt,
      subject: work,
      commands: commandsOf(state, task),
      landing: false,
    });
  }
}

function tidy(state: RunState, effects: Effect[]): void {
  for (const at of state.schedule.untidy) {
    const task = state.tasks[at] as TaskState;
    for (const attempt of task.attempts) {
      if (attempt.ended === undefined || attempt.worktree === 'removed') continue;
      effects.push({
        type: 'tidy',
        key: `tidy:${attemptName(task.task.id, attempt.number)}`,
        task: task.task.id,
        attempt: attempt.number,
      });
    }
  }
}

function openHaltGates(state: RunState, effects: Effect[]): void {
  const open = (id: string): boolean => state.gates.some((gate) => gate.id === id);
  if (state.tampered !== undefined && !open('tampered')) {
    const files = changedFiles(state.fingerprint ?? {}, state.tampered);
    effects.push({
      type: 'record',
      key: `record:gate:tampered:${state.seq}`,
      events: [
        {
          event: 'gate_opened',
          gate: 'tampered',
          question: `files in the repository's git directory changed during the run: ${files.join(', ')}. Look at them before you run git here.`,
          options: ['accept', 'cancel'],
          recommended: 'cancel',
          detail: files,
        },
      ],
    });
  }
  const displaced = state.displaced;
  if (displaced !== undefined && !state.restoring && !open('branch')) {
    effects.push({
      type: 'record',
      key: `record:gate:branch:${state.seq}`,
      events: [
        {
          event: 'gate_opened',
          gate: 'branch',
          question:
            displaced.to === null
              ? `somebody deleted ${state.runBranch}. Put it back?`
              : `somebody moved ${state.runBranch} to ${displaced.to.slice(0, 12)}, which leaves out what landed. Put it back?`,
          options: ['restore', 'cancel'],
          recommended: 'restore',
          detail: [`the log says it stands at ${state.tip ?? ''}`],
        },
      ],
    });
  }
}

function restore(state: RunState, effects: Effect[]): void {
  if (state.displaced === undefined || state.tip === undefined || !state.restoring) return;
  effects.push({ type: 'restore', key: `restore:${state.tip}`, commit: state.tip, displacedTo: state.displaced.to });
}

/** Paths whose fingerprint differs, sorted. */
export function changedFiles(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((path) => before[path] !== after[path])
    .sort();
}
