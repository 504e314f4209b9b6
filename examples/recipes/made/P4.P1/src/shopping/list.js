import { has } from '../pantry/pantry.js';
import { add } from '../units/add.js';

/** What is left to buy for recipes with what is in the pantry, sorted by name. */
export function toBuy(recipes, pantry) {
  const needed = new Map();
  for (const one of recipes.flatMap(({ ingredients }) => ingredients)) {
    const key = `${one.name} ${one.unit}`;
    const there = needed.get(key);
    needed.set(key, there === undefined ? one : add(there, one));
  }
  return [...needed.values()]
    .map((one) => ({ ...one, amount: one.amount - has(pantry, one) }))
    .filter(({ amount }) => amount > 0)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
