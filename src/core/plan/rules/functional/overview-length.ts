import type { Rule } from '../rule.ts';

/** FP-29: the Feature Overview is longer than one paragraph. */
export const overviewLength: Rule<'functional'> = {
  id: 'FP-29',
  name: 'overview-length',
  about: 'The Feature Overview is longer than one paragraph.',
  severity: 'warning',
  fix: 'none',
  kinds: ['functional'],
  *check({ draft, detail }) {
    const section = detail.parts.get('overview');
    if (section === undefined) return;
    const { blocks, source } = draft.outline;
    const own = blocks
      .slice(section.from, section.ownTo)
      .filter(({ kind }) => kind === 'paragraph' || kind === 'list' || kind === 'quote');
    const second = own[1];
    if (second === undefined) return;
    const span = source.span(second.start, source.lineEnd(second.start));
    yield {
      span,
      message: `The overview has ${own.length} paragraphs; one is enough to say what the feature is.`,
      hint: 'Move the rest into requirements, business rules or Codebase Notes.',
    };
  },
};
