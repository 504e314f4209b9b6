import { expect, test } from 'vitest';
import type { PlanTerms } from '../../../../src/core/plan/terms.ts';
import { accept } from '../../../../src/core/run/accept.ts';
import { decide } from '../../../../src/core/run/decide.ts';
import { standingOf } from '../../../../src/core/run/finish/balance.ts';
import { drawBalance, type Found, names } from '../../../../src/core/run/finish/draw.ts';
import { wholeCommands } from '../../../../src/core/run/finish/plan.ts';
import { pullRequestText } from '../../../../src/core/run/finish/text.ts';
import { boardOf } from '../../../../src/core/views/board.ts';
import { SETTINGS, Story, task } from '../story.ts';

const TERMS: PlanTerms = {
  criteria: [
    { id: 'AC-1', text: 'a widget is made', tasks: ['T1'] },
    { id: 'AC-2', text: 'an empty name is refused', tasks: ['T1'] },
  ],
  rows: [
    { id: 'D1', role: 'development', requirements: [], criteria: ['AC-1'], text: '201', tasks: ['T1'] },
    { id: 'T1', role: 'testing', requirements: [], criteria: ['AC-2'], text: 'empty', tasks: ['T1'] },
    {
      id: 'T2',
      role: 'testing',
      requirements: [],
      criteria: ['AC-2'],
      text: 'a hundred and one characters',
      tasks: ['T1'],
    },
    { id: 'R1', role: 'review', requirements: [], criteria: ['AC-1'], text: 'location', tasks: ['T1'] },
  ],
  gates: [],
  whole: ['All modules implemented and merged', 'Nobody waits longer than a second for anything'],
};
const FOUND: Found = {
  commands: ['npm test'],
  passed: true,
  tests: [
    { path: 'test/a.test.js', name: 'AC-1: makes one', text: 'AC-1: makes one' },
    { path: 'test/a.test.js', name: 'AC-2 empty', text: 'AC-2 empty' },
  ],
};

function finished(settings = SETTINGS): Story {
  const one = new Story([task('T1')], settings, ['e2e'], TERMS).approved();
  one.landed('T1');
  one.tell({ event: 'phase_entered', phase: 'finish' }, { event: 'worktree_removed', task: 'T1', attempt: 1 });
  const check = { commit: 'l-T1', tree: 't', checks: 'c', evidence: 'e', duration_ms: 1 };
  one.tell({ event: 'branch_verified', ...check, passed: true });
  return one;
}

function drawn(one: Story, found = FOUND): Story {
  const forge = { offered: false as const, why: 'gh is not installed' };
  const items = drawBalance(one.state, found);
  return one.tell({ event: 'balance_drawn', of: 'l-T1', commit: 'l-T1', onto: 'fast-forward', items, forge });
}

const stateOf = (one: Story, found = FOUND): Record<string, string> =>
  Object.fromEntries(drawBalance(one.state, found).map(({ id, state }) => [id, state]));

test('each criterion and row is bound to what proves it, or missing by name', () => {
  expect(drawBalance(finished().state, FOUND).find(({ id }) => id === 'AC-1')?.by).toBe(
    'test "AC-1: makes one" in test/a.test.js',
  );
  expect(stateOf(finished())).toEqual({
    'AC-1': 'proven',
    'AC-2': 'proven',
    D1: 'proven',
    T1: 'proven',
    // Two rows want two tests.
    T2: 'missing',
    R1: 'missing',
    'whole-1': 'proven',
    'whole-2': 'missing',
  });
});

test('a test that no command ran, or that failed, proves nothing', () => {
  for (const found of [
    { ...FOUND, commands: [] },
    { ...FOUND, passed: false },
    // Commands that only look at files ran no test.
    { ...FOUND, commands: ['true', 'test -s src/store.txt && grep -q x a.txt', '! [ -e b ]'] },
  ])
    expect(stateOf(finished(), found)).toMatchObject({ 'AC-1': 'missing', D1: 'missing', T1: 'missing' });
});

test('a criterion that is a command is proven by it', () => {
  const criteria = ['pytest', '`make check` passes', 'test -s src/store.txt', 'pytest -x'].map((text, at) => ({
    ...{ id: `AC-${at + 1}`, text, tasks: ['T1'] },
  }));
  const one = new Story([task('T1')], SETTINGS, [], { criteria, rows: [], gates: [], whole: [] }).approved();
  const commands = ['pytest', 'make check', 'test -s src/store.txt'];
  expect(stateOf(one, { commands, passed: true, tests: [] })).toMatchObject({
    ...{ 'AC-1': 'proven', 'AC-2': 'proven', 'AC-3': 'proven', 'AC-4': 'missing' },
  });
});

test('a command proves a criterion that it runs, not one whose command begins like it', () => {
  const terms: PlanTerms = {
    criteria: [{ id: 'AC-2', text: '`verify T2`', tasks: ['T1'] }],
    rows: [],
    gates: [],
    whole: [],
  };
  const one = new Story([task('T1')], SETTINGS, [], terms).approved();
  for (const [command, state] of [
    ['verify T2', 'proven'],
    ['(cd app && verify T2; echo)', 'proven'],
    ['verify T21', 'missing'],
    ['preverify T2', 'missing'],
    ['verify T21 && verify T2', 'proven'],
  ] as const)
    expect(stateOf(one, { commands: [command], passed: true, tests: [] }), command).toEqual({
      'AC-2': state,
      T1: 'missing',
    });
});

