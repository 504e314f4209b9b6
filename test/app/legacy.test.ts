import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { explain } from '../../src/app/choose.ts';
import { nextAction, runStatus } from '../../src/app/status.ts';
import { beginning, writeRun } from './doctor/bundles.ts';
import { bytesIn } from './doctor/bytes.ts';
import { desk, type Desk } from './rig.ts';

const STATE = `schema_version: 3
slug: old
status: in-progress
phase: executing
topic: An older thing
started: 2026-05-01
last_activity: 2026-05-02T10:00:00Z
next_action: "go on with T2"
pending_gate: {id: plan_approval, question: "Start?", options: [start, cancel]}
`;
const EVENTS =
  '{"event":"wave_task_completed","task":"T1","commit":"abcdef1","dispatched_by":"codex"}\nprose of a hook\n';
const PLAN = '# Old plan\n\n### Task 1: First\n\n**Files:** a\n\n### Task 2: Second\n\n**Files:** b\n';

function old(): Desk {
  return desk({
    'docs/masterplan/old/state.yml': STATE,
    'docs/masterplan/old/events.jsonl': EVENTS,
    'docs/masterplan/old/plan.md': PLAN,
    'docs/masterplan/bare/state.yml': 'schema_version: 2\nslug: bare\nstatus: archived\n',
    'docs/superpowers/plans/older-status.md':
      '---\nslug: older\nstatus: complete\n---\n\n# Older\n\n## Activity log\n- 2026-05-05T17:00 Task 1 complete, commit abcdef2 [inline]\n',
  });
}

describe('bundles of older tools', () => {
  test('are shown beside ours, from their files, and no byte is changed', async () => {
    const at = old();
    await writeRun(at, 'ours', beginning().approved());
    const before = bytesIn(at.root);
    const shown = await runStatus(at.context);
    const rows = shown.ok
      ? shown.value.map(({ board, legacy }) => [
          board.slug,
          board.status,
          board.counts.merged,
          board.total,
          legacy?.schema,
        ])
      : [];
    expect(rows).toEqual([
      ['ours', 'running', 0, 2, undefined],
      ['old', 'waiting', 1, 2, '3'],
      ['older', 'completed', 1, 1, 'status.md'],
      ['bare', 'completed', 0, 0, '2'],
    ]);
    const next = await nextAction(at.context, 'old');
    expect(next.ok && next.value.runs).toMatchObject([
      { slug: 'old', why: expect.stringContaining('go on with T2') as string },
    ]);
    expect(await explain(at.context, { task: 'T1', run: 'old' })).toMatchObject({
      ok: true,
      value: { status: 'merged', title: 'First', because: expect.stringMatching(/by codex, as abcdef1/) as string },
    });
    expect(await explain(at.context, { task: 'T2', run: 'old' })).toMatchObject({
      ok: true,
      value: { status: 'pending' },
    });
    expect(await explain(at.context, { task: 'T9', run: 'old' })).toMatchObject({ ok: false });
    expect(bytesIn(at.root)).toEqual(before);
  });

  test('ours that are damaged stay ours, and damaged', async () => {
    const at = desk();
    const bundle = await writeRun(at, 'ours', beginning().approved());
    bundle.edit('events.jsonl', (text) => `{"event":"oops"}\n${text}`);
    bundle.runtime('snapshot.json', '');
    const shown = await runStatus(at.context);
    expect(shown.ok && shown.value).toMatchObject([
      { board: { slug: 'ours' }, problem: { message: expect.stringContaining('events.jsonl:1') as string } },
    ]);
  });

  test('the one that is named is told alone, and what is no bundle is refused', async () => {
    const at = old();
    for (const slug of ['old', 'older', 'bare'])
      expect(await runStatus(at.context, slug)).toMatchObject({ ok: true, value: [{ board: { slug } }] });
    expect(await runStatus(at.context, 'nothing')).toMatchObject({ ok: false, error: { exit: 2 } });
  });
});

const CORPUS = join(import.meta.dirname, '../../../shared/corpus/masterplan-bundles');

test.skipIf(!existsSync(CORPUS))('real bundles are shown without a problem', async () => {
  const at = desk();
  for (const release of ['7.1.0', '9.9.1'])
    cpSync(join(CORPUS, release), at.path('docs/masterplan'), { recursive: true });
  const shown = await runStatus(at.context);
  expect(shown.ok && shown.value.map(({ legacy, problem }) => [legacy?.status, legacy?.problems, problem])).toEqual(
    [1, 2, 3, 4].map(() => ['archived', [], undefined]),
  );
});
