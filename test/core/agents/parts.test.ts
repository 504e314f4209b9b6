import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestText } from '../../../src/core/agents/digest-text.ts';
import type { Outcome, PermissionAsk, Usage } from '../../../src/core/agents/event.ts';
import { decidePermission, fileNameOf, type PermissionRules } from '../../../src/core/agents/permission.ts';
import { costAt, tokensOf } from '../../../src/core/agents/price.ts';
import { addUsage, atLeast, usageSince } from '../../../src/core/agents/usage.ts';

/* The parts that all drivers share. */

describe('permissions', () => {
  const rules: PermissionRules = {
    writable: ['/tree', '/in/digest.json', '/slash/'],
    commands: ['npm test', 'make  check'],
    otherCommands: 'ask',
    otherPaths: 'deny',
    network: 'session',
  };
  const ask = (fields: Partial<PermissionAsk>): PermissionAsk => ({
    id: '1',
    kind: 'other',
    tool: 'Tool',
    paths: [],
    what: '',
    ...fields,
  });

  test.each<[string, Partial<PermissionAsk>, string]>([
    ['reading', { kind: 'read', paths: ['/etc/passwd'] }, 'allow'],
    ['a file of the worktree', { kind: 'write', paths: ['/tree/a/b.txt'] }, 'allow'],
    ['the worktree itself', { kind: 'write', paths: ['/tree'] }, 'allow'],
    ['a file that may be written', { kind: 'write', paths: ['/in/digest.json'] }, 'allow'],
    ['a directory named with a slash', { kind: 'write', paths: ['/slash/a'] }, 'allow'],
    ['its neighbour by name', { kind: 'write', paths: ['/tree2/a'] }, 'deny'],
    ['a file below a file', { kind: 'write', paths: ['/in/digest.json2'] }, 'deny'],
    ['one inside, one outside', { kind: 'write', paths: ['/tree/a', '/etc/b'] }, 'deny'],
    ['a way out', { kind: 'write', paths: ['/tree/../etc/b'] }, 'deny'],
    ['a way out at the end', { kind: 'write', paths: ['/tree/..'] }, 'deny'],
    ['a way around', { kind: 'write', paths: ['/tree/./a'] }, 'deny'],
    ['settings of a program', { kind: 'write', paths: ['/tree/.claude/settings.json'] }, 'deny'],
    ['settings of a program, further in', { kind: 'write', paths: ['/tree/a/.Codex/config.toml'] }, 'deny'],
    ['servers of tools', { kind: 'write', paths: ['/tree/.mcp.json'] }, 'deny'],
    ['settings in a file', { kind: 'write', paths: ['/tree/opencode.json'] }, 'deny'],
    ['what git runs', { kind: 'write', paths: ['/tree/.git/hooks/x'] }, 'deny'],
    ['where git is', { kind: 'write', paths: ['/tree/.git'] }, 'deny'],
    [
      'names that begin like these',
      { kind: 'write', paths: ['/tree/.gitignore', '/tree/.github/a', '/tree/claude/b'] },
      'allow',
    ],
    ['dots in a name', { kind: 'write', paths: ['/tree/..a/b...c'] }, 'allow'],
    ['a path without a root', { kind: 'write', paths: ['tree/a'] }, 'deny'],
    ['no path at all', { kind: 'write', paths: [] }, 'deny'],
    ['a declared command', { kind: 'command', command: 'npm test' }, 'allow'],
    ['the same with other blanks', { kind: 'command', command: ' npm \t test\n' }, 'allow'],
    ['blanks of the declaration', { kind: 'command', command: 'make check' }, 'allow'],
    ['more than was declared', { kind: 'command', command: 'npm test; rm -rf /' }, 'ask'],
    ['less than was declared', { kind: 'command', command: 'npm' }, 'ask'],
    ['no command at all', { kind: 'command' }, 'ask'],
    ['a blank command', { kind: 'command', command: '  ' }, 'ask'],
    ['the network', { kind: 'network' }, 'session'],
    ['anything else', { kind: 'other', paths: ['/tree/a'] }, 'deny'],
  ])('%s', (_, fields, expected) => {
    expect(decidePermission(rules, ask(fields))).toBe(expected);
  });

  test('a worktree may itself be where programs keep things', () => {
    const writable = ['/home/.claude/trees/a', '/home/.claude/trees/b/.git'];
    const may = (path: string): string =>
      decidePermission({ ...rules, writable }, ask({ kind: 'write', paths: [path] }));
    expect(['/home/.claude/trees/a/x', '/home/.claude/trees/b/.git'].map(may)).toEqual(['allow', 'allow']);
    expect(may('/home/.claude/trees/a/.claude/x')).toBe('deny');
  });

  test('a blank command is not allowed where a blank one is declared', () => {
    expect(decidePermission({ ...rules, commands: ['', ' '] }, ask({ kind: 'command', command: ' ' }))).toBe('ask');
  });

  test('names of answers are names of files, whatever the id', () => {
    expect(fileNameOf('5eb23fde-a16a')).toBe('5eb23fde-a16a');
    expect(fileNameOf('../../etc/passwd')).toBe('_2e_2e_2f_2e_2e_2fetc_2fpasswd');
    expect(fileNameOf('a_2fb')).not.toBe(fileNameOf('a/b'));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (id) => {
        expect(fileNameOf(id)).toMatch(/^[A-Za-z0-9_-]{0,120}$/);
      }),
    );
  });
});

