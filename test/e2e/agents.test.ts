import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AgentTest } from '../../src/app/agents/try.ts';
import { bytesOf } from '../rig/bytes.ts';
import { expectOrder } from '../rig/order.ts';
import { project, type World } from '../rig/world.ts';

/** A second agent that the test plays, under another name. */
function withSpare(world: World, config: Readonly<Record<string, unknown>>): void {
  world.configure();
  const { agents } = JSON.parse(world.read('.masterplan.yaml')) as { agents: { puppet: unknown } };
  world.configure({
    agents: { spare: agents.puppet, gone: { command: ['no-such-agent-program'] } },
    roles: { implement: 'gone' },
    ...config,
  });
  world.commit('Agents');
}

/** Installs the program that was missing. */
function install(world: World): string {
  const { agents } = JSON.parse(world.read('.masterplan.yaml')) as { agents: { spare: { command: string[] } } };
  const path = join(world.bin, 'no-such-agent-program');
  const words = agents.spare.command.map((word) => `'${word}'`).join(' ');
  writeFileSync(path, `#!/bin/sh\nexec ${words}\n`, { mode: 0o755 });
  return path;
}

describe('an agent that is named and not installed', () => {
  test('is replaced by the first of failover that is, and everybody is told', async () => {
    const world = await project();
    withSpare(world, { limits: { failover: ['gone', 'spare'] } });
    world.everyoneWorks();
    const ended = await world.runs(['--yes', '--finish', 'keep']);
    expect(ended.code, ended.stderr).toBe(0);
    const told = ended.stdout.split('\n').filter((line) => line.includes('degraded'));
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/degraded: gone \(implement\).*no-such-agent-program.*spare takes its place/);
    expect(world.eventsOf('agent_degraded')).toMatchObject([{ role: 'implement', from: 'gone', to: 'spare' }]);
    expect(world.eventsOf('attempt_started').map(({ agent }) => agent)).toEqual(['spare']);
    await expectOrder(world);
  });

  test('is told before anybody approves, and the plan is shown with who really plays', async () => {
    const world = await project();
    withSpare(world, { limits: { failover: ['spare'] } });
    const ended = await world.runs([]);
    expect(ended.code).toBe(3);
    expect(ended.stdout).toMatch(/degraded: gone[^]*puppet\.mjs/);
  });

  test('plays again once it is installed', async () => {
    const world = await project();
    withSpare(world, { limits: { failover: ['spare'] } });
    expect((await world.runs(['--finish', 'keep'])).code).toBe(3);
    install(world);
    world.everyoneWorks();
    expect((await world.start(['run', 'demo', '--yes']).end()).code).toBe(0);
    expect(world.eventsOf('agent_restored')).toMatchObject([{ role: 'implement', agent: 'gone' }]);
    expect(world.eventsOf('attempt_started').map(({ agent }) => agent)).toEqual(['gone']);
    await expectOrder(world);
  });

  test.each([
    ['the policy is to block', { limits: { failover: ['spare'] }, unavailable_policy: 'block' }, /degrade-loudly/],
    ['nobody can take its place', {}, /limits: \{failover/],
  ])('refuses the run when %s: nothing is changed', async (_, config, hint) => {
    const world = await project();
    withSpare(world, config);
    const before = bytesOf(world);
    const ended = await world.runs();
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/the agent "gone" \(role "implement"\) cannot be started: there is no program/);
    expect(ended.stderr).toMatch(hint);
    expect(ended.stderr).toMatch(/masterplan agents/);
    expect(bytesOf(world)).toEqual(before);
  });

  test('does not keep a run from being finished that needs no agent any more', async () => {
    const world = await project();
    withSpare(world, { unavailable_policy: 'block' });
    const program = install(world);
    world.everyoneWorks();
    expect((await world.runs()).code).toBe(3);
    expect(world.eventsOf('agent_degraded')).toEqual([]);
    rmSync(program);
    const ended = await world.start(['run', 'demo']).end();
    expect(ended.code, ended.stderr).toBe(3);
    expect((await world.masterplan('approve', 'demo', '--finish', 'keep')).code).toBe(0);
  });
});

