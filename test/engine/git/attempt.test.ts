import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../io/until.ts';
import { Rig, TEXT } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = new Rig({
    files: {
      'README.md': 'one\n',
      'src/a.ts': 'a\n',
      'src/b.ts': 'b\n',
      'src/run.sh': '#!/bin/sh\n',
      '.gitignore': 'ignored/\n*.log\n',
    },
  });
  await rig.repositories.prepare();
});

describe('openWorktree', () => {
  test('gives a clean work tree with a repository of its own', async () => {
    const { path } = await rig.open('T1.1');
    expect(rig.gitIn(path, 'status', '--porcelain')).toBe('');
    expect(rig.gitIn(path, 'log', '--format=%s')).toBe('Begin');
    expect(rig.gitIn(path, 'symbolic-ref', '--short', 'HEAD')).toBe('T1.1');
    rig.gitIn(path, 'commit', '--quiet', '--allow-empty', '--message', 'mine');
    expect(rig.gitIn(path, 'log', '-1', '--format=%an <%ae>')).toBe('Ada "L" Byron <ada@example.org>');
    rig.gitIn(path, 'config', 'core.hooksPath', '/elsewhere');
    rig.gitIn(path, 'branch', 'stray');
    expect(rig.git('branch', '--format=%(refname:short)')).toBe('main');
    expect(rig.git('worktree', 'list').split('\n')).toHaveLength(1);
    expect(() => rig.git('config', 'core.hooksPath')).toThrow();
  });

  test('leaves a whole one alone, makes a half-made one anew, refuses one of another commit', async () => {
    const { path, scratch, base } = await rig.open('T1.1');
    rig.write('work.txt', 'mine', path);
    await rig.again().openWorktree(path, scratch, base);
    expect(existsSync(join(path, 'work.txt'))).toBe(true);
    const other = rig.commit('Second');
    await expect(rig.repositories.openWorktree(path, scratch, other)).rejects.toThrow('in use for another commit');

    const half = rig.worktree('T2.1');
    mkdirSync(half.path, { recursive: true });
    writeFileSync(join(half.path, 'README.md'), 'ha');
    mkdirSync(join(half.scratch, 'objects'), { recursive: true });
    await rig.repositories.openWorktree(half.path, half.scratch, base);
    expect(rig.gitIn(half.path, 'status', '--porcelain')).toBe('');
  });

  test('goes nowhere but below .masterplan, and through no link', async () => {
    const { scratch } = rig.worktree('T1.1');
    await expect(rig.repositories.openWorktree(rig.path('src'), scratch, rig.head())).rejects.toThrow(
      'does not lie in',
    );
    await expect(rig.repositories.openWorktree(rig.path('.masterplan/../src'), scratch, rig.head())).rejects.toThrow(
      'does not lie in',
    );
    mkdirSync(rig.path('.masterplan/worktrees'), { recursive: true });
    symlinkSync(rig.path('src'), rig.path('.masterplan/worktrees/demo'));
    await expect(rig.open('T1.1')).rejects.toThrow('is not a directory');
  });
});

