const TAB = 0x09;
const LF = 0x0a;
const SPACE = 0x20;

/**
 * A place in one line of a text. Indentation counts in columns, a tab reaching to the next multiple of four, and a list or
 * quote may use up a tab only in part.
 */
export class LineCursor {
  readonly text: string;
  /** Offset of the end of the line, its line feed excluded. */
  end = 0;
  pos = 0;
  #column = 0;
  /** Columns of a tab that a container has used only in part. */
  #tabRest = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Moves to the beginning of the line at this offset. */
  begin(at: number): void {
    const end = this.text.indexOf('\n', at);
    this.end = end < 0 ? this.text.length : end;
    this.pos = at;
    this.#column = 0;
    this.#tabRest = 0;
  }

  /** The character at an offset; behind the end of the line, a line feed. */
  code(at: number): number {
    return at < this.end ? this.text.charCodeAt(at) : LF;
  }

  /** How many times a character stands from here on. */
  run(at: number, char: number): number {
    let end = at;
    while (this.code(end) === char) end++;
    return end - at;
  }

  /** The first offset from here on that is no blank. */
  skip(at: number): number {
    let end = at;
    while (isBlank(this.code(end))) end++;
    return end;
  }

  /** Where the rest of the line begins, blanks left out. */
  nonspace(): number {
    return this.skip(this.pos);
  }

  /** Where the line ends, blanks left out. */
  trimmedEnd(from: number): number {
    let end = this.end;
    while (end > from && isBlank(this.code(end - 1))) end--;
    return end;
  }

  /** Columns between here and `at`, all of them blank. */
  indentTo(at: number): number {
    let column = this.#column;
    let i = this.pos;
    if (this.#tabRest > 0 && i < at) {
      column += this.#tabRest;
      i++;
    }
    for (; i < at; i++) column += this.code(i) === TAB ? 4 - (column % 4) : 1;
    return column - this.#column;
  }

  /** Moves over blanks by columns; a tab may be left half used. */
  advance(columns: number): void {
    let left = columns;
    while (left > 0 && isBlank(this.code(this.pos))) {
      const width = this.#tabRest > 0 ? this.#tabRest : this.code(this.pos) === TAB ? 4 - (this.#column % 4) : 1;
      const used = Math.min(width, left);
      this.#column += used;
      left -= used;
      this.#tabRest = width - used;
      if (this.#tabRest === 0) this.pos++;
    }
  }

  /** Moves forward to an offset. */
  jump(at: number): void {
    if (at <= this.pos) return;
    this.#column += this.indentTo(at);
    this.pos = at;
    this.#tabRest = 0;
  }

  /** Moves behind the `>` at an offset and the one blank that may follow it. */
  enterQuote(at: number): void {
    this.jump(at + 1);
    if (isBlank(this.code(this.pos))) this.advance(1);
  }
}

/** Whether a character is a blank or a tab. */
export function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** Whether a character is one of 0 to 9. */
export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