describe('masterplan agents', () => {
  test('lists them for people and for programs', async () => {
    const world = await project();
    const listed = await world.masterplan('agents');
    expect(listed.code).toBe(0);
    expect(listed.stdout).toMatch(/puppet {2}command: installed/);
    expect(listed.stdout).toMatch(/implement +puppet: roles\.implement names it|implement +puppet: the only agent/);
    const { agents, roles } = await world.json<{ agents: { name: string }[]; roles: unknown[] }>(['agents']);
    expect(agents.find(({ name }) => name === 'puppet')).toMatchObject({ installed: true, configured: true });
    expect(roles).toHaveLength(10);
  });

  test.each([
    [['agents', 'test'], /name of an agent is missing/],
    [['agents', 'tset', 'puppet'], /does not know "tset"/],
    [['agents', '--keep'], /--keep goes with test/],
    [['agents', 'test', 'nobody'], /there is no agent "nobody"/],
  ])('%j is wrong usage', async (args, words) => {
    const ended = await (await project()).masterplan(...args);
    expect([ended.code, ended.stdout]).toEqual([2, '']);
    expect(ended.stderr).toMatch(words);
  });
});

describe('masterplan agents test', () => {
  /** A world whose temporary directory is looked at afterwards. */
  async function bench(agent: Readonly<Record<string, unknown>> = {}) {
    const world = await project({ agent });
    const scratch = join(world.directory, 'scratch');
    world.write(join(scratch, '.keep'), '');
    const start = (...args: string[]) => world.start(['agents', 'test', 'puppet', ...args], { TMPDIR: scratch });
    return { world, start, left: () => readdirSync(scratch).filter((name) => name !== '.keep') };
  }

  test('has the agent write a word in a repository of its own, tells every step, and leaves nothing', async () => {
    const { world, start, left } = await bench({ env: { A_SECRET: 'not-to-be-seen' } });
    const before = bytesOf(world);
    const run = start();
    const agent = await world.agent();
    expect(agent.hello.cwd).not.toContain(world.root);
    expect(agent.hello.env['A_SECRET']).toBe('not-to-be-seen');
    expect(left()).toHaveLength(1);
    await agent.write('ready.txt', 'ready\n');
    await agent.done();
    const ended = await run.end();
    expect(ended.code, ended.stderr).toBe(0);
    for (const step of ['installed', 'started', 'digest', 'wrote', 'verified', 'landed'])
      expect(ended.stdout).toMatch(new RegExp(`^ok {2}${step}\\b`, 'm'));
    expect(ended.stdout).toMatch(/usage +not told/);
    expect(ended.stdout).toMatch(/puppet works/);
    expect(left()).toEqual([]);
    expect(bytesOf(world)).toEqual(before);
  });

  test('says what is wrong when the word is not there, and keeps everything when asked to', async () => {
    const { world, start, left } = await bench({ env: { A_SECRET: 'not-to-be-seen' } });
    const run = start('--json', '--keep');
    const agent = await world.agent();
    await agent.say('I have something better.\n');
    await agent.write('ready.txt', 'steady\n');
    await agent.done();
    const ended = await run.end();
    expect(ended.code).toBe(1);
    const made = JSON.parse(ended.stdout) as AgentTest;
    expect(made.passed).toBe(false);
    expect(made.steps.find(({ step }) => step === 'verified')?.ok).toBe(false);
    expect(made.failure?.message).toMatch(/ready\.txt/);
    expect(left()).toHaveLength(1);
    expect(existsSync(join(made.kept ?? '', '.masterplan/runs/ready/transcripts'))).toBe(true);
    expect(execFileSync('grep', ['-rlc', 'something better', made.kept ?? ''], { encoding: 'utf8' })).toContain(
      'transcripts',
    );
    // What the configuration gives an agent is not written down anywhere.
    expect(() => execFileSync('grep', ['-r', 'not-to-be-seen', made.kept ?? ''])).toThrow();
  });

  test('tries once: an agent that gives up is not asked again', async () => {
    const { world, start, left } = await bench();
    const run = start();
    await (await world.agent()).exit(3);
    const ended = await run.end();
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(/puppet does not work: .*code 3/);
    expect(ended.stdout).toMatch(/--keep/);
    expect(left()).toEqual([]);
  });

  test('of a program that is not there starts nothing', async () => {
    const world = await project({ config: { agents: { gone: { command: ['no-such-agent-program'] } } } });
    const made = await world.json<AgentTest>(['agents', 'test', 'gone'], 1);
    expect(made).toMatchObject({
      passed: false,
      steps: [{ step: 'installed', ok: false }],
      failure: { message: expect.stringContaining('no-such-agent-program') },
    });
  });

  test('ends the agent and tidies up when it is interrupted', async () => {
    const { world, start, left } = await bench();
    const run = start();
    const agent = await world.agent();
    run.kill('SIGINT');
    const ended = await run.end();
    expect(ended.code).toBe(130);
    expect(agent.gone).toBe(true);
    expect(left()).toEqual([]);
  });
});
