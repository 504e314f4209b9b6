import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clean } from '../../../src/app/clean/clean.ts';
import { CATEGORIES, type CleanReport, type CleanRequest } from '../../../src/app/clean/model.ts';
import { ownRun } from '../../../src/engine/open.ts';
import type { Story } from '../../core/run/story.ts';
import { beginning, writeRun } from '../doctor/bundles.ts';
import { bytesIn } from '../doctor/bytes.ts';
import { AGES, imported, oldBundle } from '../imports/world.ts';
import { desk, type Desk } from '../rig.ts';

const OVER = 'schema_version: 3\nslug: old\nstatus: archived\nphase: archived\n';

/** A run of which nothing is left to do. */
function over(): Story {
  return beginning()
    .approved()
    .tell({ event: 'run_completed', outcome: 'keep', branch: 'masterplan/done', commit: 'base' });
}

/** A repository with a run that is over, one that is not, and what both and others left behind. */
async function littered(): Promise<Desk> {
  const at = desk({ 'README.md': 'x\n', '.gitignore': 'ignored/\n' });
  const done = await writeRun(at, 'done', over());
  done.edit('retro.md', () => '# Retro\n');
  done.runtime('transcripts/T1.1.jsonl', '{"text":"said"}\n');
  await writeRun(at, 'open', beginning().approved());
  at.write('.masterplan/worktrees/done/T1.1/src/a.ts', 'half\n');
  at.write('.masterplan/worktrees/done/T1.1/ignored/secret', 'kept too\n');
  at.write('.masterplan/worktrees/done/T1.1/.git', 'gitdir: elsewhere\n');
  at.write('.masterplan/worktrees/open/T1.1/src/b.ts', 'at work\n');
  at.write('.masterplan/scratch/done/T1.1.git/HEAD', 'ref: refs/heads/x\n');
  at.write('.masterplan/worktrees/gone/T9.1/c.ts', 'orphan\n');
  at.write('.masterplan/trash/done/T1.1-abcd/d.ts', 'aside\n');
  at.write('docs/superpowers/plans/lost-telemetry.jsonl', '{}\n');
  at.write('docs/masterplan/old/state.yml', OVER);
  return at;
}

async function cleaned(at: Desk, more: Partial<CleanRequest> = {}): Promise<CleanReport> {
  const report = await clean(at.context, { categories: [], apply: true, delete: false, ...more });
  if (!report.ok) throw new Error(report.error.message);
  return report.value;
}

/** Ids of the content of every file, as git would store it, that is still there: on the disk, or under a ref of the repository that keeps. */
function bytesKept(at: Desk): ReadonlySet<string> {
  const ids = new Set(contents(at.root).values());
  const kept = at.path('.git/masterplan/kept.git');
  if (existsSync(kept))
    for (const line of at.git(`--git-dir=${kept}`, 'rev-list', '--objects', '--all').split('\n'))
      ids.add(line.slice(0, 40));
  return ids;
}

function contents(root: string): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (directory: string): void => {
    for (const name of readdirSync(directory)) {
      const path = join(directory, name);
      if (path === join(root, '.git')) continue;
      const stat = lstatSync(path);
      if (stat.isDirectory()) walk(path);
      else if (stat.isFile()) {
        const bytes = readFileSync(path);
        found.set(
          path.slice(root.length + 1),
          createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex'),
        );
      }
    }
  };
  walk(root);
  return found;
}

/** Files that are ours to write at any time, and the pointer of a worktree to its scratch repository. */
const OURS = /(?:\/lock\/|queue\.git|\/\.git$|(?:state\.yml|snapshot\.json)$)/;

