import { attemptName, type FailedCheck } from '../event.ts';
import type { FailureSpec, Occurrence, Seen } from './spec.ts';

/** Times that one task may be sent back by the merge queue before it is called thrash. */
const THRASH = 3;

/** What goes wrong in the merge queue and on branches. */
export const LANDING_FAILURES: readonly FailureSpec[] = [
  {
    id: 'merge-conflict',
    about: 'Work conflicts with what landed meanwhile.',
    recovery:
      'The next attempt begins on the new tip by itself; give both tasks an order (Needs) when their paths overlap.',
    detect: {
      merge_conflicted: (event) => ({
        of: event.paths[0] ?? '',
        task: event.task,
        what: `${attemptName(event.task, event.attempt)} conflicts in ${event.paths.slice(0, 3).join(', ')}`,
      }),
    },
  },
  {
    id: 'broken-together',
    about: 'Work that passed alone fails on top of what landed meanwhile.',
    recovery: 'The next attempt begins on the new tip by itself and is told the output.',
    detect: {
      // In logs before there were trains the verification itself said it.
      verification_finished: (event) =>
        event.passed || !event.landing || event.train !== undefined
          ? undefined
          : broken(event, event.failed, event.base.slice(0, 8)),
      landing_rejected: (event) =>
        broken(event, event.failed, event.with.length === 0 ? 'the branch' : event.with.join(', ')),
    },
  },
  {
    id: 'merge-thrash',
    about: `The merge queue sent one task back ${THRASH} times.`,
    recovery: 'Something that changes all the time lies in its way: let the others land first, or narrow its scope.',
    detect: {
      merge_conflicted: (event, seen) => sentBack(event.task, seen),
      verification_finished: (event, seen) =>
        event.landing && !event.passed && event.train === undefined ? sentBack(event.task, seen) : undefined,
      landing_rejected: (event, seen) => sentBack(event.task, seen),
      merge_finished: (event, { notes }) => {
        delete notes[`sent-back:${event.task}`];
        delete notes[`failed:${event.task}`];
        return undefined;
      },
    },
  },
  {
    id: 'stale-evidence',
    about: 'A tree landed for which no verification is recorded.',
    recovery: 'Verify the run branch by hand; such a log was written by another program, or by a defect: tell us.',
    seed: 7,
    detect: {
      merge_finished: (event, { state }) =>
        // Of tasks that landed as one, the tree of the last is the one that the branch stands on.
        event.more === true || state.verified.some((key) => key.startsWith(`${event.tree}:`))
          ? undefined
          : {
              of: event.task,
              task: event.task,
              what: `${event.task} landed as ${event.commit.slice(0, 8)}, and nothing verified its tree ${event.tree.slice(0, 8)}`,
            },
    },
    settled: () => false,
  },
  {
    id: 'branch-displaced',
    about: 'Somebody else moved or deleted a branch of the run.',
    recovery: 'Answer the gate: put the branch back, or cancel the run.',
    detect: {
      branch_moved: (event) =>
        event.forward && event.to !== null
          ? undefined
          : {
              of: event.branch,
              what:
                event.to === null
                  ? `${event.branch} was deleted`
                  : `${event.branch} was moved to ${event.to.slice(0, 8)}`,
            },
    },
    settled: (_, state) => state.displaced === undefined,
  },
  {
    id: 'repository-tampered',
    about: 'Configuration, hooks or info of the repository changed while the run was at work.',
    recovery: 'Look at the files that the gate names, then accept the change or cancel the run.',
    detect: {
      repository_tampered: (event) => ({
        of: event.files.join(','),
        what: `changed: ${event.files.slice(0, 3).join(', ')}`,
      }),
    },
    settled: (_, state) => state.tampered === undefined,
  },
  {
    id: 'branch-broken',
    about: 'The finished branch fails the verification of the whole.',
    recovery: 'Read the output, mend it in a task of its own, or finish with keep and mend it by hand.',
    detect: {
      branch_verified: (event) =>
        event.passed
          ? undefined
          : {
              of: event.failed?.command ?? '',
              what: `the finished branch fails: ${event.failed?.command ?? ''}: ${event.failed?.reason ?? ''}`,
            },
    },
    settled: (_, state) => state.branchCheck?.passed !== false,
  },
  {
    id: 'finish-refused',
    about: 'What was chosen for the end of the run could not be done.',
    recovery: 'The gate says why and is open again.',
    detect: { finish_refused: (event) => ({ of: event.choice, what: `${event.choice}: ${event.reason}` }) },
    settled: (_, state) => state.finishRefused === undefined,
  },
];

function sentBack(task: string, { notes }: Seen): Occurrence | undefined {
  const key = `sent-back:${task}`;
  const times = Number(notes[key] ?? 0) + 1;
  notes[key] = String(times);
  return times < THRASH
    ? undefined
    : { of: task, task, what: `${task} was sent back ${times} times by the merge queue` };
}

function broken(
  { task, attempt }: { readonly task: string; readonly attempt: number },
  failed: FailedCheck | undefined,
  onto: string,
): Occurrence {
  return {
    of: failed?.command ?? '',
    task,
    what: `${attemptName(task, attempt)} on top of ${onto}: ${failed?.command ?? ''}: ${failed?.reason ?? 'failed'}`,
  };
}
