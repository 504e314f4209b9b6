import { readFileSync, rmSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ObjectId } from '../../../src/engine/git/repositories.ts';
import type { Io } from '../../../src/io/io.ts';
import { Rig, TEXT } from './rig.ts';

let rig: Rig;
let base: ObjectId;
let commit: ObjectId;

beforeEach(async () => {
  rig = new Rig({
    files: {
      'README.md': 'one\n',
      'src/a.ts': 'a\n',
      'src/gone.ts': 'gone\n',
      'src/touched.ts': 't\n',
      turns: 'into a directory\n',
    },
  });
  symlinkSync('README.md', rig.path('link'));
  base = rig.commit('With a link');
  await rig.repositories.prepare();
  const collected = await rig.attempt('T1.1', (path) => {
    for (const gone of ['src/gone.ts', 'turns', 'link']) unlinkSync(`${path}/${gone}`);
    rig.write('src/a.ts', 'changed by the run\n', path);
    rig.write('deep/er/new.ts', 'new\n', path);
    rig.write('turns/into', 'this\n', path);
    symlinkSync('src/a.ts', `${path}/link`);
  });
  const result = await rig.repositories.integrate(collected.commit, base, base, TEXT);
  if ('conflicts' in result) throw new Error('conflict');
  ({ commit } = result);
});

const status = (): string => rig.git('status', '--porcelain');

function advanced(): void {
  expect(rig.head('main')).toBe(commit);
  expect(rig.git('fsck', '--strict')).toBe('');
}

test('moves a branch that nobody has checked out, and no file', async () => {
  rig.git('switch', '--quiet', '--create', 'elsewhere');
  expect(await rig.repositories.advance('main', commit, base)).toBe('moved');
  advanced();
  expect(rig.head()).toBe(base);
  expect(status()).toBe('');
  expect(await rig.repositories.advance('main', commit, base)).toBe('moved');
  expect(await rig.repositories.advance('main', base, rig.head('elsewhere'))).toEqual({ actual: commit });
  expect(await rig.repositories.advance('nowhere', commit, base)).toEqual({ actual: undefined });
});

test('takes the files of a clean work tree along, its own dates notwithstanding', async () => {
  rig.write('untracked.txt', 'mine\n');
  writeFileSync(rig.path('src/touched.ts'), 't\n');
  expect(await rig.repositories.advance('main', commit, base)).toBe('moved');
  advanced();
  expect(status()).toBe('?? untracked.txt');
  expect(readFileSync(rig.path('src/a.ts'), 'utf8')).toBe('changed by the run\n');
  expect(statSync(rig.path('turns')).isDirectory()).toBe(true);
});

test('leaves a changed file alone that the move does not touch', async () => {
  rig.write('README.md', 'mine\n');
  expect(await rig.repositories.advance('main', commit, base)).toBe('moved');
  advanced();
  expect(status()).toBe(' M README.md');
  expect(readFileSync(rig.path('README.md'), 'utf8')).toBe('mine\n');
});

test('takes along the files of a linked work tree', async () => {
  rig.git('switch', '--quiet', '--detach');
  rig.git('worktree', 'add', '--quiet', '../linked', 'main');
  expect(await rig.repositories.advance('main', commit, base)).toBe('moved');
  advanced();
  expect(rig.gitIn(`${rig.directory}/linked`, 'status', '--porcelain')).toBe('');
  expect(rig.gitIn(`${rig.directory}/linked`, 'rev-parse', 'HEAD')).toBe(commit);
  expect(status()).toBe('');
  // A work tree whose directory is gone cannot be left behind.
  rmSync(`${rig.directory}/linked`, { recursive: true });
  expect(await rig.repositories.advance('main', base, commit)).toBe('moved');
});

test.each<[string, readonly string[], () => void]>([
  ['a changed file', ['src/a.ts'], () => rig.write('src/a.ts', 'mine\n')],
  ['a staged file', ['README.md'], () => [rig.write('README.md', 'mine\n'), rig.git('add', 'README.md')]],
  ['a deleted file', ['src/a.ts'], () => unlinkSync(rig.path('src/a.ts'))],
  ['an untracked file in the way', ['deep/er/new.ts'], () => rig.write('deep/er/new.ts', 'mine\n')],
  ['an untracked file in the way of a directory', ['deep'], () => rig.write('deep', 'mine\n')],
  [
    'an ignored file in the way',
    ['deep/er/new.ts'],
    () => [rig.write('.git/info/exclude', '/.masterplan/\ndeep\n'), rig.write('deep/er/new.ts', 'mine\n')],
  ],
])('refuses %s and changes nothing', async (_what, dirty, disturb) => {
  writeFileSync(rig.path('src/touched.ts'), 't\n');
  disturb();
  const index = readFileSync(rig.path('.git/index'));
  expect(await rig.repositories.advance('main', commit, base)).toEqual({ dirty });
  expect(rig.head('main')).toBe(base);
  expect(readFileSync(rig.path('.git/index')).equals(index)).toBe(true);
});