describe('clean', () => {
  test('shows everything and changes nothing, until it is asked to', async () => {
    const at = await littered();
    const before = bytesIn(at.root);
    const { items, applied } = await cleaned(at, { apply: false });
    expect(applied).toBe(false);
    expect(bytesIn(at.root)).toEqual(before);
    expect(items.map(({ category, path, action }) => `${category} ${path} ${action}`).toSorted()).toEqual([
      'completed .masterplan/runs/done archive',
      'completed docs/masterplan/done archive',
      'completed docs/masterplan/old archive',
      'orphans .masterplan/worktrees/gone archive',
      'orphans docs/superpowers/plans/lost-telemetry.jsonl archive',
      'trash .masterplan/trash/done/T1.1-abcd archive',
      'worktrees .masterplan/scratch/done/T1.1.git archive',
      'worktrees .masterplan/worktrees/done/T1.1 archive',
    ]);
  });

  test('moves it to the archive, leaves the open run alone, and has nothing to do afterwards', async () => {
    const at = await littered();
    const open = [bytesIn(at.path('docs/masterplan/open')), bytesIn(at.path('.masterplan/worktrees/open'))];
    const before = contents(at.root);
    const { items } = await cleaned(at);
    expect(items.filter(({ done }) => !done)).toEqual([]);
    expect([bytesIn(at.path('docs/masterplan/open')), bytesIn(at.path('.masterplan/worktrees/open'))]).toEqual(open);
    expect(existsSync(at.path('docs/masterplan/done'))).toBe(false);
    const kept = bytesKept(at);
    expect([...before].filter(([path, id]) => !OURS.test(path) && !kept.has(id))).toEqual([]);
    const after = contents(at.root);
    expect((await cleaned(at)).items).toEqual([]);
    expect(contents(at.root)).toEqual(after);
  });

  test('deletes what is stored byte for byte, and moves or leaves what cannot be', async () => {
    const at = await littered();
    symlinkSync('/nowhere', at.path('.masterplan/trash/done/T1.1-abcd/link'));
    const before = contents(at.root);
    const { items } = await cleaned(at, { delete: true });
    const by = new Map(items.map((item) => [item.path, item]));
    expect(by.get('.masterplan/worktrees/done/T1.1')).toMatchObject({
      done: true,
      ref: expect.stringContaining('refs/masterplan/cleaned/') as string,
    });
    expect(by.get('.masterplan/scratch/done/T1.1.git')).toMatchObject({ done: true, action: 'archive' });
    expect(by.get('.masterplan/trash/done/T1.1-abcd')).toMatchObject({
      done: false,
      why: expect.stringMatching(/link/) as string,
    });
    expect(existsSync(at.path('.masterplan/worktrees/done/T1.1'))).toBe(false);
    expect(existsSync(at.path('.masterplan/trash/done/T1.1-abcd/d.ts'))).toBe(true);
    const kept = bytesKept(at);
    expect([...before].filter(([path, id]) => !OURS.test(path) && !kept.has(id))).toEqual([]);
  });

  test('leaves a run that somebody has open', async () => {
    const at = await littered();
    const run = await writeRun(at, 'held', over());
    run.edit('retro.md', () => 'x');
    const owned = await ownRun(at.context.io, run.paths, 'somebody', false);
    const { items } = await cleaned(at);
    expect(items.find(({ path }) => path === 'docs/masterplan/held')).toMatchObject({ action: 'leave', done: false });
    expect(existsSync(at.path('docs/masterplan/held/events.jsonl'))).toBe(true);
    if (owned.ok) await owned.value.close();
  });

  test('keeps to categories and worktrees that are named, and says what means nothing here', async () => {
    const at = await littered();
    expect((await cleaned(at, { categories: ['crons'] })).notes).toHaveLength(1);
    const { items } = await cleaned(at, { worktree: 'done/T1.1' });
    expect(items.map(({ path }) => path)).toEqual(['.masterplan/worktrees/done/T1.1']);
    expect(
      await clean(at.context, { categories: [], apply: true, delete: false, worktree: 'open/T1.1' }),
    ).toMatchObject({ ok: false, error: { exit: 2 } });
    expect(existsSync(at.path('docs/masterplan/done'))).toBe(true);
  });

  test('archives a legacy bundle once it was imported, and not when it changed since', async () => {
    const at = oldBundle(AGES['3'] ?? '');
    expect((await cleaned(at, { categories: ['legacy'] })).items).toEqual([]);
    await imported(at, 'old');
    const state = at.read('docs/masterplan/old/state.yml');
    at.write('docs/masterplan/old/state.yml', `${state}\n`);
    expect((await cleaned(at, { categories: ['legacy'] })).items).toMatchObject([{ action: 'leave' }]);
    at.write('docs/masterplan/old/state.yml', state);
    expect((await cleaned(at, { categories: ['legacy'] })).items).toMatchObject([{ done: true }]);
    expect(existsSync(at.path('docs/masterplan/old'))).toBe(false);
    const other = oldBundle(AGES['3'] ?? '');
    expect(await imported(other, 'old', { archive: true })).toMatchObject({
      ok: true,
      value: {
        remarks: [expect.stringMatching(/^docs\/masterplan\/old lies in docs\/masterplan\/\.archive\//) as string],
      },
    });
  });

  test.each([
    [
      'archive',
      'archive_path: legacy/.archive/\n',
      /^docs\/masterplan\/old lies in legacy\/\.archive\/[\d-]+\/old now$/,
      false,
    ],
    [
      'delete',
      '',
      /^docs\/masterplan\/old is gone from here; every byte of it is in refs\/masterplan\/cleaned\//,
      false,
    ],
    ['ask', '', /^docs\/masterplan\/old stays; to archive it: masterplan clean --category=legacy --apply$/, true],
  ])('cruft_policy %s is obeyed, and a flag is stronger', async (policy, more, remark, stays) => {
    const at = oldBundle(AGES['3'] ?? '');
    at.write('.masterplan.yaml', `${at.read('.masterplan.yaml')}cruft_policy: ${policy}\n${more}`);
    const kept = await imported(at, 'old', { keep: true, slug: 'kept' });
    expect(kept).toMatchObject({ ok: true, value: { remarks: [] } });
    expect(existsSync(at.path('docs/masterplan/old'))).toBe(true);
    const made = await imported(at, 'old', { slug: 'new' });
    expect(made).toMatchObject({ ok: true, value: { remarks: [expect.stringMatching(remark) as string] } });
    expect(existsSync(at.path('docs/masterplan/old'))).toBe(stays);
  });

  test(
    'whatever lies about, every byte of it is afterwards on the disk or in a snapshot',
    { timeout: 120_000 },
    async () => {
      const place = fc.constantFrom(
        '.masterplan/worktrees/done/T1.1',
        '.masterplan/worktrees/gone/T2.1',
        '.masterplan/trash/done/T1.2-ab',
        '.masterplan/trash/gone/T1.2-ab',
        '.masterplan/scratch/done/T1.1.git',
        '.masterplan/runs/gone/transcripts',
        '.masterplan/runs/done/checkouts/x',
        'docs/masterplan/done/briefs',
        'docs/masterplan/old',
        'docs/superpowers/plans',
      );
      const plain = fc.constantFrom(
        'a.ts',
        'ignored/b',
        'deep/er/c',
        '.gitignore',
        '.gitattributes',
        'ü ö.txt',
        'x-telemetry.jsonl',
        'CRLF.txt',
      );
      const name = fc.oneof({ arbitrary: plain, weight: 12 }, fc.constantFrom('sub/.git/config', 'q"uote'));
      const content = fc.oneof(
        fc.constant('a\r\nb\r\n'),
        fc.constant('* text=auto eol=lf\n'),
        fc.constant(''),
        fc.string(),
      );
      const litter = fc.array(fc.record({ place, name, content, executable: fc.boolean(), link: fc.boolean() }), {
        maxLength: 8,
      });
      const categories = fc.oneof({ arbitrary: fc.constant([]), weight: 3 }, fc.subarray([...CATEGORIES]));
      const remove = fc.oneof({ arbitrary: fc.constant(true), weight: 3 }, fc.constant(false));
      await fc.assert(
        fc.asyncProperty(litter, categories, remove, async (things, chosen, removing) => {
          const at = desk({ '.gitignore': 'ignored/\n' });
          (await writeRun(at, 'done', over())).edit('retro.md', () => 'x');
          at.write('docs/masterplan/old/state.yml', OVER);
          const ignored = { name: 'ignored/b', content: '', executable: false, link: false };
          const always = ['.masterplan/worktrees/done/T1.9', '.masterplan/trash/gone/T1.9-ab'].map((one) => ({
            ...ignored,
            place: one,
          }));
          for (const { place: where, name: file, content: text, executable, link } of [...always, ...things]) {
            const path = at.path(where, file);
            if (existsSync(path)) continue;
            // Unlike any other content, so that it can be found nowhere else.
            at.write(join(where, file), `${text}${where}/${file}`);
            if (executable) chmodSync(path, 0o755);
            if (link && !existsSync(`${path}-link`)) symlinkSync('a.ts', `${path}-link`);
          }
          const before = contents(at.root);
          await cleaned(at, { categories: chosen, delete: removing });
          const kept = bytesKept(at);
          expect([...before].filter(([path, id]) => !OURS.test(path) && !kept.has(id))).toEqual([]);
        }),
        { numRuns: Number(process.env['CLEAN_RUNS'] ?? 6) },
      );
    },
  );
});
