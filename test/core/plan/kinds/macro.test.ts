import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Draft } from '../../../../src/core/plan/draft.ts';
import { costOf } from '../../../../src/core/plan/kinds/macro/cost.ts';
import { sentenceArrows } from '../../../../src/core/plan/kinds/macro/dag.ts';
import { drawnArrows, mermaidArrows } from '../../../../src/core/plan/kinds/macro/diagram.ts';
import { namedPull } from '../../../../src/core/plan/kinds/macro/entries.ts';
import { macroId, mentionsIn } from '../../../../src/core/plan/kinds/macro/ids.ts';
import { macroIdsOf, renderMacro } from '../../../../src/core/plan/kinds/macro/render.ts';
import { MACRO_SECTIONS, macroSectionsOf } from '../../../../src/core/plan/kinds/macro/sections.ts';
import { markPrDone } from '../../../../src/core/plan/kinds/macro/status.ts';
import { wantedSymbols } from '../../../../src/core/plan/kinds/macro/symbols.ts';
import { macroTemplate } from '../../../../src/core/plan/kinds/macro/template.ts';
import { applyEdits } from '../../../../src/core/plan/markdown/edits.ts';
import { everySection } from '../../../../src/core/plan/markdown/sections.ts';
import type { Plan } from '../../../../src/core/plan/model.ts';
import { parsePlan, readDraft } from '../../../../src/core/plan/parse.ts';
import type { Portable } from '../../../../src/core/plan/portable.ts';
import { runs } from '../../../runs.ts';
import { worked } from '../../../worked.ts';

const FULL = readFileSync(join('test', 'cases', 'plans', 'macro-full.md'), 'utf8');

function draftOf(text: string): Draft<'macro'> {
  const read = readDraft(text, 'macro');
  if (!read.ok) throw new Error('was not read');
  return read.value.draft as Draft<'macro'>;
}

function planOf(text: string): Plan {
  const parsed = parsePlan(text, { fileName: 'plan.md', kind: 'macro' });
  if (!parsed.ok) throw new Error('was not read');
  return parsed.value;
}

function needsOf(text: string): Record<string, readonly string[]> {
  return Object.fromEntries(planOf(text).units.map(({ task }) => [task.id, task.needs]));
}

