import { RecipeError } from '../contracts.js';

/** Adds two amounts of one ingredient; weights and volumes cannot be added. */
export function add(a, b) {
  if (a.unit !== b.unit) throw new RecipeError(`${a.unit} and ${b.unit} of ${a.name} cannot be added`);
  return { ...a, amount: a.amount + b.amount };
}
