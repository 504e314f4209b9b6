import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { until } from '../io/until.ts';
import { expectOrder } from '../rig/order.ts';
import { isAlive, processesWith } from '../rig/processes.ts';
import { project, type ProjectOptions, type World } from '../rig/world.ts';

/*
 * Agents in a container of bubblewrap. Where it is not installed, or not allowed to work, the tests that need it are skipped.
 */

const trial = spawnSync(
  'bwrap',
  ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--unshare-pid', '--unshare-net', 'true'],
  { timeout: 10_000, stdio: 'ignore' },
);
const missing = trial.status !== 0;

const contained = (options: ProjectOptions = {}, containment: unknown = 'required'): Promise<World> =>
  project({ ...options, config: { containment, ...options.config } });

/** A command that tries to reach a server on this machine, and says whether it did. */
async function reacher(): Promise<string> {
  const server = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return `'${process.execPath}' -e "require('net').connect(${port}, '127.0.0.1').on('connect', () => process.exit(console.log('reached'))).on('error', () => console.log('refused'))"`;
}

/** The process outside of the container that is a process of a name within it. */
const pidOutside = (world: World, marker: string): number | undefined =>
  processesWith(`HOME=${world.home}`).find(({ command }) => command.includes(marker))?.pid;

describe.skipIf(missing)('an agent in a container', () => {
  test('works and commits, and cannot write to the main checkout, to hooks, to the private repository, or to the home directory', async () => {
    const world = await contained({ files: { 'kept.txt': 'kept\n' } });
    const run = world.run(['--yes', '--finish', 'merge']);
    const agent = await world.agent();
    const config = world.read('.git/config');
    for (const path of [
      world.path('kept.txt'),
      world.path('new.txt'),
      world.path('.git/hooks/post-checkout'),
      world.path('.git/config'),
      join(world.queue, 'hooks/post-checkout'),
      join(world.queue, 'config'),
      world.logFile,
      world.runtime('inbox/request.json'),
      join(agent.hello.env['MASTERPLAN_BRIEF'] ?? ''),
      join(world.home, '.profile'),
      '/etc/masterplan-was-here',
    ])
      await expect(agent.write(path, 'mine\n'), path).rejects.toThrow(/EROFS|EBUSY|EPERM|EACCES|ENOENT/);
    await agent.sh('echo x >/tmp/of-its-own && test "$(ls /tmp | grep -c of-its-own)" = 1');
    await agent.write('t1.txt', 'x\n');
    await agent.commit();
    await agent.done();
    expect((await run.end()).code).toBe(0);
    expect(existsSync('/tmp/of-its-own')).toBe(false);
    expect([world.read('kept.txt'), world.read('.git/config')]).toEqual(['kept\n', config]);
    expect(existsSync(world.path('new.txt'))).toBe(false);
    expect(world.eventsOf('repository_tampered')).toEqual([]);
    expect(world.files('main')).toMatchObject({ 't1.txt': 'x', 'kept.txt': 'kept' });
    expect(world.eventsOf('run_created')[0]).toBeDefined();
    await expectOrder(world);
  });

  test('that reviews cannot even write in its worktree, and the checks that it names are contained like itself', async () => {
    const world = await contained({ config: { containment: 'required', review: 'required' } });
    const run = world.run(['--yes', '--finish', 'merge']);
    const author = await world.agent();
    await author.write('t1.txt', 'x\n');
    await author.done();
    const reviewer = await world.agent();
    await expect(reviewer.write('t1.txt', 'mine\n')).rejects.toThrow(/EROFS/);
    const finding = { severity: 'high', file: 't1.txt', line: 1, claim: 'is not what it should be' };
    await reviewer.reviews({
      verdict: 'request-changes',
      findings: [
        { ...finding, check_command: `touch made-by-the-check && ! touch '${world.path('planted.txt')}'` },
        { ...finding, category: 'style', claim: 'has no name', check_command: 'exit 3' },
      ],
    });
    const again = await world.agent();
    expect(world.eventsOf('review_finished')[0]?.findings.map(({ shown }) => shown)).toEqual(['passes', 'fails']);
    await again.write('t1.txt', 'y\n');
    await again.done();
    await (await world.agent()).reviews({ findings: [], earlier: [{ id: 'F2', state: 'withdrawn' }] });
    expect((await run.end()).code).toBe(0);
    expect(existsSync(world.path('planted.txt'))).toBe(false);
    expect(world.eventsOf('review_discarded')).toEqual([]);
  });

  test('takes everything with it that it left behind, also what nobody could find', async () => {
    const world = await contained();
    const run = world.run();
    const agent = await world.agent();
    await agent.leave({ escaped: true, wiped: true });
    const left = await until('the process', () =>
      [...Array.from(processesLike('sleep 600'))].find(({ cwd }) => cwd === agent.hello.cwd),
    );
    await agent.write('t1.txt', 'x\n');
    await agent.done();
    expect((await run.end()).code).toBe(3);
    expect(isAlive(left.pid)).toBe(false);
    expect(world.eventsOf('merge_finished')).toHaveLength(1);
  });

  test('sees no process but its own', async () => {
    const world = await contained();
    const run = world.run();
    const agent = await world.agent();
    const seen = (await agent.sh('ls /proc | grep -c "^[0-9]"')).trim();
    expect(Number(seen)).toBeLessThan(10);
    expect(await agent.sh(`tr '\\0' ' ' </proc/1/cmdline`)).toContain('bwrap');
    await agent.write('t1.txt', 'x\n');
    await agent.done();
    expect((await run.end()).code).toBe(3);
  });

  test('outlives a masterplan that is killed, and is attached to by the next one', async () => {
    const world = await contained();
    const run = world.run();
    const agent = await world.agent();
    run.kill('SIGKILL');
    await run.end();
    await agent.write('t1.txt', 'x\n');
    const next = world.start(['run', 'demo']);
    expect(await world.event('recovered')).toMatchObject({ attached: ['T1#1'] });
    await agent.done();
    expect((await next.end()).code).toBe(3);
    expect(world.eventsOf('attempt_started')).toHaveLength(1);
    expect(world.eventsOf('merge_finished')).toHaveLength(1);
    await expectOrder(world);
  });

  test('finished while nobody watched: what it did is adopted', async () => {
    const world = await contained();
    const run = world.run();
    const agent = await world.agent();
    run.kill('SIGKILL');
    await run.end();
    await agent.write('t1.txt', 'x\n');
    await agent.done();
    await until('the exit code', () => existsSync(world.runtime('attempts/T1.1/exit')));
    expect((await world.start(['run', 'demo']).end()).code).toBe(3);
    expect(world.eventsOf('recovered')).toMatchObject([{ adopted: ['T1#1'] }]);
    expect(world.eventsOf('merge_finished')).toHaveLength(1);
  });

  test('is asked to end before it is ended, and is ended when it does not', async () => {
    const world = await contained({ config: { attempts: 1 }, agent: { timeout: '2s' } });
    const run = world.run();
    const agent = await world.agent();
    await agent.sh(`(trap 'echo asked >asked.txt; exit' TERM; while :; do sleep 0.1; done) >/dev/null 2>&1 &`);
    await agent.ignore('SIGTERM');
    const asked = join(agent.hello.cwd, 'asked.txt');
    const outside = pidOutside(world, 'puppet.mjs');
    expect(outside).toBeDefined();
    await until('it to be asked', () => existsSync(asked));
    await agent.left();
    expect((await run.end()).code).toBe(1);
    expect(world.eventsOf('attempt_finished')).toMatchObject([{ ending: 'timed_out' }]);
    expect(isAlive(outside ?? 0)).toBe(false);
  });

  test('whose container is killed is lost, with everything in it', async () => {
    const world = await contained();
    const run = world.run();
    const agent = await world.agent();
    const [container] = processesWith(`HOME=${world.home}`).filter(({ command }) => /^\S*bwrap /.test(command));
    process.kill(container?.pid ?? 0, 'SIGKILL');
    await agent.left();
    const next = await world.agent('T1');
    await next.write('t1.txt', 'x\n');
    await next.done();
    expect((await run.end()).code).toBe(3);
    expect(world.eventsOf('attempt_finished').map(({ ending }) => ending)).toEqual(['lost', 'done']);
  });

  test('cannot lead the shell outside of it astray with links where the exit code goes', async () => {
    const world = await contained();
    world.write(join(world.home, 'precious'), 'precious\n');
    mkdirSync(join(world.home, 'directory'));
    const run = world.run();
    const agent = await world.agent();
    await agent.sh(
      `d=$(dirname "$MASTERPLAN_DIGEST"); ln -s '${join(world.home, 'precious')}' "$d/exit.tmp"; ln -s '${join(world.home, 'directory')}' "$d/exit"`,
    );
    await agent.write('t1.txt', 'x\n');
    await agent.done();
    expect((await run.end()).code).toBe(3);
    expect(readFileSync(join(world.home, 'precious'), 'utf8')).toBe('precious\n');
    expect(existsSync(join(world.home, 'directory/exit.tmp'))).toBe(false);
    expect(world.eventsOf('attempt_finished')).toMatchObject([{ ending: 'done', exit_code: 0 }]);
  });

  test('a program that cannot be started is said to be one', async () => {
    const world = await contained({ config: { attempts: 1 } });
    const program = join(world.bin, 'agent-of-nobody');
    writeFileSync(program, '#!/nowhere/interpreter\n');
    chmodSync(program, 0o755);
    world.configure({ containment: 'required', attempts: 1 }, { command: [program] });
    expect((await world.runs()).code).toBe(1);
    expect(world.eventsOf('attempt_finished')[0]).toMatchObject({ exit_code: 127 });
    expect(world.eventsOf('attempt_finished')[0]?.reason).toContain('agent-of-nobody');
  });

  test('writes where the configuration says it may', async () => {
    const world = await contained({}, { mode: 'required', writable: ['~/notes'] });
    mkdirSync(join(world.directory, 'elsewhere'));
    symlinkSync(join(world.directory, 'elsewhere'), join(world.home, 'notes'));
    const run = world.run();
    const agent = await world.agent();
    await agent.write(join(world.home, 'notes/one.txt'), 'x\n');
    await agent.write('t1.txt', 'x\n');
    await agent.done();
    expect((await run.end()).code).toBe(3);
    expect(readFileSync(join(world.home, 'notes/one.txt'), 'utf8')).toBe('x\n');
  });

  test.each(['host', 'none'] as const)('its network is as the policy says: %s', async (network) => {
    const reaching = await reacher();
    const world = await contained({}, { mode: 'required', network });
    const run = world.run();
    const agent = await world.agent();
    expect((await agent.sh(reaching)).trim()).toBe(network === 'host' ? 'reached' : 'refused');
    await agent.write('t1.txt', 'x\n');
    await agent.done();
    expect((await run.end()).code).toBe(3);
  });

  test('its network is as its role says: a reviewer has none where authors have one, nor have the checks that it names', async () => {
    const reaching = await reacher();
    const containment = { mode: 'on', roles: { review: { network: 'none' } } };
    const world = await contained({ config: { containment, review: 'required' } });
    const listed = await world.masterplan('agents');
    expect(listed.stdout).toMatch(/review .*reviewer.*\n.*contained by .*, without network/);
    const run = world.run(['--yes', '--finish', 'merge']);
    const author = await world.agent();
    expect((await author.sh(reaching)).trim()).toBe('reached');
    await author.write('t1.txt', 'x\n');
    await author.done();
    const reviewer = await world.agent();
    expect((await reviewer.sh(reaching)).trim()).toBe('refused');
    const check_command = `${reaching} | grep -q refused`;
    await reviewer.reviews({
      verdict: 'request-changes',
      findings: [{ severity: 'high', file: 't1.txt', line: 1, claim: 'is not what it should be', check_command }],
    });
    expect((await run.end()).code).toBe(0);
    expect(world.eventsOf('review_finished')[0]?.findings.map(({ shown }) => shown)).toEqual(['passes']);
  });

  test('whose role has no network is not started where its program reaches its model by it, or keeps it and is told of', async () => {
    const world = await project();
    const spoken = { kind: 'claude', command: ['true'] };
    const roles = (mode: string): unknown => ({ mode, roles: { implement: { network: 'none' } } });
    const agents = { puppet: spoken };
    world.configure({ agents, containment: roles('required') });
    const refused = await world.runs();
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('the role implement is to have no network, and puppet reaches its model by it');
    expect(refused.stderr).toContain('containment: {roles: {implement: {network: host}}}');
    expect(existsSync(world.logFile)).toBe(false);
    world.configure({ agents, attempts: 1, containment: roles('on') });
    expect((await world.masterplan('agents')).stderr).toContain('it keeps its network');
    await world.runs();
    expect(world.eventsOf('anomaly')).toMatchObject([{ what: 'a role has network' }]);
    expect(world.eventsOf('attempt_started').length).toBeGreaterThan(0);
  });
});

