import { oneLine } from '../../../core/base/text.ts';
import { describeEvent } from '../../../core/run/describe.ts';
import type { RecordedEvent } from '../../../core/run/event.ts';
import type { Board } from '../../../core/views/board.ts';
import type { Cli } from '../command.ts';
import { sayJson } from '../output.ts';
import { PlainLines } from './plain-lines.ts';

/** What is shown of a run while it is under way. */
export interface View {
  events(events: readonly RecordedEvent[]): void;
  /** The board is another one, though no event says so. */
  changed(): void;
  /** Something about this process that is no event. */
  notice(text: string): void;
  /** From now on the run is under way. */
  resume(): Promise<void>;
  /** A question or the report follows. */
  pause(): Promise<void>;
  /** While it is paused it writes nothing, so that a question can be asked while the run goes on. */
  readonly stepsAside: boolean;
}

/** A run to be shown. */
interface Shown {
  board(): Board;
}

/** Milliseconds between two looks at whether a sign of life is due. */
const LOOK = 5000;

/** The view that fits: JSON lines when asked for, the live view for a person at a terminal, plain lines otherwise. */
export function viewFor(cli: Cli, shown: Shown, how: { readonly json: boolean; readonly plain: boolean }): View {
  if (how.json) return jsonView(cli);
  const { terminal, env } = cli.context;
  const live = terminal.interactive && !how.plain && env['TERM'] !== 'dumb' && !isSet(env['CI']);
  return live ? liveView(cli, shown) : plainView(cli, shown);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}

/** One event per line, exactly as in the log but for the log's checksum. Notices go to standard error. */
function jsonView(cli: Cli): View {
  return {
    events(events) {
      for (const { seq, ts, event, ...fields } of events) sayJson(cli, { seq, ts, event, ...fields });
    },
    notice: (text) => cli.context.terminal.error(`masterplan: ${text}\n`),
    changed: () => undefined,
    resume: async () => undefined,
    pause: async () => undefined,
    stepsAside: false,
  };
}

function plainView(cli: Cli, shown: Shown): View {
  const { terminal, io } = cli.context;
  const lines = new PlainLines(() => shown.board());
  const write = (written: readonly string[]): void => terminal.write(written.map((line) => `${line}\n`).join(''));
  let timer: NodeJS.Timeout | undefined;
  return {
    stepsAside: false,
    changed: () => undefined,
    events: (events) => write(lines.events(events)),
    notice: (text) => write(lines.notice(io.clock.now(), text)),
    async resume() {
      timer = setInterval(() => write(lines.tick(io.clock.now())), LOOK);
    },
    async pause() {
      clearInterval(timer);
    },
  };
}

function liveView(cli: Cli, shown: Shown): View {
  const { terminal, io } = cli.context;
  let screen: { update(): void; notice(text: string): void; end(): Promise<void> } | undefined;
  return {
    stepsAside: true,
    changed: () => screen?.update(),
    events(events) {
      if (screen !== undefined) return screen.update();
      // Before the screen there is nothing but lines, and this must not be missed.
      const loud = events.filter(({ event }) => event === 'agent_degraded').map((event) => describeEvent(event) ?? '');
      for (const line of loud) terminal.write(`${oneLine(line, 400)}\n`);
    },
    notice: (text) => (screen === undefined ? terminal.write(`${text}\n`) : screen.notice(text)),
    async resume() {
      const { showLive } = await import('../../tui/live.tsx');
      screen = showLive({
        board: () => shown.board(),
        now: () => io.clock.now(),
        size: () => ({ columns: terminal.columns(), rows: terminal.rows() }),
        colour: terminal.colour,
      });
    },
    async pause() {
      await screen?.end();
      screen = undefined;
    },
  };
}
