import type { DraftUnit } from '../../draft.ts';
import { PLAN_KINDS, type PlanTask } from '../../model.ts';
import { overlaps } from '../../shared-paths.ts';
import type { Rule } from '../rule.ts';

/**
 * GEN-012: two tasks that could work at the same time may change the same file. They will not be run at the same time,
 * which the author may not have meant.
 */
export const sameWaveOverlap: Rule = {
  id: 'GEN-012',
  name: 'same-wave-file-overlap',
  about: 'Two units that do not wait for each other may change the same path.',
  severity: 'warning',
  severities: { approval: 'error', execution: 'error' },
  fix: 'none',
  kinds: PLAN_KINDS,
  *check({ draft, compiled }) {
    for (const { first, second, path } of overlaps(compiled.tasks)) {
      const unit = draft.units[second] as DraftUnit;
      const where = unit.paths.find(({ text }) => text === path)?.span ?? unit.paths[0]?.span;
      const span = where ?? draft.outline.source.span(unit.heading.start, unit.heading.end);
      const { id } = compiled.tasks[first] as PlanTask;
      const message = `${unit.id} and ${id} may both change ${path} and do not wait for each other; they will be worked on one at a time.`;
      const hint = `If ${unit.id} builds on ${id}, write **Needs:** ${id}; else part their files.`;
      yield { span, message, hint };
    }
  },
};