describe('the same agent without a container', () => {
  test('writes wherever its user may; what it plants in the git directory stops the run, what it leaves is found by its nonce', async () => {
    const world = await project({ files: { 'kept.txt': 'kept\n' } });
    const run = world.run();
    const agent = await world.agent();
    await agent.write(world.path('kept.txt'), 'mine\n');
    await agent.write(world.path('.git/hooks/post-checkout'), '#!/bin/sh\n');
    const mark = join(world.directory, 'SPRUNG');
    const hook = join(world.queue, 'hooks/reference-transaction');
    await agent.write(hook, `#!/bin/sh\ntouch '${mark}'\n`);
    await agent.sh(`chmod +x '${hook}'`);
    const left = await agent.leave({ escaped: true });
    await agent.write('t1.txt', 'x\n');
    await agent.done();
    expect((await run.end()).code).toBe(3);
    expect(world.read('kept.txt')).toBe('mine\n');
    expect(world.eventsOf('repository_tampered')).toMatchObject([{ files: ['hooks/post-checkout'] }]);
    expect(isAlive(left)).toBe(false);
    // What it plants in the private repository is there, and nobody runs it.
    expect((await world.masterplan('approve', 'demo', '--gate', 'tampered', '--answer', 'accept')).code).toBe(0);
    expect((await world.runs()).code).toBe(3);
    expect(world.eventsOf('merge_finished')).toHaveLength(1);
    expect(existsSync(mark)).toBe(false);
  });
});

