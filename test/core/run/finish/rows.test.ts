import { expect, test } from 'vitest';
import type { PlanTask } from '../../../../src/core/plan/model.ts';
import type { ContractRole, PlanTerms, TermRow } from '../../../../src/core/plan/terms.ts';
import { composeBrief, renderBrief } from '../../../../src/core/run/brief.ts';
import { frozenFindings } from '../../../../src/core/run/finish/frozen.ts';
import {
  rowsToJudge,
  rowsTold,
  streamsOf,
  unshown,
  unshownWords,
  untested,
  withTester,
} from '../../../../src/core/run/finish/rows.ts';
import { taskOf, type TaskState } from '../../../../src/core/run/state.ts';
import { SETTINGS, Story, task } from '../story.ts';

function row(id: string, role: ContractRole, tasks: readonly string[], criterion: string): TermRow {
  return { id, role, requirements: [], criteria: [criterion], text: `about ${criterion}`, tasks };
}

const ROWS = [
  row('D1', 'development', ['WS-1', 'WS-2'], 'AC-1'),
  row('T1', 'testing', ['WS-1'], 'AC-1'),
  row('T2', 'testing', ['WS-1'], 'AC-1'),
  row('R1', 'review', ['WS-1', 'WS-2'], 'AC-1'),
];
const WS1 = task('WS-1', { planFirst: 'phased', agent: 'worker' });

function unfolded(streams: readonly PlanTask[], rows = ROWS): Story {
  const terms: PlanTerms = { criteria: [], rows, gates: [], whole: [] };
  const one = new Story(streams, { ...SETTINGS, subplans: 'always' }, [], terms).approved().started('WS-1');
  const tasks = withTester(one.state, streams[0] as PlanTask, [
    task('WS-1/P1'),
    task('WS-1/P2', { needs: ['WS-1/P1'] }),
  ]);
  one.tell({ event: 'subplan_written', task: 'WS-1', attempt: 1, kind: 'phased', sha256: 's', clean: true, tasks });
  return one.tell({ event: 'subplan_approved', task: 'WS-1', sha256: 's', by: 'policy', how: 'test' });
}

const told = (one: Story, id: string): string[] =>
  rowsTold(one.state, taskOf(one.state, id) as TaskState).map((each) => each.id);
const judged = (one: Story, id: string): string[] =>
  rowsToJudge(one.state, taskOf(one.state, id) as TaskState).map((each) => each.id);
const tests = (...names: string[]): { path: string; name: string; text: string }[] =>
  names.map((name) => ({ path: 'a.test.js', name, text: name }));

test('who develops is told the rows of development, who tests those of the mandate, and each sees no others', () => {
  const one = unfolded([WS1]);
  expect(one.state.tasks.map(({ task: { id } }) => id)).toEqual(['WS-1', 'WS-1/P1', 'WS-1/P2', 'WS-1/TEST']);
  expect(taskOf(one.state, 'WS-1/TEST')?.task.needs).toEqual(['WS-1/P2']);
  expect(told(one, 'WS-1/P1')).toEqual(['D1']);
  expect(told(one, 'WS-1/TEST')).toEqual(['T1', 'T2']);
  const brief = composeBrief(one.state, taskOf(one.state, 'WS-1/TEST') as TaskState, 1, 'b', 'worker', {
    goal: '',
    context: '',
  });
  expect(renderBrief(brief)).toMatch(/Write at least one test for each[^]*T1[^]*T2/);
});

test('the review contract is judged row by row where all of the stream is there', () => {
  const one = unfolded([WS1]);
  expect(judged(one, 'WS-1/P2')).toEqual([]);
  expect(judged(one, 'WS-1/TEST')).toEqual(['R1']);
});

test('the mandate is fulfilled by as many tests as it has rows, and only who has the duty is held to it', () => {
  const one = unfolded([WS1]);
  const missing = (id: string, ...names: string[]): string[] =>
    untested(one.state, taskOf(one.state, id) as TaskState, tests(...names)).map((each) => each.id);
  expect(missing('WS-1/TEST')).toEqual(['T1', 'T2']);
  expect(missing('WS-1/TEST', 'AC-1: one')).toEqual(['T2']);
  expect(missing('WS-1/TEST', 'AC-1: one', 'AC-1: two')).toEqual([]);
  expect(missing('WS-1/P1')).toEqual([]);
});

test('a stream of tests has the duty, and then no other is made', () => {
  const tester = task('WS-2', { planFirst: 'phased', agent: 'test-engineer', needs: ['WS-1'] });
  const rows = [row('T1', 'testing', ['WS-1', 'WS-2'], 'AC-1')];
  const one = unfolded([WS1, tester], rows);
  expect(one.state.tasks.map(({ task: { id } }) => id)).toEqual(['WS-1', 'WS-2', 'WS-1/P1', 'WS-1/P2']);
  expect(withTester(one.state, tester, [task('WS-2/P1')])).toHaveLength(1);
});

