import type { Rule } from '../rule.ts';
import { PHASES_OF } from './parts.ts';

/** PP-17: a phase, or a step of it, is ticked while an earlier phase is open; of a master plan only Phase 0 comes first. */
export const tickOrder: Rule<'phased' | 'master'> = {
  id: 'PP-17',
  name: 'tick-order',
  about: 'A phase or one of its steps is ticked while an earlier phase is open.',
  severity: 'warning',
  fix: 'none',
  kinds: PHASES_OF,
  *check({ draft }) {
    let open: number | undefined;
    for (const { phase, heading } of draft.units) {
      if (phase === undefined) continue;
      const ticked =
        heading.box?.ticked === true ? heading.box : phase.steps.find(({ box }) => box?.ticked === true)?.box;
      if (open !== undefined && ticked !== undefined) {
        const what = ticked === heading.box ? `Phase ${phase.number}` : `A step of phase ${phase.number}`;
        const message = `${what} is ticked while phase ${open} is open.`;
        yield { span: ticked.mark, message, hint: 'Phases build on each other: tick them in order.' };
      }
      const foundation = draft.kind === 'master' && phase.number !== 0;
      if (heading.box?.ticked === false && !foundation) open ??= phase.number;
    }
  },
};
