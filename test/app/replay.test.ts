import { expect, test } from 'vitest';
import { replayRun } from '../../src/app/replay.ts';
import type { ReplayAnswer, ReplayRequest } from '../../src/app/replay-answer.ts';
import { beginning, writeRun } from './doctor/bundles.ts';
import { bytesIn } from './doctor/bytes.ts';
import { desk, type Desk } from './rig.ts';

async function told(at: Desk, request: Omit<ReplayRequest, 'slug'>): Promise<ReplayAnswer> {
  const answer = await replayRun(at.context, { slug: 'one', ...request });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

test('every event with what it changed; the state at any; and what is otherwise between two', async () => {
  const at = desk();
  const story = beginning().approved().started('T1');
  const started = story.state.seq;
  const bundle = await writeRun(at, 'one', story.ended('T1', 1, 'failed').started('T1', 2));

  const all = await told(at, {});
  expect(all.steps.map(({ seq }) => seq)).toEqual(story.told.map(({ seq }) => seq));
  expect(all.steps.find(({ seq }) => seq === started)).toMatchObject({
    event: 'attempt_started',
    changes: [{ what: 'T1', from: 'pending', to: 'working' }],
  });
  expect(all.steps.find(({ event }) => event === 'gate_opened')?.changes).toEqual([
    { what: 'gate plan', from: null, to: 'open' },
  ]);

  const then = await told(at, { at: started });
  expect(then.point?.values).toMatchObject({ phase: 'execute', T1: 'working', 'T1 attempts': '1' });
  expect(then.board).toMatchObject({ counts: { working: 1, pending: 1 } });
  expect(then.steps.map(({ seq }) => seq)).toContain(started);

  const { changes } = await told(at, { diff: [started, started + 2] });
  expect(changes).toEqual([
    { what: 'T1 attempts', from: '1', to: '2' },
    { what: 'failure failed-agent worker', from: null, to: '1' },
  ]);
  const back = await told(at, { diff: [started + 2, started] });
  expect(back.changes).toEqual(changes?.map(({ what, from, to }) => ({ what, from: to, to: from })));
  expect((await told(at, { diff: [started, started] })).changes).toEqual([]);
  expect((await told(at, { diff: [0, 1] })).changes?.length).toBe(0);

  expect(await replayRun(at.context, { slug: 'one', at: 99 })).toMatchObject({ ok: false, error: { exit: 2 } });
  expect(await replayRun(at.context, { slug: 'two' })).toMatchObject({ ok: false, error: { exit: 2 } });

  // Behind a damage nothing is shown; before it, everything.
  bundle.edit('events.jsonl', (text) => text.replace('"attempt":2', '"attempt":7'));
  expect(await told(at, { at: started })).toMatchObject({ point: { seq: started } });
  expect(await replayRun(at.context, { slug: 'one', at: started + 2 })).toMatchObject({
    ok: false,
    error: { exit: 4 },
  });
});

test('of bundles and status files of older tools: what their logs tell, and no byte is changed', async () => {
  const at = desk({
    'docs/masterplan/old/state.yml': 'schema_version: 3\nslug: old\nstatus: archived\n',
    'docs/masterplan/old/events.jsonl':
      '{"ts":"2026-05-01","event":"events_rotated"}\nprose of a hook\n{"ts":"2026-05-02","event":"task_done","task":1}\n',
    'docs/masterplan/bare/state.yml': 'schema_version: 2\nslug: bare\nstatus: archived\n',
    'docs/superpowers/plans/older-status.md':
      '---\nslug: older\nstatus: complete\n---\n\n## Activity log\n- 2026-05-05 Task 1 complete, commit abcdef2 [inline]\n',
  });
  const before = bytesIn(at.root);
  const ask = (request: ReplayRequest): ReturnType<typeof replayRun> => replayRun(at.context, request);
  expect(await ask({ slug: 'old', at: 3 })).toMatchObject({
    ok: true,
    value: {
      events: 3,
      point: { values: { T1: 'done' } },
      board: { counts: { merged: 1 } },
      legacy: {
        bundle: 'docs/masterplan/old',
        notes: [
          expect.stringContaining('its log tells'),
          expect.stringContaining('events-archive.jsonl, which is not'),
        ],
        beyond: [{ what: 'status', from: 'in-progress', to: 'archived' }],
      },
    },
  });
  expect(await ask({ slug: 'old', diff: [0, 3] })).toMatchObject({
    ok: true,
    value: { changes: [{ what: 'T1', from: 'untold', to: 'done' }] },
  });
  expect(await ask({ slug: 'older' })).toMatchObject({ ok: true, value: { steps: [{ place: 'older-status.md:7' }] } });
  expect(await ask({ slug: 'old', at: 4 })).toMatchObject({ ok: false, error: { exit: 2 } });
  expect(await ask({ slug: 'bare' })).toMatchObject({
    ok: false,
    error: { exit: 1, message: expect.stringContaining('is not there') as string },
  });
  expect(bytesIn(at.root)).toEqual(before);
});
