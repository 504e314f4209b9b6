import { expect, test } from 'vitest';
import { replayRun, type ReplayAnswer, type ReplayRequest } from '../../src/app/replay.ts';
import { beginning, writeRun } from './doctor/bundles.ts';
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
