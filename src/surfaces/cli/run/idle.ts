import type { RunHandle } from '../../../app/api.ts';
import type { Cli } from '../command.ts';

/** Milliseconds between two looks into the inbox while a question is open at this terminal. */
const LOOK = 1000;

/**
 * Keeps an ear on other terminals while a person is asked here: the same question can be answered there, and then the
 * run goes on behind the question, which is taken back.
 */
export class Idle {
  readonly #handle: RunHandle;
  readonly #clock: Cli['context']['io']['clock'];
  readonly #stopped = new AbortController();
  readonly #looking: Promise<void>;

  constructor(cli: Cli, handle: RunHandle) {
    this.#handle = handle;
    this.#clock = cli.context.io.clock;
    this.#looking = this.#look();
    // Whoever waits for `stop` learns of it; until then it must not end the process.
    this.#looking.catch(() => undefined);
  }

  /** Resolves when the run rests and nobody looks any more. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await this.#clock.wait(LOOK, signal);
      if (!signal.aborted) await this.#handle.run();
    }
  }
}
