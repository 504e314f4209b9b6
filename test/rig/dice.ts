/** Random numbers from a seed, the same on every machine. */
export function dice(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** `VITEST_SEED` if it is set, so that a failure can be had again; else a new one. */
export function chosenSeed(): number {
  return Number(process.env['VITEST_SEED'] ?? Date.now() % 1_000_000);
}
