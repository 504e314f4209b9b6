import { sha256 } from '../base/sha256.ts';
import type { Severity } from '../base/finding.ts';

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
};

interface Ruled {
  readonly id: string;
  readonly name: string;
  readonly severity: Severity;
  readonly about: string;
  readonly todo: string;
}

interface Result {
  readonly check: string;
  readonly severity: Severity;
  readonly run?: string;
  readonly file?: string;
  readonly line?: number;
  readonly message: string;
  readonly hint: string;
}

/**
 * Findings of doctor as a SARIF 2.1.0 log. A finding without a file stands at the repository's root. The fingerprint is made
 * of check, place and message without its numbers, so that what gets older stays the same finding.
 */
export function doctorSarif(
  findings: readonly Result[],
  {
    version,
    checks,
    exitCode,
  }: { readonly version: string; readonly checks: readonly Ruled[]; readonly exitCode: number },
) {
  const indexes = new Map(checks.map(({ id }, at) => [id, at]));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'masterplan doctor',
            version,
            rules: checks.map(({ id, name, severity, about, todo }) => ({
              id,
              name: name.replace(/(?:^|-)([a-z0-9])/g, (_, first: string) => first.toUpperCase()),
              shortDescription: { text: about },
              help: { text: todo },
              defaultConfiguration: { level: LEVELS[severity] },
            })),
          },
        },
        invocations: [{ executionSuccessful: true, exitCode }],
        results: findings.map(({ check, severity, run, file, line, message, hint }) => ({
          ruleId: check,
          ...(indexes.has(check) ? { ruleIndex: indexes.get(check) } : {}),
          level: LEVELS[severity],
          message: { text: `${run === undefined ? '' : `${run}: `}${message} ${hint}`.trim() },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: (file ?? '.').split('/').map(encodeURIComponent).join('/') },
                ...(line === undefined ? {} : { region: { startLine: line } }),
              },
            },
          ],
          partialFingerprints: {
            'doctorFinding/v1': sha256([check, run ?? '', file ?? '', message.replace(/\d+/g, '*')].join('\0')).slice(
              0,
              32,
            ),
          },
        })),
      },
    ],
  };
}
