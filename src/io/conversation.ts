import type { Program } from './processes.ts';

/** Where the words of a program go with which we have a {@link Conversation}. */
export interface Listener {
  /** One line of standard output without its end. A line longer than {@link LINE_LIMIT} arrives cut. */
  line(text: string): void;
  /** A piece of standard error. */
  error(text: string): void;
}

/** Characters of one line of a conversation. */
export const LINE_LIMIT = 16 * 1024 * 1024;

/** A program that we talk with over its standard streams. It does not outlive us: its input ends when we do. */
export interface Conversation {
  /** Writes one line to its standard input; nothing happens once that is closed. */
  send(line: string): void;
  closeInput(): void;
  /** To the whole process group. */
  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): void;
  /** Resolves when the program itself has ended and all that it printed was heard, whoever still holds its streams open. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

/**
 * Starts a program to talk with, in a session and process group of its own. Rejects with an `Error` whose message says why it
 * could not be started.
 */
export type Converse = (program: Program, listener: Listener) => Promise<Conversation>;
