import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AgentName, CACHE_VARIABLE } from '../../scripts/lib/agents.mjs';
import { makeHome, MODELS } from './homes.ts';
import { EDIT_TOKENS } from './model/scenarios.ts';
import { type Model, startModel } from './model/server.ts';
import { program } from './programs.ts';

/*
 * Real agents against the scripted model, offline: what our drivers rely on is true of the programs themselves. Skipped
 * where they are not installed (`npm run test:agents`).
 */

let model: Model;
let dir: string;

beforeEach(async () => {
  model = await startModel();
  dir = mkdtempSync(join(tmpdir(), 'masterplan-agents-'));
});
afterEach(async () => {
  await model.close();
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
});

/** Arguments with which each agent does a whole piece of work without asking. */
const HEADLESS: Readonly<Record<AgentName, (prompt: string) => readonly string[]>> = {
  claude: (prompt) => [
    ...['-p', prompt, '--output-format', 'stream-json', '--verbose'],
    ...['--model', MODELS.claude, '--permission-mode', 'acceptEdits', '--allowedTools', 'Bash'],
  ],
  codex: (prompt) => ['exec', '--json', '-s', 'danger-full-access', prompt],
  gemini: (prompt) => ['-p', prompt, '-o', 'stream-json', '--yolo', '--skip-trust', '-m', MODELS.gemini],
  // Quotation marks of an argument would arrive with backslashes; those of standard input do not.
  opencode: () => ['run', '--format', 'json', '--auto', '-m', MODELS.opencode],
};

interface Ran {
  readonly code: number | null;
  /** What it printed, as far as it is JSON. */
  readonly lines: readonly unknown[];
  /** Its last words. */
  readonly stderr: string;
  readonly worktree: string;
}

/** Runs an agent in a worktree of its own and returns what it printed. */
async function run(name: AgentName, prompt: string, subscribed = false): Promise<Ran> {
  const worktree = join(dir, 'worktree');
  mkdirSync(worktree, { recursive: true });
  execFileSync('git', ['init', '-q'], { cwd: worktree });
  const [file, ...args] = program(name) ?? [''];
  const child = spawn(file, [...args, ...HEADLESS[name](prompt)], {
    cwd: worktree,
    env: makeHome(name, model.url, join(dir, 'home'), subscribed),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => {});
  child.stdin.end(name === 'opencode' ? prompt : '');
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => err.push(bytes));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const lines = Buffer.concat(out).toString('utf8').split('\n');
  return {
    code,
    lines: lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as unknown),
    stderr: Buffer.concat(err).toString('utf8').slice(-2000),
    worktree,
  };
}

/** What a line of output shows to people, whatever agent it is of. */
function textIn(line: unknown): string {
  if (typeof line !== 'object' || line === null) return '';
  return Object.entries(line)
    .map(([name, value]) =>
      typeof value === 'string' ? (/^(?:text|content|result)$/.test(name) ? value : '') : textIn(value),
    )
    .join('');
}

const all: readonly AgentName[] = ['claude', 'codex', 'gemini', 'opencode'];

/** These take half a minute on a busy machine: only when the tests of agents are asked for. */
const SLOW: ReadonlySet<AgentName> = new Set(['gemini', 'opencode']);

