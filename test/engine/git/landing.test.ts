import { existsSync, mkdirSync, readdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { GitError, type ObjectId, type Repositories } from '../../../src/engine/git/repositories.ts';
import type { Io } from '../../../src/io/io.ts';
import { Rig, TEXT } from './rig.ts';

const BRANCH = 'masterplan/demo';

let rig: Rig;
let base: ObjectId;
beforeEach(async () => {
  rig = new Rig({ files: { 'README.md': 'one\n', 'src/a.ts': lines('a'), 'src/b.ts': lines('b') } });
  await rig.repositories.prepare();
  base = rig.head();
});

function lines(name: string): string {
  return Array.from({ length: 20 }, (_, index) => `${name} ${index}\n`).join('');
}

/** Collects one attempt on `base` that writes (or, for `undefined`, removes) files. */
async function work(
  name: string,
  files: Readonly<Record<string, string | undefined>>,
  on: ObjectId = base,
): Promise<ObjectId> {
  const { commit } = await rig.attempt(
    name,
    (path) => {
      for (const [file, content] of Object.entries(files)) {
        if (content === undefined) unlinkSync(join(path, file));
        else rig.write(file, content, path);
      }
    },
    on,
  );
  return commit;
}

async function integrated(commit: ObjectId, onto: ObjectId, from = base): Promise<ObjectId> {
  const result = await rig.repositories.integrate(commit, from, onto, TEXT);
  if ('conflicts' in result) throw new Error(`conflicts: ${result.conflicts.join(', ')}`);
  expect(await rig.repositories.treeOf(result.commit)).toBe(result.tree);
  return result.commit;
}

/** Repositories that lose power just before or after git runs `command`: from then on nothing of the world answers. */
function dying(when: 'before' | 'after', command: string): Repositories {
  let dead = false;
  const alive = <T extends object>(part: T): T =>
    new Proxy(part, {
      get: (target, name) => (dead ? () => Promise.reject(new Error('power cut')) : Reflect.get(target, name)),
    });
  const { processes } = rig.io;
  const run: Io['processes']['run'] = async (program, options) => {
    dead ||= when === 'before' && program.argv.includes(command);
    if (dead) throw new Error('power cut');
    const finished = await processes.run(program, options);
    dead ||= program.argv.includes(command);
    return dead ? Promise.reject(new Error('power cut')) : finished;
  };
  return rig.again({ ...rig.io, files: alive(rig.io.files), processes: { ...processes, run } });
}

describe('integrate', () => {
  test('carries a change onto its own base: same tree, our text', async () => {
    const commit = await work('T1.1', { 'new.ts': 'n\n' });
    const text = { message: 'Land T1\n\nMasterplan-Run: r', date: TEXT.date };
    const result = await rig.repositories.integrate(commit, base, base, text);
    expect(result).toEqual({ commit: expect.any(String), tree: await rig.repositories.treeOf(commit) });
    expect(await rig.repositories.integrate(commit, base, base, text)).toEqual(result);
  });

  test('carries it onto a branch that moved on, renames followed', async () => {
    const one = await integrated(await work('T1.1', { 'src/a.ts': undefined, 'src/moved.ts': lines('a') }), base);
    const two = await work('T2.1', { 'src/a.ts': `${lines('a')}more\n`, 'src/b.ts': 'b\n' });
    const result = await integrated(two, one);
    expect(rig.tree(result)).toMatchObject({ 'src/moved.ts': expect.stringContaining('more'), 'src/b.ts': '100644 b' });
    expect(rig.gitIn(rig.queue, 'log', '-1', '--format=%P', result)).toBe(one);
  });

  test('lists conflicts: same lines, deleted against modified, binary, and lines that .gitattributes would unite', async () => {
    const one = await integrated(
      await work('T1.1', {
        'README.md': 'theirs\n',
        'src/a.ts': undefined,
        bin: 'a\0b',
        '.gitattributes': '*.md merge=union\n',
      }),
      base,
    );
    const two = await work('T2.1', {
      'README.md': 'ours\n',
      'src/a.ts': 'changed\n',
      bin: 'a\0c',
      '.gitattributes': '*.md merge=union\n',
    });
    expect(await rig.repositories.integrate(two, base, one, TEXT)).toEqual({
      conflicts: ['README.md', 'bin', 'src/a.ts'],
    });
  });

  test('carries only its own change, also onto a commit that does not descend from its base', async () => {
    const second = await integrated(await work('T1.1', { 'only-in-second.ts': 'x\n' }), base);
    const commit = await work('T2.1', { 'src/b.ts': 'b\n' }, second);
    const result = await integrated(commit, base, second);
    expect(Object.keys(rig.tree(result))).toEqual(['README.md', 'src/a.ts', 'src/b.ts']);
    expect(rig.tree(result)['src/b.ts']).toBe('100644 b');
  });

  test('merge makes a commit of two parents', async () => {
    const ours = await integrated(await work('T1.1', { 'a.ts': 'a\n' }), base);
    const theirs = rig.commit('Beside');
    const result = await rig.repositories.merge(ours, theirs, TEXT);
    expect('commit' in result && rig.gitIn(rig.queue, 'log', '-1', '--format=%P', result.commit)).toBe(
      `${ours} ${theirs}`,
    );
  });
});

describe('publish', () => {
  test('brings objects and branch, and knows that it did when asked again', async () => {
    const commit = await integrated(await work('T1.1', { 'new.ts': 'n\n' }), base);
    expect(await rig.repositories.branchTip(BRANCH)).toBeUndefined();
    expect(await rig.repositories.publish(BRANCH, base, undefined)).toBe('moved');
    expect(await rig.repositories.publish(BRANCH, commit, base)).toBe('moved');
    expect(await rig.again().publish(BRANCH, commit, base)).toEqual({ actual: commit });
    expect(await rig.repositories.branchTip(BRANCH)).toBe(commit);
    rmSync(rig.path('.masterplan'), { recursive: true });
    rig.git('fsck', '--strict', '--connectivity-only');
    expect(rig.git('show', `${BRANCH}:new.ts`)).toBe('n');
    expect(rig.git('reflog', '-1', '--format=%gs', BRANCH)).toBe('masterplan: demo');
    expect(readdirSync(rig.path('.git/objects/pack')).filter((name) => name.endsWith('.keep'))).toEqual([]);
  });

  test.each([
    ['moved', (r: Rig) => r.git('branch', '--force', BRANCH, r.commit('Elsewhere'))],
    [
      'moved and packed',
      (r: Rig) => [r.git('branch', '--force', BRANCH, r.commit('Elsewhere')), r.git('pack-refs', '--all')],
    ],
    ['deleted', (r: Rig) => r.git('branch', '-D', BRANCH)],
  ])('changes nothing when the branch was %s meanwhile', async (_what, race) => {
    const commit = await integrated(await work('T1.1', { 'new.ts': 'n\n' }), base);
    await rig.repositories.publish(BRANCH, base, undefined);
    race(rig);
    const actual = await rig.repositories.branchTip(BRANCH);
    expect(await rig.repositories.publish(BRANCH, commit, base)).toEqual({ actual });
    expect(await rig.repositories.deleteBranch(BRANCH, base)).toEqual(actual === undefined ? 'moved' : { actual });
    expect(await rig.repositories.branchTip(BRANCH)).toBe(actual);
  });

  test('does not take a branch that exists for a new one, nor a symbolic ref for a branch', async () => {
    rig.git('branch', BRANCH);
    const commit = await integrated(await work('T1.1', { 'new.ts': 'n\n' }), base);
    expect(await rig.repositories.publish(BRANCH, commit, undefined)).toEqual({ actual: base });
    rig.git('symbolic-ref', `refs/heads/${BRANCH}`, 'refs/heads/main');
    await expect(rig.repositories.publish(BRANCH, commit, base)).rejects.toThrow(
      'only another name for refs/heads/main',
    );
    expect(rig.head('main')).toBe(base);
  });

  test('refuses to move a branch that somebody has checked out', async () => {
    await rig.repositories.publish(BRANCH, base, undefined);
    const commit = await integrated(await work('T1.1', { 'new.ts': 'n\n' }), base);
    rig.git('switch', '--quiet', BRANCH);
    const error = await rig.repositories.publish(BRANCH, commit, base).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GitError);
    expect(error).toMatchObject({
      message: expect.stringContaining(`checked out in ${rig.root}`),
      hint: expect.stringContaining('switch --detach'),
    });
    await expect(rig.repositories.deleteBranch(BRANCH, base)).rejects.toThrow('checked out');
    rig.git('switch', '--quiet', '--detach');
    expect(await rig.repositories.publish(BRANCH, commit, base)).toBe('moved');
  });

  test('waits for a lock in the user’s repository, then names it', async () => {
    const other = 'masterplan/other';
    const lock = rig.path('.git/refs/heads/masterplan/other.lock');
    rig.write('.git/refs/heads/masterplan/other.lock', '');
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
    await expect(quick.publish(other, base, undefined)).rejects.toMatchObject({
      message: expect.stringContaining(lock),
      hint: expect.stringContaining(`rm '${lock}'`),
    });
    setTimeout(() => unlinkSync(lock), 300);
    expect(await rig.repositories.publish(other, base, undefined)).toBe('moved');
    // The run branch is ours alone: without a git of ours, its lock was left behind.
    rig.write('.git/refs/heads/masterplan/demo.lock', '');
    expect(await quick.publish(BRANCH, base, undefined)).toBe('moved');
  });

  test.each(['before', 'after'] as const)(
    'survives a power cut %s the ref moves, and `git gc --prune=now` between',
    async (when) => {
      const commit = await integrated(await work('T1.1', { 'new.ts': 'n\n' }), base);
      await rig.repositories.publish(BRANCH, base, undefined);
      await expect(dying(when, 'update-ref').publish(BRANCH, commit, base)).rejects.toThrow('power cut');
      expect(readdirSync(rig.path('.git/objects/pack')).filter((name) => name.endsWith('.keep'))).toHaveLength(1);
      writeFileSync(rig.path('.git/objects/pack/pack-other.keep'), 'somebody else\n');
      rig.git('gc', '--quiet', '--prune=now');
      const next = rig.again();
      await next.prepare();
      expect(readdirSync(rig.path('.git/objects/pack')).filter((name) => name.endsWith('.keep'))).toEqual([
        'pack-other.keep',
      ]);
      rig.git('gc', '--quiet', '--prune=now');
      expect(await next.publish(BRANCH, commit, base)).toEqual(when === 'before' ? 'moved' : { actual: commit });
      rig.git('gc', '--quiet', '--prune=now');
      rig.git('fsck', '--strict');
      expect(rig.git('show', `${BRANCH}:new.ts`)).toBe('n');
    },
  );

  test('the private repository keeps everything when the branch is gone and the garbage collected', async () => {
    // The same content lies about in the user's repository, where nothing refers to it.
    rig.write('scrap', 'the same\n');
    rig.git('hash-object', '-w', 'scrap');
    const commit = await integrated(await work('T1.1', { 'new.ts': 'the same\n' }), base);
    rig.git('gc', '--quiet', '--prune=now');
    await rig.repositories.publish(BRANCH, base, undefined);
    await rig.repositories.publish(BRANCH, commit, base);
    expect(await rig.repositories.deleteBranch(BRANCH, commit)).toBe('moved');
    expect(await rig.repositories.deleteBranch(BRANCH, commit)).toBe('moved');
    rig.git('reflog', 'expire', '--expire=now', '--all');
    rig.git('gc', '--quiet', '--prune=now');
    rig.gitIn(rig.queue, 'fsck', '--strict', '--connectivity-only');
    expect(await rig.repositories.publish(BRANCH, commit, undefined)).toBe('moved');
    rig.git('fsck', '--strict');
  });
});

