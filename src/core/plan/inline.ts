/** A stretch of a text: plain, or the inside of a code span. Offsets are relative to the text that was scanned. */
export interface Piece {
  readonly code: boolean;
  /** The text; of a code span its content without the backticks and the one blank that may pad it. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Cuts inline Markdown into plain text and code spans, as CommonMark does: a run of backticks is closed by the next run
 * of the same length. Linear, because each length is looked for at most once in vain.
 */
export function pieces(text: string): readonly Piece[] {
  const found: Piece[] = [];
  const hopeless = new Set<number>();
  let plainFrom = 0;
  let at = text.indexOf('`');
  while (at >= 0) {
    if (isEscaped(text, at)) {
      at = text.indexOf('`', at + 1);
      continue;
    }
    const length = runLength(text, at);
    const close = hopeless.has(length) ? -1 : closingRun(text, at + length, length);
    if (close < 0) {
      hopeless.add(length);
      at = text.indexOf('`', at + length);
      continue;
    }
    if (at > plainFrom) found.push({ code: false, text: text.slice(plainFrom, at), start: plainFrom, end: at });
    found.push({ code: true, text: unpad(text.slice(at + length, close)), start: at, end: close + length });
    plainFrom = close + length;
    at = text.indexOf('`', plainFrom);
  }
  if (plainFrom < text.length)
    found.push({ code: false, text: text.slice(plainFrom), start: plainFrom, end: text.length });
  return found;
}

function runLength(text: string, at: number): number {
  let end = at;
  while (text.charCodeAt(end) === 0x60) end++;
  return end - at;
}

function closingRun(text: string, from: number, length: number): number {
  for (let at = text.indexOf('`', from); at >= 0;) {
    const run = runLength(text, at);
    if (run === length) return at;
    at = text.indexOf('`', at + run);
  }
  return -1;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes++;
  return slashes % 2 === 1;
}

function unpad(code: string): string {
  const flat = code.replace(/[ \t]*\n[ \t]*/g, ' ');
  return flat.length > 2 && flat.startsWith(' ') && flat.endsWith(' ') && flat.trim() !== '' ? flat.slice(1, -1) : flat;
}

/** Blanks out inline comments (`<!-- … -->` outside code), keeping every offset and line end. */
export function withoutComments(text: string): string {
  if (!text.includes('<!--')) return text;
  let result = '';
  let kept = 0;
  let from = 0;
  for (const piece of pieces(text)) {
    if (piece.code || piece.end <= from) continue;
    for (let open = text.indexOf('<!--', Math.max(piece.start, from)); open >= 0 && open < piece.end;) {
      const close = text.indexOf('-->', open + 4);
      if (close < 0) return result + text.slice(kept);
      result += text.slice(kept, open) + text.slice(open, close + 3).replace(/[^\n]/g, ' ');
      kept = close + 3;
      from = kept;
      open = text.indexOf('<!--', kept);
    }
  }
  return result + text.slice(kept);
}

/** Inline Markdown as a reader sees it: no emphasis marks, no backticks, links by their text. For titles and values. */
export function plainText(text: string): string {
  let plain = '';
  for (const piece of pieces(text)) plain += piece.code ? piece.text : unmark(piece.text);
  return plain.replace(/\s+/g, ' ').trim();
}

function unmark(text: string): string {
  return (
    text
      .replace(/\[([^[\]\n]{0,500})\]\([^()\s]{0,2000}\)/g, '$1')
      .replace(/\*{1,3}/g, '')
      // An underscore inside a word is part of the word.
      .replace(/(^|[^\p{L}\p{N}_])_{1,3}(?=[\p{L}\p{N}(])/gu, '$1')
      .replace(/([\p{L}\p{N}).!?])_{1,3}(?![\p{L}\p{N}_])/gu, '$1')
      .replace(/\\([!-/:-@[-`{-~])/g, '$1')
  );
}
