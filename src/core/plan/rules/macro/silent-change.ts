import type { Rule } from '../rule.ts';
import { changesSince } from './approved.ts';

/** MA-29: the same id with another promise: whoever relied on it does not notice. */
export const silentChange: Rule<'macro'> = {
  id: 'MA-29',
  name: 'silent-bc-change',
  about: 'A guarantee has kept its id but not its text since the plan was approved, and no revision note names it.',
  severity: 'error',
  fix: 'none',
  kinds: ['macro'],
  *check({ draft, facts }) {
    const changes = changesSince(draft, facts);
    const notes = changes?.notes.toUpperCase() ?? '';
    for (const { was, is } of changes?.altered ?? []) {
      if (notes.includes(is.id)) continue;
      const message = `${is.id} was approved as "${was.text.slice(0, 100)}".`;
      yield {
        span: is.span,
        message,
        hint: 'Name it in a revision note, give the new promise an id of its own, or restore its text.',
      };
    }
  },
};
