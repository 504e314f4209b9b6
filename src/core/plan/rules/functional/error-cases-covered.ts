import { covered, shareOf, spanAt, wordsOf } from './shared.ts';
import type { Rule } from '../rule.ts';

const MAX_COMPARISONS = 20_000;

/** FP-10: no criterion and no test scenario speaks of an error case of a requirement. */
export const errorCasesCovered: Rule<'functional'> = {
  id: 'FP-10',
  name: 'error-cases-covered',
  about: 'No criterion and no test scenario speaks of an error case of a requirement.',
  severity: 'warning',
  fix: 'none',
  kinds: ['functional'],
  *check({ draft, detail }) {
    if (detail.criteria.length === 0 && detail.scenarios.length === 0) return;
    const shared = [
      ...detail.scenarios.map(({ scenario, inputs, expected }) => wordsOf(`${scenario} ${inputs} ${expected}`)),
      ...(detail.testMandate?.rows ?? []).map(({ text }) => wordsOf(text)),
    ];
    const byRequirement = new Map<string, ReadonlySet<string>[]>();
    for (const { title, sentence, requirements } of detail.criteria) {
      const words = wordsOf(`${title} ${sentence}`);
      for (const id of covered(requirements.map((one) => one.id))) {
        const list = byRequirement.get(id);
        if (list === undefined) byRequirement.set(id, [words]);
        else list.push(words);
      }
    }
    let left = MAX_COMPARISONS;
    for (const { id, errors } of detail.requirements) {
      for (const { condition, expected } of errors ?? []) {
        const words = wordsOf(condition.text);
        const candidates = [...(byRequirement.get(id) ?? []), ...shared];
        left -= candidates.length;
        if (left < 0) return;
        if (
          words.size === 0 ||
          /^[[.…]/.test(condition.text) ||
          /^(?:none|nothing|no error cases?)\W*$/i.test(condition.text)
        )
          continue;
        const both = wordsOf(`${condition.text} ${expected.text}`);
        if (candidates.some((one) => shareOf(words, one) >= 0.5 || shareOf(both, one) >= 0.6)) continue;
        const message = `Nothing tests the error case "${condition.text.slice(0, 60)}" of ${id}.`;
        yield {
          span: spanAt(draft, condition),
          message,
          hint: 'Write an acceptance criterion or a row of Test Scenarios for it.',
        };
      }
    }
  },
};
