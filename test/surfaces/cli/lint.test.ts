import { describe, expect, test } from 'vitest';
import type { LintAnswer, LintRequest } from '../../../src/app/lint.ts';
import type { Finding } from '../../../src/core/base/finding.ts';
import { ok } from '../../../src/core/base/result.ts';
import { Source } from '../../../src/core/plan/markdown/source.ts';
import type { LintedFile } from '../../../src/core/views/lint-report.ts';
import { runCli } from '../../../src/surfaces/cli/cli.ts';
import { PLAIN } from '../../../src/surfaces/cli/paint.ts';
import { renderDiff } from '../../../src/surfaces/cli/render/lint.ts';
import type { UseCases } from '../../../src/surfaces/cli/use-cases.ts';
import { fakeCli } from '../fake.ts';

const SOURCE = '# Plan\n\none wrong line\nanother line\n';

function finding(rule: string, severity: Finding['severity'], mark: string, fix?: Finding['fix']): Finding {
  const start = SOURCE.indexOf(mark);
  const span = new Source(SOURCE).span(start, start + mark.length);
  return { rule, severity, message: `${mark} is not right.`, hint: 'Write right.', span, ...(fix && { fix }) };
}
const FIX = { kind: 'auto', title: 'Write it right', edits: [{ start: 12, end: 17, text: 'right' }] } as const;

function linted(findings: readonly Finding[], fields: Partial<LintedFile> = {}): LintedFile {
  return {
    file: 'plan.md',
    place: 'plan.md',
    kind: 'task',
    sha256: 'f'.repeat(64),
    source: SOURCE,
    findings,
    ...fields,
  };
}

/** A command line on which linting finds this; what was asked of it is in `asked`. */
function cliWith(files: readonly LintedFile[], answer: Partial<LintAnswer> & { skipped?: number } = {}) {
  const asked: LintRequest[] = [];
  const app: Partial<UseCases> = {
    lintPlans: async (_, { progress, ...request }) => {
      asked.push(request);
      progress?.(0, 1);
      return ok({ report: { files, skipped: answer.skipped ?? 0 }, notes: answer.notes ?? [] });
    },
    lintRules: async () => [
      {
        id: 'GEN-010',
        name: 'bad-box',
        about: 'A box.',
        severity: 'warning',
        fix: 'auto',
        kinds: ['task'],
        refuses: true,
      },
    ],
  };
  return { ...fakeCli(app), asked };
}

