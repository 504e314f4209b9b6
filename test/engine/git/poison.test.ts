import { chmodSync, copyFileSync, mkdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { dirtyFiles, inspectRepository } from '../../../src/engine/git/inspect.ts';
import { listing, person, Rig, sentinel, TEXT } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = new Rig();
  await rig.repositories.prepare();
});

const HOOKS = [
  'pre-commit',
  'post-checkout',
  'post-index-change',
  'reference-transaction',
  'post-merge',
  'commit-msg',
  'pre-auto-gc',
  'fsmonitor-watchman',
  'update',
];

/** Everything by which a configuration can make git run a program, written into a git directory. */
function poison(gitDirectory: string, program: string): void {
  mkdirSync(join(gitDirectory, 'hooks'), { recursive: true });
  for (const hook of HOOKS) copyFileSync(program, join(gitDirectory, 'hooks', hook));
  mkdirSync(join(gitDirectory, 'info'), { recursive: true });
  writeFileSync(join(gitDirectory, 'info/attributes'), '* filter=evil diff=evil merge=evil\n');
  writeFileSync(
    join(gitDirectory, 'config'),
    `[core]
	repositoryformatversion = 0
	bare = false
	fsmonitor = ${program}
	pager = ${program}
	editor = ${program}
	sshCommand = ${program}
	alternateRefsCommand = ${program}
	hooksPath = ${join(gitDirectory, 'hooks')}
[diff]
	external = ${program}
[diff "evil"]
	command = ${program}
	textconv = ${program}
[filter "evil"]
	clean = ${program}
	smudge = ${program}
	process = ${program}
	required = true
[merge "evil"]
	driver = ${program} %O %A %B
[gpg]
	program = ${program}
[commit]
	gpgSign = true
[log]
	showSignature = true
[remote "origin"]
	url = ext::${program}
	promisor = true
	uploadpack = ${program}
[protocol "ext"]
	allow = always
[user]
	name = Mallory
	email = mallory@example.org
`,
  );
}

const ATTRIBUTES = '* filter=evil diff=evil merge=evil\n';

