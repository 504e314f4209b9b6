import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AgentsReport } from '../../src/app/agents/list.ts';
import { listAgents } from '../../src/app/agents/list.ts';
import { findProgram } from '../../src/app/agents/find.ts';
import type { Context } from '../../src/app/context.ts';
import { desk, type Desk } from './rig.ts';

const SECRET = 'sk-not-to-be-seen';

/** A person's machine: only the programs of a test, and those of the system. */
interface Machine {
  readonly one: Desk;
  readonly bin: string;
  readonly home: string;
  readonly context: Context;
  /** Puts a program on the PATH: a shell script with this text. */
  program(name: string, script: string, mode?: number): string;
  list(): Promise<AgentsReport>;
}

function machine(
  config: Readonly<Record<string, unknown>> | undefined,
  env: Readonly<Record<string, string>> = {},
): Machine {
  const one = desk(config === undefined ? {} : { '.masterplan.yaml': JSON.stringify(config) });
  const home = one.context.env['HOME'] ?? '';
  const bin = join(dirname(home), 'bin');
  mkdirSync(bin);
  // No real agent of whoever runs the tests is on it.
  const context: Context = { ...one.context, env: { ...one.context.env, PATH: `${bin}:/usr/bin:/bin`, ...env } };
  return {
    one,
    bin,
    home,
    context,
    program(name, script, mode = 0o755) {
      const path = join(bin, name);
      writeFileSync(path, `#!/bin/sh\n${script}\n`);
      chmodSync(path, mode);
      return path;
    },
    async list() {
      const listed = await listAgents(context);
      if (!listed.ok) throw new Error(listed.error.message);
      return listed.value;
    },
  };
}

const agent = (report: AgentsReport, name: string) => report.agents.find((one) => one.name === name);

describe('a program', () => {
  test('is found on the PATH as the system would find it', async () => {
    const { bin, home, program, context } = machine(undefined);
    const path = `relative::${home}:${bin}`;
    const find = (name: string) => findProgram(context.io, name, path);
    program('there', 'true');
    program('data', 'true', 0o644);
    mkdirSync(join(bin, 'directory'));
    symlinkSync(join(bin, 'there'), join(bin, 'link'));
    symlinkSync(join(bin, 'nowhere'), join(bin, 'dangling'));
    expect(await find('there')).toBe(join(bin, 'there'));
    expect(await find('link')).toBe(join(bin, 'link'));
    for (const name of ['data', 'directory', 'dangling', 'nowhere']) expect(await find(name), name).toBeUndefined();
    expect(await find(join(bin, 'there'))).toBe(join(bin, 'there'));
    expect(await find(join(bin, 'dangling'))).toBeUndefined();
    // There is no shell that would fill it in.
    expect(await find('$HOME/bin/there')).toBeUndefined();
    // Relative to a worktree that does not exist yet.
    expect(await find('bin/agent')).toBe('bin/agent');
  });
});

