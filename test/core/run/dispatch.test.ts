import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { barrierWaves } from '../../../src/core/plan/barrier.ts';
import type { PlanTask } from '../../../src/core/plan/model.ts';
import { scopesOverlap } from '../../../src/core/plan/scope.ts';
import { standstillOf } from '../../../src/core/plan/standstill.ts';
import { dispatch } from '../../../src/core/run/dispatch.ts';
import type { RunSettings } from '../../../src/core/run/settings.ts';
import type { RunState } from '../../../src/core/run/state.ts';
import { explainTask, explainWaiting } from '../../../src/core/views/explain.ts';
import { SETTINGS, Story, task } from './story.ts';

const agent = (kind: 'claude' | 'codex', lane: string): RunSettings['agents'][string] => ({
  ...(SETTINGS.agents['worker'] as RunSettings['agents'][string]),
  kind: 'command',
  max_concurrent: kind === 'codex' ? 2 : 0,
  lane,
});

const PATHS = ['a.ts', 'b.ts', 'src/', 'src/x.ts', 'src/y.ts', 'docs/', '**/*.md', 'src/db/'];

/** A plan without circles: a task needs only such that stand before it. */
const plans: fc.Arbitrary<readonly PlanTask[]> = fc
  .array(
    fc.record({
      needs: fc.array(fc.nat(30), { maxLength: 3 }),
      scope: fc.uniqueArray(fc.constantFrom(...PATHS), { maxLength: 2 }),
      agent: fc.constantFrom(undefined, 'worker', 'codex', 'other'),
      resources: fc.constantFrom(undefined, { gpu: 1 }, { gpu: 2 }, { simulator: 1 }, { gpu: 1, simulator: 1 }),
      group: fc.constantFrom(undefined, undefined, 'g1', 'g2'),
    }),
    { minLength: 1, maxLength: 24 },
  )
  .map((rows) =>
    rows.map(({ needs, resources, group, ...row }, at) =>
      task(`T${at + 1}`, {
        ...row,
        needs: at === 0 ? [] : [...new Set(needs.map((need) => `T${(need % at) + 1}`))],
        ...(resources === undefined ? {} : { resources }),
        ...(group === undefined ? {} : { group }),
      }),
    ),
  );

const settings: fc.Arbitrary<RunSettings> = fc
  .record({
    parallel: fc.integer({ min: 1, max: 6 }),
    lane: fc.integer({ min: 1, max: 3 }),
    gpu: fc.integer({ min: 2, max: 3 }),
    scopes: fc.constantFrom<'advisory' | undefined>('advisory', undefined),
    barrier: fc.constantFrom<'wave' | undefined>('wave', undefined),
  })
  .map(({ parallel, lane, gpu, scopes, barrier }) => ({
    ...SETTINGS,
    agents: { worker: agent('claude', 'a'), codex: agent('codex', 'b'), other: agent('claude', 'a') },
    parallel,
    parallel_lanes: { a: lane },
    parallel_families: { command: 5 },
    resources: { gpu, simulator: 1 },
    ...(scopes === undefined ? {} : { scopes }),
    ...(barrier === undefined ? {} : { barrier }),
  }));

const used = (state: RunState, ids: readonly string[], name: string): number =>
  ids.reduce((sum, id) => sum + (taskIn(state, id).resources?.[name] ?? 0), 0);
const taskIn = (state: RunState, id: string): PlanTask =>
  (state.tasks[state.schedule.index[id] as number] as RunState['tasks'][number]).task;

