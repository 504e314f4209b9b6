import { oneLine } from '../base/text.ts';
import type { PlanState } from './document.ts';

/** What a notice tells of one plan. */
export interface NoticedPlan {
  readonly title: string;
  readonly slug: string;
  readonly state: PlanState;
  readonly next: { readonly type: string };
}

/** More than a few lines nobody reads at the beginning of something else. */
const SHOWN = 4;

/** A few lines on what is pending here and what to type; none when nothing is. */
export function noticeLines(plans: readonly NoticedPlan[], damaged: number): readonly string[] {
  if (plans.length === 0 && damaged === 0) return [];
  const count = plans.length === 1 ? '1 plan is' : `${plans.length} plans are`;
  const lines = plans.length === 0 ? [] : [`masterplan: ${count} pending here.`];
  const first = plans.toSorted((a, b) => STATE_ORDER.indexOf(a.state) - STATE_ORDER.indexOf(b.state));
  for (const { slug, title, state, next } of first.slice(0, SHOWN)) {
    const name = title.toLowerCase() === slug.replaceAll('-', ' ') ? slug : `${slug} (${oneLine(title, 60)})`;
    lines.push(`- ${STATE_WORDS[state]}: ${name} — next: ${next.type}`);
  }
  const left = plans.length - SHOWN;
  const broken =
    damaged === 0 ? '' : `${damaged === 1 ? '1 document' : `${damaged} documents`} cannot be read as a plan. `;
  if (left > 0 || damaged > 0) {
    const more = left > 0 ? `${left} more. ` : '';
    lines.push(`${plans.length === 0 ? 'masterplan: ' : ''}${more}${broken}All of them: masterplan list`);
  }
  return lines;
}

/** The states in which plans are pending: what somebody works on comes first. */
export const STATE_ORDER: readonly PlanState[] = [
  'in-progress',
  'changed',
  'approved',
  'in-review',
  'draft',
  'suspended',
];

/** How people call a state. */
export const STATE_WORDS: Readonly<Record<PlanState, string>> = {
  draft: 'draft',
  'in-review': 'in review',
  approved: 'approved',
  'in-progress': 'in progress',
  suspended: 'suspended',
  done: 'done',
  superseded: 'superseded',
  abandoned: 'abandoned',
  changed: 'changed after approval',
};
