import { parentId } from '../../kinds/functional/ids.ts';
import type { Reference, Stream } from '../../kinds/functional/model.ts';
import { spanAt } from './shared.ts';
import type { Rule } from '../rule.ts';

/** FP-14: more than one stream carries the same requirement. */
export const frOneStream: Rule<'functional'> = {
  id: 'FP-14',
  name: 'fr-one-stream',
  about: 'More than one stream carries the same requirement.',
  severity: 'error',
  fix: 'suggest',
  kinds: ['functional'],
  *check({ draft, detail }) {
    // For each requirement: who carries all of it, and who carries parts.
    const carried = new Map<string, { position: number; whole: boolean; part: string; at: Reference }[]>();
    detail.streams.forEach(({ requirements }, position) => {
      for (const at of requirements) {
        const id = parentId(at.id);
        const whole = at.facet === undefined && at.id === id;
        const part = `${at.id} ${at.facet?.toLowerCase() ?? ''}`;
        const list = carried.get(id);
        if (list === undefined) carried.set(id, [{ position, whole, part, at }]);
        else list.push({ position, whole, part, at });
      }
    });
    for (const [id, list] of carried) {
      const twice = list.find(
        (one, i) =>
          i > 0 &&
          list
            .slice(0, Math.min(i, 50))
            .some((other) => other.position !== one.position && (one.whole || other.whole || other.part === one.part)),
      );
      if (twice === undefined) continue;
      const ids = [...new Set(list.map(({ position }) => (detail.streams[position] as Stream).id))];
      const message = `${id} is carried by ${ids.length} streams: ${ids.slice(0, 6).join(', ')}.`;
      const hint = `Give it to one stream, or split it: ${id}a in one, ${id}b in the other, or \`${id} (part)\` in each.`;
      yield { span: spanAt(draft, twice.at), message, hint };
    }
  },
};
