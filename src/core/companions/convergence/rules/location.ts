import type { CompanionRule } from '../../rule.ts';

/** CV-01: a finding that nobody can go and look at is an opinion. */
export const findingLocation: CompanionRule<'convergence'> = {
  id: 'CV-01',
  name: 'finding-location',
  about: 'A finding of a convergence review says no location, so it does not count.',
  severity: 'error',
  fix: 'none',
  kind: 'convergence',
  *check({ source, detail: { rounds = [] } }) {
    for (const { number, findings = [] } of rounds) {
      for (const { start, end, location, perspective, description } of findings) {
        if (location !== undefined) continue;
        const who = perspective === undefined ? '' : ` of ${perspective.slice(0, 40)}`;
        const what = description === undefined ? '' : ` ("${description.slice(0, 60)}")`;
        yield {
          span: source.span(start, end),
          message: `A finding${who} in round ${number} says no location${what}.`,
          hint: 'Write the file and line, or the section, that it is about; a finding without one is discarded.',
        };
      }
    }
  },
};
