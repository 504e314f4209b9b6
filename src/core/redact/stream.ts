import { uncut } from './armour.ts';
import type { Redactor } from './redactor.ts';

/** Characters of one line that are looked at together; of a longer one, an end is held back. */
const LINE = 64 * 1024;
/** What is held back of it: longer than any secret but a private key. */
const HELD = 4096;

/**
 * The same over a text that comes in pieces: whatever the pieces, what comes out is what the whole would have become. Whole lines go
 * out, and what may go on in the next piece waits.
 */
export class RedactingStream {
  readonly #redactor: Redactor;
  #held = '';
  #changed = false;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** Whether anything was taken out so far. */
  get changed(): boolean {
    return this.#changed;
  }

  /** Takes a piece; returns what may go out. */
  push(piece: string): string {
    this.#held += piece;
    const end = this.#cut();
    if (end <= 0) return '';
    const out = this.#held.slice(0, end);
    this.#held = this.#held.slice(end);
    return this.#clean(out);
  }

  /** The rest: nothing comes any more. */
  end(): string {
    const out = this.#held;
    this.#held = '';
    return this.#clean(out);
  }

  #clean(text: string): string {
    const clean = this.#redactor.text(text);
    if (clean !== text) this.#changed = true;
    return clean;
  }

  /** Where the text may be cut without cutting what belongs together. */
  #cut(): number {
    const held = this.#held;
    const { long } = this.#redactor;
    const back = long[0]?.length ?? 0;
    // What may still become a value that goes over lines waits.
    let end = back >= held.length ? 0 : held.lastIndexOf('\n', held.length - 1 - back) + 1;
    if (held.length - end > LINE + back) {
      // Between two words, if there are any.
      const near = held.slice(0, held.length - HELD - back);
      const blank = Math.max(...[' ', '"', ',', '\n'].map((mark) => near.lastIndexOf(mark))) + 1;
      end = blank > 0 ? blank : near.length;
    }
    end = uncut(held, end, LINE);
    for (let before = -1; before !== end;) {
      before = end;
      for (const value of long) {
        const at = held.lastIndexOf(value, end - 1);
        if (at >= 0 && at < end && at + value.length > end) end = at;
      }
    }
    return end;
  }
}
