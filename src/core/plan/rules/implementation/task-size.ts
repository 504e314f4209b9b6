import type { DraftUnit } from '../../draft.ts';
import { hoursText, middle } from '../../kinds/implementation/effort.ts';
import type { Rule } from '../rule.ts';

/** Minutes from which on a task is too long to be worked on, reviewed and undone as one. */
const MAX = 240;

/** IS-02: a task of four hours or more. */
export const taskSize: Rule<'implementation'> = {
  id: 'IS-02',
  name: 'task-size',
  about: 'A task takes four hours or more, or the hours of a phase are too many for its tasks.',
  severity: 'error',
  fix: 'none',
  kinds: ['implementation'],
  *check({ draft, detail }) {
    const counts = detail.phases.map(() => ({ tasks: 0, stated: false }));
    for (const [i, { estimate, phase }] of detail.tasks.entries()) {
      const count = phase === undefined ? undefined : counts[phase];
      if (count !== undefined) {
        count.tasks++;
        count.stated ||= estimate !== undefined;
      }
      if (estimate === undefined || middle(estimate) < MAX) continue;
      const unit = draft.units[i] as DraftUnit;
      const message = `${unit.id} is estimated at ${hoursText(estimate.low, estimate.high)}; a task takes less than 4 hours.`;
      yield { span: estimate.span, message, hint: 'Break it into tasks that can each be verified.' };
    }
    for (const [i, { effort, title, span }] of detail.phases.entries()) {
      const { tasks, stated } = counts[i] as { tasks: number; stated: boolean };
      if (effort === undefined || stated || tasks === 0 || middle(effort) / tasks <= MAX) continue;
      const each = Math.round((middle(effort) / tasks / 60) * 10) / 10;
      const message = `"${title}" has ${hoursText(effort.low, effort.high)} for ${tasks} ${tasks === 1 ? 'task' : 'tasks'}: about ${each} hours each.`;
      yield { severity: 'warning', span, message, hint: 'Break its tasks into smaller ones, or correct the hours.' };
    }
  },
};