describe.each(all)('%s', { timeout: 180_000 }, (name) => {
  const missing = program(name) === undefined || (SLOW.has(name) && process.env[CACHE_VARIABLE] === undefined);

  test.skipIf(missing)('writes a file, runs a command and says so', async () => {
    const { code, lines, stderr, worktree } = await run(name, '[[edit]] Please write a greeting.');
    expect(code, stderr).toBe(0);
    expect(readFileSync(join(worktree, 'greeting.txt'), 'utf8')).toBe('good morning\n');
    expect(readFileSync(join(worktree, 'copy.txt'), 'utf8')).toBe('good morning\n');
    // Some print a message in pieces.
    expect(lines.map(textIn).join('')).toContain('there is a copy of it');
    const steps = model.heard.filter(({ scene }) => scene?.scenario === 'edit').map(({ scene }) => scene?.step);
    expect(steps).toEqual([0, 1, 2]);
    // The key that we gave, and nobody else's.
    expect(JSON.stringify(model.heard.map(({ headers }) => headers))).toContain('sk-scripted');
  });

  test.skipIf(missing)('does the task that its brief describes and leaves a digest', async () => {
    const work = { write: { 'src/a.txt': 'a\n', 'b.txt': 'b\n' }, run: ['cat b.txt > c.txt'] };
    const brief = `# T1#1 — Letters\n\n## Goal\n\n[[task]]\n\n\`\`\`json\n${JSON.stringify(work, null, 2)}\n\`\`\`\n\n## Return\n\nWrite one JSON object to the file named by \`${join(dir, 'digest.json')}\`.\n`;
    const { code, stderr, worktree } = await run(name, brief);
    expect(code, stderr).toBe(0);
    expect(['src/a.txt', 'b.txt', 'c.txt'].filter((path) => existsSync(join(worktree, path)))).toHaveLength(3);
    expect(JSON.parse(readFileSync(join(dir, 'digest.json'), 'utf8'))).toMatchObject({
      status: 'completed',
      files_changed: ['src/a.txt', 'b.txt'],
    });
  });

  test.skipIf(missing || name === 'opencode')('does not end with 0 when its key is not accepted', async () => {
    const { code } = await run(name, '[[unauthorized]] Please write a greeting.');
    expect(code).not.toBe(0);
    expect(model.heard.some(({ scene }) => scene?.scenario === 'unauthorized')).toBe(true);
  });
});

describe.each(['claude', 'codex'] as const)('%s', (name) => {
  test.skipIf(program(name) === undefined)('gives up at a usage limit and works again after it', async () => {
    model.say('limit', { until: Date.now() + 3_600_000 });
    const start = performance.now();
    const limited = await run(name, '[[edit]] Please write a greeting.');
    expect(limited.code).toBe(1);
    expect(performance.now() - start).toBeLessThan(30_000);
    model.say('fine');
    expect((await run(name, '[[edit]] Please write a greeting.')).code).toBe(0);
  });
});

test.skipIf(program('claude') === undefined)('a subscription to Claude Code says when its limit ends', async () => {
  const until = (Math.floor(Date.now() / 1000) + 7200) * 1000;
  model.say('limit', { until });
  const { code, lines } = await run('claude', '[[say]]', true);
  expect(code).toBe(1);
  expect(lines).toContainEqual(
    expect.objectContaining({
      type: 'rate_limit_event',
      rate_limit_info: expect.objectContaining({ status: 'rejected', resetsAt: until / 1000 }),
    }),
  );
});

test.skipIf(program('claude') === undefined)('Claude Code counts tokens as we send them', async () => {
  const { lines } = await run('claude', '[[edit]] Please write a greeting.');
  const sum = (of: 'input' | 'cached' | 'output'): number => EDIT_TOKENS.reduce((all, one) => all + one[of], 0);
  expect(lines.at(-1)).toMatchObject({
    type: 'result',
    is_error: false,
    usage: {
      input_tokens: sum('input'),
      cache_read_input_tokens: sum('cached'),
      output_tokens: sum('output'),
    },
  });
});

test.skipIf(program('codex') === undefined)('Codex counts tokens as we send them', async () => {
  const { lines } = await run('codex', '[[edit]] Please write a greeting.');
  const sum = (of: 'input' | 'cached' | 'output'): number => EDIT_TOKENS.reduce((all, one) => all + one[of], 0);
  expect(lines.at(-1)).toMatchObject({
    type: 'turn.completed',
    usage: {
      input_tokens: sum('input') + sum('cached'),
      cached_input_tokens: sum('cached'),
      output_tokens: sum('output'),
    },
  });
});
