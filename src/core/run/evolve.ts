import { assert, unreachable } from '../base/assert.ts';
import { parseStamp } from '../base/time.ts';
import { knownEvent, type RecordedEvent } from './event.ts';
import { describeEvent } from './describe.ts';
import { carLanded, checked, checkStarted, noteDuration, trainStarted } from './queue/fold.ts';
import { noteFailures } from './failures/fold.ts';
import type { Loss } from './queue/loss.ts';
import { otherAgent, repeatedIn } from './circuit.ts';
import { foldRadar } from './radar.ts';
import { laneGate, laneOf } from './lanes.ts';
import { closeReviewGate, comesUp, cameToNothing, concluded, disputed, skipped } from './review/fold.ts';
import { drop, dropReady, extendSchedule, makeReady, newSchedule, rankAnew, setWaves } from './schedule.ts';
import { foldEvidence, foldExamination, lessonOf, witnessGateTask } from './witnessing.ts';
import { answerReview, enqueue, follow, markUntidy, reopen, reviewAgain, startReview } from './course.ts';
import { answerAsk, attemptOf, current, known, name, working } from './under-way.ts';
import { closeSetupGates, evolveSetup, forgetSetup, SETUP_GATE } from './setup.ts';
import { lastAttempt, lastWork, RECENT, taskOf, type RunState, type Subplan, type TaskState } from './state.ts';

/**
 * Folds one event into the state, which it takes over and returns changed (a copy of a state with ten thousand tasks per
 * event would make a long log unreadable). Throws a `Defect` when the event cannot follow from the state: such a log was
 * not written by masterplan, or was edited.
 */
export function evolve(state: RunState, event: RecordedEvent): RunState {
  assert(event.seq === state.seq + 1, () => `event ${event.seq} follows event ${state.seq}`);
  assert(
    event.fence >= state.fence,
    () => `event ${event.seq} was written under lock generation ${event.fence}, after ${state.fence}`,
  );
  assert(state.seq > 0 || event.event === 'run_created', () => `the first event is ${event.event}, not run_created`);
  const at = parseStamp(event.ts);
  const before = state.updated;
  state.seq = event.seq;
  state.fence = event.fence;
  if (state.created === 0) state.created = at;
  state.updated = at;
  if (event.request !== undefined) state.requests.push(event.request);
  if (knownEvent(event.event) === undefined) {
    // Written by a newer masterplan: kept and shown, and nothing is executed on top of it.
    const name: string = event.event;
    if (!state.unknown.includes(name)) state.unknown.push(name);
    return state;
  }
  apply(state, event, at);
  foldRadar(state, event);
  noteFailures(state, event, before, at);
  const text = describeEvent(event);
  if (text !== undefined) {
    state.recent.push({ at, text });
    if (state.recent.length > RECENT) state.recent.shift();
  }
  return state;
}

