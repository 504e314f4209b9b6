import type { Edit } from '../../../base/finding.ts';
import { pieces } from '../../markdown/inline.ts';
import type { Rule } from '../rule.ts';

const SHOULD = /\bshould(?:n['’]t\b|\s+(?:not|never)\b)?/gi;

/** MI-05: "should" leaves open whether a test may fail. */
export const should: Rule<'micro'> = {
  id: 'MI-05',
  name: 'should-banned',
  about: 'A behavioural contract says "should" where it must say MUST.',
  severity: 'warning',
  fix: 'auto',
  kinds: ['micro'],
  *check({ draft, detail }) {
    const { source } = draft.outline;
    let seen = 0;
    for (const { id, start, end } of detail.contracts) {
      const from = Math.max(start, seen);
      if (end <= from) continue;
      seen = end;
      const text = source.text.slice(from, end);
      if (!/should/i.test(text)) continue;
      for (const piece of pieces(text)) {
        if (piece.code) continue;
        for (const match of piece.text.matchAll(SHOULD)) {
          const at = from + piece.start + match.index;
          const must = match[0].length > 6 ? 'MUST NOT' : 'MUST';
          const edit: Edit = {
            start: at,
            end: at + match[0].length,
            text: /never$/i.test(match[0]) ? 'MUST never' : must,
          };
          yield {
            span: source.span(edit.start, edit.end),
            message: `${id} says "${match[0]}"; a contract says what MUST be.`,
            hint: `Write ${edit.text}.`,
            fix: { kind: 'auto', title: `Write ${edit.text} instead of "${match[0]}"`, edits: [edit] },
          };
        }
      }
    }
  },
};