describe('a whole plan', () => {
  const { detail, units, gates } = draftOf(FULL);

  test('is of its kind by its signs, has no findings, and its pull requests are planned first', () => {
    const parsed = parsePlan(FULL, { fileName: 'plan.md' });
    expect(parsed.ok && parsed.value.kind).toBe('macro');
    expect(parsed.ok && parsed.value.findings).toEqual([]);
    expect(units.every(({ planFirst, boxes }) => planFirst === 'micro' && boxes.length === 0)).toBe(true);
  });

  test('aims, scoping and concept model', () => {
    expect([detail.objectives.length, detail.nonGoals.length, detail.questions.length]).toEqual([3, 2, 1]);
    expect(detail.scoping?.map(({ component, simplified }) => [component, simplified])).toEqual([
      ['Tide', 'Linear between hours'],
      ['Ship', '—'],
    ]);
    expect(detail.blocks.map(({ name, aspects }) => [name, aspects.size])).toEqual([
      ['Lock Policy', 6],
      ['Tide Forecast', 6],
      ['Replay', 6],
    ]);
    expect(detail.owners.map(({ state, owner }) => `${state}: ${owner}`)).toEqual([
      'Interpolated levels: Tide Forecast',
      'Cursor of the recording: Replay',
    ]);
    expect(detail.correspondence?.blocks.map(({ text }) => text)).toEqual(['Lock Policy', 'Tide Forecast', 'Replay']);
  });

  test('pull requests: status, guarantees, both tiers', () => {
    expect(detail.pulls.map(({ id, done }) => [id, done])).toEqual([
      ['PR-1', true],
      ['PR-2', false],
      ['PR-3', false],
      ['PR-4', false],
    ]);
    expect(units[0]?.title).toBe('Policy contract and two policies');
    expect(draftOf(FULL).criteria.map(({ id }) => id)).toEqual([
      'BC-1-1',
      'BC-1-2',
      'BC-2-1',
      'BC-2-2',
      'BC-3-1',
      'BC-4-1',
    ]);
    const { tier1 } = detail.pulls[0] ?? {};
    expect(FULL.slice(tier1?.start, tier1?.end)).toContain('BC-1-2');
    expect(FULL.slice(tier1?.start, tier1?.end)).not.toContain('LOC');
    expect(units[3]?.loop).toEqual({ rounds: 4, until: 'the drift is below 1 s', abort: 'two rounds bring nothing' });
    expect(units[2]?.estimate).toBe(120);
  });

  test('needs, edges and gates', () => {
    expect(planOf(FULL).edges).toEqual([
      { from: 'PR-1', to: 'PR-2', why: 'gate', origin: 'rule' },
      { from: 'PR-1', to: 'PR-3', why: 'declared', origin: 'text' },
      { from: 'PR-2', to: 'PR-3', why: 'declared', origin: 'text' },
      { from: 'PR-3', to: 'PR-4', why: 'declared', origin: 'text' },
    ]);
    expect(gates.map(({ id, kind, after, before, onFail }) => [id, kind, after, before, onFail])).toEqual([
      ['V1', 'validation', [0], [1], 'read levels of every minute.'],
      ['F1', 'freeze', [0], [2], undefined],
      ['G1', 'validation', [0], [2], undefined],
    ]);
  });

  test('risks, frozen interfaces and what surrounds them', () => {
    expect(detail.risks.map(({ cost, before, success }) => [cost, before, success])).toEqual([
      [3, ['PR-2'], 'error below 3 cm for 99 % of the hours.'],
      [0.5, ['PR-3'], 'none of them mixes.'],
    ]);
    expect(detail.frozen.map(({ names, path, by }) => [names, path, by])).toEqual([
      [['Policy'], 'locks/policy.go', 'PR-1'],
    ]);
    expect(detail.crossCutting.map(({ units: own }) => own)).toEqual([['PR-1'], ['PR-4']]);
    expect(detail.revisions.map(({ date }) => date)).toEqual(['2031-04-21']);
    expect(wantedSymbols(draftOf(FULL))).toEqual(['Policy', 'TideTurned', 'ShipArrived']);
  });

  test('the context of its briefs is what everybody must know, not every pull request', () => {
    const { context } = planOf(FULL);
    expect(context).toContain('Executive Summary');
    expect(context).toContain('Concept Model');
    expect(context).not.toContain('Tier 1');
  });
});

test.each([
  ['PR 17: Scorer', 'PR-17', 'Scorer', false],
  ['PR-3a — Tail — MERGED', 'PR-3a', 'Tail', true],
  ['✅ PR 4: Head', 'PR-4', 'Head', false],
  ['PR 5 (optional): Body — ✅ COMPLETED 2031-01-02', 'PR-5', 'Body', true],
  ['WP2: Index (done)', 'WP-2', 'Index', true],
  ['Work package 02 - Index', 'WP-2', 'Index', false],
  ['Pull Request 9: x', 'PR-9', 'x', false],
  ['Worktree 1: PR17 — Scorer — PR #260 MERGED', 'PR-17', 'Scorer', true],
  ['Worktree 2: #236 — Roof', 'GH-236', 'Roof', false],
  ['Worktree 3: Clean up', 'WT-3', 'Clean up', false],
  ['#236: Roof — COMPLETE', 'GH-236', 'Roof', true],
  ['Issue #12: Draft of a letter', 'GH-12', 'Draft of a letter', false],
  ['PR 6: Open doors, closed doors', 'PR-6', 'Open doors, closed doors', false],
  ['PR 7: Complete rewrite', 'PR-7', 'Complete rewrite', false],
  ['PR 8: Doors — IN REVIEW', 'PR-8', 'Doors', false],
])('heading %s', (title, id, words, done) => {
  expect(namedPull(title)).toMatchObject({ id, title: words, ...(title.startsWith('✅') ? {} : { done }) });
});

