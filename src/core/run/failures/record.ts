import { attemptName } from '../event.ts';
import type { FailureSpec } from './spec.ts';

/** Milliseconds that stamps may go back: clocks are set by their servers. */
const STEP_BACK = 5_000;

/** What happened to masterplan itself, to its log and to its machine. */
export const RECORD_FAILURES: readonly FailureSpec[] = [
  {
    id: 'interrupted-run',
    about: 'masterplan ended in the middle of work, and attempts were found when it came back.',
    recovery: 'Nothing is to be done: what lived was attached to, what had ended was adopted, the rest is tried again.',
    seed: 11,
    detect: {
      recovered: ({ attached, adopted, lost }) => ({
        of: '',
        what: [
          ...(attached.length > 0 ? [`attached to ${attached.slice(0, 5).join(', ')}`] : []),
          ...(adopted.length > 0 ? [`adopted ${adopted.slice(0, 5).join(', ')}`] : []),
          ...(lost.length > 0 ? [`lost ${lost.slice(0, 5).join(', ')}`] : []),
        ].join('; '),
      }),
    },
    settled: () => true,
  },
  {
    id: 'left-behind',
    about: 'An earlier life of the run had left processes or locks behind.',
    recovery: 'Nothing is to be done: they were found by their marks, ended and released.',
    detect: {
      leftovers_ended: ({ processes, locks = [] }) => ({
        of: '',
        what: [...processes, ...locks].slice(0, 5).join('; '),
      }),
    },
    settled: () => true,
  },
  {
    id: 'machine-short',
    about: 'Nothing new started for a while, because the machine was short of something or other runs had all places.',
    recovery: 'It goes on by itself; masterplan ps shows what runs, machine in the configuration what may.',
    detect: { dispatch_paused: ({ why, detail }) => ({ of: why, what: detail }) },
    type: () => ['masterplan ps'],
    settled: (_, state) => state.paused === undefined,
  },
  {
    id: 'torn-log',
    about: 'A crash cut the last append to the log in the middle.',
    recovery:
      'It was cut off and kept aside; what it held had not been acknowledged. When it happens again, look at the disk.',
    seed: 3,
    detect: {
      log_repaired: (event) => ({ of: '', what: `${event.cut_bytes} bytes were cut off and kept in ${event.kept_in}` }),
    },
    settled: () => true,
  },
  {
    id: 'clock-back',
    about: 'The clock of the machine went back: durations across that moment mean nothing.',
    recovery: 'Set the clock by a server; order is kept by sequence numbers and does not suffer.',
    detect: {},
    settled: () => true,
  },
  {
    id: 'anomaly',
    about: 'Something happened that should not happen; the run went on.',
    recovery: 'Read its detail in the log, and tell us.',
    detect: { anomaly: (event) => ({ of: event.what, what: `${event.what}: ${event.detail}` }) },
    settled: (_, state) => state.phase === 'over',
  },
  {
    id: 'rejected-sub-plan',
    about: 'A person sent a sub-plan back.',
    recovery: 'The next planning attempt is told why; edit the sub-plan at its gate when it is quicker.',
    detect: {
      subplan_rejected: (event) => ({ of: event.task, task: event.task, what: `${event.task}: ${event.reason}` }),
    },
  },
  {
    id: 'reopened-task',
    about: 'A task that had failed for good was opened again by a person.',
    recovery: 'Nothing is to be done; what was changed in between should make the difference.',
    detect: {
      task_reopened: (event) => ({ of: event.task, task: event.task, what: `${event.task} by ${event.by}` }),
    },
    settled: () => true,
  },
  {
    id: 'kept-unfinished',
    about: 'Work that did not land is kept as a snapshot.',
    recovery: 'Look at it with git show in the private repository; it stays until it is cleared away on purpose.',
    detect: {
      snapshot_taken: (event) => ({
        of: '',
        task: event.task,
        what: `${attemptName(event.task, event.attempt)} is kept in ${event.ref}`,
      }),
    },
    settled: () => true,
  },
];

/** The class of a clock that went back, which shows between any two events. */
export function clockWentBack(before: number, at: number): boolean {
  return before > 0 && at < before - STEP_BACK;
}
