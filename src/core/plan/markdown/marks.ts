import type { Outline } from './outline.ts';
import { textIn } from './text.ts';

/** A sign that people put where others put a box: `⏳ Write it`, `| T3 | ✅ |`. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  readonly done: boolean;
}

const MARK = /[✅☑✔⏳⬜❌🔴]/u;
const FIRST = /^(?:#{1,6}\s{1,8})?[^\p{L}\p{N}\n|]{0,8}?([✅☑✔⏳⬜❌🔴]\uFE0F?)/u;
const CELL = /\|[ \t]{0,20}([✅☑✔⏳⬜❌🔴]\uFE0F?)[ \t]{0,20}(?=\|)/gu;

/** The marks at the beginning of a line of text or alone in a cell, in document order. Code holds none. */
export function marksOf(outline: Outline): readonly Mark[] {
  // Hardly any document has one.
  if (!MARK.test(outline.source.shadow)) return [];
  const marks: Mark[] = [];
  const add = (start: number, text: string): void => {
    marks.push({ start, end: start + text.length, done: /^[✅☑✔]/u.test(text) });
  };
  for (const { text, start } of textIn(outline, 0, outline.blocks.length)) {
    let at = start;
    for (const line of text.split('\n')) {
      if (MARK.test(line)) {
        const first = FIRST.exec(line);
        const mark = first?.[1] ?? '';
        if (first !== null) add(at + first[0].length - mark.length, mark);
        for (const cell of line.matchAll(CELL)) add(at + cell.index + cell[0].indexOf(cell[1] ?? ''), cell[1] ?? '');
      }
      at += line.length + 1;
    }
  }
  return marks;
}
