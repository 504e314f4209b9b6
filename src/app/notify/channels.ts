import type { Message } from '../../core/views/notice.ts';
import type { NotifySettings } from './settings.ts';
import type { Context } from '../context.ts';
import { basePath } from '../environment.ts';

/** Milliseconds for one program and for one request; for either when the program is about to end. */
const PROGRAM = 30_000;
const REQUEST = 10_000;
const HURRIED = 5000;
/** Pauses before a request that failed is sent again, milliseconds. */
const AGAIN = [1000, 5000];

/** One way to reach a person. */
export interface Channel {
  readonly name: 'desktop' | 'bell' | 'command' | 'webhook';
  /** Delivers a message, once and quickly when `hurried`; the answer says why it was not delivered. */
  send(message: Message, hurried: boolean): Promise<string | undefined>;
}

/** The channels that are configured. */
export function channelsOf(context: Context, settings: NotifySettings, cwd: string): Channel[] {
  const { command, webhook } = settings;
  return [
    ...(settings.bell ? [bell(context)] : []),
    ...(settings.desktop ? [desktop(context, cwd)] : []),
    ...(command === undefined ? [] : [program(context, command, cwd)]),
    ...(webhook === undefined ? [] : [hook(context, webhook)]),
  ];
}

function bell(context: Context): Channel {
  return {
    name: 'bell',
    async send() {
      if (!context.terminal.interactive) return 'standard input and output are no terminal';
      context.terminal.error('\u0007');
      return undefined;
    },
  };
}

/** AppleScript that takes its texts as arguments: nothing in them is read as script. */
const SCRIPT = 'on run {a, b}\ndisplay notification b with title a\nend run';

/** The first of the programs that desktops have for this which can be started. */
function desktop(context: Context, cwd: string): Channel {
  return {
    name: 'desktop',
    async send({ summary, notices }, hurried) {
      const body = notices.map(({ text }) => text).join('\n');
      // Those of the session bus: without them a desktop is not found.
      const session = ['DISPLAY', 'WAYLAND_DISPLAY', 'DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR'];
      const env = { ...surroundings(context), ...present(context, session) };
      const ways: [string, ...string[]][] = [
        ['notify-send', '--app-name=masterplan', '--', summary, body],
        ['osascript', '-e', SCRIPT, '--', summary, body],
      ];
      for (const argv of ways) {
        const done = await context.io.processes.run({ argv, cwd, env }, { timeout: hurried ? HURRIED : PROGRAM });
        if (done.ended === 'not-started') continue;
        return done.code === 0 ? undefined : `${argv[0]}: ${lastLine(done.stderr) ?? `exit code ${done.code ?? '?'}`}`;
      }
      return 'neither notify-send nor osascript is installed';
    },
  };
}

function program(context: Context, argv: readonly [string, ...string[]], cwd: string): Channel {
  return {
    name: 'command',
    async send(message, hurried) {
      // It is the person's own program, run as they would run it.
      const env = { ...present(context, Object.keys(context.env)), MASTERPLAN_RUN: message.slug };
      const timeout = hurried ? HURRIED : PROGRAM;
      const stdin = new TextEncoder().encode(`${JSON.stringify(message)}\n`);
      const done = await context.io.processes.run({ argv: [...argv], cwd, env }, { stdin, timeout });
      if (done.code === 0) return undefined;
      if (done.ended === 'timeout') return `${argv[0]} took longer than ${timeout / 1000} s`;
      return `${argv[0]}: ${lastLine(done.stderr) ?? `exit code ${done.code ?? '?'}`}`;
    },
  };
}

function hook(context: Context, address: string): Channel {
  return {
    name: 'webhook',
    async send(message, hurried) {
      const variable = /^\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?$/.exec(address)?.[1];
      const url = variable === undefined ? address : context.env[variable];
      if (url === undefined) return `the environment variable ${variable ?? ''} is not set`;
      for (let attempt = 0; ; attempt++) {
        const posted = await context.http.post(url, JSON.stringify(message), { timeout: hurried ? HURRIED : REQUEST });
        if (posted.ok) return undefined;
        const pause = AGAIN[attempt];
        if (pause === undefined || hurried) return posted.why;
        await context.io.clock.wait(pause);
      }
    },
  };
}

function surroundings(context: Context): Record<string, string> {
  return { PATH: basePath(context), HOME: context.env['HOME'] ?? '' };
}

function present(context: Context, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = context.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function lastLine(text: string): string | undefined {
  return text.trimEnd().split('\n').at(-1)?.slice(0, 300) || undefined;
}
