import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Snapshot, SnapshotRequest } from '../../../src/engine/git/repositories.ts';
import { listing, person, Rig, sentinel, TEXT } from './rig.ts';

let rig: Rig;
let place: { path: string; scratch: string; base: string };
beforeEach(async () => {
  rig = new Rig({
    files: { 'README.md': 'one\n', 'src/a.ts': 'a\n', 'src/b.ts': 'b\n', '.gitignore': 'ignored/\n*.log\n' },
  });
  await rig.repositories.prepare();
  place = await rig.open('T1.1');
});

const kept = (): string => rig.path('.git/masterplan/kept.git');

function request(over: Partial<SnapshotRequest> = {}): SnapshotRequest {
  return {
    run: 'demo-0123',
    slug: 'demo',
    task: 'T1',
    attempt: 1,
    base: place.base,
    why: 'interval',
    title: 'Add things',
    path: place.path,
    name: 'T1.1',
    date: 1_700_000_000_000,
    exclude: [],
    put: [],
    largest: 0,
    ...over,
  };
}

async function take(over: Partial<SnapshotRequest> = {}): Promise<Snapshot> {
  const taken = await rig.repositories.snapshot(request(over));
  if (taken === undefined) throw new Error('no snapshot was taken');
  return taken;
}

/** Files of a snapshot: path → content. */
function filesOf(snapshot: Snapshot): Record<string, string> {
  const text = rig.gitIn(kept(), 'ls-tree', '-r', '-z', '--name-only', snapshot.tree);
  const paths = text.split('\0').filter((path) => path !== '');
  return Object.fromEntries(
    paths.map((path) => [path, rig.gitIn(kept(), 'cat-file', 'blob', `${snapshot.tree}:${path}`)]),
  );
}

