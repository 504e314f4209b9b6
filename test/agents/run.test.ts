import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AgentName } from '../../scripts/lib/agents.mjs';
import { project, type World } from '../rig/world.ts';
import { makeHome, MODELS, SPEAKING } from './homes.ts';
import { type Model, startModel } from './model/server.ts';
import { present, program } from './programs.ts';

/*
 * Whole runs with real agents against the scripted model, offline. Skipped where they are not installed (`npm run test:agents`).
 */

let model: Model;

beforeEach(async () => {
  model = await startModel();
});
afterEach(async () => {
  await model.close();
});

const SPOKEN: readonly AgentName[] = ['claude', 'codex', 'gemini', 'opencode'];

/** Seconds for what needs a program to start: under load some take half a minute for that alone. */
const PATIENCE = 120;

const kindOf = (name: AgentName): 'claude' | 'codex' | 'acp' => (name === 'claude' || name === 'codex' ? name : 'acp');

/** A command that no agent takes for harmless by itself. */
const COPY = (to: string): string => `node -e "require('fs').copyFileSync('a.txt', '${to}.txt')"`;

/** A task whose text tells the scripted model what to do. */
function task(id: number, work: Readonly<Record<string, unknown>>, verify: string, marker = '[[task]]'): string {
  return `### Task ${id}: Letters ${id}\n\n**Needs:** none\n**Verify:** \`${verify}\`\n\n${marker}\n\n\`\`\`json\n${JSON.stringify(work, null, 2)}\n\`\`\`\n\n`;
}

async function projectFor(
  name: AgentName,
  plan: string,
  agent: Readonly<Record<string, unknown>> = {},
  subscribed = false,
): Promise<World> {
  const world = await project({ plan: `# Letters\n\n${plan}` });
  const home = join(world.directory, 'agent-home');
  mkdirSync(home);
  const { PATH: _path, ...env } = makeHome(name, model.url, home, subscribed);
  const command = [...(present(name) ?? []), ...SPEAKING[name]];
  const settings = { kind: kindOf(name), command, env, model: MODELS[name], permission: 'all', ...agent };
  world.configure({ retro: { narrative: 'off' }, agents: { [name]: settings }, roles: { implement: name } });
  world.commit('An agent');
  return world;
}

