import type { ValidatePlanReport } from '../../../app/validate-plan.ts';
import { oneLine } from '../../../core/base/text.ts';
import { sumsOf } from '../../../core/views/lint-report.ts';
import { counted } from '../../words.ts';
import type { Paint } from '../paint.ts';
import { listFindings } from './findings.ts';

/** More graphs than this are summed up. */
const SHOWN = 20;

/** What is wrong with the graphs of some plans, plan by plan, and a sum. */
export function renderPlanValidation(
  { report, graphs }: Pick<ValidatePlanReport, 'report' | 'graphs'>,
  paint: Paint,
  width: number,
): string[] {
  const out: string[] = [];
  for (const one of report.files) for (const line of listFindings(one, paint, width)) out.push(line);
  for (const { plan, kind, format, tasks, needs, cycles } of graphs.slice(0, SHOWN)) {
    const circles = cycles.length === 0 ? '' : `, ${paint.bad(counted(cycles.length, 'circle'))}`;
    out.push(
      `${paint.strong(oneLine(plan))} (${kind ?? format}): ${counted(tasks, 'task')}, ${counted(needs, 'need')}${circles}`,
    );
  }
  if (graphs.length > SHOWN) {
    const sum = (of: 'tasks' | 'needs'): number => graphs.slice(SHOWN).reduce((total, one) => total + one[of], 0);
    out.push(
      `… and ${counted(graphs.length - SHOWN, 'more plan')}: ${counted(sum('tasks'), 'task')}, ${counted(sum('needs'), 'need')}`,
    );
  }
  const { files, errors, warnings, infos } = sumsOf(report);
  const found = [
    ...(errors > 0 ? [paint.bad(counted(errors, 'error'))] : []),
    ...(warnings > 0 ? [paint.warn(counted(warnings, 'warning'))] : []),
    ...(infos > 0 ? [counted(infos, 'remark')] : []),
  ].join(', ');
  out.push(`${counted(files, 'file')}: ${found === '' ? paint.good('no findings') : found}`);
  return out;
}
