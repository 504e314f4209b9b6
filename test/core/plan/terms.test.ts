import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parsePlan } from '../../../src/core/plan/parse.ts';
import type { PlanTerms } from '../../../src/core/plan/terms.ts';

function termsOf(text: string): PlanTerms {
  const parsed = parsePlan(text, { fileName: 'plan.md' });
  if (!parsed.ok || parsed.value.terms === undefined) throw new Error('it asks for nothing');
  return parsed.value.terms;
}

const LINKS = readFileSync('examples/links/plan.md', 'utf8');
const LOGLINES = readFileSync('examples/loglines/plan.md', 'utf8');

test('a functional plan asks for its criteria and for every row of its three contracts', () => {
  const { criteria, rows, gates } = termsOf(LINKS);
  expect(criteria.map(({ id }) => id)).toEqual(['AC-1', 'AC-2', 'AC-3', 'AC-4', 'AC-5', 'AC-6']);
  expect(rows.filter(({ role }) => role === 'testing').map(({ id, criteria: of }) => [id, ...of])).toEqual(
    [1, 2, 3, 4, 5, 6].map((n) => [`T${n}`, `AC-${n}`]),
  );
  expect(rows.find(({ id }) => id === 'R5')).toMatchObject({
    role: 'review',
    criteria: ['AC-5'],
    tasks: ['WS-4', 'WS-5', 'WS-6'],
  });
  // What is settled stops nobody.
  expect(gates).toEqual([]);
});

test('an open assumption stops the streams that it names; one that names nothing stops them all', () => {
  const open = LINKS.replace('Yes: it runs on one machine', 'Ask somebody');
  expect(termsOf(open).gates).toMatchObject([
    { id: 'A-1', asks: 'assumption', before: ['WS-1', 'WS-2', 'WS-3', 'WS-4', 'WS-5', 'WS-6'] },
  ]);
  const named = open.replace('One process writes the file', 'One process writes the file (FR-3)');
  expect(termsOf(named).gates).toMatchObject([{ id: 'A-1', before: ['WS-4', 'WS-5', 'WS-6'] }]);
});

test('a risk of three pull requests is validated by the commands that its text names, before what it stands before', () => {
  const costly = LOGLINES.replace(
    'Read 10 million lines. **Success:** below 1 GB. **Abort:** a sketch. | 0.5 PR refactor |',
    'Run `node bench/read.mjs --lines 10`. **Success:** below 1 GB. **Abort:** a sketch. | 3 PRs of rework |',
  );
  const gate = termsOf(costly).gates.find(({ kind }) => kind === 'validation');
  expect(gate).toMatchObject({
    ...{ id: 'V1', before: ['PR-4'], commands: ['node bench/read.mjs --lines 10'], criteria: ['below 1 GB.'] },
    onFail: 'a sketch.',
  });
  expect(termsOf(LOGLINES).gates.some(({ kind }) => kind === 'validation')).toBe(false);
});

test('a validation of one pull request is run when its needs are merged; its branch is the one that the plan names', () => {
  const text = LOGLINES.replace(
    '- **Depends On:** PR 2, PR 3\n- **Validation Gate:** None',
    '- **Branch:** `feature/command`\n- **Depends On:** PR 2, PR 3\n- **Validation Gate:** `node bench/day.mjs --fast` is below a second',
  );
  const { gates, units } = termsOf(text);
  expect(gates.find(({ id }) => id === 'V-PR-4')).toMatchObject({
    before: ['PR-4'],
    commands: ['node bench/day.mjs --fast'],
  });
  expect(units).toEqual([
    { task: 'PR-1' },
    { task: 'PR-2' },
    { task: 'PR-3' },
    { task: 'PR-4', branch: 'feature/command' },
  ]);
});

test('a freeze holds the files and names that the plan gives for it', () => {
  const named = LOGLINES.replace('| Line contract | PR 1 |', '| Line contract: `readLine` in `src/line.js` | PR 1 |');
  expect(termsOf(named).gates.find(({ kind }) => kind === 'freeze')?.frozen).toEqual({
    paths: ['src/line.js'],
    names: ['readLine'],
  });
  expect(termsOf(LOGLINES).criteria.map(({ id }) => id)).toEqual(['BC-1-1', 'BC-2-1', 'BC-3-1', 'BC-4-1']);
});

test('sentences of the global verification that are no commands are asked for as a whole', () => {
  expect(termsOf(readFileSync('examples/recipes/plan.md', 'utf8')).whole.length).toBeGreaterThan(0);
});

test.each([
  // Already merged: held from the beginning.
  ['| Interface | Where |\n|---|---|\n| `Store` | `src/store.ts` |', 'F-0', [], ['Store']],
  ['```ts\n// src/store.ts\nexport interface Store {\n  get(key: string): string;\n}\n```', 'F-0', [], ['Store']],
  ['- `Store.Get(key)`, in `src/store.ts`', 'F-0', [], ['Store']],
  [
    '| Interface | Frozen by |\n|---|---|\n| `Store`, `openStore()` | PR 1 |',
    'F-PR-1',
    ['PR-1'],
    ['Store', 'openStore'],
  ],
])('frozen without a row in a schedule: %s', (section, id, after, names) => {
  const text = LOGLINES.replace(
    /(## F\)[^\n]*\n)[\s\S]*?(?=\n## )/,
    (_, heading: string) => `${heading}\n${section}\n`,
  );
  expect(termsOf(text).gates.find((gate) => gate.id === id)).toMatchObject({
    kind: 'freeze',
    after,
    frozen: { names },
  });
});

test('the entry of a pull request freezes the names that it says, and not those that stay flexible', () => {
  const said = (words: string): unknown =>
    termsOf(LOGLINES.replace(/(### PR 1[^]*?\n)(- \*\*)/, `$1- **Interfaces:** ${words}\n$2`)).gates.find(
      ({ id }) => id === 'F-PR-1',
    )?.frozen;
  expect(said('`parseLine()` is frozen when this is merged; `LineOptions` stays flexible')).toEqual({
    names: ['parseLine'],
    paths: [],
  });
  expect(said('flexible; `parseLine()` is not frozen until PR 4')).toBeUndefined();
});