describe.each(SPOKEN)('%s', { timeout: 2 * PATIENCE * 1000 }, (name) => {
  const missing = program(name) === undefined;

  // opencode takes half a minute to say good day; another program speaks for its protocol.
  const absent = name === 'opencode' ? missing : present(name) === undefined;

  test.skipIf(absent)('carries out a plan: files, commands, digest, landing, usage', async () => {
    const plan =
      task(1, { write: { 'a.txt': 'a\n' }, run: ['cp a.txt b.txt'] }, 'test -e b.txt') +
      task(2, { write: { 'c.txt': 'c\n' } }, 'test -e c.txt');
    const world = await projectFor(name, plan);
    const ended = await world.run(['--yes', '--finish', 'merge']).end(PATIENCE);
    expect(ended.stderr + ended.stdout).not.toContain('failed');
    expect(ended.code).toBe(0);
    expect(world.landed('main')).toHaveLength(2);
    expect(world.eventsOf('digest_recorded')).toMatchObject([{ source: 'agent' }, { source: 'agent' }]);
    for (const report of world.eventsOf('agent_reported')) {
      expect(report).toMatchObject({ family: kindOf(name), how: 'completed', failure: null });
      // Of the tokens of a turn, opencode tells those of its last request.
      expect(name === 'opencode' ? report.usage.cost : report.usage.output).toBeGreaterThan(0);
      expect(report.session).not.toBeNull();
    }
  });

  test.skipIf(missing)(
    'asks for what nobody declared, and goes on when a person answers at another terminal',
    async () => {
      // Otherwise some would ask for leave to write their digest, too.
      const way = kindOf(name) === 'acp' ? { way: 'text' } : {};
      const plan = task(1, { write: { 'a.txt': 'a\n' }, run: [COPY('b'), COPY('c')], ...way }, 'test -e b.txt');
      const world = await projectFor(name, plan, { permission: 'ask' });
      const run = world.run(['--yes', '--finish', 'keep']);
      const ask = await world.event('permission_asked', undefined, PATIENCE);
      expect(ask).toMatchObject({ kind: 'command', command: COPY('b') });
      const answer = (id: string, said: string) =>
        world.masterplan('approve', 'demo', '--gate', `ask:T1#1:${id}`, '--answer', said);
      expect((await answer(ask.ask, 'once')).code).toBe(0);
      const other = await world.event('permission_asked', ({ ask: id }) => id !== ask.ask, PATIENCE);
      expect((await answer(other.ask, 'deny')).code).toBe(0);
      expect((await run.end(PATIENCE)).code).toBe(0);
      expect(world.git('show', 'masterplan/demo:b.txt')).toBe('a');
      expect(() => world.git('show', 'masterplan/demo:c.txt')).toThrow();
    },
  );

  test.skipIf(missing)(
    'is asked about once for a task: neither in this attempt nor in the next ones again',
    async () => {
      const way = kindOf(name) === 'acp' ? { way: 'text' } : {};
      const world = await projectFor(name, '', { permission: 'ask' });
      // Fails on the tree of the first attempt, also when it is tried again there.
      const count = join(world.directory, 'count');
      const verify = `echo x >> '${count}' && test $(wc -l < '${count}') -gt 2`;
      const work = { write: { 'a.txt': 'a\n' }, run: [COPY('b'), COPY('b')], ...way };
      world.write('demo.md', `# Letters\n\n${task(1, work, verify)}`);
      const run = world.run(['--yes', '--finish', 'keep']);
      const ask = await world.event('permission_asked', undefined, PATIENCE);
      const said = await world.masterplan('approve', 'demo', '--gate', `ask:T1#1:${ask.ask}`, '--answer', 'task');
      expect(said.code, said.stderr).toBe(0);
      expect((await run.end(PATIENCE)).code).toBe(0);
      expect(world.eventsOf('attempt_finished')).toHaveLength(2);
      expect(world.eventsOf('gate_opened').filter(({ gate }) => gate.startsWith('ask:'))).toHaveLength(1);
      const answers = world.eventsOf('gate_answered').filter(({ gate }) => gate.startsWith('ask:'));
      expect(answers[0]).toMatchObject({ answer: 'task' });
      for (const one of answers.slice(1))
        expect(one).toMatchObject({ answer: 'once', by: 'policy', how: 'a person allowed it for this task' });
      expect(world.git('show', 'masterplan/demo:b.txt')).toBe('a');
    },
  );

  test.skipIf(missing)('is told no when nobody answers in time', async () => {
    const plan = task(1, { write: { 'a.txt': 'a\n' }, run: [COPY('b')] }, 'test -e a.txt');
    const world = await projectFor(name, plan, { permission: 'ask', patience: '1s' });
    expect((await world.run(['--yes', '--finish', 'keep']).end(PATIENCE)).code).toBe(0);
    expect(world.eventsOf('gate_answered')).toContainEqual(expect.objectContaining({ answer: 'deny', by: 'policy' }));
    expect(() => world.git('show', 'masterplan/demo:b.txt')).toThrow();
  });

  test.skipIf(missing)(
    'gives a digest that is no digest, is told why, and mends it in the same conversation',
    async () => {
      const plan = task(1, { write: { 'a.txt': 'a\n' }, digest: 'invalid-once' }, 'test -e a.txt');
      const world = await projectFor(name, plan);
      expect((await world.run(['--yes', '--finish', 'keep']).end(PATIENCE)).code).toBe(0);
      expect(world.eventsOf('attempt_started')).toHaveLength(1);
      expect(world.eventsOf('digest_recorded')).toMatchObject([{ source: 'agent', status: 'completed' }]);
    },
  );

  test.skipIf(missing)(
    'reaches its limit: nothing counts against the task, and it goes on when somebody says that the limit is gone',
    async () => {
      const world = await projectFor(name, task(1, { write: { 'a.txt': 'a\n' } }, 'test -e a.txt'));
      model.say('limit', { until: Date.now() + 3_600_000 });
      const run = world.run(['--yes', '--finish', 'keep']);
      expect(await world.event('lane_parked', undefined, PATIENCE)).toMatchObject({
        lane: name,
        failure: 'usage-limit',
      });
      expect((await world.masterplan('status')).stdout).toContain(`--gate lane:${name} --answer retry`);
      model.say('fine');
      expect((await world.masterplan('approve', 'demo', '--gate', `lane:${name}`, '--answer', 'retry')).code).toBe(0);
      expect((await run.end(PATIENCE)).code).toBe(0);
      expect(world.eventsOf('attempt_finished').map(({ ending }) => ending)).toEqual(['limited', 'done']);
      // The same agent goes on with its conversation, where its program finds it again.
      const [first] = world.eventsOf('agent_reported');
      const [, second] = world.eventsOf('attempt_started');
      expect(second?.session).toBe(name === 'claude' || name === 'codex' ? first?.session : undefined);
    },
  );

  test.skipIf(missing)('is not logged in: the run waits for a person and says so', async () => {
    const world = await projectFor(name, task(1, { write: { 'a.txt': 'a\n' } }, 'test -e a.txt'));
    model.say('unauthorized');
    expect((await world.run(['--yes', '--finish', 'keep']).end(PATIENCE)).code).toBe(3);
    expect(world.eventsOf('lane_parked')).toMatchObject([{ lane: name, failure: 'authentication', until: null }]);
    const status = await world.masterplan('status');
    expect(status.stdout).toContain(`--gate lane:${name} --answer retry`);
  });

  test.skipIf(missing)('outlives a masterplan that is killed, and is attached to by the next one', async () => {
    const plan = task(1, { write: { 'a.txt': 'a\n' }, run: ['sleep 3', 'cp a.txt b.txt'] }, 'test -e b.txt');
    const world = await projectFor(name, plan);
    const run = world.run(['--yes', '--finish', 'keep']);
    await model.hears(({ scene }) => (scene?.step ?? 0) > 0, PATIENCE * 1000);
    run.kill('SIGKILL');
    await run.end(PATIENCE);
    expect((await world.start(['run', 'demo', '--finish', 'keep']).end(PATIENCE)).code).toBe(0);
    expect(world.eventsOf('recovered')).toMatchObject([{ attached: ['T1#1'] }]);
    expect(world.eventsOf('attempt_started')).toHaveLength(1);
    expect(world.git('show', 'masterplan/demo:b.txt')).toBe('a');
  });
});