test('progress by milestones and subtasks', () => {
  const one = unfolded([WS1]);
  expect(streamsOf(one.state)).toMatchObject([
    { id: 'WS-1', plan: 'done', develop: 'open', test: 'open', review: 'none', merged: 0, of: 3 },
  ]);
  one.landed('WS-1/P1');
  one.landed('WS-1/P2');
  expect(streamsOf(one.state)).toMatchObject([{ develop: 'done', test: 'open', merged: 2 }]);
});

test('after a freeze what is frozen only grows: files stay, declarations stay, and before it nothing is held', () => {
  const freeze = {
    ...{ id: 'F1', kind: 'freeze' as const, title: 'Line contract', after: ['T1'], before: ['T2'] },
    ...{ criteria: [], onFail: undefined, commands: [], frozen: { paths: ['src/line.js'], names: ['readLine'] } },
  };
  const terms: PlanTerms = { criteria: [], rows: [], whole: [], gates: [freeze] };
  const one = new Story([task('T1'), task('T2')], SETTINGS, [], terms).approved();
  const change = (path: string, before: string, after: string) => [
    { path, before: { mode: '100644', text: before }, after: { mode: '100644', text: after } },
  ];
  const file = change('src/line.js', 'a\n', 'b\n');
  const t2 = taskOf(one.state, 'T2') as TaskState;
  expect(frozenFindings(one.state, t2, file)).toEqual([]);
  one.landed('T1');
  expect(frozenFindings(one.state, t2, file)).toMatchObject([{ rule: 'frozen', path: 'src/line.js' }]);
  expect(frozenFindings(one.state, taskOf(one.state, 'T1') as TaskState, file)).toEqual([]);
  const declared = 'export function readLine(text) {\n';
  const inner = (after: string) => frozenFindings(one.state, t2, change('src/other.js', `${declared}}\n`, after));
  expect(inner(`${declared}  return text;\n}\nexport const more = 1;\n`)).toEqual([]);
  expect(inner('export function readLine(text, strict) {\n}\n')).toMatchObject([{ rule: 'frozen', line: 1 }]);
});

test('of a type its members are frozen, too: one more may come, none may change or go', () => {
  const freeze = {
    ...{ id: 'F-0', kind: 'freeze' as const, title: 'Store is merged', after: [], before: [] },
    ...{ criteria: [], onFail: undefined, commands: [], frozen: { paths: [], names: ['Store'] } },
  };
  const terms: PlanTerms = { criteria: [], rows: [], whole: [], gates: [freeze] };
  const one = new Story([task('T1')], SETTINGS, [], terms).approved();
  const before = 'export interface Store {\n  get(key: string): string;\n  // a remark\n}\nconst a = 1;\n';
  const inner = (after: string) =>
    frozenFindings(one.state, taskOf(one.state, 'T1') as TaskState, [
      { path: 'src/store.ts', before: { mode: '100644', text: before }, after: { mode: '100644', text: after } },
    ]);
  expect(inner(before.replace('const a = 1', 'const b = 2').replace('a remark', 'another'))).toEqual([]);
  expect(inner(before.replace('string;\n', 'string;\n  put(key: string): void;\n'))).toEqual([]);
  expect(inner(before.replace('key: string', 'key: number'))).toMatchObject([{ line: 1 }]);
  expect(inner('const a = 1;\n')).toMatchObject([{ line: 1 }]);
});

test('what the development contract asks for and no test mandate covers is shown where the stream ends, or goes back once', () => {
  const rows = [
    row('D1', 'development', ['WS-1'], 'AC-1'),
    row('D2', 'development', ['WS-1'], 'AC-2'),
    row('T1', 'testing', ['WS-1'], 'AC-1'),
  ];
  const one = unfolded([WS1], rows);
  const ids = (id: string, tests: readonly string[] = []): readonly string[] =>
    unshown(
      one.state,
      taskOf(one.state, id) as TaskState,
      tests.map((text) => ({ path: 'test/a.test.js', name: text, text })),
    ).map((each) => each.id);
  expect(ids('WS-1/P1')).toEqual([]);
  expect(ids('WS-1/TEST')).toEqual([]);
  expect(ids('WS-1/P2')).toEqual(['D2']);
  expect(ids('WS-1/P2', ['AC-2: says so'])).toEqual([]);
  one.landed('WS-1/P1');
  const of = { task: 'WS-1/P2', attempt: 1 };
  const told = unshownWords(unshown(one.state, taskOf(one.state, 'WS-1/P2') as TaskState, []));
  expect(told).toContain('D2 (AC-2: about AC-2)');
  one.started('WS-1/P2').tell({ event: 'witness_failed', ...of, claim: 'completed', check: told });
  one.tell({ event: 'attempt_finished', ...of, ending: 'failed', reason: told, exit_code: 0 });
  expect(ids('WS-1/P2')).toEqual([]);
});
