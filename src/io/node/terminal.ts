import { fstatSync, writeSync } from 'node:fs';
import type { Interrupt, Terminal } from '../terminal.ts';
import { codeOf } from './errors.ts';

const INTERRUPTS: readonly Interrupt[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The terminal that this process was started in. */
export function nodeTerminal(): Terminal {
  const output = isTerminal(1);
  return {
    interactive: output && isTerminal(0),
    colour: wantsColour(process.env, output),
    columns: () => (output && process.stdout.columns) || 80,
    rows: () => (output && process.stdout.rows) || 24,
    input: readInput,
    write: sink(1),
    error: sink(2),
    lend: ({ argv: [program, ...args], cwd, env }) =>
      new Promise((resolve) => {
        // What the other program makes of an interrupt is its own business.
        const deaf = (): void => {};
        process.on('SIGINT', deaf);
        const { spawn } = process.getBuiltinModule('node:child_process');
        const child = spawn(program, args, { cwd, env, stdio: 'inherit' });
        const over = (code: number | undefined): void => {
          process.off('SIGINT', deaf);
          resolve(code);
        };
        child.on('error', () => over(undefined));
        child.on('exit', (code) => over(code ?? undefined));
      }),
    onInterrupt(listener) {
      const undo = INTERRUPTS.map((name) => {
        const deliver = (): void => listener(name);
        process.on(name, deliver);
        return (): void => void process.off(name, deliver);
      });
      return () => undo.forEach((one) => one());
    },
  };
}

async function readInput(limit: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) throw new Error(`it holds more than the ${limit} bytes allowed here`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Whether colours are welcome: `FORCE_COLOR` beats `NO_COLOR` beats what the stream is (https://no-color.org). */
export function wantsColour(env: Readonly<Record<string, string | undefined>>, terminal: boolean): boolean {
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  if (env['NO_COLOR']) return false;
  return terminal && env['TERM'] !== 'dumb';
}

function isTerminal(descriptor: number): boolean {
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isCharacterDevice()) return false;
    // Loading node:tty costs 5 ms: on Linux the device's number tells the terminals of windows and /dev/null.
    const major = Math.floor(stats.rdev / 256);
    if (process.platform === 'linux' && major >= 136 && major <= 143) return true;
    if (process.platform === 'linux' && major === 1) return false;
    return process.getBuiltinModule('node:tty').isatty(descriptor);
  } catch {
    return false;
  }
}

/**
 * Writes straight to the descriptor: `process.stdout` costs 3 ms to set up, throws `EPIPE` as an event that kills the
 * process, and is synchronous on POSIX anyway.
 */
function sink(descriptor: 1 | 2): (text: string) => void {
  let gone = false;
  return (text) => {
    let bytes = Buffer.from(text);
    while (!gone && bytes.length > 0) {
      try {
        bytes = bytes.subarray(writeSync(descriptor, bytes));
      } catch (error) {
        const code = codeOf(error);
        // A pipe that our parent made non-blocking is full: the reader is slow, not gone.
        if (code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
        // EPIPE: the reader went. EIO: the terminal was closed. EBADF: there never was one. ENOSPC: output is a file on a
        // full disk. The run itself must not suffer from any of them.
        else if (code !== 'EINTR') gone = code !== 'ENOSPC';
        if (code === 'ENOSPC') return;
      }
    }
  };
}
