import { isIngredient, RecipeError } from '../contracts.js';
import { add } from '../units/add.js';

/** Reads a pantry: a JSON array of ingredients. What stands there twice is added. */
export function openPantry(json) {
  const list = JSON.parse(json);
  const pantry = new Map();
  for (const one of list) {
    if (!isIngredient(one)) throw new RecipeError(`${JSON.stringify(one)} is no ingredient`);
    const name = one.name.toLowerCase();
    const there = pantry.get(name);
    pantry.set(name, there === undefined ? { ...one, name } : add(there, one));
  }
  return pantry;
}

/** How much of an ingredient is at home, in its own unit; 0 when there is none. */
export function has(pantry, { name, unit }) {
  const there = pantry.get(name);
  return there?.unit === unit ? there.amount : 0;
}
