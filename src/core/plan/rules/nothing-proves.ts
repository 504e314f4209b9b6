import { finding } from '../draft.ts';
import type { Rule } from './rule.ts';

/** TK-10, PP-07: a unit that changes files and has no command that could fail; PP-06 speaks of missing sections. */
export const nothingProves: Rule = {
  id: 'TK-10',
  *check({ draft }) {
    const rule = draft.kind === 'phased' ? 'PP-07' : 'TK-10';
    const hint =
      draft.kind === 'phased'
        ? 'Write a command in backticks under `### Verification`: - [ ] `npm test`'
        : 'Write **Verify:** with a command in backticks, for example **Verify:** `npm test`.';
    for (const unit of draft.units) {
      if (unit.verify.length > 0 || unit.nonCommitting || unit.phase?.hasVerification === false) continue;
      const span = draft.outline.source.span(unit.heading.start, unit.heading.end);
      yield finding(rule, 'warning', span, `Nothing proves that ${unit.id} works: it has no verify command.`, hint);
    }
  },
};