test.each(['PR Dependency Graph', 'PRs', 'PR 17 adds a scorer', 'Phase 1: x', 'Worktree layout'])(
  '%s opens no pull request',
  (title) => {
    expect(namedPull(title)).toBeUndefined();
  },
);

test('ids in every spelling', () => {
  expect(['PR 17', 'pr-017', 'PR#17', 'Pull Request 17', 'PR17'].map(macroId)).toEqual(Array(5).fill('PR-17'));
  expect(['#236', 'GH-236', 'issue #236', 'WP 2', 'Worktree 3', '7', 'x'].map(macroId)).toEqual([
    'GH-236',
    'GH-236',
    'GH-236',
    'WP-2',
    'WT-3',
    undefined,
    undefined,
  ]);
  const ids = (text: string): string[] => mentionsIn(text).map(({ id }) => id);
  expect(ids('PR 3–5, WP1–WP4 and PRs 7, 8 and 9 (not 10)')).toEqual([
    'PR-3',
    'PR-4',
    'PR-5',
    'WP-1',
    'WP-2',
    'WP-3',
    'WP-4',
    'PR-7',
    'PR-8',
    'PR-9',
  ]);
  expect(ids('`docs/pr17-plan.md`, color #1a2b3c, PR 2, 3 files')).toEqual(['PR-2']);
});

test.each([
  ['1 PR', 1],
  ['0.5 PR refactor', 0.5],
  ['PR 3–5 rework', 3],
  ['All WP1–WP4', 4],
  ['All PRs', 7],
  ['2–3 PRs', 3],
  ['3+ PRs of rework', 3],
  ['PR 18 rework (fallback) — 1 PR', 1],
  ['Rework of PR 2 and PR 4', 2],
  ['trivial', 0],
  ['Fallback exists — 0 additional cost', 0],
  ['two PRs', 2],
  ['half a PR', 0.5],
  ['4', 4],
  ['a lot', undefined],
])('cost "%s" is %s', (text, cost) => {
  expect(costOf(text, 7)).toBe(cost);
});

