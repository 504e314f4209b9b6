import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readLegacyBundle } from '../../../../src/core/formats/legacy/bundle.ts';
import { legacyTime } from '../../../../src/core/formats/legacy/log-lines.ts';
import { orderOf } from '../../../../src/core/formats/legacy/order.ts';
import type { LegacyFiles } from '../../../../src/core/formats/legacy/model.ts';

const files = (state: string, more: Partial<LegacyFiles> = {}): LegacyFiles => ({
  name: 'old',
  state,
  stateName: 'state.yml',
  retro: false,
  ...more,
});
const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

describe('states of all ages', () => {
  test.each([
    ['schema_version: 2\nslug: a\nstatus: archived\nphase: archived\n', '2', 'archived'],
    ['---\nschema_version: "5.0"\nslug: a\ncurrent_phase: done\n', '5.0', 'complete'],
    ['schema_version: 3\nslug: a\nstatus: completed\nphase: C\n', '3', 'complete'],
    ['schema_version: "5.1"\nslug: a\nstatus: in_progress\n', '5.1', 'in-progress'],
    ['slug: a\nphase: step-c-dispatch\n', 'none', 'in-progress'],
    ['schema_version: 9\nslug: a\nstatus: retro_pending\nphase: execute\n', '9', 'pending-retro'],
    ['schema_version: 8\nslug: a\nstatus: dancing\n', '8', 'unknown'],
  ])('%j', (state, schema, status) => {
    expect(readLegacyBundle(files(state))).toMatchObject({ slug: 'a', schema, status });
  });

  test('words stay words: off, dates, worktrees that are maps, gates that are names', () => {
    const bundle = readLegacyBundle(
      files(
        'schema_version: 3\nslug: a\nstatus: blocked\ncodex_routing: off\nstarted: 2026-05-01\nworktree: {path: /w}\npending_gate: plan_approval\ncritical_error: {code: x, summary: broke}\n',
      ),
    );
    expect(bundle.fields['codex_routing']).toBe('off');
    expect(bundle.started).toBe(Date.UTC(2026, 4, 1));
    expect(bundle).toMatchObject({ worktree: '/w', gate: { id: 'plan_approval' }, critical: 'x: broke' });
  });

  test('what cannot be read is said with its line, and nothing is thrown', () => {
    const bundle = readLegacyBundle(
      files('slug: [a\nstatus: "in-progress', { events: '{"event":"x"}\n{"event":\nprose\n', index: '{' }),
    );
    expect(bundle.problems.map(({ file, line: at }) => `${file}:${at}`)).toEqual(
      expect.arrayContaining(['events.jsonl:2', 'plan.index.json:1']),
    );
    expect(bundle.problems.some(({ file }) => file === 'state.yml')).toBe(true);
    expect(bundle.status).toBe('unknown');
    expect(readLegacyBundle(files('')).problems).toHaveLength(1);
  });
});

describe('who did the tasks', () => {
  test('each task once, by what is said of it last; nothing said is untold, and no task is counted for a route alone', () => {
    const events = [
      { event: 'wave_task_completed', task: 'T1', dispatched_by: 'codex' },
      { type: 'task_complete', task: 2, dispatched_by: 'claude', commit: 'abcdef1' },
      { event: 'wave_task_completed', task: 'T3' },
      { event: 'task_completed', task: 'T1', dispatched_by: 'codex+claude-fixup' },
      { event: 'note', note: 'routing→CODEX (Task 9: later) [decision_source=annotation]' },
    ]
      .map(line)
      .join('');
    const { routing, tasks } = readLegacyBundle(files('schema_version: 3\nstatus: active\n', { events }));
    expect(routing).toEqual({ codex: 1, inline: 1, untold: 1, decisions: { annotation: 1 } });
    expect(tasks.find(({ id }) => id === 'T2')).toMatchObject({ status: 'done', by: 'claude', commit: 'abcdef1' });
  });

  test('what only the summary of a wave tells, where all of it went one way', () => {
    const events = [
      {
        event: 'wave_routing_summary',
        wave: 1,
        members_by_route: { codex: 2, inline_review: 0 },
        members: ['T1', 'T2'],
      },
      {
        event: 'wave_routing_summary',
        wave: 2,
        members_by_route: { codex: 1, inline_review: 1 },
        members: ['T3', 'T4'],
      },
      { event: 'wave_routing_summary', members_by_route: { inline_review: 1, inline_no_review: 1 }, members: [5, 6] },
      { event: 'wave_task_completed', task: 'T1' },
      { event: 'wave_task_completed', task: 'T2', dispatched_by: 'claude' },
      { event: 'wave_task_completed', task: 'T3' },
      { event: 'wave_task_completed', task: 'T5' },
    ]
      .map(line)
      .join('');
    const { routing, tasks } = readLegacyBundle(files('schema_version: 5.0\nstatus: active\n', { events }));
    expect(routing).toMatchObject({ codex: 1, inline: 2, untold: 1 });
    expect(tasks.find(({ id }) => id === 'T6')).toMatchObject({ status: 'pending', by: 'inline' });
  });

  test('lines of prose that call tasks by their titles', () => {
    const events = [
      '- 2026-05-06T10:00:00Z task "Wire the parser" routing→CODEX (eligible; dispatched_by: "codex")',
      '- 2026-05-06T10:01:00Z task "Task 2: Docs" routing→INLINE (not eligible; dispatched_by: "claude")',
      '- 2026-05-06T10:02:00Z task "wire the parser" review→CODEX (gate: task)',
      '- 2026-05-06T10:02:00Z task "Docs" review→SKIP (codex_review=off)',
      '- 2026-05-06T10:03:00Z task "Something else" routing→CODEX (eligible)',
      ...[1, 2].map((task) => JSON.stringify({ event: 'wave_task_completed', task })),
    ].join('\n');
    const index = JSON.stringify({
      tasks: [
        { idx: 1, name: 'Wire the parser' },
        { idx: 2, name: 'Docs' },
      ],
    });
    const bundle = readLegacyBundle(files('schema_version: 3\nstatus: active\n', { events, index }));
    expect(bundle.routing).toMatchObject({ codex: 1, inline: 1, untold: 0 });
    expect(bundle.tasks.map(({ id, reviewed }) => [id, reviewed])).toEqual([
      ['T1', true],
      ['T2', undefined],
    ]);
  });

  test('tasks that the state says are done count, those it says are not do not', () => {
    const state =
      'schema_version: 8\ntasks: [{"id":1,"status":"done","wave":0},{"id":2,"status":"blocked","wave":1}]\n';
    const { routing, tasks } = readLegacyBundle(files(state));
    expect(routing).toMatchObject({ codex: 0, inline: 0, untold: 1 });
    expect(tasks).toMatchObject([
      { id: 'T1', status: 'done', wave: '0' },
      { id: 'T2', status: 'blocked' },
    ]);
  });
});

