import { assert, unreachable } from '../base/assert.ts';
import { parseStamp } from '../base/time.ts';
import type { RecordedEvent } from './event.ts';
import { knownEvent } from './event-names.ts';
import { describeEvent } from './describe.ts';
import { checkStarted, notePredicted, trainStarted } from './queue/fold.ts';
import { noteFailures } from './failures/fold.ts';
import type { Loss } from './queue/loss.ts';
import { foldRadar } from './radar.ts';
import { foldLaneTold } from './lane-limits.ts';
import { laneGate } from './lanes.ts';
import { closeReviewGate, concluded, disputed, skipped } from './review/fold.ts';
import { drop, dropReady, makeReady, newSchedule, rankAnew, setWaves } from './schedule.ts';
import { foldExamination, foldOldTests } from './witnessing.ts';
import { follow, markUntidy, reopen, reviewAgain, startReview } from './course.ts';
import { current, known, name, working } from './under-way.ts';
import { evolveSetup } from './setup.ts';
import { arrive } from './amend/leaving.ts';
import { amendmentProposed, planAmended, taskAdvised, taskAttached, taskWaived } from './amend/fold.ts';
import { RECENT, taskOf, type RunState } from './state.ts';
import { branchVerified, foldFinish, runCompleted } from './finish/fold.ts';
import { gateOpened, gateAnswered, closeGate } from './fold/gates.ts';
import { subplanWritten, subplanApproved, subplanEdited, subplanRejected } from './fold/subplans.ts';
import {
  authoringBegun,
  authoringExtended,
  documentApproved,
  documentEdited,
  documentRejected,
  documentWritten,
} from './authoring/fold.ts';
import { runImported, taskTakenOver } from './fold/imports.ts';
import { landingRejected, mergeConflicted, mergeFinished } from './fold/landing.ts';
import { attemptFinished, attemptStarted, verificationFinished } from './fold/attempts.ts';

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
      if (event.texts !== undefined) state.texts = event.texts;
      if (event.context !== undefined) state.context = event.context;
      if (event.terms !== undefined) state.terms = event.terms;
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
      if (event.config !== undefined) state.config = event.config;
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
    case 'run_imported':
      return runImported(state, event);
    case 'task_taken_over':
      return taskTakenOver(state, event, at);
    case 'plan_approved':
      assert(event.sha256 === state.planSha256, 'the approval is for another text of the plan');
      state.approved = { by: event.by, at };
      return;
    case 'phase_entered':
      state.phase = event.phase;
      return;
    case 'gate_opened':
      return gateOpened(state, event, at);
    case 'gate_answered':
      return gateAnswered(state, event, at);
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
      return event.reviews !== undefined ? startReview(state, event, at) : attemptStarted(state, event, at);
    case 'attempt_finished':
      return attemptFinished(state, event, at);
    case 'setup_started':
    case 'setup_finished':
    case 'teardown_finished':
      return evolveSetup(state, event, at);
    case 'permission_asked': {
      const { attempt } = working(state, event.task, event.attempt);
      attempt.asks ??= {};
      const { kind, tool, command, what } = event;
      attempt.asks[event.ask] = { command, about: { kind, tool, command, what } };
      return;
    }
    case 'repair_asked':
      working(state, event.task, event.attempt).attempt.repair = event.problems;
      return;
    case 'agent_reported':
      current(state, event.task, event.attempt).attempt.report = {
        session: event.session,
        usage: event.usage,
        ...(event.model === null ? {} : { model: event.model }),
        ...(event.failure === null ? {} : { failure: event.failure }),
      };
      return;
    case 'lane_parked': {
      const { failure, message, by } = event;
      const until = event.until === null ? null : parseStamp(event.until);
      const lane = (state.lanes[event.lane] ??= { parked: undefined, tries: 0 });
      lane.parked = { failure, until, message, ...(by === undefined ? {} : { by }) };
      lane.tries++;
      return;
    }
    case 'lane_told':
      foldLaneTold(state, event, at);
      return;
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
    case 'subplan_written':
      return subplanWritten(state, event, at);
    case 'subplan_edited':
      return subplanEdited(state, event);
    case 'subplan_approved':
      return subplanApproved(state, event, at);
    case 'subplan_rejected':
      return subplanRejected(state, event);
    case 'authoring_begun':
      return authoringBegun(state, event);
    case 'authoring_extended':
      return authoringExtended(state, event);
    case 'document_written':
      return documentWritten(state, event, at);
    case 'document_edited':
      return documentEdited(state, event);
    case 'document_approved':
      return documentApproved(state, event, at);
    case 'document_rejected':
      return documentRejected(state, event);
    case 'attempt_voided': {
      if (known(state, event.task).attempts[event.attempt - 1]?.left === true) return;
      const { task, attempt } = current(state, event.task, event.attempt);
      closeReviewGate(state, event.task);
      attempt.ended = { at, ending: 'voided', reason: event.reason };
      markUntidy(state, task);
      task.losses++;
      if (arrive(state, task, at)) return;
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
      // The task was taken away while it was reviewed: nobody goes by the verdict.
      if ([event.attempt, event.reviews].some((number) => task.attempts[number - 1]?.left === true)) return;
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
    case 'checkout_changed':
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
    case 'old_tests_tried':
      return foldOldTests(current(state, event.task, event.attempt).attempt, event);
    case 'witness_failed':
      current(state, event.task, event.attempt).attempt.lesson = { what: event.check, paths: [] };
      return;
    case 'verification_started':
      current(state, event.task, event.attempt);
      checkStarted(state, event, at);
      return;
    case 'verification_finished':
      return verificationFinished(state, event, at);
    case 'verification_flaked': {
      const flakes = (state.landings.flakes ??= {});
      flakes[event.command] = (flakes[event.command] ?? 0) + 1;
      return;
    }
    case 'queue_predicted':
      notePredicted(state, event.tasks);
      return;
    case 'train_started':
      return trainStarted(state, event, at);
    case 'numbers_given':
      current(state, event.task, event.attempt);
      return;
    case 'train_dropped':
      state.trains = state.trains.filter(({ id }) => id !== event.train);
      return;
    case 'landing_rejected':
      return landingRejected(state, event, at);
    case 'merge_started': {
      const { task } = current(state, event.task, event.attempt);
      assert(task.progress.status === 'merging', () => `${name(event)} is not in the merge queue`);
      task.progress = { ...task.progress, landing: { base: event.base, commit: event.commit, tree: event.tree } };
      return;
    }
    case 'merge_conflicted':
      return mergeConflicted(state, event, at);
    case 'merge_finished':
      return mergeFinished(state, event, at);
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
      task.circuit = {
        from: task.attempts.length,
        ...(event.advice === undefined ? {} : { advice: event.advice }),
      };
      state.schedule.failed--;
      task.progress = { status: 'pending' };
      makeReady(state.schedule, state.schedule.index[event.task] as number);
      return;
    }
    case 'task_waived':
      return taskWaived(state, event, at);
    case 'task_attached':
      return taskAttached(state, event, at);
    case 'task_advised':
      return taskAdvised(state, event);
    case 'amendment_proposed':
      return amendmentProposed(state, event);
    case 'plan_amended':
      return planAmended(state, event, at);
    case 'branch_verified':
      return branchVerified(state, event);
    case 'stop_checked':
    case 'criteria_waived':
    case 'balance_drawn':
    case 'unit_branched':
    case 'branch_pushed':
    case 'pull_request_opened':
    case 'narrative_asked':
    case 'narrative_told':
    case 'run_archived':
      return foldFinish(state, event, at);
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
      return runCompleted(state, event);
    case 'recovered':
    case 'leftovers_ended':
    case 'log_repaired':
    case 'anomaly':
      return;
    default:
      unreachable(event);
  }
}

function sidesOf(losses: readonly Loss[]): string {
  const sides = new Set(losses.map(({ side }) => (side === 'theirs' ? 'those who landed' : 'its own earlier work')));
  return [...sides].join(' and ');
}
