import { excludes } from '../../kinds/master/owned.ts';
import { textIn } from '../../markdown/text.ts';
import { blockFrom } from '../../markdown/outline.ts';
import type { Rule } from '../rule.ts';
import { headingOf, nameOf } from './around.ts';

/** MS-05: what a module leaves to others is said, or two agents build it. */
export const notInScope: Rule<'master'> = {
  id: 'MS-05',
  name: 'not-in-scope',
  about: 'The scope of a module does not say what is not part of it.',
  severity: 'warning',
  fix: 'none',
  kinds: ['master'],
  *check({ draft, detail }) {
    const { outline } = draft;
    for (const module of detail.modules) {
      const part = module.parts.scope;
      if (part?.filled !== true) continue;
      const from = blockFrom(outline, module.start) + 1;
      // "Out of scope" may be a heading of its own in the same brief.
      let said = false;
      for (const { text, start, kind } of textIn(outline, from, blockFrom(outline, module.end))) {
        const inside = start >= part.start && start < part.end;
        said = (inside || kind === 'heading') && excludes(text);
        if (said) break;
      }
      if (said) continue;
      const span =
        part.heading === undefined
          ? headingOf(draft, module)
          : outline.source.span(part.heading.start, part.heading.end);
      const message = `The scope of ${nameOf(module)} does not say what is left to others.`;
      yield { span, message, hint: 'Add a sentence such as "Not in scope: sending mail (phase 3)."' };
    }
  },
};