describe('drawings', () => {
  const arrows = (text: string): string[] =>
    [...new Set(drawnArrows(text).map(({ from, to }) => `${from}>${to}`))].sort();

  test.each([
    ['a line', 'PR 1 → PR 2 --> PR 3', ['PR-1>PR-2', 'PR-2>PR-3']],
    ['lists on a line', 'PR 1, PR 2 -> PR 3', ['PR-1>PR-3', 'PR-2>PR-3']],
    ['backwards', 'PR 2 ← PR 1', ['PR-1>PR-2']],
    ['a column', 'PR 1 (a)\n  ↓\nPR 2 (b, see PR 9)\n\n    |\n    v\n\nPR 3', ['PR-1>PR-2', 'PR-2>PR-3']],
    ['two columns', 'PR 1       PR 2\n  ↓          ↓\nPR 3       PR 4', ['PR-1>PR-3', 'PR-2>PR-4']],
    ['a tree', 'PR 1\n├── PR 2\n│   └── PR 3\n└── PR 4', ['PR-1>PR-2', 'PR-1>PR-4', 'PR-2>PR-3']],
    ['a tree in ASCII', 'PR 1\n+-- PR 2\n|-- PR 3\n`-- PR 4', ['PR-1>PR-2', 'PR-1>PR-3', 'PR-1>PR-4']],
    [
      'fan out and in',
      'PR 1 ──┬──→ PR 2 ──┐\n       └──→ PR 3 ──┴──→ PR 4',
      ['PR-1>PR-2', 'PR-1>PR-3', 'PR-2>PR-4', 'PR-3>PR-4'],
    ],
    ['a fork', '      PR 1\n        │\n   ┌────┴────┐\n   ▼         ▼\n  PR 2      PR 3', ['PR-1>PR-2', 'PR-1>PR-3']],
    ['slanted', '   PR 1\n   /  \\\n PR 2  PR 3', ['PR-1>PR-2', 'PR-1>PR-3']],
    ['no arrows', 'PR 1 and PR 2 are independent', []],
    [
      'names of phases across the lines',
      'PHASE 1: BASE ═══════════\n\n  PR 1 ──► PR 2\n             │\nPHASE 2: TOP ════════════\n             │\n             ▼\n            PR 3',
      ['PR-1>PR-2', 'PR-2>PR-3'],
    ],
    [
      'names of boxes below their ids',
      '   PR 1\n (The\n  store)\n    │\n    ▼\n   PR 2\n (Two, long)    (Other)\n       │\n      PR 3',
      ['PR-1>PR-2', 'PR-2>PR-3'],
    ],
    ['a milestone between two arrows', '  PR 1\n   │\n   ▼\nSHAPES FROZEN\n   │\n   ▼\n  PR 2', ['PR-1>PR-2']],
    ['a milestone that ends a line', '  PR 1\n   │\n   ▼\n RELEASE\n  PR 2', []],
    [
      'parts of one',
      'WP1\n │\n ├──────┐\n ▼      ▼\nWP2-a  WP2-b\n │      │\n └──┬───┘\n    ▼\n   WP3',
      ['WP-1>WP-2', 'WP-2>WP-3'],
    ],
  ])('%s', (_, text, expected) => {
    expect(arrows(text)).toEqual(expected);
  });

  test('mermaid, whatever its nodes are called', () => {
    const text =
      'graph LR\n  A["PR 1: base"] --> B(PR 2)\n  B -- then --> C{{PR 3}}\n  A & B -.-> PR_4\n  PR_4 -->|ok| PR5;';
    const found = mermaidArrows(text).map(({ from, to }) => `${from}>${to}`);
    expect(found).toEqual(['PR-1>PR-2', 'PR-2>PR-3', 'PR-1>PR-4', 'PR-2>PR-4', 'PR-4>PR-5']);
  });

  test.each([
    ['PR 3 and PR 4 depend on PR 1.', ['PR-1>PR-3', 'PR-1>PR-4']],
    ['PR 2 depends on PR 1 but not on PR 5', ['PR-1>PR-2']],
    ['After PR 1, PR 2 and PR 3 can start in parallel.', ['PR-1>PR-2', 'PR-1>PR-3']],
    ['PR 1 unlocks PR 2–3', ['PR-1>PR-2', 'PR-1>PR-3']],
    ['PR 1 and PR 2 are merged.', []],
    ['PR 1 must complete and pass R1/R2 before PR 2', ['PR-1>PR-2']],
  ])('%s', (text, expected) => {
    expect(
      sentenceArrows(text)
        .map(({ from, to }) => `${from}>${to}`)
        .sort(),
    ).toEqual(expected);
  });
});

