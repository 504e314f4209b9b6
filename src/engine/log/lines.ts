const NEWLINE = 10;
/** Bytes decoded at once: one call for a few hundred lines, and still small enough to stay in the processor's cache. */
const BLOCK = 64 * 1024;
const decoder = new TextDecoder('utf-8', { fatal: false });

/**
 * Cuts bytes into lines and decodes them, many at a time. Where a block is plain ASCII, as logs mostly are, positions in
 * its text are positions in its bytes; where it is not, its lines are decoded one by one.
 */
export class Lines {
  readonly #bytes: Uint8Array;
  #text = '';
  #textStart = 0;
  #textEnd = 0;
  /** Where the current line starts. */
  start = 0;
  /** Where its newline stands; -1 when no whole line is left. */
  end = -1;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#find(0);
  }

  /** The text of the current line, without the newline. */
  text(): string {
    if (this.end <= this.#textEnd && this.#text !== '') {
      return this.#text.slice(this.start - this.#textStart, this.end - this.#textStart);
    }
    return decoder.decode(this.#bytes.subarray(this.start, this.end));
  }

  /** Goes on to the next line. */
  next(): void {
    this.#find(this.end + 1);
  }

  #find(start: number): void {
    this.start = start;
    if (start >= this.#textEnd) this.#decode(start);
    const found = this.#text === '' ? -1 : this.#text.indexOf('\n', start - this.#textStart);
    this.end = found < 0 ? this.#bytes.indexOf(NEWLINE, start) : found + this.#textStart;
  }

  #decode(start: number): void {
    this.#textStart = start;
    this.#textEnd = Math.min(this.#bytes.length, start + BLOCK);
    const text = decoder.decode(this.#bytes.subarray(start, this.#textEnd));
    this.#text = text.length === this.#textEnd - start ? text : '';
  }
}
