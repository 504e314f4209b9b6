import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claudeDriver } from '../../src/core/agents/claude/driver.ts';
import type { AgentEvent } from '../../src/core/agents/event.ts';
import type { FailureClass } from '../../src/core/agents/failure.ts';
import type { Order } from '../../src/core/agents/order.ts';
import { digestJsonSchema } from '../../src/core/run/contract.ts';
import { keep, type KeptOutcome } from '../../src/engine/agents/keeper.ts';
import type { Conversation } from '../../src/io/conversation.ts';
import { nodeClock } from '../../src/io/node/clock.ts';
import { converse } from '../../src/io/node/converse.ts';
import { nodeFiles } from '../../src/io/node/files.ts';
import { until } from '../io/until.ts';
import { project, type World } from '../rig/world.ts';
import { makeHome, MODELS } from './homes.ts';
import { GOOD_DIGEST } from './model/deliver.ts';
import { EDIT_TOKENS } from './model/scenarios.ts';
import { type Model, startModel } from './model/server.ts';
import type { Scenario } from './model/turn.ts';
import { program } from './programs.ts';

/*
 * The driver of Claude Code and the real program, through our keeper, against the scripted model: docs/agents.md says the same in
 * words. Skipped where the program is not installed (`npm run test:agents`).
 */

const claude = program('claude');

/** A question to the user, who is not there. */
const question: Scenario = ({ step, conversation }) => {
  const options = ['red', 'blue'].map((label) => ({ label, description: label }));
  const one = { question: 'Which one?', header: 'Colour', multiSelect: false, options };
  const offered = conversation.tools.some(({ name }) => name === 'AskUserQuestion');
  return step > 0
    ? { text: `I decide myself. ${offered ? 'I could have asked.' : ''}`.trim() }
    : { actions: [{ do: 'call', tool: 'AskUserQuestion', input: { questions: [one] } }] };
};

let model: Model;
let dir: string;

beforeEach(async () => {
  model = await startModel({ scenarios: { question } });
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'masterplan-claude-')));
  const git = (...args: string[]): unknown => execFileSync('git', args, { cwd: join(dir, 'repository') });
  mkdirSync(join(dir, 'repository'));
  git('init', '--quiet', '--initial-branch=main');
  git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit', '--quiet', '--allow-empty', '-m', 'Begin');
  // As in a run: its git directory is elsewhere.
  git('worktree', 'add', '--quiet', join(dir, 'worktree'));
});
afterEach(async () => {
  await model.close();
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
});

interface Kept {
  readonly outcome: KeptOutcome;
  readonly events: readonly AgentEvent[];
  readonly transcript: string;
  /** What the agent was told to go on with. */
  readonly inputs: string;
}

interface Options {
  readonly env?: Record<string, string>;
  /** With a token of a subscription instead of a key. */
  readonly subscribed?: true;
  /** Called with each piece of the transcript, as soon as it was printed. */
  readonly during?: (printed: string, conversation: Conversation, stop: () => void) => void;
  /** The agent has to give its digest itself. */
  readonly digest?: true;
}

let attempts = 0;

