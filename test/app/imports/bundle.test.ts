import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { explain } from '../../../src/app/choose.ts';
import { loadRun } from '../../../src/app/load.ts';
import { runStatus } from '../../../src/app/status.ts';
import { validateRuns } from '../../../src/app/validate.ts';
import { runPaths } from '../../../src/engine/paths.ts';
import { stageBundle } from '../../../src/app/imports/stage.ts';
import type { Io } from '../../../src/io/io.ts';
import { bytesIn } from '../doctor/bytes.ts';
import type { Desk } from '../rig.ts';
import { AGES, imported, oldBundle, PLAN } from './world.ts';

function without(bytes: ReturnType<typeof bytesIn>, prefix: RegExp): object {
  return Object.fromEntries(Object.entries(bytes).filter(([path]) => !prefix.test(path)));
}

/** What `old-2` became, and what was there already, as it is now. */
async function stateOf(
  at: Desk,
  slug = 'old-2',
): Promise<{ readonly tasks: readonly string[]; readonly phase: string }> {
  const loaded = await loadRun(at.context.io, runPaths(at.root, 'docs/masterplan', slug));
  if (!loaded.ok) throw new Error(loaded.error.problem);
  const { tasks, phase } = loaded.value.state;
  return {
    tasks: tasks.map(({ task, progress, takenOver }) => `${task.id} ${progress.status} ${takenOver?.verdict ?? '-'}`),
    phase,
  };
}

