import { expect, test } from 'vitest';
import { parsePlan } from '../../../src/core/plan/parse.ts';

/** The commands and sentences of a plan's last Verification with this one item. */
function read(item: string): { readonly verify: readonly string[]; readonly whole: readonly string[] } {
  const text = `# Plan

## Tasks

### Task 1: One thing

**Files:** \`src/a.js\`

Make it.

## Verification

- [ ] ${item}
`;
  const parsed = parsePlan(text, { kind: 'task', fileName: 'plan.md' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed));
  return { verify: parsed.value.verify, whole: parsed.value.terms?.whole ?? [] };
}

test.each([
  ['Integration tests pass across module boundaries: `python3 -m unittest discover -s tests/integration -t .`'],
  ['E2E tests pass for critical user journeys (`npm run test:e2e`)'],
  ['No type errors: `npx tsc --noEmit`'],
  ['Everything builds with `make release`'],
  ['The smoke test is green — `./smoke.sh --fast`'],
  ['User journey works: `scripts/journey.sh`'],
])('%s is a command', (item) => {
  expect(read(item)).toEqual({ verify: [/`(.*)`/.exec(item)?.[1]], whole: [] });
});

test.each([
  ['The README documents the command that runs the tests: `npm run test:all`'],
  ['The old check is removed: `npm run legacy`'],
  ['Transfers work: `transfer(a, b)` is all or nothing'],
  ['Errors have the shape: `{error, code, details}`'],
  ['Checked by hand with `npm start`'],
])('%s stays a sentence', (item) => {
  expect(read(item).verify).toEqual([]);
  expect(read(item).whole).toHaveLength(1);
});
