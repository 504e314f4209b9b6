import { textIn } from '../../markdown/text.ts';
import { spanIn, unquoted } from './shared.ts';
import type { Rule } from '../rule.ts';

const SPECULATIVE =
  /\b(?:(?:for|to allow|allows? for|supports?) (?:possible |potential )?future\b|future[- ](?:proof\w*|flexibility|use|needs?|requirements?|extensions?|expansion|enhancements?|growth|versions?|phases?)|(?:just )?in case (?:we|they|someone|anyone|it is needed|this changes)|just in case|extensib(?:le|ility)|pluggable|plugin architecture|configurable later|later configurable|might (?:be needed|need|want|be useful|come in handy)|may (?:need|want) .{1,40} later|down the road|some ?day|nice to have)\b/gi;

/** FP-33: a requirement or rule is there for a future that nobody has asked for. */
export const speculative: Rule<'functional'> = {
  id: 'FP-33',
  name: 'speculative',
  about: 'A requirement or rule is there for a future that nobody has asked for.',
  severity: 'warning',
  fix: 'none',
  kinds: ['functional'],
  *check({ draft, detail }) {
    for (const part of ['overview', 'requirements', 'rules', 'quality'] as const) {
      const section = detail.parts.get(part);
      if (section === undefined) continue;
      for (const block of textIn(draft.outline, section.from, section.to)) {
        for (const match of unquoted(block.text).matchAll(SPECULATIVE)) {
          const span = spanIn(draft, block, match.index, match[0].length);
          const message = `"${match[0]}" plans for something that nobody needs yet.`;
          yield { span, message, hint: 'Leave it out, or move it to Out of Scope.' };
        }
      }
    }
  },
};
