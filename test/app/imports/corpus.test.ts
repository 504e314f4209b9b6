import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadRun } from '../../../src/app/load.ts';
import { validateRuns } from '../../../src/app/validate.ts';
import { runPaths } from '../../../src/engine/paths.ts';
import { bytesIn } from '../doctor/bytes.ts';
import { desk } from '../rig.ts';
import { imported } from './world.ts';

const CORPUS = join(import.meta.dirname, '../../../../shared/corpus');

/*
 * What the bundles of the corpus become in a repository that is not theirs: git knows none of their commits, so their logs alone
 * prove nothing. Tasks: how many, how many taken over as done, possibly done, not done.
 */
const BUNDLES: readonly (readonly [string, string, string, readonly [number, number, number, number]])[] = [
  ['masterplan-bundles/7.1.0/concurrency-guards', '3', 'over', [10, 0, 8, 2]],
  ['masterplan-bundles/7.1.0/codex-routing-fix', '5.0', 'over', [15, 0, 15, 0]],
  ['masterplan-bundles/7.1.0/p4-suppression-smoke', '2', 'over', [3, 0, 3, 0]],
  ['masterplan-bundles/9.9.1/github-coord-fix', '8', 'over', [3, 0, 3, 0]],
];

describe.skipIf(!existsSync(CORPUS))('bundles of the corpus (skipped where it is absent)', () => {
  test.each(BUNDLES)('%s (schema %s)', async (place, schema, phase, [total, done, possibly, not]) => {
    const at = desk();
    const name = place.slice(place.lastIndexOf('/') + 1);
    cpSync(join(CORPUS, place), at.path('docs/masterplan', name), { recursive: true });
    const before = bytesIn(at.path('docs/masterplan', name));
    const made = await imported(at, name);
    expect(made).toMatchObject({ ok: true, value: { schema, over: phase === 'over', status: 'written' } });
    const tasks = made.ok ? made.value.tasks : [];
    const count = (word: string): number => tasks.filter(({ verdict }) => verdict === word).length;
    expect([tasks.length, count('done'), count('possibly_done'), count('not_done')]).toEqual([
      total,
      done,
      possibly,
      not,
    ]);
    expect(bytesIn(at.path('docs/masterplan', name))).toEqual(before);
    const slug = made.ok ? made.value.slug : '';
    const loaded = await loadRun(at.context.io, runPaths(at.root, 'docs/masterplan', slug));
    expect(loaded).toMatchObject({ ok: true, value: { state: { phase } } });
    expect(await validateRuns(at.context, slug)).toMatchObject({
      ok: true,
      value: { runs: [{ ok: true, findings: [] }] },
    });
    expect(await imported(at, name)).toMatchObject({ ok: true, value: { status: 'unchanged' } });
  });

  test('a status file of v2, with the plan beside it', async () => {
    const at = desk();
    const names = ['complexity-levels.md', 'complexity-levels-status.md'];
    for (const name of names) cpSync(join(CORPUS, 'masterplan-legacy', name), at.path('docs/superpowers/plans', name));
    const made = await imported(at, 'docs/superpowers/plans/complexity-levels-status.md');
    expect(made).toMatchObject({ ok: true, value: { slug: 'complexity-levels', kind: 'status-file', over: true } });
    const tasks = made.ok ? made.value.tasks : [];
    expect(tasks).toHaveLength(16);
    expect(tasks.filter(({ evidence }) => evidence.some(({ signal }) => signal === 'log'))).toHaveLength(16);
    const valid = await validateRuns(at.context, 'complexity-levels');
    expect(valid.ok && valid.value.runs.map(({ ok }) => ok)).toEqual([true, true]);
  });
});
