import type { Edit } from '../../base/finding.ts';
import type { Draft } from '../draft.ts';
import type { Heading } from '../markdown/outline.ts';
import { isBlank } from './blanks.ts';
import { contentEnd, type Page } from './page.ts';

/** Headings are written with `#`, one blank, and no marks at the end. */
export function headingMarks({ outline }: Page): readonly Edit[] {
  return outline.headings.flatMap((heading) => {
    const { setext } = outline.blocks[heading.block] ?? { setext: false };
    return setext ? underlined(outline.source.text, heading) : marked(outline.source.text, heading);
  });
}

function marked(text: string, { start, end, level }: Heading): readonly Edit[] {
  let line = start;
  while (line > 0 && isBlank(text.charCodeAt(line - 1))) line--;
  let from = start + level;
  while (from < end && isBlank(text.charCodeAt(from))) from++;
  let to = end;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  let closing = to;
  while (closing > from && text[closing - 1] === '#') closing--;
  if (closing < to && closing > from && isBlank(text.charCodeAt(closing - 1))) {
    to = closing;
    while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  }
  // `#` alone, or nothing but closing marks: a heading that says nothing.
  if (from >= to || closing === from) return [];
  const edits: Edit[] = [];
  const lead = `${'#'.repeat(level)} `;
  if (text.slice(line, from) !== lead) edits.push({ start: line, end: from, text: lead });
  if (to < end) edits.push({ start: to, end, text: '' });
  return edits;
}

function underlined(text: string, { start, end, level }: Heading): readonly Edit[] {
  const first = contentEnd(text, text.indexOf('\n', start));
  const title = text.slice(start, first).trimEnd();
  const under = text.slice(first, end).trim();
  // Of several lines, or such that it would mean something else behind `#`.
  if (!/^(?:=+|-+)$/.test(under) || /^[[\s]|[#\\|]$|\|/.test(title) || title === '') return [];
  let line = start;
  while (line > 0 && isBlank(text.charCodeAt(line - 1))) line--;
  return [{ start: line, end, text: `${'#'.repeat(level)} ${title}` }];
}

const LABEL =
  /^((?:phase|task|pr|wave|issue|module|stream|wp)[ \t]+#?\d{1,6}(?:\.\d{1,4}){0,3}(?:[ \t]+of[ \t]+\d{1,6})?|(?:FR|NFR|BR|AC|BC|WS|PR|WP|T|P|W)-?\d{1,6}(?:-\d{1,6}){0,2}[a-z]?)(?:[ \t]+[—–-][ \t]+|[ \t]*:[ \t]*|[.)][ \t]+)(?=\S)/i;
const WORD = /^(?:phase|task|wave|issue|module|stream)(?=[ \t])/i;

/** Headings of units, requirements and criteria are written `Task 3: Title`, `[ ] Phase 1 of 2: Title`, `FR-1: Title`. */
export function unitHeadings({ outline }: Page, draft: Draft): readonly Edit[] {
  const { source, headings } = outline;
  const starts = new Set<number>();
  for (const { heading } of draft.units) starts.add(heading.start);
  for (const { span } of [...draft.requirements, ...draft.criteria]) starts.add(span.start);
  const edits: Edit[] = [];
  for (const { start, end, box, level } of headings) {
    if (!starts.has(start) || source.text[start] !== '#') continue;
    let from = box === undefined ? start + level : box.mark.end + 1;
    while (from < end && isBlank(source.text.charCodeAt(from))) from++;
    const match = LABEL.exec(source.text.slice(from, Math.min(end, from + 200)));
    if (match === null) continue;
    const label = (match[1] as string)
      .replace(/[ \t]+/g, ' ')
      .replace(WORD, (word) => (word[0] as string).toUpperCase() + word.slice(1).toLowerCase())
      .replace(/^pr(?=[ -])|^wp(?=[ -])/i, (word) => word.toUpperCase());
    const wanted = `${label}: `;
    if (match[0] !== wanted) edits.push({ start: from, end: from + match[0].length, text: wanted });
  }
  return edits;
}