describe('where nothing contains', () => {
  /** A machine whose bubblewrap is not allowed to work. */
  function broken(world: World): void {
    for (const name of ['bwrap', 'sandbox-exec']) {
      writeFileSync(join(world.bin, name), '#!/bin/sh\necho "No permissions to create a new namespace" >&2\nexit 1\n');
      chmodSync(join(world.bin, name), 0o755);
    }
  }

  test('a run that requires it does not start, and says what to do', async () => {
    const world = await contained();
    broken(world);
    const ended = await world.runs();
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('No permissions to create a new namespace');
    expect(ended.stderr).toContain('containment: off');
    expect(existsSync(world.logFile)).toBe(false);
  });

  test('a run that would like it says that there is none, and starts', async () => {
    const world = await contained({}, 'on');
    broken(world);
    world.everyoneWorks();
    const ended = await world.runs();
    expect(ended.code).toBe(3);
    expect(world.eventsOf('anomaly')).toMatchObject([{ what: 'the agents are not contained' }]);
    expect(ended.stdout.match(/the agents are not contained/g)).toHaveLength(1);
    expect(world.eventsOf('merge_finished')).toHaveLength(1);
  });

  test('a live run keeps what it was started with', async () => {
    const world = await contained();
    if (missing) broken(world);
    const run = missing ? undefined : world.run();
    if (run !== undefined) {
      const agent = await world.agent();
      run.kill('SIGKILL');
      await run.end();
      await agent.die();
      world.configure();
      broken(world);
    }
    const again = await world.start(missing ? ['run', world.planFile, '--yes'] : ['run', 'demo']).end();
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('have to be contained');
  });
});

/** Live processes by their command line, with their working directories as this side sees them. */
function processesLike(command: string): { readonly pid: number; readonly cwd: string }[] {
  const listed = spawnSync(
    'sh',
    ['-c', 'for p in /proc/[0-9]*; do echo "$p $(readlink $p/cwd) $(tr "\\0" " " <$p/cmdline)"; done'],
    {
      encoding: 'utf8',
    },
  ).stdout;
  return listed.split('\n').flatMap((line) => {
    const [path = '', cwd = '', ...words] = line.split(' ');
    return words.join(' ').trim() === command ? [{ pid: Number(path.slice('/proc/'.length)), cwd }] : [];
  });
}
