import assert from 'node:assert/strict';
import test from 'node:test';
import { parseRecipe } from '../../src/recipes/recipe.js';

test('a title and its ingredients', () => {
  assert.deepEqual(parseRecipe('Porridge\n\n# for two\n200 g: Oats\n1/2 l: milk\n'), {
    title: 'Porridge',
    ingredients: [
      { name: 'oats', amount: 200, unit: 'g' },
      { name: 'milk', amount: 500, unit: 'ml' },
    ],
  });
});

test('the line of a mistake is named', () => {
  assert.throws(() => parseRecipe('Porridge\n\nmilk'), /line 3: "milk" has no/);
  assert.throws(() => parseRecipe('Porridge\n2 sacks: oats'), /line 2: "sacks" is no unit/);
  assert.throws(() => parseRecipe('\n'), /empty/);
});