describe('collect', () => {
  test('takes what was committed and what was not, but nothing that is ignored', async () => {
    const { path, scratch, base } = await rig.open('T1.1');
    rig.write('committed.ts', 'c\n', path);
    rig.gitIn(path, 'add', 'committed.ts');
    rig.gitIn(path, 'commit', '--quiet', '--message', 'by the agent');
    const own = rig.gitIn(path, 'rev-parse', 'HEAD');
    rig.write('src/a.ts', 'changed\n', path);
    rig.write('untracked/new.ts', 'n\n', path);
    rig.write('ignored/x', 'x', path);
    rig.write('some.log', 'x', path);
    unlinkSync(join(path, 'src/b.ts'));
    chmodSync(join(path, 'src/run.sh'), 0o755);
    symlinkSync('src/a.ts', join(path, 'link'));
    rig.write('odd \n"name\u00e9', 'odd', path);
    rig.write(':(exclude)x', 'magic', path);
    rig.write('staged-then-gone', 'x', path);
    rig.gitIn(path, 'add', 'staged-then-gone');
    unlinkSync(join(path, 'staged-then-gone'));

    const collected = await rig.repositories.collect(path, scratch, base, 'T1.1', TEXT);
    expect(collected?.changed).toEqual([
      { path: ':(exclude)x', kind: 'added' },
      { path: 'committed.ts', kind: 'added' },
      { path: 'link', kind: 'added' },
      { path: 'odd \n"name\u00e9', kind: 'added' },
      { path: 'src/a.ts', kind: 'modified' },
      { path: 'src/b.ts', kind: 'deleted' },
      { path: 'src/run.sh', kind: 'modified' },
      { path: 'untracked/new.ts', kind: 'added' },
    ]);
    expect(rig.tree(collected?.tree ?? '')).toMatchObject({
      'src/a.ts': '100644 changed',
      'src/run.sh': '100755 #!/bin/sh',
      link: '120000 src/a.ts',
    });
    expect(rig.gitIn(rig.queue, 'log', '-1', '--format=%P|%an|%ae|%at|%s', collected?.commit ?? '')).toBe(
      `${base}|Ada "L" Byron|ada@example.org|1700000000|Add things`,
    );
    expect(await rig.repositories.kept('T1.1')).toBe(collected?.commit);
    expect(await rig.repositories.kept('T1')).toBeUndefined();
    expect(await rig.repositories.treeOf(collected?.commit ?? '')).toBe(collected?.tree);
    expect(rig.gitIn(rig.queue, 'rev-parse', 'refs/masterplan/head/demo/T1.1')).toBe(own);

    // The private repository owns what it keeps: nothing is left that only the scratch repository had.
    await rig.repositories.removeWorktree(path, scratch);
    expect(existsSync(path)).toBe(false);
    expect(existsSync(scratch)).toBe(false);
    rig.gitIn(rig.queue, 'fsck', '--strict');
    rig.gitIn(rig.queue, 'rev-list', '--objects', '--all');
  });

  test('gives the same commit for the same work, again and by a new process', async () => {
    const { path, scratch, base } = await rig.open('T1.1');
    rig.write('new.ts', 'n\n', path);
    const first = await rig.repositories.collect(path, scratch, base, 'T1.1', TEXT);
    const next = rig.again();
    await next.prepare();
    expect(await next.collect(path, scratch, base, 'T1.1', TEXT)).toEqual(first);
    // Without the remembered index, too: it only saves time.
    rmSync(join(rig.queue, 'masterplan/demo/worktrees'), { recursive: true });
    expect(await next.collect(path, scratch, base, 'T1.1', TEXT)).toEqual(first);
  });

  test('sees a change that keeps size and date', async () => {
    const { path, scratch, base } = await rig.open('T1.1');
    execFileSync(
      'sh',
      [
        '-c',
        "touch -r src/a.ts /tmp/stamp.$$ && printf 'z\\n' > src/a.ts && touch -r /tmp/stamp.$$ src/a.ts && rm /tmp/stamp.$$",
      ],
      { cwd: path },
    );
    expect((await rig.repositories.collect(path, scratch, base, 'T1.1', TEXT))?.changed).toEqual([
      { path: 'src/a.ts', kind: 'modified' },
    ]);
  });

  test('sees a change of the same size in the second of the check-out, however much later it is collected', async () => {
    const { path, scratch, base } = await rig.open('T1.1');
    rig.write('src/a.ts', 'z\n', path);
    expect(rig.gitIn(path, 'status', '--porcelain')).toBe(' M src/a.ts');
    const second = Math.floor(Date.now() / 1000);
    await until('the next second', () => Math.floor(Date.now() / 1000) > second);
    expect((await rig.repositories.collect(path, scratch, base, 'T1.1', TEXT))?.changed).toEqual([
      { path: 'src/a.ts', kind: 'modified' },
    ]);
  });

  test('reports embedded repositories, and leaves submodules of the base as they are', async () => {
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
    const base = rig.commit('With a submodule');
    const { path, scratch } = await rig.open('T1.1', base);
    rig.write('src/a.ts', 'changed\n', path);
    expect((await rig.repositories.collect(path, scratch, base, 'T1.1', TEXT))?.changed).toEqual([
      { path: 'src/a.ts', kind: 'modified' },
    ]);

    rig.gitIn(path, 'init', '--quiet', 'embedded');
    rig.gitIn(
      join(path, 'embedded'),
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
    rig.write('lib/file.ts', 'in the place of the submodule\n', path);
    expect((await rig.repositories.collect(path, scratch, base, 'T1.1', TEXT))?.changed).toEqual([
      { path: 'embedded', kind: 'gitlink' },
      { path: 'lib', kind: 'gitlink' },
      { path: 'lib/file.ts', kind: 'added' },
      { path: 'src/a.ts', kind: 'modified' },
    ]);
  });

  test('collects the files whatever became of the scratch repository', async () => {
    const spoil: readonly ((scratch: string, path: string) => void)[] = [
      (scratch) => rmSync(scratch, { recursive: true }),
      (_scratch, path) => unlinkSync(join(path, '.git')),
      (scratch) => writeFileSync(join(scratch, 'HEAD'), 'ref: ../../../../etc/passwd\n'),
      (scratch) => writeFileSync(join(scratch, 'HEAD'), `${'f'.repeat(40)}\n`),
      (scratch) => writeFileSync(join(scratch, 'HEAD'), '--upload-pack=evil\n'),
      (scratch) => writeFileSync(join(scratch, 'HEAD'), `ref: refs/heads/${'x'.repeat(100_000)}\n`),
      (scratch) => {
        unlinkSync(join(scratch, 'HEAD'));
        symlinkSync(rig.path('.git/HEAD'), join(scratch, 'HEAD'));
      },
      (scratch, path) => {
        rig.write('more.ts', 'm', path);
        rig.gitIn(path, 'add', '--all');
        rig.gitIn(path, 'commit', '--quiet', '-m', 'lost objects');
        rmSync(join(scratch, 'objects'), { recursive: true });
      },
    ];
    for (const [index, each] of spoil.entries()) {
      const name = `T${index}.1`;
      const { path, scratch, base } = await rig.open(name);
      rig.write('new.ts', 'n\n', path);
      each(scratch, path);
      const collected = await rig.repositories.collect(path, scratch, base, name, TEXT);
      expect(collected?.changed, `case ${index}`).toContainEqual({ path: 'new.ts', kind: 'added' });
      expect(
        () => rig.gitIn(rig.queue, 'rev-parse', '--verify', `refs/masterplan/head/demo/${name}`),
        `case ${index}`,
      ).toThrow();
    }
  });

  test('follows one branch to the commit of the agent, loose or packed', async () => {
    const { path, scratch, base } = await rig.open('T1.1');
    rig.gitIn(path, 'switch', '--quiet', '--create', 'topic/x');
    rig.gitIn(path, 'commit', '--quiet', '--allow-empty', '-m', 'mine');
    rig.gitIn(path, 'pack-refs', '--all');
    await rig.repositories.collect(path, scratch, base, 'T1.1', TEXT);
    expect(rig.gitIn(rig.queue, 'log', '-1', '--format=%s', 'refs/masterplan/head/demo/T1.1')).toBe('mine');
  });

  test('believes no object that is not what it is called', async () => {
    const { path, scratch, base } = await rig.open('T1.1');
    rig.write('good.ts', 'good\n', path);
    rig.gitIn(path, 'add', '--all');
    rig.gitIn(path, 'commit', '--quiet', '-m', 'mine');
    const blob = rig.gitIn(path, 'rev-parse', 'HEAD:good.ts');
    rig.write('evil.ts', 'evil!\n', path);
    const evil = rig.gitIn(path, 'hash-object', '-w', 'evil.ts');
    unlinkSync(join(path, 'evil.ts'));
    const loose = (id: string): string => join(scratch, 'objects', id.slice(0, 2), id.slice(2));
    copyFileSync(loose(evil), `${loose(evil)}.copy`);
    renameSync(`${loose(evil)}.copy`, loose(blob));
    // As long as an honest file of that id is there, it is the one that counts.
    const collected = await rig.repositories.collect(path, scratch, base, 'T1.1', TEXT);
    expect(rig.tree(collected?.tree ?? '')['good.ts']).toBe('100644 good');
    expect(rig.tree('refs/masterplan/head/demo/T1.1')['good.ts']).toBe('100644 good');
    rig.gitIn(rig.queue, 'fsck', '--strict');

    const other = new Rig();
    await other.repositories.prepare();
    const place = await other.open('T1.1');
    other.write('good.ts', 'good\n', place.path);
    other.gitIn(place.path, 'add', '--all');
    other.gitIn(place.path, 'commit', '--quiet', '-m', 'mine');
    renameSync(loose(evil), join(place.scratch, 'objects', blob.slice(0, 2), blob.slice(2)));
    unlinkSync(join(place.path, 'good.ts'));
    await other.repositories.collect(place.path, place.scratch, place.base, 'T1.1', TEXT);
    expect(() => other.gitIn(other.queue, 'rev-parse', '--verify', 'refs/masterplan/head/demo/T1.1')).toThrow();
    other.gitIn(other.queue, 'fsck', '--strict');
  });

  test('says undefined for a worktree that is gone, and refuses a replaced one', async () => {
    const { path, scratch, base } = await rig.open('T1.1');
    rmSync(path, { recursive: true });
    expect(await rig.repositories.collect(path, scratch, base, 'T1.1', TEXT)).toBeUndefined();
    symlinkSync(rig.path('src'), path);
    await expect(rig.repositories.collect(path, scratch, base, 'T1.1', TEXT)).rejects.toThrow('replaced the worktree');
    unlinkSync(path);
    rmSync(rig.path('.masterplan/worktrees'), { recursive: true });
    symlinkSync(rig.path('src'), rig.path('.masterplan/worktrees'));
    await expect(rig.repositories.collect(path, scratch, base, 'T1.1', TEXT)).rejects.toThrow('is not a directory');
  });

  test('passes over sockets and pipes, and says which file it cannot store', async () => {
    const { path, scratch, base } = await rig.open('T1.1');
    execFileSync('mkfifo', [join(path, 'pipe')]);
    expect((await rig.repositories.collect(path, scratch, base, 'T1.1', TEXT))?.changed).toEqual([]);
    unlinkSync(join(path, 'src/a.ts'));
    execFileSync('mkfifo', [join(path, 'src/a.ts')]);
    await expect(rig.repositories.collect(path, scratch, base, 'T1.1', TEXT)).rejects.toThrow(
      /cannot store the work in .*src\/a\.ts/,
    );
    unlinkSync(join(path, 'src/a.ts'));
    rig.write('x/git~1/config', 'looks like .git to some file systems', path);
    await expect(rig.repositories.collect(path, scratch, base, 'T1.1', TEXT)).rejects.toThrow(
      /cannot store the work in .*git~1/,
    );
  });

  test('copes with names that are not UTF-8 and with deep trees', async () => {
    const { path, scratch, base } = await rig.open('T1.1');
    execFileSync('sh', ['-c', `printf x > "$(printf 'bad\\377name')"`], { cwd: path });
    const deep = Array.from({ length: 150 }, () => 'directory').join('/');
    rig.write(`${deep}/leaf`, 'leaf', path);
    const collected = await rig.repositories.collect(path, scratch, base, 'T1.1', TEXT);
    expect(collected?.changed).toEqual([
      { path: 'bad\ufffdname', kind: 'added' },
      { path: `${deep}/leaf`, kind: 'added' },
    ]);
  });
});

describe('checkout', () => {
  test('writes a commit of the private repository, and replaces what was there', async () => {
    const { commit } = await rig.attempt('T1.1', (path) => rig.write('new.ts', 'n\n', path));
    const path = rig.path('.masterplan/runs/demo/checkouts/one');
    rig.write('.masterplan/runs/demo/checkouts/one/left-over', 'x');
    await rig.repositories.checkout(commit, path);
    expect(existsSync(join(path, 'new.ts'))).toBe(true);
    expect(existsSync(join(path, 'left-over'))).toBe(false);
    expect(rig.gitIn(path, 'status', '--porcelain')).toBe('');
    expect(rig.gitIn(path, 'rev-parse', 'HEAD')).toBe(commit);
    await rig.repositories.removeWorktree(path);
    expect(existsSync(path)).toBe(false);
  });
});

test('follows the object format and the bounds of a shallow clone', async () => {
  const modern = new Rig({ init: ['--object-format=sha256'] });
  await modern.repositories.prepare();
  const { commit } = await modern.attempt('T1.1', (path) => modern.write('n.ts', 'n', path));
  expect(commit).toHaveLength(64);

  rig.commit('Second');
  const clone = new Rig();
  rmSync(clone.root, { recursive: true });
  clone.gitIn(clone.directory, 'clone', '--quiet', '--depth=1', `file://${rig.root}`, clone.root);
  await clone.repositories.prepare();
  const { path } = await clone.open('T1.1');
  expect(clone.gitIn(path, 'log', '--format=%s')).toBe('Second');
  const work = await clone.attempt('T2.1', (at) => clone.write('n.ts', 'n', at));
  expect(await clone.repositories.publish('masterplan/demo', work.commit, undefined)).toBe('moved');
  expect(await clone.repositories.isAncestor(clone.head(), work.commit)).toBe(true);
});
