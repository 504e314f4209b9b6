import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acpDriver } from '../../src/core/agents/acp/driver.ts';
import type { AgentEvent } from '../../src/core/agents/event.ts';
import type { FailureClass } from '../../src/core/agents/failure.ts';
import type { Order } from '../../src/core/agents/order.ts';
import { keep, type KeptOutcome } from '../../src/engine/agents/keeper.ts';
import { nodeClock } from '../../src/io/node/clock.ts';
import { converse } from '../../src/io/node/converse.ts';
import { nodeFiles } from '../../src/io/node/files.ts';
import { project } from '../rig/world.ts';
import { makeHome, MODELS, SPEAKING } from './homes.ts';
import { GOOD_DIGEST } from './model/deliver.ts';
import { type Model, startModel } from './model/server.ts';
import { program } from './programs.ts';

/*
 * The driver of the Agent Client Protocol and two real programs that speak it, through our keeper, against the scripted model:
 * docs/agents.md says the same in words. Skipped where a program is not installed (`npm run test:agents`).
 */

type Name = 'gemini' | 'opencode';

/** opencode tries again for more than a minute before it gives up: its patience is tested where there is time for it. */
const patient = process.env['MASTERPLAN_PATIENT_TESTS'] === '1';

let model: Model;
let dir: string;

beforeEach(async () => {
  model = await startModel();
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'masterplan-acp-')));
  mkdirSync(join(dir, 'worktree'));
  execFileSync('git', ['init', '--quiet'], { cwd: join(dir, 'worktree') });
});
afterEach(async () => {
  await model.close();
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
});

interface Kept {
  readonly outcome: KeptOutcome;
  readonly events: readonly AgentEvent[];
  readonly transcript: string;
}

interface Options {
  readonly url?: string;
  /** Changes the configuration of opencode. */
  readonly config?: (config: Record<string, unknown>) => object;
  /** Looked at a few times a second: when it is so, masterplan wants an end. */
  readonly stop?: () => boolean;
  /** The agent has to give its digest itself. */
  readonly digest?: true;
}

let attempts = 0;

/** One attempt by the real program, from its order to its outcome. */
async function attempt(name: Name, prompt: string, fields: Partial<Order> = {}, options: Options = {}): Promise<Kept> {
  const inputs = join(dir, `in-${++attempts}`);
  const worktree = join(dir, 'worktree');
  mkdirSync(join(inputs, 'answers'), { recursive: true });
  const digest = join(inputs, 'digest.json');
  if (options.digest === undefined) writeFileSync(digest, JSON.stringify(GOOD_DIGEST));
  const order: Order = {
    schema: 1,
    family: 'acp',
    command: [...(program(name) ?? [name]), ...SPEAKING[name]],
    worktree,
    prompt,
    permission: 'edit',
    rules: { writable: [worktree, digest], commands: [], otherCommands: 'allow', otherPaths: 'deny', network: 'deny' },
    patience: 1000,
    contract: 'implement.v1',
    digest,
    inputs,
    ...fields,
  };
  const stopped = new AbortController();
  const look = setInterval(() => options.stop?.() === true && stopped.abort(), 100);
  let transcript = '';
  const io = { files: nodeFiles, clock: nodeClock, converse, print: (text: string) => void (transcript += text) };
  const env = makeHome(name, options.url ?? model.url, join(dir, 'home'));
  if (options.config !== undefined) {
    const file = join(dir, 'home', '.config', 'opencode', 'opencode.json');
    const config = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify(options.config(config)));
  }
  await keep(order, acpDriver(order), env, io, stopped.signal);
  clearInterval(look);
  const noted = join(inputs, 'progress.jsonl');
  const progress = existsSync(noted) ? readFileSync(noted, 'utf8').trimEnd().split('\n') : [];
  return {
    outcome: JSON.parse(readFileSync(join(inputs, 'outcome.json'), 'utf8')) as KeptOutcome,
    events: progress.map((line) => JSON.parse(line) as AgentEvent),
    transcript,
  };
}

function of<T extends AgentEvent['type']>(kept: Kept, type: T): readonly Extract<AgentEvent, { type: T }>[] {
  return kept.events.filter((event): event is Extract<AgentEvent, { type: T }> => event.type === type);
}

/** Questions with their answers. */
function settled(kept: Kept): readonly string[] {
  return of(kept, 'permission_settled').map(({ by, answer, what }) => `${by}: ${answer} ${what}`);
}