/** One attempt by the real program, from its order to its outcome. */
async function attempt(prompt: string, fields: Partial<Order> = {}, options: Options = {}): Promise<Kept> {
  const inputs = join(dir, `in-${++attempts}`);
  const worktree = join(dir, 'worktree');
  mkdirSync(join(inputs, 'answers'), { recursive: true });
  const digest = join(inputs, 'digest.json');
  if (options.digest === undefined) writeFileSync(digest, JSON.stringify(GOOD_DIGEST));
  const order: Order = {
    schema: 1,
    family: 'claude',
    command: claude ?? ['claude'],
    worktree,
    prompt,
    model: MODELS.claude,
    permission: 'edit',
    rules: {
      writable: [worktree, digest],
      commands: [],
      otherCommands: 'allow',
      otherPaths: 'deny',
      network: 'deny',
    },
    patience: 1000,
    contract: 'implement.v1',
    digest,
    inputs,
    ...fields,
  };
  const stopped = new AbortController();
  let conversation: Conversation | undefined;
  let transcript = '';
  const print = (printed: string): void => {
    transcript += printed;
    if (conversation !== undefined) options.during?.(printed, conversation, () => stopped.abort());
  };
  const io = {
    files: nodeFiles,
    clock: nodeClock,
    print,
    converse: async (...args: Parameters<typeof converse>) => (conversation = await converse(...args)),
  };
  const env = { ...makeHome('claude', model.url, join(dir, 'home'), options.subscribed), ...options.env };
  await keep(order, claudeDriver(order), env, io, stopped.signal);
  const noted = join(inputs, 'progress.jsonl');
  const progress = existsSync(noted) ? readFileSync(noted, 'utf8').trimEnd().split('\n') : [];
  return {
    outcome: JSON.parse(readFileSync(join(inputs, 'outcome.json'), 'utf8')) as KeptOutcome,
    events: progress.map((line) => JSON.parse(line) as AgentEvent),
    transcript,
    inputs,
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

/** Whether a process with exactly these arguments runs. */
function runs(args: string): boolean {
  return execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n').includes(args);
}

const nothing: Order['rules'] = {
  writable: [],
  commands: [],
  otherCommands: 'deny',
  otherPaths: 'deny',
  network: 'deny',
};

describe.skipIf(claude === undefined)('Claude Code', () => {
  test('starts, works, counts tokens as we do, and says what it did', async () => {
    const kept = await attempt('[[edit]] Please write a greeting.');
    expect(kept.outcome).toMatchObject({
      how: 'completed',
      family: 'claude',
      model: MODELS.claude,
      program: '2.1.329',
      said: 'The greeting is written, and there is a copy of it.',
      denied: 0,
      exit_code: 0,
    });
    expect(kept.events[0]).toMatchObject({ type: 'started', session: kept.outcome.session });
    expect(here('greeting.txt') && here('copy.txt')).toBe(true);
    const sum = (part: 'input' | 'cached' | 'output'): number => EDIT_TOKENS.reduce((all, one) => all + one[part], 0);
    expect(of(kept, 'usage').at(-1)?.usage).toEqual({
      input: sum('input'),
      cached: sum('cached'),
      cacheWrite: 0,
      output: sum('output'),
      cost: expect.closeTo(0.0106, 2),
      turns: 3,
    });
    expect(of(kept, 'file_changed').map(({ path }) => path)).toEqual([join(dir, 'worktree', 'greeting.txt')]);
    expect(of(kept, 'tool_started').map(({ tool }) => tool)).toEqual(['Write', 'Bash']);
    expect(of(kept, 'tool_ended').map(({ ok }) => ok)).toEqual([true, true]);
    expect(of(kept, 'text').map(({ text }) => text)).toHaveLength(3);
  });

  test('gives its digest through the tool that was prescribed, which looks at it first', async () => {
    const schema = digestJsonSchema('implement.v1');
    for (const scenario of ['digest', 'digest-repaired']) {
      const kept = await attempt(`[[${scenario}]] Go.`, { digestSchema: schema }, { digest: true });
      expect(kept.outcome).toMatchObject({ how: 'completed', structured: GOOD_DIGEST });
      expect(of(kept, 'turn_ended')).toHaveLength(1);
      expect(JSON.parse(readFileSync(join(kept.inputs, 'digest.json'), 'utf8'))).toEqual(GOOD_DIGEST);
    }
    const tools = model.heard.flatMap(({ conversation }) => conversation?.tools ?? []);
    expect(tools.map(({ name }) => name)).toContain('StructuredOutput');
  });

  test('mends a digest that is none, once, in the same conversation', async () => {
    const kept = await attempt('[[digest-repaired]] Go.', {}, { digest: true });
    expect(of(kept, 'turn_ended')).toHaveLength(2);
    expect(kept.outcome).toMatchObject({ how: 'completed', said: JSON.stringify(GOOD_DIGEST) });
    expect(JSON.parse(readFileSync(join(kept.inputs, 'digest.json'), 'utf8'))).toEqual(GOOD_DIGEST);
    expect(of(kept, 'usage').at(-1)?.usage).toMatchObject({ input: 2000, output: 100, turns: 2 });
    const broken = await attempt('[[digest-broken]] Go.', {}, { digest: true });
    expect(broken.outcome.how).toBe('completed');
    expect(of(broken, 'turn_ended')).toHaveLength(2);
  });

  describe('exit code and subtype lie', () => {
    test('a failed request is a success by its subtype', async () => {
      const kept = await attempt('[[forbidden]] Go.');
      expect(kept.transcript).toMatch(/"subtype":"success"/);
      expect(kept.outcome).toMatchObject({ how: 'failed', failure: 'forbidden' });
    });

    test('ended by SIGINT it exits with 0', async () => {
      const kept = await attempt(
        '[[sleep=29732]] Go.',
        {},
        {
          during: (printed, conversation) => {
            if (printed.includes('"behavior":"allow"')) {
              void until('the process id', () => here('shell.pid')).then(() => conversation.signal('SIGINT'));
            }
          },
        },
      );
      expect(kept.outcome).toMatchObject({ how: 'failed', failure: 'died', exit_code: 0 });
      expect(runs('sleep 29732')).toBe(false);
    });

    test('a digest that was prescribed and never given is a success', async () => {
      const kept = await attempt(
        '[[digest-never]] Go.',
        { digestSchema: digestJsonSchema('implement.v1') },
        { digest: true },
      );
      expect(kept.outcome).toMatchObject({ how: 'completed', exit_code: 0 });
      expect(kept.outcome.structured).toBeUndefined();
      expect(of(kept, 'turn_ended')).toHaveLength(2);
      expect(existsSync(join(kept.inputs, 'digest.json'))).toBe(false);
    });
  });

  test('asks, and the rules allow it', async () => {
    const worktree = join(dir, 'worktree');
    const kept = await attempt('[[ask]] Go.', {
      permission: 'ask',
      rules: { ...nothing, writable: [worktree], commands: ['touch  asked.txt'] },
    });
    expect(settled(kept)).toEqual([
      'rules: allow Bash: touch asked.txt',
      `rules: allow Write: ${join(worktree, 'written.txt')}`,
    ]);
    expect(kept.outcome).toMatchObject({ how: 'completed', denied: 0 });
    expect([here('asked.txt'), here('written.txt')]).toEqual([true, true]);
  });

  test('asks, and the rules deny it', async () => {
    const kept = await attempt('[[ask]] Go.', { permission: 'ask', rules: nothing });
    expect(settled(kept)).toEqual([
      'rules: deny Bash: touch asked.txt',
      `rules: deny Write: ${join(dir, 'worktree', 'written.txt')}`,
    ]);
    expect(kept.outcome).toMatchObject({ how: 'completed', denied: 2, said: 'Both were tried.' });
    expect(JSON.stringify(model.heard.at(-1)?.body)).toContain('The policy of this run forbids it.');
    expect([here('asked.txt'), here('written.txt')]).toEqual([false, false]);
  });

  test('asks a person, and does without where nobody answers', async () => {
    const rules: Order['rules'] = { ...nothing, otherCommands: 'ask' };
    const answer = (kept: string): void => {
      const id = /"request_id":"([^"]+)"/.exec(kept)?.[1] ?? '';
      writeFileSync(join(dir, `in-${attempts}`, 'answers', id), 'allow');
    };
    const during = (printed: string): void => {
      if (printed.includes('can_use_tool')) answer(printed);
    };
    const allowed = await attempt('[[ask-twice]] Go.', { permission: 'ask', patience: 0, rules }, { during });
    expect(settled(allowed)).toEqual(['person: allow Bash: touch asked.txt', 'person: allow Bash: touch asked.txt']);
    expect(here('asked.txt')).toBe(true);
    const alone = await attempt('[[ask-twice]] Go.', { permission: 'ask', patience: 200, rules });
    expect(settled(alone)).toEqual(['time: deny Bash: touch asked.txt', 'time: deny Bash: touch asked.txt']);
    expect(alone.outcome).toMatchObject({ how: 'completed', denied: 2 });
  });

  test('asks once where the answer is for the session, and keeps no trace of it', async () => {
    const rules: Order['rules'] = { ...nothing, otherCommands: 'session' };
    const kept = await attempt('[[ask-twice]] Go.', { permission: 'ask', rules });
    expect(settled(kept)).toEqual(['rules: session Bash: touch asked.txt']);
    expect(of(kept, 'tool_ended').map(({ ok }) => ok)).toEqual([true, true]);
    expect(readdirSync(join(dir, 'worktree')).toSorted()).toEqual(['.git', 'asked.txt']);
    const next = await attempt('[[ask-twice]] Go.', { permission: 'ask', rules: nothing });
    expect(settled(next)[0]).toBe('rules: deny Bash: touch asked.txt');
  });

  test('asks for what a subagent wants, whose tokens count and whose end is not its own', async () => {
    const kept = await attempt('[[delegate]] Go.', { permission: 'ask', rules: nothing });
    expect(settled(kept)).toEqual(['rules: deny Bash: echo part > part.txt']);
    const all = await attempt('[[delegate]] Go.');
    expect(here('part.txt')).toBe(true);
    expect(all.outcome).toMatchObject({ how: 'completed', said: 'The helper has done it.' });
    expect(of(all, 'turn_ended')).toHaveLength(1);
    expect(of(all, 'usage').at(-1)?.usage).toMatchObject({ input: 4000, output: 200 });
  });

  test('writes what it may beside its worktree, without a person', async () => {
    const plan = join(dir, 'plan.md');
    const work = { write: { [plan]: 'A plan.\n', [join(dir, 'other.md')]: 'Not this.\n' } };
    const prompt = `[[task]]\n\n\`\`\`json\n${JSON.stringify(work)}\n\`\`\`\n`;
    const kept = await attempt(prompt, { rules: { ...nothing, writable: [join(dir, 'worktree'), plan] } });
    expect(settled(kept)).toContain(`rules: allow Write: ${plan}`);
    expect(settled(kept)).toContain(`rules: deny Write: ${join(dir, 'other.md')}`);
    expect([existsSync(plan), existsSync(join(dir, 'other.md'))]).toEqual([true, false]);
  });

  test.each(['ask', 'edit', 'all'] as const)('writes nothing behind a symbolic link (%s)', async (permission) => {
    mkdirSync(join(dir, 'elsewhere'));
    symlinkSync(join(dir, 'elsewhere'), join(dir, 'worktree', 'link'));
    const prompt = `[[task]]\n\n\`\`\`json\n${JSON.stringify({ write: { 'link/a.txt': 'A.\n' } })}\n\`\`\`\n`;
    const kept = await attempt(prompt, { permission });
    expect(kept.outcome.how).toBe('completed');
    expect(settled(kept)).toContain(`rules: deny Write: ${join(dir, 'worktree', 'link', 'a.txt')}`);
    expect(readdirSync(join(dir, 'elsewhere'))).toEqual([]);
  });

  test('gives itself no leave for what comes after it', async () => {
    const settings = JSON.stringify({ permissions: { allow: ['Bash'], defaultMode: 'bypassPermissions' } });
    const write = Object.fromEntries(
      ['.claude/settings.json', '.claude/settings.local.json', '.mcp.json', '.claude/hooks/x.sh'].map((path) => [
        path,
        settings,
      ]),
    );
    const prompt = `[[task]]\n\n\`\`\`json\n${JSON.stringify({ write })}\n\`\`\`\n`;
    const rules: Order['rules'] = { ...nothing, writable: [join(dir, 'worktree')] };
    for (const permission of ['edit', 'ask'] as const) {
      const kept = await attempt(prompt, { rules, permission });
      expect(settled(kept)).toEqual(
        Object.keys(write).map((path) => `rules: deny Write: ${join(dir, 'worktree', path)}`),
      );
      expect(readdirSync(join(dir, 'worktree'))).toEqual(['.git']);
    }
  });

  test('decides itself what it would ask the user', async () => {
    const kept = await attempt('[[question]] Go.', { rules: { ...nothing, otherPaths: 'allow' } });
    expect(kept.outcome).toMatchObject({ how: 'completed', said: 'I decide myself.' });
    expect(settled(kept)).toEqual([]);
  });

  test('changes nothing when it may only read', async () => {
    const kept = await attempt('[[ask]] Go.', { permission: 'read', rules: nothing });
    expect(kept.outcome.how).toBe('completed');
    expect(readdirSync(join(dir, 'worktree'))).toEqual(['.git']);
  });

  test('is interrupted, and its command with it', async () => {
    const kept = await attempt(
      '[[sleep=29733]] Go.',
      {},
      {
        during: (printed, _, stop) => {
          if (printed.includes('"behavior":"allow"')) void until('the process id', () => here('shell.pid')).then(stop);
        },
      },
    );
    expect(kept.outcome).toMatchObject({ how: 'cancelled' });
    // It ended by itself, in its own opinion badly: nobody had to be harsh.
    expect(kept.outcome.exit_code).toBe(1);
    expect(kept.outcome.failure).toBeUndefined();
    expect(of(kept, 'turn_ended')).toMatchObject([{ outcome: { how: 'cancelled' } }]);
    expect(of(kept, 'usage').at(-1)?.usage).toMatchObject({ input: 1000, output: 50 });
    expect(runs('sleep 29733')).toBe(false);
  });

  test('is interrupted while the model speaks', async () => {
    const kept = await attempt(
      '[[slowly=20]] Go.',
      {},
      {
        during: (printed, _, stop) => {
          if (printed.includes('"subtype":"init"')) void model.hears(({ scene }) => scene !== undefined).then(stop);
        },
      },
    );
    expect(kept.outcome).toMatchObject({ how: 'cancelled' });
  });

  describe('resume totals are cumulative', () => {
    test('a session is gone on with in a new process, and only what is new counts', async () => {
      const first = await attempt('[[edit]] Go.');
      const before = of(first, 'usage').at(-1)?.usage ?? {};
      const { session } = first.outcome;
      if (session === undefined) throw new Error('there is no session');
      const kept = await attempt('[[say=two]] Go.', { session, before });
      expect(kept.transcript).not.toMatch(/"total_cost_usd":0\.005\b/);
      expect(kept.outcome).toMatchObject({ how: 'completed', session, said: 'two' });
      expect(of(kept, 'usage').at(-1)?.usage).toEqual({
        input: 1000,
        cached: 0,
        cacheWrite: 0,
        output: 50,
        cost: expect.closeTo(0.005, 6),
        turns: 1,
      });
      expect(JSON.stringify(model.heard.at(-1)?.body)).toContain('[[edit]]');
      // Of an unknown past, the money is unknown too.
      const unknown = await attempt('[[say=three]] Go.', { session });
      expect(of(unknown, 'usage').at(-1)?.usage).toEqual({
        input: 1000,
        cached: 0,
        cacheWrite: 0,
        output: 50,
        turns: 1,
      });
    });

    test('after its process was killed, whose money it does not know any more', async () => {
      const killed = await attempt(
        '[[sleep=29734]] Go.',
        {},
        {
          during: (printed, conversation) => {
            if (printed.includes('"behavior":"allow"')) {
              void until('the process id', () => here('shell.pid')).then(() => conversation.signal('SIGKILL'));
            }
          },
        },
      );
      // Its commands are in sessions of their own: a whole run ends them by their environment.
      process.kill(-Number(readFileSync(join(dir, 'worktree', 'shell.pid'), 'utf8')), 'SIGKILL');
      expect(killed.outcome).toMatchObject({ how: 'failed', failure: 'died', exit_code: null });
      const { session } = killed.outcome;
      if (session === undefined) throw new Error('there is no session');
      const before = { ...of(killed, 'usage').at(-1)?.usage, cost: 0.005 };
      const kept = await attempt('[[say=two]] Go.', { session, before });
      expect(kept.outcome).toMatchObject({ how: 'completed', session, said: 'two' });
      expect(of(kept, 'usage').at(-1)?.usage).toEqual({ input: 1000, cached: 0, cacheWrite: 0, output: 50, turns: 1 });
    });
  });

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
    world.configure({ agents: { claude: agent }, roles: { implement: 'claude' } });
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
