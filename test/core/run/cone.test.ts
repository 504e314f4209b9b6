import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checksOf } from '../../../src/core/run/checks.ts';
import { coneOf, coneWords, diffPlans, type PlanSide } from '../../../src/core/run/cone.ts';
import type { PlanTask } from '../../../src/core/plan/model.ts';
import { scopeCovers } from '../../../src/core/plan/scope-covers.ts';
import { SETTINGS, Story, task } from './story.ts';

const tasks = [task('T1'), task('T2', { needs: ['T1'] }), task('T3'), task('T4')];
const side = (more: Partial<Record<string, Partial<PlanTask>>> = {}, texts: Record<string, string> = {}): PlanSide => ({
  tasks: tasks.map((one) => ({ ...one, ...more[one.id] })),
  verify: ['check all'],
  texts,
});

/** T1 landed, T3 is at work, T4 waits for the merge queue. */
function story(): Story {
  const told = new Story(tasks, { ...SETTINGS, parallel: 3 }, ['check all']).approved();
  told
    .started('T1')
    .done('T1')
    .verified('T1', true, { checks: checksOf(['check T1']) })
    .merged('T1', 'base', 't-T1-1');
  told
    .started('T3')
    .started('T4')
    .done('T4')
    .verified('T4', true, { checks: checksOf(['check T4']) });
  return told;
}
const cone = (after: PlanSide, before = side()) => coneOf(story().state, diffPlans(before, after));
const fates = (after: PlanSide, before = side()) =>
  Object.fromEntries(cone(after, before).tasks.map(({ task: id, fate }) => [id, fate]));

describe('the cone of an amendment', () => {
  test('nothing changed: nothing is taken out of force', () => {
    expect(cone(side())).toEqual({ tasks: [], approvals: [], evidence: [], gates: [], untouched: 4 });
    expect(coneWords(cone(side()))).toEqual([]);
  });

  test('what says when and not what needs no approval and costs no evidence', () => {
    const found = cone(side({ T2: { estimate: 30 }, T3: { resources: { device: 1 } }, T4: { group: 'b' } }));
    expect(found).toMatchObject({ approvals: [], evidence: [], gates: [] });
    expect(found.tasks.map(({ fate }) => fate)).toEqual(['begins', 'goes-on', 'goes-on']);
  });

  test('other words: where each task is decides what becomes of it', () => {
    const texts = { T1: 'new', T2: 'new', T3: 'new', T4: 'new' };
    expect(fates(side({}, texts))).toEqual({ T1: 'landed', T2: 'begins', T3: 'restarts', T4: 'restarts' });
    expect(cone(side({}, texts)).approvals).toEqual([{ approval: 'plan', why: 'tasks ask for something else' }]);
  });

  test('other commands: what is done is proven again, what is at work is when it is done', () => {
    const verify = ['check harder'];
    const found = cone(side({ T1: { verify }, T2: { verify }, T3: { verify }, T4: { verify } }));
    expect(found.tasks.map(({ task: id, fate }) => `${id} ${fate}`)).toEqual([
      'T1 landed',
      'T2 begins',
      'T3 goes-on',
      'T4 proves-again',
    ]);
    expect(found.evidence.map(({ task: id }) => id)).toEqual(['T1']);
  });

  test('a wider scope is approved again, a narrower one is not, and done work is looked at again', () => {
    const wider = cone(side({ T4: { scope: ['T4/', 'more/'] } }));
    expect([wider.tasks[0]?.fate, wider.approvals[0]?.why]).toEqual(['goes-on', 'tasks may change more']);
    const narrower = cone(side({ T4: { scope: ['T4/a.ts'] } }));
    expect([narrower.tasks[0]?.fate, narrower.approvals]).toEqual(['proves-again', []]);
  });

  test('a need that is not there yet sends back who began without it', () => {
    expect(fates(side({ T3: { needs: ['T2'] } }))).toEqual({ T3: 'restarts' });
    expect(fates(side({ T3: { needs: ['T1'] } }))).toEqual({ T3: 'goes-on' });
  });

  test('dropped and added tasks; what landed stays', () => {
    const after = { ...side(), tasks: [...tasks.slice(2), task('T5')] };
    expect(fates(after)).toEqual({ T5: 'added', T1: 'landed', T2: 'dropped' });
    expect(coneWords(cone(after))).toEqual([
      'T5 is new: the plan has it now',
      'T1 has landed, and stays as it is: the plan has it no more, and what landed stays',
      'T2 is dropped: the plan has it no more',
      'the plan has to be approved again: 1 task is new',
      '2 tasks are untouched',
    ]);
  });

  test('questions about a task that is sent back are over', () => {
    const told = story();
    told.tell({
      event: 'gate_opened',
      gate: 'ask:T3#1:x-1',
      question: '?',
      options: ['allow', 'deny'],
      recommended: 'deny',
      detail: [],
    });
    expect(coneOf(told.state, diffPlans(side(), side({}, { T3: 'new' }))).gates).toEqual(['ask:T3#1:x-1']);
    expect(coneOf(told.state, diffPlans(side(), side({}, { T4: 'new' }))).gates).toEqual([]);
  });

  test('two amendments at once take out of force what each does, and nothing else', () => {
    const change = fc.constantFrom<Partial<PlanTask>>(
      { verify: ['x'] },
      { title: 'x' },
      { scope: ['x/'] },
      { estimate: 5 },
      { agent: 'codex' },
      {},
    );
    fc.assert(
      fc.property(change, change, (a, b) => {
        const alone = [cone(side({ T1: a })), cone(side({ T4: b }))];
        const both = cone(side({ T1: a, T4: b }));
        expect(both.evidence).toEqual(alone.flatMap(({ evidence }) => evidence));
        expect(both.tasks).toEqual(alone.flatMap(({ tasks: some }) => some));
        expect(both.approvals.length > 0).toBe(alone.some(({ approvals }) => approvals.length > 0));
      }),
    );
  });
});

test.each([
  [['src/'], ['src/a.ts'], true],
  [['src/'], ['src/db/'], true],
  [['src/'], ['src/**/*.ts'], true],
  [['src/*.ts'], ['src/a.ts'], true],
  [['src/*.ts'], ['src/db/'], false],
  [['src/a.ts'], ['src/'], false],
  [[], ['anything/'], true],
  [['src/'], [], false],
  [['**'], [], true],
] as const)('%j covers %j: %s', (a, b, expected) => {
  expect(scopeCovers(a, b)).toBe(expected);
});