function apply(state: RunState, event: RecordedEvent, at: number): void {
  switch (event.event) {
    case 'run_created':
      state.run = event.run;
      state.slug = event.slug;
      state.title = event.title;
      state.planPath = event.plan_path;
      state.baseBranch = event.base_branch;
      state.base = event.base;
      state.runBranch = event.run_branch;
      return;
    case 'plan_written':
      assert(state.tasks.length === 0, 'a plan is written once');
      state.kind = event.kind;
      state.planSha256 = event.sha256;
      state.verify = event.verify;
      state.tasks = event.tasks.map((task) => ({
        task,
        progress: { status: 'pending' },
        attempts: [],
        failures: 0,
        losses: 0,
      }));
      state.schedule = newSchedule(event.tasks);
      return;
    case 'config_resolved':
      state.settings = event.settings;
      setWaves(state);
      return;
    case 'dispatch_paused':
      state.paused = { why: event.why, detail: event.detail, since: at };
      return;
    case 'dispatch_resumed':
      delete state.paused;
      return;
    case 'durations_estimated':
      state.expected = event.tasks;
      state.usual = event.usual;
      rankAnew(state);
      return;
    case 'plan_approved':
      assert(event.sha256 === state.planSha256, 'the approval is for another text of the plan');
      state.approved = { by: event.by, at };
      return;
    case 'phase_entered':
      state.phase = event.phase;
      return;
    case 'gate_opened':
      closeGate(state, event.gate);
      if (event.gate === SETUP_GATE) closeSetupGates(state);
      state.gates.push({
        id: event.gate,
        question: event.question,
        options: event.options,
        recommended: event.recommended,
        detail: event.detail,
        opened: at,
      });
      return;
    case 'gate_answered':
      closeGate(state, event.gate);
      if (
        event.gate === 'finish' &&
        (event.answer === 'merge' || event.answer === 'keep' || event.answer === 'discard')
      ) {
        state.finishAnswer = event.answer;
        state.finishRefused = undefined;
      }
      if (event.gate === 'tampered' && event.answer === 'accept') {
        state.fingerprint = state.tampered ?? state.fingerprint;
        state.tampered = undefined;
      }
      if (event.gate === 'branch' && event.answer === 'restore') state.restoring = true;
      if (event.gate.startsWith('budget') && event.answer === 'go-on') {
        state.raised[event.gate] = (state.raised[event.gate] ?? 0) + 1;
      }
      if (event.gate.startsWith('landing:') && event.answer === 'hand-back')
        known(state, event.gate.slice('landing:'.length)).returns = 0;
      if (event.answer === 'retry') forgetSetup(state, event.gate);
      if (event.gate.startsWith('circuit:')) closeCircuit(state, event);
      if (event.gate.startsWith('ask:')) answerAsk(state, event.gate, event.answer);
      answerWitness(state, event.gate, event.answer, event.note, at);
      if (event.gate.startsWith('review:')) answerReview(state, event.gate, event.answer, event.note, at);
      return;
    case 'branch_created':
      state.tip = event.commit;
      return;
    case 'branch_moved':
      if (event.forward && event.to !== null) {
        state.tip = event.to;
      } else {
        state.displaced = { to: event.to };
      }
      return;
    case 'branch_restored':
      state.displaced = undefined;
      state.restoring = false;
      return;
    case 'repository_fingerprinted':
      state.fingerprint = event.files;
      return;
    case 'repository_tampered':
      state.tampered = event.now;
      return;
    case 'attempt_started':
      return event.reviews !== undefined ? startReview(state, event, at) : startAttempt(state, event, at);
    case 'attempt_finished': {
      const { task, attempt } = working(state, event.task, event.attempt);
      attempt.ended = { at, ending: event.ending, reason: event.reason };
      markUntidy(state, task);
      const asked = `ask:${name(event)}:`;
      state.gates = state.gates.filter(({ id }) => !id.startsWith(asked));
      if (task.progress.status === 'reviewing') {
        const { reviewer: _, ...rest } = task.progress;
        task.progress = rest;
        if (event.ending === 'done') {
          const lane = state.lanes[laneOf(state.settings, attempt.agent)];
          if (lane !== undefined) lane.tries = 0;
        } else cameToNothing(task, attempt.agent, event.ending);
        return;
      }
      if (event.ending === 'done') {
        const lane = state.lanes[laneOf(state.settings, attempt.agent)];
        if (lane !== undefined) lane.tries = 0;
        assert(event.commit !== undefined && event.tree !== undefined, () => `${name(event)} is done without a commit`);
        const work = { base: attempt.base, commit: event.commit, tree: event.tree };
        if (event.files_changed !== undefined) attempt.changed = event.files_changed;
        if (event.touches !== undefined) attempt.touches = event.touches;
        task.progress = { status: 'verifying', attempt: event.attempt, work, since: at };
        return;
      }
      if (event.ending === 'lost') task.losses++;
      else if (event.ending !== 'cancelled' && event.ending !== 'limited' && event.ending !== 'unready')
        task.failures++;
      // What kept an agent from starting is nothing that the next one should know.
      if (event.ending !== 'unready') attempt.lesson ??= { what: event.reason, paths: [] };
      return reopen(state, task);
    }
    case 'setup_started':
    case 'setup_finished':
    case 'teardown_finished':
      return evolveSetup(state, event);
    case 'permission_asked': {
      const { attempt } = working(state, event.task, event.attempt);
      attempt.asks ??= {};
      attempt.asks[event.ask] = { command: event.command };
      return;
    }
    case 'agent_reported':
      current(state, event.task, event.attempt).attempt.report = {
        session: event.session,
        usage: event.usage,
        ...(event.model === null ? {} : { model: event.model }),
        ...(event.failure === null ? {} : { failure: event.failure }),
      };
      return;
    case 'lane_parked': {
      const { failure, message } = event;
      const until = event.until === null ? null : parseStamp(event.until);
      const tries = (state.lanes[event.lane]?.tries ?? 0) + 1;
      state.lanes[event.lane] = { parked: { failure, until, message }, tries };
      return;
    }
    case 'lane_held': {
      const lane = state.lanes[event.lane];
      if (lane?.parked === undefined) return;
      lane.parked = {
        ...lane.parked,
        until: event.until === null ? null : parseStamp(event.until),
        held: event.why,
      };
      return;
    }
    case 'lane_opened': {
      const lane = state.lanes[event.lane];
      if (lane !== undefined) lane.parked = undefined;
      closeGate(state, laneGate(event.lane));
      return;
    }
    case 'agent_degraded':
      state.standIns[event.from] = event.to;
      return;
    case 'agent_restored':
      delete state.standIns[event.agent];
      return;
    case 'subplan_written': {
      const { task, attempt } = working(state, event.task, event.attempt);
      attempt.ended = { at, ending: 'done', reason: '' };
      markUntidy(state, task);
      const position = state.schedule.index[event.task] as number;
      const { kind, sha256, clean, tasks } = event;
      task.subplan = { kind, sha256, clean, tasks, open: tasks.length };
      task.progress = { status: 'planned', attempt: event.attempt, since: at };
      drop(state.schedule.active, position);
      state.schedule.planned.push(position);
      return;
    }
    case 'subplan_edited': {
      const { kind, sha256, clean, tasks } = event;
      planned(state, event.task).task.subplan = { kind, sha256, clean, tasks, open: tasks.length };
      return;
    }
    case 'subplan_approved': {
      const { task, subplan } = planned(state, event.task);
      assert(event.sha256 === subplan.sha256, () => `the approval is for another sub-plan of ${event.task}`);
      drop(state.schedule.planned, state.schedule.index[event.task] as number);
      task.progress = { status: 'unfolded', attempt: task.attempts.length, since: at };
      const from = state.tasks.length;
      for (const one of subplan.tasks) {
        assert(taskOf(state, one.id) === undefined, () => `the plan has a task ${one.id} already`);
        state.tasks.push({
          task: one,
          progress: { status: 'pending' },
          attempts: [],
          failures: 0,
          losses: 0,
          parent: event.task,
        });
      }
      extendSchedule(state, from);
      return;
    }
    case 'subplan_rejected': {
      const { task } = planned(state, event.task);
      const attempt = lastAttempt(task);
      if (attempt !== undefined) attempt.lesson = { what: event.reason, paths: [] };
      delete task.subplan;
      const position = state.schedule.index[event.task] as number;
      drop(state.schedule.planned, position);
      task.progress = { status: 'pending' };
      makeReady(state.schedule, position);
      return;
    }
    case 'attempt_voided': {
      const { task, attempt } = current(state, event.task, event.attempt);
      closeReviewGate(state, event.task);
      attempt.ended = { at, ending: 'voided', reason: event.reason };
      markUntidy(state, task);
      task.losses++;
      return reopen(state, task);
    }
    case 'digest_recorded': {
      const { task, attempt } = current(state, event.task, event.attempt);
      attempt.summary = event.summary;
      if (event.disputes !== undefined) disputed(task, event.disputes);
      return;
    }
    case 'review_finished': {
      const task = known(state, event.task);
      return follow(state, task, concluded(state, task, event), at);
    }
    case 'review_skipped': {
      const { task } = current(state, event.task, event.attempt);
      return follow(state, task, skipped(task, event), at);
    }
    case 'review_stale':
      current(state, event.task, event.attempt);
      return reviewAgain(state, event, at);
    case 'review_discarded':
      return;
    case 'contract_violation':
    case 'artefacts_collected':
      return;
    case 'snapshot_taken':
      current(state, event.task, event.attempt).attempt.snapshot = event.ref;
      return;
    case 'conflict_foreseen':
    case 'conflict_cleared':
    case 'snapshot_skipped':
      return;
    case 'worktree_vanished':
      current(state, event.task, event.attempt).attempt.vanished = { snapshot: event.snapshot };
      return;
    case 'scope_violated':
      current(state, event.task, event.attempt).attempt.lesson = {
        what: 'these paths are outside the scope of the task',
        paths: event.paths,
      };
      return;
    case 'change_examined': {
      const { attempt } = current(state, event.task, event.attempt);
      foldExamination(attempt, event);
      return;
    }
    case 'witness_failed':
      current(state, event.task, event.attempt).attempt.lesson = { what: event.check, paths: [] };
      return;
    case 'verification_started':
      current(state, event.task, event.attempt);
      checkStarted(state, event, at);
      return;
    case 'verification_finished': {
      const { task, attempt } = current(state, event.task, event.attempt);
      noteDuration(state, event);
      foldEvidence(attempt, event);
      // Who is to blame for a train is found out before anybody is sent back.
      if (event.train !== undefined) return checked(state, event, at);
      if (event.passed) {
        const key = `${event.tree}:${event.checks}`;
        if (!state.verified.includes(key)) state.verified.push(key);
        if (task.progress.status === 'verifying') {
          if (state.settings?.review === undefined) return enqueue(state, task, at);
          task.progress = { ...task.progress, status: 'reviewing', since: at };
          comesUp(task);
        }
        return;
      }
      attempt.ended = { at, ending: 'rejected', reason: 'verification failed' };
      attempt.lesson = {
        what:
          task.progress.status === 'merging'
            ? 'on top of what landed meanwhile, a verify command failed'
            : 'a verify command failed',
        paths: [],
        ...(event.failed === undefined ? {} : { check: event.failed }),
      };
      task.failures++;
      return reopen(state, task);
    }
    case 'queue_predicted':
      state.predicted = {
        base: event.base,
        tasks: [...(state.predicted?.base === event.base ? state.predicted.tasks : []), ...event.tasks],
      };
      return;
    case 'train_started':
      return trainStarted(state, event, at);
    case 'numbers_given':
      current(state, event.task, event.attempt);
      return;
    case 'train_dropped':
      state.trains = state.trains.filter(({ id }) => id !== event.train);
      return;
    case 'landing_rejected': {
      const { task, attempt } = current(state, event.task, event.attempt);
      assert(task.progress.status === 'merging', () => `${name(event)} is not in the merge queue`);
      attempt.ended = { at, ending: 'rejected', reason: 'verification failed' };
      attempt.lesson = {
        what: 'on top of what landed meanwhile, a verify command failed',
        paths: [],
        ...(event.failed === undefined ? {} : { check: event.failed }),
        with: event.with,
      };
      task.returns = (task.returns ?? 0) + 1;
      state.landings.rejected++;
      return reopen(state, task);
    }
    case 'merge_started': {
      const { task } = current(state, event.task, event.attempt);
      assert(task.progress.status === 'merging', () => `${name(event)} is not in the merge queue`);
      task.progress = { ...task.progress, landing: { base: event.base, commit: event.commit, tree: event.tree } };
      return;
    }
    case 'merge_conflicted': {
      const { task, attempt } = current(state, event.task, event.attempt);
      attempt.ended = { at, ending: 'rejected', reason: 'conflicts with what landed meanwhile' };
      attempt.lesson = {
        what: 'the change conflicts with what landed meanwhile',
        paths: event.paths,
        with: event.with ?? [],
      };
      task.returns = (task.returns ?? 0) + 1;
      state.landings.rejected++;
      return reopen(state, task);
    }
    case 'merge_finished': {
      const { task, at: position } = current(state, event.task, event.attempt);
      assert(task.progress.status === 'merging', () => `${name(event)} is not in the merge queue`);
      for (const need of task.task.needs) {
        assert(
          taskOf(state, need)?.progress.status === 'merged',
          () => `${event.task} landed before ${need}, which it needs`,
        );
      }
      carLanded(state, event, at);
      task.progress = { status: 'merged', attempt: event.attempt, commit: event.commit, at, tree: event.tree };
      state.tip = event.commit;
      state.landed.push({ task: event.task, commit: event.commit });
      state.queue = state.queue.filter((id) => id !== event.task);
      // Evidence for trees of older tips can never be asked for again.
      state.verified = state.verified.filter((key) => key.startsWith(`${event.tree}:`) || isAwaited(state, key));
      drop(state.schedule.active, position);
      landed(state, position);
      rollUp(state, task, event.commit, at);
      return;
    }
    case 'worktree_removed': {
      const task = taskOf(state, event.task);
      const attempt = task?.attempts[event.attempt - 1];
      assert(task !== undefined && attempt !== undefined, () => `${name(event)} never started`);
      attempt.worktree = 'removed';
      if (task.attempts.every((one) => one.worktree === 'removed' || one.ended === undefined)) {
        drop(state.schedule.untidy, state.schedule.index[event.task] as number);
      }
      return;
    }
    case 'loss_found':
      current(state, event.task, event.attempt).attempt.lesson = {
        what: `lines vanished that ${sidesOf(event.losses)} had added`,
        paths: event.losses.flatMap(({ path, lines }) => lines.map((line) => `${path}: ${line}`)),
      };
      return;
    case 'circuit_opened':
      return;
    case 'task_failed': {
      const task = known(state, event.task);
      assert(task.progress.status === 'pending', () => `${event.task} is ${task.progress.status}, not pending`);
      task.progress = { status: 'failed', reason: event.reason };
      dropReady(state.schedule, state.schedule.index[event.task] as number);
      state.schedule.failed++;
      return;
    }
    case 'task_reopened': {
      const task = known(state, event.task);
      assert(task.progress.status === 'failed', () => `${event.task} is ${task.progress.status}, not failed`);
      task.failures = 0;
      task.losses = 0;
      if (task.review !== undefined) task.review.rounds = 0;
      task.returns = 0;
      task.circuit = { from: task.attempts.length };
      state.schedule.failed--;
      task.progress = { status: 'pending' };
      makeReady(state.schedule, state.schedule.index[event.task] as number);
      return;
    }
    case 'branch_verified':
      state.branchCheck = {
        tree: event.tree,
        commit: event.commit,
        passed: event.passed,
        ...(event.failed === undefined ? {} : { failed: event.failed }),
      };
      return;
    case 'finish_refused':
      state.finishAnswer = undefined;
      state.finishRefused = { choice: event.choice, reason: event.reason, hint: event.hint };
      return;
    case 'run_cancelled':
      state.phase = 'over';
      state.outcome = 'cancelled';
      state.gates = [];
      return;
    case 'run_completed':
      state.phase = 'over';
      state.outcome = event.outcome;
      state.gates = [];
      return;
    case 'recovered':
    case 'leftovers_ended':
    case 'log_repaired':
    case 'anomaly':
      return;
    default:
      unreachable(event);
  }
}