describe('a bundle of an older tool', () => {
  test.each(Object.keys(AGES))('of schema %s becomes a bundle of ours, and stays as it is', async (age) => {
    const at = oldBundle(AGES[age] ?? '');
    const before = bytesIn(at.root);
    const made = await imported(at, 'docs/masterplan/old');
    expect(made).toMatchObject({ ok: true, value: { slug: 'old-2', schema: age, status: 'written' } });
    expect(without(bytesIn(at.root), /\/project\/(?:docs\/masterplan\/old-2|\.masterplan|\.git)\//)).toEqual(
      without(before, /\/project\/\.git\//),
    );
    const { tasks, phase } = await stateOf(at);
    expect(phase).toBe('plan');
    expect(tasks[0]).toBe('T1 merged done');
    expect(tasks[1]).toMatch(/^T2 pending/);
    expect(tasks[2]).toBe(age === '6' ? 'T3 waived waived' : 'T3 pending -');
    expect(at.read('docs/masterplan/old-2/plan.md')).toBe(PLAN);
    const valid = await validateRuns(at.context, 'old-2');
    expect(valid).toMatchObject({ ok: true, value: { runs: [{ slug: 'old-2', ok: true, findings: [] }] } });
  });

  test('is shown, explained and counted as what it became', async () => {
    const at = oldBundle(AGES['3'] ?? '');
    await imported(at, 'old');
    const shown = await runStatus(at.context);
    expect(shown.ok && shown.value.map(({ board }) => [board.slug, board.counts.merged, board.total])).toEqual([
      ['old-2', 1, 3],
    ]);
    expect(await explain(at.context, { task: 'T1', run: 'old-2' })).toMatchObject({
      ok: true,
      value: { because: expect.stringMatching(/done before the import.*events\.jsonl:2/) as string },
    });
  });

  test('imported again changes nothing, and one that changed since is not written over', async () => {
    const at = oldBundle(AGES['5.1'] ?? '');
    await imported(at, 'docs/masterplan/old');
    const before = bytesIn(at.root);
    expect(await imported(at, 'docs/masterplan/old/')).toMatchObject({
      ok: true,
      value: { status: 'unchanged', slug: 'old-2' },
    });
    expect(bytesIn(at.root)).toEqual(before);
    at.write('docs/masterplan/old/plan.md', `${PLAN}\n`);
    expect(await imported(at, 'docs/masterplan/old')).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('changed since') as string },
    });
    expect(await imported(at, 'docs/masterplan/old', { slug: 'again' })).toMatchObject({
      ok: true,
      value: { slug: 'again' },
    });
  });

  test('what a person says counts, and says so in the log', async () => {
    const at = oldBundle(AGES['6'] ?? '');
    const said = { done: new Set(['T2']), redo: new Set(['T1', 'T3']), possibly: 'redo' as const };
    await imported(at, 'old', { said });
    expect((await stateOf(at)).tasks).toEqual(['T1 pending possibly_done', 'T2 merged done', 'T3 pending -']);
    expect(at.read('docs/masterplan/old-2/events.jsonl')).toMatch(/"task":"T2","verdict":"done".*"by":"ada"/);
    expect(await imported(at, 'old', { slug: 'b', said: { ...said, done: new Set(['T9']) } })).toMatchObject({
      ok: false,
      error: { exit: 2 },
    });
  });

  test('that is over becomes a run that is over', async () => {
    const at = oldBundle('schema_version: 5.1\nslug: old\nstatus: completed\nphase: retro_gate\n');
    expect(await imported(at, 'old')).toMatchObject({ ok: true, value: { over: true } });
    expect(await stateOf(at)).toMatchObject({
      phase: 'over',
      tasks: ['T1 merged done', 'T2 pending -', 'T3 pending -'],
    });
    const shown = await runStatus(at.context);
    const board = shown.ok ? shown.value.find((one) => one.board.slug === 'old-2')?.board : undefined;
    expect(board).toMatchObject({
      status: 'incomplete',
      imported: { from: 'docs/masterplan/old', done: 1 },
      next: 'masterplan explain T1 --run old-2',
    });
  });

  test('on a branch of its own is gone on with there', async () => {
    const at = oldBundle(`${AGES['3'] ?? ''}branch: feat/old\n`);
    at.git('switch', '--quiet', '--create', 'feat/old');
    at.git('commit', '--quiet', '--allow-empty', '--message', 'old: Task 2 done');
    at.git('switch', '--quiet', 'main');
    const made = await imported(at, 'old');
    expect(made).toMatchObject({ ok: true, value: { base: { branch: 'feat/old' } } });
  });

  test.each([
    ['a line of the log', { 'docs/masterplan/old/events.jsonl': '{"event":"a"}\n{"event":\n' }, /events\.jsonl:2/],
    ['the state', { 'docs/masterplan/old/state.yml': 'slug: old\nstatus: [\n' }, /state\.yml:\d/],
    [
      'a status',
      { 'docs/masterplan/old/state.yml': 'schema_version: 3\nslug: old\nstatus: sideways\nphase: q\n' },
      /sideways/,
    ],
    [
      'a task that its plan does not have',
      { 'docs/masterplan/old/state.yml': `${AGES['8'] ?? ''}`.replace('"id":3', '"id":7') },
      /T7, which plan\.md does not have/,
    ],
    ['the plan', { 'docs/masterplan/old/plan.md': 'just words\n' }, /plan\.md/],
  ])('of which %s is not understood is refused with the place, and nothing is written', async (_, more, words) => {
    const at = oldBundle(AGES['3'] ?? '', more);
    const before = bytesIn(at.root);
    const made = await imported(at, 'docs/masterplan/old');
    expect(made).toMatchObject({ ok: false, error: { message: expect.stringMatching(words) as string } });
    expect(bytesIn(at.root)).toEqual(before);
  });

  test('stopped at any step, there is nothing or all of it, and the original is as it was', async () => {
    const at = oldBundle(AGES['9'] ?? '');
    await imported(at, 'old');
    const made = at.path('docs/masterplan/old-2');
    const files = new Map(
      Object.entries(bytesIn(made)).map(([path, text]) => [path.slice(made.length + 1), String(text)] as const),
    );
    const loaded = await loadRun(at.context.io, runPaths(at.root, 'docs/masterplan', 'old-2'));
    if (!loaded.ok) throw new Error(loaded.error.problem);
    const composed = { files, state: loaded.value.state };
    const before = bytesIn(at.path('docs/masterplan'));
    for (let stop = 1; ; stop++) {
      const place = { root: at.root, runsPath: 'docs/masterplan', slug: `new-${stop}` };
      const staged = await stageBundle(dying(at.context.io, stop), place, composed, [], 0);
      const there = existsSync(at.path('docs/masterplan', place.slug));
      expect(there).toBe(staged.ok);
      if (!there) expect(bytesIn(at.path('docs/masterplan'))).toEqual(before);
      if (!staged.ok) continue;
      expect(Object.keys(bytesIn(at.path('docs/masterplan', place.slug)))).toHaveLength(files.size);
      expect(stop).toBeGreaterThan(files.size);
      return;
    }
  });

  test('what would not be what was read is not written', async () => {
    const at = oldBundle(AGES['9'] ?? '');
    await imported(at, 'old');
    const made = at.path('docs/masterplan/old-2');
    const files = new Map(
      Object.entries(bytesIn(made)).map(([path, text]) => [path.slice(made.length + 1), String(text)] as const),
    );
    const loaded = await loadRun(at.context.io, runPaths(at.root, 'docs/masterplan', 'old-2'));
    if (!loaded.ok) throw new Error(loaded.error.problem);
    const { state } = loaded.value;
    const put = (name: string, change: (text: string) => string): typeof files =>
      new Map([...files].map(([one, text]) => [one, one === name ? change(text) : text]));
    const source = { path: 'README.md', bytes: new TextEncoder().encode('y\n'), local: true };
    for (const [altered, sources, words] of [
      [put('events.jsonl', (text) => text.replace('"done"', '"gone"')), [], /log is not valid/],
      [put('events.jsonl', (text) => text.replace(/[^\n]*\n$/, '')), [], /tells something else/],
      [put('plan.md', (text) => text.replace('Second', 'Zweites')), [], /another one/],
      [files, [source], /README\.md was changed/],
    ] as const) {
      const staged = await stageBundle(
        at.context.io,
        { root: at.root, runsPath: 'docs/masterplan', slug: 'new' },
        { files: altered, state },
        sources,
        0,
      );
      expect(staged).toMatchObject({ ok: false, error: { message: expect.stringMatching(words) as string } });
      expect(existsSync(at.path('docs/masterplan/new'))).toBe(false);
    }
  });
});

/** A world in which the process dies before the n-th change of the disk: that and all later ones reject. */
function dying(io: Io, after: number): Io {
  let left = after;
  const gate =
    <A extends unknown[], R>(method: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (--left <= 0) throw new Error('killed');
      return method(...args);
    };
  const { files } = io;
  return {
    ...io,
    files: Object.assign(Object.create(files) as typeof files, {
      write: gate(files.write.bind(files)),
      makeDirectory: gate(files.makeDirectory.bind(files)),
      rename: gate(files.rename.bind(files)),
      removeTree: gate(files.removeTree.bind(files)),
      create: gate(files.create.bind(files)),
    }),
  };
}
