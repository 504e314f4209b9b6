import type { Edit } from '../../base/finding.ts';
import type { Block } from '../markdown/blocks.ts';
import { contentEnd, type Page } from './page.ts';

/** Every line ends as most of them do; carriage returns alone are text. */
export function lineEnds({ outline, newline }: Page): readonly Edit[] {
  const { text } = outline.source;
  const edits: Edit[] = [];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    const windows = text[at - 1] === '\r';
    if (windows === (newline === '\r\n')) continue;
    edits.push(windows ? { start: at - 1, end: at, text: '' } : { start: at, end: at, text: '\r' });
  }
  return edits;
}

/** No line ends in blanks, but where they break it. */
export function trailingBlanks({ outline, lines }: Page): readonly Edit[] {
  const { text } = outline.source;
  const inside = insides(outline.blocks);
  const edits: Edit[] = [];
  let next = 0;
  for (const { start, end, kept } of lines) {
    let from = end;
    while (from > start && isBlank(text.charCodeAt(from - 1))) from--;
    if (from === end || kept) continue;
    while (next < inside.length && (inside[next] as Block).end <= end) next++;
    const paragraph = inside[next];
    // Of a line that goes on below, two blanks are a break, and any may stand in code or in a comment.
    const within = paragraph !== undefined && paragraph.start <= start && from > start;
    const first = paragraph !== undefined && paragraph.start > start && paragraph.start < end;
    if ((within || first) && (isBreak(text, from, end) || holdsMarks(text, paragraph))) continue;
    edits.push({ start: from, end, text: '' });
  }
  return edits;
}

/** Paragraphs, outside of quotes, in document order. */
function insides(blocks: readonly Block[]): readonly Block[] {
  const found: Block[] = [];
  const collect = (block: Block): void => {
    if (block.kind === 'paragraph') found.push(block);
    else if (block.kind !== 'quote') for (const child of block.children) collect(child);
  };
  for (const block of blocks) collect(block);
  return found;
}

function isBreak(text: string, from: number, end: number): boolean {
  return (end - from >= 2 && text.startsWith('  ', end - 2)) || text[from - 1] === '\\';
}

function holdsMarks(text: string, { start, end }: Block): boolean {
  const said = text.slice(start, end);
  return said.includes('`') || said.includes('<!--');
}

/** The document ends with one line end. */
export function finalNewline({ outline, newline }: Page): readonly Edit[] {
  const { text } = outline.source;
  let end = text.length;
  const floor = Math.max(outline.blocks.at(-1)?.end ?? 0, outline.frontMatter.end);
  while (end > floor && /[ \t\r\n]/.test(text[end - 1] as string)) end--;
  // What a log or code at the end holds is kept.
  if (end === 0 || text.slice(end) === newline) return [];
  const tail = contentEnd(text, end);
  return [{ start: tail, end: text.length, text: newline }];
}

/** Whether a character is a blank or a tab. */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
