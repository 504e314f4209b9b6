import { textIn } from '../../markdown/text.ts';
import type { Rule } from '../rule.ts';

const PLACE =
  /(?<![\w/.:-])(?:[\w.@-]{1,80}\/){0,12}[\w@-]{1,80}\.[A-Za-z][A-Za-z0-9]{0,7}(?::\d{1,6}(?:[-–:]\d{1,6})?|#L\d{1,6})(?![\w.])/g;

/** MA-11: line numbers are wrong after the first merge. */
export const fileLine: Rule<'macro'> = {
  id: 'MA-11',
  name: 'file-line',
  about: 'A place such as `src/a.ts:12` stands outside the repository recon.',
  severity: 'error',
  fix: 'none',
  kinds: ['macro'],
  *check({ draft, detail }) {
    const { outline } = draft;
    const { recon } = detail.sections;
    for (const { text, start } of textIn(outline, 0, outline.blocks.length)) {
      if (recon !== undefined && start >= recon.heading.start && start < recon.end) continue;
      if (!/[:L]\d/.test(text)) continue;
      for (const match of text.matchAll(PLACE)) {
        const span = outline.source.span(start + match.index, start + match.index + match[0].length);
        // `localhost:8080`, `db.example.com:5432` and links are no files.
        if (/^(?:[\w-]+\.)+(?:com|org|net|io|dev|local|internal)[:/]/i.test(match[0])) continue;
        const message = `${match[0].slice(0, 80)} names a line outside the repository recon.`;
        yield {
          span,
          message,
          hint: 'Name the file or what is in it; put the line into the recon, where facts are cited.',
        };
      }
    }
  },
};