test('an answer that was given before the whole failed holds no more, and the question is asked anew', () => {
  const one = drawn(finished());
  const [record] = decide(one.state);
  if (record?.type !== 'record') throw new Error('nothing is asked');
  one.tell(...record.events, { event: 'gate_answered', gate: 'finish', answer: 'merge', by: 'ann', how: 'test' });
  one.tell({ event: 'branch_moved', branch: one.state.runBranch, from: 'l-T1', to: 'more', forward: true });
  const check = { commit: 'more', tree: 'u', checks: 'c', evidence: 'e', duration_ms: 1 };
  const failed = { command: 'e2e', exit_code: 1, reason: 'exit code 1', tail: '' };
  one.tell({ event: 'branch_verified', ...check, passed: false, failed, flaked: ['npm test'] });
  expect(one.state.finishAnswer).toBeUndefined();
  expect(one.state.landings.flakes).toEqual({ 'npm test': 1 });
  expect(decide(one.state)[0]).toMatchObject({ type: 'draw-balance' });
});

test('where the merge would be refused again in the same way, keeping the branch is recommended', () => {
  const terms: PlanTerms = { criteria: [], rows: [], gates: [], whole: [] };
  const begun = new Story([task('T1')], SETTINGS, [], terms).approved();
  begun.landed('T1');
  begun.tell({ event: 'phase_entered', phase: 'finish' }, { event: 'worktree_removed', task: 'T1', attempt: 1 });
  const check = { commit: 'l-T1', tree: 't', checks: 'c', evidence: 'e', duration_ms: 1 };
  const one = drawn(begun.tell({ event: 'branch_verified', ...check, passed: true }));
  const asked = (): unknown => decide(one.state).flatMap((effect) => (effect.type === 'record' ? effect.events : []));
  expect(asked()).toMatchObject([{ gate: 'finish', recommended: 'merge' }]);
  const refused = { event: 'finish_refused' as const, choice: 'merge' as const };
  one.tell({
    ...refused,
    reason: 'main has moved on and conflicts in a',
    hint: 'keep the branch (…) and merge it by hand',
  });
  expect(asked()).toMatchObject([{ gate: 'finish', recommended: 'keep' }]);
  one.tell({
    ...refused,
    reason: 'main has changes',
    hint: 'commit them, then: masterplan approve demo --finish merge',
  });
  expect(asked()).toMatchObject([{ gate: 'finish', recommended: 'merge' }]);
});

test('an id is named by what means it, and by nothing else', () => {
  for (const text of ['AC-1: x', 'test_ac_1_works', 'testAC1', '(AC 1)']) expect(names(text, 'AC-1'), text).toBe(true);
  for (const text of ['AC-12', 'MAC-1', 'AC-1a', 'AC-2']) expect(names(text, 'AC-1'), text).toBe(false);
  expect(names('BC-17-1', 'BC-1-1')).toBe(false);
});

test('a run is never complete with something missing: the choice of the start is asked again, and the end says so', () => {
  const one = drawn(finished({ ...SETTINGS, finish: 'merge' }));
  const record = decide(one.state)[0];
  expect(record).toMatchObject({ events: [{ event: 'gate_opened', gate: 'finish', recommended: 'keep' }] });
  if (record?.type !== 'record') throw new Error('nothing is asked');
  expect(record.events).toHaveLength(1);
  expect(JSON.stringify(record.events)).toContain('nothing proves T2, R1');
  expect(JSON.stringify(record.events)).toContain('masterplan waive T2,R1 --run ');
  expect(JSON.stringify(record.events)).toContain('gh is not installed');
  one.tell(...record.events);
  const forge = accept(one.state, {
    schema: 1,
    id: 'p',
    by: 'ann',
    how: 'test',
    request: 'finish',
    choice: 'pull-request',
  });
  expect(forge).toMatchObject({ ok: false, error: { message: expect.stringContaining('gh is not installed') } });
  one.tell({
    event: 'run_completed',
    outcome: 'merge',
    branch: 'main',
    commit: 'l-T1',
    missing: ['T2', 'R1'],
    waived: [],
  });
  expect(boardOf(one.state)).toMatchObject({ status: 'incomplete', ended: { missing: ['T2', 'R1'] } });
  expect(decide(one.state)).toMatchObject([{ type: 'archive' }]);
  expect(decide(one.tell({ event: 'run_archived', path: 'docs/masterplan/demo' }).state)).toEqual([]);
});

