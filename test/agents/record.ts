import { spawn } from 'node:child_process';
import { hostname } from 'node:os';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/*
 * Writes down both sides of a conversation with a program over lines of JSON. A recording is lines of JSON itself: first
 * a head (`"dir":"#"`) with the program and its version, then what was said to it (`>`) and by it (`<`), with the
 * milliseconds since its start and the fields of the line itself; a line that is no JSON object is the field `text`. The
 * end of the process is the last line (`"dir":"x"`), with `givenUp` when we lost patience first.
 */

/** What a conversation has of the program. */
export interface Talk {
  /** Sends one line: text, or a value to be written as JSON. */
  say(line: unknown): void;
  /** The next line that the program prints; `undefined` when it prints no more. */
  hear(): Promise<string | undefined>;
  /** No more lines to the program. */
  end(): void;
}

export interface Recorded {
  /** The whole recording. */
  readonly text: string;
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

export interface Program {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Name and version, for the head. */
  readonly version: string;
  /** Places of this machine, and what is written instead of them; the longest first. */
  readonly places: Readonly<Record<string, string>>;
}

/** Milliseconds that a program has to end by itself when the conversation is over. */
const GRACE = 5000;
/** Milliseconds after which a conversation is given up; what was said until then is a recording too. */
const PATIENCE = 40_000;

class GivenUp extends Error {}

/** Starts a program, lets `converse` speak with it, ends it, and returns what was said. */
export async function record(
  name: string,
  program: Program,
  converse: (talk: Talk) => Promise<void>,
): Promise<Recorded> {
  const [file, ...args] = program.argv;
  const lines: string[] = [
    JSON.stringify({
      dir: '#',
      name,
      program: program.version,
      argv: [file.split(/[\\/]/).at(-1), ...args],
      platform: `${process.platform}-${process.arch}`,
    }),
  ];
  const start = performance.now();
  const note = (dir: '<' | '>', line: string): void =>
    void lines.push(`{"dir":"${dir}","ms":${Math.round(performance.now() - start)},${fields(line)}`);

  const child = spawn(file, args, {
    cwd: program.cwd,
    env: program.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own, so that what it leaves behind is ended with it.
    detached: true,
  });
  let stderr = '';
  child.stderr.on('data', (bytes: Buffer) => {
    stderr = (stderr + bytes.toString('utf8')).slice(-20_000);
  });
  child.stdin.on('error', () => {});

  const heard: string[] = [];
  let rest = '';
  let over = false;
  let wake = (): void => {};
  child.stdout.on('data', (bytes: Buffer) => {
    const parts = (rest + bytes.toString('latin1')).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const line = Buffer.from(part, 'latin1').toString('utf8');
      note('<', line);
      heard.push(line);
    }
    wake();
  });
  child.stdout.on('close', () => {
    over = true;
    wake();
  });
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve({ code, signal }));
  });

  const talk: Talk = {
    say(line) {
      const text = typeof line === 'string' ? line : JSON.stringify(line);
      note('>', text);
      child.stdin.write(`${text}\n`);
    },
    async hear() {
      while (heard.length === 0 && !over) {
        if (performance.now() - start > PATIENCE) throw new GivenUp(name);
        await Promise.race([new Promise<void>((resolve) => (wake = resolve)), sleep(1000)]);
      }
      return heard.shift();
    },
    end: () => void child.stdin.end(),
  };
  try {
    let givenUp = false;
    await converse(talk).catch((error: unknown) => {
      if (!(error instanceof GivenUp)) throw error;
      givenUp = true;
    });
    talk.end();
    const polite = setTimeout(() => child.kill('SIGTERM'), GRACE);
    const firm = setTimeout(() => child.kill('SIGKILL'), 2 * GRACE);
    const { code, signal } = await exited;
    clearTimeout(polite);
    clearTimeout(firm);
    const ms = Math.round(performance.now() - start);
    lines.push(JSON.stringify({ dir: 'x', ms, code, signal, ...(givenUp ? { givenUp } : {}) }));
    return { text: scrub(`${lines.join('\n')}\n`, program.places), code, signal, stderr };
  } finally {
    endGroup(child.pid);
  }
}

/** The fields of a line, without the bracket in front. */
function fields(line: string): string {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0) {
      return line.trim().slice(1);
    }
  } catch {
    // Kept as a text.
  }
  return `"text":${JSON.stringify(line)}}`;
}

/** Nothing of the machine on which a recording was made is in it. */
function scrub(text: string, places: Readonly<Record<string, string>>): string {
  let clean = text;
  for (const [place, instead] of Object.entries({ ...places, [hostname()]: 'machine' })) {
    // In names of directories of its own, Claude Code writes a path with dashes.
    for (const [from, to] of [
      [place, instead],
      [place.replaceAll(/[/._]/g, '-'), instead.replaceAll('/', '-')],
    ] as const) {
      if (from.length > 1) clean = clean.replaceAll(from, to);
    }
  }
  return clean;
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}