test.each([
  ['2026-05-16', Date.UTC(2026, 4, 16)],
  ['2026-05-05T17:00', Date.UTC(2026, 4, 5, 17)],
  ['2026-05-05T17:00:01.5Z', Date.UTC(2026, 4, 5, 17, 0, 1, 500)],
  ['2026-05-05T17:00:00+02:00', Date.UTC(2026, 4, 5, 15)],
  ['yesterday', undefined],
])('the time %s', (text, at) => {
  expect(legacyTime(text)).toBe(at);
});

const CORPUS = join(import.meta.dirname, '../../../../../shared/corpus');

describe.skipIf(!existsSync(CORPUS))('real bundles', () => {
  const read = (path: string): string => readFileSync(join(CORPUS, path), 'utf8');
  const bundle = (path: string): LegacyFiles => ({
    name: path.split('/').at(-1) ?? '',
    state: read(`${path}/state.yml`),
    stateName: 'state.yml',
    events: read(`${path}/events.jsonl`),
    plan: read(`${path}/plan.md`),
    retro: true,
  });

  test.each([
    ['masterplan-bundles/7.1.0/codex-routing-fix', '5.0', 15, { codex: 10, inline: 5, untold: 0 }],
    ['masterplan-bundles/7.1.0/concurrency-guards', '3', 10, { codex: 0, inline: 0, untold: 8 }],
    ['masterplan-bundles/7.1.0/p4-suppression-smoke', '2', 3, { codex: 0, inline: 0, untold: 3 }],
    ['masterplan-bundles/9.9.1/github-coord-fix', '8', 3, { codex: 0, inline: 0, untold: 3 }],
  ])('%s: the routes are those of its log', (path, schema, tasks, routing) => {
    const found = readLegacyBundle(bundle(path));
    expect(found).toMatchObject({ schema, status: 'archived', routing, problems: [] });
    expect(found.tasks).toHaveLength(tasks);
  });

  test('a status file of v2: 13 to Codex, 3 inline', () => {
    const name = 'complexity-levels-status.md';
    const found = readLegacyBundle({
      name: 'complexity-levels',
      state: read(`masterplan-legacy/${name}`),
      stateName: name,
      plan: read('masterplan-legacy/complexity-levels.md'),
      retro: false,
    });
    expect(found).toMatchObject({
      schema: 'status.md',
      status: 'complete',
      routing: { codex: 13, inline: 3, untold: 0 },
      problems: [],
    });
    expect(found.tasks.filter(({ status }) => status === 'done')).toHaveLength(16);
  });
});

test('lines of a log that stand twice, and clocks that go back; days alone tell nothing', () => {
  const at = (ts: string, more = {}): string => line({ ts, event: 'x', ...more });
  const events = [
    at('2026-05-01T10:00:00Z'),
    at('2026-05-01T10:05:00Z'),
    at('2026-05-01T10:04:30Z'),
    at('2026-05-01T09:00:00Z'),
    at('2026-05-01T10:00:00Z'),
    at('2026-05-02'),
    at('2026-05-02'),
  ].join('');
  const places = orderOf(readLegacyBundle(files('slug: a\n', { events })));
  expect(places.map((one) => `${one.line} ${one.message}`)).toEqual([
    '4 is stamped 3870 s before line 3: a clock went back, or lines stand elsewhere',
    '5 repeats line 1',
  ]);
});
