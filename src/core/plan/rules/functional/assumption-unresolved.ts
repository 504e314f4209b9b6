import { isPlaceholder } from '../../commands.ts';
import type { Stream } from '../../kinds/functional/model.ts';
import { streamsTouched } from '../../kinds/functional/units.ts';
import { spanAt } from './shared.ts';
import type { Rule } from '../rule.ts';

/** Of how many assumptions the streams are named. */
const MAX_LOOKED = 60;

/** FP-26: an assumption is not confirmed. */
export const assumptionUnresolved: Rule<'functional'> = {
  id: 'FP-26',
  name: 'assumption-unresolved',
  about: 'An assumption is not confirmed.',
  severity: 'warning',
  severities: { draft: 'info', execution: 'error' },
  fix: 'none',
  kinds: ['functional'],
  *check({ draft, detail }) {
    let looked = 0;
    for (const one of detail.assumptions) {
      if (one.resolved || isPlaceholder(one.text)) continue;
      const touched = (looked++ < MAX_LOOKED ? streamsTouched(detail, one.names) : []).map(
        (i) => (detail.streams[i] as Stream).id,
      );
      const where = touched.length === 0 ? '' : `; ${touched.slice(0, 5).join(', ')} wait for it`;
      const message = `${one.id} is an assumption that nobody has confirmed${where}.`;
      yield {
        span: spanAt(draft, one.resolution ?? one),
        message,
        hint: 'Ask whoever decides, then write Confirmed and by whom.',
      };
    }
  },
};
