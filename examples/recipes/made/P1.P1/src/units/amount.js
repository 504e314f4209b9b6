import { RecipeError } from '../contracts.js';

const UNITS = { g: ['g', 1], kg: ['g', 1000], ml: ['ml', 1], l: ['ml', 1000], cup: ['ml', 240], cups: ['ml', 240] };

/** Reads `1 1/2 cups` as `{ amount: 360, unit: 'ml' }`; without a unit it counts pieces. */
export function parseAmount(text) {
  const found = /^(?:(\d+)\s+)?(?:(\d+)\/([1-9]\d*)|(\d+(?:\.\d+)?))\s*([a-z]+)?$/.exec(text.trim());
  if (found === null) throw new RecipeError(`"${text}" is no amount`);
  const [, whole = '0', above, below, plain, unit] = found;
  const number = Number(whole) + (above === undefined ? Number(plain) : Number(above) / Number(below));
  if (unit === undefined) return { amount: number, unit: 'piece' };
  if (!Object.hasOwn(UNITS, unit)) throw new RecipeError(`"${unit}" is no unit`);
  const [base, factor] = UNITS[unit];
  return { amount: number * factor, unit: base };
}
