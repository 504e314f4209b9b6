import { expect, test } from 'vitest';
import type { RecordedEvent } from '../../../src/core/run/event.ts';
import type { RunState } from '../../../src/core/run/state.ts';
import { Deviations } from '../../../src/core/views/retro/deviations.ts';

test('the report says what happened otherwise than planned, with expected and actual times', () => {
  const deviations = new Deviations();
  const events = [
    { event: 'attempt_started', task: 'T1', attempt: 1, ts: '2026-11-22T10:00:00.000Z' },
    { event: 'digest_recorded', task: 'T1', attempt: 1, deviations: ['kept *both* names'], decisions: ['one table'] },
    { event: 'attempt_finished', task: 'T1', attempt: 1, ts: '2026-11-22T10:30:00.000Z' },
    { event: 'scope_violated', task: 'T1', attempt: 1, paths: ['b.ts'], policy: 'reject' },
    { event: 'criteria_waived', criteria: ['AC-1', 'AC-2'], by: 'bo', reason: 'next month' },
    { event: 'task_waived', task: 'T2', by: 'ada', reason: 'not needed' },
    {
      event: 'plan_amended',
      by: 'ada',
      how: 'terminal',
      changes: [
        { change: 'scope', task: 'T1', before: ['a'], after: ['a', 'b'] },
        { change: 'added', task: 'T3' },
      ],
    },
  ];
  for (const [at, event] of events.entries())
    deviations.add({ seq: at + 1, fence: 1, ts: '2026-11-22T10:00:00.000Z', ...event } as unknown as RecordedEvent);
  const task = { task: { id: 'T1', title: 'A | B', estimate: 60 }, progress: { status: 'merged' }, attempts: [{}] };
  const state = { title: 'Demo', run: 'demo-1', planPath: 'plan.md', tasks: [task], phase: 'over', outcome: 'merge' };
  const item = { kind: 'criterion', role: undefined, by: 'test a' };
  const items = [
    { ...item, id: 'AC-1', text: 'it is so', state: 'proven' },
    { ...item, id: 'AC-2', text: 'it is *not*', state: 'missing' },
  ];
  const report = deviations.report({ ...state, end: { balance: { items } } } as unknown as RunState);
  expect(report).toContain('| T1 | A \\| B | merged | 1 | 1 h 00 min | 30 min 00 s | 50 % |');
  expect(report).toContain('1 of 1 task merged; over: merge; not proven: AC-2.');
  expect(report).toContain('- [x] proven: AC-1: it is so — test a\n- [ ] missing: AC-2: it is \\*not\\* — test a');
  expect(report).toContain('- AC-1, AC-2 waived by bo: next month (event 5)');
  expect(report).toContain('- T2 was waived by ada: not needed (event 6)');
  expect(report).toContain('- T1 has another scope: a → a, b, by ada (terminal) (event 7)');
  expect(report).toContain('- T3 was added, by ada (terminal) (event 7)');
  expect(report).toContain('- T1#1 changed b.ts outside of its scope (reject) (event 4)');
  expect(report).toContain('- T1#1: kept \\*both\\* names (event 2)');
  expect(report).toContain('- T1#1: one table (event 2)');
});
