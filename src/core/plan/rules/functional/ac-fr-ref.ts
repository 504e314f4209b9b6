import { parentId } from '../../kinds/functional/ids.ts';
import { spanAt } from './shared.ts';
import type { Rule } from '../rule.ts';

/** FP-07: an acceptance criterion names no requirement, or one that does not exist. */
export const acFrRef: Rule<'functional'> = {
  id: 'FP-07',
  name: 'ac-fr-ref',
  about: 'An acceptance criterion names no requirement, or one that does not exist.',
  severity: 'error',
  fix: 'suggest',
  kinds: ['functional'],
  *check({ draft, detail }) {
    const known = new Set([...detail.requirements, ...detail.rules].map(({ id }) => id));
    for (const { id } of detail.qualities) if (id !== undefined) known.add(id);
    const only = detail.requirements.length === 1 ? detail.requirements[0] : undefined;
    for (const one of detail.criteria) {
      if (one.requirements.length === 0) {
        const message = `${one.id} names no requirement.`;
        const hint = `End its title with the requirement: \`(${only?.written ?? 'FR-n'})\`.`;
        const at = one.head.end;
        const fix =
          only === undefined || one.form !== 'section'
            ? undefined
            : {
                kind: 'suggest' as const,
                title: `Name ${only.id}`,
                edits: [{ start: at, end: at, text: ` (${only.written})` }],
              };
        yield { span: spanAt(draft, one.head), message, hint, ...(fix === undefined ? {} : { fix }) };
        continue;
      }
      const unknown = one.requirements.filter(({ id }) => !known.has(id) && !known.has(parentId(id)));
      const [first] = unknown;
      if (first === undefined) continue;
      const ids = [...new Set(unknown.map(({ id }) => id))].slice(0, 6).join(', ');
      yield {
        span: spanAt(draft, first),
        message: `${one.id} names ${ids}, which this plan does not define.`,
        hint: 'Define it under Functional Requirements, or correct the id.',
      };
    }
  },
};
