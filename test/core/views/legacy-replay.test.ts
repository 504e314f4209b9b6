import { expect, test } from 'vitest';
import { readLegacyBundle } from '../../../src/core/formats/legacy/bundle.ts';
import type { LegacyBundle, LegacyFiles } from '../../../src/core/formats/legacy/model.ts';
import { orderOf } from '../../../src/core/formats/legacy/order.ts';
import { type LegacyReplay, replayLegacyLog } from '../../../src/core/views/legacy-replay.ts';
import { changesBetween } from '../../../src/core/views/replay.ts';

const PLAN = '# Old\n\n### Task 1: First\n\n### Task 2: Second\n\n### Task 3: Third\n';
const LINES = [
  { ts: '2026-05-01', event: 'run_created', phase: 'worktree_decided' },
  { ts: '2026-05-01T10:00:00Z', type: 'gate_opened', id: 'plan_approval', question: 'Start?', options: ['start'] },
  { ts: '2026-05-01T10:01:00Z', event: 'gate_closed', id: 'plan_approval' },
  { ts: '2026-05-01T10:01:00Z', event: 'phase_transition', from: 'step-b', to: 'step-c' },
  { ts: '2026-05-01T10:02:00Z', event: 'wave_started', wave: 1, tasks: ['T1', 'T2'] },
  {
    ts: '2026-05-01T10:03:00Z',
    event: 'wave_task_completed',
    wave: 1,
    task: 'T1',
    commit: 'abcdef1',
    dispatched_by: 'codex',
  },
  { ts: '2026-05-01T10:04:00Z', event: 'task_blocked', task: 2, reason: 'no key' },
  {
    ts: '2026-05-01T10:05:00Z',
    event: 'wave_complete',
    wave: 1,
    members: ['T1', 'T2'],
    commits: ['abcdef1', 'abcdef2'],
  },
  { ts: '2026-05-01T10:06:00Z', event: 'critical_error_opened', code: 'state_parse_failed', summary: 'no state' },
];
const LOG = LINES.map((line) => `${JSON.stringify(line)}\n`);
const OF_AGES: readonly string[] = [
  'schema_version: 2',
  'schema_version: 3',
  "schema_version: '5.0'",
  'schema_version: "5.1"',
  'schema_version: 6',
  '---\nschema_version: 8',
  'schema_version: 9',
];

function bundle(state: string, more: Partial<LegacyFiles> = {}): LegacyBundle {
  return readLegacyBundle({ name: 'old', state, stateName: 'state.yml', plan: PLAN, retro: false, ...more });
}

function told(of: LegacyBundle, points: readonly number[] = []): LegacyReplay {
  return replayLegacyLog(of, 'docs/masterplan/old', { from: 1, to: Infinity, points });
}

test.each(OF_AGES)('the log of a bundle with %s is stepped through, and any two points of it compared', (age) => {
  const of = bundle(`${age}\nslug: old\nstatus: in-progress\ntasks: [{id: 3, status: done}]\n`, {
    events: LOG.join(''),
  });
  const { steps, points, beyond } = told(of, [0, 5, 9]);
  expect(steps.map(({ changes }) => changes.map(({ what, to }) => `${what} ${to}`))).toEqual([
    ['phase worktree_decided'],
    ['gate plan_approval Start?'],
    ['gate plan_approval null'],
    ['phase step-c'],
    ['wave 1', 'T1 working', 'T2 working'],
    ['T1 done', 'T1 by codex', 'T1 commit abcdef1'],
    ['T2 blocked'],
    [],
    ['critical error state_parse_failed: no state'],
  ]);
  expect(steps[0]).toMatchObject({ seq: 1, stamp: '2026-05-01', place: 'events.jsonl:1' });
  const [nothing, middle, end] = [0, 5, 9].map((seq) => points.get(seq)?.point);
  expect(nothing?.values).toEqual({ T1: 'untold', T2: 'untold', T3: 'untold' });
  expect(middle).toMatchObject({ status: 'running', values: { T1: 'working', T3: 'untold', phase: 'step-c' } });
  expect(end).toMatchObject({ status: 'blocked', values: { T1: 'done', T2: 'blocked', T3: 'untold' } });
  expect(points.get(9)?.board).toMatchObject({ total: 3, counts: { merged: 1, failed: 1, pending: 1 } });
  if (middle === undefined || end === undefined) throw new Error('two points are missing');
  expect(changesBetween(middle, end)).toContainEqual({ what: 'T1', from: 'working', to: 'done' });
  // The state alone says that T3 is done, and that nothing is wrong: since when, no line tells.
  expect(beyond).toContainEqual({ what: 'T3', from: null, to: 'done' });
  expect(beyond).toContainEqual({ what: 'critical error', from: 'state_parse_failed: no state', to: null });
});

