import type { Rule } from '../rule.ts';
import { isPlaceholder } from '../../commands.ts';
import { natureOf } from './shape.ts';

const ORDER = /^(?:(?:then|and|now|next|also)\s+)?(?:add|implement|handle|create|write|support|introduce)\b/i;
const ELSEWHERE =
  /\b(?:see|as in|same as|copy|like in|from)\b.{0,60}\b(?:task|step|appendix|section|above|below|file)\b/i;

/** MI-12: "add error handling" is what the plan was to decide. */
export const vagueStep: Rule<'micro'> = {
  id: 'MI-12',
  name: 'vague-step',
  about: 'A step of a full plan says to add, implement or handle something without showing the code.',
  severity: 'error',
  fix: 'none',
  kinds: ['micro'],
  *check({ draft, detail }) {
    if (detail.compact) return;
    const { source } = draft.outline;
    for (const [at, task] of detail.tasks.entries()) {
      const unit = draft.units[at];
      if (unit === undefined || natureOf(unit, task) === 'prose') continue;
      for (const step of task.steps) {
        if (step.fences > 0 || step.compact || (step.kind !== 'impl' && step.kind !== 'test')) continue;
        const prose = step.prose.slice(0, 4000);
        if (isPlaceholder(prose.trim())) continue;
        if (!ORDER.test(step.title) && !ORDER.test(prose)) continue;
        if (ELSEWHERE.test(prose) || ELSEWHERE.test(step.title)) continue;
        yield {
          span: source.span(step.head.start, step.head.end),
          message: `${unit.id}: the step "${step.title.slice(0, 80)}" shows no code.`,
          hint: 'Write the complete code in a fence: whoever carries the plan out decides nothing.',
        };
      }
    }
  },
};
