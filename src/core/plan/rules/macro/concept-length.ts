import type { Rule } from '../rule.ts';
import { headingOf, lengthOf } from './shared.ts';

const LIMIT = 80;

/** MA-04: a concept model that does not fit on a page or two is a design, not a model. */
export const conceptLength: Rule<'macro'> = {
  id: 'MA-04',
  name: 'concept-80',
  about: 'The concept model has 80 lines or more, empty ones not counted.',
  severity: 'error',
  fix: 'none',
  kinds: ['macro'],
  *check({ draft, detail }) {
    const { concept } = detail.sections;
    if (concept === undefined) return;
    const { raw, rendered } = lengthOf(draft, concept.heading.end, concept.end);
    if (rendered < LIMIT) return;
    const message = `The concept model has ${rendered} lines (${raw} with empty ones); it must fit in fewer than ${LIMIT}.`;
    yield {
      span: headingOf(draft, concept),
      message,
      hint: 'Move what only one pull request needs into that pull request.',
    };
  },
};
