import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FailureClass } from '../../src/core/agents/failure.ts';
import type { Order } from '../../src/core/agents/order.ts';
import type { KeptOutcome } from '../../src/engine/agents/keeper.ts';
import { project, type World } from '../rig/world.ts';
import { attempt, claude, dir, model, of, type Options, runs, useClaude } from './claude-rig.ts';
import { makeHome, MODELS } from './homes.ts';

/*
 * How attempts by the real Claude Code end when something is wrong: each in exactly one class, as docs/agents.md says. Skipped where the
 * program is not installed (`npm run test:agents`).
 */

useClaude();

describe.skipIf(claude === undefined)('Claude Code', () => {
  test.each<[string, string, Partial<KeptOutcome> & { failure: FailureClass }, Options?, Partial<Order>?]>([
    ['its key is not accepted', 'unauthorized', { failure: 'authentication', status: 401 }],
    ['its account may not', 'forbidden', { failure: 'forbidden', status: 403 }],
    ['too many requests', 'rate-limit', { failure: 'rate-limit', status: 429 }],
    ['too many requests, for a second', 'rate-limit=1', { failure: 'rate-limit', status: 429 }],
    ['too many requests, for an hour', 'rate-limit=3600', { failure: 'rate-limit', status: 429 }],
    ['the usage limit of a key', 'usage-limit=7200', { failure: 'usage-limit', status: 429 }],
    ['the quota is used up', 'quota', { failure: 'rate-limit', status: 429 }],
    ['there is no credit', 'credit', { failure: 'billing', status: 400 }],
    ['the model server breaks', 'server', { failure: 'server', status: 500 }],
    ['the model server is overloaded', 'overloaded', { failure: 'overloaded', status: 529 }],
    ['the conversation is too long', 'overflow', { failure: 'overflow' }],
    ['the connection is dropped', 'drop', { failure: 'connection' }],
    ['the stream says that it failed', 'stream-error', { failure: 'connection' }],
    ['the model refuses', 'refusal', { failure: 'refusal' }],
    ['the answer is cut short', 'cut-short', { failure: 'overflow' }],
    [
      'the connection is refused',
      'say',
      { failure: 'connection' },
      { env: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' } },
    ],
    [
      'there is no such model server',
      'say',
      { failure: 'connection' },
      { env: { ANTHROPIC_BASE_URL: 'http://nowhere.invalid' } },
    ],
    ['it never ends', 'loop', { failure: 'turns' }, {}, { maxTurns: 3 }],
    ['it spends too much', 'loop', { failure: 'budget' }, {}, { maxCost: 0.012 }],
    ['it is not logged in', 'say', { failure: 'authentication' }, { env: { ANTHROPIC_API_KEY: '' } }],
    [
      'the session is not there',
      'say',
      { failure: 'session' },
      {},
      { session: '01a1fa1b-9dbf-4623-99af-a8b852ba44ae' },
    ],
    ['the session is no id', 'say', { failure: 'session' }, {}, { session: 'nobody' }],
    [
      'it does not know an option',
      'say',
      { failure: 'misconfigured' },
      {},
      { command: [...(claude ?? ['claude']), '--colour'] },
    ],
    ['the program is not there', 'say', { failure: 'misconfigured' }, {}, { command: ['/nowhere/claude'] }],
    ['the program is another one', 'say', { failure: 'misconfigured' }, {}, { command: ['true'] }],
    [
      'it is killed',
      'slowly=20',
      { failure: 'died' },
      { during: (printed, conversation) => printed.includes('"subtype":"init"') && conversation.signal('SIGKILL') },
    ],
    [
      'it is ended',
      'slowly=20',
      { failure: 'died' },
      { during: (printed, conversation) => printed.includes('"subtype":"init"') && conversation.signal('SIGTERM') },
    ],
  ])('%s: [[%s]]', async (_, scenario, outcome, options, fields) => {
    const kept = await attempt(`[[${scenario}]] Go.`, fields, options);
    expect(kept.outcome).toMatchObject({ how: 'failed', ...outcome });
    expect(kept.outcome.message).not.toBe('');
    expect(of(kept, 'turn_ended').length).toBeLessThanOrEqual(1);
  });

  test('a subscription tells when its limit ends, and how much of it is used', async () => {
    const { outcome } = await attempt('[[usage-limit=7200]] Go.', {}, { subscribed: true });
    expect(outcome).toMatchObject({ how: 'failed', failure: 'usage-limit' });
    expect(Math.abs((outcome.resetsAt ?? 0) - (Date.now() + 7_200_000))).toBeLessThan(30_000);
    const near = await attempt('[[near-limit=92]] Go.', {}, { subscribed: true });
    expect(of(near, 'limit').at(-1)?.limit).toMatchObject({ window: 'five_hour', used: 92 });
  });

  test.each([
    'rate-limit-once',
    'server-once',
    'overloaded-once',
    'drop-once',
    'stream-error-once',
    'bad-json',
    'bad-tool',
    'bad-arguments',
    'empty',
    'together',
  ])('goes on by itself: [[%s]]', async (scenario) => {
    const kept = await attempt(`[[${scenario}]] Go.`);
    expect(kept.outcome).toMatchObject({ how: 'completed' });
    const fault = /^(rate|server|over|drop)/.test(scenario);
    expect(of(kept, 'retrying').length).toBe(fault ? 1 : 0);
  });

  /** A run with one task that the real program works on. */
  async function run(settings: Readonly<Record<string, unknown>>, argv = claude): Promise<World> {
    const plan =
      '# Letters\n\n### Task 1: A\n\n**Needs:** none\n**Verify:** `test -e a.txt`\n\n[[task]]\n\n```json\n{"write":{"a.txt":"a\\n"}}\n```\n';
    const world = await project({ plan });
    const home = join(world.directory, 'agent-home');
    mkdirSync(home);
    const { PATH: _path, ...env } = makeHome('claude', model.url, home);
    const agent = { kind: 'claude', command: argv, env, model: MODELS.claude, permission: 'all', ...settings };
    world.configure({ retro: { narrative: 'off' }, agents: { claude: agent }, roles: { implement: 'claude' } });
    world.commit('An agent');
    return world;
  }

  describe('hangs without output', () => {
    test('a stream that is silent: the idle timeout ends it', async () => {
      const world = await run({ idle_timeout: '3s' });
      model.say('hang', { times: 1 });
      expect((await world.runs(['--yes', '--finish', 'keep'])).code).toBe(0);
      expect(world.eventsOf('attempt_finished').map(({ ending }) => ending)).toEqual(['timed_out', 'done']);
    });

    test('one that is never silent and never done: the timeout ends it', async () => {
      const world = await run({ timeout: '4s' });
      model.say('slowly', { times: 1, argument: '600' });
      expect((await world.runs(['--yes', '--finish', 'keep'])).code).toBe(0);
      expect(world.eventsOf('attempt_finished').map(({ ending }) => ending)).toEqual(['timed_out', 'done']);
    });
  });

  test('killing the wrapper does not kill the agent: nothing of an attempt that timed out is left', async () => {
    const wrapper = join(dir, 'wrapper');
    // As some that npm makes: it waits for the program, and is deaf.
    writeFileSync(wrapper, `#!/bin/sh\ntrap '' INT TERM\nexec 3<&0\n${(claude ?? []).join(' ')} "$@" <&3 &\nwait $!\n`);
    chmodSync(wrapper, 0o755);
    const world = await run({ timeout: '4s' }, [wrapper]);
    model.say('sleep', { times: 1, argument: '29735' });
    expect((await world.runs(['--yes', '--finish', 'keep'])).code).toBe(0);
    expect(world.eventsOf('attempt_finished').map(({ ending }) => ending)).toEqual(['timed_out', 'done']);
    expect(runs('sleep 29735')).toBe(false);
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(wrapper);
  });
});
