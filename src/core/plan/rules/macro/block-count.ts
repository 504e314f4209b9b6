import type { Rule } from '../rule.ts';
import { headingOf } from './shared.ts';

/** MA-05: a concept model of one block explains nothing, one of a dozen nobody keeps in mind. */
export const blockCount: Rule<'macro'> = {
  id: 'MA-05',
  name: 'blocks-3-7',
  about: 'The concept model has fewer than 3 or more than 7 building blocks.',
  severity: 'warning',
  fix: 'none',
  kinds: ['macro'],
  *check({ draft, detail }) {
    const { concept } = detail.sections;
    const { length } = detail.blocks;
    if (concept === undefined || (length >= 3 && length <= 7)) return;
    const message =
      length === 0
        ? 'No building block is recognised in the concept model.'
        : `The concept model has ${length} building ${length === 1 ? 'block' : 'blocks'}.`;
    const hint =
      'Describe 3 to 7 blocks of one responsibility each: `**1. Name** — what it does`, then `- OBSERVES: …` and the other parts.';
    yield { span: headingOf(draft, concept), message, hint };
  },
};
