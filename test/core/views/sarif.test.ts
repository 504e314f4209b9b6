import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Finding } from '../../../src/core/base/finding.ts';
import { RULES } from '../../../src/core/plan/rules/registry.ts';
import { Source } from '../../../src/core/plan/markdown/source.ts';
import type { LintedFile } from '../../../src/core/views/lint-report.ts';
import { sarifOf } from '../../../src/core/views/sarif.ts';

// The part of the SARIF 2.1.0 schema that a log of ours can use: the same names, requirements and limits, and like there
// nothing beside them.
const uri = z.string().regex(/^[A-Za-z0-9._~!$&'()*+,;=:@%/-]*$/, 'a URI reference');
const text = z.strictObject({ text: z.string().min(1), markdown: z.string().optional() });
const level = z.enum(['none', 'note', 'warning', 'error']);
const artifactLocation = z.strictObject({ uri, index: z.int().min(-1).optional() });
const properties = z
  .object({ tags: z.array(z.string()).optional() })
  .loose()
  .optional();
const region = z.strictObject({
  startLine: z.int().min(1),
  startColumn: z.int().min(1),
  endLine: z.int().min(1),
  endColumn: z.int().min(1),
  charOffset: z.int().min(-1),
  charLength: z.int().min(0),
});
const sarif = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.array(
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({
          name: z.string(),
          version: z.string(),
          rules: z.array(
            z.strictObject({
              id: z.string(),
              name: z.string().regex(/^[A-Z][A-Za-z0-9]*$/),
              shortDescription: text,
              fullDescription: text,
              help: text,
              defaultConfiguration: z.strictObject({ level }),
              properties,
            }),
          ),
        }),
      }),
      columnKind: z.enum(['utf16CodeUnits', 'unicodeCodePoints']),
      invocations: z.array(z.strictObject({ executionSuccessful: z.boolean(), exitCode: z.int() })),
      artifacts: z.array(
        z.strictObject({
          location: artifactLocation,
          sourceLanguage: z.string(),
          hashes: z.record(z.string(), z.string()),
        }),
      ),
      results: z.array(
        z.strictObject({
          ruleId: z.string(),
          ruleIndex: z.int().min(-1).optional(),
          level,
          message: text,
          locations: z.array(z.strictObject({ physicalLocation: z.strictObject({ artifactLocation, region }) })),
          partialFingerprints: z.record(z.string(), z.string()),
          fixes: z
            .array(
              z.strictObject({
                description: text,
                artifactChanges: z
                  .array(
                    z.strictObject({
                      artifactLocation,
                      replacements: z
                        .array(
                          z.strictObject({
                            deletedRegion: region,
                            insertedContent: z.strictObject({ text: z.string() }).optional(),
                          }),
                        )
                        .min(1),
                    }),
                  )
                  .min(1),
                properties,
              }),
            )
            .optional(),
        }),
      ),
    }),
  ),
});

function linted(source: string, marks: readonly (readonly [rule: string, mark: string])[]): LintedFile {
  const spans = new Source(source);
  const findings = marks.map(([rule, mark]): Finding => {
    const start = source.indexOf(mark);
    return {
      rule,
      severity: 'warning',
      message: `${mark} is wrong.`,
      hint: 'Write it right.',
      span: spans.span(start, start + mark.length),
      fix: { kind: 'auto', title: 'Mend it', edits: [{ start, end: start + mark.length, text: 'right' }] },
    };
  });
  return { file: 'a b/plán#1.md', place: 'docs/a b/plán#1.md', kind: 'task', sha256: '0'.repeat(64), source, findings };
}

const log = (file: LintedFile) =>
  sarifOf({ files: [file], skipped: 0 }, { version: '1.2.3', rules: RULES, exitCode: 4 });
const fingerprints = (file: LintedFile): string[] =>
  log(file).runs.flatMap(({ results }) => results.map((one) => Object.values(one.partialFingerprints).join()));

describe('a report as SARIF', () => {
  const file = linted('# Plan\n\none wrong line\r\nanother *wrung* line\n', [
    ['GEN-010', 'wrong'],
    ['XX-99', '*wrung*'],
  ]);

  test('fits the schema', () => {
    expect(sarif.safeParse(JSON.parse(JSON.stringify(log(file)))).error).toBeUndefined();
    expect(sarif.safeParse(log({ ...file, findings: [], place: '/tmp/x.md' })).error).toBeUndefined();
    expect(sarif.safeParse(log({ ...file, place: 'lone \ud800' })).error).toBeUndefined();
  });

  test('names rule, place and fix', () => {
    const [run] = log(file).runs;
    const at = RULES.findIndex(({ id }) => id === 'GEN-010');
    expect(run?.results[0]).toMatchObject({
      ruleId: 'GEN-010',
      ruleIndex: at,
      level: 'warning',
      message: { text: 'wrong is wrong. Write it right.' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'docs/a%20b/pl%C3%A1n%231.md', index: 0 },
            region: { startLine: 3, startColumn: 5, endLine: 3, endColumn: 10 },
          },
        },
      ],
      fixes: [{ artifactChanges: [{ replacements: [{ insertedContent: { text: 'right' } }] }] }],
    });
    expect(run?.results[1]).not.toHaveProperty('ruleIndex');
    expect(run?.tool.driver.rules[at]?.id).toBe('GEN-010');
    expect(run?.invocations).toEqual([{ executionSuccessful: true, exitCode: 4 }]);
  });

  test('a suggestion without edits is no fix', () => {
    const [first] = file.findings;
    const bare = { ...file, findings: [{ ...(first as Finding), fix: { kind: 'suggest', title: 'x', edits: [] } }] };
    const { results } = log(bare as LintedFile).runs[0] ?? { results: [] };
    expect(results[0]).not.toHaveProperty('fixes');
  });

  test('fingerprints stay when lines move, and tell findings of one line apart', () => {
    const moved = linted(`# Plan\n\nmore\nand more\n${file.source.slice(8)}`, [
      ['GEN-010', 'wrong'],
      ['XX-99', '*wrung*'],
    ]);
    expect(fingerprints(moved)).toEqual(fingerprints(file));
    const twice = { ...file, findings: [file.findings[0] as Finding, file.findings[0] as Finding] };
    expect(new Set(fingerprints(twice)).size).toBe(2);
    expect(fingerprints({ ...file, place: 'other.md' })[0]).not.toBe(fingerprints(file)[0]);
  });
});
