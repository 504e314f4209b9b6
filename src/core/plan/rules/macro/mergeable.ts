import type { DraftUnit } from '../../draft.ts';
import { fieldOf } from '../../kinds/macro/model.ts';
import { blocksBetween } from '../../kinds/macro/parts.ts';
import { textIn } from '../../markdown/text.ts';
import type { Rule } from '../rule.ts';
import { headOf } from './shared.ts';

const LATER =
  /\b(?:(?:will|to|only)\s+be\s+used\s+(?:by|in|from)\s+(?:the\s+)?(?:next|later|future|follow-up|pr\s?#?-?\d|wp\s?\d)|(?:only\s+)?used\s+(?:later|by\s+(?:a\s+)?(?:later|future|pr\s?#?-?\d))|for\s+(?:later|future)\s+use|(?:scaffolding|groundwork|placeholders?|stubs?)\s+for\s+(?:later|future|the\s+next|pr\s?#?-?\d|wp\s?\d)|(?:not|never)\s+(?:yet\s+)?(?:used|called|exercised)\s+(?:until|before|yet)|unused\s+until)\b/i;

/** MA-19: what is merged must be exercised when it is merged, or it is scaffolding that nobody reviews. */
export const mergeable: Rule<'macro'> = {
  id: 'MA-19',
  name: 'mergeable',
  about:
    'A pull request brings something only for a later one, or has neither tests nor a command line that exercise it.',
  severity: 'warning',
  fix: 'none',
  kinds: ['macro'],
  *check({ draft, detail }) {
    for (const [i, pull] of detail.pulls.entries()) {
      const unit = draft.units[i] as DraftUnit;
      const { from, to } = blocksBetween(draft.outline, unit.start, unit.end);
      for (const { text, start } of textIn(draft.outline, from, to)) {
        const match = LATER.exec(text);
        if (
          match === null ||
          /\b(?:no|nothing|never|not)\b[^.\n]{0,40}$/i.test(text.slice(Math.max(0, match.index - 60), match.index))
        )
          continue;
        const span = draft.outline.source.span(start + match.index, start + match.index + match[0].length);
        const message = `${pull.id} brings something for later: "${match[0].replace(/\s+/g, ' ')}".`;
        yield {
          span,
          message,
          hint: 'Move it into the pull request that uses it, or let a test or flag of this one use it.',
        };
        break;
      }
      if (pull.lean || pull.form === 'row' || unit.verify.length > 0) continue;
      if (fieldOf(pull, 'tests', 'cli', 'no-dead-code') !== undefined) continue;
      yield {
        span: headOf(draft, i),
        message: `Nothing says how ${pull.id} is exercised when it is merged.`,
        hint: 'Add Test Categories, or the flags that reach it.',
      };
    }
  },
};
