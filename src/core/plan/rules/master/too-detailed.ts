import { blockFrom, type Heading } from '../../markdown/outline.ts';
import { fencesIn, linesOf } from '../../markdown/text.ts';
import type { Rule } from '../rule.ts';
import { headingOf, nameOf } from './around.ts';

const LONG_FENCE = 15;
const LONG_BRIEF = 80;

/** MS-06: a brief says what and why; how is the plan that its agent writes. */
export const tooDetailed: Rule<'master'> = {
  id: 'MS-06',
  name: 'brief-too-detailed',
  about: 'A brief holds numbered steps, a code block of more than 15 lines, or more than 80 lines.',
  severity: 'warning',
  fix: 'none',
  kinds: ['master'],
  *check({ draft, detail }) {
    const { outline } = draft;
    const hint = 'Leave the steps and the code to the plan that the agent of this module writes.';
    for (const module of detail.modules) {
      const name = nameOf(module);
      for (let i = module.heading.index + 1; i < outline.headings.length; i++) {
        const { start, end, title } = outline.headings[i] as Heading;
        if (start >= module.end) break;
        if (!/^(?:step\s+)?\d{1,6}[.):]\s/i.test(title)) continue;
        yield { span: outline.source.span(start, end), message: `${name} is a brief, but holds steps.`, hint };
        break;
      }
      const from = module.heading.block + 1;
      for (const fence of fencesIn(outline, from, blockFrom(outline, module.end))) {
        const lines = fence.code.split('\n').length;
        if (lines <= LONG_FENCE) continue;
        const span = outline.source.span(fence.start, outline.source.lineEnd(fence.start));
        yield { span, message: `${name} is a brief, but holds ${lines} lines of code.`, hint };
      }
      const { rendered } = linesOf(outline.source, module.start, module.end);
      if (rendered <= LONG_BRIEF) continue;
      yield {
        span: headingOf(draft, module),
        message: `The brief of ${name} has ${rendered} lines; ${LONG_BRIEF} are enough.`,
        hint,
      };
    }
  },
};
