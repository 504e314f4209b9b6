import type { Edit, Fix } from '../../../base/finding.ts';
import type { Draft, DraftUnit } from '../../draft.ts';
import type { Rule } from '../rule.ts';
import { headOf, isLoose, PHASES_OF } from './parts.ts';
import { renumberMentions } from './renumber.ts';

/** PP-02: phases that are not numbered 1 to M, or an M that is not their number: one may be missing. */
export const phaseNumbering: Rule<'phased' | 'master'> = {
  id: 'PP-02',
  name: 'phase-numbering',
  about: 'Phases are not numbered 1 to M, or M is not how many there are; Phase 0 of a master plan is not counted.',
  severity: 'error',
  fix: 'auto',
  refuses: true,
  kinds: PHASES_OF,
  *check({ draft }) {
    if (isLoose(draft)) return;
    const master = draft.kind === 'master';
    const units = draft.units.filter(({ phase }) => phase !== undefined && !(master && phase.number === 0));
    const count = units.length;
    const what = master ? 'module' : 'phase';
    for (const [i, unit] of units.entries()) {
      if (unit.phase === undefined) continue;
      const { number, total } = unit.phase;
      const span = headOf(draft, unit);
      if (number !== i + 1) {
        const message = `Phase ${number} stands where phase ${i + 1} of ${count} is expected.`;
        yield {
          span,
          message,
          hint: `Number the ${what}s from 1 to ${count} in the order they stand in.`,
          ...renumbered(draft, units),
        };
        return;
      }
      if (total !== undefined && total !== count) {
        const message = `Phase ${number} says "of ${total}", but the plan has ${count} ${what}${count === 1 ? '' : 's'}.`;
        yield { span, message, hint: `Write "of ${count}", or add the missing ${what}s.`, ...renumbered(draft, units) };
        return;
      }
    }
  },
};

const NUMBERS =
  /^#{1,6}[ \t]{0,20}(?:\[[ xX]?\][ \t]{0,20})?(?:\*\*|__)?(?:phase|module)\s{1,20}#?(\d{1,6})(?:(\s{1,20}of\s{1,20}|\s{0,20}\/\s{0,20})(\d{1,6}))?/i;

function renumbered(draft: Draft, units: readonly DraftUnit[]): { readonly fix?: Fix } {
  const edits: Edit[] = [];
  const numbers = new Map<number, number>();
  let unclear = false;
  for (const [i, { phase, heading }] of units.entries()) {
    const match = NUMBERS.exec(draft.outline.source.shadow.slice(heading.start, heading.end));
    if (match === null || phase === undefined) return {};
    unclear ||= numbers.has(phase.number);
    numbers.set(phase.number, i + 1);
    const [whole, number = '', of = '', total] = match;
    const end = heading.start + whole.length;
    const last = end - (total?.length ?? 0);
    const first = last - of.length;
    if (phase.number !== i + 1) edits.push({ start: first - number.length, end: first, text: String(i + 1) });
    if (total !== undefined && phase.total !== units.length)
      edits.push({ start: last, end, text: String(units.length) });
  }
  const mentions = unclear ? undefined : renumberMentions(draft, numbers);
  // Phases follow each other whatever the text says; modules wait for those that they name.
  const kind = mentions === undefined && draft.kind === 'master' ? 'suggest' : 'auto';
  return { fix: { kind, title: `Number them from 1 to ${units.length}`, edits: [...edits, ...(mentions ?? [])] } };
}
