import { type Spent, type SpentBy, spentOf } from '../run/spending.ts';
import { type ReviewCoverage, coverageOf } from '../run/review/coverage.ts';
import type { RunState } from '../run/state.ts';

/** What became of a run, task by task. */
export interface Outcome {
  readonly merged: readonly {
    readonly task: string;
    readonly title: string;
    readonly commit: string;
    readonly attempts: number;
  }[];
  /** Attempts that did not land and were followed by another. */
  readonly retried: readonly {
    readonly task: string;
    readonly attempt: number;
    readonly ending: string;
    readonly reason: string;
    readonly lesson?: string;
  }[];
  readonly failed: readonly { readonly task: string; readonly reason: string }[];
  /** What agents used, as far as they say. */
  readonly spent: readonly ({ readonly agent: string } & Spent)[];
  /** The same sum by what the agents were started as, by whose models they used, and by model. */
  readonly spentBy: Readonly<Record<'role' | 'vendor' | 'model', readonly ({ readonly name: string } & Spent)[]>>;
  /** How much of it was reviewed. */
  readonly review: ReviewCoverage;
  /** Changes that the witness looked at, and what came of it. */
  readonly examined: { readonly changes: number; readonly rejected: number; readonly remarks: number };
}

/** The outcome of a run so far: merged tasks in the order in which they landed. */
export function outcomeOf(state: RunState): Outcome {
  const task = (id: string): RunState['tasks'][number] | undefined => state.tasks[state.schedule.index[id] ?? -1];
  const named = (by: SpentBy) => spentOf(state, by).map(([name, spent]) => ({ name, ...spent }));
  return {
    merged: state.landed.map((one) => ({
      task: one.task,
      title: task(one.task)?.task.title ?? '',
      commit: one.commit,
      attempts: task(one.task)?.attempts.filter(({ subject }) => subject === undefined).length ?? 0,
    })),
    retried: state.tasks.flatMap((one) =>
      one.attempts
        .filter(
          // What no other attempt followed was not tried again: it failed, or it was cancelled.
          ({ ended, number }) => ended !== undefined && ended.ending !== 'done' && number < one.attempts.length,
        )
        .map((attempt) => {
          const check = attempt.lesson?.check;
          return {
            task: one.task.id,
            attempt: attempt.number,
            ending: attempt.ended?.ending ?? '',
            reason: attempt.ended?.reason ?? '',
            ...(check === undefined ? {} : { lesson: `${check.command}: ${check.reason}` }),
          };
        }),
    ),
    failed: state.tasks.flatMap((one) =>
      one.progress.status === 'failed' ? [{ task: one.task.id, reason: one.progress.reason }] : [],
    ),
    spent: spentOf(state, 'agent').map(([agent, spent]) => ({ agent, ...spent })),
    spentBy: { role: named('role'), vendor: named('vendor'), model: named('model') },
    review: coverageOf(state),
    examined: examinedOf(state),
  };
}

function examinedOf(state: RunState): Outcome['examined'] {
  const all = state.tasks.flatMap(({ attempts }) => attempts.flatMap(({ examined }) => examined ?? []));
  return {
    changes: all.length,
    rejected: all.filter(({ verdict, answer }) => verdict === 'rejected' || answer === 'reject').length,
    remarks: all.reduce((sum, { findings }) => sum + findings.length, 0),
  };
}
