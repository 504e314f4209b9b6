import type { Program } from './processes.ts';

/** How someone outside asked us to stop. */
export type Interrupt = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** The person (or pipe) in front of the program. Full-screen views talk to the stream themselves; this is for lines. */
export interface Terminal {
  /** A person can read and answer: standard input and output are both a terminal. */
  readonly interactive: boolean;
  /** Colours are welcome on standard output (`NO_COLOR`, `FORCE_COLOR`, `TERM=dumb`, or simply not a terminal). */
  readonly colour: boolean;
  /** Width in cells; 80 where nobody knows. */
  columns(): number;
  /** Height in cells; 24 where nobody knows. */
  rows(): number;
  /** Everything on standard input, to its end. Rejects when it cannot be read or holds more than `limit` bytes. */
  input(limit: number): Promise<Uint8Array>;
  /** Writes to standard output. Once the reader has gone (`masterplan … | head`) text is dropped in silence: a run goes on. */
  write(text: string): void;
  /** The same for standard error. */
  error(text: string): void;
  /** Gives the terminal to another program until that ends; its exit code, `undefined` when there was none. */
  lend(program: Program): Promise<number | undefined>;
  /** Delivers requests to stop as data, the second and third as well; the process no longer dies of them. Returns the undo. */
  onInterrupt(listener: (interrupt: Interrupt) => void): () => void;
}
