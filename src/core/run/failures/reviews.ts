import { attemptName } from '../event.ts';
import { taskOf } from '../state.ts';
import type { FailureSpec } from './spec.ts';

/** Rounds of a review without approval before it is said that it does not converge. */
const ROUNDS = 3;

/** What goes wrong with reviews, and with what was looked at before them. */
export const REVIEW_FAILURES: readonly FailureSpec[] = [
  {
    id: 'review-did-not-run',
    about: 'Work went on without the review that it was to have, because nobody could review it.',
    recovery: 'Configure a reviewer of another vendor (roles.review), and look at the change yourself.',
    seed: 7,
    detect: {
      review_skipped: (event) =>
        event.why === 'no-reviewer'
          ? { of: '', task: event.task, what: `${attemptName(event.task, event.attempt)}: ${event.reason}` }
          : undefined,
    },
    // What landed unreviewed stays so.
    settled: (_, state) => state.phase === 'over',
  },
  {
    id: 'review-loop',
    about: `A review asked for changes ${ROUNDS} times and more, and does not come to an end.`,
    recovery: 'Read its findings and decide: explain shows them, with what was answered to each.',
    detect: {
      review_finished: (event) =>
        event.verdict === 'request-changes' && event.round >= ROUNDS
          ? {
              of: event.task,
              task: event.task,
              what: `${event.task}: changes were asked for in round ${event.round} by ${event.agent}`,
            }
          : undefined,
    },
  },
  {
    id: 'stale-review',
    about: 'What lands is not in every file what was reviewed, and is not reviewed again.',
    recovery: 'Look at the files that are named on the run branch.',
    detect: {
      review_stale: (event) =>
        event.again
          ? undefined
          : { of: event.task, task: event.task, what: `${event.task}: ${event.paths.slice(0, 3).join(', ')}` },
    },
    settled: (_, state) => state.phase === 'over',
  },
  {
    id: 'meddling-reviewer',
    about: 'A reviewer changed files; they were put aside.',
    recovery: 'Nothing of it landed; take the right to write from that agent where its program allows it.',
    detect: {
      review_discarded: (event) => ({
        of: '',
        task: event.task,
        what: `${attemptName(event.task, event.attempt)} changed ${event.paths.slice(0, 3).join(', ')}`,
      }),
    },
  },
  {
    id: 'doctored-change',
    about: 'The witness found that a change weakens what is to prove it.',
    recovery: 'The attempt is told and tries again, or a gate asks; look at the findings before saying yes.',
    seed: 6,
    detect: {
      change_examined: (event) =>
        event.verdict === 'rejected' || event.verdict === 'asked'
          ? {
              of: '',
              task: event.task,
              what: `${attemptName(event.task, event.attempt)}: ${event.findings.length} ${event.findings.length === 1 ? 'finding' : 'findings'} of the witness`,
            }
          : undefined,
      old_tests_tried: (event) =>
        event.verdict === 'rejected' || event.verdict === 'asked'
          ? {
              of: '',
              task: event.task,
              what: `${attemptName(event.task, event.attempt)}: its tests fail on the result as they were`,
            }
          : undefined,
    },
  },
  {
    id: 'tests-as-they-were',
    about: 'The tests that a change altered or deleted fail on its result as they were, and its task does not say so.',
    recovery: 'Right where the task changes what they test; else look at the change: its new tests may ask for less.',
    detect: {
      old_tests_tried: (event) =>
        event.verdict === 'warned' && event.allowed === undefined
          ? {
              of: event.task,
              task: event.task,
              what: `${attemptName(event.task, event.attempt)}: ${event.paths.slice(0, 3).join(', ')}${event.failed === undefined ? '' : `: ${event.failed.command}: ${event.failed.reason}`}`,
            }
          : undefined,
    },
    // What landed so stays worth a look.
    settled: (_, state) => state.phase === 'over',
  },
  {
    id: 'silent-loss',
    about: 'An agent that was handed a conflict left out lines of one side and did not say so.',
    recovery: 'The attempt is sent back by itself; read the change when it happens again.',
    detect: {
      loss_found: (event) => ({
        of: '',
        task: event.task,
        what: `${attemptName(event.task, event.attempt)} lost ${event.losses.length} ${event.losses.length === 1 ? 'stretch' : 'stretches'} of lines`,
      }),
    },
  },
];

