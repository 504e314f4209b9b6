import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dirtyFiles, inspectRepository } from '../../../src/engine/git/inspect.ts';
import { person, Rig, TEXT } from './rig.ts';

function inspect(
  rig: Rig,
  cwd = rig.root,
  env: Readonly<Record<string, string>> = {},
): ReturnType<typeof inspectRepository> {
  return inspectRepository(rig.io, cwd, { ...person(rig.home), ...env });
}

async function refusal(rig: Rig, cwd = rig.root, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const result = await inspect(rig, cwd, env);
  if (result.ok) throw new Error('it was not refused');
  expect(result.error.hint).not.toBe('');
  return result.error.message;
}

test('says what is there, from any directory of the work tree', async () => {
  const rig = new Rig();
  rig.write('src/a.ts', 'changed\n');
  rig.write('staged.ts', 's\n');
  rig.git('add', 'staged.ts');
  rig.write('untracked.ts', 'u\n');
  rig.write('src/b.ts', 'b\n');
  const index = readFileSync(rig.path('.git/index'));
  expect(await inspect(rig, rig.path('src'))).toEqual({
    ok: true,
    value: {
      root: rig.root,
      gitDirectory: rig.path('.git'),
      branch: 'main',
      head: rig.head(),
      identity: { name: 'Somebody', email: 'somebody@example.org' },
      ignored: '',
    },
  });
  expect(await dirtyFiles(rig.io, rig.root, person(rig.home))).toEqual({ ok: true, value: ['src/a.ts', 'staged.ts'] });
  expect(readFileSync(rig.path('.git/index')).equals(index)).toBe(true);
});

test('knows what the person ignores everywhere, so that it is not taken for work', async () => {
  const rig = new Rig();
  const ignored = async (): Promise<string> => {
    const found = await inspect(rig);
    return found.ok ? found.value.ignored : found.error.message;
  };
  mkdirSync(join(rig.home, '.config/git'), { recursive: true });
  writeFileSync(join(rig.home, '.config/git/ignore'), '*.swp\n');
  expect(await ignored()).toBe('*.swp\n');
  writeFileSync(join(rig.home, 'mine'), '.idea/\n');
  writeFileSync(join(rig.home, '.gitconfig'), '[core]\n\texcludesFile = ~/mine\n');
  expect(await ignored()).toBe('.idea/\n');

  const repositories = rig.again(rig.io, 'demo', await ignored());
  await repositories.prepare();
  const { path, scratch } = rig.worktree('T1.1');
  await repositories.openWorktree(path, scratch, rig.head());
  mkdirSync(join(path, '.idea'));
  writeFileSync(join(path, '.idea/workspace.xml'), '');
  writeFileSync(join(path, 'work.txt'), '');
  const collected = await repositories.collect(path, scratch, rig.head(), 'T1.1', TEXT);
  expect(collected?.changed.map((one) => one.path)).toEqual(['work.txt']);
});

test('knows a linked work tree, a detached head and a branch with slashes', async () => {
  const rig = new Rig();
  rig.git('worktree', 'add', '--quiet', '-b', 'a/b', '../linked');
  const linked = join(rig.directory, 'linked');
  expect(await inspect(rig, linked)).toMatchObject({
    ok: true,
    value: { root: linked, gitDirectory: rig.path('.git'), branch: 'a/b' },
  });
  rig.git('switch', '--quiet', '--detach');
  expect(await inspect(rig)).toMatchObject({ ok: true, value: { branch: undefined } });
});

test('takes the identity from the configuration of the person, or from the environment', async () => {
  const rig = new Rig();
  rig.git('config', '--unset', 'user.name');
  rig.git('config', '--unset', 'user.email');
  expect(await refusal(rig)).toContain('does not know who you are');
  expect(await refusal(rig, rig.root, { GIT_AUTHOR_NAME: 'Only a name' })).toContain('does not know who you are');
  writeFileSync(join(rig.home, '.gitconfig'), '[user]\n\tname = From Home\n\temail = home@example.org\n');
  expect(await inspect(rig)).toMatchObject({ value: { identity: { name: 'From Home', email: 'home@example.org' } } });
  expect(await inspect(rig, rig.root, { GIT_AUTHOR_NAME: 'Env', GIT_AUTHOR_EMAIL: 'env@example.org' })).toMatchObject({
    value: { identity: { name: 'Env', email: 'env@example.org' } },
  });
});

test('refuses a directory without a repository, a bare one, one without a commit', async () => {
  const rig = new Rig();
  expect(await refusal(rig, rig.home)).toContain('is not in a git repository');
  expect(await refusal(rig, rig.path('.git'))).toContain('no work tree');
  rig.gitIn(rig.directory, 'init', '--quiet', '--bare', 'bare.git');
  expect(await refusal(rig, join(rig.directory, 'bare.git'))).toContain('no work tree');
  rig.gitIn(rig.directory, 'init', '--quiet', 'empty');
  expect(await refusal(rig, join(rig.directory, 'empty'))).toContain('no commit yet');
});

test('does not obey the variables of a hook that started it', async () => {
  const rig = new Rig();
  const other = new Rig();
  expect(
    await inspect(rig, rig.root, {
      GIT_DIR: other.path('.git'),
      GIT_WORK_TREE: other.root,
      GIT_INDEX_FILE: '/nowhere',
    }),
  ).toMatchObject({ ok: true, value: { root: rig.root } });
});

test('refuses a git that is missing or too old', async () => {
  const rig = new Rig();
  const bin = join(rig.directory, 'bin');
  mkdirSync(bin);
  expect(await refusal(rig, rig.root, { PATH: bin })).toContain('could not be started');
  writeFileSync(join(bin, 'git'), '#!/bin/sh\necho git version 2.37.9\n');
  chmodSync(join(bin, 'git'), 0o755);
  expect(await refusal(rig, rig.root, { PATH: bin })).toContain(
    'needs git 2.38 or newer; this is "git version 2.37.9"',
  );
});
