import { compareTwin } from '../../kinds/functional/twin-compare.ts';
import type { Rule } from '../rule.ts';

/** FP-32: the JSON twin says something else than the plan. */
export const jsonParity: Rule<'functional'> = {
  id: 'FP-32',
  name: 'json-parity',
  about: 'The JSON twin says something else than the plan.',
  severity: 'error',
  fix: 'none',
  kinds: ['functional'],
  *check({ draft, facts }) {
    if (facts.twin === undefined) return;
    const differences = compareTwin(draft, facts.twin.text);
    for (const { start, end, message } of differences) {
      const hint = 'Write it anew: masterplan twin <plan>. The plan is what counts.';
      yield {
        span: draft.outline.source.span(start, end),
        message: `${facts.twin.name.slice(0, 80)}: ${message}`,
        hint,
      };
    }
  },
};
