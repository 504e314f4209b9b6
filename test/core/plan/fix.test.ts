import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Edit, Finding, Fix } from '../../../src/core/base/finding.ts';
import { fixText } from '../../../src/core/plan/fix.ts';
import { HEAVIEST } from './documents.ts';
import { parsePlan } from '../../../src/core/plan/parse.ts';
import { worked } from '../../worked.ts';

function finding(rule: string, edits: readonly Edit[], kind: Fix['kind'] = 'auto'): Finding {
  const start = edits[0]?.start ?? 0;
  const span = { start, end: start, line: 1, column: 1, endLine: 1, endColumn: 1 };
  return { rule, severity: 'warning', message: 'm', hint: 'h', span, fix: { kind, title: 't', edits } };
}

/** Finds every occurrence of a word and replaces it. */
const swap =
  (rule: string, word: string, by: string, kind?: Fix['kind']) =>
  (text: string): Finding[] =>
    [...text.matchAll(new RegExp(word, 'g'))].map(({ index }) =>
      finding(rule, [{ start: index, end: index + word.length, text: by }], kind),
    );

test('rounds go on until nothing is left', () => {
  const lint = (text: string): Finding[] => [...swap('A', 'one', 'two')(text), ...swap('B', 'two', 'three')(text)];
  expect(fixText('one one two', lint)).toEqual({ text: 'three three three', applied: 5, findings: [] });
});

test('suggestions are never applied', () => {
  expect(fixText('one', swap('A', 'one', 'two', 'suggest')).text).toBe('one');
});

test('rules that undo each other mend nothing, and the others do all the same', () => {
  const lint = (text: string): Finding[] => [
    ...swap('A', 'in', 'out')(text),
    ...swap('B', 'out', 'in')(text),
    ...swap('C', 'x', 'y')(text),
  ];
  const fixed = fixText('in x', lint);
  expect(fixed.text).toBe('in y');
  expect(fixed.findings.map(({ rule }) => rule)).toEqual(['A']);
  expect(fixText(fixed.text, lint).text).toBe(fixed.text);
});

test('a rule whose fix makes more of the same is given up', () => {
  const fixed = fixText('a b', (text) => [...swap('A', 'a', 'aa')(text), ...swap('B', 'b', 'c')(text)]);
  expect(fixed.text).toBe('a c');
});

test('many insertions at one place are all made', () => {
  const parts = Array.from({ length: 60 }, (_, i) => `<${i}>`);
  const lint = (text: string): Finding[] =>
    parts
      .filter((part) => !text.includes(part))
      .map((part) => finding('GEN-007', [{ start: text.length, end: text.length, text: part }], 'stub'));
  expect(fixText('', lint).text).toBe(parts.join(''));
});

test('a fix of several edits is applied as a whole or waits', () => {
  // Both want the first character; the one that is there first gets it, and the other finds nothing to do afterwards.
  const lint = (text: string): Finding[] =>
    text.startsWith('a')
      ? [
          finding('A', [{ start: 0, end: 1, text: 'b' }]),
          finding('B', [
            { start: 0, end: 1, text: 'c' },
            { start: 5, end: 6, text: '!' },
          ]),
        ]
      : [];
  expect(fixText('a....z', lint).text).toBe('b....z');
});

test('a document with ten thousand fixes', () => {
  const start = worked();
  const fixed = fixText('bad ok '.repeat(10_000), swap('A', 'bad', 'good'));
  expect(fixed.applied).toBe(10_000);
  expect(worked() - start).toBeLessThan(10_000);
});

test('whatever is mended, mending it again changes nothing, and it stays a plan of its kind', () => {
  const cases = join('test', 'cases');
  const documents = readdirSync(cases, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /(?:^|\/)(?!near)[^/]*\.md$/.test(name) && name !== HEAVIEST,
  );
  const restless: string[] = [];
  for (const name of documents) {
    const text = readFileSync(join(cases, name), 'utf8');
    const before = parsePlan(text, { fileName: name });
    if (!before.ok) continue;
    const { kind } = before.value;
    const lint = (source: string): readonly Finding[] => {
      const parsed = parsePlan(source, { fileName: name, kind, most: Infinity });
      return parsed.ok ? parsed.value.findings : parsed.error.findings;
    };
    const once = fixText(text, lint).text;
    if (fixText(once, lint).text !== once) restless.push(`${name}: not at rest`);
    const after = parsePlan(once, { fileName: name });
    if (!after.ok || after.value.kind !== kind) restless.push(`${name}: of another kind`);
  }
  expect(restless).toEqual([]);
}, 180_000);
