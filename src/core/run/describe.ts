import { standingOf } from './finish/balance.ts';
import { FAILURES } from '../agents/failure.ts';
import { unreachable } from '../base/assert.ts';
import { duration } from '../base/time.ts';
import { NO_CHECKS } from './checks.ts';
import { changeWords } from './amend/words.ts';
import { attemptName, type RunEvent, type WantedAs } from './event.ts';
import type { FailedSetup } from './environment-event.ts';
import type { RunSettings } from './settings.ts';

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
    case 'run_imported':
      return `imported from ${event.from}${event.schema === undefined ? '' : ` (schema ${event.schema})`}`;
    case 'task_taken_over':
      return `${event.task} ${TAKEN[event.verdict]}: ${event.evidence.map(({ what }) => what).join('; ')}`;
    case 'plan_approved':
      return `plan approved by ${event.by} (${event.how})`;
    case 'phase_entered':
      return `phase ${event.phase}`;
    case 'gate_opened':
      return `waits for you: ${event.question}`;
    case 'gate_answered':
      return `${event.gate}: ${event.answer}, by ${event.by} (${event.how})${event.note === undefined ? '' : `: ${event.note}`}`;
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
      return event.reviews === undefined
        ? `${attemptName(event.task, event.attempt)} started with ${event.agent}${assignmentWords(event)}`
        : `${attemptName(event.task, event.attempt)} reviews ${attemptName(event.task, event.reviews.attempt)} with ${event.agent}${event.reviews.how === 'same-vendor' ? ' (of the SAME vendor)' : ''}`;
    case 'attempt_finished':
      return `${attemptName(event.task, event.attempt)} ${endingWords(event.ending)}${event.ending === 'done' ? '' : `: ${event.reason}`}`;
    case 'setup_started':
      return `${attemptName(event.task, event.attempt)} is set up${portWords(event.lease.ports)}`;
    case 'setup_finished':
      return event.passed
        ? `${attemptName(event.task, event.attempt)} set up in ${duration(event.duration_ms)}`
        : `${attemptName(event.task, event.attempt)} not set up: ${setupWords(event.failed)}`;
    case 'teardown_finished':
      return event.passed
        ? undefined
        : `${attemptName(event.task, event.attempt)} not cleared up: ${setupWords(event.failed)}`;
    case 'artefacts_collected':
      return `${attemptName(event.task, event.attempt)} left ${event.count} ${event.count === 1 ? 'artefact' : 'artefacts'} in ${event.directory}${event.left_out === 0 ? '' : `; ${event.left_out} left out`}`;
    case 'repair_asked':
      return `${attemptName(event.task, event.attempt)} is asked for its digest once more: ${event.problems[0] ?? 'it is not valid'}`;
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
    case 'lane_told':
      return undefined;
    case 'lane_held':
      return event.until === null
        ? `the limit of ${event.lane} should be over; nobody said yet that it goes on (limits.resume_unattended: false)`
        : `the limit of ${event.lane} should be over; it rests until ${event.until.slice(0, 16).replace('T', ' ')} UTC, when the quiet hours end`;
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
    case 'review_finished':
      return reviewWords(event);
    case 'review_skipped':
      return event.why === 'nothing-changed'
        ? `${attemptName(event.task, event.attempt)} needs no review: ${event.reason}`
        : `${attemptName(event.task, event.attempt)} is NOT REVIEWED: ${event.reason}`;
    case 'review_stale':
      return `${attemptName(event.task, event.attempt)} was reviewed before others landed in ${event.paths.slice(0, 3).join(', ')}${event.paths.length > 3 ? ', …' : ''}: ${event.again ? 'it is reviewed again' : 'what lands was NOT REVIEWED as it lands'}`;
    case 'review_discarded':
      return `${attemptName(event.task, event.attempt)} only reviews, and changed ${event.paths.slice(0, 5).join(', ')}${event.paths.length > 5 ? ', …' : ''}: thrown away`;
    case 'snapshot_taken':
      return `${attemptName(event.task, event.attempt)} kept in ${event.ref}`;
    case 'conflict_foreseen':
      return `${event.tasks.join(' and ')} will conflict as they stand, in ${event.paths.slice(0, 3).join(', ')}${event.paths.length > 3 ? ', …' : ''}`;
    case 'conflict_cleared':
      return `${event.tasks.join(' and ')} go together again`;
    case 'snapshot_skipped':
      return `${attemptName(event.task, event.attempt)}: in no snapshot (${SKIPPED[event.why]}): ${event.paths.slice(0, 5).join(', ')}${event.count > 5 ? ` and ${event.count - 5} more` : ''}`;
    case 'checkout_changed': {
      const named = event.paths.slice(0, 5).join(', ');
      const who = event.attempts.length > 1 ? 'one of their agents' : 'the agent';
      return `while ${event.attempts.join(', ')} ${event.attempts.length > 1 ? 'were' : 'was'} at work, files of your checkout changed (you, or ${who}): ${named}${event.count > 5 ? ` and ${event.count - 5} more` : ''}`;
    }
    case 'worktree_vanished':
      return `${attemptName(event.task, event.attempt)}: its worktree was ${event.how === 'missing' ? 'taken away' : 'replaced by something else'} while it worked; ${event.snapshot === null ? 'there is no snapshot of it' : `its last snapshot is ${event.snapshot.slice(0, 12)}`}`;
    case 'scope_violated':
      return `${attemptName(event.task, event.attempt)} left its scope: ${event.paths.slice(0, 5).join(', ')}${event.paths.length > 5 ? ', …' : ''}`;
    case 'witness_failed':
      return `${attemptName(event.task, event.attempt)} claims ${event.claim}, but ${event.check}`;
    case 'change_examined':
      return examinedWords(event);
    case 'old_tests_tried':
      return oldTestsWords(event);
    case 'verification_finished':
      // What was never asked for is not called a proof.
      if (event.passed && event.checks === NO_CHECKS)
        return `${attemptName(event.task, event.attempt)} has no verify command: nothing was verified${on(event)}`;
      return event.passed
        ? `${attemptName(event.task, event.attempt)} verified${on(event)} in ${duration(event.duration_ms)}`
        : `${attemptName(event.task, event.attempt)} not verified${on(event)}: ${event.failed === undefined ? 'failed' : `${event.failed.command}: ${event.failed.reason}`}`;
    case 'verification_flaked':
      return `flaky: ${event.command} failed and passed on the same tree (${attemptName(event.task, event.attempt)})`;
    case 'loss_found':
      return `${attemptName(event.task, event.attempt)} lost lines: ${event.losses
        .map(({ path, lines }) => `${path} (${lines.length})`)
        .join(', ')}`;
    case 'train_started':
      return event.cars.length < 2
        ? undefined
        : `${event.cars.map(({ task }) => task).join(', ')} are verified together on top of ${event.base.slice(0, 8)}`;
    case 'numbers_given':
      return `${attemptName(event.task, event.attempt)}: ${event.files
        .slice(0, 5)
        .map(({ from, to }) => `${from} is ${to}`)
        .join(', ')} where it lands`;
    case 'train_dropped':
      return `train ${event.train} is given up: ${event.reason}`;
    case 'landing_rejected':
      return `${attemptName(event.task, event.attempt)} does not go together with ${event.with.length === 0 ? 'the branch' : event.with.join(', ')}: ${event.failed === undefined ? 'verification failed' : `${event.failed.command}: ${event.failed.reason}`}`;
    case 'merge_conflicted':
      return `${attemptName(event.task, event.attempt)} ${event.lost === undefined ? 'conflicts' : 'would lose lines'} in ${event.paths.join(', ')}${event.with === undefined || event.with.length === 0 ? '' : ` with ${event.with.join(', ')}`}`;
    case 'merge_finished':
      return `${event.task} merged as ${event.commit.slice(0, 8)}${event.adopted ? ' (found after a crash)' : ''}`;
    case 'circuit_opened':
      return `${event.task} failed ${event.count} times in the same way: ${event.what}`;
    case 'task_failed':
      return `${event.task} failed: ${event.reason}`;
    case 'task_reopened':
      return `${event.task} opened again by ${event.by}${event.advice === undefined ? '' : `: ${event.advice}`}`;
    case 'task_waived':
      return `${event.task}${event.criterion === undefined ? '' : `, criterion ${event.criterion},`} waived by ${event.by}: ${event.reason}`;
    case 'amendment_proposed':
      return `${event.by} puts another text of the plan forward: ${changeWords(event.changes).slice(0, 5).join('; ')}`;
    case 'plan_amended':
      return `plan amended by ${event.by} (${event.how}), now ${event.sha256.slice(0, 12)}: ${changeWords(event.changes).slice(0, 5).join('; ')}${event.changes.length > 5 ? '; …' : ''}`;
    case 'task_attached':
      return `${event.by} does ${event.task} by hand`;
    case 'task_advised':
      return `${event.task}: ${event.by} advises: ${event.advice}`;
    case 'branch_verified':
      return event.passed
        ? 'the finished branch is verified'
        : `the finished branch fails: ${event.failed?.command ?? ''}`;
    case 'stop_checked':
      return event.passed
        ? `${event.stop}: its commands passed`
        : `${event.stop}: ${event.failed?.command ?? ''}: ${event.failed?.reason ?? 'failed'}`;
    case 'criteria_waived':
      return `${event.by} does without ${event.criteria.join(', ')}: ${event.reason}`;
    case 'balance_drawn': {
      const { asked, proven, waived, missing } = standingOf(event.items);
      if (asked === 0) return undefined;
      const rest = [
        ...(waived.length === 0 ? [] : [`waived ${waived.slice(0, 10).join(', ')}`]),
        ...(missing.length === 0 ? [] : [`missing ${missing.slice(0, 10).join(', ')}`]),
      ];
      return `${proven} of ${asked} things that the plan asks for are proven${rest.length === 0 ? '' : `; ${rest.join('; ')}`}`;
    }
    case 'unit_branched':
      return `${event.task} is on the branch ${event.branch}, upon ${event.base}`;
    case 'branch_pushed':
      return event.adopted
        ? `${event.branch} was at ${event.remote} already`
        : `pushed ${event.branch} to ${event.remote}`;
    case 'pull_request_opened':
      return `${event.adopted ? 'there is a pull request already' : 'opened a pull request'}: ${event.url}`;
    case 'narrative_asked':
      return `${event.agent} is asked what it makes of the run`;
    case 'narrative_told':
      return event.said === undefined
        ? `the retro is without words of ${event.agent}: ${event.reason}`
        : `${event.agent} said what it makes of the run`;
    case 'run_archived':
      return `archived: ${event.path}`;
    case 'finish_refused':
      return `finish ${event.choice} refused: ${event.reason}`;
    case 'run_cancelled':
      return `run cancelled by ${event.by}: ${event.reason}`;
    case 'run_completed':
      return `run completed: ${event.outcome}${(event.missing ?? []).length === 0 ? '' : `, without ${(event.missing ?? []).slice(0, 10).join(', ')}`}`;
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
    case 'leftovers_ended':
      return `cleared away what an earlier life left behind: ${[...event.processes, ...(event.locks ?? [])].join('; ')}`;
    case 'dispatch_paused':
      return `nothing new starts: ${event.detail}`;
    case 'dispatch_resumed':
      return 'there is room again: tasks start';
    case 'durations_estimated':
      return `${event.from} tasks of earlier runs say how long this one takes`;
    case 'authoring_begun':
      return `begins with an idea: ${event.topic}`;
    case 'authoring_extended':
      return event.until === null
        ? `${event.by} lets it go on to the end`
        : `${event.by} lets it go on to the ${event.until}`;
    case 'document_written':
      return documentWords(event);
    case 'document_edited':
      return `${event.by} edited what ${event.task} wrote`;
    case 'document_approved':
      return `${event.task}: approved by ${event.by} (${event.how})`;
    case 'document_rejected':
      return `${event.task}: ${event.reason}`;
    case 'config_resolved':
      return event.by === undefined ? undefined : policyWords(event.settings, event.by);
    case 'repository_fingerprinted':
    case 'digest_recorded':
    case 'verification_started':
    case 'queue_predicted':
    case 'merge_started':
    case 'worktree_removed':
      return undefined;
    default:
      return unreachable(event);
  }
}