/** Which limit is broken when these are under way together; worked out anew, from the settings alone. */
function broken(state: RunState, active: readonly string[]): string | undefined {
  const limits = state.settings as RunSettings;
  const tasks = active.map((id) => taskIn(state, id));
  if (tasks.length > Math.min(limits.parallel, 5)) return 'agents';
  if (tasks.filter((one) => one.agent !== 'codex').length > (limits.parallel_lanes?.['a'] as number)) return 'lane';
  if (tasks.filter((one) => one.agent === 'codex').length > 2) return 'agent';
  for (const name of ['gpu', 'simulator'])
    if (used(state, active, name) > (limits.resources?.[name] as number)) return name;
  if (limits.scopes !== 'advisory')
    for (const [i, one] of tasks.entries())
      if (tasks.slice(i + 1).some((other) => scopesOverlap(one.scope, other.scope))) return 'scope';
  if (limits.barrier === 'wave') {
    const waves = barrierWaves(state.tasks.map((one) => one.task));
    const open = Math.min(
      ...state.tasks.flatMap(({ progress }, at) => (progress.status === 'merged' ? [] : [waves[at] as number])),
    );
    if (active.some((id) => waves[state.schedule.index[id] as number] !== open)) return 'wave';
  }
  const merged = (id: string): boolean => state.tasks[state.schedule.index[id] as number]?.progress.status === 'merged';
  return tasks.every((one) => one.needs.every(merged)) ? undefined : 'needs';
}

/** Carries a plan out: starts what is to start, and ends whatever the dice say. */
function carryOut(tasks: readonly PlanTask[], limits: RunSettings, dice: readonly number[]): void {
  const story = new Story(tasks, limits).approved();
  const active: string[] = [];
  /** How often each ready task was passed over. */
  const passed = new Map<string, number>();
  for (let step = 0; story.state.schedule.merged < tasks.length; step++) {
    const { start, held } = dispatch(story.state);
    expect(start.length + held.size).toBe(story.state.schedule.ready.length);
    for (const at of start) {
      const { id, agent: wish } = tasks[at] as PlanTask;
      story.tell({
        event: 'attempt_started',
        task: id,
        attempt: 1,
        agent: wish ?? 'worker',
        contract_id: 'implement.v1',
        base: 'base',
        nonce: id,
        brief_sha256: '',
      });
      active.push(id);
    }
    expect(broken(story.state, active)).toBeUndefined();
    // Work conserving: with these under way, no ready task could have been started without breaking a limit.
    const rest = dispatch(story.state);
    expect(rest.start).toEqual([]);
    for (const [at, obstacle] of rest.held) {
      expect(broken(story.state, [...active, (tasks[at] as PlanTask).id]), obstacle.kind).toBeDefined();
      passed.set((tasks[at] as PlanTask).id, (passed.get((tasks[at] as PlanTask).id) ?? 0) + 1);
      if (obstacle.kind === 'scope-in-use') expect(active).toContain(obstacle.by);
      if (obstacle.kind === 'resource') for (const by of obstacle.by) expect(active).toContain(by);
      if (obstacle.kind === 'no-free-agent' && obstacle.lane === undefined && obstacle.agent === undefined)
        expect(active.length).toBeGreaterThanOrEqual(obstacle.limit);
    }
    // Nothing under way and nothing to start would be a stand-still for ever.
    expect(active.length, `step ${step}`).toBeGreaterThan(0);
    const [ended] = active.splice((dice[step % dice.length] as number) % active.length, 1) as [string];
    const tip = story.state.tip ?? 'base';
    story.done(ended).verified(ended, true, { checks: 'c' }).landing(ended, tip, ended).merged(ended, tip, ended);
  }
  // No starvation: nobody is passed over more often than there are others.
  for (const count of passed.values()) expect(count).toBeLessThan(tasks.length);
}

