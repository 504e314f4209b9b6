import { describe, expect, test } from 'vitest';
import type { Context } from '../../src/app/context.ts';
import { lintPlans, type LintAnswer, type LintRequest } from '../../src/app/lint.ts';
import { listRules, ruleSetting } from '../../src/app/lint-rules.ts';
import { lintJson } from '../../src/core/views/lint-report.ts';
import { sarifOf } from '../../src/core/views/sarif.ts';
import { desk } from './rig.ts';

const PLAN = '# Plan: Good\n\n### Task 1: One\n\n**Files:** `a.txt`\n\n**Verify:** `true`\n';
const SHORT = 'fix(reader): read the last row\n';
const TWO = `bundle_type: research
topic: Import
phase: research
findings_summary:
  - Rows are lost.
  - Batches are large.
constraints: []
success_criteria: []
open_questions: []
recommendations: Read to the end of the file.
next_phase: plan
`;
const HANDOVER = `---
kind: bundle
---

# Import

## Mission

Read every row.

## Current state

Reader done.

## Decisions

None

## Open questions

None

## Context

Created: 2001-01-01

### Key files

- \`src/reader.ts\`: reads

## Next actions

- Bound the batches in \`src/writer.ts\`
`;
const state = (commit: string, status = 'converged'): string =>
  `${JSON.stringify({ gate: 'pr-code', commit, round: 2, max_rounds: 10, history: [{ round: 1, critical: 1, important: 0 }], status }, undefined, 2)}\n`;

async function lint(context: Context, paths: readonly string[], more: Partial<LintRequest> = {}): Promise<LintAnswer> {
  const answer = await lintPlans(context, { paths, ...more });
  if (!answer.ok) throw new Error(`${answer.error.message} (${answer.error.hint})`);
  return answer.value;
}

const rulesOf = ({ report }: LintAnswer): Record<string, unknown[]> =>
  Object.fromEntries(
    report.files.map(({ file, kind, findings }) => [file, [kind, ...new Set(findings.map(({ rule }) => rule))]]),
  );

