import { Box, render, Text, type TextProps } from 'ink';
import type { Board } from '../../core/views/board.ts';
import { liveView, type LiveModel, type Size, type Tone } from './live-view.ts';

/** Where the picture comes from. */
export interface LiveSource {
  board(): Board;
  now(): number;
  size(): Size;
  readonly colour: boolean;
}

/** A live view on the terminal. */
export interface LiveScreen {
  /** Something happened: the picture is drawn anew, soon. */
  update(): void;
  /** Shows a sentence at the bottom until the next one. */
  notice(text: string): void;
  /** Draws the final picture and leaves it there. */
  end(): Promise<void>;
}

/** Milliseconds between two pictures, at least. */
const FRAME = 100;
/** Milliseconds after which durations are shown anew though nothing happened. */
const SECOND = 1000;

const TONES: Readonly<Record<Tone, TextProps>> = {
  plain: {},
  strong: { bold: true },
  faint: { dimColor: true },
  good: { color: 'green' },
  bad: { color: 'red' },
  warn: { color: 'yellow' },
  type: { color: 'cyan' },
};

/** Shows a run until `end`. Keys are left alone, so that Ctrl-C stays a signal. */
export function showLive(source: LiveSource): LiveScreen {
  let notice: string | undefined;
  const picture = (): LiveModel => liveView(source.board(), source.now(), source.size(), notice);
  const frame = (): React.JSX.Element => <Frame model={picture()} colour={source.colour} />;
  // A terminal that was closed must not end the run: SIGHUP says so too, and is answered in order.
  const ignore = (): void => undefined;
  process.stdout.on('error', ignore);
  const screen = render(frame(), {
    stdout: process.stdout,
    exitOnCtrlC: false,
    patchConsole: false,
    maxFps: 1000 / FRAME,
  });
  let due: NodeJS.Timeout | undefined;
  const draw = (): void => {
    due = undefined;
    screen.rerender(frame());
  };
  const soon = (): void => {
    due ??= setTimeout(draw, FRAME);
  };
  const clock = setInterval(soon, SECOND);
  process.stdout.on('resize', soon);
  return {
    update: soon,
    notice(text) {
      notice = text;
      soon();
    },
    async end() {
      clearInterval(clock);
      clearTimeout(due);
      process.stdout.off('resize', soon);
      draw();
      const gone = screen.waitUntilExit();
      screen.unmount();
      await gone;
    },
  };
}

function Frame({ model, colour }: { readonly model: LiveModel; readonly colour: boolean }): React.JSX.Element {
  return (
    <Box flexDirection="column">
      {model.lines.map((line, row) => (
        <Text key={row} wrap="truncate-end">
          {line.length === 0
            ? ' '
            : line.map(({ text, tone }, index) => (
                <Text key={index} {...(colour ? TONES[tone] : {})}>
                  {text}
                </Text>
              ))}
        </Text>
      ))}
    </Box>
  );
}
