import type { Rule } from '../rule.ts';

/** TK-12: a task that is to run beside others, but does not say what it changes. */
export const groupFiles: Rule<'task'> = {
  id: 'TK-12',
  name: 'group-without-files',
  about: 'A task of a parallel group declares no files, so nothing says that it can run beside the others.',
  severity: 'warning',
  fix: 'none',
  kinds: ['task'],
  *check({ draft }) {
    for (const unit of draft.units) {
      if (unit.group === undefined || unit.paths.length > 0 || unit.nonCommitting) continue;
      const span = draft.outline.source.span(unit.heading.start, unit.heading.end);
      const message = `${unit.id} is in parallel group ${unit.group}, but declares no files.`;
      yield {
        span,
        message,
        hint: 'Write **Files:** with the paths that it may change, or `none` if it changes none.',
      };
    }
  },
};