describe('the scheduler', () => {
  test('keeps every limit, never leaves an agent idle while a ready task fits, and comes to an end', () => {
    fc.assert(
      fc.property(plans, settings, fc.array(fc.nat(), { minLength: 1, maxLength: 12 }), (tasks, limits, dice) =>
        carryOut(tasks, limits, dice),
      ),
      { numRuns: 150 },
    );
  });

  test('every limit is a reason of its own, and explain speaks from it', () => {
    const tasks = [
      task('T1', { resources: { simulator: 1 } }),
      task('T2', { resources: { simulator: 1 } }),
      task('T3', { scope: ['T1/x.ts'] }),
      task('T4', { needs: ['T1'] }),
      task('T5', { resources: { gpu: 3 } }),
    ];
    const story = new Story(tasks, { ...SETTINGS, parallel: 4, resources: { gpu: 2 } }).approved().started('T1');
    const because = (id: string): string => explainTask(story.state, id)?.because ?? '';
    expect(because('T2')).toBe('it needs simulator, which T1 has');
    expect(because('T3')).toBe('its scope overlaps with T1, which is under way');
    expect(because('T4')).toBe('it needs T1 (working)');
    expect(because('T5')).toBe('it needs 3 of gpu, and there are 2');
    expect(explainWaiting(story.state).map((one) => [one.task, one.kind])).toEqual([
      ['T2', 'resource'],
      ['T3', 'scope-in-use'],
      ['T5', 'resource'],
      ['T4', 'needs'],
    ]);
  });

  test('advisory scopes overlap only when an agent would be idle otherwise', () => {
    const tasks = [task('T1', { scope: ['a/'] }), task('T2', { scope: ['a/x'] }), task('T3', { scope: ['b/'] })];
    const story = new Story(tasks, { ...SETTINGS, parallel: 2, scopes: 'advisory' }).approved();
    expect(dispatch(story.state).start).toEqual([0, 2]);
    const wider = new Story(tasks, { ...SETTINGS, parallel: 3, scopes: 'advisory' }).approved();
    expect(dispatch(wider.state).start).toEqual([0, 2, 1]);
  });

  test('room of the machine is a limit like any other', () => {
    const story = new Story([task('T1'), task('T2')], { ...SETTINGS, resources: { gpu: 1 } }).approved();
    expect(dispatch(story.state, [], { agents: 1 })).toMatchObject({ start: [0] });
    expect(dispatch(story.state, [], { closed: 'memory is short' }).held.get(0)).toEqual({
      kind: 'machine',
      words: 'memory is short',
    });
    // One that is being begun has its place at the machine already.
    expect(dispatch(story.state, ['T1'], { agents: 0 })).toMatchObject({ start: [0] });
  });
});

describe('waves', () => {
  const waves = (tasks: readonly PlanTask[]): readonly number[] => barrierWaves(tasks);

  test('are levels of needs where the plan says nothing of waves', () => {
    expect(waves([task('T1'), task('T2', { needs: ['T1'] }), task('T3'), task('T4', { needs: ['T2', 'T3'] })])).toEqual(
      [0, 1, 0, 2],
    );
  });

  test('are neighbours of one group, and every other task by itself', () => {
    const g = (id: string, group?: string, more: Partial<PlanTask> = {}): PlanTask =>
      task(id, { ...(group === undefined ? {} : { group }), ...more });
    expect(waves([g('T1'), g('T2', 'a'), g('T3', 'a'), g('T4', 'b'), g('T5'), g('T6', 'a')])).toEqual([
      0, 1, 1, 2, 3, 4,
    ]);
    // Within a group, a need or a shared path begins another wave.
    expect(waves([g('T1', 'a'), g('T2', 'a', { needs: ['T1'] }), g('T3', 'a')])).toEqual([0, 1, 1]);
    expect(waves([g('T1', 'a'), g('T2', 'a', { scope: ['T1/x'] })])).toEqual([0, 1]);
  });

  test('are as numbered, moved on where a need says otherwise', () => {
    expect(
      waves([
        task('T1', { wave: 1 }),
        task('T2', { wave: 2 }),
        task('T3', { wave: 2, needs: ['T2'] }),
        task('T4', { wave: 1 }),
      ]),
    ).toEqual([0, 1, 2, 0]);
  });

  test('a task is in a later wave than its needs, and two of one wave share no path', () => {
    fc.assert(
      fc.property(plans, (tasks) => {
        const of = waves(tasks);
        tasks.forEach((one, at) => {
          for (const need of one.needs)
            expect(of[at]).toBeGreaterThan(of[tasks.findIndex(({ id }) => id === need)] as number);
          tasks.forEach((other, i) => {
            if (i < at && of[i] === of[at]) expect(scopesOverlap(one.scope, other.scope)).toBe(false);
          });
        });
        expect(new Set(of)).toEqual(new Set(Array.from({ length: Math.max(...of) + 1 }, (_, i) => i)));
      }),
      { numRuns: 150 },
    );
  });
});

