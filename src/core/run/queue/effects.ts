import { trainCommands } from './commands.ts';
import type { Effect } from '../effect.ts';
import { attemptName } from '../event.ts';
import { inScope } from '../../plan/scope.ts';
import { landingMoves, type Move, type QueueView } from './plan.ts';
import { taskOf, type RunState, type TaskState } from '../state.ts';
import { failureRate, type LandingPolicy, type Train, type Waiting } from './train.ts';

/** Tasks that one train may have when nobody says otherwise. */
const LONGEST = 16;
/** Milliseconds that a verification has to take before it pays to verify several tasks as one: below, each is proven by itself. */
const WORTH_SHARING = 5000;

/** Tasks that are looked at in one go, so that a train that can be put together does not have to wait for long. */
const FEW = 8;

/** Whatever looks through those who wait: one at a time, because each of them may send the same task back. */
const QUEUE = 'queue';

/** How the queue of a run is to work: its settings, and what it has learnt. */
export function policyOf(state: RunState): LandingPolicy {
  const landing = state.settings?.landing;
  const batch = landing?.batch ?? 0;
  return {
    mode: landing?.mode ?? 'lanes',
    slots: landing?.slots ?? 1,
    batch: batch > 0 ? batch : state.landings.took >= WORTH_SHARING ? LONGEST : 1,
    confirm: state.settings?.verify.flaky === 'fail' ? 0 : 1,
  };
}

/** The merge queue of a run, as the pure part of it wants to see it. */
export function queueView(state: RunState, tip: string): QueueView {
  const riding = new Set(state.trains.flatMap(({ cars }) => cars.map(({ task }) => task)));
  const waiting = state.queue.flatMap((id): Waiting[] => {
    const task = taskOf(state, id);
    return task?.progress.status !== 'merging' || riding.has(id)
      ? []
      : [{ task: id, attempt: task.progress.attempt, touches: touchesOf(state, id) }];
  });
  return {
    tip,
    next: state.nextTrain,
    waiting,
    trains: state.trains,
    touches: (task) => touchesOf(state, task),
    rate: failureRate(state.landings.landed, state.landings.rejected),
  };
}

/** What a task changes: what its attempt really changed, else what it declares, else anything. */
function touchesOf(state: RunState, id: string): readonly string[] | undefined {
  const task = taskOf(state, id);
  if (task === undefined || !('attempt' in task.progress)) return undefined;
  const touches = task.attempts[task.progress.attempt - 1]?.touches;
  const landing = state.settings?.landing;
  // What is made anew or united where it lands keeps nobody apart.
  const common = [...(landing?.union ?? []), ...(landing?.generators ?? []).flatMap(({ paths }) => paths)];
  if (touches !== undefined && common.length > 0) return touches.filter((path) => !inScope(common, path));
  return touches ?? (task.task.scope.length > 0 ? task.task.scope : undefined);
}

/** Adds what the merge queue wants done. */
export function land(state: RunState, tip: string, effects: Effect[]): void {
  const view = queueView(state, tip);
  const moves = landingMoves(view, policyOf(state));
  for (const move of moves) effects.push(effectOf(state, tip, move));
  if (moves.some(({ move }) => move === 'assemble' || move === 'land')) return;
  const unknown = view.waiting.filter(({ task }) => !state.predicted.includes(task)).slice(0, FEW);
  if (unknown.length === 0) return;
  effects.push({ type: 'predict', key: QUEUE, base: tip, tasks: unknown });
}

function effectOf(state: RunState, tip: string, move: Move): Effect {
  switch (move.move) {
    case 'assemble': {
      const { train, from, limit, joins } = move;
      return { type: 'assemble', key: QUEUE, train, base: tip, from, limit, joins };
    }
    case 'check': {
      const { train, cars } = move;
      const car = train.cars[cars - 1] as Train['cars'][number];
      const times = train.reds.find((red) => red.cars === cars)?.times ?? 0;
      return {
        type: 'verify',
        key: `verify:${attemptName(car.task, car.attempt)}:${car.tree}:${train.id}.${cars}.${times}`,
        task: car.task,
        attempt: car.attempt,
        subject: { base: train.base, commit: car.commit, tree: car.tree },
        commands: trainCommands(state, train, cars),
        landing: true,
        train: { id: train.id, cars },
      };
    }
    case 'land': {
      const { base, cars } = move.train;
      // One key for all: while one train lands no other does, though another one leads by now. Two that stand on one tip could
      // both find it in place when somebody moves the branch back between them.
      return { type: 'merge', key: 'merge', base, cars };
    }
    case 'reject': {
      const { train, at } = move;
      const { task, attempt } = train.cars[at] as Train['cars'][number];
      const failed = train.reds[0]?.failed;
      return {
        type: 'record',
        key: `record:rejected:${attemptName(task, attempt)}`,
        events: [
          {
            event: 'landing_rejected',
            task,
            attempt,
            train: train.id,
            ...(failed === undefined ? {} : { failed }),
            with: partnersOf(state, train, at),
          },
        ],
      };
    }
    case 'drop': {
      const { id } = move.train;
      return {
        type: 'record',
        key: `record:dropped:${id}`,
        events: [{ event: 'train_dropped', train: id, reason: 'the branch moved on beside it' }],
      };
    }
  }
}

/** Tasks that landed since a task began and changed one of these paths, or anything. */
export function changedSince(state: RunState, task: TaskState, paths: readonly string[] | undefined): string[] {
  const base = task.progress.status === 'merging' ? task.progress.work.base : '';
  const since: string[] = [];
  for (let i = state.landed.length - 1; i >= 0 && state.landed[i]?.commit !== base; i--) {
    const id = state.landed[i]?.task ?? '';
    const touches = touchesOf(state, id);
    if (touches === undefined || paths === undefined || paths.some((path) => inScope(touches, path))) since.unshift(id);
  }
  return since;
}

/** Tasks whose changes a car had not seen: those that landed since it began, and those before it in its train. */
function partnersOf(state: RunState, train: Train, at: number): string[] {
  const task = taskOf(state, train.cars[at]?.task ?? '') as TaskState;
  const before = train.cars.slice(0, at).map((car) => car.task);
  const base = task.progress.status === 'merging' ? task.progress.work.base : '';
  const since: string[] = [];
  for (let i = train.landed - 1; i >= 0 && state.landed[i]?.commit !== base; i--)
    since.unshift(state.landed[i]?.task ?? '');
  return [...since, ...before];
}
