import assert from 'node:assert/strict';
import test from 'node:test';
import { isIngredient } from '../src/contracts.js';

test('an ingredient has a name, an amount and a unit', () => {
  assert.equal(isIngredient({ name: 'milk', amount: 500, unit: 'ml' }), true);
  assert.equal(isIngredient({ name: 'milk', amount: '500', unit: 'ml' }), false);
  assert.equal(isIngredient({ name: 'milk', amount: 500, unit: 'sacks' }), false);
});