describe('waves and stops', () => {
  const stop = (after: readonly string[], before: readonly string[]) => ({ after, before });

  test('what is behind a stop is in a later wave than what the stop comes after', () => {
    const tasks = [task('T1'), task('T2'), task('T3', { needs: ['T2'] }), task('T4')];
    expect(barrierWaves(tasks)).toEqual([0, 0, 1, 0]);
    expect(barrierWaves(tasks, [stop(['T3'], ['T1'])])).toEqual([2, 0, 1, 0]);
    // What is no task of the run, and a stop that comes after nothing, hold nobody.
    expect(barrierWaves(tasks, [stop(['gone'], ['T1']), stop([], ['T2']), stop(['T2'], [])])).toEqual([0, 0, 1, 0]);
  });

  test('numbers and groups of the document give way to a stop', () => {
    const numbered = [task('T1', { wave: 1 }), task('T2', { wave: 2 })];
    expect(barrierWaves(numbered, [stop(['T2'], ['T1'])])).toEqual([1, 0]);
    const grouped = [task('T1', { group: 'a' }), task('T2', { group: 'a' })];
    expect(barrierWaves(grouped, [stop(['T2'], ['T1'])])).toEqual([1, 0]);
  });

  test('a shared path is gone through in the order of the stops', () => {
    const tasks = [task('T1', { scope: ['a.ts'] }), task('T2', { scope: ['a.ts'] })];
    expect(barrierWaves(tasks, [stop(['T2'], ['T1'])])).toEqual([1, 0]);
  });

  test('where every stop can open, waves, needs and stops let every task start', () => {
    const stops = fc.array(fc.record({ after: fc.nat({ max: 30 }), before: fc.nat({ max: 30 }) }), { maxLength: 6 });
    fc.assert(
      fc.property(plans, stops, (tasks, drawn) => {
        if (tasks.length === 0) return;
        const at = (n: number): string => (tasks[n % tasks.length] as PlanTask).id;
        const gates = drawn.map(({ after, before }, i) => ({ id: `V${i}`, after: [at(after)], before: [at(before)] }));
        fc.pre(standstillOf(tasks, gates) === undefined);
        const waves = barrierWaves(tasks, gates);
        const done = new Set<string>();
        while (done.size < tasks.length) {
          const wave = Math.min(...tasks.flatMap(({ id }, i) => (done.has(id) ? [] : [waves[i] as number])));
          const next = tasks.find(
            ({ id, needs }, i) =>
              !done.has(id) &&
              waves[i] === wave &&
              needs.every((need) => done.has(need)) &&
              gates.every(({ after, before }) => !before.includes(id) || after.every((one) => done.has(one))),
          );
          expect(next).toBeDefined();
          done.add((next as PlanTask).id);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('scopes that another run in the repository has in use', () => {
  const tasks = [task('T1', { scope: ['src/a/'] }), task('T2', { scope: ['src/b.ts'] }), task('T3', { scope: [] })];
  const room = { scopes: [{ run: 'other', task: 'X1', scope: ['src/a/x.ts', 'docs/'] }] };

  test('exclusive: nobody starts in them, and it is said why', () => {
    const { state } = new Story(tasks, { ...SETTINGS, parallel: 3 }).approved();
    const { start, held } = dispatch(state, [], room);
    expect(start).toEqual([1, 2]);
    expect([...held]).toEqual([[0, { kind: 'scope-in-use', by: 'X1', run: 'other' }]]);
    expect(explainTask(state, 'T1', room)?.because).toBe(
      'its scope overlaps with X1 of the run other, which is under way',
    );
  });

  test('advisory: whoever gets into nobody’s way goes first', () => {
    const settings = { ...SETTINGS, parallel: 3, scopes: 'advisory' as const };
    const { state } = new Story(tasks, settings).approved();
    expect(dispatch(state, [], room).start).toEqual([1, 2, 0]);
    expect(dispatch(state).start).toEqual([0, 1, 2]);
  });
});
