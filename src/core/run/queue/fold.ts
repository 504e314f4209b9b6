import { checksOf } from '../checks.ts';
import type { RecordedEvent } from '../event.ts';
import { taskOf, type RunState } from '../state.ts';
import { commandsOf, trainCommands } from './commands.ts';
import type { Red, Train } from './train.ts';

type Of<E extends RecordedEvent['event']> = Extract<RecordedEvent, { event: E }>;

/** The train with that number, if it is under way. */
export function trainOf(state: RunState, id: number): Train | undefined {
  return state.trains.find((train) => train.id === id);
}

export function trainStarted(state: RunState, event: Of<'train_started'>, at: number): void {
  state.trains = state.trains.filter(({ id }) => !event.joins.includes(id));
  state.nextTrain = event.train + 1;
  notePredicted(state, event.clean);
  const riding = new Set(state.trains.flatMap(({ cars }) => cars.map(({ task }) => task)));
  // Who was sent back while the train was put together does not ride, nor does what stands on it.
  const gone = event.cars.findIndex(({ task, attempt }) => {
    const progress = taskOf(state, task)?.progress;
    return progress?.status !== 'merging' || progress.attempt !== attempt || riding.has(task);
  });
  const cars = gone < 0 ? event.cars : event.cars.slice(0, gone);
  if (cars.length === 0) return;
  const train: Train = {
    id: event.train,
    base: event.base,
    cars,
    since: at,
    landed: state.landed.length,
    good: 0,
    reds: [],
    checking: [],
    joined: event.joins.length > 0,
  };
  // The first car may stand where it was made, as the very tree that was verified then.
  const [first] = cars;
  const task = first === undefined ? undefined : taskOf(state, first.task);
  if (first !== undefined && task !== undefined) {
    const checks = checksOf(trainCommands(state, train, 1));
    if (checks === checksOf(commandsOf(state, task)) && state.verified.includes(`${first.tree}:${checks}`))
      train.good = 1;
  }
  state.trains.push(train);
}

export function checkStarted(state: RunState, event: Of<'verification_started'>, at: number): void {
  const train = event.train === undefined ? undefined : trainOf(state, event.train);
  const cars = event.cars ?? 0;
  if (train === undefined || train.checking.some((one) => one.cars === cars)) return;
  train.checking.push({ cars, since: at });
}

/** What a verification of a tree of a train showed. Evidence for other commands or another tree is none. */
export function checked(state: RunState, event: Of<'verification_finished'>, at: number): void {
  const train = event.train === undefined ? undefined : trainOf(state, event.train);
  const cars = event.cars ?? 0;
  if (train === undefined) return;
  train.checking = train.checking.filter((one) => one.cars !== cars);
  if (train.cars[cars - 1]?.tree !== event.tree) return;
  if (event.checks !== checksOf(trainCommands(state, train, cars))) return;
  if (event.passed) {
    const key = `${event.tree}:${event.checks}`;
    if (!state.verified.includes(key)) state.verified.push(key);
    train.good = Math.max(train.good, cars);
    train.reds = train.reds.filter((red) => red.cars > train.good);
    state.landings.proof = { tree: event.tree, commit: event.commit, at, evidence: event.evidence };
    return;
  }
  if (cars <= train.good) return;
  const before = train.reds.find((red) => red.cars === cars);
  const red: Red = {
    cars,
    // Another command that fails is another failure.
    times: before !== undefined && before.failed?.command === event.failed?.command ? before.times + 1 : 1,
    ...(event.failed === undefined ? {} : { failed: event.failed }),
  };
  train.reds = [...train.reds.filter((one) => one.cars !== cars), red].sort((a, b) => a.cars - b.cars);
}

/** Remembers who does not conflict with what has landed. */
export function notePredicted(state: RunState, tasks: readonly string[]): void {
  for (const id of tasks) {
    const waits = taskOf(state, id)?.progress.status === 'merging';
    if (waits && !state.predicted.includes(id)) state.predicted.push(id);
  }
}

/** Takes a task out of its train, and everything that stands on it: what stood before it stays. */
export function leaveTrain(state: RunState, task: string): void {
  state.predicted = state.predicted.filter((id) => id !== task);
  for (const train of state.trains) {
    const at = train.cars.findIndex((car) => car.task === task);
    if (at < 0) continue;
    train.cars = train.cars.slice(0, at);
    train.good = Math.min(train.good, at);
    train.reds = train.reds.filter((red) => red.cars <= at);
    train.checking = train.checking.filter((one) => one.cars <= at);
  }
  state.trains = state.trains.filter(({ cars }) => cars.length > 0);
}

/** The first car of a train has landed. */
export function carLanded(state: RunState, event: Of<'merge_finished'>, at: number): void {
  const train = state.trains.find(({ cars }) => cars[0]?.task === event.task);
  state.predicted = state.predicted.filter((id) => id !== event.task);
  state.landings.landed++;
  state.landings.last = { commit: event.commit, tree: event.tree, at };
  if (train === undefined) return leaveTrain(state, event.task);
  train.cars = train.cars.slice(1);
  train.base = event.commit;
  train.good = Math.max(0, train.good - 1);
  state.trains = state.trains.filter(({ cars }) => cars.length > 0);
}

/** Learns how long a verification takes: the mean leans to the last ones. */
export function noteDuration(state: RunState, event: Of<'verification_finished'>): void {
  const { landings } = state;
  if (!event.passed || event.duration_ms <= 0) return;
  landings.took = Math.round(landings.took === 0 ? event.duration_ms : landings.took * 0.7 + event.duration_ms * 0.3);
}
