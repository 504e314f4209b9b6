import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parsePlan } from '../../../../src/core/plan/parse.ts';
import { runs } from '../../../runs.ts';
import { worked } from '../../../worked.ts';

const SEEDS = ['micro-full', 'micro-compact'].map((name) =>
  readFileSync(join('test', 'cases', 'plans', `${name}.md`), 'utf8'),
);

/** What is put into documents: marks that open and close things, and words that mean something. */
const PIECES = [
  '\n',
  '\n\n',
  '```',
  '~~~',
  '**',
  '`',
  '|',
  '# ',
  '#### Task 2: x',
  '**Step 1: x**',
  'BC-1',
  'BC-1–BC-900',
  'GIVEN',
  '- THEN',
  '> ',
  '<!--',
  '---\n',
  '\r\n',
  '\0',
  '[ ]',
  '1. **Task: x**',
  'Run:',
  'Expected:',
  '**Verify:** `x y`',
  'git commit -m "',
  '\t',
  '| --- |',
  '**Files:**',
  '\uFEFF',
  '😀',
];

interface Change {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

const changes = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat(60),
    insert: fc.constantFrom('', ...PIECES),
  }),
  { minLength: 1, maxLength: 8 },
);

function mutated(text: string, list: readonly Change[]): string {
  let result = text;
  for (const { at, remove, insert } of list) {
    const from = Math.floor(at * result.length);
    result = result.slice(0, from) + insert + result.slice(from + remove);
  }
  return result;
}

test('whatever happens to a document, reading and linting it throws nothing and stays inside it', () => {
  fc.assert(
    fc.property(fc.constantFrom(...SEEDS), changes, fc.boolean(), (seed, list, crlf) => {
      const text = mutated(crlf ? seed.replaceAll('\n', '\r\n') : seed, list);
      const parsed = parsePlan(text, {
        fileName: 'x.md',
        kind: 'micro',
        stage: 'done',
        facts: { files: new Set(['src/a.ts']), source: seed },
      });
      if (!parsed.ok) throw new Error('was not read');
      for (const { span, fix } of parsed.value.findings) {
        expect(span.start).toBeLessThanOrEqual(span.end);
        expect(span.end).toBeLessThanOrEqual(text.length);
        for (const edit of fix?.edits ?? []) {
          expect(edit.start).toBeLessThanOrEqual(edit.end);
          expect(edit.end).toBeLessThanOrEqual(text.length);
        }
      }
      for (const { span, task } of parsed.value.units) {
        expect(span.start).toBeLessThan(span.end);
        for (const run of task.verify) expect(run).not.toMatch(/git commit/);
      }
    }),
    { numRuns: runs(200), seed: 11 },
  );
});

// Lines that each reader could stumble over when there are very many of them, or when one is very long.
test.each([
  ['contracts', '## Behavioral Contracts\n\n', 'BC-1: x GIVEN a WHEN b THEN c\n\n'],
  ['one contract', '## Behavioral Contracts\n\nBC-1: x\n- THEN ', 'GIVEN a THEN b AND c '],
  ['tasks', '## Tasks\n\n', '#### Task 1: x (BC-1–BC-900)\n\n'],
  ['task items', '## Tasks\n\n', '1. **Task: x** (BC-1–BC-900)\n'],
  ['numbered items', '## Tasks\n\n', '1. x\n'],
  ['steps', '## Tasks\n\n### Task 1: x\n\n', '**Step 1: run tests**\n\nRun: `a b`\nExpected: PASS\n\n'],
  ['runs', '## Tasks\n\n### Task 1: x\n\n**Step 1: Run tests**\n\n', 'Run: `a b`\n'],
  ['citations', '## Tasks\n\n### Task 1: x\n\n**Contracts:** ', 'BC-1–BC-900, '],
  ['files', '## Tasks\n\n### Task 1: x\n\n**Files:**\n', '- Create: `a/b.ts`\n'],
  ['rows', '## Deviation Log\n\n| Reason | Source |\n|---|---|\n', '| x | y |\n'],
  ['blanks', '## Tasks\n\n### Task 1: x', ' \t'],
  ['quotes', '**Goal:** x\n\n', '> **Source:** x\n'],
  ['headings', '## Part 1: Design Validation\n\n', '### Task x\n\n'],
])('many %s are read and linted in linear time', (_, head, line) => {
  const text = `${head}${line.repeat(Math.ceil(300_000 / line.length))}`;
  const begin = worked();
  const parsed = parsePlan(text, { fileName: 'x.md', kind: 'micro', facts: { files: new Set(), source: text } });
  expect(parsed.ok).toBe(true);
  // Ten times what it takes here: what is quadratic takes minutes.
  expect(worked() - begin).toBeLessThan(15_000);
});