describe('needs', () => {
  const series = (...entries: string[]): string =>
    `# x\n\n## PR Series\n\n${entries.map((text, i) => `### PR ${i + 1}: t${i + 1}\n\n${text}`).join('\n\n')}\n`;
  const on = (needs: string): string => `- **Depends On:** ${needs}`;

  test.each([
    ['PR 1 (contract), and PR 2', ['PR-1', 'PR-2']],
    ['PR1; in parallel with PR 2', ['PR-1']],
    ['None (independent of PR 2)', []],
    ['PR 1 must merge first. Unlocks PR 4.', ['PR-1']],
    ['PRs 1 and 2', ['PR-1', 'PR-2']],
    ['all above', ['PR-1', 'PR-2']],
    ['PR 1–2', ['PR-1', 'PR-2']],
    ['the previous PR', ['PR-2']],
    ['#1', ['PR-1']],
    ['PR 9 (already merged)', []],
    ['PR 2 (after the freeze; itself needs PR 1)', ['PR-2']],
  ])('%s', (text, needs) => {
    expect(needsOf(series(on('none'), on('none'), on(text)))['PR-3']).toEqual(needs);
    expect(planOf(series(on('none'), on('none'), on(text))).findings.filter(({ rule }) => rule === 'GEN-004')).toEqual(
      [],
    );
  });

  test('what a phase says of all its pull requests', () => {
    const text =
      '# x\n\n## PR Plan\n\n### Phase 1 (Sequential)\n\nThese must be done in order.\n\n#### PR 1: a\n\nx\n\n#### PR 2: b\n\nx\n\n### Phase 2\n\nAfter PR 2, these PRs can be built in parallel.\n\n#### PR 3: c\n\nx\n\n#### PR 4: d\n\nx\n';
    expect(needsOf(text)).toEqual({ 'PR-1': [], 'PR-2': ['PR-1'], 'PR-3': ['PR-2'], 'PR-4': ['PR-2'] });
  });

  test('a title keeps what is no status', () => {
    const plan = planOf(
      '# x\n\n## Work Package Plan\n\n### WP0: Ways in (door + OpenGate)\n\nx\n\n### WP1: Ways out (open)\n\nx\n',
    );
    expect(plan.units.map(({ task: { id, title } }) => `${id} ${title}`)).toEqual([
      'WP-0 Ways in (door + OpenGate)',
      'WP-1 Ways out',
    ]);
  });

  test('a pull request that nobody knows is a finding', () => {
    const { findings } = planOf(series(on('none'), on('PR 7')));
    expect(findings.map(({ rule }) => rule)).toContain('GEN-004');
  });

  test('without any word on order they follow each other; worktrees do not', () => {
    expect(needsOf(series('a', 'b', 'c'))).toEqual({ 'PR-1': [], 'PR-2': ['PR-1'], 'PR-3': ['PR-2'] });
    expect(needsOf('# x\n\n## Worktree 1: #5 — a\n\nx\n\n## Worktree 2: #6 — b\n\ny\n')).toEqual({
      'GH-5': [],
      'GH-6': [],
    });
  });

  test('entries may be bold lines or rows of a table', () => {
    const lines =
      '# x\n\n## PR Series\n\n**PR 1: a**\n\n- **Depends On:** none\n\n**PR 2: b — MERGED**\n\n- **Depends On:** PR 1\n- **Files Changed:** `a/b.ts`\n';
    expect(needsOf(lines)).toEqual({ 'PR-1': [], 'PR-2': ['PR-1'] });
    expect(planOf(lines).units[1]?.task.scope).toEqual(['a/b.ts']);
    const rows =
      '# x\n\n## PR Plan\n\n| PR | Title | Depends On | Files |\n|---|---|---|---|\n| PR 1 | a | — | `a.ts` |\n| PR 2 | b | PR 1 | `b.ts`, `c/` |\n';
    expect(needsOf(rows)).toEqual({ 'PR-1': [], 'PR-2': ['PR-1'] });
    expect(planOf(rows).units.map(({ task }) => [task.title, task.scope])).toEqual([
      ['a', ['a.ts']],
      ['b', ['b.ts', 'c/']],
    ]);
    const items =
      '# x\n\n## PR Series\n\n1. **PR 1: a**\n   - **Depends On:** none\n2. **PR 2** — b\n   - **Depends On:** PR 1\n   - BC-2-1: It holds\n';
    expect(needsOf(items)).toEqual({ 'PR-1': [], 'PR-2': ['PR-1'] });
    expect(planOf(items).units[1]?.criteria).toEqual(['BC-2-1: It holds']);
  });
});

