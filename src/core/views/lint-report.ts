import type { Finding, Fix, Severity } from '../base/finding.ts';
import { isFixable } from '../plan/fix.ts';
import type { LintKind } from '../companions/kinds.ts';

/** One document that was linted. */
export interface LintedFile {
  /** As the person who asks would type it; `-` is standard input without a name. */
  readonly file: string;
  /** Relative to the repository where there is one: the same from every directory. */
  readonly place: string;
  /** `undefined`: no plan of any kind, and nothing that goes with one. */
  readonly kind: LintKind | undefined;
  /** Of the bytes that the findings are about. */
  readonly sha256: string;
  /** The text that the findings point into. */
  readonly source: string;
  readonly findings: readonly Finding[];
  /** What mending changed. */
  readonly fixed?: {
    /** Edits that were applied. */
    readonly edits: number;
    /** The text before. */
    readonly before: string;
    /** Whether the file on disk is the mended one now. */
    readonly written: boolean;
  };
  /** Why it was not mended although it could be, and what to do. */
  readonly notFixed?: { readonly message: string; readonly hint: string };
}

/** Everything that one lint found. */
export interface LintReport {
  /** Sorted by name. */
  readonly files: readonly LintedFile[];
  /** Documents that were come across and are no plans. */
  readonly skipped: number;
}

export interface LintSums {
  readonly files: number;
  readonly skipped: number;
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  /** Findings that `--fix` would mend. */
  readonly fixable: number;
  /** Edits that were made, or with `--dry-run` would be. */
  readonly fixed: number;
}

/** The sums of a report. */
export function sumsOf({ files, skipped }: LintReport): LintSums {
  const sums = { files: files.length, skipped, errors: 0, warnings: 0, infos: 0, fixable: 0, fixed: 0 };
  for (const { findings, fixed } of files) {
    sums.fixed += fixed?.edits ?? 0;
    for (const one of findings) {
      sums[NAMES[one.severity]]++;
      if (isFixable(one)) sums.fixable++;
    }
  }
  return sums;
}

const NAMES = { error: 'errors', warning: 'warnings', info: 'infos' } as const;

/** A finding as `--json` prints it. */
export interface FindingJson {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly hint: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly fix?: Fix;
}

/** A report as `--json` prints it: docs/formats/lint.md, schema 1. */
export interface LintJson {
  readonly schema: 1;
  readonly files: readonly {
    readonly file: string;
    readonly kind: LintKind | null;
    readonly sha256: string;
    readonly findings: readonly FindingJson[];
    readonly fixed?: { readonly edits: number; readonly written: boolean; readonly diff?: readonly string[] };
    readonly notFixed?: { readonly message: string; readonly hint: string };
  }[];
  readonly summary: LintSums;
}

/** Turns a report into its JSON. `diffOf` gives the difference that is shown of a mended file, if any is. */
export function lintJson(report: LintReport, diffOf: (file: LintedFile) => readonly string[] | undefined): LintJson {
  return {
    schema: 1,
    files: report.files.map((one) => {
      const diff = diffOf(one);
      return {
        file: one.file,
        kind: one.kind ?? null,
        sha256: one.sha256,
        findings: one.findings.map(findingJson),
        ...(one.fixed === undefined
          ? {}
          : { fixed: { edits: one.fixed.edits, written: one.fixed.written, ...(diff === undefined ? {} : { diff }) } }),
        ...(one.notFixed === undefined ? {} : { notFixed: one.notFixed }),
      };
    }),
    summary: sumsOf(report),
  };
}

function findingJson({ rule, severity, message, hint, span, fix }: Finding): FindingJson {
  const { line, column, endLine, endColumn } = span;
  return { rule, severity, message, hint, line, column, endLine, endColumn, ...(fix === undefined ? {} : { fix }) };
}
