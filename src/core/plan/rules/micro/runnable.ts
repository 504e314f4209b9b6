import type { Rule } from '../rule.ts';
import { placeholders, taskSpan } from './places.ts';
import { natureOf } from './shape.ts';

/** MI-11: whoever carries the plan out must be able to run it and to see whether it went as meant. */
export const runnable: Rule<'micro'> = {
  id: 'MI-11',
  name: 'runnable',
  about: 'A command is run without saying what is expected, or a task has no command at all.',
  severity: 'error',
  fix: 'none',
  kinds: ['micro'],
  *check({ draft, detail }) {
    const unfilled = placeholders(draft);
    for (const [at, task] of detail.tasks.entries()) {
      const unit = draft.units[at];
      if (unit === undefined) continue;
      let commands = unit.verify.length;
      for (const step of task.steps) {
        commands += step.runs.length;
        // The keys of the compact form and commits are expected to succeed.
        if (detail.compact || step.compact || step.kind === 'commit') continue;
        const open = step.runs.findLast((run) => run.expected === undefined);
        if (open === undefined) continue;
        yield {
          span: open.span,
          message: `${unit.id} runs a command without saying what is expected: ${shown(open.command)}.`,
          hint: 'Write a line `Expected: PASS`, or what the output must hold, below it.',
        };
      }
      if (commands > 0 || unit.nonCommitting || natureOf(unit, task) === 'prose') continue;
      if (!unfilled(unit.start, unit.end)) {
        yield {
          span: taskSpan(draft, at),
          message: `${unit.id} has no command that anyone could run.`,
          hint: detail.compact ? 'Write `**Verify:** ` and the command.' : 'Write `Run:` and `Expected:` in its steps.',
        };
      }
    }
  },
};

function shown(command: string): string {
  const line = command.split('\n', 1)[0] as string;
  return line.length > 80 ? `${line.slice(0, 77)}…` : line;
}
