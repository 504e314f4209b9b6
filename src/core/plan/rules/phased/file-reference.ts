import { isPathWord } from '../../kinds/phased/paths.ts';
import { textIn } from '../../markdown/text.ts';
import type { Rule } from '../rule.ts';
import { PHASES_OF } from './parts.ts';

const REFERENCE =
  /(?<![\w/:.@-])((?:[\w.@-]{1,80}\/){0,20}[\w.@-]{1,80}\.[A-Za-z]\w{0,9})(:\d{1,6}(?:[-–:]\d{1,6})?|#L\d{1,6}(?:-L?\d{1,6})?)(?![\w/])/g;

/** PP-11: lines move with every change; where exactly something was found belongs into the appendix. */
export const fileReference: Rule<'phased' | 'master'> = {
  id: 'PP-11',
  name: 'file-ref-in-plan',
  about: 'The plan names a line of a file, which belongs into the appendix.',
  severity: 'warning',
  fix: 'suggest',
  kinds: PHASES_OF,
  *check({ draft }) {
    const { outline } = draft;
    const logs = outline.logs.values();
    let log = logs.next().value;
    for (const { text, start } of textIn(outline, 0, outline.blocks.length)) {
      while (log !== undefined && log.end <= start) log = logs.next().value;
      if (log !== undefined && log.start <= start) continue;
      if (!/:\d|#L\d/.test(text)) continue;
      for (const match of text.matchAll(REFERENCE)) {
        const [whole, path = '', line = ''] = match;
        if (!isPathWord(path)) continue;
        const from = start + match.index;
        const span = outline.source.span(from, from + whole.length);
        const edits = [{ start: from + path.length, end: from + whole.length, text: '' }];
        yield {
          span,
          message: `${whole.slice(0, 80)} names a line, which moves with every change.`,
          hint: 'Name the function or section here, and keep the line in the appendix.',
          fix: { kind: 'suggest', title: `Leave out "${line}"`, edits },
        };
      }
    }
  },
};