describe('nothing planted is ever run', () => {
  test('not from a scratch repository, its worktree or an embedded repository', async () => {
    const planted = sentinel(rig);
    const { path, scratch, base } = await rig.open('T1.1');
    poison(scratch, planted.program);
    rig.write('.gitattributes', ATTRIBUTES, path);
    rig.write('src/a.ts', 'changed\n', path);
    rig.gitIn(path, 'init', '--quiet', 'sub');
    rig.gitIn(
      join(path, 'sub'),
      '-c',
      'user.name=x',
      '-c',
      'user.email=x@y',
      'commit',
      '--quiet',
      '--allow-empty',
      '-m',
      'x',
    );
    poison(join(path, 'sub/.git'), planted.program);
    // The seed of trust that the whole file rests on: git run in there by anyone would start the program.
    expect(() => rig.gitIn(path, 'add', '--all')).toThrow();
    expect(planted.ran()).toBe(true);
    unlinkSync(join(rig.directory, 'SENTINEL'));

    const collected = await rig.repositories.collect(path, scratch, base, 'T1.1', TEXT);
    expect(collected?.changed.map((change) => change.path)).toEqual(['.gitattributes', 'src/a.ts', 'sub']);
    rmSync(join(path, 'sub'), { recursive: true });
    const clean = await rig.repositories.collect(path, scratch, base, 'T1.1', TEXT);
    await land(clean?.commit ?? '', base);
    await rig.repositories.checkout(clean?.commit ?? '', rig.path('.masterplan/runs/demo/checkouts/x'));
    await rig.repositories.openWorktree(rig.worktree('T2.1').path, rig.worktree('T2.1').scratch, clean?.commit ?? '');
    expect(planted.ran()).toBe(false);
  });

  test('not from a submodule of the base that the agent filled', async () => {
    rig.gitIn(rig.root, 'init', '--quiet', 'lib');
    rig.gitIn(
      rig.path('lib'),
      '-c',
      'user.name=x',
      '-c',
      'user.email=x@y',
      'commit',
      '--quiet',
      '--allow-empty',
      '-m',
      'lib',
    );
    rig.write('.gitmodules', '[submodule "lib"]\n\tpath = lib\n\turl = ./lib\n');
    const base = rig.commit('With a submodule');
    const planted = sentinel(rig);
    const { path, scratch } = await rig.open('T1.1', base);
    rig.gitIn(rig.root, 'clone', '--quiet', rig.path('lib'), join(path, 'lib'));
    rig.write('lib/x', 'x', path);
    poison(join(path, 'lib/.git'), planted.program);
    expect((await rig.repositories.collect(path, scratch, base, 'T1.1', TEXT))?.changed).toEqual([]);
    expect(planted.ran()).toBe(false);
  });

  test('not from the user’s repository or home directory', async () => {
    const planted = sentinel(rig);
    const base = rig.head();
    const commit = (await rig.attempt('T1.1', (path) => rig.write('new.ts', 'n\n', path))).commit;
    poison(rig.path('.git'), planted.program);
    poison(rig.home, planted.program);
    copyFileSync(join(rig.home, 'config'), join(rig.home, '.gitconfig'));
    mkdirSync(join(rig.home, '.config/git'), { recursive: true });
    copyFileSync(join(rig.home, 'config'), join(rig.home, '.config/git/config'));
    writeFileSync(join(rig.home, '.config/git/attributes'), ATTRIBUTES);

    const repositories = rig.again();
    await repositories.prepare();
    expect(await inspectRepository(rig.io, rig.root, person(rig.home))).toMatchObject({ ok: true });
    expect(await dirtyFiles(rig.io, rig.root, person(rig.home))).toEqual({ ok: true, value: [] });
    const { path, scratch } = rig.worktree('T2.1');
    await repositories.openWorktree(path, scratch, base);
    rig.write('other.ts', 'o\n', path);
    const other = await repositories.collect(path, scratch, base, 'T2.1', TEXT);
    await land(commit, base, other?.commit);
    writeFileSync(rig.path('README.md'), 'dirty\n');
    expect(await inspectRepository(rig.io, rig.root, person(rig.home))).toMatchObject({ ok: true });
    expect(await dirtyFiles(rig.io, rig.root, person(rig.home))).toEqual({ ok: true, value: ['README.md'] });
    expect(planted.ran()).toBe(false);
  });

  test('not through redirections: .git file, core.worktree, alternates, links', async () => {
    const planted = sentinel(rig);
    const { path, scratch, base } = await rig.open('T1.1');
    rig.write('new.ts', 'n\n', path);
    const evil = join(rig.directory, 'evil.git');
    mkdirSync(evil);
    poison(evil, planted.program);
    writeFileSync(join(path, '.git'), `gitdir: ${evil}\n`);
    writeFileSync(join(scratch, 'config'), `[core]\n\tworktree = ${rig.root}\n`);
    writeFileSync(join(scratch, 'objects/info/alternates'), `${rig.directory}\n/dev/null\n../../../../..\n`);
    writeFileSync(join(scratch, 'commondir'), `${evil}\n`);
    rmSync(join(scratch, 'refs'), { recursive: true });
    symlinkSync(rig.path('.git/refs'), join(scratch, 'refs'));
    const collected = await rig.repositories.collect(path, scratch, base, 'T1.1', TEXT);
    expect(collected?.changed).toEqual([{ path: 'new.ts', kind: 'added' }]);
    expect(planted.ran()).toBe(false);
  });

  test('not from the private repository, whose configuration is looked at before each use', async () => {
    const planted = sentinel(rig);
    const { path, scratch, base } = await rig.open('T1.1');
    rig.write('.gitattributes', ATTRIBUTES, path);
    poison(rig.queue, planted.program);
    await expect(rig.repositories.collect(path, scratch, base, 'T1.1', TEXT)).rejects.toThrow(
      'somebody changed the configuration',
    );
    const next = rig.again();
    await next.prepare();
    expect((await next.collect(path, scratch, base, 'T1.1', TEXT))?.changed).toEqual([
      { path: '.gitattributes', kind: 'added' },
    ]);
    expect(planted.ran()).toBe(false);
  });

  async function land(commit: string, base: string, second?: string): Promise<void> {
    const repositories = rig.again();
    const first = await repositories.integrate(commit, base, base, TEXT);
    if ('conflicts' in first) throw new Error('conflict');
    let tip = first.commit;
    if (second !== undefined) {
      const next = await repositories.integrate(second, base, tip, TEXT);
      if ('conflicts' in next) throw new Error('conflict');
      tip = next.commit;
    }
    expect(await repositories.publish('masterplan/demo', base, undefined)).toBe('moved');
    expect(await repositories.publish('masterplan/demo', tip, base)).toBe('moved');
    await repositories.landed('run-1', base, tip);
    await repositories.fingerprint();
    expect(await repositories.advance('main', tip, base)).toBe('moved');
    expect(await repositories.deleteBranch('masterplan/demo', tip)).toBe('moved');
  }
});