describe('prepare', () => {
  test('is repeatable, and clears away what our own death left behind', async () => {
    await work('T1.1', { 'new.ts': 'n\n' });
    const lock = join(rig.queue, 'refs/masterplan/result/demo/T1.1.lock');
    writeFileSync(lock, '');
    const stage = join(rig.queue, 'masterplan/demo/stage');
    mkdirSync(join(stage, 'half/objects'), { recursive: true });
    unlinkSync(join(rig.queue, 'HEAD'));
    await rig.again().prepare();
    expect(existsSync(lock)).toBe(false);
    expect(readdirSync(stage)).toEqual([]);
    expect(rig.gitIn(rig.queue, 'config', 'core.bare')).toBe('true');
  });

  test('begins again after a crash at any file that it writes', async () => {
    for (let nth = 1; ; nth++) {
      const fresh = new Rig();
      let count = 0;
      const write: Io['files']['write'] = (path, content) => {
        if (++count === nth) return Promise.reject(new Error('power cut'));
        return fresh.io.files.write(path, content);
      };
      const died = await fresh
        .again({ ...fresh.io, files: { ...fresh.io.files, write } })
        .prepare()
        .then(
          () => false,
          () => true,
        );
      await fresh.repositories.prepare();
      await fresh.attempt('T1.1', (path) => fresh.write('n.ts', 'n', path));
      if (!died) break;
    }
  });

  test('says what to do when the disk is full', async () => {
    const { FileError } = await import('../../../src/io/files.ts');
    const fresh = new Rig();
    const full = fresh.again({
      ...fresh.io,
      files: {
        ...fresh.io.files,
        write: (path) => Promise.reject(new FileError('ENOSPC', path, 'no space left (ENOSPC)')),
      },
    });
    await expect(full.prepare()).rejects.toMatchObject({
      name: 'GitError',
      message: expect.stringContaining('no space left'),
      hint: expect.stringContaining('disk space'),
    });
  });
});