function here(...path: string[]): boolean {
  return existsSync(join(dir, 'worktree', ...path));
}

const rules: Order['rules'] = {
  writable: [],
  commands: [],
  otherCommands: 'deny',
  otherPaths: 'deny',
  network: 'deny',
};

/** What the model server says, and the class in which an attempt ends; `undefined`: it is completed. */
const ENDS: Readonly<Record<string, Readonly<Record<Name, FailureClass | undefined>>>> = {
  unauthorized: { gemini: 'authentication', opencode: 'authentication' },
  'rate-limit=1': { gemini: 'rate-limit', opencode: 'rate-limit' },
  'usage-limit': { gemini: 'usage-limit', opencode: 'usage-limit' },
  // It passes the words of the model server on, and not its status.
  overloaded: { gemini: 'overloaded', opencode: 'unknown' },
  // It shortens the conversation by itself, and goes on.
  overflow: { gemini: 'overflow', opencode: undefined },
  drop: { gemini: 'connection', opencode: 'connection' },
  'bad-tool': { gemini: undefined, opencode: undefined },
  'bad-json': { gemini: undefined, opencode: undefined },
  empty: { gemini: undefined, opencode: undefined },
};
const SLOW: readonly string[] = ['rate-limit=1', 'usage-limit', 'overloaded', 'drop', 'refused'];

