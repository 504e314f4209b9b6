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
 * of the same length. Linear: the runs are found once, and each looks up the next one of its length.
 */
export function pieces(text: string): readonly Piece[] {
  if (!text.includes('`')) return text === '' ? [] : [{ code: false, text, start: 0, end: text.length }];
  const found: Piece[] = [];
  const runs = runsOf(text);
  const next = nextOfLength(runs);
  let plainFrom = 0;
  for (let i = 0; i < runs.length;) {
    const { start, length } = runs[i] as Run;
    // A backslash takes the first backtick of a run out of it; what is left opens nothing that people write.
    const close = isEscaped(text, start) ? undefined : runs[next[i] as number];
    if (close === undefined) {
      i++;
      continue;
    }
    if (start > plainFrom)
      found.push({ code: false, text: text.slice(plainFrom, start), start: plainFrom, end: start });
    const end = close.start + length;
    found.push({ code: true, text: unpad(text.slice(start + length, close.start)), start, end });
    plainFrom = end;
    i = (next[i] as number) + 1;
  }
  if (plainFrom < text.length)
    found.push({ code: false, text: text.slice(plainFrom), start: plainFrom, end: text.length });
  return found;
}

interface Run {
  readonly start: number;
  readonly length: number;
}

function runsOf(text: string): readonly Run[] {
  const runs: Run[] = [];
  for (let at = text.indexOf('`'); at >= 0;) {
    let end = at;
    while (text.charCodeAt(end) === 0x60) end++;
    runs.push({ start: at, length: end - at });
    at = text.indexOf('`', end);
  }
  return runs;
}

/** For each run the position of the next one of its length, or -1. */
function nextOfLength(runs: readonly Run[]): readonly number[] {
  const last = new Map<number, number>();
  const next = new Array<number>(runs.length);
  for (let i = runs.length - 1; i >= 0; i--) {
    const { length } = runs[i] as Run;
    next[i] = last.get(length) ?? -1;
    last.set(length, i);
  }
  return next;
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
  let plain = text;
  if (text.includes('`')) {
    plain = '';
    for (const piece of pieces(text)) plain += piece.code ? piece.text : unmark(piece.text);
  } else if (MARKS.test(text)) plain = unmark(text);
  return (BLANKS.test(plain) ? plain.replace(/\s+/g, ' ') : plain).trim();
}

const MARKS = /[*_[\\]/;
/** Blanks that are more than one, or another one than a space. */
const BLANKS = /\s\s|[^\S ]/;

function unmark(text: string): string {
  let plain = text;
  if (plain.includes('[')) plain = plain.replace(/\[([^[\]\n]{0,500})\]\([^()\s]{0,2000}\)/g, '$1');
  if (plain.includes('*')) plain = plain.replace(/\*{1,3}/g, '');
  if (plain.includes('_')) plain = withoutUnderscores(plain);
  return plain.includes('\\') ? plain.replace(/\\([!-/:-@[-`{-~])/g, '$1') : plain;
}

/** Emphasis by underscores taken off: what opens at the beginning of a word and closes at the end of one. All others are parts of words. */
function withoutUnderscores(text: string): string {
  const isWord = (c: string | undefined): boolean => c !== undefined && /[\p{L}\p{N}_]/u.test(c);
  const open: { readonly start: number; readonly end: number }[] = [];
  const gone: { readonly start: number; readonly end: number }[] = [];
  for (const { index, 0: run } of text.matchAll(/_{1,3}/g)) {
    const end = index + run.length;
    const [before, after] = [text[index - 1], text[end]];
    const last = open.at(-1);
    // `__init__.py` is a name.
    const ends = !isWord(after) && !(after === '.' && isWord(text[end + 1]));
    const closes = before !== undefined && !/\s/.test(before) && ends;
    if (closes && last !== undefined && last.end - last.start === run.length) {
      open.pop();
      gone.push(last, { start: index, end });
    } else if (!isWord(before) && after !== undefined && !/\s/.test(after)) open.push({ start: index, end });
  }
  if (gone.length === 0) return text;
  gone.sort((a, b) => a.start - b.start);
  let kept = '';
  let at = 0;
  for (const { start, end } of gone) {
    kept += text.slice(at, start);
    at = end;
  }
  return kept + text.slice(at);
}
