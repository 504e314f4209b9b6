import { describe, expect, test } from 'vitest';
import type { Draft } from '../../../../src/core/plan/draft.ts';
import { parsePlan, readDraft } from '../../../../src/core/plan/parse.ts';

function draftOf(text: string): Draft<'micro'> {
  const result = readDraft(text, 'micro');
  if (!result.ok) throw new Error('was not read');
  return result.value.draft as Draft<'micro'>;
}

const plan = (text: string): string => `# Library — Implementation Plan\n\n**Goal:** Lend books.\n\n${text}`;

describe('as people write them', () => {
  test('contracts in fences, several in one, with lines that go on', () => {
    const { contracts } = draftOf(
      plan(
        '## Behavioral Contracts\n\n**Negative contracts:**\n\n```\nBC-1: Full shelf\n- GIVEN a full shelf\n- WHEN a book is returned\n- THEN it MUST NOT be lost\n       AND the clerk is told\n\nBC-2: Empty shelf\n- GIVEN none\n- WHEN a book is asked for\n- THEN "none" is said\n```\n\n```go\nBC-3: code\n```\n\n## Tasks\n\n### Task 1: BC-1 + BC-2 — Return books\n\n**Verify:** `npm test`\n',
      ),
    ).detail;
    expect(contracts.map(({ id, name, polarity, clauses }) => [id, name, polarity, clauses.then?.text])).toEqual([
      ['BC-1', 'Full shelf', 'negative', 'it MUST NOT be lost AND the clerk is told'],
      ['BC-2', 'Empty shelf', 'negative', '"none" is said'],
    ]);
  });

  test('a title that begins with contracts, an expectation in a comment, a message alone in a fence', () => {
    const { units, detail } = draftOf(
      plan(
        '## Behavioral Contracts\n\nBC-1: x\n- GIVEN a\n- WHEN b\n- THEN c\n\n## Tasks\n\n#### Task 1: BC-1 — Return books\n\n**Step 1 — Run the test to see it fail:**\n```bash\nnpm test -- back\n# Expected: FAIL\n```\n\n**Step 2 — Run the test to see it pass:**\n```bash\nnpm test -- back\n# Expected: PASS\nnpm run build\n# Expected: no output\n```\n\n**Step 3 — Commit:**\n```\nfeat(shelf): take books back (BC-1)\n\nMore.\n```\n',
      ),
    );
    expect(units[0]?.title).toBe('Return books');
    expect(
      detail.tasks[0]?.steps.map(({ kind, runs, commit }) => [
        kind,
        runs.map(({ expected }) => expected),
        commit?.text,
      ]),
    ).toEqual([
      ['run-fail', ['FAIL'], undefined],
      ['run-pass', ['PASS', 'no output'], undefined],
      ['commit', [], 'feat(shelf): take books back (BC-1)'],
    ]);
    expect(units[0]?.verify.map(({ run }) => run)).toEqual(['npm test -- back', 'npm run build']);
  });

  test('the only task implements all contracts; items in bold name its files', () => {
    const { units, detail } = draftOf(
      plan(
        '## Behavioral Contracts\n\nBC-1: x\n- GIVEN a\n- WHEN b\n- THEN c\n\nBC-2: y\n- GIVEN a\n- WHEN b\n- THEN d\n\n## Tasks\n\n### Task 1: Add words\n\n1. **Edit** `docs/words.md` so that all words are in it\n2. **Create** `docs/new.md`\n3. **Verify** the order\n',
      ),
    );
    expect(units[0]?.criteria).toEqual(['c', 'd']);
    expect(units[0]?.paths.map(({ text }) => text)).toEqual(['docs/words.md', 'docs/new.md']);
    expect(detail.tasks[0]?.files.map(({ use }) => use)).toEqual(['modify', 'create']);
    expect(detail.tasks[0]?.implied).toBe(true);
  });

  test('what the tests of a task name and say, when the task says nothing else', () => {
    const { units } = draftOf(
      plan(
        '## Behavioral contracts\n\n### BC-INK-1 (dry ink)\n**GIVEN** a\n**WHEN** b\n**THEN** it is dry.\n\n### BC-INK-2 (wet)\n**GIVEN** a\n**WHEN** b\n**THEN** it is wet.\n\n## Tasks (TDD)\n\n### Task 1 — Ink\nAdd ink to `src/ink.ts`.\n\n**Tests:** `test/ink.test.ts`:\n- `dries` — it dries (BC-INK-1).\n\n**Commit:** `feat: ink`\n\n### Task 2 — Paper\nAdd paper.\n\n**Tests:** extend:\n- `bends` — it bends.\n',
      ),
    );
    expect(units.map(({ criterionIds, criteria }) => [criterionIds, criteria])).toEqual([
      [['BC-INK-1'], ['it is dry.']],
      [[], ['bends — it bends.']],
    ]);
  });

  test('checks that are run under the key of the test', () => {
    const { units } = draftOf(
      plan(
        '## Part 2: Tasks\n\n### Task 1: Move the list\n\n**Test (verification):**\n```bash\n# it must be there\ntest -f docs/list.md\n# Expected: exit 0\n```\n\n**Implementation:**\n1. Create it\n\n### Task 2: Verify the links\n\n**Step 1: Grep for all links and verify each target**\n\n```bash\ngrep -rn "docs/" README.md\n```\n',
      ),
    );
    expect(units.map(({ verify }) => verify.map(({ run }) => run))).toEqual([
      ['test -f docs/list.md'],
      ['grep -rn "docs/" README.md'],
    ]);
  });

  test('phases of an implementation checklist, with their boxes', () => {
    const text =
      '# PR4: Shelves - Micro-Design Plan\n\n## C) Expanded Contracts\n\n### C.1 Behavioral Contracts\n\n| Contract | Description |\n|---|---|\n| **BC-1** | Shelves hold books |\n\n## H) Sanity Checklist\n\n| Check | Status |\n|---|---|\n| Small | ✅ |\n\n## I) Implementation Checklist\n\n### Phase 1: Wood\n- [ ] Saw\n- [x] Plane\n\n### Phase 2: Nails\n- [ ] Hammer\n';
    const parsed = parsePlan(text, { fileName: 'x.md' });
    expect(parsed.ok && parsed.value.kind).toBe('micro');
    const { units, title, criteria } = draftOf(text);
    expect(title).toBe('PR4: Shelves');
    expect(units.map(({ id, title: name, boxes }) => [id, name, boxes.length])).toEqual([
      ['T1', 'Wood', 2],
      ['T2', 'Nails', 1],
    ]);
    expect(criteria.map(({ id, text: said }) => [id, said])).toEqual([['BC-1', 'Shelves hold books']]);
  });

  test('keys that say what is run, numbered changes, the file of a test', () => {
    const { units, detail } = draftOf(
      plan(
        '## Behavioral Contracts\n\n**BC-1:** GIVEN a,\nWHEN b,\nTHEN c.\n\n## Tasks\n\n### Task 1 — Write the failing test (BC-1)\n\n**Test:** `refuses` in `test/door.test.ts`\n\n**Run to fail:**\n```bash\nnpm test -- door\n```\nExpected: FAIL\n\n**Commit:** `test: door (BC-1)`\n\n### Task 2 — Close it (BC-1)\n\n**File:** `src/door.ts`\n\n**Change 1 — The lock (after line 20):**\n```ts\nlock();\n```\n\n**Run to pass:**\n```bash\nnpm test -- door\n```\nExpected: PASS\n\n**Run lint:** `npm run lint`\n\n**Commit:** `feat: door (BC-1)`\n',
      ),
    );
    expect(units.map(({ paths, verify }) => [paths.map(({ text }) => text), verify.map(({ run }) => run)])).toEqual([
      [['test/door.test.ts'], []],
      [['src/door.ts'], ['npm test -- door', 'npm run lint']],
    ]);
    expect(detail.tasks.map(({ steps }) => steps.map(({ kind }) => kind))).toEqual([
      ['test', 'run-fail', 'commit'],
      ['impl', 'run-pass', 'lint', 'commit'],
    ]);
  });

  test('files behind any word', () => {
    const { units } = draftOf(
      plan(
        '## Tasks\n\n### Task 1: x\n\n**Files:**\n- Rewrite: `a/b.ts` (all of it)\n- Modify/create: `c.ts`\n- `d.ts`: the rest\n',
      ),
    );
    expect(units[0]?.paths.map(({ text }) => text)).toEqual(['a/b.ts', 'c.ts', 'd.ts']);
  });

  test('labelled lines above lists of keys, and sections that no other kind has', () => {
    const text =
      '# PR5 Micro-Plan: Shelves\n\n## B) Targeted Recon Summary\n\nNone.\n\n## C) Behavioral Contracts\n\n**BC-1:** GIVEN a,\nWHEN b,\nTHEN c.\n\n## E) Detailed Implementation Plan\n\nIT-1: Saw the wood\n\n- Files: `src/saw.ts`, `test/saw.test.ts`\n- Contracts: BC-1\n- Verification: `npm test -- saw`\n\n**Batch 2 checkpoint**\n\nIT-2: Plane it\n\n- Files: `src/plane.ts`\n- Depends on: IT-1\n- Contracts: BC-1\n- Verification: `npm test -- plane`\n\n## I) Deviation Log\n\nNone.\n';
    const parsed = parsePlan(text, { fileName: 'x.md' });
    expect(parsed.ok && parsed.value.kind).toBe('micro');
    const { units, title } = draftOf(text);
    expect(title).toBe('Shelves');
    expect(
      units.map(({ id, title: name, paths, verify, criterionIds }) => [
        id,
        name,
        paths.map(({ text: path }) => path),
        verify.map(({ run }) => run),
        criterionIds,
      ]),
    ).toEqual([
      ['IT-1', 'Saw the wood', ['src/saw.ts', 'test/saw.test.ts'], ['npm test -- saw'], ['BC-1']],
      ['IT-2', 'Plane it', ['src/plane.ts'], ['npm test -- plane'], ['BC-1']],
    ]);
    expect(units[1]?.needs.map(({ text: needs }) => needs.trim())).toEqual(['IT-1']);
  });

  test('a line with a label and no keys below it is no task', () => {
    const { units } = draftOf(plan('## Notes\n\nIT-1: Saw\n\n- wood\n- nails\n\nIT-2: Plane\n\n- Files: `a.ts`\n'));
    expect(units).toEqual([]);
  });

  test('contracts from commit messages, checks of the state before, numbered files', () => {
    const contracts =
      '## Part 1: Design\n\n### A. Behavioral Contracts\n\n**BC-1 (ink):** GIVEN a, WHEN b, THEN it must still use GIVEN/WHEN/THEN with care.\n\n**BC-2 (paper):** GIVEN a, WHEN b, THEN it bends.\n\n';
    const { units, detail } = draftOf(
      plan(
        `${contracts}## Part 2: Tasks\n\n### Task 1: Write failing tests\n\n**Test file:** \`test/ink.test.ts\`\n\n\`\`\`ts\ntest('x', () => {});\n\`\`\`\n\n**Run test to verify failure:**\n\`\`\`bash\nnpm test -- ink\n# Expected: compilation error\n\`\`\`\n\n**Commit:** \`test: add failing tests (BC-1..2)\`\n\n### Task 2: Make it so\n\n**File 1: \`src/ink.ts\`**\n\n1. Add ink\n\n**File 2: \`src/paper.ts\`**\n\nAdd paper.\n\n**Run tests to verify they pass:**\n\`\`\`bash\nnpm test\n# Expected: PASS\n\`\`\`\n\n**Commit:** \`feat: ink and paper\`\n\n### Task 3: Docs\n\n**Files:**\n- Modify: \`docs/ink.md\`\n\n**Step 1: Verify current state**\n\n\`\`\`bash\ngrep -c old docs/ink.md\n\`\`\`\nExpected output: \`3\`\n\n**Step 2: Apply the replacement**\n\nReplace it.\n\n**Step 3: Verify**\n\n\`\`\`bash\ngrep -A3 new docs/ink.md\n\`\`\`\nExpected output includes: \`ink\`\n\n**Step 4: Commit**\n\n\`\`\`bash\ngit commit -m "docs: new ink\n\n- Implement BC-2: paper"\n\`\`\`\n\n### Task 4: Look at the readme\n\n**Step 1: Read it**\n\nRead it.\n\n**Step 2: No commit needed if no changes**\n\n## Part 3 — Deviation Log\n\n| Deviation | Reason |\n|---|---|\n| Less ink | CORRECTION: it was too much |\n`,
      ),
    );
    expect(
      units.map(({ paths, verify, criterionIds, criteria }) => [
        paths.map(({ text }) => text),
        verify.map(({ run }) => run),
        criterionIds,
        criteria,
      ]),
    ).toEqual([
      [['test/ink.test.ts'], [], ['BC-1', 'BC-2'], []],
      [['src/ink.ts', 'src/paper.ts'], ['npm test'], [], []],
      [['docs/ink.md'], ['grep -A3 new docs/ink.md'], ['BC-2'], ['it bends.']],
      [[], [], [], []],
    ]);
    expect(detail.contracts[0]?.clauses.then?.text).toBe('it must still use GIVEN/WHEN/THEN with care.');
    expect(detail.deviations.map(({ does, word }) => [does, word])).toEqual([['Less ink', 'CORRECTION']]);
    expect(detail.tasks[2]?.steps.map(({ kind }) => kind)).toEqual(['run-fail', 'impl', 'run-pass', 'commit']);
  });

  test('contracts without clauses, and those that a task keeps only in part', () => {
    const { units } = draftOf(
      plan(
        '## Behavioral Contracts\n\n**BC-1:** `ink()` returns blue.\n\n**BC-2 (paper):** GIVEN a, WHEN b, THEN it bends.\n\n## Tasks\n\n### Task 1: Ink\n\n**Contracts Implemented:** BC-1, BC-2 (partial — only the field)\n\n### Task 2: Paper\n\n**Contracts Implemented:** BC-2\n',
      ),
    );
    expect(units.map(({ criterionIds, criteria }) => [criterionIds, criteria])).toEqual([
      [['BC-1', 'BC-2'], ['ink() returns blue.']],
      [['BC-2'], ['it bends.']],
    ]);
  });

  test('contracts whose ids have a letter, and what a plan takes away', () => {
    const { units, detail } = draftOf(
      plan(
        '**Goal:** x\n\n**What this PR removes:**\n1. Ink\n\n## Behavioral Contracts\n\nBC-1: Ink\n- GIVEN a\n- WHEN b\n- THEN c\n\n**Negative Contracts**\n\nBC-N1: Paper\n- GIVEN a\n- WHEN b\n- THEN d\n\nBC-N2: Glue\n- GIVEN a\n- WHEN b\n- THEN e\n\n## Tasks\n\n### Task 1: Ink\n\n**Contracts Implemented:** BC-1, BC-N1 to BC-N2\n\n### Task 2: Paper\n\n**Contracts Implemented:** BC-N1\n',
      ),
    );
    expect(units.map(({ criteria }) => criteria)).toEqual([['c', 'd', 'e'], ['d']]);
    expect(detail.contracts.map(({ id, polarity }) => [id, polarity])).toEqual([
      ['BC-1', undefined],
      ['BC-N1', 'negative'],
      ['BC-N2', 'negative'],
    ]);
    expect(detail.header.adds?.text).toContain('Ink');
  });
});
