import type { Rule } from '../rule.ts';
import { headingOf, lengthOf } from './shared.ts';

const MOST = 14;

/** MA-01: the one part that everybody reads is too long to be read by everybody. */
export const executiveSummary: Rule<'macro'> = {
  id: 'MA-01',
  name: 'exec-summary',
  about: 'The executive summary has 15 lines or more; a warning when only empty lines make it so long.',
  severity: 'error',
  fix: 'none',
  kinds: ['macro'],
  *check({ draft, detail }) {
    const { summary } = detail.sections;
    if (summary === undefined) return;
    const { raw, rendered } = lengthOf(draft, summary.heading.end, summary.end);
    if (raw <= MOST) return;
    const span = headingOf(draft, summary);
    const hint = 'Say in under 15 lines what is added, why, and how it fits in; the rest has sections of its own.';
    if (rendered > MOST)
      yield { span, message: `The executive summary has ${rendered} lines (${raw} with empty ones).`, hint };
    else
      yield {
        severity: 'warning',
        span,
        message: `The executive summary takes ${raw} lines with the empty ones among its ${rendered}.`,
        hint,
      };
  },
};
