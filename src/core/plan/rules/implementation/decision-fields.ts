import type { Rule } from '../rule.ts';
import { insertBelow, isSpecification } from './shared.ts';

/** IS-10: a decision that nobody can question later. */
export const decisionFields: Rule<'implementation'> = {
  id: 'IS-10',
  name: 'decision-fields',
  about: 'A decision states fewer than two options, no rationale or no trade-off.',
  severity: 'warning',
  fix: 'stub',
  kinds: ['implementation'],
  *check({ draft, detail }) {
    if (!isSpecification(detail)) return;
    for (const { title, span, end, options, rationale, tradeoffs } of detail.decisions) {
      const lacks: string[] = [];
      const stubs: string[] = [];
      if (options.length < 2) {
        lacks.push(options.length === 0 ? 'options' : 'a second option');
        if (options.length === 0)
          stubs.push('**Options considered:**\n\n- Option A: [Pros and cons]\n- Option B: [Pros and cons]');
      }
      if (rationale === undefined) {
        lacks.push('a rationale');
        stubs.push('**Rationale:** [Why it fits best]');
      }
      if (tradeoffs === undefined) {
        lacks.push('trade-offs');
        stubs.push('**Tradeoffs accepted:** [What is given up]');
      }
      if (lacks.length === 0) continue;
      const list = lacks.length > 1 ? `${lacks.slice(0, -1).join(', ')} and ${lacks.at(-1)}` : (lacks[0] as string);
      yield {
        span,
        message: `The decision "${title.slice(0, 60)}" lacks ${list}.`,
        hint: 'Write `**Options considered:**` with two bullets, `**Rationale:**` and `**Tradeoffs accepted:**`.',
        ...(stubs.length === 0
          ? {}
          : insertBelow(draft, end, stubs.join('\n\n'), 'Insert what is missing, to fill in')),
      };
    }
  },
};
