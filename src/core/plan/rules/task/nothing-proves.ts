import type { Rule } from '../rule.ts';

/** TK-10: a task that changes files and has no command that could fail. */
export const nothingProves: Rule<'task'> = {
  id: 'TK-10',
  name: 'nothing-proves',
  about: 'A task that changes files has no verify command.',
  severity: 'warning',
  fix: 'none',
  kinds: ['task'],
  *check({ draft }) {
    const hint = 'Write **Verify:** with a command in backticks, for example **Verify:** `npm test`.';
    for (const unit of draft.units) {
      if (unit.verify.length > 0 || unit.nonCommitting) continue;
      const span = draft.outline.source.span(unit.heading.start, unit.heading.end);
      yield { span, message: `Nothing proves that ${unit.id} works: it has no verify command.`, hint };
    }
  },
};