describe('masterplan lint', () => {
  test('as a compiler says it', async () => {
    const { cli, out, asked } = cliWith(
      [
        linted([finding('GEN-010', 'warning', 'wrong', FIX), finding('GEN-005', 'error', 'another')]),
        linted([finding('TK-02', 'info', 'line', { ...FIX, kind: 'suggest' })], { file: 'b.md' }),
      ],
      { skipped: 2 },
    );
    expect(await runCli(['lint', 'docs', 'b.md'], cli)).toBe(4);
    expect(asked).toEqual([{ paths: ['docs', 'b.md'] }]);
    expect(`\n${out()}`).toMatchInlineSnapshot(`
      "
      plan.md:3:5: warning GEN-010: wrong is not right.
          3 │ one wrong line
            │     ^^^^^
        hint: Write right.
        fix: Write it right

      plan.md:4:1: error GEN-005: another is not right.
          4 │ another line
            │ ^^^^^^^
        hint: Write right.

      b.md:3:11: info TK-02: line is not right.
          3 │ one wrong line
            │           ^^^^
        hint: Write right.
        maybe: Write it right

      2 files: 1 error, 1 warning, 1 remark; 1 can be mended: masterplan lint --fix docs b.md; 2 other documents skipped
      "
    `);
  });

  test('nothing found', async () => {
    const { cli, out } = cliWith([linted([])]);
    expect(await runCli(['lint'], cli)).toBe(0);
    expect(out()).toBe('1 file: no findings\n');
    const none = cliWith([], { skipped: 1 });
    expect(await runCli(['lint'], none.cli)).toBe(0);
    expect(none.out()).toBe('no plans found; 1 other document skipped\n');
  });

  test('every flag reaches the linter', async () => {
    const { cli, asked } = cliWith([]);
    const argv = ['lint', '--kind', 'micro', '--stage', 'approval', '--rule', 'A-1=off', '--rule', 'B-2=info'];
    expect(await runCli([...argv, '--fix', '--dry-run', '-', '--stdin-name', 'x.md', '--json'], cli)).toBe(0);
    expect(asked).toEqual([
      { paths: ['-'], stdinName: 'x.md', kind: 'micro', stage: 'approval', rules: ['A-1=off', 'B-2=info'], fix: 'try' },
    ]);
  });

  test.each([
    [[], 'warning', 0],
    [['--max-warnings', '1'], 'warning', 0],
    [['--max-warnings', '0'], 'warning', 4],
    [['--max-warnings', '0', '--quiet'], 'warning', 4],
    [['--max-warnings', '0'], 'info', 0],
    [['--max-warnings', '9'], 'error', 4],
  ] as const)('%j with one %s ends with %i', async (argv, severity, code) => {
    for (const format of ['text', 'json', 'sarif']) {
      const { cli } = cliWith([linted([finding('GEN-010', severity, 'wrong')])]);
      expect(await runCli(['lint', '--format', format, ...argv], cli)).toBe(code);
    }
  });

  test('--quiet shows errors alone and counts everything', async () => {
    const files = [linted([finding('GEN-010', 'warning', 'wrong'), finding('GEN-005', 'error', 'another')])];
    const { cli, out } = cliWith(files);
    await runCli(['lint', '--quiet'], cli);
    expect(out()).toContain('GEN-005');
    expect(out()).not.toContain('GEN-010');
    expect(out()).toContain('1 file: 1 error, 1 warning');
    const json = cliWith(files);
    await runCli(['lint', '--quiet', '--json'], json.cli);
    expect(JSON.parse(json.out())).toMatchObject({
      files: [{ findings: [{ rule: 'GEN-005' }] }],
      summary: { warnings: 1 },
    });
  });

  test('JSON has exactly what docs/formats/lint.md says', async () => {
    const { cli, out, errors } = cliWith(
      [linted([finding('GEN-010', 'warning', 'wrong', FIX)]), linted([], { kind: undefined })],
      {
        notes: ['a remark'],
      },
    );
    expect(await runCli(['lint', '--json'], cli)).toBe(0);
    expect(errors()).toBe('masterplan: a remark\n');
    expect(JSON.parse(out())).toEqual({
      schema: 1,
      files: [
        {
          file: 'plan.md',
          kind: 'task',
          sha256: 'f'.repeat(64),
          findings: [
            {
              rule: 'GEN-010',
              severity: 'warning',
              message: 'wrong is not right.',
              hint: 'Write right.',
              line: 3,
              column: 5,
              endLine: 3,
              endColumn: 10,
              fix: FIX,
            },
          ],
        },
        { file: 'plan.md', kind: null, sha256: 'f'.repeat(64), findings: [] },
      ],
      summary: { files: 2, skipped: 0, errors: 0, warnings: 1, infos: 0, fixable: 1, fixed: 0 },
    });
  });

  test('a difference has standard output for itself', async () => {
    const fixed = { edits: 1, before: SOURCE, written: false };
    const files = [linted([], { fixed, source: SOURCE.replace('wrong', 'right') }), linted([], { file: 'b.md' })];
    const { cli, out, errors } = cliWith(files);
    expect(await runCli(['lint', '--fix', '--dry-run'], cli)).toBe(0);
    expect(out().split('\n').slice(0, 2)).toEqual(['--- a/plan.md', '+++ b/plan.md']);
    expect(out()).toContain('\n-one wrong line\n+one right line\n');
    expect(errors()).toBe('2 files: no findings; 1 edit would be made in 1 file\n');
    const json = cliWith(files);
    await runCli(['lint', '--fix', '--dry-run', '--json'], json.cli);
    expect(JSON.parse(json.out())).toMatchObject({
      files: [{ fixed: { edits: 1, written: false, diff: expect.arrayContaining(['+one right line']) } }, {}],
      summary: { fixed: 1 },
    });
  });

  test('mended standard input is printed, with or without a change', async () => {
    const { cli, out, errors } = cliWith([linted([], { file: '-' })]);
    expect(await runCli(['lint', '--fix', '-'], cli)).toBe(0);
    expect(out()).toBe(SOURCE);
    expect(errors()).toBe('1 file: no findings\n');
  });

  test('why something was not mended', async () => {
    const notFixed = { message: 'the run "demo" is bound to this text', hint: 'masterplan status demo' };
    const { cli, out } = cliWith([linted([finding('GEN-010', 'warning', 'wrong', FIX)], { notFixed })]);
    expect(await runCli(['lint', '--fix'], cli)).toBe(0);
    expect(out()).toContain(
      'plan.md: not mended: the run "demo" is bound to this text\n  hint: masterplan status demo\n',
    );
    expect(out()).toMatch(/1 file: 1 warning\n$/);
  });

  test('SARIF', async () => {
    const { cli, out } = cliWith([linted([finding('GEN-010', 'error', 'wrong')])]);
    expect(await runCli(['lint', '--format', 'sarif'], cli)).toBe(4);
    expect(JSON.parse(out())).toMatchObject({
      version: '2.1.0',
      runs: [{ invocations: [{ exitCode: 4 }], results: [{ ruleId: 'GEN-010', ruleIndex: 0, level: 'error' }] }],
    });
  });

  test.each([
    [['--dry-run'], /--fix/],
    [['--stdin-name', 'x.md'], /standard input/],
    [['--watch', '--fix'], /--watch/],
    [['--watch', '-'], /--watch/],
    [['--watch', '--json'], /--watch/],
    [['--json', '--format', 'sarif'], /contradict/],
    [['--fix', '-', 'plan.md'], /standard input/],
    [['--max-warnings', 'few'], /few is no whole number/],
    [['--kind', 'recipe'], /recipe/],
  ])('%j is wrong usage', async (argv, words) => {
    const { cli, out, errors, asked } = cliWith([]);
    expect(await runCli(['lint', ...argv], cli)).toBe(2);
    expect(out() + errors()).toMatch(words);
    expect(asked).toEqual([]);
  });

  test('--rules and --explain', async () => {
    const list = cliWith([]);
    expect(await runCli(['lint', '--rules'], list.cli)).toBe(0);
    expect(list.out()).toBe('GEN-010  bad-box  warning  auto     A box.\n');
    const one = cliWith([]);
    expect(await runCli(['lint', '--explain', 'Bad-Box'], one.cli)).toBe(0);
    expect(one.out()).toContain('masterplan lint --rule GEN-010=off');
    const json = cliWith([]);
    expect(await runCli(['lint', '--explain', 'gen-010', '--json'], json.cli)).toBe(0);
    expect(JSON.parse(json.out())).toMatchObject({ rules: [{ id: 'GEN-010' }] });
    const none = cliWith([]);
    expect(await runCli(['lint', '--explain', 'GEN-011'], none.cli)).toBe(2);
    expect(none.errors()).toContain('did you mean "GEN-010"?');
  });

  test('--watch shows each answer until Ctrl-C', async () => {
    const { cli, out, interrupt } = fakeCli({
      watchPlans: async (_, __, show, signal) => {
        await show({ report: { files: [linted([])], skipped: 0 }, notes: [] });
        interrupt('SIGINT');
        expect(signal.aborted).toBe(true);
        return ok(undefined);
      },
    });
    expect(await runCli(['lint', '--watch'], cli)).toBe(0);
    expect(out()).toBe('1 file: no findings\n12:00:00: waiting for changes; Ctrl-C ends\n');
  });

  test('a difference cannot move the cursor', () => {
    expect(renderDiff(['--- a', '+++ b', '+\u001b[2Jevil\u0007'], PLAIN)).toEqual(['--- a', '+++ b', '+evil']);
  });
});
