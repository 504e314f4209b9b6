import type { Random } from '../random.ts';

/** Randomness of the operating system. */
export const nodeRandom: Random = {
  // Loaded on first use: node:crypto costs 3.6 ms, and commands that only look need no nonce.
  hex: (bytes) => process.getBuiltinModule('node:crypto').randomBytes(bytes).toString('hex'),
};
