import { describeEvent } from '../run/describe.ts';
import type { RecordedEvent } from '../run/event.ts';
import { taskOf, type RunState } from '../run/state.ts';
import { boardOf, type RunStatus } from './board.ts';

/** Something that is one way at one point of a run and another way at another. */
export interface Change {
  /** `phase`, `T3`, `T3 attempts`, `gate plan`, `lane claude`, `tip`. */
  readonly what: string;
  /** `null`: it was not there. */
  readonly from: string | null;
  readonly to: string | null;
}

/** One event of a run, in words, with what it changed. */
export interface Step {
  readonly seq: number;
  /** Milliseconds since 1970; 0: unknown. */
  readonly at: number;
  /** Of a bundle of an older tool: its stamp as it was written, perhaps none, and its file and line. */
  readonly stamp?: string;
  readonly place?: string;
  readonly event: string;
  readonly text: string;
  readonly changes: readonly Change[];
}

/** Where a run was at one event, as far as people ask: plain values under the names of {@link Change}. */
export interface Point {
  readonly seq: number;
  readonly at: number;
  readonly status: RunStatus;
  readonly values: Readonly<Record<string, string>>;
}

/** Where a run is after the last event that was folded. */
export function pointOf(state: RunState): Point {
  const values: Record<string, string> = { phase: state.phase };
  if (state.tip !== undefined) values['tip'] = state.tip.slice(0, 12);
  if (state.outcome !== undefined) values['outcome'] = state.outcome;
  for (const gate of state.gates) values[`gate ${gate.id}`] = gate.question;
  for (const [lane, { parked }] of Object.entries(state.lanes)) values[`lane ${lane}`] = laneWords(parked);
  for (const [agent, other] of Object.entries(state.standIns)) values[`stand-in of ${agent}`] = other ?? 'nobody';
  for (const { task, progress, attempts } of state.tasks) {
    values[task.id] = progress.status;
    if (attempts.length > 0) values[`${task.id} attempts`] = String(attempts.length);
  }
  for (const group of Object.values(state.failures ?? {}))
    values[`failure ${group.class} ${group.of}`.trim()] = String(group.count);
  return { seq: state.seq, at: state.updated, status: boardOf(state).status, values };
}

/** What is otherwise at `to` than at `from`, in the order of `to`. */
export function changesBetween(from: Point, to: Point): Change[] {
  const changes: Change[] = from.status === to.status ? [] : [{ what: 'status', from: from.status, to: to.status }];
  for (const [what, value] of Object.entries(to.values)) {
    const before = from.values[what] ?? null;
    if (before !== value) changes.push({ what, from: before, to: value });
  }
  for (const [what, value] of Object.entries(from.values)) {
    if (to.values[what] === undefined) changes.push({ what, from: value, to: null });
  }
  return changes;
}

/** What a look at one event needs to remember of the state before it: little, because there may be a million. */
export interface Before {
  readonly phase: string;
  readonly tip: string | undefined;
  readonly gates: readonly string[];
  readonly task: string | undefined;
  readonly status: string | undefined;
  readonly lane: string | undefined;
}

export function beforeEvent(state: RunState, event: RecordedEvent): Before {
  const task = 'task' in event ? event.task : undefined;
  return {
    phase: state.phase,
    tip: state.tip,
    gates: state.gates.map(({ id }) => id),
    task,
    status: task === undefined ? undefined : taskOf(state, task)?.progress.status,
    lane: 'lane' in event ? laneWords(state.lanes[event.lane]?.parked) : undefined,
  };
}

/** The event as a step, given the state before and after it. */
export function stepOf(event: RecordedEvent, before: Before, after: RunState): Step {
  const changes: Change[] = [];
  const note = (what: string, from: string | null, to: string | null): void => {
    if (from !== to) changes.push({ what, from, to });
  };
  note('phase', before.phase, after.phase);
  if (before.task !== undefined)
    note(before.task, before.status ?? null, taskOf(after, before.task)?.progress.status ?? null);
  note('tip', before.tip?.slice(0, 12) ?? null, after.tip?.slice(0, 12) ?? null);
  const gates = after.gates.map(({ id }) => id);
  for (const gate of gates) if (!before.gates.includes(gate)) note(`gate ${gate}`, null, 'open');
  for (const gate of before.gates) if (!gates.includes(gate)) note(`gate ${gate}`, 'open', null);
  if ('lane' in event) note(`lane ${event.lane}`, before.lane ?? null, laneWords(after.lanes[event.lane]?.parked));
  return { seq: event.seq, at: after.updated, event: event.event, text: describeEvent(event) ?? '', changes };
}

function laneWords(parked: { readonly failure: string } | undefined): string {
  return parked === undefined ? 'open' : `parked: ${parked.failure}`;
}
