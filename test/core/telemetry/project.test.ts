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

test('what an agent makes of a run that is over is a span of its own, with its tokens', () => {
  const projection = new Projection();
  const usage = { input: 10, cached: 5, output: 7 };
  const told = { event: 'narrative_told', agent: 'a', model: 'm', ending: 'done', reason: '', duration_ms: 9, usage };
  const log = [{ event: 'narrative_asked', agent: 'a', model: null }, told].map((event, at) => ({
    ...event,
    seq: at + 1,
    ts: new Date(1000 * at).toISOString(),
  })) as unknown as readonly RecordedEvent[];
  const made = log.map((event) => projection.take(event));
  expect(made[1]?.spans).toMatchObject([{ name: 'invoke_agent a', start: 0, end: 1000 }]);
  expect(made[1]?.spans[0]?.attributes).toMatchObject({
    ...{ 'masterplan.role': 'retro', 'gen_ai.usage.input_tokens': 15, 'gen_ai.usage.output_tokens': 7 },
  });
  const tokens = made[1]?.points.filter(({ metric }) => metric === 'gen_ai.client.token.usage');
  expect(tokens?.map(({ value }) => value)).toEqual([15, 7]);
  expect(made[1]?.points.some(({ metric }) => metric === 'masterplan.attempts')).toBe(false);
});

test.each(['subplan_written', 'document_written'])('%s ends an attempt, which counts like every other', (event) => {
  const projection = new Projection();
  const of = { task: 'T1', attempt: 1 };
  const usage = { input: 10, cached: 5, output: 7 };
  const log = [
    { event: 'attempt_started', ...of, agent: 'a' },
    { event: 'agent_reported', ...of, usage },
    { event, ...of },
  ].map((one, at) => ({ ...one, seq: at + 1, ts: new Date(1000 * at).toISOString() })) as unknown as RecordedEvent[];
  const made = log.map((one) => projection.take(one));
  expect(made[2]?.spans).toMatchObject([{ name: 'invoke_agent a', start: 0, end: 2000 }]);
  expect(made[2]?.points.map(({ metric, value }) => [metric, value])).toEqual([
    ['masterplan.attempts', 1],
    ['gen_ai.client.operation.duration', 2],
    ['gen_ai.client.token.usage', 15],
    ['gen_ai.client.token.usage', 7],
  ]);
});
