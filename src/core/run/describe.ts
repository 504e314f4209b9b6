import { FAILURES } from '../agents/failure.ts';
import { unreachable } from '../base/assert.ts';
import { duration } from '../base/time.ts';
import { NO_CHECKS } from './checks.ts';
import { attemptName, type RunEvent, type WantedAs } from './event.ts';

/**
 * An event in words, for the live view, plain output, `status` and `explain`; `undefined` for events that only carry
 * data. Text that came from outside is not cleaned here: surfaces print through `printable`.
 */
export function describeEvent(event: RunEvent): string | undefined {
  switch (event.event) {
    case 'run_created':
      return `run ${event.slug} created on ${event.base_branch} at ${event.base.slice(0, 8)}`;
    case 'plan_written':
      return `plan of ${event.tasks.length} ${event.tasks.length === 1 ? 'task' : 'tasks'} written`;
    case 'plan_approved':
      return `plan approved by ${event.by} (${event.how})`;
    case 'phase_entered':
      return `phase ${event.phase}`;
    case 'gate_opened':
      return `waits for you: ${event.question}`;
    case 'gate_answered':
      return `${event.gate}: ${event.answer}, by ${event.by} (${event.how})`;
    case 'branch_created':
      return `branch ${event.branch} created`;
    case 'branch_moved':
      return event.to === null
        ? `branch ${event.branch} was deleted by somebody else`
        : `branch ${event.branch} was moved to ${event.to.slice(0, 8)} by somebody else`;
    case 'branch_restored':
      return `branch ${event.branch} put back to ${event.commit.slice(0, 8)}`;
    case 'repository_tampered':
      return `changed in the repository's git directory: ${event.files.join(', ')}`;
    case 'attempt_started':
      return `${attemptName(event.task, event.attempt)} started with ${event.agent}${assignmentWords(event)}`;
    case 'attempt_finished':
      return `${attemptName(event.task, event.attempt)} ${endingWords(event.ending)}${event.ending === 'done' ? '' : `: ${event.reason}`}`;
    case 'agent_reported':
      return event.how === 'failed' && event.failure !== null
        ? `${attemptName(event.task, event.attempt)} reports: ${FAILURES[event.failure].about}${event.message === '' ? '' : ` (${event.message})`}`
        : undefined;
    case 'permission_asked':
      return undefined;
    case 'lane_parked':
      return event.until === null
        ? `nothing starts on ${event.lane} until somebody says so: ${FAILURES[event.failure].about}`
        : `nothing starts on ${event.lane} until ${event.until.slice(0, 16).replace('T', ' ')} UTC: ${FAILURES[event.failure].about}`;
    case 'lane_opened':
      return `${event.lane} is open again (${event.by})`;
    case 'agent_degraded':
      return `degraded: ${event.from} ${roleWords(event.role)} cannot be started (${event.why}); ${event.to === null ? 'nobody takes its place' : `${event.to} takes its place`}`;
    case 'agent_restored':
      return `${event.agent} ${roleWords(event.role)} can be started again`;
    case 'subplan_written':
      return `${event.task}: sub-plan of ${event.tasks.length} ${event.tasks.length === 1 ? 'task' : 'tasks'} written${event.clean ? '' : ', with errors'}`;
    case 'subplan_edited':
      return `${event.task}: sub-plan edited by ${event.by}: ${event.tasks.length} ${event.tasks.length === 1 ? 'task' : 'tasks'}${event.clean ? '' : ', with errors'}`;
    case 'subplan_approved':
      return `${event.task}: sub-plan approved by ${event.by} (${event.how})`;
    case 'subplan_rejected':
      return `${event.task}: sub-plan rejected by ${event.by}: ${event.reason}`;
    case 'attempt_voided':
      return `${attemptName(event.task, event.attempt)} void: ${event.reason}`;
    case 'contract_violation':
      return `${attemptName(event.task, event.attempt)} broke ${event.contract_id}: ${event.problems.join('; ')}`;
    case 'snapshot_taken':
      return `${attemptName(event.task, event.attempt)} kept in ${event.ref}`;
    case 'scope_violated':
      return `${attemptName(event.task, event.attempt)} left its scope: ${event.paths.slice(0, 5).join(', ')}${event.paths.length > 5 ? ', …' : ''}`;
    case 'witness_failed':
      return `${attemptName(event.task, event.attempt)} claims ${event.claim}, but ${event.check}`;
    case 'change_examined':
      return examinedWords(event);
    case 'verification_finished':
      // What was never asked for is not called a proof.
      if (event.passed && event.checks === NO_CHECKS)
        return `${attemptName(event.task, event.attempt)} has no verify command: nothing was verified${on(event)}`;
      return event.passed
        ? `${attemptName(event.task, event.attempt)} verified${on(event)} in ${duration(event.duration_ms)}`
        : `${attemptName(event.task, event.attempt)} not verified${on(event)}: ${event.failed === undefined ? 'failed' : `${event.failed.command}: ${event.failed.reason}`}`;
    case 'merge_conflicted':
      return `${attemptName(event.task, event.attempt)} conflicts in ${event.paths.join(', ')}`;
    case 'merge_finished':
      return `${event.task} merged as ${event.commit.slice(0, 8)}${event.adopted ? ' (found after a crash)' : ''}`;
    case 'task_failed':
      return `${event.task} failed: ${event.reason}`;
    case 'task_reopened':
      return `${event.task} opened again by ${event.by}`;
    case 'branch_verified':
      return event.passed
        ? 'the finished branch is verified'
        : `the finished branch fails: ${event.failed?.command ?? ''}`;
    case 'finish_refused':
      return `finish ${event.choice} refused: ${event.reason}`;
    case 'run_cancelled':
      return `run cancelled by ${event.by}: ${event.reason}`;
    case 'run_completed':
      return `run completed: ${event.outcome}`;
    case 'recovered': {
      const parts = [
        ...(event.attached.length > 0 ? [`attached to ${event.attached.join(', ')}`] : []),
        ...(event.adopted.length > 0 ? [`adopted ${event.adopted.join(', ')}`] : []),
        ...(event.lost.length > 0 ? [`lost ${event.lost.join(', ')}`] : []),
      ];
      return `recovered: ${parts.join('; ')}`;
    }
    case 'log_repaired':
      return `cut ${event.cut_bytes} bytes of a torn last line from the log (kept in ${event.kept_in})`;
    case 'anomaly':
      return `${event.what}: ${event.detail}`;
    case 'durations_estimated':
      return `${event.from} tasks of earlier runs say how long this one takes`;
    case 'config_resolved':
    case 'repository_fingerprinted':
    case 'digest_recorded':
    case 'verification_started':
    case 'merge_started':
    case 'worktree_removed':
      return undefined;
    default:
      return unreachable(event);
  }
}

