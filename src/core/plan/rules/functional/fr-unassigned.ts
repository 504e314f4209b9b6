import { parentId } from '../../kinds/functional/ids.ts';
import { covered, spanAt } from './shared.ts';
import type { Rule } from '../rule.ts';

/** FP-15: no stream carries a requirement. */
export const frUnassigned: Rule<'functional'> = {
  id: 'FP-15',
  name: 'fr-unassigned',
  about: 'No stream carries a requirement.',
  severity: 'error',
  fix: 'none',
  kinds: ['functional'],
  *check({ draft, detail }) {
    if (detail.streams.length === 0) return;
    const exact = new Set(detail.streams.flatMap(({ requirements }) => requirements.map(({ id }) => id)));
    const named = covered(exact);
    const wanted = [
      ...detail.requirements.map(({ id, head }) => ({ id, place: head })),
      ...detail.qualities.flatMap(({ id, start, end }) => (id === undefined ? [] : [{ id, place: { start, end } }])),
    ];
    for (const { id, place } of wanted) {
      // A part is carried with its whole, a whole by its parts.
      if (named.has(id) || exact.has(parentId(id))) continue;
      yield {
        span: spanAt(draft, place),
        message: `No stream carries ${id}.`,
        hint: 'Name it in the Requirements of the stream that is to do it.',
      };
    }
  },
};
