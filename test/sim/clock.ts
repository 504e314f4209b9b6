import type { Clock } from '../../src/io/clock.ts';
import type { Life } from './life.ts';

/** Virtual time as one process sees it. */
export class SimClock implements Clock {
  readonly #life: Life;

  constructor(life: Life) {
    this.#life = life;
  }

  now(): number {
    return this.#life.machine.now();
  }

  monotonic(): number {
    return this.#life.machine.world.now - this.#life.born;
  }

  wait(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#life.machine.world.after(ms, () => this.#life.deliver(done));
      const done = (): void => {
        cancel();
        signal?.removeEventListener('abort', done);
        resolve();
      };
      signal?.addEventListener('abort', done, { once: true });
    });
  }
}
