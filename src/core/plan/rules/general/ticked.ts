import { PLAN_KINDS } from '../../model.ts';
import type { Rule } from '../rule.ts';

/** GEN-018: a unit is ticked before the run began. The log is the truth, so it is run all the same. */
export const ticked: Rule = {
  id: 'GEN-018',
  name: 'ticked-before-run',
  about: 'A unit is ticked although no run did it.',
  severity: 'warning',
  fix: 'none',
  kinds: PLAN_KINDS,
  *check({ draft }) {
    for (const unit of draft.units) {
      const { box } = unit.heading;
      const done = box === undefined ? unit.boxes.length > 0 && unit.boxes.every((one) => one.ticked) : box.ticked;
      if (!done) continue;
      const span = box?.mark ?? draft.outline.source.span(unit.heading.start, unit.heading.end);
      const message = `${unit.id} is ticked already. A new run does it all the same: what is done stands in the log of a run.`;
      yield { span, message, hint: 'Remove the unit if its work is already committed.' };
    }
  },
};
