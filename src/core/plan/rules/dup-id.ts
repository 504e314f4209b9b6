import { type DraftUnit, finding } from '../draft.ts';
import type { Rule } from './rule.ts';

/** GEN-002: two units with one id; commits, needs and the log could not tell them apart. */
export const dupId: Rule = {
  id: 'GEN-002',
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
      yield finding(
        'GEN-002',
        'error',
        span,
        message,
        'Give this one a number of its own, and check the needs that name it.',
      );
    }
  },
};
