import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AgentName } from '../../scripts/lib/agents.mjs';
import type { FailureClass } from '../../src/core/agents/failure.ts';
import type { AgentFamily } from '../../src/core/agents/order.ts';
import { DRIVERS } from '../../src/core/agents/registry.ts';
import { order, replay } from '../core/agents/replay.ts';
import { member } from './model/json.ts';

/* What our drivers make of what the programs said, in the recordings that we keep; no agent is needed for it. */

const RECORDINGS = join(import.meta.dirname, 'recordings');

/** How the last turn of a recording ended, where it is not completed. */
const FAILED: Readonly<Record<AgentName, Readonly<Record<string, FailureClass>>>> = {
  claude: {
    unauthorized: 'authentication',
    forbidden: 'forbidden',
    'rate-limit': 'rate-limit',
    'usage-limit': 'usage-limit',
    'subscription-limit': 'usage-limit',
    // With a key it says of a quota only that a request was rejected.
    quota: 'rate-limit',
    credit: 'billing',
    server: 'server',
    overloaded: 'overloaded',
    overflow: 'overflow',
    drop: 'connection',
    'stream-error': 'connection',
    refusal: 'refusal',
    turns: 'turns',
  },
  codex: {
    unauthorized: 'authentication',
    forbidden: 'forbidden',
    'rate-limit': 'rate-limit',
    'usage-limit': 'usage-limit',
    quota: 'billing',
    credit: 'billing',
    server: 'server',
    overloaded: 'overloaded',
    overflow: 'overflow',
    'half-overflow': 'overflow',
    drop: 'connection',
    'stream-error': 'connection',
    refusal: 'refusal',
  },
  gemini: {
    unauthorized: 'authentication',
    'rate-limit': 'rate-limit',
    'usage-limit': 'usage-limit',
    overloaded: 'overloaded',
    overflow: 'overflow',
    'drop-once': 'connection',
  },
  opencode: {
    unauthorized: 'authentication',
    'rate-limit': 'rate-limit',
    // It tries again for longer than a recording lasts.
    'usage-limit': 'died',
    overloaded: 'died',
  },
};

const FAMILY: Readonly<Record<AgentName, AgentFamily>> = {
  claude: 'claude',
  codex: 'codex',
  gemini: 'acp',
  opencode: 'acp',
};

describe.each(['claude', 'codex', 'gemini', 'opencode'] as const)('%s', (agent) => {
  // Whoever only listens to a recording interrupts nothing.
  const cases = readdirSync(join(RECORDINGS, agent)).filter((file) => file !== 'interrupted.jsonl');

  test.each(cases)('%s', (file) => {
    const path = join(RECORDINGS, agent, file);
    const last: unknown = JSON.parse(readFileSync(path, 'utf8').trim().split('\n').at(-1) ?? '');
    const code = Number(member(last, 'code'));
    const driver = DRIVERS[FAMILY[agent]]?.(order({ family: FAMILY[agent], worktree: '/recorded/worktree' }));
    if (driver === undefined) throw new Error(`there is no driver for ${agent}`);
    const { outcomes, events } = replay(driver, path, { code });
    const failure = FAILED[agent][file.replace(/\.jsonl$/, '')];
    expect(outcomes.at(-1)).toMatchObject(
      failure === undefined ? { how: 'completed' } : { how: 'failed', failure, message: expect.stringMatching(/./) },
    );
    // With a key, Claude Code says nothing of limits and their ends.
    const tells = agent === 'codex' || file.startsWith('subscription');
    if (failure === 'usage-limit' && tells) {
      expect(outcomes.at(-1)?.resetsAt).toBeGreaterThan(Date.UTC(2026, 0, 1));
    }
    if (file.endsWith('near-limit.jsonl') && tells) {
      expect(events).toContainEqual(
        expect.objectContaining({ type: 'limit', limit: expect.objectContaining({ used: 92 }) }),
      );
    }
    if (file === 'edit.jsonl') {
      expect(events).toContainEqual(expect.objectContaining({ type: 'usage' }));
      expect(outcomes.at(-1)?.said).toBe('The greeting is written, and there is a copy of it.');
    }
  });
});
