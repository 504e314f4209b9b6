import { spanAt } from './shared.ts';
import type { Rule } from '../rule.ts';

/** FP-31: the names of task and branch tell what a plan belongs to. */
export const branchId: Rule<'functional'> = {
  id: 'FP-31',
  name: 'branch-id',
  about: 'Task and branch do not name a ticket, or the branch is not the one that is checked out.',
  severity: 'error',
  fix: 'none',
  kinds: ['functional'],
  *check({ draft, detail, facts }) {
    // A placeholder is told by GEN-001: nobody claims that it is the name.
    const task = filled(detail.header.task);
    const branch = filled(detail.header.branch);
    if (task !== detail.header.task || branch !== detail.header.branch) return;
    const first = draft.outline.headings[0];
    const top = spanAt(draft, first ?? { start: 0, end: 0 });
    const name = branch?.text.trim() ?? '';
    const adhoc = /(?:^|[\s/])_adhoc\b/.test(`${task?.text} ${name}`);
    if (task === undefined && branch === undefined) {
      yield {
        span: top,
        message: 'The plan names neither its task nor its branch.',
        hint: 'Write `**Task**: ABC-123` and `**Branch**: ABC-123_short_name` below the title.',
      };
    } else if (!adhoc) {
      const id = task === undefined ? undefined : /^([A-Z][A-Z0-9]{0,20}-\d{1,9})$/.exec(task.text.trim())?.[1];
      if (task !== undefined && id === undefined) {
        yield {
          span: spanAt(draft, task),
          message: `"${task.text.slice(0, 60)}" is no id of a task.`,
          hint: 'Write the id of its ticket: `ABC-123`.',
        };
      }
      const inBranch = /^(?:[\w.-]{1,40}\/){0,2}([A-Z][A-Z0-9]{0,20}-\d{1,9})_/.exec(name)?.[1];
      if (branch !== undefined && inBranch === undefined) {
        yield {
          span: spanAt(draft, branch),
          message: `The branch "${name.slice(0, 60)}" does not begin with the id of a task.`,
          hint: 'Name it `ABC-123_short_name`.',
        };
      } else if (branch !== undefined && id !== undefined && inBranch !== id) {
        yield {
          span: spanAt(draft, branch),
          message: `The branch belongs to ${inBranch}, the plan to ${id}.`,
          hint: 'Correct one of them.',
        };
      }
    }
    if (branch !== undefined && facts.branch !== undefined && name !== '' && name !== facts.branch) {
      yield {
        span: spanAt(draft, branch),
        message: `The plan is for the branch "${name.slice(0, 60)}"; "${facts.branch.slice(0, 60)}" is checked out.`,
        hint: `Check out ${name.slice(0, 60)}, or correct the line.`,
      };
    }
  },
};

function filled<T extends { readonly text: string }>(value: T | undefined): T | undefined {
  return value !== undefined && /^\[[^\]]{1,200}\]$/.test(value.text.trim()) ? undefined : value;
}
