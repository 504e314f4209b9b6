import type { Finding, Severity } from '../base/finding.ts';
import { sha256 } from '../base/sha256.ts';
import { Source } from '../plan/markdown/source.ts';
import type { RuleInfo } from '../plan/rules/rule.ts';
import type { LintedFile, LintReport } from './lint-report.ts';

/** The level of a result in the words of SARIF. */
const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
};

export interface SarifOptions {
  readonly version: string;
  /** Everything that a finding's rule can be. */
  readonly rules: readonly RuleInfo[];
  readonly exitCode: number;
}

/**
 * A report as a SARIF 2.1.0 log (OASIS Standard, 27 March 2020). Columns count UTF-16 code units; places are relative to
 * the repository. The fingerprint of a result is made of its rule, its document and the text of its line, so that it
 * stays the same when lines above are added or removed.
 */
export function sarifOf(report: LintReport, { version, rules, exitCode }: SarifOptions) {
  const indexes = new Map(rules.map(({ id }, at) => [id, at]));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'masterplan', version, rules: rules.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        invocations: [{ executionSuccessful: true, exitCode }],
        artifacts: report.files.map((one) => ({
          location: { uri: uriOf(one.place) },
          ...languageOf(one.kind),
          hashes: { 'sha-256': one.sha256 },
        })),
        results: report.files.flatMap((one, artifact) => resultsOf(one, artifact, indexes)),
      },
    ],
  };
}

/** Commit messages are of no language. */
function languageOf(kind: LintedFile['kind']): { readonly sourceLanguage?: string } {
  return kind === 'commit' ? {} : { sourceLanguage: kind === 'convergence' ? 'json' : 'markdown' };
}

function ruleOf({ id, name, about, severity, fix }: RuleInfo) {
  const words = `${about} ${FIXES[fix]}`;
  return {
    id,
    name: pascal(name),
    shortDescription: { text: about },
    fullDescription: { text: words },
    help: {
      text: `${words} More: masterplan lint --explain ${id}`,
      markdown: `${words} More: \`masterplan lint --explain ${id}\``,
    },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: ['plan', id.slice(0, id.indexOf('-')).toLowerCase()] },
  };
}

/** What `--fix` does about a finding, as a sentence. */
const FIXES: Readonly<Record<RuleInfo['fix'], string>> = {
  auto: 'masterplan lint --fix mends it.',
  stub: 'masterplan lint --fix adds the missing part with placeholders.',
  suggest: 'A fix is suggested, and not applied.',
  none: 'Only the author can mend it.',
};

/** `dep-cycle` → `DepCycle`: rule names are identifiers in SARIF. */
function pascal(name: string): string {
  return name.replace(/(?:^|-)([a-z0-9])/g, (_, first: string) => first.toUpperCase());
}

function resultsOf({ place, source, findings }: LintedFile, artifact: number, indexes: ReadonlyMap<string, number>) {
  const text = new Source(source);
  const location = { uri: uriOf(place), index: artifact };
  const counts = new Map<string, number>();
  return findings.map((finding) => {
    const { rule, severity, message, hint, span, fix } = finding;
    const key = `${rule}\0${place}\0${lineOf(text, finding)}`;
    const nth = (counts.get(key) ?? 0) + 1;
    counts.set(key, nth);
    const index = indexes.get(rule);
    return {
      ruleId: rule,
      ...(index === undefined ? {} : { ruleIndex: index }),
      level: LEVELS[severity],
      message: { text: hint === '' ? message : `${message} ${hint}` },
      locations: [{ physicalLocation: { artifactLocation: location, region: regionOf(text, span.start, span.end) } }],
      partialFingerprints: { 'findingInLine/v1': sha256(`${key}\0${nth}`).slice(0, 32) },
      ...(fix === undefined || fix.edits.length === 0
        ? {}
        : {
            fixes: [
              {
                description: { text: fix.title },
                artifactChanges: [
                  {
                    artifactLocation: location,
                    replacements: fix.edits.map((edit) => ({
                      deletedRegion: regionOf(text, edit.start, edit.end),
                      ...(edit.text === '' ? {} : { insertedContent: { text: edit.text } }),
                    })),
                  },
                ],
                properties: { kind: fix.kind },
              },
            ],
          }),
    };
  });
}

function lineOf(text: Source, { span }: Finding): string {
  const from = text.lineStart(span.start);
  // A line without end says no more by its thousandth character.
  return (
    text.shadow
      .slice(from, from + 1000)
      .split('\n', 1)[0]
      ?.trim() ?? ''
  );
}

function regionOf(text: Source, start: number, end: number) {
  const { line, column, endLine, endColumn } = text.span(start, end);
  return {
    startLine: line,
    startColumn: column,
    endLine,
    endColumn,
    charOffset: start,
    charLength: end - start,
  };
}

/** A path as a URI: relative, or of a file where it is outside of every repository. */
function uriOf(path: string): string {
  const parts = path
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .split('/')
    .map((part) => encodeURIComponent(part).replace(/%2B/g, '+').replace(/%40/g, '@'));
  return path.startsWith('/') ? `file://${parts.join('/')}` : parts.join('/');
}