describe.each<Name>(['gemini', 'opencode'])('%s', { timeout: 180_000 }, (name) => {
  const missing = program(name) === undefined;
  const skips = (scenario: string): boolean => missing || (name === 'opencode' && !patient && SLOW.includes(scenario));

  test.skipIf(missing)('starts, works, asks for what it does, and says what it did', async () => {
    const kept = await attempt(name, '[[edit]] Please write a greeting.');
    expect(kept.outcome).toMatchObject({
      how: 'completed',
      family: 'acp',
      program: name === 'gemini' ? 'gemini-cli 0.61.0' : 'OpenCode 1.18.33',
      model: MODELS[name],
      said: 'The greeting is written, and there is a copy of it.',
      denied: 0,
    });
    expect(kept.outcome.session).toMatch(/./);
    expect(here('greeting.txt') && here('copy.txt')).toBe(true);
    expect(settled(kept)).toEqual([
      `rules: allow edit: ${join(dir, 'worktree', 'greeting.txt')}`,
      'rules: allow execute: cat greeting.txt > copy.txt && cat copy.txt',
    ]);
    expect(of(kept, 'file_changed').map(({ path }) => path)).toEqual([join(dir, 'worktree', 'greeting.txt')]);
    expect(of(kept, 'tool_ended').map(({ ok }) => ok)).toEqual([true, true]);
    // Gemini does not tell what was in a cache; of a turn, opencode tells the tokens of the last request.
    const used = of(kept, 'usage').at(-1)?.usage;
    expect(used).toEqual(name === 'gemini' ? { input: 3620, output: 96 } : { cost: expect.closeTo(0.002024, 6) });
  });

  test.skipIf(missing)('is told no by the rules, and nothing happens', async () => {
    const kept = await attempt(name, '[[ask]] Try it.', { rules });
    expect(settled(kept)[0]).toBe('rules: deny execute: touch asked.txt');
    expect(here('asked.txt') || here('written.txt')).toBe(false);
    // opencode ends its turn at the first no.
    expect(kept.outcome).toMatchObject({ how: 'completed', denied: name === 'gemini' ? 2 : 1 });
  });

  test.skipIf(missing)('asks once where the answer is for the whole session', async () => {
    const kept = await attempt(name, '[[ask-twice]] Try it.', { rules: { ...rules, otherCommands: 'session' } });
    expect(settled(kept)).toEqual(['rules: session execute: touch asked.txt']);
    expect(of(kept, 'tool_ended').map(({ ok }) => ok)).toEqual([true, true]);
    expect(here('asked.txt')).toBe(true);
  });

  test.skipIf(missing || name !== 'opencode')('asks even where its own settings say that it need not', async () => {
    for (const permission of [undefined, { edit: 'allow', bash: 'allow' }]) {
      const kept = await attempt(name, '[[ask]] Try it.', { rules }, { config: (own) => ({ ...own, permission }) });
      expect(settled(kept)).toEqual(['rules: deny execute: touch asked.txt']);
      expect(here('asked.txt')).toBe(false);
    }
  });

  test.skipIf(missing)('gives its digest in its last answer, after it was asked once more', async () => {
    const kept = await attempt(name, '[[digest-repaired]] Go.', {}, { digest: true });
    expect(kept.outcome.how).toBe('completed');
    expect(of(kept, 'turn_ended')).toHaveLength(2);
    expect(JSON.parse(readFileSync(join(dir, `in-${attempts}`, 'digest.json'), 'utf8'))).toEqual(GOOD_DIGEST);
  });

  test.skipIf(missing)('is interrupted, and its command with it', async () => {
    const pid = join(dir, 'worktree', 'shell.pid');
    const kept = await attempt(name, '[[sleep=300]] Take your time.', {}, { stop: () => existsSync(pid) });
    expect(kept.outcome).toMatchObject({ how: 'cancelled' });
    expect(kept.transcript).toContain('"session/cancel"');
    const shell = Number(readFileSync(pid, 'utf8'));
    expect(() => process.kill(shell, 0)).toThrow();
  });

  test.skipIf(missing)('goes on with a conversation in a new process, and counts only what is new', async () => {
    const first = await attempt(name, '[[say=first]] Go.');
    const before = of(first, 'usage').at(-1)?.usage ?? {};
    const session = first.outcome.session ?? '';
    const kept = await attempt(name, '[[say=second]] Go on.', { session, before });
    if (name === 'gemini') {
      // It says that it is able to, and does not find its own.
      expect(kept.outcome).toMatchObject({ how: 'failed', failure: 'session' });
      return;
    }
    expect(kept.outcome).toMatchObject({ how: 'completed', said: 'second', session });
    expect(of(kept, 'usage').at(-1)?.usage.cost).toBeCloseTo(before.cost ?? Number.NaN, 6);
    expect(
      model.heard
        .at(-1)
        ?.conversation?.entries.map(({ text }) => text)
        .join('\n'),
    ).toContain('first');
  });

  test.skipIf(missing)('has no conversation of that name to go on with', async () => {
    const session = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
    const { outcome } = await attempt(name, '[[edit]] Go on.', { session });
    expect(outcome).toMatchObject({ how: 'failed', failure: 'session' });
  });

  for (const [scenario, { [name]: failure }] of Object.entries(ENDS)) {
    test.skipIf(skips(scenario))(`${scenario} ends in ${failure ?? 'no failure'}`, async () => {
      const { outcome } = await attempt(name, `[[${scenario}]] Go.`);
      expect(outcome).toMatchObject(failure === undefined ? { how: 'completed' } : { how: 'failed', failure });
      if (failure !== undefined) expect(outcome.message).toMatch(/./);
      if (scenario === 'empty') expect(outcome.said).toBe('');
    });
  }

  test.skipIf(skips('refused'))('a refused connection ends in connection', async () => {
    const { outcome } = await attempt(name, '[[edit]] Go.', {}, { url: 'http://127.0.0.1:9' });
    expect(outcome).toMatchObject({ how: 'failed', failure: 'connection' });
  });

  test.skipIf(missing)('a program that does not know the protocol ends in a class, too', async () => {
    const command: Order['command'] = [...(program(name) ?? [name]), '--no-such-option-at-all'];
    const { outcome } = await attempt(name, '[[edit]] Go.', { command });
    expect(outcome).toMatchObject({ how: 'failed', failure: 'misconfigured' });
  });

  test.skipIf(missing)('a stream that is silent is ended by our own patience', async () => {
    const world = await project({ plan: '# Letters\n\n### Task 1: A letter\n\n**Verify:** `true`\n\n[[hang]]\n' });
    const home = join(world.directory, 'agent-home');
    const { PATH: _path, ...env } = makeHome(name, model.url, home);
    const command = [...(program(name) ?? []), ...SPEAKING[name]];
    const agent = { kind: 'acp', command, env, permission: 'all', idle_timeout: '25s' };
    world.configure({
      retro: { narrative: 'off' },
      agents: { [name]: agent },
      roles: { implement: name },
      attempts: 1,
    });
    world.commit('An agent');
    await world.run(['--yes', '--finish', 'keep']).end(150);
    expect(world.eventsOf('attempt_finished').map(({ ending }) => ending)).toEqual(['timed_out']);
  });
});
