import type { Rule } from '../rule.ts';

/** PP-17: a phase is ticked while an earlier one is open. */
export const tickOrder: Rule<'phased'> = {
  id: 'PP-17',
  name: 'tick-order',
  about: 'A phase is ticked while an earlier one is open.',
  severity: 'warning',
  fix: 'none',
  kinds: ['phased'],
  *check({ draft }) {
    let open: number | undefined;
    for (const { phase, heading } of draft.units) {
      if (phase === undefined || heading.box === undefined) continue;
      if (!heading.box.ticked) open ??= phase.number;
      else if (open !== undefined) {
        const message = `Phase ${phase.number} is ticked while phase ${open} is open.`;
        yield { span: heading.box.mark, message, hint: 'Phases build on each other: tick them in order.' };
      }
    }
  },
};
