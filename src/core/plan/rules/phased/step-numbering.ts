import type { Edit, Span } from '../../../base/finding.ts';
import type { Rule } from '../rule.ts';
import { PHASES_OF, writtenPhases } from './parts.ts';

/** PP-04: steps are numbered through the whole plan, so that people can speak of "step 7". */
export const stepNumbering: Rule<'phased' | 'master'> = {
  id: 'PP-04',
  name: 'step-numbering',
  about: 'Steps are not numbered through the whole plan.',
  severity: 'warning',
  fix: 'auto',
  kinds: PHASES_OF,
  *check({ draft }) {
    const { source } = draft.outline;
    let expected = 1;
    let where: { readonly number: number; readonly expected: number; readonly span: Span } | undefined;
    const edits: Edit[] = [];
    for (const { phase } of writtenPhases(draft)) {
      for (const { number, span } of phase.steps) {
        if (number === undefined) continue;
        if (number !== expected) {
          where ??= { number, expected, span };
          const text = source.shadow.slice(span.start, Math.min(span.end, span.start + 80));
          const match =
            /^(?:#{1,6}[ \t]{0,20}(?:\[[ xX]?\][ \t]{0,20})?(?:\*\*|__)?(?:step\s{1,9})?)(\d{1,6})/i.exec(text) ??
            /^(\d{1,6})(?=[.)])/.exec(text);
          if (match !== null) {
            const end = span.start + match[0].length;
            edits.push({ start: end - (match[1] as string).length, end, text: String(expected) });
          }
        }
        expected++;
      }
    }
    if (where === undefined) return;
    const message = `Step ${where.number} stands where step ${where.expected} is expected.`;
    const hint = 'Number the steps through the whole plan, from 1.';
    yield {
      span: where.span,
      message,
      hint,
      fix: { kind: 'auto', title: `Number the steps from 1 to ${expected - 1}`, edits },
    };
  },
};
