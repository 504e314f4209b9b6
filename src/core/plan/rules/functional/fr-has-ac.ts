import { parentId } from '../../kinds/functional/ids.ts';
import { covered, spanAt } from './shared.ts';
import type { Rule } from '../rule.ts';

/** FP-06: no acceptance criterion names a requirement. */
export const frHasAc: Rule<'functional'> = {
  id: 'FP-06',
  name: 'fr-has-ac',
  about: 'No acceptance criterion names a requirement.',
  severity: 'error',
  fix: 'none',
  kinds: ['functional'],
  *check({ draft, detail }) {
    const named = covered(detail.criteria.flatMap(({ requirements }) => requirements.map(({ id }) => id)));
    for (const { id, written, head } of detail.requirements) {
      if (named.has(id) || named.has(parentId(id))) continue;
      const hint = `Write one: \`### AC-n: behaviour — case (${written})\`.`;
      yield { span: spanAt(draft, head), message: `No acceptance criterion names ${id}.`, hint };
    }
  },
};
