import { readFileSync } from 'node:fs';
import { openPantry } from '../pantry/pantry.js';
import { parseRecipe } from '../recipes/recipe.js';
import { toBuy } from '../shopping/list.js';

const [pantry, ...recipes] = process.argv.slice(2);
if (pantry === undefined || recipes.length === 0) {
  console.error('usage: node src/cli/main.js <pantry.json> <recipe.txt> …');
  process.exit(2);
}

/** Reads a file with `read`; a mistake in it is told with its name. */
function from(file, read) {
  try {
    return read(readFileSync(file, 'utf8'));
  } catch (error) {
    console.error(`${file}: ${error.message}`);
    process.exit(1);
  }
}

const home = from(pantry, openPantry);
for (const { amount, unit, name } of toBuy(recipes.map((file) => from(file, parseRecipe)), home))
  console.log(unit === 'piece' ? `${amount} ${name}` : `${amount} ${unit} ${name}`);