/** A person decided about a change in which the witness found something. */
function answerWitness(state: RunState, gate: string, answer: string, note: string | undefined, at: number): void {
  const task = witnessGateTask(state, gate);
  const attempt = task === undefined ? undefined : lastWork(task);
  if (task === undefined || attempt?.examined === undefined || task.progress.status !== 'verifying') return;
  attempt.examined.answer = answer;
  if (answer !== 'reject') return;
  attempt.ended = { at, ending: 'rejected', reason: 'a person rejected what it did to the checks' };
  attempt.lesson = lessonOf(attempt.examined.findings, note);
  task.failures++;
  reopen(state, task);
}

/** A task is merged: whoever needs it is one need closer to its start. */
function landed(state: RunState, position: number): void {
  state.schedule.merged++;
  for (const dependent of state.schedule.dependents[position] ?? []) {
    const left = (state.schedule.unmet[dependent] as number) - 1;
    state.schedule.unmet[dependent] = left;
    if (left === 0 && state.tasks[dependent]?.progress.status === 'pending') makeReady(state.schedule, dependent);
  }
}

/** A task of a sub-plan is merged: with the last one of it, so is the task that it was written for. */
function rollUp(state: RunState, child: TaskState, commit: string, at: number): void {
  if (child.parent === undefined) return;
  const parent = known(state, child.parent);
  assert(parent.subplan !== undefined, () => `${child.parent} has no sub-plan`);
  parent.subplan.open--;
  if (parent.subplan.open > 0) return;
  parent.progress = { status: 'merged', attempt: parent.attempts.length, commit, at };
  landed(state, state.schedule.index[child.parent] as number);
}

