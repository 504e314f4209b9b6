import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { until } from '../io/until.ts';

/** The built program: what a user gets. */
export const PROGRAM = fileURLToPath(new URL('../../dist/start.cjs', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that a test started. */
export class Program {
  stdout = '';
  stderr = '';
  readonly child: ChildProcess;
  readonly #ended: Promise<Ended>;
  #over = false;

  constructor(argv: readonly [string, ...string[]], cwd: string, env: Readonly<Record<string, string>>) {
    const [file, ...args] = argv;
    this.child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (this.stdout += chunk));
    this.child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (this.stderr += chunk));
    this.#ended = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => {
        this.#over = true;
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
      });
    });
    this.#ended.catch(() => {});
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get over(): boolean {
    return this.#over;
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    if (!this.#over) this.child.kill(signal);
  }

  /** Waits for its end; a program that hangs fails the test with what it said so far. */
  async end(seconds = 150): Promise<Ended> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () =>
          reject(
            new Error(
              `${this.child.spawnargs.slice(1).join(' ')}: not over after ${seconds} s\n${this.stdout}\n${this.stderr}`,
            ),
          ),
        seconds * 1000,
      );
    });
    try {
      return await Promise.race([this.#ended, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Waits until it has said something. */
  async says(pattern: RegExp): Promise<void> {
    await until(`the program to say ${pattern.source}`, () => pattern.test(this.stdout) || pattern.test(this.stderr));
  }
}