test('configuration, hooks, index and files of the user stay as they are, byte for byte', async () => {
  const fresh = new Rig();
  const config = {
    '.git/hooks/pre-commit': '#!/bin/sh\nexit 1\n',
    '.git/config.worktree': '[core]\n',
    staged: 's',
    untracked: 'u',
  };
  for (const [path, content] of Object.entries(config)) fresh.write(path, content);
  fresh.git('config', 'core.logAllRefUpdates', 'false');
  fresh.git('add', 'staged');
  fresh.write('README.md', 'dirty\n');
  fresh.write('src/a.ts', 'a\n');
  const base = fresh.head();
  const ours = (path: string): boolean =>
    path.startsWith('.masterplan') || /^\.git\/(objects|masterplan|refs\/heads\/masterplan)(\/|$)/.test(path);
  const before = listing(fresh.root, ours);
  await inspectRepository(fresh.io, fresh.root, person(fresh.home));
  await fresh.repositories.prepare();
  const { commit } = await fresh.attempt('T1.1', (path) => fresh.write('new.ts', 'n\n', path));
  const result = await fresh.repositories.integrate(commit, base, base, TEXT);
  if ('conflicts' in result) throw new Error('conflict');
  await fresh.repositories.publish('masterplan/demo', base, undefined);
  await fresh.repositories.publish('masterplan/demo', result.commit, base);
  await fresh.repositories.fingerprint();
  expect(await fresh.repositories.advance('main', result.commit, base)).toEqual({ dirty: ['staged'] });
  expect(listing(fresh.root, ours)).toEqual(before);
  expect(listing(fresh.home)).toEqual({});
});

test('the fingerprint changes with whatever could be planted, and with nothing else', async () => {
  const before = await rig.repositories.fingerprint();
  expect(Object.keys(before)).toContain('config');
  await rig.repositories.publish('masterplan/demo', rig.head(), undefined);
  rig.commit('More');
  expect(await rig.repositories.fingerprint()).toEqual(before);
  const plant: Readonly<Record<string, () => void>> = {
    config: () => rig.git('config', 'core.fsmonitor', 'x'),
    'hooks/pre-commit': () => rig.write('.git/hooks/pre-commit', '#!/bin/sh\n'),
    'hooks/a/b': () => rig.write('.git/hooks/a/b', 'x'),
    'hooks/link': () => symlinkSync('/bin/sh', rig.path('.git/hooks/link')),
    'info/attributes': () => rig.write('.git/info/attributes', '* filter=x\n'),
    'objects/info/alternates': () => rig.write('.git/objects/info/alternates', '/elsewhere\n'),
    'worktrees/w/config.worktree': () => rig.write('.git/worktrees/w/config.worktree', 'x'),
  };
  let known = before;
  for (const [name, planting] of Object.entries(plant)) {
    planting();
    const now = await rig.repositories.fingerprint();
    const names = [...new Set([...Object.keys(known), ...Object.keys(now)])].filter(
      (each) => known[each] !== now[each],
    );
    expect(names).toEqual([name]);
    known = now;
  }
  chmodSync(rig.path('.git/hooks/pre-commit'), 0o755);
  expect((await rig.repositories.fingerprint())['hooks/pre-commit']).toBe(`${known['hooks/pre-commit']}+x`);
});