describe('the digest in an answer', () => {
  const outcome = (said: string, structured?: unknown): Outcome => ({
    how: 'completed',
    message: '',
    said,
    denied: 0,
    ...(structured === undefined ? {} : { structured }),
  });
  const digest = '{"contract_id":"implement.v1","summary":"a \\" } { brace"}';

  test.each<[string, string, unknown, string | undefined]>([
    ['structured output counts first', digest, { a: 1 }, '{"a":1}'],
    ['structured output as text', '', '{"a":1}', '{"a":1}'],
    ['structured output that is none', digest, 'words', digest],
    ['nothing at all', 'I did it.', undefined, undefined],
    ['nothing but the digest', digest, undefined, digest],
    ['behind words', `Done.\n\n${digest}`, undefined, digest],
    ['in a fence', `Done.\n\n\`\`\`json\n${digest}\n\`\`\`\nThat is all.`, undefined, digest],
    ['in a fence without a language', `\`\`\`\n${digest}\n\`\`\``, undefined, digest],
    ['over several lines', 'Done.\n{\n  "contract_id": "x"\n}\n', undefined, '{\n  "contract_id": "x"\n}'],
    ['the last of two', `{"contract_id":"a"}\n{"contract_id":"b"}`, undefined, '{"contract_id":"b"}'],
    ['other objects do not count', `${digest}\n{"a":1}`, undefined, digest],
    ['in the middle of a line it is an example', `Like ${digest}`, undefined, undefined],
    ['cut off', '{"contract_id":"a"', undefined, undefined],
  ])('%s', (_, said, structured, expected) => {
    expect(digestText(outcome(said, structured))).toBe(expected);
  });

  test('is found quickly in whatever was said', () => {
    const start = performance.now();
    for (const text of ['{\n', '```json\n{', '\n    ', '{"', '\\"']) digestText(outcome(text.repeat(4000)));
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe('usage', () => {
  const part = fc.option(fc.nat(1_000_000), { nil: undefined });
  const usage = fc
    .record({ input: part, cached: part, cacheWrite: part, output: part, cost: part, turns: part })
    .map((one) => Object.fromEntries(Object.entries(one).filter(([, value]) => value !== undefined)) as Usage);

  test('what is not told is not there, and no zero', () => {
    expect(addUsage({ input: 1 }, { output: 2 })).toEqual({ input: 1, output: 2 });
    expect(atLeast({ input: 1, cost: 3 }, { input: 2 })).toEqual({ input: 2, cost: 3 });
    expect(usageSince({ input: 5, output: 1 }, { input: 2, cached: 3 })).toEqual({ input: 3, output: 1 });
    expect(usageSince({ input: 1 }, { input: 2 })).toEqual({ input: 0 });
  });

  test('sums do not depend on the order, totals never go back', () => {
    fc.assert(
      fc.property(usage, usage, (one, other) => {
        expect(addUsage(one, other)).toEqual(addUsage(other, one));
        expect(atLeast(one, other)).toEqual(atLeast(other, one));
        expect(usageSince(addUsage(one, other), other)).toEqual({
          ...Object.fromEntries(Object.keys(other).map((key) => [key, 0])),
          ...one,
        });
        for (const [key, value] of Object.entries(one))
          expect(atLeast(one, other)[key as keyof Usage]).toBeGreaterThanOrEqual(value as number);
      }),
    );
  });
});

describe('prices', () => {
  const price = { input: 5, output: 25, cached: 0.5, cache_write: 6 };

  test('are for a million tokens', () => {
    expect(costAt(price, { input: 1_000_000, output: 100_000, cached: 2_000_000, cacheWrite: 500_000 })).toBeCloseTo(
      5 + 2.5 + 1 + 3,
    );
    expect(costAt(price, { output: 40 })).toBeCloseTo(0.001);
  });

  test('of cached tokens are those of others where they have none of their own', () => {
    expect(costAt({ input: 5, output: 25 }, { input: 0, cached: 1_000_000, cacheWrite: 1_000_000 })).toBe(10);
  });

  test('need tokens', () => {
    expect(costAt(price, {})).toBeUndefined();
    expect(costAt(price, { cached: 5, turns: 3 })).toBeUndefined();
    expect(tokensOf({})).toBe(0);
    expect(tokensOf({ input: 1, cached: 2, cacheWrite: 4, output: 8, cost: 16, turns: 32 })).toBe(15);
  });
});
