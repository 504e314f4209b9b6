import { parentId } from '../../kinds/functional/ids.ts';
import { covered, spanAt } from './shared.ts';
import type { Rule } from '../rule.ts';

/** FP-12: a row of a contract pairs a requirement with a criterion that does not name it. */
export const pairValid: Rule<'functional'> = {
  id: 'FP-12',
  name: 'pair-valid',
  about: 'A row of a contract pairs a requirement with a criterion that does not name it.',
  severity: 'error',
  fix: 'suggest',
  kinds: ['functional'],
  *check({ draft, detail }) {
    const cited = new Map(
      detail.criteria.map(({ id, requirements }) => [id, covered(requirements.map((one) => one.id))]),
    );
    for (const contract of [detail.seVerification, detail.testMandate, detail.reviewContract]) {
      for (const { requirements, criteria } of contract?.rows ?? []) {
        for (const one of criteria) {
          const names = cited.get(one.id);
          if (names === undefined || names.size === 0 || requirements.length === 0) continue;
          if (requirements.some(({ id }) => names.has(id) || names.has(parentId(id)))) continue;
          const [first] = requirements;
          const right = [...names][0] as string;
          const message = `${one.id} is a criterion of ${right}, not of ${first?.id}.`;
          const fix = {
            kind: 'suggest' as const,
            title: `Write ${right}`,
            edits: first === undefined ? [] : [{ start: first.start, end: first.end, text: right }],
          };
          yield {
            span: spanAt(draft, first ?? one),
            message,
            hint: `Write ${right}, or the criterion that is meant.`,
            fix,
          };
        }
      }
    }
  },
};
