import { overwrites, settledIn } from './in-place.ts';
import type { Redactor } from '../../core/redact/redactor.ts';
import type { Files } from '../../io/files.ts';

/** Bytes that are looked at in one go, so that others get their turn: some thirty milliseconds. */
const PIECE = 512 * 1024;

/**
 * Takes secrets out of a transcript while somebody appends to it. Each look goes on where the one before was sure; what it has to
 * take out is overwritten in its place, so no byte of the writer is lost or moved, whoever dies when. Begun anew it looks at all of it.
 */
export class LiveRedaction {
  readonly #files: Files;
  readonly #path: string;
  readonly #redactor: Redactor;
  #at = 0;
  #seen = 0;

  constructor(files: Files, path: string, redactor: Redactor) {
    this.#files = files;
    this.#path = path;
    this.#redactor = redactor;
  }

  /** Looks at what came since. `size`: bytes that the file has. What fails is tried again with the next look. */
  async look(size: number): Promise<void> {
    if (size <= this.#seen) return;
    try {
      const bytes = await this.#files.readRange(this.#path, this.#at, PIECE);
      if (bytes === undefined || bytes.length === 0) return;
      // Half a key is left until the rest of it is there: its end could not be told from anything else.
      const settled = settledIn(bytes, this.#redactor);
      for (const one of overwrites(bytes.subarray(0, settled), this.#redactor))
        await this.#files.overwrite(this.#path, this.#at + one.at, one.bytes);
      this.#seen = this.#at + bytes.length;
      this.#at += settled;
    } catch {
      // Whoever ends the attempt looks through the whole file once more, and says what is wrong with it.
    }
  }
}
