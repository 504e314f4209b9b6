import { describe, expect, test } from 'vitest';
import { readLegacyBundle } from '../../../src/core/formats/legacy/bundle.ts';
import { eachOnce, withPast } from '../../../src/core/views/stats/imported.ts';
import { legacyStats } from '../../../src/core/views/stats/legacy-stats.ts';
import { addStats } from '../../../src/core/views/stats/rows.ts';
import { StatsFold } from '../../../src/core/views/stats/run-stats.ts';
import type { Usage } from '../../../src/core/agents/event.ts';
import type { RunStats } from '../../../src/core/views/stats/model.ts';
import { SETTINGS, Story, task } from '../run/story.ts';

function reported(story: Story, id: string, attempt: number, usage: Usage, model: string | null): Story {
  return story.tell({
    event: 'agent_reported',
    task: id,
    attempt,
    family: 'claude',
    how: 'completed',
    failure: null,
    status: null,
    message: '',
    session: null,
    model,
    program: null,
    usage,
  });
}

function landed(story: Story, id: string, attempt = 1): Story {
  const tree = `t-${id}-${attempt}`;
  const base = story.state.tip ?? 'base';
  return story
    .done(id, attempt)
    .verified(id, true, { checks: 'c', attempt })
    .landing(id, base, tree, attempt)
    .merged(id, base, tree, attempt);
}

/** T1 fails once and lands, T2 needs it and lands; one second passes with every event. */
function told(): Story {
  const story = new Story([task('T1'), task('T2', { needs: ['T1'] }), task('T3')], {
    ...SETTINGS,
    parallel: 2,
  }).approved();
  story.started('T1');
  reported(story, 'T1', 1, { input: 100, output: 10, cost: 0.5 }, 'big').ended('T1', 1, 'failed');
  story.started('T1', 2);
  landed(reported(story, 'T1', 2, { input: 50, output: 5 }, 'small'), 'T1', 2);
  return landed(story.started('T2'), 'T2');
}

function statsOf(story: Story, since = 0): RunStats {
  const fold = new StatsFold(since);
  for (const event of story.told) fold.add(event);
  return fold.stats(story.state, '/somewhere');
}

describe('figures of a run', () => {
  test('by task, model and agent, and what nobody knows is told and not zero', () => {
    const stats = statsOf(told());
    expect(stats.tasks).toEqual({ total: 3, landed: 2, failed: 0 });
    expect(stats.sum).toMatchObject({ attempts: 3, landed: 2, failed: 1, tokens: 165, cost: 0.5, costUnknown: 2 });
    expect(stats.by.task).toMatchObject([
      { key: 'T1', attempts: 2, landed: 1, failed: 1, tokens: 165 },
      { key: 'T2', attempts: 1, landed: 1, failed: 0, tokens: 0, costUnknown: 1 },
    ]);
    expect(stats.by.model.map(({ key, attempts }) => [key, attempts])).toEqual([
      ['big', 1],
      ['small', 1],
      ['unknown', 1],
    ]);
    expect(stats.by.role).toMatchObject([{ key: 'implement', attempts: 3 }]);
    expect(stats.by.vendor).toMatchObject([{ key: 'worker', attempts: 3 }]);
  });

  test('what the words at the end used counts, and is no attempt', () => {
    const story = told();
    const before = statsOf(story);
    story.tell(
      { event: 'narrative_asked', agent: 'worker', model: 'small', nonce: 'n', brief_sha256: '' },
      {
        ...{ event: 'narrative_told', agent: 'worker', model: 'small', ending: 'failed', reason: '', duration_ms: 1 },
        usage: { input: 7, output: 3, cost: 0.25 },
      },
    );
    const { sum, by, parallelism } = statsOf(story);
    expect(sum).toMatchObject({ attempts: 3, failed: 1, tokens: 175, cost: 0.75 });
    expect(by.role).toMatchObject([{ attempts: 3 }, { key: 'retro', attempts: 0, tokens: 10, cost: 0.25 }]);
    expect(parallelism.bound).toBe(before.parallelism.bound);
  });

  test('the bound is the longest chain of needs or all work over all places, and is never beaten', () => {
    const { parallelism } = statsOf(told());
    // T1 worked 2 s and 2 s, T2 1 s, each verified for 1 ms: a chain.
    expect(parallelism.bound).toBe(5002);
    expect(parallelism.atWork).toBe(5000);
    expect(parallelism.efficiency).toBe(1);
    expect(parallelism).toMatchObject({ peak: 1, mean: 1 });
  });

  test('a run without attempts has no efficiency and no coverage, not 0 and not 100 %', () => {
    const stats = statsOf(new Story([task('T1')]));
    expect(stats.parallelism.efficiency).toBeNull();
    expect(stats.review.share).toBeNull();
    expect(stats.people).toMatchObject({ asked: 1, answered: 0 });
  });

  test('since leaves out the attempts that started before', () => {
    const story = told();
    const second = story.told.filter(({ event }) => event === 'attempt_started')[1];
    const stats = statsOf(story, Date.parse(second?.ts ?? ''));
    expect(stats.sum).toMatchObject({ attempts: 2, landed: 2, failed: 0 });
  });
});

