import type { RecordedEvent } from '../event.ts';
import type { RunState } from '../state.ts';
import { clockWentBack } from './record.ts';
import { DETECTORS } from './registry.ts';
import type { Occurrence } from './spec.ts';

/** Groups that a state keeps: a run that goes wrong in more ways than these is not told apart any further. */
const MOST_GROUPS = 300;
/** Note under which the number of groups stands: counting them at each failure would make long logs slow. */
const COUNT = 'groups';
/** Characters of what happened that are kept. */
const LONGEST = 300;

/**
 * Notes what an event, already folded into `state`, shows to be wrong. A function of both, but for the state that it
 * changes: the groups are the same whenever the same log is read.
 */
export function noteFailures(state: RunState, event: RecordedEvent, before: number, at: number): void {
  if (clockWentBack(before, at)) {
    note(
      state,
      'clock-back',
      { of: '', what: `event ${event.seq} is ${Math.round((before - at) / 1000)} s before the one before it` },
      event.seq,
      at,
    );
  }
  const detectors = DETECTORS.get(event.event);
  if (detectors === undefined) return;
  const seen = { state, before, at, notes: (state.failureNotes ??= {}) };
  for (const { id, detect } of detectors) {
    const occurrence = detect(event, seen);
    if (occurrence !== undefined) note(state, id, occurrence, event.seq, at);
  }
}

function note(state: RunState, id: string, { of, what, task }: Occurrence, seq: number, at: number): void {
  const groups = (state.failures ??= {});
  const told = what.length > LONGEST ? `${what.slice(0, LONGEST - 1)}…` : what;
  let key = `${id}\n${of.slice(0, LONGEST)}`;
  const notes = (state.failureNotes ??= {});
  const known = Number(notes[COUNT] ?? 0);
  if (groups[key] === undefined && known >= MOST_GROUPS) key = `${id}\n`;
  const group = groups[key];
  if (group === undefined) {
    notes[COUNT] = String(known + 1);
    groups[key] = {
      class: id,
      of: key.slice(id.length + 1),
      what: told,
      count: 1,
      first: seq,
      last: seq,
      at,
      ...(task === undefined ? {} : { task }),
    };
    return;
  }
  group.count++;
  group.what = told;
  group.last = seq;
  group.at = at;
  if (task !== undefined) group.task = task;
}
