import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unifiedDiff } from '../../../src/core/base/diff.ts';
import { worked } from '../../worked.ts';

const names = { before: 'a/x', after: 'b/x' };

/** Applies a unified difference the way patch does, and refuses one that does not fit. */
function apply(before: string, diff: readonly string[]): string {
  const lines = before.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const out: string[] = [];
  let at = 0;
  diff.forEach((line, index) => {
    if (index < 2 || line.startsWith('\\')) return;
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@$/.exec(line);
    if (hunk !== null) {
      const from = Number(hunk[1]) - (hunk[2] === '0' ? 0 : 1);
      while (at < from) out.push(lines[at++] ?? '');
      return;
    }
    const text = line.slice(1) + (diff[index + 1]?.startsWith('\\') === true ? '' : '\n');
    if (line.startsWith('+')) out.push(text);
    else {
      if (lines[at] !== text) throw new Error(`line ${at + 1} is ${JSON.stringify(lines[at])}, not ${line}`);
      at++;
      if (line.startsWith(' ')) out.push(text);
    }
  });
  return [...out, ...lines.slice(at)].join('');
}

test('what git would say', () => {
  const before = Array.from({ length: 12 }, (_, i) => `line ${i + 1}`);
  const after = before.map((line, i) => (i === 5 ? 'changed\r' : line)).filter((_, i) => i !== 11);
  expect(unifiedDiff(`${before.join('\n')}\n`, after.join('\n'), names)).toEqual([
    '--- a/x',
    '+++ b/x',
    '@@ -3,10 +3,9 @@',
    ' line 3',
    ' line 4',
    ' line 5',
    '-line 6',
    '+changed\r',
    ' line 7',
    ' line 8',
    ' line 9',
    ' line 10',
    '-line 11',
    '-line 12',
    '+line 11',
    '\\ No newline at end of file',
  ]);
  expect(unifiedDiff('', 'a\n', names)).toEqual(['--- a/x', '+++ b/x', '@@ -0,0 +1 @@', '+a']);
  expect(unifiedDiff('a\n', '', names)).toEqual(['--- a/x', '+++ b/x', '@@ -1 +0,0 @@', '-a']);
  expect(unifiedDiff('same', 'same', names)).toEqual([]);
});

test('applied, it gives the other text', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', 'd', '', '\r', '---', '@@ -1 +1 @@', 'long line'), { maxLength: 40 })
    .chain((lines) => fc.constantFrom(lines.join('\n'), `${lines.join('\n')}\n`));
  fc.assert(
    fc.property(text, text, (before, after) => {
      expect(apply(before, unifiedDiff(before, after, names))).toBe(after);
    }),
    { numRuns: 500 },
  );
});

test('a few changes in many lines are a few hunks, and quickly found', () => {
  const lines = Array.from({ length: 50_000 }, (_, i) => (i % 3 === 0 ? '' : `line ${i % 1000}`));
  const changed = lines.map((line, i) => (i % 10_000 === 5000 ? 'new' : line));
  const start = worked();
  const diff = unifiedDiff(lines.join('\n'), changed.join('\n'), names);
  expect(diff.filter((line) => line.startsWith('@@'))).toHaveLength(5);
  expect(worked() - start).toBeLessThan(10_000);
});
