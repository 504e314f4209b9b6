import type { CompanionRule } from '../../rule.ts';
import { WEIGHTS } from '../read.ts';
import { countsOf } from './counts.ts';

/** CV-02: reviewers miscount, and whether a review is over hangs on the count. */
export const tally: CompanionRule<'convergence'> = {
  id: 'CV-02',
  name: 'tally',
  about: 'A round of a convergence review states other numbers of findings than it holds.',
  severity: 'error',
  fix: 'auto',
  kind: 'convergence',
  *check({ source, detail: { rounds = [] } }) {
    for (const round of rounds) {
      const counts = countsOf(round);
      if (counts === undefined) continue;
      for (const weight of WEIGHTS) {
        const stated = round.tally.get(weight);
        const counted = counts.counted.get(weight) ?? 0;
        if (stated === undefined) continue;
        const { value, start, end } = stated;
        if (value >= (counts.least.get(weight) ?? 0) && value <= (counts.most.get(weight) ?? 0)) continue;
        yield {
          span: source.span(start, end),
          message: `Round ${round.number} states ${weight} ${value}, but holds ${counted} of them.`,
          hint: `Write ${counted}, or add the findings that are missing.`,
          fix: { kind: 'auto', title: `Write ${counted}`, edits: [{ start, end, text: String(counted) }] },
        };
      }
    }
  },
};