function documentWords(event: Extract<RunEvent, { event: 'document_written' }>): string {
  const name = attemptName(event.task, event.attempt);
  if (event.questions !== undefined) return `${name} has ${event.questions.length} questions`;
  if (event.plan !== undefined) {
    const count = event.plan.tasks.length;
    return `${name} wrote a ${event.plan.kind} plan of ${count} ${count === 1 ? 'task' : 'tasks'}`;
  }
  if (event.commit !== undefined) return `${name} wrote the spec`;
  // A scan has a remark where nothing came of it.
  return event.remarks.length === 0
    ? `${name} has looked around`
    : `${name} looked around: ${event.remarks.join('; ')}`;
}

function policyWords({ autonomy, complexity }: RunSettings, by: string): string {
  const words = [
    ...(autonomy === undefined ? [] : [`autonomy is ${autonomy}`]),
    ...(complexity === undefined ? [] : [`complexity is ${complexity}`]),
  ];
  return `${words.join(', ')} from here on, says ${by}`;
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

function oldTestsWords({
  task,
  attempt,
  finding,
  verdict,
}: Extract<RunEvent, { event: 'old_tests_tried' }>): string | undefined {
  if (finding === undefined) return undefined;
  const how = verdict === 'asked' ? ', waits for a person' : verdict === 'rejected' ? ', rejected' : '';
  return `${attemptName(task, attempt)}${how}: ${finding.path}: ${finding.what}`;
}

function reviewWords(event: Extract<RunEvent, { event: 'review_finished' }>): string {
  const what = `${attemptName(event.task, event.reviews)}, round ${event.round}`;
  const holding = event.findings.filter(({ holds }) => holds);
  const told = event.findings.filter(
    ({ round, holds, note }) => round === event.round && !holds && note !== undefined,
  ).length;
  const beside = told === 0 ? '' : ` (${told} told, not held against it)`;
  if (event.verdict === 'approve') {
    const despite = event.said === 'approve' ? '' : ', though its reviewer asks for changes: no finding holds';
    return `${what}: approved by ${event.agent}${despite}${beside}`;
  }
  const words = holding.slice(0, 3).map(({ id, severity, claim }) => `${id} (${severity}) ${claim.slice(0, 100)}`);
  return `${what}: ${event.agent} asks for changes: ${words.join('; ')}${holding.length > 3 ? '; …' : ''}`;
}

function on(event: Extract<RunEvent, { event: 'verification_finished' }>): string {
  return event.landing ? ` on top of ${event.base.slice(0, 8)}` : '';
}

function setupWords(failed: FailedSetup | undefined): string {
  return failed === undefined ? 'failed' : `${failed.command}: ${failed.reason}`;
}

function portWords(ports: Readonly<Record<string, number>>): string {
  const words = Object.entries(ports).map(([name, port]) => `${name} ${port}`);
  return words.length === 0 ? '' : ` with ${words.join(', ')}`;
}

/** As what, with which model, and why: nothing for the usual. */
function assignmentWords({ role, model, reason, session }: Extract<RunEvent, { event: 'attempt_started' }>): string {
  if (role === undefined) return '';
  const usual = reason === `role ${role}`;
  const words = [
    ...(usual && role === 'implement' ? [] : [role]),
    ...(typeof model === 'string' ? [model] : []),
    ...(usual || reason === undefined ? [] : [reason]),
    ...(session === undefined ? [] : ['goes on with its conversation']),
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
    case 'out_of_memory':
      return 'used too much memory';
    case 'timed_out':
      return 'timed out';
    case 'cancelled':
      return 'was cancelled';
    case 'contract_violation':
      return 'broke its contract';
    case 'limited':
      return 'could not work';
    case 'unready':
      return 'could not begin';
    default:
      return unreachable(ending);
  }
}

const SKIPPED: Readonly<Record<Extract<RunEvent, { event: 'snapshot_skipped' }>['why'], string>> = {
  large: 'larger than snapshots.max_file',
  unreadable: 'it cannot be read',
  repository: 'a repository of its own',
};

const TAKEN = {
  done: 'was done before the import',
  possibly_done: 'may have been done before the import',
  waived: 'was waived before the import',
} as const;
