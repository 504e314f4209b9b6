import assert from 'node:assert/strict';
import test from 'node:test';
import { openPantry } from '../../src/pantry/pantry.js';
import { parseRecipe } from '../../src/recipes/recipe.js';
import { toBuy } from '../../src/shopping/list.js';

test('two recipes, one pantry', () => {
  const recipes = [parseRecipe('Porridge\n200 g: oats\n500 ml: milk'), parseRecipe('Cocoa\n250 ml: milk\n20 g: cocoa')];
  const pantry = openPantry('[{ "name": "milk", "amount": 500, "unit": "ml" }, { "name": "oats", "amount": 1000, "unit": "g" }]');
  assert.deepEqual(toBuy(recipes, pantry), [
    { name: 'cocoa', amount: 20, unit: 'g' },
    { name: 'milk', amount: 250, unit: 'ml' },
  ]);
});
