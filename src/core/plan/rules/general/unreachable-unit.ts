import type { Draft } from '../../draft.ts';
import { PLAN_KINDS } from '../../model.ts';
import type { Rule } from '../rule.ts';

/** GEN-013: nothing says when a unit is done: no command, no criterion. Tasks and phases have TK-10 and PP-07 for it. */
export const unreachableUnit: Rule = {
  id: 'GEN-013',
  name: 'unreachable-unit',
  about: 'A unit has neither a verify command nor a criterion, so nobody can tell when it is done.',
  severity: 'warning',
  fix: 'none',
  kinds: PLAN_KINDS.filter((kind) => kind !== 'task' && kind !== 'phased'),
  *check({ draft }) {
    const pulls = draft.kind === 'macro' ? (draft as Draft<'macro'>).detail.pulls : [];
    for (const [at, unit] of draft.units.entries()) {
      if (unit.verify.length > 0 || unit.criteria.length > 0 || unit.nonCommitting) continue;
      if ((unit.criterionIds?.length ?? 0) > 0 || (unit.requirementIds?.length ?? 0) > 0) continue;
      // What is merged already needs no proof any more.
      if (pulls[at]?.done === true) continue;
      const span = draft.outline.source.span(unit.heading.start, unit.heading.end);
      const hint = 'Write the command that proves it, or a sentence that must be true when it is done.';
      yield { span, message: `Nothing says when ${unit.id} is done: it has no verification and no criterion.`, hint };
    }
  },
};