test('refuses what it could not do rightly, and says how to do it by hand', async () => {
  rig.git('config', 'core.sparseCheckout', 'true');
  await expect(rig.repositories.advance('main', commit, base)).rejects.toMatchObject({
    hint: expect.stringContaining('merge --ff-only masterplan/demo'),
  });
  rig.git('config', '--unset', 'core.sparseCheckout');
  rig.write('.git/MERGE_HEAD', `${base}\n`);
  await expect(rig.repositories.advance('main', commit, base)).rejects.toThrow('a merge is in progress');
  expect(rig.head('main')).toBe(base);
});

test('when the branch moves in the last moment, the files go back', async () => {
  const racing: Io['processes']['run'] = async (program, options) => {
    const finished = await rig.io.processes.run(program, options);
    if (program.argv.includes('read-tree') && program.argv.includes('-m') && rig.head('main') === base) {
      rig.git('update-ref', 'refs/heads/main', rig.git('commit-tree', '-p', base, '-m', 'beside', `${base}^{tree}`));
    }
    return finished;
  };
  const repositories = rig.again({ ...rig.io, processes: { ...rig.io.processes, run: racing } });
  expect(await repositories.advance('main', commit, base)).toEqual({ actual: rig.head('main') });
  expect(rig.head('main')).not.toBe(base);
  expect(status()).toBe('');
});

describe('after a power cut', () => {
  /** Repositories that die when git runs with `word` among its arguments, after `damage` is done. */
  function dying(word: string, damage: () => void, after = false): ReturnType<Rig['again']> {
    const run: Io['processes']['run'] = async (program, options) => {
      if (!program.argv.includes(word)) return rig.io.processes.run(program, options);
      if (after) await rig.io.processes.run(program, options);
      damage();
      throw new Error('power cut');
    };
    return rig.again({ ...rig.io, processes: { ...rig.io.processes, run } });
  }

  async function again(): Promise<unknown> {
    const next = rig.again();
    await next.prepare();
    return next.advance('main', commit, base);
  }

  const halves: Readonly<Record<string, () => void>> = {
    'before anything': () => {},
    'with one file written': () => rig.write('src/a.ts', 'changed by the run\n'),
    'with half a file': () => rig.write('src/a.ts', 'changed by'),
    'with an empty new file': () => rig.write('deep/er/new.ts', ''),
    'with a file removed': () => unlinkSync(rig.path('src/gone.ts')),
    'with a link replaced': () => {
      unlinkSync(rig.path('link'));
      symlinkSync('src/a.ts', rig.path('link'));
    },
    'with a file become a directory': () => {
      unlinkSync(rig.path('turns'));
      rig.write('turns/into', 'th');
    },
  };
  test.each(Object.entries(halves))('%s, goes on', async (_what, damage) => {
    await expect(dying('-m', damage).advance('main', commit, base)).rejects.toThrow('power cut');
    expect(rig.head('main')).toBe(base);
    expect(await again()).toBe('moved');
    advanced();
    expect(status()).toBe('');
  });

  test.each([
    ['between files and branch', false],
    ['after the branch', true],
  ])('%s, goes on', async (_what, after) => {
    await expect(dying('update-ref', () => {}, after).advance('main', commit, base)).rejects.toThrow('power cut');
    expect(await again()).toBe('moved');
    advanced();
    expect(status()).toBe('');
  });

  test('does not mistake later work of the user for its own half-written file', async () => {
    await expect(
      dying('-m', () => rig.write('src/a.ts', 'written by the user\n')).advance('main', commit, base),
    ).rejects.toThrow('power cut');
    expect(await again()).toEqual({ dirty: ['src/a.ts'] });
    expect(readFileSync(rig.path('src/a.ts'), 'utf8')).toBe('written by the user\n');
  });

  test('names a lock that is left in the way', async () => {
    rig.write('.git/index.lock', '');
    const quick = rig.again({
      ...rig.io,
      clock: {
        ...rig.io.clock,
        monotonic: (
          (now) => () =>
            (now += 1000)
        )(0),
      },
    });
    await expect(quick.advance('main', commit, base)).rejects.toMatchObject({
      hint: expect.stringContaining('index.lock'),
    });
    unlinkSync(rig.path('.git/index.lock'));
    expect(await again()).toBe('moved');
    advanced();
  });
});
