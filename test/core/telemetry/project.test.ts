import { expect, test } from 'vitest';
import type { RecordedEvent } from '../../../src/core/run/event.ts';
import { Projection } from '../../../src/core/telemetry/project.ts';

const car = { task: 'T1', attempt: 1, commit: 'c', tree: 't' };
const LOG = [
  { second: 0, event: 'attempt_started', task: 'T1', attempt: 1, agent: 'a' },
  { second: 10, event: 'attempt_started', task: 'T1', attempt: 2, agent: 'b', reviews: {} },
  { second: 30, event: 'attempt_finished', task: 'T1', attempt: 2, ending: 'done', reason: '', files_changed: 0 },
  { second: 31, event: 'review_finished', ...car, attempt: 2, agent: 'b', round: 1, verdict: 'approve', findings: [] },
  { second: 40, event: 'train_started', train: 1, base: 'x', cars: [car], joins: [], clean: [] },
  { second: 50, event: 'train_dropped', train: 1, reason: 'joined' },
  { second: 60, event: 'train_started', train: 2, base: 'x', cars: [car], joins: [1], clean: [] },
  { second: 70, event: 'merge_started', ...car, base: 'x' },
  { second: 71, event: 'merge_finished', ...car, base: 'x', adopted: false },
].map(({ second, ...event }, i) => ({
  ...event,
  seq: i + 1,
  ts: new Date(second * 1000).toISOString(),
  fence: 1,
})) as unknown as readonly RecordedEvent[];

test('a review takes from the start of its reviewer to its verdict, a landing from its first train to the branch', () => {
  const projection = new Projection();
  const spans = LOG.flatMap((event) => projection.take(event).spans);
  const times = Object.fromEntries(spans.map(({ name, start, end }) => [name, [start / 1000, end / 1000]]));
  expect(times).toEqual({ 'invoke_agent b': [10, 30], review: [10, 31], land: [40, 71], 'task T1': [0, 71] });
});