test('what only reviews could say does not ask again whoever wants no reviews, and is missing all the same', () => {
  const one = drawn(finished({ ...SETTINGS, finish: 'merge' }), {
    ...FOUND,
    tests: [...FOUND.tests, { path: 'b', name: 'AC-2 long', text: 'AC-2 long' }],
  });
  expect(standingOf(one.state.end?.balance?.items ?? []).missing).toEqual(['R1']);
  expect(decide(one.state)[0]).toMatchObject({ events: [{ event: 'gate_opened' }, { event: 'gate_answered' }] });
});

test('waived by name and with a reason, and said so; what the plan does not ask for cannot be waived', () => {
  const one = drawn(finished());
  const ask = (criteria: string[], reason: string) =>
    accept(one.state, { schema: 1, id: 'w', by: 'ann', how: 'test', request: 'waive-criteria', criteria, reason });
  expect(ask(['AC-9'], 'no')).toMatchObject({ ok: false, error: { hint: expect.stringContaining('AC-1') } });
  expect(ask(['t2'], ' ')).toMatchObject({ ok: false });
  const waived = ask(['t2', 'r1'], 'nobody needs it');
  if (waived.ok) one.tell(...waived.value);
  expect(decide(one.state)).toMatchObject([{ type: 'draw-balance' }]);
  const { missing, waived: without } = standingOf(drawBalance(one.state, FOUND));
  expect([missing, without]).toEqual([[], ['T2', 'R1']]);
});

test('everything that proved a part is run for the whole, once each, with the commands of the plan last', () => {
  const one = new Story([task('T1', { verify: ['npm test', 'e2e'] }), task('T2', { verify: ['npm test'] })], SETTINGS, [
    'e2e',
  ]);
  one.approved();
  one.landed('T1');
  expect(wholeCommands(one.state)).toEqual(['npm test', 'e2e']);
});

test('a pull request says what landed, what is proven and what is not, and opens no markup of others', () => {
  const one = new Story([task('T1', { title: '`x` <!-- @everyone' })], SETTINGS, [], TERMS).approved();
  one.landed('T1');
  const { title, body } = pullRequestText(drawn(one).state);
  expect(title).toBe('Demo');
  expect(body).toContain('**Not complete:** nothing proves');
  expect(body).not.toMatch(/(?<!\\)<!--|(?<!\\)`x|(?<= )@everyone/);
});

test.each([
  // What the plan itself runs at the end shows it; what proved a part does not.
  ['Integration tests pass across module boundaries', ['npm test', 'e2e'], ['e2e'], [], 'proven'],
  ['Integration tests pass across module boundaries', ['node --test test/a'], [], [], 'missing'],
  ['E2E tests pass for critical user journeys', ['node --test test/a'], [], [], 'missing'],
  ['E2E tests pass for critical user journeys', ['npm run test:e2e'], [], [], 'proven'],
  ['E2E tests pass for critical user journeys', ['npm test'], [], ['test/e2e/login.test.js'], 'proven'],
  ['Integration tests pass across module boundaries', ['npm test'], [], ['test/bankIntegration.test.js'], 'proven'],
  ['The whole suite is green', ['npm test'], [], [], 'proven'],
])(
  'of a master plan: "%s" after %j, of which the plan has %j, with tests in %j',
  (text, commands, own, paths, state) => {
    const terms: PlanTerms = { criteria: [], rows: [], gates: [], whole: [text] };
    const one = new Story([task('P1')], SETTINGS, own, terms).approved().landed('P1');
    one.state.kind = 'master';
    const tests = paths.map((path) => ({ path, name: 'it works', text: 'it works' }));
    const items = drawBalance(one.state, { commands, passed: true, tests });
    expect(items[0]?.state).toBe(state);
    expect(standingOf(items).missing).toEqual(state === 'missing' ? ['whole-1'] : []);
    one.state.kind = 'phased';
    expect(standingOf(drawBalance(one.state, { commands, passed: true, tests })).missing).toEqual([]);
  },
);

test('a branch that fails as a whole is asked about as that, and whoever merges it all the same has no complete run', () => {
  const one = new Story([task('T1')], SETTINGS, ['e2e']).approved().landed('T1');
  one.tell({ event: 'phase_entered', phase: 'finish' }, { event: 'worktree_removed', task: 'T1', attempt: 1 });
  const check = { commit: 'l-T1', tree: 't', checks: 'c', evidence: 'e', duration_ms: 1, passed: false };
  one.tell({
    event: 'branch_verified',
    ...check,
    failed: { command: 'make e2e', exit_code: 2, reason: 'exit code 2', tail: '' },
  });
  const forge = { offered: false as const, why: 'gh is not installed' };
  one.tell({ event: 'balance_drawn', of: 'l-T1', commit: 'l-T1', onto: 'fast-forward', items: [], forge });
  const record = decide(one.state)[0];
  if (record?.type !== 'record') throw new Error('nothing is asked');
  expect(record.events).toMatchObject([{ question: expect.stringContaining('fails as a whole'), recommended: 'keep' }]);
  one.tell(...record.events);
  one.tell({ event: 'run_completed', outcome: 'merge', branch: 'main', commit: 'l-T1', missing: [], waived: [] });
  expect(boardOf(one.state)).toMatchObject({ status: 'incomplete', ended: { missing: [], fails: 'make e2e' } });
});
