import { unifiedDiff } from '../../../core/base/diff.ts';
import { oneLine, printable } from '../../../core/base/text.ts';
import { sumsOf, type LintedFile, type LintReport } from '../../../core/views/lint-report.ts';
import { counted } from '../../words.ts';
import type { Paint } from '../paint.ts';
import { listFindings } from './findings.ts';

/** What the last line says of mending: the command is named when it would help, and what it did when it was asked for. */
export interface LintLook {
  /** Errors alone are shown; everything is counted. */
  readonly quiet: boolean;
  readonly fix: 'write' | 'try' | undefined;
  /** What to type to mend. */
  readonly fixCommand: string;
  /** What was looked for, in the plural. Without it: plans. */
  readonly sought?: string;
}

/** A report as a compiler shows it: findings file by file, why something was not mended, and a sum. */
export function renderLint(report: LintReport, look: LintLook, paint: Paint, width: number): string[] {
  const out: string[] = [];
  for (const one of report.files) {
    const findings = look.quiet ? one.findings.filter(({ severity }) => severity === 'error') : one.findings;
    for (const line of listFindings({ ...one, findings }, paint, width, { withFixes: true })) out.push(line);
    if (one.notFixed !== undefined) {
      out.push(`${paint.strong(oneLine(one.file))}: not mended: ${oneLine(one.notFixed.message)}`);
      out.push(`  hint: ${oneLine(one.notFixed.hint)}`, '');
    }
  }
  out.push(lastLine(report, look, paint));
  return out;
}

/** `3 files: 2 errors, 5 warnings; 4 can be mended: masterplan lint --fix`. */
function lastLine(report: LintReport, { fix, fixCommand, sought = 'plans' }: LintLook, paint: Paint): string {
  const sums = sumsOf(report);
  const skipped = sums.skipped === 0 ? '' : `; ${counted(sums.skipped, 'other document')} skipped`;
  if (sums.files === 0) return `no ${sought} found${skipped}`;
  const found = [
    ...(sums.errors > 0 ? [paint.bad(counted(sums.errors, 'error'))] : []),
    ...(sums.warnings > 0 ? [paint.warn(counted(sums.warnings, 'warning'))] : []),
    ...(sums.infos > 0 ? [counted(sums.infos, 'remark')] : []),
  ].join(', ');
  const fixed =
    sums.fixed === 0
      ? ''
      : `; ${counted(sums.fixed, 'edit')} ${fix === 'try' ? 'would be made' : 'made'} in ${counted(mended(report), 'file')}`;
  const fixable =
    sums.fixable === 0 || fix !== undefined ? '' : `; ${sums.fixable} can be mended: ${paint.type(fixCommand)}`;
  return `${counted(sums.files, 'file')}: ${found === '' ? paint.good('no findings') : found}${fixed}${fixable}${skipped}`;
}

function mended({ files }: LintReport): number {
  return files.filter(({ fixed }) => fixed !== undefined).length;
}

/** What mending changes in a file, as `git apply` takes it; empty when nothing. */
export function diffOf({ file, source, fixed }: Pick<LintedFile, 'file' | 'source' | 'fixed'>): string[] {
  if (fixed === undefined) return [];
  const name = file.replace(/^\/+/, '');
  return unifiedDiff(fixed.before, source, { before: `a/${name}`, after: `b/${name}` });
}

/** The same in colours, for people: what could move a cursor is taken out. */
export function renderDiff(lines: readonly string[], paint: Paint): string[] {
  return lines.map((line, at) => {
    const text = printable(line);
    if (at < 2) return paint.strong(text);
    if (line.startsWith('@@')) return paint.type(text);
    if (line.startsWith('+')) return paint.good(text);
    return line.startsWith('-') ? paint.bad(text) : text;
  });
}