describe.each(['claude', 'codex'] as const)('%s', { timeout: PATIENCE * 1000 }, (name) => {
  const window = name === 'claude' ? 'five_hour' : 'primary';

  test.skipIf(program(name) === undefined)('what is left of its account is known while it works on', async () => {
    const plan = task(1, { write: { 'a.txt': 'a\n' }, near: 92 }, 'test -e a.txt');
    const world = await projectFor(name, plan, {}, true);
    const before = Date.now();
    expect((await world.run(['--yes', '--finish', 'keep']).end(PATIENCE)).code).toBe(0);
    const [told] = world.eventsOf('lane_told');
    expect(told).toMatchObject({ lane: name, agent: name, windows: [{ window, used: 92, by: 'event' }] });
    const resets = Date.parse(told?.windows[0]?.resets ?? '');
    expect(Math.abs(resets - before - 3_600_000)).toBeLessThan(PATIENCE * 1000);
    const { runs } = JSON.parse((await world.masterplan('status', '--json')).stdout) as {
      runs: { board: { lanes: unknown } }[];
    };
    expect(runs[0]?.board.lanes).toMatchObject([{ lane: name, windows: [{ window, used: 92, resetsAt: resets }] }]);
  });
});

const both = program('claude') !== undefined && program('codex') !== undefined;

test.skipIf(!both)('when one vendor is at its limit, the other goes on from the work so far', async () => {
  const plan = task(1, { write: { 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.txt': 'c\n' } }, 'test -e a.txt && test -e c.txt');
  const world = await project({ plan: `# Letters\n\n${plan}` });
  const agents = Object.fromEntries(
    (['claude', 'codex'] as const).map((name) => {
      const home = join(world.directory, `home-${name}`);
      mkdirSync(home);
      const { PATH: _path, ...env } = makeHome(name, model.url, home);
      return [name, { kind: name, command: program(name), env, model: MODELS[name], permission: 'all' }];
    }),
  );
  world.configure({
    retro: { narrative: 'off' },
    agents,
    roles: { implement: 'claude' },
    limits: { failover: ['codex'] },
  });
  world.commit('Two agents');
  const run = world.run(['--yes', '--finish', 'keep']);
  await model.hears(({ scene }) => (scene?.step ?? 0) >= 1);
  model.say('limit', { until: Date.now() + 3_600_000, dialect: 'anthropic' });
  expect((await run.end(PATIENCE)).code).toBe(0);
  expect(world.eventsOf('attempt_started').map(({ agent }) => agent)).toEqual(['claude', 'codex']);
  expect(world.eventsOf('attempt_finished').map(({ ending }) => ending)).toEqual(['limited', 'done']);
  expect(world.read(world.bundle('briefs/T1.2.md'))).toContain(
    'Attempt 1 (claude) was stopped before it was done: its account came to a limit',
  );
  expect(world.landed()).toHaveLength(1);
});
