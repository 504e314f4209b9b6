import type { Rule } from '../rule.ts';
import { headingSpan } from './shared.ts';

const VERIFIES =
  /\b(?:re-?)?(?:verif|valid|confirm|check|test|monitor|ensure|inspect|assert|observ|prove|smoke|health|watch)/i;

/** IS-12: a rollback of which nobody knows whether it worked. */
export const rollbackVerify: Rule<'implementation'> = {
  id: 'IS-12',
  name: 'rollback-verify',
  about: 'No step of the rollback says how one sees that it worked.',
  severity: 'warning',
  fix: 'none',
  kinds: ['implementation'],
  *check({ draft, detail: { rollback } }) {
    if (rollback === undefined || rollback.text.trim() === '' || VERIFIES.test(rollback.text)) return;
    const message = `"${rollback.section.title}" does not say how one sees that the change is undone.`;
    const hint = 'Add a step such as `Verify: the old version answers on /health`.';
    yield { span: rollback.steps.at(-1)?.span ?? headingSpan(draft, rollback.section), message, hint };
  },
};
