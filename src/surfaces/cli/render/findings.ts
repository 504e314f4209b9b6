import type { Finding, Severity } from '../../../core/base/finding.ts';
import { oneLine } from '../../../core/base/text.ts';
import { cells, head, sourceLine, tail } from '../../width.ts';
import { counted } from '../../words.ts';
import type { Paint } from '../paint.ts';

/** Findings with the text that they point into. */
export interface Found {
  readonly file: string;
  readonly source: string;
  readonly findings: readonly Finding[];
}

/** More than anybody reads at once; `--json` has them all. */
const SHOWN = 50;
const WEIGHTS: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };
/** Narrower than this an excerpt would say nothing. */
const NARROWEST = 30;

/**
 * Findings as a compiler shows them: place, severity, rule and message, the line with a mark under the place, and what
 * to do about it; in the order of the text, with a sum at the end.
 */
export function renderFindings(found: Found, paint: Paint, width: number): string[] {
  return [...listFindings(found, paint, width), sumOf(found.findings)];
}

/** The same without the sum. `withFixes` names the fix of a finding that has one. */
export function listFindings(
  { file, source, findings }: Found,
  paint: Paint,
  width: number,
  { withFixes = false }: { readonly withFixes?: boolean } = {},
): string[] {
  const lines = source.split(/\r\n|\r|\n/);
  // What weighs most is never among those that are left out.
  const shown = findings
    .toSorted((a, b) => WEIGHTS[a.severity] - WEIGHTS[b.severity] || a.span.start - b.span.start)
    .slice(0, SHOWN)
    .toSorted((a, b) => a.span.start - b.span.start);
  const out: string[] = [];
  for (const finding of shown) {
    const { line, column } = finding.span;
    const place = `${oneLine(file)}:${line}:${column}:`;
    out.push(
      `${paint.strong(place)} ${severity(finding.severity, paint)} ${finding.rule}: ${oneLine(finding.message, 1000)}`,
    );
    out.push(...excerpt(finding, lines[line - 1] ?? '', paint, Math.max(NARROWEST, width)));
    if (finding.hint !== '') out.push(`  hint: ${oneLine(finding.hint, 1000)}`);
    if (withFixes && finding.fix !== undefined)
      out.push(`  ${finding.fix.kind === 'suggest' ? 'maybe' : 'fix'}: ${oneLine(finding.fix.title, 1000)}`);
    out.push('');
  }
  if (findings.length > shown.length)
    out.push(`… and ${counted(findings.length - shown.length, 'more finding')}: --json has them all`);
  return out;
}

/** `2 errors, 1 warning`. */
export function sumOf(findings: readonly Finding[]): string {
  const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  const parts = [
    ...(count('error') > 0 ? [counted(count('error'), 'error')] : []),
    ...(count('warning') > 0 ? [counted(count('warning'), 'warning')] : []),
    ...(count('info') > 0 ? [counted(count('info'), 'remark')] : []),
  ];
  return parts.length === 0 ? 'no findings' : parts.join(', ');
}

function severity(severity: Severity, paint: Paint): string {
  return severity === 'error' ? paint.bad('error') : severity === 'warning' ? paint.warn('warning') : 'info';
}

/** The line that a finding points to and a mark under the place; a long line is cut around the place. */
function excerpt({ span }: Finding, text: string, paint: Paint, width: number): string[] {
  const gutter = `${String(span.line).padStart(5)} │ `;
  const room = width - cells(gutter);
  const end = span.endLine === span.line ? span.endColumn - 1 : text.length;
  // A place that begins with blanks is marked where something stands.
  const blanks = /^\s*(?=\S)/.exec(text.slice(span.column - 1, Math.max(span.column - 1, end)))?.[0].length ?? 0;
  const start = Math.min(span.column - 1 + blanks, text.length);
  const before = tail(sourceLine(text.slice(0, start)), Math.floor(room / 2));
  const marked = sourceLine(text.slice(start, Math.max(start, end)));
  if (sourceLine(text).trim() === '') return [];
  const after = sourceLine(text.slice(Math.max(start, end)));
  const line = head(before + marked + after, room).trimEnd();
  const mark = '^'.repeat(Math.max(1, Math.min(cells(marked.trimEnd()), room - cells(before))));
  return [
    paint.faint(gutter) + line,
    paint.faint(`${' '.repeat(5)} │ `) + ' '.repeat(cells(before)) + paint.warn(mark),
  ];
}
