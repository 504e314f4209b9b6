import { RecipeError } from '../contracts.js';
import { parseAmount } from '../units/amount.js';

/** Reads a recipe: its title, then `amount: ingredient` a line; empty lines and lines with # are left out. */
export function parseRecipe(text) {
  const lines = text.split(/\r?\n/).map((line, at) => ({ line: line.trim(), number: at + 1 }));
  const [title, ...rest] = lines.filter(({ line }) => line !== '' && !line.startsWith('#'));
  if (title === undefined) throw new RecipeError('the recipe is empty');
  const ingredients = rest.map(({ line, number }) => {
    const [amount, name] = line.split(/:\s*/, 2);
    if (name === undefined || name === '') throw new RecipeError(`line ${number}: "${line}" has no "amount: ingredient"`);
    try {
      return { name: name.toLowerCase(), ...parseAmount(amount) };
    } catch (error) {
      throw new RecipeError(`line ${number}: ${error.message}`);
    }
  });
  return { title: title.line, ingredients };
}