function examinedWords({
  task,
  attempt,
  findings,
  verdict,
}: Extract<RunEvent, { event: 'change_examined' }>): string | undefined {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) return undefined;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const how = { rejected: 'rejected', asked: 'waits for a person', warned: 'goes on all the same', passed: 'goes on' }[
    verdict
  ];
  return `${attemptName(task, attempt)} weakens what should prove it, ${how}: ${first.path}: ${first.what}${more}`;
}

function on(event: Extract<RunEvent, { event: 'verification_finished' }>): string {
  return event.landing ? ` on top of ${event.base.slice(0, 8)}` : '';
}

/** As what, with which model, and why: nothing for the usual. */
function assignmentWords({ role, model, reason }: Extract<RunEvent, { event: 'attempt_started' }>): string {
  if (role === undefined) return '';
  const usual = reason === `role ${role}`;
  const words = [
    ...(usual && role === 'implement' ? [] : [role]),
    ...(typeof model === 'string' ? [model] : []),
    ...(usual || reason === undefined ? [] : [reason]),
  ];
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

function roleWords(role: WantedAs): string {
  return role === 'task' ? '(a task asks for it)' : `(${role})`;
}

function endingWords(ending: Extract<RunEvent, { event: 'attempt_finished' }>['ending']): string {
  switch (ending) {
    case 'done':
      return 'says it is done';
    case 'blocked':
      return 'is blocked';
    case 'failed':
      return 'failed';
    case 'lost':
      return 'was lost';
    case 'timed_out':
      return 'timed out';
    case 'cancelled':
      return 'was cancelled';
    case 'contract_violation':
      return 'broke its contract';
    case 'limited':
      return 'could not work';
    default:
      return unreachable(ending);
  }
}
