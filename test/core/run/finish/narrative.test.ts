import { expect, test } from 'vitest';
import { decide } from '../../../../src/core/run/decide.ts';
import {
  keptNarrative,
  narrativeBrief,
  narratorOf,
  NARRATIVE_STORY,
} from '../../../../src/core/run/finish/narrative.ts';
import type { RunEvent } from '../../../../src/core/run/event.ts';
import type { RunSettings } from '../../../../src/core/run/settings.ts';
import { spentInRun } from '../../../../src/core/run/spending.ts';
import { SETTINGS, Story, task } from '../story.ts';

const WITH: RunSettings = { ...SETTINGS, roles: { ...SETTINGS.roles, retro: 'worker' }, narrative: 'auto' };
const ASKED: RunEvent = { event: 'narrative_asked', agent: 'worker', model: null, nonce: 'n', brief_sha256: 'b' };

function over(settings: RunSettings, outcome: 'keep' | 'discard' = 'keep'): Story {
  const one = new Story([task('T1')], settings, ['e2e']).approved();
  one.landed('T1');
  one.tell({ event: 'phase_entered', phase: 'finish' }, { event: 'worktree_removed', task: 'T1', attempt: 1 });
  one.tell({
    event: 'branch_verified',
    commit: 'l-T1',
    tree: 't',
    checks: 'c',
    evidence: 'e',
    duration_ms: 1,
    passed: true,
  });
  const forge = { offered: false as const, why: '' };
  one.tell({ event: 'balance_drawn', of: 'l-T1', commit: 'l-T1', onto: 'fast-forward', items: [], forge });
  return one.tell({ event: 'run_completed', outcome, branch: 'b', commit: 'l-T1', missing: [], waived: [] });
}
const next = (one: Story): string[] =>
  decide(one.state).map((effect) =>
    effect.type === 'narrate' ? `narrate ${effect.begun ? 'begun' : 'anew'}` : effect.type,
  );

test('it is asked once before a run is archived, whatever comes of it', () => {
  const one = over(WITH);
  expect(next(one)).toEqual(['narrate anew']);
  expect(next(one.tell(ASKED))).toEqual(['narrate begun']);
  const usage = { input: 10, output: 5, cost: 0.25 };
  const told = { event: 'narrative_told' as const, agent: 'worker', model: 'small', reason: '', duration_ms: 1, usage };
  expect(next(one.tell({ ...told, ending: 'failed' }))).toEqual(['archive']);
  expect(spentInRun(one.state)).toMatchObject({ tokens: 15, cost: 0.25 });
});

test('nobody is asked where it is off, of a run that is discarded, or while the account rests', () => {
  const { narrative: _, ...off } = WITH;
  expect(next(over(off))).toEqual(['archive']);
  expect(next(over(WITH, 'discard'))).toEqual(['archive']);
  const parked = over(WITH);
  parked.state.lanes['worker'] = { parked: { failure: 'usage-limit', until: null } } as never;
  expect(next(parked)).toEqual(['archive']);
});

test('a command is asked where a role names it, what is spoken with also without', () => {
  const { worker } = SETTINGS.agents;
  if (worker === undefined) throw new Error('there is a worker');
  const roles = { implement: 'worker' };
  expect(narratorOf({ agents: { worker }, roles })).toBeUndefined();
  expect(narratorOf({ agents: { worker }, roles: { ...roles, discovery: 'worker' } })?.agent).toBe('worker');
  expect(narratorOf({ agents: { worker: { ...worker, kind: 'claude' } as never }, roles })?.agent).toBe('worker');
  expect(narratorOf({ agents: { worker }, roles: { ...roles, retro: 'nobody' } })).toBeUndefined();
});

test('what names no task of the run is dropped, and everything has a bound', () => {
  const { state } = over(WITH);
  const long = 'x'.repeat(10_000);
  const kept = keptNarrative(state, {
    summary: long,
    went_well: [{ text: 'a\nb', tasks: ['T1', 'T1', 'T2'] }],
    went_badly: [{ text: 'c', tasks: ['T2'] }],
    next_time: [{ text: 'd', tasks: [] }],
  });
  expect(kept).toMatchObject({ went_well: [{ text: 'a b', tasks: ['T1'] }], went_badly: [], next_time: [] });
  expect(kept.summary.length).toBeLessThanOrEqual(1500);
  expect(narrativeBrief(state, 'x'.repeat(NARRATIVE_STORY * 2), 1).retro.length).toBeLessThan(NARRATIVE_STORY + 100);
});
