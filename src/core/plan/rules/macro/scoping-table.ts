import type { Rule } from '../rule.ts';
import { headingOf, isEmpty } from './shared.ts';

/** MA-03: what is modeled and what is only simplified decides whether the questions can be answered at all. */
export const scopingTable: Rule<'macro'> = {
  id: 'MA-03',
  name: 'scoping-table',
  about:
    'The model scoping table is missing, a simplification in it has no justification, or no analysis question is stated.',
  severity: 'error',
  fix: 'none',
  kinds: ['macro'],
  *check({ draft, detail }) {
    const section = detail.sections.objectives;
    if (section === undefined && detail.scoping === undefined) return;
    if (section !== undefined && detail.scoping === undefined) {
      const hint = 'Add a table `| Component | Modeled | Simplified | Omitted | Justification |`.';
      yield { span: headingOf(draft, section), message: 'There is no model scoping table.', hint };
    }
    for (const { component, simplified, justification, span } of detail.scoping ?? []) {
      if (isEmpty(simplified) || /^(?:no|none|n\/a)$/i.test(simplified) || !isEmpty(justification)) continue;
      const message = `"${component.slice(0, 60)}" is simplified without a justification.`;
      yield { span, message, hint: 'Say which behaviour is lost and why the questions can be answered without it.' };
    }
    if (section !== undefined && detail.questions.length === 0) {
      const hint = 'Write `### Analysis Questions` with what this work helps to find out.';
      yield { span: headingOf(draft, section), message: 'No analysis question is stated.', hint };
    }
  },
};
