import { NO_CHECKS } from '../checks.ts';
import { attemptName } from '../event.ts';
import { taskOf } from '../state.ts';
import type { FailureSpec } from './spec.ts';

/** Rejected attempts in a row with the same words that make a loop. */
const LOOP = 3;

/** What goes wrong between a digest and the merge queue: claims, scopes, verify commands, reviews. */
export const EVIDENCE_FAILURES: readonly FailureSpec[] = [
  {
    id: 'scope-violation',
    about: 'An attempt changed paths outside of the scope of its task.',
    recovery:
      'The agent is told and tries again by itself; masterplan amend scope <task> <path>… when the paths belong to it.',
    detect: {
      scope_violated: (event) => ({
        of: event.paths[0]?.split('/', 1)[0] ?? '',
        task: event.task,
        what: `${attemptName(event.task, event.attempt)} changed ${event.paths.slice(0, 3).join(', ')}${event.paths.length > 3 ? ', …' : ''}`,
      }),
    },
  },
  {
    id: 'false-claim',
    about: 'An agent claims what git or a command shows not to be so.',
    recovery: 'The attempt is tried again with what was found; read its transcript when the same agent does it again.',
    seed: 6,
    detect: {
      witness_failed: (event) => ({
        of: event.claim,
        task: event.task,
        what: `${attemptName(event.task, event.attempt)} claims ${event.claim}, but ${event.check}`,
      }),
    },
  },
  {
    id: 'verification-failed',
    about: 'A verify command did not pass on the work of an attempt.',
    recovery: 'The next attempt is told the output; look at the command when it fails on the base branch, too.',
    detect: {
      verification_finished: (event, { notes }) => {
        const subject = `${event.tree}:${event.checks}`;
        // There the commands passed on this very tree, and it failed for another reason.
        if (!event.passed && event.old_tests === undefined && event.proof !== 'green')
          notes[`failed:${event.task}`] = subject;
        if (event.passed || event.landing || unstartable(event.failed)) return undefined;
        return {
          of: event.failed?.command ?? '',
          task: event.task,
          what: `${attemptName(event.task, event.attempt)}: ${event.failed?.command ?? 'a command'}: ${event.failed?.reason ?? 'failed'}`,
        };
      },
    },
  },
  {
    id: 'verify-not-runnable',
    about: 'A verify command could not be started, or did not end in time, so it proved nothing.',
    recovery: 'Run the command by hand in a clean checkout; mend the plan, or raise verify.timeout.',
    detect: {
      verification_finished: (event) =>
        !event.passed && unstartable(event.failed)
          ? {
              of: event.failed?.command ?? '',
              task: event.task,
              what: `${attemptName(event.task, event.attempt)}: ${event.failed?.command ?? ''}: ${event.failed?.reason ?? ''}`,
            }
          : undefined,
    },
  },
  {
    id: 'flaky-verification',
    about: 'The same commands on the same tree failed once and passed once.',
    recovery: 'What fails by chance proves nothing: make the command deterministic before more is built on it.',
    detect: {
      verification_finished: (event, { notes }) => {
        const subject = `${event.tree}:${event.checks}`;
        if (!event.passed || notes[`failed:${event.task}`] !== subject) return undefined;
        return {
          of: event.checks,
          task: event.task,
          what: `${attemptName(event.task, event.attempt)} passed on tree ${event.tree.slice(0, 8)}, where the same commands had failed`,
        };
      },
    },
    // The task may be merged by it: that is what is wrong.
    settled: (_, state) => state.phase === 'over',
  },
  {
    id: 'failure-loop',
    about: `The last ${LOOP} attempts of a task came to nothing in the same way.`,
    recovery:
      'Another attempt will not help: read the output, change the plan, the environment or the agent, then open the task again.',
    detect: {
      attempt_finished: (event, { state }) => loop(event.task, state),
      verification_finished: (event, { state }) => (event.passed ? undefined : loop(event.task, state)),
    },
    type: ({ task = '' }, slug) => [`masterplan explain ${task} --run ${slug}`],
  },
  {
    id: 'task-given-up',
    about: 'A task failed for good: it has no attempt left.',
    recovery: 'Read why, mend the cause, then open it again; what needs it waits.',
    detect: { task_failed: (event) => ({ of: event.task, task: event.task, what: `${event.task}: ${event.reason}` }) },
    type: ({ task = '' }, slug) => [
      `masterplan explain ${task} --run ${slug}`,
      `masterplan retry ${task} --run ${slug}`,
    ],
    settled: ({ task = '' }, state) => taskOf(state, task)?.progress.status !== 'failed',
  },
  {
    id: 'unclean-sub-plan',
    about: 'A planning attempt wrote a sub-plan in which lint finds errors.',
    recovery: 'Edit the sub-plan at its gate, or reject it with a reason: the next attempt is told.',
    detect: {
      subplan_written: (event) =>
        event.clean
          ? undefined
          : { of: event.task, task: event.task, what: `the sub-plan of ${event.task} has errors` },
    },
    settled: ({ task = '' }, state) => taskOf(state, task)?.progress.status !== 'planned',
  },
  {
    id: 'unproven-landing',
    about: 'Work landed that no command had verified, because the plan names none.',
    recovery: 'Give the task a verify command, or set verify.commands for all tasks.',
    seed: 6,
    detect: {
      verification_finished: (event) =>
        event.passed && event.landing && event.checks === NO_CHECKS
          ? { of: '', task: event.task, what: `${event.task} landed without any verify command` }
          : undefined,
    },
    settled: (_, state) => state.phase === 'over',
  },
];

function unstartable(failed: { readonly exit_code: number | null; readonly reason: string } | undefined): boolean {
  return (
    failed !== undefined &&
    failed.exit_code === null &&
    /^(?:could not be started|not finished after)/.test(failed.reason)
  );
}

function loop(id: string, state: Parameters<typeof taskOf>[0]): { of: string; task: string; what: string } | undefined {
  const attempts = taskOf(state, id)?.attempts ?? [];
  const last = attempts.slice(-LOOP);
  if (last.length < LOOP) return undefined;
  const words = last.map(({ ended, lesson }) => {
    // What a limit, a crash or a person ended says nothing of the task.
    if (ended === undefined || ['done', 'cancelled', 'limited', 'lost', 'voided'].includes(ended.ending))
      return undefined;
    return lesson?.check === undefined ? ended.reason : `${lesson.check.command}: ${lesson.check.reason}`;
  });
  const [first] = words;
  if (first === undefined || words.some((one) => one !== first)) return undefined;
  return { of: id, task: id, what: `${id}: ${LOOP} attempts in a row: ${first}` };
}
