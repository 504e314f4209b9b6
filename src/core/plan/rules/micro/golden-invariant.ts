import type { Rule } from '../rule.ts';

/** MI-16: a golden file proves that nothing changed, not that it was right. */
export const goldenInvariant: Rule<'micro'> = {
  id: 'MI-16',
  name: 'golden-needs-invariant',
  about: 'The test strategy has a golden test of a contract, but no invariant test beside it.',
  severity: 'error',
  fix: 'none',
  kinds: ['micro'],
  *check({ draft, detail }) {
    const invariant = detail.tests.filter(({ type, name }) => /\binvariants?\b|\bproperty\b/i.test(`${type} ${name}`));
    if (invariant.some(({ contracts }) => contracts.length === 0)) return;
    const covered = new Set(invariant.flatMap(({ contracts }) => contracts));
    for (const { type, contracts, name, start, end } of detail.tests) {
      if (!/\bgolden\b/i.test(type) || /\binvariants?\b/i.test(`${type} ${name}`)) continue;
      if (contracts.some((id) => covered.has(id))) continue;
      const of = contracts.length === 0 ? '' : ` of ${contracts.join(', ')}`;
      yield {
        span: draft.outline.source.span(start, end),
        message: `The golden test${of} has no invariant test beside it.`,
        hint: 'Add a row of type Invariant for the same contract: what must hold whatever the numbers are.',
      };
    }
  },
};
