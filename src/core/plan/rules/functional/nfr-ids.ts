import { spanAt } from './shared.ts';
import type { Rule } from '../rule.ts';

/** FP-16: streams cite non-functional requirements by id, but their table has none. */
export const nfrIds: Rule<'functional'> = {
  id: 'FP-16',
  name: 'nfr-ids',
  about: 'Streams cite non-functional requirements by id, but their table has none.',
  severity: 'warning',
  fix: 'auto',
  kinds: ['functional'],
  *check({ draft, detail }) {
    const cited = detail.streams.some(({ requirements }) => requirements.some(({ id }) => id.startsWith('NFR-')));
    if (!cited || detail.qualities.length === 0 || detail.qualities.some(({ id }) => id !== undefined)) return;
    const [first] = detail.qualities;
    const edits = detail.qualities.map(({ title }, i) => ({
      start: title.start,
      end: title.start,
      text: `NFR-${i + 1}: `,
    }));
    const message = 'Streams name non-functional requirements by id, but none has an id.';
    const fix = { kind: 'auto' as const, title: 'Number them in their order', edits };
    yield {
      span: spanAt(draft, first?.title ?? { start: 0, end: 0 }),
      message,
      hint: 'Write `NFR-1: Response time`.',
      fix,
    };
  },
};
