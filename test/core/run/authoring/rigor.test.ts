import { expect, test } from 'vitest';
import { parsePlan } from '../../../../src/core/plan/parse.ts';
import { rigorWords, wishes } from '../../../../src/core/run/authoring/rigor.ts';

/** A plan of so many tasks. */
function tasks(count: number, lines: string): Parameters<typeof wishes>[0] {
  const one = (n: number): string => `### Task ${n}: Do ${n}\n\n${lines}**Verify:** \`true\`\n`;
  const source = `# Plan: It\n\n${Array.from({ length: count }, (_, i) => one(i + 1)).join('\n')}`;
  const parsed = parsePlan(source, { fileName: 'it.md', stage: 'draft' });
  if (!parsed.ok) throw new Error('it is a plan');
  return parsed.value;
}

test('a complexity asks its author for what it asks of plans, and says what is missing', () => {
  expect(rigorWords('low', 'task')).toContain('3 to 7 tasks');
  expect(rigorWords('medium', 'task')).toBe('');
  expect(rigorWords('high', 'phased')).toContain('`Codex: ok` or `Codex: no`');
  expect(wishes(tasks(8, ''), 'low')).toEqual(['it has 8 tasks; at complexity low it should have 3 to 7']);
  expect(wishes(tasks(2, ''), 'low')).toEqual([]);
  expect(wishes(tasks(8, ''), 'medium')).toEqual([]);
  expect(wishes(tasks(1, ''), 'high')).toEqual(['T1: no `Files`', 'T1: no `Codex: ok` or `Codex: no`']);
  expect(wishes(tasks(1, '**Files:** `a.txt`\n**Codex:** no\n'), 'high')).toEqual([]);
});

test('where units are planned again before anything is done, nothing of the kind is asked', () => {
  expect(rigorWords('high', 'master')).toBe('');
  expect(wishes({ kind: 'macro', units: [] }, 'high')).toEqual([]);
});