describe('landed', () => {
  test('finds our commits by the trailers of their last paragraph only', async () => {
    const text = (message: string, date: number): { message: string; date: number } => ({ message, date });
    const trailers = (run: string, n: number): string =>
      `Masterplan-Run: ${run}\nMasterplan-Task: T${n}\nMasterplan-Attempt: ${run}/T${n}#1`;
    const messages = [
      `One\n\n${trailers('run-1', 1)}`,
      `Other run\n\n${trailers('run-2', 2)}`,
      `Imitation in the body\n\n${trailers('run-1', 3)}\n\nReviewed-by: nobody`,
      `Twice\n\n${trailers('run-1', 4)}\nMasterplan-Run: run-1`,
      `With prose\n\nsome words\n${trailers('run-1', 5)}`,
      `Last\n\n${trailers('run-1', 6)}\nCo-authored-by: A <a@b>`,
    ];
    let tip = base;
    const commits: ObjectId[] = [];
    for (const [index, message] of messages.entries()) {
      const result = await rig.repositories.integrate(
        await work(`T${index}.1`, { [`f${index}`]: 'x' }),
        base,
        tip,
        text(message, TEXT.date + index * 1000),
      );
      if ('conflicts' in result) throw new Error('conflict');
      commits.push((tip = result.commit));
    }
    expect(await rig.repositories.landed('run-1', base, tip)).toEqual([
      { attempt: 'run-1/T1#1', task: 'T1', commit: commits[0], tree: await rig.repositories.treeOf(commits[0] ?? '') },
      { attempt: 'run-1/T6#1', task: 'T6', commit: commits[5], tree: await rig.repositories.treeOf(commits[5] ?? '') },
    ]);
    expect(await rig.repositories.landed('run-1', tip, tip)).toEqual([]);
    expect(await rig.repositories.isAncestor(base, tip)).toBe(true);
    expect(await rig.repositories.isAncestor(tip, base)).toBe(false);
  });
});

test('what comes from outside never becomes an option', async () => {
  for (const evil of ['--all', '-rf', 'HEAD', '', 'x'.repeat(40)]) {
    await expect(rig.repositories.treeOf(evil)).rejects.toThrow('is not a commit id');
    await expect(rig.repositories.publish(BRANCH, evil, base)).rejects.toThrow('is not a commit id');
  }
  for (const evil of ['../x', 'a b', '-x', 'a..b', 'a.lock', '@{u}', 'x\n']) {
    await expect(rig.repositories.branchTip(evil), evil).rejects.toThrow('is not a name that git accepts');
    await expect(rig.repositories.kept(evil), evil).rejects.toThrow('is not a name that git accepts');
  }
});
