import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { claudeDriver } from '../../src/core/agents/claude/driver.ts';
import type { AgentEvent } from '../../src/core/agents/event.ts';
import type { Order } from '../../src/core/agents/order.ts';
import { keep, type KeptOutcome } from '../../src/engine/agents/keeper.ts';
import type { Conversation } from '../../src/io/conversation.ts';
import { nodeClock } from '../../src/io/node/clock.ts';
import { converse } from '../../src/io/node/converse.ts';
import { nodeFiles } from '../../src/io/node/files.ts';
import { makeHome, MODELS } from './homes.ts';
import { GOOD_DIGEST } from './model/deliver.ts';
import { type Model, startModel } from './model/server.ts';
import type { Scenario } from './model/turn.ts';
import { program } from './programs.ts';

/* Attempts by the real Claude Code, through our keeper, against the scripted model. */

export const claude = program('claude');

export let model: Model;
export let dir: string;

/** A model, a repository and a worktree for each test of a file. */
export function useClaude(scenarios: Readonly<Record<string, Scenario>> = {}): void {
  beforeEach(async () => {
    model = await startModel({ scenarios });
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
}

export interface Kept {
  readonly outcome: KeptOutcome;
  readonly events: readonly AgentEvent[];
  readonly transcript: string;
  /** What the agent was told to go on with. */
  readonly inputs: string;
}

export interface Options {
  readonly env?: Record<string, string>;
  /** With a token of a subscription instead of a key. */
  readonly subscribed?: true;
  /** Called with each piece of the transcript, as soon as it was printed. */
  readonly during?: (printed: string, conversation: Conversation, stop: () => void) => void;
  /** The agent has to give its digest itself. */
  readonly digest?: true;
}

/** How many there were: the number in the name of its directory. */
export let attempts = 0;

/** One attempt by the real program, from its order to its outcome. */
export async function attempt(prompt: string, fields: Partial<Order> = {}, options: Options = {}): Promise<Kept> {
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

export function of<T extends AgentEvent['type']>(kept: Kept, type: T): readonly Extract<AgentEvent, { type: T }>[] {
  return kept.events.filter((event): event is Extract<AgentEvent, { type: T }> => event.type === type);
}

/** Questions with their answers. */
export function settled(kept: Kept): readonly string[] {
  return of(kept, 'permission_settled').map(({ by, answer, what }) => `${by}: ${answer} ${what}`);
}

export function here(...path: string[]): boolean {
  return existsSync(join(dir, 'worktree', ...path));
}

/** Whether a process with exactly these arguments runs. */
export function runs(args: string): boolean {
  return execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n').includes(args);
}

/** Rules that allow nothing. */
export const nothing: Order['rules'] = {
  writable: [],
  commands: [],
  otherCommands: 'deny',
  otherPaths: 'deny',
  network: 'deny',
};
