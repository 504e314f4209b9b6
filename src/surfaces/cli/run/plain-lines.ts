import { oneLine } from '../../../core/base/text.ts';
import { duration, parseStamp } from '../../../core/base/time.ts';
import { describeEvent } from '../../../core/run/describe.ts';
import type { RecordedEvent } from '../../../core/run/event.ts';
import type { Board } from '../../../core/views/board.ts';
import { standing, timeOfDay } from '../../words.ts';

/** Milliseconds without a line after which a sign of life is due. */
const QUIET = 60_000;
/** Tasks that a sign of life names. */
const NAMED = 6;

/** A run as lines of text for a log file or a pipe: when, and what happened. */
export class PlainLines {
  readonly #board: () => Board;
  #last: number | undefined;

  constructor(board: () => Board) {
    this.#board = board;
  }

  events(events: readonly RecordedEvent[]): string[] {
    return events.flatMap((event) => {
      const words = describeEvent(event);
      return words === undefined ? [] : [...this.#line(parseStamp(event.ts), words), ...this.#answers(event)];
    });
  }

  notice(now: number, text: string): string[] {
    return this.#line(now, text);
  }

  /** A sign of life when nothing was said for a minute and somebody is at work. */
  tick(now: number): string[] {
    this.#last ??= now;
    if (now - this.#last < QUIET) return [];
    const board = this.#board();
    if (board.working.length === 0) return [];
    const named = board.working.slice(0, NAMED).map((one) => {
      const doing = one.doing === undefined ? '' : ` (${oneLine(one.doing, 60)})`;
      return `${one.task}#${one.attempt} ${one.status} for ${duration(Math.max(0, now - one.since))}${doing}`;
    });
    const more = board.working.length - named.length;
    return this.#line(now, `${standing(board)}: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`);
  }

  /** What to type for a question that is asked while others go on working: the report with it may be hours away. */
  #answers(event: RecordedEvent): string[] {
    if (event.event !== 'gate_opened' || event.gate === 'plan' || event.gate === 'finish') return [];
    const row = this.#board().waiting.find(({ gate }) => gate?.id === event.gate);
    const type = row?.type[0];
    if (type === undefined) return [];
    // What is typed is mostly the recommended one, which need not be the first.
    const own = event.options.find((option) => type.endsWith(` ${option}`)) ?? event.recommended;
    const others = event.options.filter((option) => option !== own);
    return [`          ${oneLine(type, 400)}${others.length === 0 ? '' : ` (or ${others.join(', ')})`}`];
  }

  #line(at: number, text: string): string[] {
    this.#last = at;
    return [`${timeOfDay(at)}  ${oneLine(text, 400)}`];
  }
}
