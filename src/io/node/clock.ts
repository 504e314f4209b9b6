import type { Clock } from '../clock.ts';

/** `setTimeout` fires at once beyond this many milliseconds, so longer waits are cut into pieces. */
const LONGEST = 2 ** 31 - 1;

/** The real clock. */
export const nodeClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  offset: (now) => -new Date(now).getTimezoneOffset(),
  wait(ms, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const until = performance.now() + ms;
      let timer: NodeJS.Timeout;
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const arm = (): void => {
        // A timer may fire up to a millisecond early by the monotonic clock: what was promised is "after ms".
        const left = until - performance.now();
        if (left <= 0) done();
        else timer = setTimeout(arm, Math.min(Math.ceil(left), LONGEST));
      };
      signal?.addEventListener('abort', done, { once: true });
      timer = setTimeout(arm, Math.min(Math.max(0, Math.ceil(ms)), LONGEST));
    });
  },
};
