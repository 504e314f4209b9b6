import type { DoctorFinding, DoctorReport } from '../../../app/doctor/doctor.ts';
import type { ListedCheck } from '../../../app/doctor/list.ts';
import { oneLine } from '../../../core/base/text.ts';
import { counted } from '../../words.ts';
import { padTo } from '../../width.ts';
import type { Paint } from '../paint.ts';

/** Findings of one check and subject that are shown one by one. */
const MOST_ALIKE = 5;

/** What doctor found, the gravest first, and one line of summary; on a healthy machine that line alone. */
export function renderDoctor(report: DoctorReport, paint: Paint): string[] {
  const out: string[] = [];
  const groups = new Map<string, DoctorFinding[]>();
  for (const finding of report.findings) {
    const key = `${finding.check}\n${finding.message}\n${finding.hint}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  for (const group of groups.values()) {
    for (const finding of group.slice(0, MOST_ALIKE)) out.push(head(finding, paint));
    if (group.length > MOST_ALIKE) out.push(paint.faint(`  and the same ${group.length - MOST_ALIKE} times more`));
    const first = group[0] as DoctorFinding;
    out.push(`    ${oneLine(first.hint, 300)}`);
    if (first.fix !== undefined) out.push(paint.faint(`    --fix ${oneLine(first.fix, 300)}`));
  }
  if (report.fixes.length > 0 && out.length > 0) out.push('');
  for (const { name, run, about, outcome, why } of report.fixes) {
    const word =
      outcome === 'fixed' ? paint.good('fixed') : outcome === 'shown' ? 'would fix' : paint.warn('not fixed');
    const where = run === undefined ? '' : ` ${oneLine(run)}:`;
    out.push(`${word}${where} ${name}: ${oneLine(about, 300)}${why === undefined ? '' : ` (${oneLine(why, 300)})`}`);
  }
  if (out.length > 0) out.push('');
  out.push(summary(report, paint));
  return out;
}

/** The checks there are, for `--list`. */
export function renderChecks(checks: readonly ListedCheck[], paint: Paint): string[] {
  return checks.flatMap(({ id, name, severity, about, fix }) => [
    `${paint.strong(id)}  ${padTo(name, 26)} ${padTo(severity, 8)} ${oneLine(about, 200)}${fix === undefined ? '' : paint.faint(' (--fix)')}`,
  ]);
}

function head({ check, severity, run, file, line, message }: DoctorFinding, paint: Paint): string {
  const word = severity === 'error' ? paint.bad('error') : severity === 'warning' ? paint.warn('warning') : 'info';
  const place = file === undefined ? '' : `${oneLine(file)}${line === undefined ? '' : `:${line}`}: `;
  const of = run === undefined || file?.includes(run) === true ? '' : `${oneLine(run)}: `;
  return `${place}${word}: ${of}${oneLine(message, 400)} [${check}]`;
}

function summary({ checks, runs, legacy, findings }: DoctorReport, paint: Paint): string {
  const over = [counted(runs, 'run'), ...(legacy === 0 ? [] : [counted(legacy, 'legacy bundle')])].join(' and ');
  const count = (severity: DoctorFinding['severity']): number =>
    findings.filter((one) => one.severity === severity).length;
  const found = [
    ...(count('error') > 0 ? [paint.bad(counted(count('error'), 'error'))] : []),
    ...(count('warning') > 0 ? [paint.warn(counted(count('warning'), 'warning'))] : []),
    ...(count('info') > 0 ? [`${count('info')} info`] : []),
  ];
  return `doctor: ${counted(checks, 'check')} over ${over}: ${found.length === 0 ? paint.good('nothing found') : found.join(', ')}`;
}
