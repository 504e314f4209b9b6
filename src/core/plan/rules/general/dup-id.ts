import { PLAN_KINDS } from '../../model.ts';
import type { DraftUnit } from '../../draft.ts';
import type { Rule } from '../rule.ts';

/** GEN-002: two units with one id; commits, needs and the log could not tell them apart. */
export const dupId: Rule = {
  id: 'GEN-002',
  name: 'dup-id',
  about: 'Two units have the same normalised id.',
  severity: 'error',
  fix: 'suggest',
  refuses: true,
  kinds: PLAN_KINDS,
  *check({ draft }) {
    const first = new Map<string, DraftUnit>();
    const { source } = draft.outline;
    for (const unit of draft.units) {
      const other = first.get(unit.id);
      if (other === undefined) {
        first.set(unit.id, unit);
        continue;
      }
      const span = source.span(unit.heading.start, unit.heading.end);
      const { line } = source.span(other.start, other.start);
      const message = `${unit.id} is already defined in line ${line}.`;
      yield { span, message, hint: 'Give this one a number of its own, and check the needs that name it.' };
    }
  },
};