describe('a snapshot', () => {
  test('holds what is tracked, untracked and removed, and nothing that is ignored', async () => {
    rig.write('src/new.ts', 'new\n', place.path);
    rig.write('src/a.ts', 'changed\n', place.path);
    rmSync(join(place.path, 'src/b.ts'));
    rig.write('ignored/big.bin', 'x', place.path);
    rig.write('debug.log', 'x', place.path);
    // What is missing is deleted when it is still missing the next time.
    expect(filesOf(await take())).toMatchObject({ 'src/b.ts': 'b', 'src/new.ts': 'new' });
    const taken = await take();
    expect(filesOf(taken)).toEqual({
      'README.md': 'one',
      '.gitignore': 'ignored/\n*.log',
      'src/a.ts': 'changed',
      'src/new.ts': 'new',
    });
    expect(taken).toMatchObject({ fresh: true, skipped: [], ref: 'refs/masterplan/snapshots/demo-0123/T1.1' });
    expect(rig.gitIn(kept(), 'log', '--format=%s%n%P', '-1', `${taken.ref}~1`)).toBe(
      `T1: Add things (unfinished)\n${place.base}`,
    );
  });

  test('of the same tree is not stored twice, and one of another tree follows the one before', async () => {
    const nothing = await take();
    expect(nothing).toMatchObject({ commit: undefined, fresh: false });
    rig.write('one.txt', '1', place.path);
    const first = await take();
    expect(await take()).toEqual({ ...first, fresh: false });
    // Another process of ours knows nothing but the ref.
    const other = rig.again();
    expect(await other.snapshot(request())).toEqual({ ...first, fresh: false });
    rig.write('one.txt', '2', place.path);
    const second = await other.snapshot(request());
    expect(rig.gitIn(kept(), 'rev-parse', `${second?.commit}^`)).toBe(first.commit);
    rig.write('one.txt', '3', place.path);
    expect(await take()).toMatchObject({ fresh: true });
    expect(rig.gitIn(kept(), 'rev-list', '--count', `${place.base}..${first.ref}`)).toBe('3');
  });

  test('disturbs neither the index nor the locks of the agent, whatever it is at', async () => {
    rig.write('staged.txt', 'staged', place.path);
    rig.gitIn(place.path, 'add', 'staged.txt');
    writeFileSync(join(place.scratch, 'index.lock'), '');
    const before = listing(place.scratch);
    const taken = await take();
    expect(listing(place.scratch)).toEqual(before);
    expect(filesOf(taken)).toMatchObject({ 'staged.txt': 'staged' });
    expect(rig.git('status', '--porcelain')).toBe('');
    expect(rig.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  });

  test('leaves out what is too large, cannot be read or is a repository of its own, and says so', async () => {
    rig.write('big.bin', 'x'.repeat(2000), place.path);
    rig.write('small.bin', 'x', place.path);
    mkdirSync(join(place.path, 'inner'));
    rig.gitIn(join(place.path, 'inner'), 'init', '--quiet');
    rig.write('inner/file.txt', 'x', place.path);
    const taken = await take({ largest: 1000, exclude: ['*.tmp'] });
    expect(Object.keys(filesOf(taken))).not.toContain('big.bin');
    expect(filesOf(taken)).toMatchObject({ 'small.bin': 'x' });
    expect(taken.skipped).toEqual([
      { path: 'big.bin', why: 'large' },
      { path: 'inner', why: 'repository' },
    ]);
  });

  test('patterns of the configuration and of .masterplanignore leave files out', async () => {
    rig.write('a.tmp', 'x', place.path);
    rig.write('b.cache', 'x', place.path);
    rig.write('.masterplanignore', '*.cache\n', place.path);
    const files = filesOf(await take({ exclude: ['*.tmp'] }));
    expect(Object.keys(files)).toEqual(['.gitignore', '.masterplanignore', 'README.md', 'src/a.ts', 'src/b.ts']);
  });

  test('leaves out what a set-up put there, with and without the note of it', async () => {
    rig.write('.env', 'SECRET=1', place.path);
    rig.write('local.key', 'key', place.path);
    rig.write('new.txt', 'work', place.path);
    await rig.repositories.keepOut(place.path, ['.env']);
    const noted = filesOf(await take({ put: ['local.key'] }));
    expect(Object.keys(noted)).toEqual(['.gitignore', 'README.md', 'new.txt', 'src/a.ts', 'src/b.ts']);
    rmSync(rig.path('.masterplan/queue.git/masterplan'), { recursive: true, force: true });
    rig.write('new.txt', 'more work', place.path);
    const lost = filesOf(await take({ put: ['.env', 'local.key'] }));
    expect(Object.keys(lost)).toEqual(Object.keys(noted));
    expect(lost['new.txt']).toBe('more work');
  });

  test('leaves out what a set-up put there, also when a removal was cut short', async () => {
    rig.write('.env', 'SECRET=1', place.path);
    await rig.repositories.keepOut(place.path, ['.env']);
    const files = Object.create(rig.io.files) as typeof rig.io.files;
    files.removeTree = (path) =>
      path === place.path ? Promise.reject(new Error('the power goes')) : rig.io.files.removeTree(path);
    await expect(rig.again({ ...rig.io, files }).removeWorktree(place.path, place.scratch)).rejects.toThrow('power');
    expect(Object.keys(filesOf(await take()))).not.toContain('.env');
  });

  test('takes names that are no text, line breaks, links and bits', async () => {
    execFileSync('sh', ['-c', 'printf x >"$(printf \'caf\\351\')"'], { cwd: place.path });
    rig.write('two\nlines', 'x', place.path);
    symlinkSync('/etc/passwd', join(place.path, 'link'));
    chmodSync(join(place.path, 'README.md'), 0o755);
    rmSync(join(place.path, 'src'), { recursive: true });
    rig.write('src', 'a file now', place.path);
    const taken = await take();
    const listed = rig.gitIn(kept(), 'ls-tree', '-r', taken.tree);
    expect(listed).toMatch(/"caf\\351"/);
    expect(listed).toMatch(/"two\\nlines"/);
    expect(listed).toMatch(/120000 blob \w+\tlink/);
    expect(listed).toMatch(/100755 blob \w+\tREADME.md/);
    expect(rig.gitIn(kept(), 'cat-file', 'blob', `${taken.tree}:src`)).toBe('a file now');
  });

  test('runs no program that an agent planted', async () => {
    const { program, ran } = sentinel(rig);
    rig.write('.gitattributes', '* filter=evil diff=evil merge=evil\n', place.path);
    for (const key of ['filter.evil.clean', 'core.fsmonitor', 'core.hooksPath'])
      rig.gitIn(place.path, 'config', key, program);
    rig.write('file.txt', 'x', place.path);
    expect(filesOf(await take())).toMatchObject({ 'file.txt': 'x' });
    expect(ran()).toBe(false);
  });

  test('is not taken where the worktree is gone or something else lies in its place', async () => {
    rig.write('file.txt', 'x', place.path);
    const first = await take();
    renameSync(place.path, `${place.path}.away`);
    expect(await rig.repositories.snapshot(request())).toBeUndefined();
    symlinkSync(rig.root, place.path);
    expect(await rig.repositories.snapshot(request())).toBeUndefined();
    expect(await rig.repositories.lastSnapshot('demo-0123', 'T1.1')).toBe(first.commit);
  });

  test('outlives .masterplan, a collection of garbage and the packing of its objects', async () => {
    rig.write('file.txt', 'x', place.path);
    // The same content lies about in the user's repository, where nothing protects it.
    execFileSync('git', ['hash-object', '-w', '--stdin'], { cwd: rig.root, input: 'x', env: person(rig.home) });
    const taken = await take();
    await rig.repositories.settleSnapshots('demo-0123', 'T1.1', place.base);
    rmSync(rig.path('.masterplan'), { recursive: true });
    rig.git('gc', '--quiet', '--prune=now');
    rig.gitIn(kept(), 'fsck', '--strict');
    expect(filesOf(taken)).toMatchObject({ 'file.txt': 'x' });
    expect(readdirSync(join(kept(), 'objects/pack')).filter((name) => name.endsWith('.pack'))).toHaveLength(1);
  });

  test('of many attempts: few packs, and every object', async () => {
    await take();
    const objects = join(kept(), 'objects');
    // What the settling of each attempt leaves behind.
    for (let n = 0; n < 45; n++) {
      const env = person(rig.home);
      const id = execFileSync('git', ['--git-dir', kept(), 'hash-object', '-w', '--stdin'], { input: `${n}\n`, env });
      const pack = ['--git-dir', kept(), 'pack-objects', '--quiet', join(objects, 'pack/pack')];
      execFileSync('git', pack, { input: id, env });
    }
    rig.write('file.txt', 'x', place.path);
    const taken = await take();
    await rig.repositories.settleSnapshots('demo-0123', 'T1.1', place.base);
    expect(readdirSync(join(objects, 'pack')).filter((name) => name.endsWith('.pack')).length).toBeLessThan(5);
    rig.gitIn(kept(), 'fsck', '--strict');
    expect(rig.gitIn(kept(), 'cat-file', '--batch-all-objects', '--batch-check').split('\n').length).toBeGreaterThan(
      46,
    );
    expect(filesOf(taken)).toMatchObject({ 'file.txt': 'x' });
  });

  test('comes back as one commit on its base', async () => {
    rig.write('file.txt', 'x', place.path);
    await take();
    rig.write('file.txt', 'y', place.path);
    const last = await take();
    const commit = await rig.repositories.bringBack(last.commit ?? '', place.base, TEXT);
    expect(rig.gitIn(rig.queue, 'rev-parse', `${commit}^`, `${commit}^{tree}`)).toBe(`${place.base}\n${last.tree}`);
    await rig.repositories.removeWorktree(place.path, place.scratch);
    await rig.repositories.openWorktree(place.path, place.scratch, commit);
    expect(existsSync(join(place.path, 'file.txt'))).toBe(true);
    // What it began with is no change of its own, and what it adds is.
    expect(await take()).toMatchObject({ commit: last.commit, fresh: false });
    rig.write('more.txt', 'z', place.path);
    expect(filesOf(await take())).toMatchObject({ 'file.txt': 'y', 'more.txt': 'z' });
  });

  test('taken while somebody removes the worktree holds what was there before', async () => {
    rig.write('one.txt', '1', place.path);
    rig.write('src/two.txt', '2', place.path);
    const before = await take();
    for (const path of ['README.md', 'one.txt', 'src']) {
      rmSync(join(place.path, path), { recursive: true });
      expect((await take()).tree).toBe(before.tree);
    }
    rmSync(place.path, { recursive: true });
    mkdirSync(place.path);
    rig.write('of somebody else.txt', 'x', place.path);
    expect(await rig.repositories.snapshot(request({ directory: 'another one' }))).toBeUndefined();
    expect(await rig.repositories.lastSnapshot('demo-0123', 'T1.1')).toBe(before.commit);
  });

  test('is dropped with its ref', async () => {
    rig.write('file.txt', 'x', place.path);
    await take();
    await rig.repositories.dropSnapshots('demo-0123', ['T1.1']);
    expect(await rig.repositories.lastSnapshot('demo-0123', 'T1.1')).toBeUndefined();
  });

  test('is merged with another one in the object database alone', async () => {
    const other = await rig.open('T2.1');
    rig.write('src/a.ts', 'one\n', place.path);
    rig.write('only.txt', 'x', place.path);
    rig.write('src/a.ts', 'other\n', other.path);
    rig.write('src/b.ts', 'b2\n', other.path);
    const one = (await take()).commit ?? '';
    const two = (await take({ ...other, task: 'T2', name: 'T2.1' })).commit ?? '';
    expect(await rig.repositories.touched(one, place.base)).toEqual(['only.txt', 'src/a.ts']);
    expect(await rig.repositories.foresee(one, two)).toEqual(['src/a.ts']);
    rig.write('src/a.ts', 'a\n', place.path);
    expect(await rig.repositories.foresee((await take()).commit ?? '', two)).toEqual([]);
    expect(rig.gitIn(place.path, 'status', '--porcelain')).toBe('?? only.txt');
  });
});