describe('status', () => {
  const mark = (text: string, at: number): string =>
    applyEdits(text, markPrDone(text, draftOf(text).units[at] as never, '2031-05-06')).text;

  test('a pull request is marked behind its title, once', () => {
    const done = mark(FULL, 1);
    expect(done.split('\n').filter((line) => !FULL.includes(line))).toEqual([
      '### PR 2: Tide forecast — ✅ COMPLETED 2031-05-06',
    ]);
    expect(draftOf(done).detail.pulls[1]?.done).toBe(true);
    expect(draftOf(done).units[1]?.title).toBe('Tide forecast');
    expect(mark(done, 1)).toBe(done);
    expect(mark(FULL, 0)).toBe(FULL);
  });

  test.each([
    ['## PR Series\n\n### PR 1: a ###\n\nx\n', '### PR 1: a — ✅ COMPLETED 2031-05-06 ###'],
    ['## PR Series\r\n\r\n### PR 1: a — IN REVIEW\r\n\r\nx\r\n', '### PR 1: a — ✅ COMPLETED 2031-05-06'],
    ['## PR Series\n\n**PR 1: a**\n\nx\n', '**PR 1: a — ✅ COMPLETED 2031-05-06**'],
    [
      '## PR Series\n\n| PR | Title |\n|---|---|\n| PR 1 | a |\n| PR 2 | b |\n',
      '| PR 1 — ✅ COMPLETED 2031-05-06 | a |',
    ],
  ])('in %j', (text, line) => {
    const done = mark(text, 0);
    expect(done.split(/\r?\n/)).toContain(line);
    expect(draftOf(done).detail.pulls[0]?.done).toBe(true);
    expect(mark(done, 0)).toBe(done);
  });
});

