import { describe, expect, test } from 'vitest';
import { abilitiesOf, CAPABILITIES } from '../../../src/core/agents/capabilities.ts';
import { FAILURE_CLASSES } from '../../../src/core/agents/failure.ts';
import { KNOWN_AGENTS, knownAgent, programWithin, versionCommand, versionIn } from '../../../src/core/agents/known.ts';
import { mendWords } from '../../../src/core/agents/mend.ts';
import { FAMILIES } from '../../../src/core/agents/order.ts';

describe('the version of a program', () => {
  test.each([
    ['2.1.329 (Claude Code)\n', '2.1.329'],
    ['codex-cli 0.169.0\n', '0.169.0'],
    ['v1.2.3-beta.1', '1.2.3-beta.1'],
    ['GitHub Copilot CLI 1.0.102.\nCommit: abc1234\n', '1.0.102'],
    ['warning: old node\n0.24.4\n', '0.24.4'],
    ['(node:7) Warning: Node 18.2.0 is too old for this\n2.1.329 (Claude Code)\n', '2.1.329'],
    ['Update available: 0.170.0\ncodex-cli 0.169.0\nsee https://x.y/1.2.3\n', '0.169.0'],
    ['wrapper 1.0 starts claude\nClaude Code version: 2.1.329\n', '2.1.329'],
    ['version 12', undefined],
    ['', undefined],
    ['no.such.thing 1.', undefined],
    ['not-a-version1.2', undefined],
  ])('in %j is %s', (said, version) => {
    expect(versionIn(said)).toBe(version);
  });

  test('is asked of programs that are known to answer, and of no other', () => {
    expect(versionCommand('claude', ['claude'])).toEqual(['claude', '--version']);
    expect(versionCommand('codex', ['node', '/x/codex.js'])).toEqual(['node', '/x/codex.js', '--version']);
    expect(versionCommand('acp', ['gemini', '--acp', '-m', 'pro'])).toEqual(['gemini', '--version']);
    expect(versionCommand('acp', ['opencode', 'acp'])).toEqual(['opencode', '--version']);
    expect(versionCommand('acp', ['node', '/x/gemini.js', '--acp'])).toEqual(['node', '/x/gemini.js', '--version']);
    // It would be the version of Node.
    expect(versionCommand('acp', ['node', '--import', 'x', '/x/agent.js'])).toBeUndefined();
    // It would download something.
    expect(versionCommand('acp', ['npx', '-y', 'some-acp'])).toBeUndefined();
    // It could take it for work.
    expect(versionCommand('command', ['/opt/my-agent'])).toBeUndefined();
    expect(versionCommand('command', ['sh', '-c', 'claude -p'])).toBeUndefined();
    expect(versionCommand('command', ['/opt/claude', '-p'])).toEqual(['/opt/claude', '--version']);
  });
});

test('a known agent is known by its program, by its script, and by its name', () => {
  expect(knownAgent('mine', ['/opt/bin/codex'])?.title).toBe('Codex');
  expect(knownAgent('mine', ['node', '/x/gemini.js'])?.title).toBe('Gemini CLI');
  expect(knownAgent('claude', ['./wrapped'])?.title).toBe('Claude Code');
  expect(knownAgent('mine', ['sh', '-c', 'claude'])).toBeUndefined();
  expect(knownAgent('constructor', ['toString'])).toBeUndefined();
});

test.each<[readonly string[], string | undefined]>([
  [['codex', 'exec'], 'codex'],
  [['env', 'A=1', '/opt/bin/codex', 'exec'], 'codex'],
  [['timeout', '600', 'claude', '-p'], 'claude'],
  [['bash', '-lc', 'cd "$X" && claude -p <"$Y"'], 'claude'],
  [['npx', '-y', '@openai/codex@0.169.0', 'exec'], 'codex'],
  [['npx', '@anthropic-ai/claude-code'], 'claude'],
  [['npx', '@agentclientprotocol/claude-agent-acp@0.100.0'], 'claude'],
  [['codex-acp'], 'codex'],
  [['node', '/x/codex-acp.mjs'], 'codex'],
  [['./tools/agent', '--for', 'codex'], undefined],
  [['sh', '-c', './work.sh CLAUDE.md'], undefined],
  [['env'], undefined],
  [[], undefined],
])('%j comes to %s in the end', (command, program) => {
  expect(programWithin(command)).toBe(program);
});

test('every family and every known agent has every capability described', () => {
  const all = [
    ...[...FAMILIES, 'command' as const].map((kind) => abilitiesOf(kind, undefined)),
    ...Object.entries(KNOWN_AGENTS).map(([name, { kind }]) => abilitiesOf(kind, name)),
  ];
  for (const abilities of all) {
    expect(Object.keys(abilities).toSorted()).toEqual([...CAPABILITIES].toSorted());
    for (const { how } of Object.values(abilities)) expect(how).not.toBe('');
  }
  // What differs between programs of one protocol does not spill over to another kind of the same name.
  expect(abilitiesOf('acp', 'opencode').cost.can).toBe('yes');
  expect(abilitiesOf('command', 'opencode').cost.can).toBe('no');
});

test('every class of failure has words on what a person can do', () => {
  for (const failure of FAILURE_CLASSES) {
    expect(mendWords(failure, 'claude', KNOWN_AGENTS['claude'])).not.toBe('');
    expect(mendWords(failure, 'mine', undefined)).not.toMatch(/undefined/);
  }
  expect(
    new Set(['overflow', 'refusal', 'vanished', 'died'].map((one) => mendWords(one as never, 'mine', undefined))).size,
  ).toBe(4);
  expect(mendWords('authentication', 'codex', KNOWN_AGENTS['codex'])).toContain('codex login');
});
