import { newlineOf } from '../newline.ts';
import type { Rule } from '../rule.ts';

/** MI-18: an issue that a pull request solves should be closed by it. */
export const closes: Rule<'micro'> = {
  id: 'MI-18',
  name: 'closes-issue',
  about: 'The source of the plan is an issue, but nothing says that the pull request closes it.',
  severity: 'warning',
  fix: 'suggest',
  kinds: ['micro'],
  *check({ draft, detail }) {
    const { source, closes: said } = detail.header;
    if (source === undefined || (said !== undefined && said.text !== '')) return;
    const text = draft.outline.source.shadow.slice(source.start, Math.min(source.end, source.start + 4000));
    const number = /\bissues?\/(\d{1,9})\b|(?<![\w/])#(\d{1,9})\b|\bissues?\s+#?(\d{1,9})\b/i.exec(text);
    if (number === null || /\b(?:close[sd]?|fix(?:es|ed)?|resolve[sd]?)\s+#\d/i.test(text)) return;
    const id = number[1] ?? number[2] ?? number[3];
    const nl = newlineOf(draft.outline.source);
    const plain = draft.outline.source.text.startsWith('**', source.start);
    yield {
      span: draft.outline.source.span(source.start, Math.min(source.end, draft.outline.source.lineEnd(source.start))),
      message: `The plan comes from issue #${id}, but no line says that it is closed.`,
      hint: `Write \`**Closes:** Fixes #${id}\`.`,
      ...(plain
        ? {
            fix: {
              kind: 'suggest' as const,
              title: `Insert "Closes: Fixes #${id}"`,
              edits: [{ start: source.end, end: source.end, text: `${nl}**Closes:** Fixes #${id}` }],
            },
          }
        : {}),
    };
  },
};
