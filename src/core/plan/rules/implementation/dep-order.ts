import type { DraftUnit } from '../../draft.ts';
import type { Rule } from '../rule.ts';
import { unitSpan } from './shared.ts';

/** IS-05: a task that builds on one that stands behind it. */
export const depOrder: Rule<'implementation'> = {
  id: 'IS-05',
  name: 'dep-order',
  about: 'A task depends on a later one, or on itself.',
  severity: 'error',
  fix: 'suggest',
  kinds: ['implementation'],
  *check({ draft, detail, compiled }) {
    // Rows are ordered by their waves, not by where they stand.
    if (detail.form === 'waves') return;
    const { source } = draft.outline;
    const at = new Map<string, number>();
    compiled.tasks.forEach(({ id }, i) => {
      if (!at.has(id)) at.set(id, i);
    });
    for (const { from, to, why } of compiled.edges) {
      const need = at.get(from) ?? -1;
      const own = at.get(to) ?? -1;
      if (why !== 'declared' || need < own) continue;
      const unit = draft.units[own] as DraftUnit;
      const other = draft.units[need] as DraftUnit;
      const span = unit.needs[0]?.span ?? unitSpan(draft, unit);
      if (need === own) {
        yield {
          span,
          message: `${unit.id} depends on itself.`,
          hint: 'Name the task that it really waits for, or write `None`.',
        };
        continue;
      }
      const text = source.text.slice(unit.start, unit.end);
      const fix = {
        kind: 'suggest' as const,
        title: `Move ${unit.id} behind ${other.id}`,
        edits: [
          { start: unit.start, end: unit.end, text: '' },
          { start: other.end, end: other.end, text: `\n${text}` },
        ],
      };
      const message = `${unit.id} depends on ${other.id}, which stands behind it.`;
      yield {
        span,
        message,
        hint: 'Put tasks in the order in which they are done.',
        ...(unit.end <= other.end ? { fix } : {}),
      };
    }
  },
};
