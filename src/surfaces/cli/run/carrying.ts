import type { RunHandle } from '../../../app/api.ts';
import type { Cli } from '../command.ts';

type EngineEnd = Awaited<ReturnType<RunHandle['run']>>;

/** Milliseconds between two looks into the inbox while the run rests and a question is open at this terminal. */
const LOOK = 1000;

/**
 * Carries a run on behind whatever a person is asked or shown here: agents go on working while a question is open, and the same
 * question can be answered at another terminal, after which the run goes on behind it.
 */
export class Carrying {
  readonly #handle: RunHandle;
  readonly #clock: Cli['context']['io']['clock'];
  readonly #over = new AbortController();
  readonly #waiting = new Set<() => void>();
  #end: EngineEnd | undefined;
  #error: Error | undefined;
  #nap = new AbortController();
  readonly #done: Promise<void>;

  constructor(cli: Cli, handle: RunHandle) {
    this.#handle = handle;
    this.#clock = cli.context.io.clock;
    this.#done = this.#carry().catch((error: unknown) => {
      this.#error = error instanceof Error ? error : new Error(String(error));
      this.#tell();
    });
  }

  /** Why the run rests; `undefined` while it is under way. Throws what ended it unexpectedly. */
  get end(): EngineEnd | undefined {
    if (this.#error !== undefined) throw this.#error;
    return this.#end;
  }

  /** There is something new to carry out. */
  go(): void {
    this.#nap.abort();
    this.#end = undefined;
  }

  /** Resolves when the run has come to rest, or with the next call of {@link look}. */
  async change(): Promise<void> {
    if (this.#end !== undefined || this.#error !== undefined) return;
    await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  /** Whoever waits for a change should look. */
  look(): void {
    this.#tell();
  }

  /** Nothing is carried on any more once this resolves. */
  async stop(): Promise<void> {
    this.#over.abort();
    this.#nap.abort();
    await this.#done;
  }

  async #carry(): Promise<void> {
    const { signal } = this.#over;
    for (;;) {
      this.#nap = new AbortController();
      const nap = this.#nap.signal;
      // Answered at another terminal, the run goes on: whoever looks must not take it for one that rests.
      this.#end = undefined;
      this.#end = await this.#handle.run();
      this.#tell();
      await this.#clock.wait(LOOK, AbortSignal.any([signal, nap]));
      if (signal.aborted) return;
    }
  }

  #tell(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }
}
