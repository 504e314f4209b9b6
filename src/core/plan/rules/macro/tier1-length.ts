import type { Rule } from '../rule.ts';
import { headOf, lengthOf } from './shared.ts';

/** MA-17: the first tier of a pull request is what people read before they approve. */
export const tier1Length: Rule<'macro'> = {
  id: 'MA-17',
  name: 'tier1-length',
  about: 'The first tier of a pull request has more than 25 lines, or more than 15 (a warning).',
  severity: 'error',
  fix: 'none',
  kinds: ['macro'],
  *check({ draft, detail }) {
    for (const [i, { id, tier1 }] of detail.pulls.entries()) {
      if (tier1 === undefined) continue;
      const { raw, rendered } = lengthOf(draft, tier1.start, tier1.end);
      if (rendered <= 15) continue;
      const message = `Tier 1 of ${id} has ${rendered} lines (${raw} with empty ones); the aim is 15, the limit 25.`;
      const hint = 'Move what only whoever implements it needs into Tier 2.';
      yield rendered > 25
        ? { span: headOf(draft, i), message, hint }
        : { severity: 'warning', span: headOf(draft, i), message, hint };
    }
  },
};