/** What goes wrong with the worktrees that agents work in. */
export const WORKTREE_FAILURES: readonly FailureSpec[] = [
  {
    id: 'vanished-worktree',
    about: 'Somebody took a worktree away while an agent was at work in it.',
    recovery: 'The next attempt begins with the last snapshot; find out who deletes below .masterplan/.',
    detect: {
      worktree_vanished: (event) => ({
        of: '',
        task: event.task,
        what: `the worktree of ${attemptName(event.task, event.attempt)} ${event.how === 'missing' ? 'is gone' : 'is another one'}`,
      }),
    },
  },
  {
    id: 'not-in-snapshot',
    about: 'Files of an attempt are in no snapshot, because they are large, unreadable or repositories of their own.',
    recovery: 'Have them ignored when they are made anew anyway; else keep them small.',
    detect: {
      snapshot_skipped: (event) => ({
        of: event.why,
        task: event.task,
        what: `${attemptName(event.task, event.attempt)}: ${event.count} ${event.why}: ${event.paths.slice(0, 3).join(', ')}`,
      }),
    },
  },
  {
    id: 'checkout-changed',
    about:
      'Files of your checkout changed while agents were at work that nothing contains: you did it, or one of them.',
    recovery:
      'Look at them with git diff; nothing of them was touched or landed. Contain agents that write where they should not.',
    detect: {
      checkout_changed: (event) => ({
        of: '',
        what: `while ${event.attempts.join(', ')} worked: ${event.paths.slice(0, 3).join(', ')}${event.count > 3 ? ` and ${event.count - 3} more` : ''}`,
      }),
    },
    type: () => ['git status', 'git diff'],
    // Only who looks at them knows whose they are.
    settled: () => false,
  },
  {
    id: 'setup-failed',
    about: 'A worktree could not be made ready, so its agent never started.',
    recovery: 'Run the command by hand in a fresh checkout; mend it in environment.setup or the file that asks for it.',
    detect: {
      setup_finished: (event) =>
        event.passed
          ? undefined
          : {
              of: event.failed?.command ?? '',
              task: event.task,
              what: `${attemptName(event.task, event.attempt)}: ${event.failed?.command ?? 'a command'}: ${event.failed?.reason ?? 'failed'}`,
            },
    },
  },
  {
    id: 'teardown-failed',
    about: 'What the set-up of a worktree began could not be cleared up.',
    recovery: 'Run the command by hand; what it leaves behind takes ports, disk and databases from others.',
    detect: {
      teardown_finished: (event) =>
        event.passed
          ? undefined
          : {
              of: event.failed?.command ?? '',
              task: event.task,
              what: `${attemptName(event.task, event.attempt)}: ${event.failed?.command ?? 'a command'}: ${event.failed?.reason ?? 'failed'}`,
            },
    },
    settled: (_, state) => state.phase === 'over',
  },
  {
    id: 'dropped-train',
    about: 'Several tasks that were to land together were given up as a group, and wait again.',
    recovery: 'Nothing is to be done: they are tried in smaller groups.',
    detect: { train_dropped: (event) => ({ of: '', what: `train ${event.train}: ${event.reason}` }) },
    settled: () => true,
  },
  {
    id: 'task-circuit-open',
    about: 'A task failed so often in the same way that nothing more starts for it.',
    recovery: 'Read what it fails in, mend the cause, then answer the gate: another attempt alone will not help.',
    detect: {
      circuit_opened: (event) => ({
        of: event.task,
        task: event.task,
        what: `${event.task}, ${event.count} times: ${event.what}`,
      }),
    },
    type: ({ task = '' }, slug) => [`masterplan explain ${task} --run ${slug}`],
    settled: ({ task = '' }, state) =>
      taskOf(state, task)?.progress.status === 'merged' || !state.gates.some(({ id }) => id === `circuit:${task}`),
  },
];
