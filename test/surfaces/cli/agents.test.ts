import { expect, test } from 'vitest';
import { abilitiesOf } from '../../../src/core/agents/capabilities.ts';
import type { AgentInfo, AgentsReport } from '../../../src/app/agents/list.ts';
import type { AgentTest } from '../../../src/app/agents/try.ts';
import { ok } from '../../../src/core/base/result.ts';
import type { RecordedEvent } from '../../../src/core/run/event.ts';
import { runCli } from '../../../src/surfaces/cli/cli.ts';
import { viewFor } from '../../../src/surfaces/cli/run/view.ts';
import { fakeCli, fakeRun } from '../fake.ts';

const info = (name: string, fields: Partial<AgentInfo> = {}): AgentInfo => ({
  name,
  title: 'Codex',
  configured: true,
  kind: 'codex',
  command: ['codex'],
  program: '/opt/bin/codex',
  installed: true,
  version: '0.169.0',
  login: { state: 'unknown', unset: [], withheld: [], type: 'codex login' },
  abilities: abilitiesOf('codex', 'codex'),
  lane: name,
  ...fields,
});
const REPORT: AgentsReport = {
  agents: [
    info('codex', { lane: 'work', model: 'gpt-5.5-codex' }),
    info('claude', { kind: 'claude', title: 'Claude Code', command: ['claude'], installed: false }),
    info('opencode', { kind: 'acp', title: 'opencode', configured: false, write: 'agents: {opencode: {}}' }),
  ],
  roles: [
    {
      role: 'implement',
      agents: ['codex'],
      ok: false,
      why: 'degraded: claude is not installed',
      otherwise: 'back to claude',
    },
    { role: 'failover', agents: [], ok: true, why: 'limits.failover names nobody', otherwise: 'tasks wait' },
  ],
  unavailablePolicy: 'degrade-loudly',
  warnings: ['unknown key "agent"'],
};
const TESTED: AgentTest = {
  agent: 'codex',
  passed: true,
  steps: [{ step: 'installed', ok: true, what: '/opt/bin/codex' }],
  asked: [],
  usage: { input: 3900, cached: 2200, output: 120, cost: 0.0123 },
  durationMs: 12_300,
};

test('agents are listed, with what they can do, their roles and what else is installed', async () => {
  const fake = fakeCli({ listAgents: async () => ok(REPORT) });
  expect(await runCli(['agents'], fake.cli)).toBe(0);
  expect(fake.out()).toMatchInlineSnapshot(`
    "codex  Codex (codex): installed, 0.169.0, model gpt-5.5-codex, lane work
        /opt/bin/codex
        logged in or not is not known; to log in: codex login
    claude  Claude Code (claude): not installed
        there is no program claude on the PATH

    Can do    resume       structured   permissions  sandbox      usage        cost
    codex     yes          yes          yes          yes          yes          no
    claude    yes          yes          yes          yes          yes          no
    opencode  yes          yes          yes          yes          yes          no

    Roles
      implement     codex: degraded: claude is not installed
                    back to claude
      failover      nobody: limits.failover names nobody
                    tasks wait

    Installed, but not configured; to use one, write into .masterplan.yaml:
    opencode  opencode (acp): installed, 0.169.0
        /opt/bin/codex
        logged in or not is not known; to log in: codex login
        agents: {opencode: {}}

      masterplan agents test codex  has it do a task of one word; that asks its model
    "
  `);
  expect(fake.errors()).toBe('masterplan: unknown key "agent"\n');
});

test('as JSON there is nothing else', async () => {
  const fake = fakeCli({ listAgents: async () => ok(REPORT) });
  expect(await runCli(['agents', '--json'], fake.cli)).toBe(0);
  const { warnings: _warnings, ...report } = REPORT;
  expect(JSON.parse(fake.out())).toEqual(report);
});

test('steps of a test are shown as they happen, and what it took at the end', async () => {
  const fake = fakeCli({
    testAgent: async (_, request, tell) => {
      expect(request).toEqual({ name: 'codex', keep: false });
      for (const step of TESTED.steps) tell(step);
      expect(fake.out()).toBe('ok  installed  /opt/bin/codex\n');
      return ok(TESTED);
    },
  });
  expect(await runCli(['agents', 'test', 'codex'], fake.cli)).toBe(0);
  expect(fake.out()).toMatch(/usage +3900 in, 2200 cached, 120 out, \$0\.0123\n +time +12 s\n\ncodex works\n$/);
});

test('a test that fails says why and what to do; exit code 1', async () => {
  const failed: AgentTest = {
    ...TESTED,
    passed: false,
    asked: ['run rm -rf node_modules'],
    kept: '/tmp/scratch',
    failure: { class: 'authentication', message: 'it is not logged in\u001b[2J', hint: 'codex login' },
  };
  const fake = fakeCli({ testAgent: async () => ok(failed) });
  expect(await runCli(['agents', 'test', 'codex', '--keep'], fake.cli)).toBe(1);
  expect(fake.out()).toMatch(/asked +run rm -rf node_modules; nobody was there to allow it/);
  expect(fake.out()).toMatch(/kept +\/tmp\/scratch\n/);
  expect(fake.out()).toMatch(/codex does not work: it is not logged in.* \(authentication\)\n {2}codex login\n$/);
  expect(fake.out()).not.toContain('\u001b');
  const json = fakeCli({ testAgent: async () => ok(failed) });
  expect(await runCli(['agents', 'test', 'codex', '--json'], json.cli)).toBe(1);
  expect(JSON.parse(json.out())).toEqual(failed);
});

test('Ctrl-C ends the agent that is tried', async () => {
  const fake = fakeCli({
    testAgent: async (_, __, ___, signal) => {
      fake.interrupt('SIGINT');
      expect(signal.aborted).toBe(true);
      return ok({ ...TESTED, passed: false });
    },
  });
  expect(await runCli(['agents', 'test', 'codex'], fake.cli)).toBe(130);
});

test('a degraded run is told at once, at a terminal too', () => {
  const stamp = { seq: 5, ts: '2030-01-01T00:00:00.000Z', fence: 1 };
  const event: RecordedEvent = {
    ...stamp,
    event: 'agent_degraded',
    role: 'implement',
    from: 'codex',
    to: 'claude',
    why: 'gone',
  };
  const { handle } = fakeRun({ boards: [] });
  for (const interactive of [true, false]) {
    const fake = fakeCli({}, { interactive });
    viewFor(fake.cli, handle, { json: false, plain: false }).events([event]);
    expect(fake.out()).toMatch(/degraded: codex \(implement\) cannot be started \(gone\); claude takes its place\n$/);
  }
});