describe('writing', () => {
  test('the template is read, and what it lacks are only its placeholders', () => {
    const text = macroTemplate('Canal locks', 'canal-locks');
    const plan = planOf(text);
    expect(plan.units.map(({ task }) => [task.id, task.needs])).toEqual([
      ['PR-1', []],
      ['PR-2', ['PR-1']],
    ]);
    expect(plan.slug).toBe('canal-locks');
    expect(plan.findings.filter(({ rule, severity }) => rule !== 'GEN-001' && severity === 'error')).toEqual([]);
    const keys = [...everySection(draftOf(text).sections)].map(({ key }) => key);
    expect(MACRO_SECTIONS.filter((spec) => !keys.some((key) => spec.key.test(key))).map(({ title }) => title)).toEqual(
      [],
    );
  });

  test('lean plans are asked for no sections', () => {
    const lean = draftOf(readFileSync(join('test', 'cases', 'plans', 'macro-worktrees.md'), 'utf8'));
    expect(macroSectionsOf(lean).every(({ need }) => need === 'may')).toBe(true);
    expect(macroSectionsOf(draftOf(FULL))).toBe(MACRO_SECTIONS);
  });

  const word = fc.constantFrom(
    'PR 2',
    'BC-1-1:',
    '**Depends On:** PR 1',
    '`a b`',
    '| x | y |',
    '\n',
    '\n\n',
    '### PR 3: x',
    '- [ ] Files: `q`',
    '```',
    'plain',
    'words',
    '#7',
    '---',
    'tier 1',
    '<!--',
  );
  const text = fc.array(word, { maxLength: 6 }).map((words) => words.join(' '));
  const line = fc.constantFrom('It holds', 'BC-3-1: a *strict* rule', '`x` → y', 'Depends On: PR 2', 'a | b', '');
  const unit = fc.record({
    id: fc.constantFrom('PR-1', 'PR-2', 'WP-3', 'GH-44', 'T5', 'ws:A', 'PR-3a', '1.2'),
    title: fc.constantFrom('Read', 'PR 2: twice', 'Merged — MERGED', '', 'a # b #', '`code`'),
    body: text,
    criteria: fc.array(line, { maxLength: 3 }),
    scope: fc.subarray(['src/a.ts', 'src/db/', 'src/**/*.ts', 'Makefile']),
    verify: fc.subarray(['npm test', 'set -e\nls', 'make']),
    done: fc.boolean(),
  });

  test('a plan that is written reads back with its ids, needs, scopes and criteria', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(unit, { selector: ({ id }) => id, minLength: 1, maxLength: 6 }),
        text,
        fc.nat(),
        (units, context, seed) => {
          const plan: Portable = {
            title: 'A plan',
            context,
            units: units.map((one, i) => ({
              ...one,
              group: undefined,
              needs: units.slice(0, i).flatMap(({ id }, at) => (((seed >> (at + i)) & 1) === 1 ? [id] : [])),
              criterionIds: [],
              requirementIds: [],
              agent: undefined,
              estimate: undefined,
              planFirst: 'micro',
            })),
            requirements: [],
            criteria: [],
            verify: [],
          };
          const written = renderMacro(plan);
          const read = planOf(written);
          const ids = macroIdsOf(plan);
          const named = new Map(plan.units.map(({ id }, i) => [id, ids[i] as string]));
          expect(
            read.units.map(({ task }) => task.id),
            written,
          ).toEqual(ids);
          expect(
            read.units.map(({ task }) => task.needs),
            written,
          ).toEqual(plan.units.map(({ needs }) => needs.map((id) => named.get(id))));
          expect(
            read.units.map(({ task }) => task.scope),
            written,
          ).toEqual(plan.units.map(({ scope }) => scope));
          expect(
            read.units.map(({ task }) => task.verify.length),
            written,
          ).toEqual(plan.units.map(({ verify }) => verify.length));
          const plain = (one: string): string => one.replace(/\*/g, '').replace(/`/g, '');
          expect(
            read.units.map(({ criteria }) => criteria.map(plain)),
            written,
          ).toEqual(plan.units.map(({ criteria }) => criteria.filter((one) => one !== '').map(plain)));
        },
      ),
      { seed: 4, numRuns: runs(100) },
    );
  });
});

describe('whatever the text', () => {
  const lines = FULL.split('\n');
  const readable = (text: string): void => {
    const parsed = parsePlan(text, {
      fileName: 'plan.md',
      kind: 'macro',
      facts: { symbols: new Set(), approved: { sha256: '', text: FULL } },
    });
    expect(parsed.ok).toBe(true);
    if (!parsed.ok) return;
    for (const { span, fix } of parsed.value.findings) {
      expect(span.start <= span.end && span.end <= text.length).toBe(true);
      for (const edit of fix?.edits ?? []) expect(edit.start <= edit.end && edit.end <= text.length).toBe(true);
    }
  };

  test('lines left out, doubled, moved and cut never throw', () => {
    const change = fc.record({
      at: fc.nat(lines.length - 1),
      to: fc.nat(lines.length - 1),
      how: fc.constantFrom('drop', 'double', 'swap', 'cut', 'join', 'mark'),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), (changes) => {
        const copy = [...lines];
        for (const { at, to, how } of changes) {
          const one = copy[at] ?? '';
          if (how === 'drop') copy.splice(at, 1);
          else if (how === 'double') copy.splice(to, 0, one);
          else if (how === 'swap') [copy[at], copy[to]] = [copy[to] ?? '', one];
          else if (how === 'cut') copy[at] = one.slice(0, Math.floor(one.length / 2));
          else if (how === 'join') copy[at] = `${one}${copy[to] ?? ''}`;
          else copy[at] = `${one.slice(0, 3)}\`|*#→[${one.slice(3)}`;
        }
        readable(copy.join('\n'));
      }),
      { seed: 17, numRuns: runs(150) },
    );
  });

  test('a long document is read and linted in time', () => {
    const entry = (n: number): string =>
      `### PR ${n}: unit ${n}\n\n- **Scope:** x\n- **Depends On:** PR ${Math.max(1, n - 1)}\n- **Behavioral Guarantees:**\n  - BC-${n}-1: it \`holds\` for \`Some${n}Name\`\n- **Files Changed:** \`src/a${n}.ts\`\n\n`;
    const series = Array.from({ length: 600 }, (_, i) => entry(i + 1)).join('');
    const dag = Array.from({ length: 600 }, (_, i) => `PR ${i + 1} → PR ${i + 2}`).join('\n');
    const texts = [
      `# x\n\n## PR Series\n\n${series}\n## Dependency DAG\n\n${dag}\n`,
      `# x\n\n## Dependency DAG\n\n\`\`\`\n${'├──│→ PR 1 '.repeat(20_000)}\n\`\`\`\n\n### PR 1: a\n`,
      `# x\n\n## Risk Register\n\n| Decision | Cost | Gate |\n|---|---|---|\n${'| a | 3 PRs **Success:** x | Before PR 1 |\n'.repeat(4_000)}\n### PR 1: a\n`,
      `# x\n\n### PR 1: a\n\n${'PR 1, '.repeat(40_000)}\n\n**Depends On:** ${'PR 1–PR 90 '.repeat(5_000)}\n`,
      `# ${'(—'.repeat(50_000)}\n\n### PR 1: ${'— ('.repeat(50_000)}\n`,
      `# x\n\n## Concept Model\n\n${'**1. B** — x\n- OWNS: a, b\n- EVENTS: c\n\n'.repeat(4_000)}\n### PR 1: a\n`,
    ];
    for (const text of texts) {
      const start = worked();
      readable(text);
      expect(worked() - start, text.slice(0, 60)).toBeLessThan(4000);
    }
  });
});