test('what was put aside comes first, and every line keeps the number that it has in its own file', () => {
  const archived = bundle('schema_version: 3\n', {
    archive: `${LOG.slice(0, 6).join('')}{broken\n`,
    events: `\n${LOG.slice(6).join('')}prose of a hook\n{"event":"task_done"}\n[`,
  });
  expect(told(archived).steps.map(({ place }) => place)).toEqual([
    ...[1, 2, 3, 4, 5, 6, 7].map((line) => `events-archive.jsonl:${line}`),
    ...[2, 3, 4, 5, 6, 7].map((line) => `events.jsonl:${line}`),
  ]);
  expect(archived.problems.map(({ file, line }) => `${file}:${line}`)).toEqual([
    'events-archive.jsonl:7',
    'events.jsonl:7',
  ]);
  expect(archived.untold).toEqual([{ file: 'events.jsonl', line: 6 }]);
  expect(archived.tasks.find(({ id }) => id === 'T1')?.doneAt).toEqual({ file: 'events-archive.jsonl', line: 6 });
});

test('a status file: its archive first, then its own section, and no line of it repeats another', () => {
  const state =
    '---\nslug: old\nstatus: in-progress\n---\n\n# Old\n\n## Activity log\n- 2026-05-02T10:00 task "Second" routing→CODEX (x)\n- 2026-05-02T10:00 task "Second" review→CODEX\n- 2026-05-02T10:05 Task 2 complete, commit abcdef2 [inline]\n\n## Notes\n- 2026-05-02T11:00 Task 3 complete\n';
  const of = bundle(state, {
    stateName: 'old-status.md',
    archive:
      '- 2026-05-01T09:00 routing→CODEX (Task 1: First)\n- 2026-05-01T10:00 Task 1 complete, commit abcdef1 [codex]\n',
  });
  const { steps, points } = told(of, [3, 5]);
  expect(steps.map(({ place, changes }) => [place, changes.map(({ what, to }) => `${what} ${to}`).join(', ')])).toEqual(
    [
      ['old-status-archive.md:1', 'T1 working, T1 by codex'],
      ['old-status-archive.md:2', 'T1 done, T1 commit abcdef1'],
      ['old-status.md:9', 'T2 working, T2 by codex'],
      ['old-status.md:10', 'T2 reviewed yes'],
      ['old-status.md:11', 'T2 done, T2 by inline, T2 commit abcdef2'],
    ],
  );
  expect(points.get(3)?.point.values).toMatchObject({ T1: 'done', T2: 'working', T3: 'untold' });
  expect(points.get(5)?.point.values).toMatchObject({ T2: 'done', 'T2 reviewed': 'yes', T3: 'untold' });
  expect(orderOf(of)).toEqual([]);
});

test('members of a wave that is over are done, but for those of which something else is told', () => {
  const events = `${LOG[6]}{"event":"wave_complete","wave":1,"members":["T1","T2","T3"],"commits":["abcdef1"]}\n{"event":"task_waived","task":"T3"}\n`;
  const { tasks } = bundle('schema_version: 3\nstatus: active\n', { events });
  expect(tasks.map(({ id, status, commit }) => [id, status, commit])).toEqual([
    ['T1', 'done', 'abcdef1'],
    ['T2', 'blocked', undefined],
    ['T3', 'waived', 'abcdef1'],
  ]);
});