describe('masterplan agents', () => {
  test('with nothing configured and nothing installed says what is missing, in a repository and outside', async () => {
    for (const git of [true, false]) {
      const one = desk({}, { git });
      const context: Context = { ...one.context, env: { ...one.context.env, PATH: '/usr/bin:/bin' } };
      const listed = await listAgents(context);
      expect(listed).toMatchObject({
        ok: true,
        value: { agents: [], roles: [{ agents: [], ok: false }, { agents: [] }] },
      });
    }
  });

  test('asks installed programs for their version, whatever they print it like', async () => {
    const { program, list } = machine({
      agents: { claude: {}, codex: {}, gemini: {}, qwen: {}, opencode: {}, mine: { command: ['mine'] } },
      roles: { implement: 'claude' },
    });
    program('claude', 'echo "2.1.329 (Claude Code)"');
    program('codex', 'echo "codex-cli 0.169.0" >&2');
    program('gemini', 'echo "who knows"');
    program('qwen', 'echo "needs a newer Node" >&2; exit 3');
    // A program that nobody knows is not started at all.
    const mine = program('mine', 'touch "$HOME/started"');
    const report = await list();
    expect(agent(report, 'claude')).toMatchObject({ installed: true, version: '2.1.329' });
    expect(agent(report, 'codex')).toMatchObject({ installed: true, version: '0.169.0' });
    expect(agent(report, 'gemini')).toMatchObject({ installed: true, noVersion: 'its --version names none' });
    expect(agent(report, 'qwen')).toMatchObject({ installed: true, noVersion: '--version ended with code 3' });
    expect(agent(report, 'opencode')).toMatchObject({ installed: false });
    expect(agent(report, 'opencode')).not.toHaveProperty('version');
    expect(agent(report, 'mine')).toMatchObject({ program: mine, noVersion: expect.stringContaining('not asked') });
  });

  test('does not start unknown programs, gives those it asks no variable but two, and does not wait for ever', async () => {
    const { program, list, home } = machine(
      {
        agents: { claude: { env: { ANTHROPIC_API_KEY: SECRET } }, codex: {}, mine: { command: ['mine'] } },
        roles: { implement: 'claude' },
      },
      { OPENAI_API_KEY: SECRET },
    );
    program('claude', 'env > "$HOME/seen"; echo 1.0.0');
    program('codex', 'sleep 600');
    program('mine', 'touch "$HOME/started"');
    const report = await list();
    expect(agent(report, 'codex')).toMatchObject({ installed: true, noVersion: expect.stringContaining('no answer') });
    expect(existsSync(join(home, 'started'))).toBe(false);
    const seen = readFileSync(join(home, 'seen'), 'utf8')
      .split('\n')
      .map((line) => line.split('=')[0] ?? '')
      // What a shell sets by itself.
      .filter((name) => name !== '' && !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name));
    expect(seen.toSorted()).toEqual(['HOME', 'PATH']);
    expect(JSON.stringify(report)).not.toContain(SECRET);
  });

  test('tells a login by its presence alone', async () => {
    const { program, list, home } = machine(
      {
        agents: {
          claude: {},
          codex: { env: ['CODEX_API_KEY', 'HTTPS_PROXY'] },
          gemini: { env: { GEMINI_API_KEY: SECRET } },
          second: { kind: 'codex', command: ['codex'], env: { CODEX_HOME: '/nowhere/at/all' } },
          qwen: {},
        },
        roles: { implement: 'claude' },
      },
      { OPENAI_API_KEY: SECRET },
    );
    for (const name of ['claude', 'codex', 'gemini', 'qwen']) program(name, 'echo 1.0.0');
    mkdirSync(join(home, '.claude'));
    // It cannot be opened, and need not be.
    writeFileSync(join(home, '.claude/.credentials.json'), SECRET, { mode: 0o000 });
    const report = await list();
    expect(agent(report, 'claude')?.login).toMatchObject({ state: 'found', by: '~/.claude/.credentials.json' });
    expect(agent(report, 'codex')?.login).toMatchObject({
      state: 'unknown',
      unset: ['CODEX_API_KEY', 'HTTPS_PROXY'],
      withheld: ['OPENAI_API_KEY'],
      type: 'codex login',
    });
    expect(agent(report, 'gemini')?.login).toMatchObject({ state: 'found', by: 'GEMINI_API_KEY' });
    expect(agent(report, 'second')?.login.state).toBe('unknown');
    expect(JSON.stringify(report)).not.toContain(SECRET);
  });

  test('offers what is installed and not configured, with what to write', async () => {
    const { program, list } = machine(
      { agents: { mine: { kind: 'claude', command: ['claude'] } } },
      { OPENAI_API_KEY: SECRET },
    );
    for (const name of ['claude', 'codex', 'opencode']) program(name, 'echo 1.0.0');
    const report = await list();
    // Claude Code is configured, under another name.
    expect(report.agents.map(({ name, configured }) => [name, configured])).toEqual([
      ['mine', true],
      ['codex', false],
      ['opencode', false],
    ]);
    expect(agent(report, 'codex')?.write).toBe('agents: {codex: {env: [OPENAI_API_KEY]}}');
    expect(agent(report, 'opencode')?.write).toBe('agents: {opencode: {}}');
    expect(agent(report, 'mine')).toMatchObject({
      version: '1.0.0',
      title: 'Claude Code',
      abilities: { resume: { can: 'yes' } },
    });
  });

  test('says who plays which role, and what happens otherwise', async () => {
    const agents = { claude: {}, codex: {}, gemini: {} };
    const roles = { implement: 'claude' };
    const limits = { failover: ['gemini', 'codex', 'unheard-of'] };
    const there = async (config: Readonly<Record<string, unknown>>, ...names: string[]) => {
      const { program, list } = machine(config);
      for (const name of names) program(name, 'echo 1.0.0');
      return (await list()).roles;
    };
    const played = await there({ agents, roles, limits }, 'claude', 'codex');
    expect(played.map(({ role, agents: who, model }) => [role, who.join(), model])).toEqual([
      ['implement', 'claude', 'sonnet'],
      ['discovery', 'claude', 'haiku'],
      ['spec', 'claude', 'sonnet'],
      ['plan', 'claude', 'sonnet'],
      ['small_edit', 'codex', undefined],
      ['review', 'codex', undefined],
      ['architecture', 'claude', 'opus'],
      ['judge', 'claude', 'opus'],
      ['retro', 'claude', 'haiku'],
      ['failover', 'codex', undefined],
    ]);
    expect(played.filter(({ role }) => role === 'implement' || role === 'failover')).toMatchObject([
      {
        role: 'implement',
        agents: ['claude'],
        ok: true,
        otherwise: expect.stringContaining('codex would take its place'),
      },
      {
        role: 'failover',
        agents: ['codex'],
        ok: false,
        otherwise: expect.stringMatching(/gemini is not installed.*unheard-of is not configured/),
      },
    ]);
    expect((await there({ agents, roles, limits }, 'codex'))[0]).toMatchObject({
      agents: ['codex'],
      ok: false,
      why: expect.stringContaining('degraded'),
    });
    expect((await there({ agents, roles, limits, unavailable_policy: 'block' }, 'codex'))[0]).toMatchObject({
      agents: [],
      ok: false,
      otherwise: expect.stringContaining('block'),
    });
    expect((await there({ agents, roles }, 'codex'))[0]).toMatchObject({ agents: [], ok: false });
    expect((await there({ agents }, 'codex'))[0]).toMatchObject({
      agents: [],
      why: expect.stringContaining('none of claude'),
    });
    expect((await there({ agents: { codex: {} } }, 'codex'))[0]).toMatchObject({
      agents: ['codex'],
      why: 'the only agent that is configured',
    });
  });

  test('tells of the container that is configured', async () => {
    const { program, list } = machine({
      agents: { mine: { command: ['mine'], containment: 'required' }, yours: { command: ['mine'], containment: 'on' } },
      roles: { implement: 'mine' },
    });
    program('mine', 'true');
    const report = await list();
    expect(agent(report, 'mine')?.abilities.sandbox.can).toBe('yes');
    expect(agent(report, 'yours')?.abilities.sandbox.can).toBe('partly');
  });

  test('refuses a configuration that is not valid, with its place', async () => {
    const { context, one } = machine(undefined);
    one.write('.masterplan.yaml', 'agents:\n  claude: {unavailable: 1}\n');
    expect(await listAgents(context)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('.masterplan.yaml:') },
    });
  });
});
