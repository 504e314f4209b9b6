import type { Rule } from '../rule.ts';

/** PP-02: phases that are not numbered 1 to M, or an M that is not their number: one may be missing. */
export const phaseNumbering: Rule<'phased'> = {
  id: 'PP-02',
  name: 'phase-numbering',
  about: 'Phases are not numbered 1 to M, or M is not how many there are.',
  severity: 'error',
  fix: 'auto',
  refuses: true,
  kinds: ['phased'],
  *check({ draft }) {
    const count = draft.units.length;
    for (const [i, unit] of draft.units.entries()) {
      if (unit.phase === undefined) continue;
      const { number, total } = unit.phase;
      const span = draft.outline.source.span(unit.heading.start, unit.heading.end);
      if (number !== i + 1) {
        const message = `Phase ${number} stands where phase ${i + 1} of ${count} is expected.`;
        yield { span, message, hint: `Number the phases from 1 to ${count} in the order they stand in.` };
        return;
      }
      if (total !== undefined && total !== count) {
        const message = `Phase ${number} says "of ${total}", but the plan has ${count} phase${count === 1 ? '' : 's'}.`;
        yield { span, message, hint: `Write "of ${count}", or add the missing phases.` };
        return;
      }
    }
  },
};
