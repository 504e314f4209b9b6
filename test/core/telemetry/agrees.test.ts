import { expect, test } from 'vitest';
import { evolve } from '../../../src/core/run/evolve.ts';
import type { RecordedEvent } from '../../../src/core/run/event.ts';
import { emptyState } from '../../../src/core/run/state.ts';
import { Projection } from '../../../src/core/telemetry/project.ts';
import type { Point } from '../../../src/core/telemetry/span.ts';
import { StatsFold } from '../../../src/core/views/stats/run-stats.ts';
import { simulate } from '../../sim/simulate.ts';

/** The log with what each agent used told before its end, as agents that say it do. */
function told(log: readonly RecordedEvent[]): RecordedEvent[] {
  return log.flatMap((event, at) => {
    if (event.event !== 'attempt_started') return [event];
    const usage = { input: 100 + at, cached: 10, cacheWrite: 3, output: 7 + at, cost: at / 1000 };
    const report = {
      ...{ event: 'agent_reported', task: event.task, attempt: event.attempt, usage, model: null, session: null },
      ...{ seq: event.seq, ts: event.ts, fence: event.fence, family: 'claude', program: null },
    };
    return [event, report as unknown as RecordedEvent];
  });
}

const sum = (points: readonly Point[], metric: string): number =>
  points.filter((one) => one.metric === metric).reduce((all, { value }) => all + value, 0);

// Simulated runs with sub-plans, documents that a run writes for itself, reviews, failures and crashes.
test.each([4, 13])('telemetry and stats count the same: run %i', async (seed) => {
  const log = told((await simulate(seed)).log);
  const projection = new Projection();
  const fold = new StatsFold();
  let state = emptyState();
  const points: Point[] = [];
  const spans: string[] = [];
  for (const event of log) {
    const made = projection.take(event);
    points.push(...made.points);
    spans.push(...made.spans.map(({ name }) => name));
    fold.add(event);
    if (event.event !== 'agent_reported') state = evolve(state, event);
  }
  const stats = fold.stats(state, '/r');
  expect(sum(points, 'masterplan.attempts')).toBe(stats.sum.attempts);
  expect(sum(points, 'gen_ai.client.token.usage')).toBe(stats.sum.tokens);
  expect(sum(points, 'masterplan.cost')).toBeCloseTo(stats.sum.cost, 9);
  expect(sum(points, 'gen_ai.client.operation.duration') * 1000).toBeCloseTo(stats.sum.ms, 3);
  const agents = stats.by.agent.map(({ key, attempts }) => [key, attempts]);
  const counted = agents.map(([key]) => [
    key,
    points.filter(
      ({ metric, attributes }) => metric === 'masterplan.attempts' && attributes['gen_ai.agent.name'] === key,
    ).length,
  ]);
  expect(counted).toEqual(agents);
  expect(spans.filter((name) => name === 'land').length).toBeGreaterThanOrEqual(stats.tasks.landed > 0 ? 1 : 0);
  expect(spans.filter((name) => name.startsWith('invoke_agent ')).length).toBe(stats.sum.attempts);
});
