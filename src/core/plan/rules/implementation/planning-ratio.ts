import { middle } from '../../kinds/implementation/effort.ts';
import type { Rule } from '../rule.ts';

/** IS-15: too much planning is a way of not beginning, too little one of beginning twice. */
export const planningRatio: Rule<'implementation'> = {
  id: 'IS-15',
  name: 'planning-ratio',
  about: 'Planning takes more than 40 % of the effort, or not between 20 and 30 %.',
  severity: 'warning',
  fix: 'none',
  kinds: ['implementation'],
  *check({ detail }) {
    const lines = detail.effort?.lines ?? [];
    const planning = lines.find(({ name }) => name === 'planning')?.effort;
    const total = lines.find(({ name }) => name === 'total')?.effort;
    if (planning === undefined || total === undefined || middle(total) === 0) return;
    const percent = Math.round((middle(planning) / middle(total)) * 100);
    if (percent >= 20 && percent <= 30) return;
    const message = `Planning takes ${percent} % of the effort.`;
    const hint = percent > 40 ? 'Stop planning, and revise the plan as you learn.' : 'Between 20 and 30 % is usual.';
    yield { severity: percent > 40 ? 'warning' : 'info', span: planning.span, message, hint };
  },
};
