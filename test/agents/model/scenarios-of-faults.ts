import type { Answer, Fault, FaultName, Scenario, Scene } from './turn.ts';

/** What follows a fault that passes. */
const AFTER: Answer = { text: 'It works again.' };

/** Seconds behind `=` in the marker: `[[rate-limit=3600]]`. */
function seconds({ argument }: Scene): number | undefined {
  const read = Number(argument ?? Number.NaN);
  return Number.isFinite(read) ? read : undefined;
}

function always(fault: FaultName): Scenario {
  return () => ({ fault });
}

/** The fault for the first `n` requests of a step (`=n`, else one), and an answer after. */
function passing(fault: FaultName): Scenario {
  return (scene) => (scene.hit < (seconds(scene) ?? 1) ? { fault } : AFTER);
}

/** With `=n`: to be tried again after n seconds. */
const rateLimit: Scenario = (scene): Fault => {
  const retryAfter = seconds(scene);
  return { fault: 'rate-limit', ...(retryAfter === undefined ? {} : { retryAfter }) };
};

/** With `=n`: until n seconds from now, an hour otherwise. */
const usageLimit: Scenario = (scene): Fault => ({
  fault: 'usage-limit',
  resetsAt: scene.now + (seconds(scene) ?? 3600) * 1000,
});

function broken(breaks: NonNullable<Answer['breaks']>): Scenario {
  return () => ({ text: 'In the middle of this sentence something happens to the stream.', breaks });
}

/** First something real is done, then the stream breaks for good. */
function afterWork(last: Scenario): Scenario {
  return (scene) =>
    scene.step === 0
      ? { text: 'First a file.', actions: [{ do: 'write', path: 'half.txt', content: 'half\n' }] }
      : last(scene);
}

/**
 * Everything that can be wrong with a model server, by the names of its markers. `…-once` passes after one request, or
 * as many as stand behind `=`; `half-…` happens after a file `half.txt` was written.
 */
export const FAULT_SCENARIOS: Readonly<Record<string, Scenario>> = {
  unauthorized: always('unauthorized'),
  forbidden: always('forbidden'),
  'rate-limit': rateLimit,
  'rate-limit-once': (scene) => (scene.hit < 1 ? { fault: 'rate-limit', retryAfter: seconds(scene) ?? 1 } : AFTER),
  'usage-limit': usageLimit,
  'usage-limit-once': (scene) => (scene.hit < 1 ? usageLimit(scene) : AFTER),
  quota: always('quota'),
  credit: always('credit'),
  server: always('server'),
  'server-once': passing('server'),
  overloaded: always('overloaded'),
  'overloaded-once': passing('overloaded'),
  overflow: always('overflow'),
  drop: broken('drop'),
  'drop-once': (scene) => (scene.hit < (seconds(scene) ?? 1) ? broken('drop')(scene) : AFTER),
  hang: broken('hang'),
  'stream-error': broken('error'),
  'stream-error-once': (scene) => (scene.hit < (seconds(scene) ?? 1) ? broken('error')(scene) : AFTER),
  'half-usage-limit': afterWork(usageLimit),
  'half-overflow': afterWork(always('overflow')),
  'half-drop': afterWork(broken('drop')),
  'half-hang': afterWork(broken('hang')),
};
