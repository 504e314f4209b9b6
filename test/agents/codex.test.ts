import { execFileSync } from 'node:child_process';
import {
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
import type { AgentEvent } from '../../src/core/agents/event.ts';
import type { FailureClass } from '../../src/core/agents/failure.ts';
import type { Order } from '../../src/core/agents/order.ts';
import { DRIVERS } from '../../src/core/agents/registry.ts';
import { digestJsonSchema } from '../../src/core/run/contract.ts';
import { keep, type KeptOutcome } from '../../src/engine/agents/keeper.ts';
import type { Conversation } from '../../src/io/conversation.ts';
import { nodeClock } from '../../src/io/node/clock.ts';
import { converse } from '../../src/io/node/converse.ts';
import { nodeFiles } from '../../src/io/node/files.ts';
import { until } from '../io/until.ts';
import { project } from '../rig/world.ts';
import { makeHome, MODELS } from './homes.ts';
import { GOOD_DIGEST } from './model/deliver.ts';
import { EDIT_TOKENS } from './model/scenarios.ts';
import { type Model, startModel } from './model/server.ts';
import type { Scenario } from './model/turn.ts';
import { program } from './programs.ts';

/*
 * The driver of Codex and the real program, through our keeper, against the scripted model: docs/agents.md says the same in words.
 * Skipped where the program is not installed (`npm run test:agents`).
 */

const codex = program('codex');

/** A subagent, and time for it. */
const spawn: Scenario = ({ step, conversation }) => {
  // It knows the conversation so far, and is told more before its first turn than the result of a tool.
  const helper = conversation.entries.slice(-2).every(({ by }) => by === 'user');
  if (step === 1 && helper) return { text: 'My part is done.' };
  if (step > 1) return { text: 'The helper has done it.' };
  return step === 1
    ? { text: 'I wait.', actions: [{ do: 'shell', command: 'sleep 2' }] }
    : {
        text: 'A helper does it.',
        actions: [{ do: 'call', tool: 'spawn_agent', input: { message: 'Do your part.', task_name: 'part' } }],
      };
};

/** A question to the user, who is not there. */
const question: Scenario = ({ step }) => {
  const one = { id: 'a', header: 'Colour', question: 'Which one?', options: [{ label: 'red', description: 'Red.' }] };
  return step > 0
    ? { text: 'I decide myself.' }
    : { actions: [{ do: 'call', tool: 'request_user_input', input: { questions: [one, { ...one, id: 'b' }] } }] };
};

let model: Model;
let dir: string;

beforeEach(async () => {
  model = await startModel({ scenarios: { spawn, question } });
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'masterplan-codex-')));
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
}

