import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Order } from '../../src/core/agents/order.ts';
import { digestJsonSchema } from '../../src/core/run/contract.ts';
import { until } from '../io/until.ts';
import { attempt, attempts, claude, dir, here, model, nothing, of, runs, settled, useClaude } from './claude-rig.ts';
import { MODELS } from './homes.ts';
import { GOOD_DIGEST } from './model/deliver.ts';
import { EDIT_TOKENS } from './model/scenarios.ts';
import type { Scenario } from './model/turn.ts';

/*
 * The driver of Claude Code and the real program, through our keeper, against the scripted model: docs/agents.md says the same in
 * words. Skipped where the program is not installed (`npm run test:agents`). How it fails is in claude-failures.test.ts.
 */

/** A question to the user, who is not there. */
const question: Scenario = ({ step, conversation }) => {
  const options = ['red', 'blue'].map((label) => ({ label, description: label }));
  const one = { question: 'Which one?', header: 'Colour', multiSelect: false, options };
  const offered = conversation.tools.some(({ name }) => name === 'AskUserQuestion');
  return step > 0
    ? { text: `I decide myself. ${offered ? 'I could have asked.' : ''}`.trim() }
    : { actions: [{ do: 'call', tool: 'AskUserQuestion', input: { questions: [one] } }] };
};

/** A command that is to go on after its turn, while that is possible. */
const background: Scenario = ({ step }) => {
  const input = { command: 'sleep 1; touch late.txt', ...(step === 0 ? { run_in_background: true } : {}) };
  return step > 1 ? { text: 'It is over.' } : { actions: [{ do: 'call', tool: 'Bash', input }] };
};

useClaude({ question, background });

describe.skipIf(claude === undefined)('Claude Code', () => {
  test.each([
    ['haiku', 'low'],
    ['sonnet', 'high'],
    ['opus', 'max'],
  ])('knows the model %s by that name, and the effort %s', async (name, effort) => {
    const kept = await attempt('[[say=ready]] Go.', { model: name, effort });
    expect(kept.outcome).toMatchObject({ how: 'completed', said: 'ready', model: expect.stringContaining(name) });
    expect(model.heard.at(-1)?.body).toMatchObject({ model: expect.stringContaining(name) });
  });

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

  test('leaves no command behind that goes on after its turn', async () => {
    const kept = await attempt('[[background]] Go.');
    expect(kept.outcome).toMatchObject({ how: 'completed', said: 'It is over.' });
    expect(of(kept, 'tool_ended').map(({ ok }) => ok)).toEqual([false, true]);
    expect(here('late.txt')).toBe(true);
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
});
