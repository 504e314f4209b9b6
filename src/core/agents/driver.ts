import type { AgentEvent, Outcome, PermissionAnswer } from './event.ts';
import type { AgentFamily, Order } from './order.ts';

/** How a program is started for a driver. */
export interface Launch {
  readonly argv: readonly [string, ...string[]];
  /** Beside what the configuration gives. No secrets. */
  readonly env: Readonly<Record<string, string>>;
}

/** What a driver wants after something happened: lines to the program, and what it made of it. */
export interface Move {
  /** Lines for the standard input of the program, without their ends. */
  readonly send: readonly string[];
  readonly events: readonly AgentEvent[];
}

/** Nothing to say and nothing happened. */
export const STILL: Move = { send: [], events: [] };

/**
 * The conversation with one agent process, as a machine without clock, files and processes: the keeper carries lines to it and
 * from it. A driver never throws, whatever it is told; a line that it does not understand is a notice at most.
 */
export interface Driver {
  readonly family: AgentFamily;
  /** What to start. */
  launch(): Launch;
  /** First lines, once the program runs. */
  begin(): Move;
  /** One line that the program printed, without its end. `now`: milliseconds since 1970. */
  line(text: string, now: number): Move;
  /** Answers a `permission_asked`; `reason` is told to the agent when it is denied. */
  answer(id: string, answer: PermissionAnswer, reason: string): Move;
  /** Another message after a `turn_ended`, in the same conversation. */
  say(text: string): Move;
  /** Asks for the end of the turn: what was done stays, and a `turn_ended` follows if the program is able to. */
  interrupt(): Move;
  /** Whether closing standard input is enough for the program to end by itself after a `turn_ended`. */
  readonly endsOnEof: boolean;
  /**
   * What the end of the process means when no `turn_ended` said so before. `code` is `null` after a signal; `stderr` holds its last
   * words.
   */
  exited(code: number | null, signal: string | null, stderr: string, now: number): Outcome;
}

/** Makes the driver of a family; one file a family. */
export type MakeDriver = (order: Order) => Driver;
