import type { Span } from '../../base/finding.ts';

/**
 * The text of a document, readable by offset. `shadow` has the same length and differs only where parsing would stumble:
 * a byte-order mark and carriage returns became blanks or line feeds, NUL the replacement character. Offsets are valid
 * in both, so everything that is quoted is cut from `text`, byte for byte.
 */
export class Source {
  readonly text: string;
  readonly shadow: string;
  /** Whether some line ends in a carriage return and a line feed. */
  readonly hasCrlf: boolean;
  readonly #lines: number[];

  constructor(text: string) {
    this.text = text;
    this.hasCrlf = text.includes('\r\n');
    let shadow = text;
    if (shadow.startsWith('\uFEFF')) shadow = ` ${shadow.slice(1)}`;
    if (shadow.includes('\r')) shadow = shadow.replace(/\r\n/g, ' \n').replace(/\r/g, '\n');
    if (shadow.includes('\0')) shadow = shadow.replace(/\0/g, '\uFFFD');
    this.shadow = shadow;
    this.#lines = [0];
    for (let at = shadow.indexOf('\n'); at >= 0; at = shadow.indexOf('\n', at + 1)) this.#lines.push(at + 1);
  }

  /** The span between two offsets, with lines and columns from 1. */
  span(start: number, end: number): Span {
    const line = this.#lineAt(start);
    const endLine = end <= this.lineEnd(start) ? line : this.#lineAt(end);
    return {
      start,
      end,
      line: line + 1,
      column: start - (this.#lines[line] as number) + 1,
      endLine: endLine + 1,
      endColumn: end - (this.#lines[endLine] as number) + 1,
    };
  }

  /** Offset of the end of the line that holds `offset`, without its line feed. */
  lineEnd(offset: number): number {
    const end = this.shadow.indexOf('\n', offset);
    return end < 0 ? this.shadow.length : end;
  }

  /** Offset of the beginning of the line that holds `offset`. */
  lineStart(offset: number): number {
    return this.#lines[this.#lineAt(offset)] as number;
  }

  #lineAt(offset: number): number {
    let low = 0;
    let high = this.#lines.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lines[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
