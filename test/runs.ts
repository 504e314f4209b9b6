/**
 * How often a property is tried: `VITEST_RUNS=10` tries ten times as many values, which takes minutes and is worth it after a change
 * of what reads plans.
 */
export const runs = (often: number): number => Math.ceil(often * Number(process.env['VITEST_RUNS'] ?? 1));
