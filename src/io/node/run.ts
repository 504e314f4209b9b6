import type { ChildProcess } from 'node:child_process';
import { closeSync, fstatSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Finished, Program, RunOptions } from '../processes.ts';
import { nodeClock } from './clock.ts';
import { signalGroup } from './ending.ts';
import { openOutput, spawn } from './spawn.ts';

/** Between the polite and the firm signal when a program has to be ended. */
const GRACE = 2_000;

/** After the firm signal: a program stuck in the kernel is given up, so that whoever waits for us is not stuck with it. */
const LAST_WAIT = 10_000;

/** Default bounds of output: in memory, and in a file. */
const MOST_CAPTURED = 64 * 1024 * 1024;
const MOST_IN_FILE = 1024 * 1024 * 1024;

/** How often the size of an output file is looked at. */
const LOOK = 250;

/** How long output that keeps coming after the end of its program (from a daemon it left) is listened to. */
const DRAIN = 1_000;

/** Node's timers overflow beyond this. */
const LONGEST = 2 ** 31 - 1;

/** Runs a program to its end: see `Processes.run`. */
export async function run(program: Program, options: RunOptions = {}): Promise<Finished> {
  if (options.signal?.aborted) return unfinished('cancelled', 'cancelled before it was started');
  let output: number | undefined;
  try {
    if (options.output !== undefined) output = openOutput(options.output);
    const stream = output ?? 'pipe';
    const child = await spawn(program, [options.stdin === undefined ? 'ignore' : 'pipe', stream, stream]);
    return await new Running(child, options, output).end();
  } catch (error) {
    return unfinished('not-started', error instanceof Error ? error.message : String(error));
  } finally {
    if (output !== undefined) closeSync(output);
  }
}

function unfinished(ended: Finished['ended'], stderr: string): Finished {
  return { code: undefined, signal: undefined, stdout: new Uint8Array(), stderr, ended };
}

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program on its way to its end. */
class Running {
  readonly #child: ChildProcess;
  readonly #signal: AbortSignal | undefined;
  readonly #cancel = (): void => this.#stop('cancelled');
  readonly #stdout = new Capture();
  readonly #stderr = new Capture();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #ending: Promise<Ending>;
  #giveUp: (ending: Ending) => void = () => {};
  #ended: Finished['ended'] = 'exited';

  constructor(child: ChildProcess, options: RunOptions, output: number | undefined) {
    this.#child = child;
    this.#signal = options.signal;
    this.#signal?.addEventListener('abort', this.#cancel, { once: true });
    // It may have come while the program was being started.
    if (this.#signal?.aborted) this.#cancel();
    this.#ending = new Promise((resolve) => {
      this.#giveUp = resolve;
      // 'exit' and not 'close': a daemon that keeps the pipe open must not keep us waiting.
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    if (options.timeout !== undefined) {
      this.#timers.push(setTimeout(() => this.#stop('timeout'), Math.min(options.timeout, LONGEST)));
    }
    if (output === undefined) this.#capture(options.maxOutput ?? MOST_CAPTURED);
    else this.#guard(output, options.maxOutput ?? MOST_IN_FILE);
    if (options.stdin !== undefined) {
      // A program may end without having read everything (EPIPE): that is its right.
      child.stdin?.on('error', () => {});
      child.stdin?.end(options.stdin);
    }
  }

  async end(): Promise<Finished> {
    const { code, signal } = await this.#ending;
    this.#signal?.removeEventListener('abort', this.#cancel);
    for (const timer of this.#timers) clearTimeout(timer);
    if (this.#child.pid !== undefined) signalGroup(this.#child.pid, 'SIGKILL');
    await drain([this.#stdout, this.#stderr]);
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) stream?.destroy();
    this.#child.unref();
    return {
      code: code ?? undefined,
      signal: signal ?? undefined,
      stdout: this.#stdout.bytes(),
      stderr: Buffer.from(this.#stderr.bytes()).toString(),
      ended: this.#ended,
    };
  }

  #capture(most: number): void {
    const check = (): void => {
      if (this.#stdout.size + this.#stderr.size > most) this.#stop('overflow');
    };
    this.#stdout.listen(this.#child.stdout, check);
    this.#stderr.listen(this.#child.stderr, check);
  }

  #guard(output: number, most: number): void {
    // The file may hold something already: only what this program adds is counted.
    const limit = fstatSync(output).size + most;
    this.#timers.push(setInterval(() => fstatSync(output).size > limit && this.#stop('overflow'), LOOK));
  }

  /** Ends the group: politely first, except when it floods us. */
  #stop(why: Finished['ended']): void {
    const group = this.#child.pid;
    if (this.#ended !== 'exited' || group === undefined) return;
    this.#ended = why;
    signalGroup(group, 'SIGTERM');
    // A stopped program hears nothing but SIGKILL until it is continued.
    signalGroup(group, 'SIGCONT');
    const grace = why === 'overflow' ? 0 : GRACE;
    this.#timers.push(setTimeout(() => signalGroup(group, 'SIGKILL'), grace));
    this.#timers.push(setTimeout(() => this.#giveUp({ code: null, signal: null }), grace + LAST_WAIT));
    if (why === 'overflow') for (const capture of [this.#stdout, this.#stderr]) capture.close();
  }
}

/** What came out of one stream. */
class Capture {
  size = 0;
  #chunks: Uint8Array[] = [];
  #open = false;

  /** Whether more may come. */
  get open(): boolean {
    return this.#open;
  }

  listen(stream: Readable | null, grown: () => void): void {
    if (stream === null) return;
    this.#open = true;
    stream.on('data', (chunk: Buffer) => {
      if (!this.#open) return;
      this.#chunks.push(chunk);
      this.size += chunk.length;
      grown();
    });
    stream.on('close', () => this.close());
    stream.on('error', () => this.close());
  }

  close(): void {
    this.#open = false;
  }

  bytes(): Uint8Array {
    const all = Buffer.concat(this.#chunks);
    return new Uint8Array(all.buffer, all.byteOffset, all.length);
  }
}

/**
 * Reads what still lies in the pipes of a program that has ended. The system reports a readable pipe in every turn of
 * the event loop, so two turns without news mean that nothing is left, whoever still holds the other end.
 */
async function drain(captures: readonly Capture[]): Promise<void> {
  const until = nodeClock.monotonic() + DRAIN;
  const size = (): number => captures.reduce((sum, capture) => sum + capture.size, 0);
  for (let quiet = 0; quiet < 2 && captures.some((capture) => capture.open) && nodeClock.monotonic() < until;) {
    const before = size();
    await new Promise(setImmediate);
    quiet = size() === before ? quiet + 1 : 0;
  }
}
