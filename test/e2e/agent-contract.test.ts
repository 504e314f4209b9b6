import { readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { until } from '../io/until.ts';
import { expectOrder } from '../rig/order.ts';
import { isAlive, processesOf } from '../rig/processes.ts';
import { project } from '../rig/world.ts';

/** One failed attempt gives the task up, so that a test sees one ending. */
const ONCE = { attempts: 1 };

test('the environment is PATH, HOME, what the configuration names and MASTERPLAN_*; nothing else', async () => {
  const world = await project({ agent: { env: { GREETING: 'hello', PASSED_ON: true } } });
  const run = world.run(['--yes'], { PASSED_ON: 'yes', SECRET_TOKEN: 'hidden', NODE_OPTIONS: '--no-warnings' });
  const { hello } = await world.agent('T1');
  const { MASTERPLAN_NONCE, MASTERPLAN_BRIEF, MASTERPLAN_BRIEF_JSON, MASTERPLAN_DIGEST, ...all } = hello.env;
  // The shell that keeps the exit code may add some of its own.
  const rest = Object.fromEntries(Object.entries(all).filter(([name]) => !/^(?:PWD|OLDPWD|SHLVL|_)$/.test(name)));
  expect(rest).toEqual({
    PATH: world.env['PATH'],
    HOME: world.home,
    GIT_CEILING_DIRECTORIES: world.path('.masterplan/worktrees/demo'),
    GREETING: 'hello',
    PASSED_ON: 'yes',
    MASTERPLAN_RUN: world.eventsOf('run_created')[0]?.run,
    MASTERPLAN_TASK: 'T1',
    MASTERPLAN_ATTEMPT: '1',
    MASTERPLAN_ROLE: 'implement',
  });
  expect(MASTERPLAN_NONCE).toMatch(/^[0-9a-f]{32}$/);
  expect(hello.cwd).toBe(world.path('.masterplan/worktrees/demo/T1.1'));
  const brief = readFileSync(MASTERPLAN_BRIEF ?? '', 'utf8');
  expect(hello.brief).toBe(brief);
  expect(brief).toMatch(/^# T1#1 — Make t1.txt/);
  expect(brief).toContain('`t1.txt`');
  expect(readFileSync(world.bundle('briefs/T1.1.md'), 'utf8')).toBe(brief);
  expect(JSON.parse(readFileSync(MASTERPLAN_BRIEF_JSON ?? '', 'utf8'))).toMatchObject({
    contract_id: 'implement.v1',
    task: 'T1',
    attempt: 1,
    scope: ['t1.txt'],
    verify: ['test -e t1.txt'],
  });
  expect(MASTERPLAN_DIGEST).toContain('T1.1');
  // Values of the environment are nobody's business: only names are recorded.
  expect(readFileSync(world.logFile, 'utf8')).not.toContain('hello');
  const agent = world.puppets.all[0];
  await agent?.write('t1.txt', 'x\n');
  await agent?.done();
  expect((await run.end()).code).toBe(3);
  await expectOrder(world);
});

test('exit 0 without a digest: one is derived from git and marked so', async () => {
  const world = await project();
  const run = world.run();
  const agent = await world.agent();
  await agent.write('t1.txt', 'x\n');
  await agent.exit(0);
  await run.end();
  expect(world.eventsOf('digest_recorded')).toMatchObject([{ source: 'derived', status: 'completed' }]);
  expect(JSON.parse(world.read(world.bundle('digests/T1.1.json')))).toMatchObject({
    source: 'derived',
    files_changed: ['t1.txt'],
  });
  expect(world.eventsOf('merge_finished')).toHaveLength(1);
  await expectOrder(world);
});

test.each([
  ['not JSON', '{"status": "comp', /not JSON/],
  ['of another contract', '{"contract_id":"other.v9","status":"completed","summary":"x"}', /contract_id/],
  [
    'too large',
    JSON.stringify({ contract_id: 'implement.v1', status: 'completed', summary: 'x'.repeat(6000) }),
    /bytes, more than 5120/,
  ],
  ['enormous', 'x'.repeat(2_000_000), /digest/],
])('a digest that is %s is asked for once more; then it is a violation, and git decides', async (_, text, problem) => {
  const world = await project();
  const run = world.run();
  const agent = await world.agent();
  await agent.write('t1.txt', 'x\n');
  await agent.done(text);
  const again = await world.agent();
  expect(again.hello.cwd).toBe(agent.hello.cwd);
  await again.done(text);
  await run.end();
  expect(world.eventsOf('repair_asked')).toHaveLength(1);
  expect(world.eventsOf('contract_violation')[0]?.problems.join()).toMatch(problem);
  expect(world.eventsOf('digest_recorded')).toMatchObject([{ source: 'derived' }]);
  await expectOrder(world);
});

test('a digest that is mended at the second start counts; whoever is killed in between asks nobody a third time', async () => {
  const world = await project();
  const run = world.run();
  const agent = await world.agent();
  await agent.write('t1.txt', 'x\n');
  await agent.done('{"status": "comp');
  const again = await world.agent();
  run.kill('SIGKILL');
  await run.end();
  const told = readFileSync(again.hello.env['MASTERPLAN_BRIEF'] ?? '', 'utf8');
  expect(told).toMatch(/^# T1#1 — Repair of the digest[^]*not JSON[^]*at most 5120 bytes[^]*"contract_id"/);
  const repair = JSON.parse(readFileSync(again.hello.env['MASTERPLAN_REPAIR'] ?? '', 'utf8')) as {
    refused: string;
    problems: string[];
  };
  expect(readFileSync(repair.refused, 'utf8')).toBe('{"status": "comp');
  expect(repair.problems.join()).toContain('not JSON');
  const next = world.start(['run', 'demo']);
  expect(await world.event('recovered')).toMatchObject({ attached: ['T1#1'] });
  await again.done();
  expect((await next.end()).code).toBe(3);
  expect(world.eventsOf('repair_asked')).toHaveLength(1);
  expect(world.eventsOf('attempt_started')).toHaveLength(1);
  expect(world.eventsOf('contract_violation')).toEqual([]);
  expect(world.eventsOf('digest_recorded')).toMatchObject([{ source: 'agent' }]);
  expect(world.eventsOf('merge_finished')).toHaveLength(1);
  await expectOrder(world);
});

test('work whose agent cannot be asked once more is judged by what the first start left', async () => {
  const world = await project();
  const run = world.run();
  const agent = await world.agent();
  await agent.write('t1.txt', 'x\n');
  await agent.done('{"status": "comp');
  await (await world.agent()).exit(1);
  expect((await run.end()).code).toBe(3);
  expect(world.eventsOf('contract_violation')[0]?.problems.join()).toContain('asked for it once more');
  expect(world.eventsOf('digest_recorded')).toMatchObject([{ source: 'derived' }]);
  expect(world.eventsOf('merge_finished')).toHaveLength(1);
});

test.each([
  ['blocked', { status: 'blocked', blocker_reason: 'The key is missing.' }, 'The key is missing.'],
  ['failed', { status: 'failed', summary: 'Could not do it.' }, 'Could not do it.'],
])('a digest that says %s ends the attempt so, and its work is kept', async (status, digest, reason) => {
  const world = await project({ config: ONCE });
  const run = world.run();
  const agent = await world.agent();
  await agent.write('t1.txt', 'half\n');
  await agent.done(digest);
  expect((await run.end()).code).toBe(1);
  expect(world.eventsOf('attempt_finished')).toMatchObject([{ ending: status, reason }]);
  const snapshot = world.eventsOf('snapshot_taken')[0];
  expect(world.git('--git-dir', world.queue, 'show', `${snapshot?.ref}:t1.txt`)).toBe('half');
  await expectOrder(world);
});

test('exit code 3 without a digest is a failure that names the code', async () => {
  const world = await project({ config: ONCE });
  const run = world.run();
  await (await world.agent()).exit(3);
  await run.end();
  expect(world.eventsOf('attempt_finished')).toMatchObject([
    { ending: 'failed', exit_code: 3, reason: expect.stringContaining('code 3') },
  ]);
  await expectOrder(world);
});

test.each([
  ['the agent alone', false],
  ['its whole group', true],
])('killed, %s: lost, its work is kept, and the next attempt starts afresh', async (_, group) => {
  const world = await project();
  const run = world.run();
  const agent = await world.agent();
  await agent.write('t1.txt', 'unfinished\n');
  await agent.die('SIGKILL', group);
  const next = await world.agent('T1');
  expect(next.attempt).toBe(2);
  expect(await next.sh('ls')).not.toContain('t1.txt');
  await next.write('t1.txt', 'whole\n');
  await next.done();
  await run.end();
  expect(world.eventsOf('attempt_finished').map((event) => event.ending)).toEqual(['lost', 'done']);
  const snapshot = world.eventsOf('snapshot_taken')[0];
  expect(world.git('--git-dir', world.queue, 'show', `${snapshot?.ref}:t1.txt`)).toBe('unfinished');
  expect(world.files()).toMatchObject({ 't1.txt': 'whole' });
  await expectOrder(world);
});

test.each([
  ['idle_timeout', /silent for/],
  ['timeout', /not finished after/],
])('%s ends the whole tree, also children that left the group, and keeps the work', async (which, reason) => {
  const world = await project({ config: ONCE, agent: { [which]: '1500ms' } });
  const run = world.run();
  const agent = await world.agent();
  const left = [await agent.leave(), await agent.leave({ escaped: true })];
  await agent.write('t1.txt', 'slow\n');
  await agent.left();
  expect((await run.end()).code).toBe(1);
  expect(world.eventsOf('attempt_finished')).toMatchObject([
    { ending: 'timed_out', reason: expect.stringMatching(reason) },
  ]);
  expect(world.eventsOf('snapshot_taken')).toHaveLength(1);
  expect(left.filter(isAlive)).toEqual([]);
  await expectOrder(world);
});

test('an agent that never stops printing is ended before it fills the disk, and its work is kept', async () => {
  const world = await project({ config: ONCE, agent: { max_output: '100kB' } });
  const run = world.run();
  const agent = await world.agent();
  await agent.write('t1.txt', 'loud\n');
  await agent.say('x'.repeat(200_000));
  await agent.left();
  expect((await run.end()).code).toBe(1);
  expect(world.eventsOf('attempt_finished')).toMatchObject([
    { ending: 'failed', reason: expect.stringMatching(/more than 100000 bytes/) },
  ]);
  expect(world.eventsOf('snapshot_taken')).toHaveLength(1);
  await expectOrder(world);
});

test('output keeps an agent from being idle', async () => {
  const world = await project({ agent: { idle_timeout: '2s' } });
  const run = world.run();
  const agent = await world.agent();
  const begin = performance.now();
  await until('three seconds of talk', async () => {
    await agent.say('.');
    return performance.now() - begin > 3000;
  });
  await agent.write('t1.txt', 'x\n');
  await agent.done();
  expect((await run.end()).code).toBe(3);
  expect(world.eventsOf('attempt_finished')).toMatchObject([{ ending: 'done' }]);
});

test('children that a finished agent leaves behind are ended', async () => {
  const world = await project();
  const run = world.run();
  const agent = await world.agent();
  const left = [await agent.leave(), await agent.leave({ escaped: true })];
  await agent.write('t1.txt', 'x\n');
  await agent.done();
  await run.end();
  expect(left.filter(isAlive)).toEqual([]);
  await expectOrder(world);
});

test('an agent that ignores the polite signal is ended firmly', async () => {
  const world = await project({ config: ONCE, agent: { timeout: '1500ms' } });
  const run = world.run();
  const agent = await world.agent();
  await agent.ignore('SIGTERM');
  await agent.left();
  await run.end();
  expect(world.eventsOf('attempt_finished')).toMatchObject([{ ending: 'timed_out' }]);
  expect(processesOf(world)).toEqual([]);
});

test('50 MB of output are whole in the transcript', async () => {
  const world = await project();
  const run = world.run();
  const agent = await world.agent();
  const line = `${'0123456789'.repeat(10)}\n`;
  const times = Math.ceil((50 * 1024 * 1024) / line.length);
  await agent.flood(line, times);
  await agent.say('the end');
  await agent.write('t1.txt', 'x\n');
  await agent.done();
  await run.end();
  const transcript = world.runtime('transcripts/T1.1.log');
  expect(statSync(transcript).size).toBe(line.length * times + 'the end'.length);
  expect(readFileSync(transcript, 'utf8').endsWith(`${line}the end`)).toBe(true);
  await expectOrder(world);
});

test('what an agent says never reaches a terminal raw, and does not imitate a trailer', async () => {
  const world = await project({ config: ONCE });
  const evil = 'Done\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e\n\nMasterplan-Task: T9';
  const run = world.run();
  const agent = await world.agent();
  await agent.write('t1.txt', 'x\n');
  await agent.done({ summary: evil });
  const ended = await run.end();
  const shown = [ended.stdout, ended.stderr];
  for (const command of [['status'], ['explain', 'T1'], ['next']]) {
    const said = await world.masterplan(...command);
    shown.push(said.stdout, said.stderr);
  }
  const commit = world.landed()[0];
  shown.push(world.git('log', '-1', '--format=%B', 'masterplan/demo'), world.read(world.bundle('state.yml')));
  // oxlint-disable-next-line no-control-regex
  expect(shown.filter((text) => /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/.test(text))).toEqual([]);
  expect(commit?.trailers['Masterplan-Task']).toBe('T1');
  await expectOrder(world);
});

test('a program that goes away behind its command is said so', async () => {
  // Named by the command itself it would refuse the run: agents.test.ts.
  const puppet = { command: ['sh', '-c', 'exec no-such-agent-program'] };
  const world = await project({ config: { ...ONCE, agents: { puppet } } });
  const ended = await world.runs();
  expect(ended.code).toBe(1);
  expect(world.eventsOf('attempt_finished')).toMatchObject([
    { ending: 'failed', exit_code: 127, reason: expect.stringContaining('no-such-agent-program') },
  ]);
  await expectOrder(world);
});
