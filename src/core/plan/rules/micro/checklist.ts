import type { Rule } from '../rule.ts';

/** MI-20: a plan that is done has been checked. */
export const checklist: Rule<'micro'> = {
  id: 'MI-20',
  name: 'checklist-complete',
  about: 'The plan is done, but a box of its sanity checklist is open.',
  severity: 'error',
  fix: 'none',
  kinds: ['micro'],
  *check({ draft, detail, stage }) {
    if (stage !== 'done') return;
    for (const { box, text } of detail.checklist) {
      if (box.ticked) continue;
      yield {
        span: draft.outline.source.span(box.mark.start - 1, box.mark.end + 1),
        message: `The plan is done, but "${text.slice(0, 80)}" is not checked.`,
        hint: 'Check it and tick the box, or set the status back.',
      };
    }
  },
};
