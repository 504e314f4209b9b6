import { z } from 'zod';
import type { Context } from './context.ts';

const DURATION = 'must be a duration: seconds, or a number with ms, s, m or h';
const SIZE = 'must be a size: bytes, or a number with kB, MB or GB';

/** Durations in milliseconds: seconds, or a number with `ms`, `s`, `m`, `min` or `h`. */
export const durationText = z
  .union([z.number().nonnegative(), z.string().regex(/^\d+(\.\d+)?\s*(ms|s|m|min|h)?$/, DURATION)], DURATION)
  .transform((value) => {
    if (typeof value === 'number') return value * 1000;
    const [, amount, unit] = /^([\d.]+)\s*(\w*)$/.exec(value) ?? [];
    const factor = { ms: 1, '': 1000, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 }[unit ?? ''] ?? 1000;
    return Number(amount) * factor;
  });
/** Bytes, or a number with `kB`, `MB` or `GB`. */
export const bytesText = z
  .union([z.number().int().nonnegative(), z.string().regex(/^\d+(\.\d+)?\s*(B|kB|MB|GB)?$/, SIZE)], SIZE)
  .transform((value) => {
    if (typeof value === 'number') return value;
    const [, amount, unit] = /^([\d.]+)\s*(\w*)$/.exec(value) ?? [];
    const factor = { B: 1, '': 1, kB: 1000, MB: 1_000_000, GB: 1_000_000_000 }[unit ?? ''] ?? 1;
    return Math.round(Number(amount) * factor);
  });
/** Program and arguments. */
export const command = z.array(z.string().min(1)).min(1, 'a command needs a program');
const name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'not a name of an environment variable');
/** Names to pass on from our environment, or names with values; `null` and `true` pass on as well. */
export const environment = z.union([
  z.array(name),
  z.record(name, z.union([z.string(), z.number().transform(String), z.null(), z.literal(true)])),
]);

type Environment = z.infer<typeof environment>;

/** The names of variables that are given. */
export function namesOf(value: Environment): string[] {
  return (Array.isArray(value) ? [...value] : Object.keys(value)).sort();
}

/** Variables with their values: those given, and those of our own environment that are passed on. */
export function valuesOf(context: Context, value: Environment): Record<string, string> {
  const values: Record<string, string> = {};
  const entries: [string, string | true | null][] = Array.isArray(value)
    ? value.map((one) => [one, true])
    : Object.entries(value);
  for (const [key, given] of entries) {
    const text = given === true || given === null ? context.env[key] : given;
    if (text !== undefined) values[key] = text;
  }
  return values;
}