test('runs add up: rows by key, failures by signature', () => {
  const [one, two] = [statsOf(told()), statsOf(told())];
  const sum = addStats([one, two]);
  expect(sum.sum.attempts).toBe(6);
  expect(sum.by.model.find(({ key }) => key === 'big')).toMatchObject({ attempts: 2, cost: 1 });
  expect(one.failures.length).toBeGreaterThan(0);
  expect(sum.failures.map(({ count }) => count)).toEqual(one.failures.map(({ count }) => count * 2));
});

describe('a run that was imported', () => {
  const bundle = readLegacyBundle({
    name: 'old',
    state: 'schema_version: 3\nstatus: active\nstarted: 2026-05-01\nlast_activity: 2026-05-02\n',
    stateName: 'state.yml',
    events: ['codex', 'claude']
      .map((who, i) => JSON.stringify({ event: 'wave_task_completed', task: `T${i + 1}`, dispatched_by: who }))
      .join('\n'),
    retro: false,
  });
  const story = new Story([task('T1'), task('T2')])
    .tell({ event: 'run_imported', kind: 'bundle', from: 'docs/masterplan/old', files: {} })
    .tell({ event: 'task_taken_over', task: 'T1', verdict: 'done', evidence: [], commit: 'base' })
    .tell({ event: 'task_taken_over', task: 'T2', verdict: 'possibly_done', evidence: [], commit: 'base' })
    .approved();
  landed(story.started('T2'), 'T2');
  const own = statsOf(story);

  test('and its bundle are one run: what was taken over counts once, what was done again was an attempt', () => {
    const both = withPast(own, story.state, bundle);
    expect(both.tasks).toEqual({ total: 2, landed: 2, failed: 0 });
    expect(both.sum).toMatchObject({ attempts: 3, landed: 2 });
    expect(both.routing).toEqual({ codex: 1, other: 1, untold: 0 });
    expect(both).toMatchObject({ imported: { schema: '3' }, review: { landed: 2 } });
  });

  test('of what was before the time that is asked for, nothing is added', () => {
    expect(withPast(own, story.state, bundle, Date.UTC(2026, 5, 1)).sum.attempts).toBe(1);
  });

  test('that two checkouts hold counts once, as far as it got; a bundle that lies in both, too', () => {
    const old = legacyStats(bundle, '/a');
    const runs = eachOnce([own, old, { ...own, repository: '/b', ended: own.ended + 1 }, { ...old, repository: '/b' }]);
    expect(runs.map(({ repository, source }) => `${source} ${repository}`)).toEqual(['log /b', 'legacy /a']);
  });
});
