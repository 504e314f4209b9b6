import type { CompanionRule } from '../../rule.ts';

/** BU-03: fewer say too little, more are not a summary. */
export const findingsCount: CompanionRule<'bundle'> = {
  id: 'BU-03',
  name: 'findings-count',
  about: 'The summary of findings of a context bundle does not have three to seven bullets.',
  severity: 'warning',
  fix: 'none',
  kind: 'bundle',
  *check({ source, detail: { findings } }) {
    if (findings === undefined) return;
    const { start, end, value, entries } = findings;
    const count = entries.length;
    // What is empty is BU-01's.
    if ((count >= 3 && count <= 7) || (count === 0 && value === '')) return;
    yield {
      span: source.span(start, end),
      message:
        count === 0 ? 'The findings are no list.' : `There ${count === 1 ? 'is 1 finding' : `are ${count} findings`}.`,
      hint: 'Write three to seven bullets, one finding each.',
    };
  },
};
