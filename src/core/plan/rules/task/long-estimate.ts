import type { Rule } from '../rule.ts';

/** Minutes of a working day. */
const DAY = 480;

/** TK-17: a task of more than a day is reviewed late and fails late. */
export const longEstimate: Rule<'task'> = {
  id: 'TK-17',
  name: 'long-estimate',
  about: 'A task is expected to take more than a day.',
  severity: 'info',
  fix: 'none',
  kinds: ['task'],
  *check({ draft }) {
    for (const unit of draft.units) {
      if (unit.estimate === undefined || unit.estimate <= DAY || unit.planFirst !== undefined) continue;
      const span = draft.outline.source.span(unit.heading.start, unit.heading.end);
      const message = `${unit.id} is expected to take ${Math.round(unit.estimate / 60)} hours.`;
      yield {
        span,
        message,
        hint: 'Split it into tasks that can be checked one by one, or let its plan be written first.',
      };
    }
  },
};