interface Options {
  /** Changes the configuration of the program. */
  readonly config?: (text: string) => string;
  readonly env?: (env: Record<string, string>) => Record<string, string>;
  /** Called once with each event, as soon as it was printed. */
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
  const home = join(dir, 'home');
  const env = makeHome('codex', model.url, home);
  const config = join(home, '.codex', 'config.toml');
  const text = readFileSync(config, 'utf8');
  writeFileSync(config, options.config === undefined ? text : options.config(text));
  const digest = join(inputs, 'digest.json');
  if (options.digest === undefined) writeFileSync(digest, JSON.stringify(GOOD_DIGEST));
  const order: Order = {
    schema: 1,
    family: 'codex',
    command: codex ?? ['codex'],
    worktree,
    prompt,
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
  const make = DRIVERS.codex;
  if (make === undefined) throw new Error('there is no driver for Codex');
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
  await keep(order, make(order), options.env?.(env) ?? env, io, stopped.signal);
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

describe.skipIf(codex === undefined)('Codex', () => {
  test('starts, works, counts tokens as we do, and says what it did', async () => {
    const kept = await attempt('[[edit]] Please write a greeting.', { permission: 'all', model: MODELS.codex });
    expect(kept.outcome).toMatchObject({
      how: 'completed',
      family: 'codex',
      model: MODELS.codex,
      program: '0.169.0',
      said: 'The greeting is written, and there is a copy of it.',
      denied: 0,
      exit_code: 0,
    });
    expect(here('greeting.txt') && here('copy.txt')).toBe(true);
    const sum = (part: 'input' | 'cached' | 'output'): number => EDIT_TOKENS.reduce((all, one) => all + one[part], 0);
    expect(of(kept, 'usage').at(-1)?.usage).toEqual({
      input: sum('input'),
      cached: sum('cached'),
      output: sum('output'),
      turns: 3,
    });
    expect(of(kept, 'file_changed').map(({ path }) => path)).toEqual([join(dir, 'worktree', 'greeting.txt')]);
    expect(of(kept, 'tool_started').map(({ tool }) => tool)).toEqual(['apply_patch', 'exec_command']);
    expect(of(kept, 'tool_ended').map(({ ok }) => ok)).toEqual([true, true]);
  });

  test('gives its digest in the form that was prescribed', async () => {
    const schema = digestJsonSchema('implement.v1');
    const kept = await attempt('[[digest]] Go.', { digestSchema: schema }, { digest: true });
    expect(kept.outcome).toMatchObject({ how: 'completed', structured: GOOD_DIGEST });
    expect(JSON.parse(readFileSync(join(dir, `in-${attempts}`, 'digest.json'), 'utf8'))).toEqual(GOOD_DIGEST);
    expect(model.heard.every(({ conversation }) => conversation?.schema !== undefined)).toBe(true);
    // Looking around needs no leave.
    expect(settled(kept)).toEqual([]);
  });

  test('mends a digest that is none, in the same conversation', async () => {
    const schema = digestJsonSchema('implement.v1');
    const kept = await attempt('[[digest-repaired]] Go.', { digestSchema: schema }, { digest: true });
    expect(kept.outcome).toMatchObject({ how: 'completed', structured: GOOD_DIGEST });
    expect(of(kept, 'turn_ended')).toHaveLength(2);
    expect(of(kept, 'usage').at(-1)?.usage.turns).toBe(2);
    const never = await attempt('[[digest-never]] Go.', { digestSchema: schema }, { digest: true });
    expect(never.outcome.how).toBe('completed');
    expect(of(never, 'turn_ended')).toHaveLength(2);
    expect(existsSync(join(dir, `in-${attempts}`, 'digest.json'))).toBe(false);
  });

  test('asks, and the rules allow it', async () => {
    const worktree = join(dir, 'worktree');
    const kept = await attempt('[[ask]] Go.', {
      rules: { ...rules, writable: [worktree], commands: ['touch  asked.txt'] },
    });
    expect(settled(kept)).toEqual([
      'rules: allow exec_command: touch asked.txt',
      `rules: allow apply_patch: ${join(worktree, 'written.txt')}`,
    ]);
    expect(kept.outcome).toMatchObject({ how: 'completed', denied: 0 });
    expect([here('asked.txt'), here('written.txt')]).toEqual([true, true]);
  });

  test('asks, and the rules deny it', async () => {
    const kept = await attempt('[[ask]] Go.', { rules });
    expect(settled(kept)).toEqual([
      'rules: deny exec_command: touch asked.txt',
      `rules: deny apply_patch: ${join(dir, 'worktree', 'written.txt')}`,
    ]);
    expect(kept.outcome).toMatchObject({ how: 'completed', denied: 2, said: 'Both were tried.' });
    expect([here('asked.txt'), here('written.txt')]).toEqual([false, false]);
  });

  test('asks once where the answer is for the whole session', async () => {
    const kept = await attempt('[[ask-twice]] Go.', {
      permission: 'ask',
      rules: { ...rules, otherCommands: 'session' },
    });
    expect(settled(kept)).toEqual(['rules: session exec_command: touch asked.txt']);
    expect(of(kept, 'tool_ended').map(({ ok }) => ok)).toEqual([true, true]);
  });

  test('writes what it may beside its worktree, without a person', async () => {
    const plan = join(dir, 'plan.md');
    const work = { write: { [plan]: 'A plan.\n', [join(dir, 'other.md')]: 'Not this.\n' } };
    const prompt = `[[task]]\n\n\`\`\`json\n${JSON.stringify(work)}\n\`\`\`\n`;
    const kept = await attempt(prompt, { rules: { ...rules, writable: [join(dir, 'worktree'), plan] } });
    expect(settled(kept)).toEqual([
      `rules: allow apply_patch: ${plan}`,
      `rules: deny apply_patch: ${join(dir, 'other.md')}`,
    ]);
    expect([existsSync(plan), existsSync(join(dir, 'other.md'))]).toEqual([true, false]);
  });

  test.each(['allow', 'ask'] as const)(
    'writes nothing behind a symbolic link (commands: %s)',
    async (otherCommands) => {
      mkdirSync(join(dir, 'elsewhere'));
      symlinkSync(join(dir, 'elsewhere'), join(dir, 'worktree', 'link'));
      const prompt = `[[task]]\n\n\`\`\`json\n${JSON.stringify({ write: { 'link/a.txt': 'A.\n' } })}\n\`\`\`\n`;
      const kept = await attempt(prompt, { rules: { ...rules, writable: [join(dir, 'worktree')], otherCommands } });
      expect(kept.outcome.how).toBe('completed');
      expect(of(kept, 'tool_ended')).toMatchObject([{ ok: false }]);
      expect(readdirSync(join(dir, 'elsewhere'))).toEqual([]);
    },
  );

  test('has subagents, whose tokens count and whose ends are not its own', async () => {
    const config = (text: string): string => `${text}multi_agent_v2 = true\n`;
    const kept = await attempt('[[spawn]] Go.', {}, { config });
    expect(kept.transcript).toContain('subAgentActivity');
    expect(kept.outcome).toMatchObject({ how: 'completed', said: 'The helper has done it.' });
    const requests = model.heard.filter(({ turn }) => turn !== undefined).length;
    expect(requests).toBeGreaterThan(3);
    expect(of(kept, 'usage').at(-1)?.usage).toEqual({
      input: 1000 * requests,
      cached: 0,
      output: 50 * requests,
      turns: 3,
    });
    expect(of(kept, 'turn_ended')).toHaveLength(1);
  });

  test('decides itself what it would ask the user', async () => {
    const kept = await attempt('[[question]] Go.');
    expect(kept.outcome).toMatchObject({ how: 'completed', said: 'I decide myself.' });
  });

  test('changes nothing when it may only read', async () => {
    const kept = await attempt('[[ask]] Go.', { permission: 'read' });
    expect(kept.outcome.how).toBe('completed');
    expect(settled(kept)).toEqual([]);
    expect(readdirSync(join(dir, 'worktree'))).toEqual(['.git']);
  });

  test('changes nothing beside its worktree, commits nothing, leaves no litter and no trust', async () => {
    const commands = [
      '[[ask-outside]] Go.',
      '[[shell]]\n$ touch a.txt /tmp/masterplan-codex-$PPID; git add a.txt; git commit -m x',
    ];
    const before = execFileSync('git', ['log', '--all', '--oneline'], {
      cwd: join(dir, 'repository'),
      encoding: 'utf8',
    });
    const tmp = (): readonly string[] => readdirSync('/tmp').filter((name) => /^masterplan-codex-\d+$/.test(name));
    const others = tmp();
    for (const prompt of commands) {
      const kept = await attempt(prompt);
      expect(kept.outcome.how).toBe('completed');
      // A command that is over as soon as it began is told to the model alone.
      expect(of(kept, 'tool_ended').map(({ ok }) => ok)).not.toContain(true);
      expect(JSON.stringify(model.heard.at(-1))).toMatch(/exited with code [1-9]/);
    }
    expect(existsSync(join(dir, 'outside.txt'))).toBe(false);
    expect(tmp()).toEqual(others);
    expect(readdirSync(join(dir, 'worktree')).toSorted()).toEqual(['.git', 'a.txt']);
    const log = execFileSync('git', ['log', '--all', '--oneline'], { cwd: join(dir, 'repository'), encoding: 'utf8' });
    expect(log).toBe(before);
    expect(readFileSync(join(dir, 'home', '.codex', 'config.toml'), 'utf8')).not.toContain('trust');
  });

  test('is interrupted, and its command with it', async () => {
    let at = 0;
    const kept = await attempt(
      '[[sleep=29731]] Go.',
      {},
      {
        during: (printed, _, stop) => {
          if (at > 0 || !printed.includes('"commandExecution"')) return;
          at = performance.now();
          void until('the process id', () => here('shell.pid')).then(stop);
        },
      },
    );
    expect(kept.outcome).toMatchObject({ how: 'cancelled' });
    expect(kept.outcome.failure).toBeUndefined();
    // It ended by itself: nobody had to be harsh.
    expect(kept.outcome.exit_code).toBe(0);
    expect(of(kept, 'turn_ended')).toMatchObject([{ outcome: { how: 'cancelled' } }]);
    expect(of(kept, 'usage').at(-1)?.usage).toMatchObject({ output: 50 });
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toMatch(/^sleep 29731$/m);
  });

  test('goes on with a session in a new process, and counts only what is new', async () => {
    const first = await attempt('[[say=one]] Go.');
    const { session } = first.outcome;
    expect(of(first, 'usage').at(-1)?.usage).toEqual({ input: 1000, cached: 0, output: 50, turns: 1 });
    if (session === undefined) throw new Error('there is no session');
    for (const before of [{ input: 1000, cached: 0, output: 50 }, undefined]) {
      const kept = await attempt('[[say=two]] Go.', { session, ...(before === undefined ? {} : { before }) });
      expect(kept.outcome).toMatchObject({ how: 'completed', session, said: 'two' });
      expect(of(kept, 'usage').at(-1)?.usage).toEqual({ input: 1000, cached: 0, output: 50, turns: 1 });
      expect(JSON.stringify(model.heard.at(-1)?.body)).toContain('[[say=one]]');
    }
    // The next attempt has a worktree of its own.
    const worktree = join(dir, 'worktree-2');
    execFileSync('git', ['worktree', 'add', '--quiet', worktree], { cwd: join(dir, 'repository') });
    await attempt('[[edit]] Go.', { session, worktree });
    expect(readdirSync(worktree).toSorted()).toEqual(['.git', 'copy.txt', 'greeting.txt']);
    expect(here('greeting.txt')).toBe(false);
  });

  test.each<[string, string, Partial<KeptOutcome> & { failure: FailureClass }, Options?, Partial<Order>?]>([
    ['its key is not accepted', 'unauthorized', { failure: 'authentication', status: 401 }],
    ['its account may not', 'forbidden', { failure: 'forbidden', status: 403 }],
    ['too many requests', 'rate-limit=1', { failure: 'rate-limit', status: 429 }],
    ['the quota is used up', 'quota', { failure: 'billing' }],
    ['there is no credit', 'credit', { failure: 'billing' }],
    ['the model server breaks', 'server', { failure: 'server' }],
    ['the model server is overloaded', 'overloaded', { failure: 'overloaded', status: 529 }],
    ['the conversation is too long', 'overflow', { failure: 'overflow' }],
    ['the connection is dropped', 'drop', { failure: 'connection' }],
    ['the stream says that it failed', 'stream-error', { failure: 'connection' }],
    [
      'the stream is silent, for as long as the program itself bears it',
      'hang',
      { failure: 'connection' },
      { config: (text) => text.replace('5000', '500') },
    ],
    ['the model refuses', 'refusal', { failure: 'refusal' }],
    ['the answer is cut short', 'cut-short', { failure: 'overflow' }],
    [
      'the connection is refused',
      'say',
      { failure: 'connection' },
      // Without the setting of the test, so that ours is what helps.
      { config: (text) => text.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:9').replace(/\[features\][^]*/, '') },
    ],
    ['it never ends', 'loop', { failure: 'turns' }, {}, { maxTurns: 3 }],
    [
      'the session is not there',
      'say',
      { failure: 'session' },
      {},
      { session: '01a1fa1b-9dbf-7623-99af-a8b852ba44ae' },
    ],
    ['its configuration cannot be read', 'say', { failure: 'misconfigured' }, { config: () => 'model = [' }],
    [
      'its provider is not configured',
      'say',
      { failure: 'misconfigured' },
      { config: (text) => text.replace('model_provider = "scripted"', 'model_provider = "nobody"') },
    ],
    ['its key is not there', 'say', { failure: 'authentication' }, { env: (env) => ({ ...env, SCRIPTED_KEY: '' }) }],
    ['the program is not there', 'say', { failure: 'misconfigured' }, {}, { command: ['/nowhere/codex'] }],
    [
      'it is killed',
      'slowly=20',
      { failure: 'died' },
      { during: (printed, conversation) => printed.includes('item/started') && conversation.signal('SIGKILL') },
    ],
  ])('%s: [[%s]]', async (_, scenario, outcome, options, fields) => {
    const kept = await attempt(`[[${scenario}]] Go.`, fields, options);
    expect(kept.outcome).toMatchObject({ how: 'failed', ...outcome });
    expect(kept.outcome.message).not.toBe('');
    expect(of(kept, 'turn_ended').length).toBeLessThanOrEqual(1);
  });

  test.each([
    ['usage-limit=7200', 7200],
    ['usage-limit=400000', 400_000],
  ])('the usage limit is reached: [[%s]]', async (scenario, seconds) => {
    const { outcome } = await attempt(`[[${scenario}]] Go.`);
    expect(outcome).toMatchObject({ how: 'failed', failure: 'usage-limit' });
    const wrong = (outcome.resetsAt ?? 0) - (Date.now() + seconds * 1000);
    // It says the minute only, and we look when that is over.
    expect(wrong).toBeGreaterThan(-15_000);
    expect(wrong).toBeLessThanOrEqual(60_000);
  });

  test('tells how much of a limit is used', async () => {
    const kept = await attempt('[[near-limit=92]] Go.');
    expect(of(kept, 'limit').at(-1)?.limit).toMatchObject({ window: 'primary', used: 92 });
    expect((of(kept, 'limit').at(-1)?.limit.resetsAt ?? 0) - Date.now()).toBeGreaterThan(3_000_000);
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
  });

  test.each([
    ['is told to try again in an hour, and sleeps without a word', 'rate-limit', '3600'],
    ['waits for a stream that is silent', 'hang', '1'],
  ])('%s: our patience ends it', async (_, scenario, argument) => {
    const plan =
      '# Letters\n\n### Task 1: A\n\n**Needs:** none\n**Verify:** `test -e a.txt`\n\n[[task]]\n\n```json\n{"write":{"a.txt":"a\\n"}}\n```\n';
    const world = await project({ plan });
    const home = join(world.directory, 'agent-home');
    mkdirSync(home);
    const { PATH: _path, ...env } = makeHome('codex', model.url, home);
    const config = join(home, '.codex', 'config.toml');
    writeFileSync(config, readFileSync(config, 'utf8').replace('5000', '300000'));
    const agent = { kind: 'codex', command: codex, env, model: MODELS.codex, permission: 'all', idle_timeout: '3s' };
    world.configure({ retro: { narrative: 'off' }, agents: { codex: agent }, roles: { implement: 'codex' } });
    world.commit('An agent');
    model.say(scenario, { times: 1, argument });
    expect((await world.runs(['--yes', '--finish', 'keep'])).code).toBe(0);
    expect(world.eventsOf('attempt_finished').map(({ ending }) => ending)).toEqual(['timed_out', 'done']);
  });
});
