import type { Rule } from '../rule.ts';

/** IS-16: a specification is handed on before everybody has agreed. While it is being written, nobody could have. */
export const approvalBoxes: Rule<'implementation'> = {
  id: 'IS-16',
  name: 'approval-boxes',
  about: 'A box of the approval is open although the plan is past its draft.',
  severity: 'error',
  fix: 'none',
  kinds: ['implementation'],
  *check({ detail, stage }) {
    if (stage === 'draft') return;
    for (const { box, text, span } of detail.approval?.boxes ?? []) {
      if (box === undefined || box.ticked) continue;
      const message = `"${text.slice(0, 80)}" is not ticked.`;
      yield { span, message, hint: 'Have it approved, and tick it; or remove who need not agree.' };
    }
  },
};
