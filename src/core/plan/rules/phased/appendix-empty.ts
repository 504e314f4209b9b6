import { isPlaceholder } from '../../commands.ts';
import { outlineOf } from '../../markdown/outline.ts';
import { plainText } from '../../markdown/inline.ts';
import { Source } from '../../markdown/source.ts';
import { textIn } from '../../markdown/text.ts';
import type { Rule } from '../rule.ts';
import { PHASES_OF } from './parts.ts';

/** PP-14: a fresh agent has nothing but the plan and its appendix. */
export const appendixEmpty: Rule<'phased' | 'master'> = {
  id: 'PP-14',
  name: 'appendix-empty',
  about: 'The appendix of a plan that is to be approved holds no finding at all.',
  severity: 'warning',
  severities: { master: 'error' },
  fix: 'none',
  kinds: PHASES_OF,
  *check({ draft, facts, stage }) {
    if (stage === 'draft' || facts.appendix === undefined || !isEmpty(facts.appendix)) return;
    const { source } = draft.outline;
    const start = draft.outline.frontMatter.end;
    const hint =
      'Write down where things are, how they hang together and what was looked up: agents do not look again.';
    yield { span: source.span(start, source.lineEnd(start)), message: 'The appendix beside this plan is empty.', hint };
  },
};

/** Nothing but headings, comments and placeholders. */
function isEmpty(text: string): boolean {
  const outline = outlineOf(new Source(text));
  for (const block of textIn(outline, 0, outline.blocks.length)) {
    if (block.kind !== 'paragraph') continue;
    const lines = block.text.split('\n').map((line) => plainText(line.replace(/^\s*(?:[-*+]|\d{1,9}[.)])\s*/, '')));
    if (lines.some((line) => /[\p{L}\p{N}]/u.test(line) && !isPlaceholder(line))) return false;
  }
  return !outline.blocks.some(({ kind }) => kind === 'fence' || kind === 'code');
}
