import type { Span } from '../base/finding.ts';
import type { Box } from '../plan/model.ts';
import { marksOf } from '../plan/markdown/marks.ts';
import { tick } from '../plan/hash.ts';
import { boxesOf, type Outline, outlineOf } from '../plan/markdown/outline.ts';
import { Source } from '../plan/markdown/source.ts';
import { textIn } from '../plan/markdown/text.ts';

/** Something in a plan that is not ticked. */
export interface OpenBox {
  readonly span: Span;
  /** What stands behind the box. */
  readonly text: string;
}

/**
 * Everything in a document that is not done, whatever form it has: boxes of headings, list items and table cells, boxes
 * that were meant but cannot be ticked (`[]`), and marks (⏳ ⬜ ❌ 🔴) at the beginning of a line or alone in a cell. The log
 * holds none. In document order.
 */
export function openBoxes(outline: Outline): readonly OpenBox[] {
  const { source, blocks, headings, logs } = outline;
  const found = new Map<number, OpenBox>();
  const add = (start: number, end: number, behind: number): void => {
    if (logs.some((log) => start >= log.start && start < log.end)) return;
    const text = source.shadow.slice(behind, source.lineEnd(end)).replace(/\|.*$/, '').trim().slice(0, 60);
    found.set(start, { span: source.span(start, end), text });
  };
  for (const { ticked, mark } of boxesOf(outline, 0, blocks.length)) {
    if (!ticked) add(mark.start, mark.end, mark.end + 1);
  }
  for (const { brokenBox, start, end } of headings) {
    const broken = brokenBox ? /\[[ \t]{0,3}-?[ \t]{0,3}\]/.exec(source.shadow.slice(start, end)) : null;
    if (broken === null) continue;
    const at = start + broken.index;
    add(at, at + broken[0].length, at + broken[0].length);
  }
  for (const { start, end, done } of marksOf(outline)) {
    if (!done) add(start, end, end);
  }
  for (const { text, start, kind } of textIn(outline, 0, blocks.length)) {
    let at = start;
    for (const line of text.split('\n')) {
      // `- []` is a box to whoever wrote it.
      if (kind === 'paragraph' && line.startsWith('[]') && !/^\[\][\w([{*]/.test(line)) add(at, at + 2, at + 2);
      at += line.length + 1;
    }
  }
  return [...found.values()].sort((a, b) => a.span.start - b.span.start);
}

/** Ticked and all boxes of a document, for people who want to know how far it is. */
export function boxCount(outline: Outline): { readonly done: number; readonly all: number } {
  const { logs, blocks } = outline;
  const boxes = boxesOf(outline, 0, blocks.length).filter(
    ({ mark }) => !logs.some((log) => mark.start >= log.start && mark.start < log.end),
  );
  return { done: boxes.filter(({ ticked }) => ticked).length, all: boxes.length };
}

/**
 * The text with every box ticked that is ticked in `other`, the same plan at another time. Texts that do not have the same boxes are
 * not the same plan: then nothing is ticked.
 */
export function ticksFrom(text: string, other: string): string {
  const [mine, theirs] = [boxesIn(text), boxesIn(other)];
  if (mine.length !== theirs.length) return text;
  return tick(
    text,
    mine.filter((box, i) => !box.ticked && theirs[i]?.ticked === true),
  );
}

/** The boxes of a text, those of its log left out. */
function boxesIn(text: string): readonly Box[] {
  const outline = outlineOf(new Source(text));
  return boxesOf(outline, 0, outline.blocks.length).filter(
    ({ mark }) => !outline.logs.some((log) => mark.start >= log.start && mark.start < log.end),
  );
}
