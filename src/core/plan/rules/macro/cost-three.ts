import { MANDATORY } from '../../kinds/macro/gates.ts';
import type { Rule } from '../rule.ts';
import { isEmpty } from './shared.ts';

// "within 10% of the recorded value", "below 12%": the validation says itself when it has succeeded.
const MEASURED =
  /(?:[<>≤≥±]|\b(?:within|below|above|under|over|at least|at most|fewer than|less than|more than))\s{0,2}~?\d/i;

/** MA-21: what would cost three pull requests or more must be tried before it is built upon. */
export const costThree: Rule<'macro'> = {
  id: 'MA-21',
  name: 'cost-3',
  about:
    'A decision that would cost 3 or more pull requests lacks its validation, success criterion, abort plan or gate.',
  severity: 'error',
  fix: 'none',
  kinds: ['macro'],
  *check({ detail }) {
    for (const risk of detail.risks) {
      if (risk.cost === undefined || risk.cost < MANDATORY) continue;
      const missing: string[] = [];
      if (isEmpty(risk.validation) && isEmpty(risk.success)) missing.push('how it is validated');
      if (isEmpty(risk.success) && !MEASURED.test(risk.validation ?? ''))
        missing.push('when the validation has succeeded');
      if (isEmpty(risk.abort)) missing.push('what is done when it fails (abort plan)');
      if (risk.before.length === 0 && risk.after.length === 0 && !/\b(?:before|prior to)\b/i.test(risk.gate ?? ''))
        missing.push('before which pull request it happens');
      if (missing.length === 0) continue;
      const message = `"${risk.title.slice(0, 60)}" would cost ${risk.cost} pull requests, but nothing says ${missing.join(', nor ')}.`;
      yield {
        span: risk.span,
        message,
        hint: 'Write **Success:** and **Abort:** into the row, and a gate such as "before PR 2".',
      };
    }
  },
};
