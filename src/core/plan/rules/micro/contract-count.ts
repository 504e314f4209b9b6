import type { Rule } from '../rule.ts';
import { contractSpan, titleSpan } from './places.ts';

const LEAST = 3;
const MOST = 15;

/** MI-03: too few contracts leave behaviour open, too many are more than one pull request. */
export const contractCount: Rule<'micro'> = {
  id: 'MI-03',
  name: 'contract-count',
  about: 'A micro plan has fewer than 3 or more than 15 behavioural contracts; the compact form may have fewer than 3.',
  severity: 'warning',
  fix: 'none',
  kinds: ['micro'],
  *check({ draft, detail }) {
    const { contracts, parts, compact } = detail;
    const count = new Set(contracts.map(({ id }) => id)).size;
    if (count > MOST) {
      const span = contractSpan(draft, contracts[MOST] as (typeof contracts)[number]);
      const hint = 'Split the pull request, or merge contracts that always hold together.';
      yield { span, message: `The plan has ${count} behavioural contracts, more than ${MOST}.`, hint };
    } else if (count < (compact ? 1 : LEAST)) {
      const heading = parts.contracts?.heading;
      const span = heading === undefined ? titleSpan(draft) : draft.outline.source.span(heading.start, heading.end);
      const many =
        count === 0 ? 'no behavioural contract' : `only ${count} behavioural contract${count === 1 ? '' : 's'}`;
      const hint = `Write ${compact ? 'at least one' : `${LEAST} to ${MOST}`}, such as \`BC-${count + 1}: Name\` with \`- GIVEN\`, \`- WHEN\` and \`- THEN\` below.`;
      yield { span, message: `The plan has ${many}.`, hint };
    }
  },
};