const CORPUS = join('..', 'shared', 'corpus', 'macro');
const SEEDS = join('..', 'shared', 'seeds');
const absent = !existsSync(CORPUS) || !existsSync(SEEDS);

describe.skipIf(absent)(`real documents in ${CORPUS}`, () => {
  const plan = (name: string): Plan => planOf(readFileSync(join(CORPUS, name), 'utf8'));

  test('two pull requests after each other', () => {
    const { units, criteria, findings } = plan('weighted-scoring.md');
    expect(units.map(({ task }) => [task.id, task.needs, task.planFirst])).toEqual([
      ['PR-17', [], 'micro'],
      ['PR-18', ['PR-17'], 'micro'],
    ]);
    expect(criteria).toHaveLength(10);
    expect(units.map(({ task }) => task.scope.length)).toEqual([8, 5]);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(findings.filter(({ rule }) => rule.startsWith('MA-')).length).toBeLessThan(6);
  });

  test('its concept model, risks and frozen interfaces', () => {
    const { detail } = draftOf(readFileSync(join(CORPUS, 'weighted-scoring.md'), 'utf8'));
    expect(detail.blocks.map(({ aspects }) => aspects.size)).toEqual([6, 6, 6, 6]);
    expect(detail.risks.map(({ cost }) => cost)).toEqual([1, 0.5, 0, 0]);
    expect(detail.frozen.map(({ by }) => by)).toEqual(['PR-8', 'PR-8']);
    expect([detail.objectives.length, detail.nonGoals.length, detail.questions.length, detail.scoping?.length]).toEqual(
      [5, 5, 4, 5],
    );
  });

  test('one first, then four in parallel that share no file', () => {
    const { units, edges, findings } = plan('parallel-dev-234.md');
    expect(units.map(({ task }) => [task.id, task.needs])).toEqual([
      ['GH-234', []],
      ['PR-17', ['GH-234']],
      ['GH-236', ['GH-234']],
      ['GH-237', ['GH-234']],
      ['GH-240', ['GH-234']],
    ]);
    expect(edges.filter(({ why }) => why === 'resource')).toEqual([]);
    expect(units.every(({ task }) => task.scope.length > 1)).toBe(true);
    expect(findings.filter(({ rule }) => rule.startsWith('MA-'))).toEqual([]);
  });

  test('the description of the format is no plan, but is read', () => {
    const name = '004_2baedd6932fbe3b1.txt';
    expect(planOf(readFileSync(join(SEEDS, name), 'utf8')).units).toEqual([]);
  });
});

test.runIf(absent)(`skipped: there are no real documents in ${CORPUS}`, () => undefined);
