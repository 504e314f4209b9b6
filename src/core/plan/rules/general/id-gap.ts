import type { Span } from '../../../base/finding.ts';
import type { Draft } from '../../draft.ts';
import { PLAN_KINDS } from '../../model.ts';
import type { Rule } from '../rule.ts';

interface Member {
  readonly id: string;
  readonly number: number;
  readonly span: Span;
}

/** GEN-003: a number is left out in a series of ids; something was removed, or is still to be written. */
export const idGap: Rule = {
  id: 'GEN-003',
  name: 'id-gap',
  about: 'A number is missing in a series of ids.',
  severity: 'warning',
  fix: 'none',
  kinds: PLAN_KINDS,
  *check({ draft }) {
    for (const [prefix, members] of seriesOf(draft)) {
      const sorted = members.toSorted((a, b) => a.number - b.number);
      const first = sorted[0] as Member;
      const last = sorted.at(-1) as Member;
      const missing = last.number - first.number + 1 - new Set(sorted.map(({ number }) => number)).size;
      // Issue numbers and numbers in tens are no series: more is left out than there.
      if (missing === 0 || sorted.length < 3 || missing * 2 > sorted.length) continue;
      for (const [i, { number, id, span }] of sorted.entries()) {
        const before = sorted[i - 1];
        if (before === undefined || number - before.number <= 1) continue;
        const from = `${prefix}${before.number + 1}`;
        const gone = number - before.number === 2 ? `${from} is` : `${from} to ${prefix}${number - 1} are`;
        const hint =
          'Write what is missing, or say in the document that it was removed; ids that others cite stay as they are.';
        yield { span, message: `${before.id} is followed by ${id}: ${gone} missing.`, hint };
      }
    }
  },
};

/** Ids by what stands before their number. Phases have a rule of their own, pull requests the numbers of their host. */
function seriesOf(draft: Draft): ReadonlyMap<string, readonly Member[]> {
  const { source } = draft.outline;
  const series = new Map<string, Member[]>();
  const add = (id: string, span: Span): void => {
    const match = /^([A-Z][A-Z\d]{0,12}(?:-[A-Z]{1,12})?-?)(\d{1,6})$/.exec(id);
    if (match === null || /^(?:PR|#|P(?=\d)|P$)/.test(match[1] as string)) return;
    const members = series.get(match[1] as string) ?? [];
    members.push({ id, number: Number(match[2]), span });
    series.set(match[1] as string, members);
  };
  for (const { id, covers = [], heading } of draft.units)
    for (const one of [id, ...covers]) add(one, source.span(heading.start, heading.end));
  for (const { id, span } of draft.requirements) add(id, span);
  for (const { id, span } of draft.criteria) add(id, span);
  return series;
}
