import type { DraftUnit } from '../../draft.ts';
import type { Rule } from '../rule.ts';
import { isSpecification, unitSpan } from './shared.ts';

/** IS-06: tasks are numbered through the whole plan, so that "task 4" is one task. */
export const taskNumber: Rule<'implementation'> = {
  id: 'IS-06',
  name: 'task-number-global',
  about: 'The numbers of tasks begin anew in a phase.',
  severity: 'warning',
  fix: 'auto',
  kinds: ['implementation'],
  *check({ draft, detail }) {
    if (!isSpecification(detail)) return;
    const { tasks } = detail;
    const again = tasks.findIndex((task, i) => {
      const before = tasks[i - 1];
      if (before === undefined || task.phase === before.phase) return false;
      return isNumber(task.number) && isNumber(before.number) && Number(task.number) <= Number(before.number);
    });
    if (again < 0) return;
    const unit = draft.units[again] as DraftUnit;
    const edits = tasks.flatMap(({ numberSpan }, i) => {
      if (numberSpan === undefined) return [];
      const { start, end } = numberSpan;
      const text = String(i + 1);
      return draft.outline.source.text.slice(start, end) === text ? [] : [{ start, end, text }];
    });
    const fixed = edits.length > 0 && tasks.every(({ numberSpan }) => numberSpan !== undefined);
    const message = `The numbers of tasks begin anew with ${tasks[again]?.number}, so two tasks share a number; here it is read as ${unit.id}.`;
    yield {
      span: tasks[again]?.numberSpan ?? unitSpan(draft, unit),
      message,
      hint: 'Number the tasks through the whole plan.',
      ...(fixed ? { fix: { kind: 'auto', title: 'Number the tasks through the whole plan', edits } } : {}),
    };
  },
};

function isNumber(text: string | undefined): boolean {
  return text !== undefined && /^\d{1,9}$/.test(text);
}
