import type { LegacyBundle, LegacyEvent } from '../formats/legacy/model.ts';
import { LegacyLogFold } from '../formats/legacy/log-fold.ts';
import type { Told } from '../formats/legacy/told.ts';
import type { Board } from './board.ts';
import { legacyBoard } from './legacy-board.ts';
import { type Change, changesBetween, type Point, type Step } from './replay.ts';

/** A stretch of a legacy log that is stepped through, and the points of it that are asked for. */
export interface LegacyStretch {
  readonly from: number;
  readonly to: number;
  /** Numbers of events after which the state is wanted; 0: before the first. */
  readonly points: readonly number[];
}

/** What a legacy bundle's log tells, event by event. Events are counted from 1, through what was put aside and what was not. */
export interface LegacyReplay {
  readonly steps: readonly Step[];
  readonly points: ReadonlyMap<number, { readonly point: Point; readonly board: Board }>;
  /** What its state says otherwise than the whole of its log: nobody can tell since when. */
  readonly beyond: readonly Change[];
}

/** Steps through the log of a legacy bundle. `path`: where the bundle is. */
export function replayLegacyLog(bundle: LegacyBundle, path: string, { from, to, points }: LegacyStretch): LegacyReplay {
  const fold = new LegacyLogFold(bundle.titles);
  const steps: Step[] = [];
  const found = new Map<number, { point: Point; board: Board }>();
  const note = (seq: number): void => {
    if (!points.includes(seq)) return;
    const then = fold.bundle(bundle, bundle.events.slice(0, seq));
    const board = legacyBoard(then, path);
    found.set(seq, { point: pointOf(seq, then, fold, board), board });
  };
  note(0);
  let before = summary(fold);
  // What was told of each task last: what the fold holds of it changes in place.
  const were = new Map<string, Readonly<Record<string, string>>>();
  for (const [i, event] of bundle.events.entries()) {
    const seq = i + 1;
    const spoken = fold.add(event);
    const after = summary(fold);
    const tasks = spoken.flatMap((id) => {
      const is = ofTask(id, fold.tasks.get(id));
      const was = were.get(id) ?? ofTask(id, undefined);
      were.set(id, is);
      return differences(was, is);
    });
    if (seq >= from && seq <= to) steps.push(stepOf(seq, event, [...differences(before, after), ...tasks]));
    before = after;
    note(seq);
  }
  return { steps, points: found, beyond: beyondOf(bundle, fold, path) };
}

/** What an event says, at most: a line of a log can be long. */
const LONGEST = 400;

function stepOf(seq: number, { at, stamp, name, text, file, line }: LegacyEvent, changes: readonly Change[]): Step {
  return {
    seq,
    at: at ?? 0,
    stamp,
    place: `${file}:${line}`,
    event: name,
    text: text.slice(0, LONGEST),
    changes,
  };
}

/** What is said of the bundle as a whole. */
function summary(fold: LegacyLogFold): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  if (fold.phase !== '') values['phase'] = fold.phase;
  if (fold.wave !== '') values['wave'] = fold.wave;
  if (fold.critical !== undefined) values['critical error'] = fold.critical;
  for (const gate of fold.gates.values()) values[`gate ${gate.id}`] = gate.question;
  return values;
}

function differences(from: Readonly<Record<string, string>>, to: Readonly<Record<string, string>>): Change[] {
  const changed = Object.entries(to).flatMap(([what, value]): Change[] =>
    from[what] === value ? [] : [{ what, from: from[what] ?? null, to: value }],
  );
  const gone = Object.entries(from).flatMap(([what, value]): Change[] =>
    to[what] === undefined ? [{ what, from: value, to: null }] : [],
  );
  return [...changed, ...gone];
}

/** What is told of one task, under the names of {@link Change}. */
function ofTask(id: string, told: Told | undefined): Readonly<Record<string, string>> {
  const by = told?.by ?? told?.routed;
  return {
    [id]: told?.done === true ? 'done' : (told?.state ?? 'untold'),
    ...(by === undefined ? {} : { [`${id} by`]: by }),
    ...(told?.commit === undefined ? {} : { [`${id} commit`]: told.commit }),
    ...(told?.reviewed === true ? { [`${id} reviewed`]: 'yes' } : {}),
  };
}

function pointOf(seq: number, then: LegacyBundle, fold: LegacyLogFold, board: Board): Point {
  const values: Record<string, string> = { ...summary(fold) };
  for (const { id } of then.tasks) Object.assign(values, ofTask(id, fold.tasks.get(id)));
  return { seq, at: then.last ?? 0, status: board.status, values };
}

/** What the state of the bundle says of its tasks and its gate that its log does not. */
function beyondOf(bundle: LegacyBundle, fold: LegacyLogFold, path: string): Change[] {
  const end = fold.bundle(bundle, bundle.events);
  const values = (of: LegacyBundle): Record<string, string> => {
    const all: Record<string, string> = {};
    for (const { id, status } of of.tasks) if (status !== 'pending' && status !== 'unknown') all[id] = status;
    if (of.gate !== undefined) all[`gate ${of.gate.id}`] = of.gate.question;
    if (of.critical !== undefined) all['critical error'] = of.critical;
    all['status'] = of.status;
    return all;
  };
  const status = legacyBoard(end, path).status;
  // Both under one word: it is compared among the values.
  const point = (of: LegacyBundle): Point => ({ seq: of.events.length, at: 0, status, values: values(of) });
  return changesBetween(point(end), point(bundle));
}
