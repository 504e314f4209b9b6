import type { ImportedPlan, ImportReport } from '../../../app/import.ts';
import type { Finding } from '../../../core/base/finding.ts';
import { oneLine } from '../../../core/base/text.ts';
import { counted } from '../../words.ts';
import type { Paint } from '../paint.ts';
import { sumOf } from './findings.ts';

/** More than anybody reads at once; `--json` has them all. */
const SHOWN = 20;

/** What was imported, what was remarkable, and what to type next. */
export function renderImport({ plans, several, refused }: ImportReport, paint: Paint): string[] {
  const out: string[] = [];
  if (several.length > 0) {
    out.push(`${counted(several.length, 'plan')} found; nothing was written:`);
    for (const { formatTitle, root } of several) out.push(`  ${oneLine(root || '.')}  ${paint.faint(formatTitle)}`);
    out.push('', `Name one of them: masterplan import ${oneLine(several[0]?.root ?? '')}`, 'or take all: --all');
    return out;
  }
  plans.forEach((plan, i) => {
    if (i > 0) out.push('');
    out.push(...onePlan(plan, paint));
  });
  for (const { root, refusal } of refused)
    out.push(
      '',
      `${paint.bad('refused')}  ${oneLine(root)}: ${oneLine(refusal.message, 1000)}`,
      `  ${oneLine(refusal.hint, 1000)}`,
    );
  return out;
}

function onePlan(plan: ImportedPlan, paint: Paint): string[] {
  const verb = { written: paint.good('imported'), unchanged: 'unchanged', 'dry-run': 'would import' }[plan.status];
  const out = [
    `${verb}  ${paint.strong(oneLine(plan.title))}  ${plan.formatTitle} at ${oneLine(plan.root || '.')}`,
    `  ${oneLine(plan.path)}: ${counted(plan.tasks, 'task')}, ${plan.done} done, ${counted(plan.needs, 'need')}`,
  ];
  for (const finding of plan.findings.slice(0, SHOWN)) {
    const word = severity(finding, paint);
    out.push(
      `  ${oneLine(finding.file)}:${finding.span.line}: ${word} ${finding.rule}: ${oneLine(finding.message, 1000)}`,
    );
  }
  if (plan.findings.length > SHOWN)
    out.push(`  … and ${counted(plan.findings.length - SHOWN, 'more finding')}: --json has them all`);
  if (plan.status === 'dry-run')
    return [
      ...out,
      '',
      ...plan.text
        .trimEnd()
        .split('\n')
        .map((line) => oneLineKeepingBlanks(line)),
    ];
  const errors = plan.lint.filter((one) => one.severity === 'error').length;
  out.push(`  lint: ${sumOf(plan.lint)}`, `  next: masterplan lint ${oneLine(plan.path)}`);
  if (errors === 0) out.push(`        masterplan run ${oneLine(plan.path)}`);
  return out;
}

function severity({ severity: word }: Finding, paint: Paint): string {
  return word === 'error' ? paint.bad('error') : word === 'warning' ? paint.warn('warning') : 'info';
}

function oneLineKeepingBlanks(line: string): string {
  const lead = /^ */.exec(line)?.[0] ?? '';
  return lead + oneLine(line, 2000);
}

/** The same for programs: documents by their paths, findings whole. */
export function importJson({ plans, several, refused }: ImportReport): unknown {
  return {
    plans: plans.map(({ text, ...plan }) => ({
      ...plan,
      ...(plan.status === 'dry-run' ? { text } : {}),
    })),
    several: several.map(({ format, root, signs }) => ({ format, root, signs })),
    refused: refused.map(({ root, refusal }) => ({ root, message: refusal.message, hint: refusal.hint })),
  };
}