describe('what goes with plans', () => {
  test('is known by its name or by what it says; a plan stays a plan', async () => {
    const { context } = desk({
      'plan.bundle.md': `---\nkind: task\n---\n${PLAN}`,
      '.agents/bundles/import-research.md': `---\n${TWO}---\n\n# Import\n`,
      'notes/import.bundle.yaml': TWO,
      'state.json': state('abcdef1'),
      'other.json': '{"gate": "x"}\n',
      COMMIT_EDITMSG: SHORT,
    });
    const answer = await lint(context, [
      'plan.bundle.md',
      '.agents/bundles/import-research.md',
      'notes/import.bundle.yaml',
      'state.json',
      'COMMIT_EDITMSG',
    ]);
    expect(rulesOf(answer)).toMatchObject({
      'plan.bundle.md': ['task'],
      '.agents/bundles/import-research.md': ['bundle', 'BU-03'],
      'notes/import.bundle.yaml': ['bundle', 'BU-03'],
      'state.json': ['convergence', 'CV-05', 'CV-04'],
      COMMIT_EDITMSG: ['commit', 'CM-02'],
    });
    expect(rulesOf(await lint(context, ['other.json']))).toEqual({ 'other.json': [undefined, 'KIND-01'] });
    expect(rulesOf(await lint(context, ['other.json'], { kind: 'convergence' }))).toEqual({
      'other.json': ['convergence'],
    });
  });

  test('is come across where it usually is, when somebody asks for it, and where plans are, when it says what it is', async () => {
    const { context } = desk({
      '.agents/bundles/import-research.md': `---\n${TWO}---\n`,
      '.agents/bundles/import.yaml': TWO,
      '.claude/convergence-state/pr-code-12.json': state('abcdef1'),
      'package.json': '{}\n',
      'plans/good.md': PLAN,
      'plans/import.bundle.md': HANDOVER,
    });
    const names = ({ report }: LintAnswer): string[] => report.files.map(({ file }) => file);
    expect(names(await lint(context, [], { kind: 'bundle' }))).toEqual([
      '.agents/bundles/import-research.md',
      '.agents/bundles/import.yaml',
    ]);
    expect(names(await lint(context, [], { kind: 'convergence' }))).toEqual([
      '.claude/convergence-state/pr-code-12.json',
    ]);
    const found = await lint(context, ['.'], { kind: 'convergence' });
    expect([names(found), found.report.skipped]).toEqual([['.claude/convergence-state/pr-code-12.json'], 1]);
    expect(rulesOf(await lint(context, ['plans']))).toMatchObject({
      'plans/good.md': ['task'],
      'plans/import.bundle.md': ['bundle'],
    });
  });

  test('a commit message on standard input, with settings', async () => {
    const { given } = desk({ '.masterplan.yaml': 'lint:\n  rules:\n    CM-02: warning\n' });
    const answer = await lint(given('Read the last row\n'), ['-'], { kind: 'commit', rules: ['commit-subject=info'] });
    expect(answer.report.files).toMatchObject([
      {
        file: '-',
        kind: 'commit',
        findings: [
          { rule: 'CM-01', severity: 'info' },
          { rule: 'CM-02', severity: 'warning' },
        ],
      },
    ]);
    expect(ruleSetting('BU-02=off')).toMatchObject({ ok: true });
  });

  test('git says whether a state or a bundle is stale', async () => {
    const here = desk({ 'src/reader.ts': 'x\n' });
    const head = here.git('rev-parse', 'HEAD');
    here.write('fresh.json', state(head, 'not-converged'));
    here.write('stale.json', state('0123456789abcdef', 'reviewing'));
    here.write('old.bundle.md', HANDOVER.replace('kind: bundle', 'kind: bundle\ndate: 2001-01-01'));
    here.write('new.bundle.md', HANDOVER.replace('kind: bundle', 'kind: bundle\ndate: 2999-01-01'));
    const answer = await lint(here.context, ['fresh.json', 'stale.json', 'old.bundle.md', 'new.bundle.md']);
    expect(rulesOf(answer)).toEqual({
      'fresh.json': ['convergence'],
      'stale.json': ['convergence', 'CV-05'],
      'old.bundle.md': ['bundle', 'BU-04'],
      'new.bundle.md': ['bundle'],
    });
    const outside = desk({ 'stale.json': state('0123456789abcdef', 'reviewing') }, { git: false });
    expect(rulesOf(await lint(outside.context, ['stale.json']))).toEqual({ 'stale.json': ['convergence'] });
  });

  test('is mended on disk, and a second time changes nothing', async () => {
    const here = desk();
    const head = here.git('rev-parse', 'HEAD');
    here.write('state.json', state(head));
    here.write('message.txt', `\uFEFF${SHORT}`);
    const answer = await lint(here.context, ['state.json'], { fix: 'write' });
    expect(answer.report.files).toMatchObject([
      { kind: 'convergence', findings: [], fixed: { edits: 1, written: true } },
    ]);
    expect(here.read('state.json')).toBe(state(head, 'not-converged'));
    await lint(here.context, ['message.txt'], { fix: 'write', kind: 'commit' });
    const mended = here.read('message.txt');
    expect(mended.match(/^## \w+/gm)).toEqual(['## Context', '## Solution', '## Learning', '## Impact']);
    const again = await lint(here.context, ['message.txt'], { fix: 'write', kind: 'commit' });
    expect(again.report.files[0]?.findings.map(({ rule }) => rule)).toEqual(['CM-02', 'CM-02', 'CM-02', 'CM-02']);
    expect(here.read('message.txt')).toBe(mended);
  });

  test('comments let through what they name in a bundle', async () => {
    const comment = '# <!-- masterplan-disable-next-line BU-03 -- there were only two -->\n';
    const { context } = desk({
      'a.bundle.yaml': TWO.replace('findings_summary:', `${comment}findings_summary:`),
      'b.bundle.yaml': TWO.replace('findings_summary:', `${comment.replace('BU-03', 'BU-02')}findings_summary:`),
    });
    expect(rulesOf(await lint(context, ['a.bundle.yaml', 'b.bundle.yaml']))).toEqual({
      'a.bundle.yaml': ['bundle'],
      'b.bundle.yaml': ['bundle', 'GEN-022', 'BU-03'],
    });
  });

  test('is in the reports for programs', async () => {
    const { context } = desk({ COMMIT_EDITMSG: SHORT, 'state.json': state('abcdef1') });
    const { report } = await lint(context, ['COMMIT_EDITMSG', 'state.json']);
    expect(lintJson(report, () => undefined).files.map(({ kind }) => kind)).toEqual(['commit', 'convergence']);
    const { artifacts, results } = sarifOf(report, { version: '1', rules: listRules(), exitCode: 4 }).runs[0] ?? {};
    expect(artifacts?.map((one) => one.sourceLanguage)).toEqual([undefined, 'json']);
    expect(results?.every(({ ruleIndex }) => ruleIndex !== undefined)).toBe(true);
    expect(listRules().find(({ id }) => id === 'CV-06')?.kinds).toEqual(['convergence']);
  });
});