function planned(state: RunState, id: string): { readonly task: TaskState; readonly subplan: Subplan } {
  const task = known(state, id);
  assert(
    task.progress.status === 'planned' && task.subplan !== undefined,
    () => `${id} is ${task.progress.status}, not planned`,
  );
  return { task, subplan: task.subplan };
}

function startAttempt(state: RunState, event: Extract<RecordedEvent, { event: 'attempt_started' }>, at: number): void {
  const task = known(state, event.task);
  const position = state.schedule.index[event.task] as number;
  assert(task.progress.status === 'pending', () => `${event.task} is ${task.progress.status}, not pending`);
  assert(state.schedule.unmet[position] === 0, () => `${event.task} started before its needs were merged`);
  assert(event.attempt === task.attempts.length + 1, () => `${name(event)} follows ${task.attempts.length} attempts`);
  task.attempts.push(attemptOf(event, at));
  task.progress = { status: 'working', attempt: event.attempt };
  dropReady(state.schedule, position);
  state.schedule.active.push(position);
}

function sidesOf(losses: readonly Loss[]): string {
  const sides = new Set(losses.map(({ side }) => (side === 'theirs' ? 'those who landed' : 'its own earlier work')));
  return [...sides].join(' and ');
}

function isAwaited(state: RunState, key: string): boolean {
  if (state.trains.some(({ cars }) => cars.some(({ tree }) => key.startsWith(`${tree}:`)))) return true;
  return state.queue.some((id) => {
    const progress = taskOf(state, id)?.progress;
    return (
      progress?.status === 'merging' &&
      (key.startsWith(`${progress.work.tree}:`) || key.startsWith(`${progress.landing?.tree}:`))
    );
  });
}

function closeGate(state: RunState, id: string): void {
  state.gates = state.gates.filter((gate) => gate.id !== id);
}

/** A person said how a task goes on that failed in the same way again and again: it gets its attempts anew. */
function closeCircuit(state: RunState, event: Extract<RecordedEvent, { event: 'gate_answered' }>): void {
  const task = taskOf(state, event.gate.slice('circuit:'.length));
  if (task === undefined || event.answer === 'block') return;
  const agent =
    event.answer === 'other-agent' ? otherAgent(state, repeatedIn(task)?.agents ?? []) : task.circuit?.agent;
  task.circuit = {
    from: task.attempts.length,
    ...(event.note === undefined ? {} : { advice: event.note }),
    ...(agent === undefined ? {} : { agent }),
  };
  task.failures = 0;
  task.losses = 0;
}
