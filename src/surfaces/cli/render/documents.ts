import type { DocumentAnswer } from '../../../app/documents/approve.ts';
import type { PlanList } from '../../../app/documents/list.ts';
import type { NewPlan } from '../../../app/documents/new-plan.ts';
import { oneLine } from '../../../core/base/text.ts';
import { STATE_ORDER, STATE_WORDS } from '../../../core/documents/notice.ts';
import { counted } from '../../words.ts';
import type { Paint } from '../paint.ts';

/** More than anybody reads at once; `--json` has them all. */
const SHOWN = 20;

/** The pending plans, grouped, each with what to type. */
export function renderList({ plans, damaged, over }: PlanList, paint: Paint): string[] {
  const out: string[] = [];
  for (const state of STATE_ORDER) {
    const group = plans.filter((one) => one.state === state);
    if (group.length === 0) continue;
    out.push(...(out.length === 0 ? [] : ['']), paint.strong(`${STATE_WORDS[state]} (${group.length})`));
    for (const { title, kind, path, boxes, next } of group.slice(0, SHOWN)) {
      const far = boxes.all === 0 ? '' : `, ${boxes.done} of ${boxes.all} boxes ticked`;
      out.push(`  ${oneLine(title, 100)}  (${kind ?? 'plan'}${far})`, `    ${oneLine(path)}`);
      out.push(`    ${paint.type(oneLine(next.type))}  ${next.why}`);
    }
    if (group.length > SHOWN) out.push(`  … and ${group.length - SHOWN} more: --json has them all`);
  }
  if (damaged.length > 0) {
    out.push(...(out.length === 0 ? [] : ['']), paint.bad(`damaged (${damaged.length})`));
    for (const { path, message, hint } of damaged.slice(0, SHOWN)) {
      out.push(`  ${oneLine(path)}: ${oneLine(message)}`, `    ${oneLine(hint, 400)}`);
    }
    if (damaged.length > SHOWN) out.push(`  … and ${damaged.length - SHOWN} more: --json has them all`);
  }
  if (out.length === 0) {
    const also = over === 0 ? '' : `; ${counted(over, 'plan')} ${over === 1 ? 'is' : 'are'} over`;
    return [`no plan is pending here${also}`, `  ${paint.type('masterplan new-plan <kind> <slug>')}  writes a draft`];
  }
  if (over > 0) out.push('', `${counted(over, 'other plan')} ${over === 1 ? 'is' : 'are'} over`);
  return out;
}

/** What became of a document, and what comes next. */
export function renderDocument(deed: 'approved' | 'started' | 'done', answer: DocumentAnswer, paint: Paint): string[] {
  const { path, typed, changed, by, at, next, warnings, superseded, status } = answer;
  const words = { approved: 'approved', started: 'in progress', done: 'done' };
  const when = at === '' ? '' : `, ${at.slice(0, 16).replace('T', ' ')} UTC`;
  const out = [`${oneLine(path)} is ${words[deed]}${changed ? '' : ' already'}, by ${oneLine(by)}${when}`];
  if (warnings > 0) out.push(`  with ${counted(warnings, 'warning')}: masterplan lint ${oneLine(typed)}`);
  out.push(...archived(superseded));
  if (status !== 'done') out.push(`  next: ${paint.type(oneLine(next.type))}  ${next.why}`);
  if (deed === 'approved' && status === 'approved') {
    out.push(`    or: ${paint.type(`masterplan run ${oneLine(typed)}`)}  has agents carry it out`);
  }
  return out;
}

/** What was written, and what to do with it. */
export function renderNewPlan({ path, typed, appendix, kind, superseded }: NewPlan, paint: Paint): string[] {
  return [
    `${path} is a draft of kind ${kind}`,
    `${appendix} is for what is found while planning`,
    ...archived(superseded),
    `  next: replace what stands in brackets; ${paint.type(`masterplan lint ${typed}`)} names every place`,
    `  then: ${paint.type(`masterplan approve ${typed}`)}`,
  ];
}

function archived(superseded: readonly { readonly slug: string; readonly path: string }[]): string[] {
  return superseded.map(({ slug, path }) => `  superseded: ${oneLine(slug)}, kept in ${oneLine(path)}`);
}
