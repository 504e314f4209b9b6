import { isNothing, spanAt } from './shared.ts';
import type { Rule } from '../rule.ts';

/** FP-13: a row of the Test Mandate belongs to no acceptance criterion. */
export const testRowAc: Rule<'functional'> = {
  id: 'FP-13',
  name: 'test-row-ac',
  about: 'A row of the Test Mandate belongs to no acceptance criterion.',
  severity: 'info',
  fix: 'none',
  kinds: ['functional'],
  *check({ draft, detail }) {
    for (const { criteria, criterionCell, row } of detail.testMandate?.rows ?? []) {
      if (criteria.length > 0 || criterionCell === undefined || !isNothing(criterionCell.text)) continue;
      yield {
        span: spanAt(draft, row),
        message: 'This test belongs to no acceptance criterion.',
        hint: 'That is allowed; where a criterion asks for it, name the criterion.',
      };
    }
  },
};
