import stringWidth from 'fast-string-width';
import { oneLine, printable } from '../core/base/text.ts';

let segmenter: Intl.Segmenter | undefined;

/** What a reader takes for one character each. Made on first use: it takes longer than all else that `status` does. */
function graphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return segmenter.segment(text);
}

/** How many cells of a terminal a text takes; colours take none. */
export function cells(text: string): number {
  return stringWidth(text);
}

/** Foreign text on one line of at most `width` cells, with an ellipsis where something was cut. */
export function fit(text: string, width: number): string {
  // No grapheme that a line can hold is longer than this many characters on average.
  const line = oneLine(text, Math.max(1, width) * 8);
  return cells(line) <= width ? line : cut(line, width);
}

/** The same, filled up with blanks to exactly `width` cells. */
export function column(text: string, width: number): string {
  return padTo(fit(text, width), width);
}

/** Fills up with blanks to `width` cells; what is longer stays as it is. */
export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - cells(text)));
}

/** The widest of some texts, at most `limit` cells. */
export function widest(texts: readonly string[], limit: number): number {
  return texts.reduce((width, text) => Math.min(limit, Math.max(width, cells(text))), 0);
}

/** A line of source as it can be shown: nothing that moves the cursor, tabs as one blank so that columns stay columns. */
export function sourceLine(text: string): string {
  return printable(text.replace(/\t/g, ' '));
}

/** The beginning of a line, at most `width` cells with its ellipsis. */
function cut(line: string, width: number): string {
  if (width <= 0) return '';
  let kept = '';
  let used = 1;
  for (const { segment } of graphemes(line)) {
    used += cells(segment);
    if (used > width) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** The beginning of a line, at most `width` cells; says so with an ellipsis only when something was cut. */
export function head(line: string, width: number): string {
  return cells(line) <= width ? line : cut(line, width);
}

/** The end of a line, likewise. */
export function tail(line: string, width: number): string {
  if (cells(line) <= width) return line;
  const segments = Array.from(graphemes(line), ({ segment }) => segment);
  let kept = '';
  let used = 1;
  for (const segment of segments.toReversed()) {
    used += cells(segment);
    if (used > width) break;
    kept = segment + kept;
  }
  return width <= 0 ? '' : `…${kept}`;
}
