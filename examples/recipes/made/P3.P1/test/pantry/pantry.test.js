import assert from 'node:assert/strict';
import test from 'node:test';
import { has, openPantry } from '../../src/pantry/pantry.js';

test('what stands there twice is added; another unit is not counted', () => {
  const milk = { name: 'Milk', amount: 250, unit: 'ml' };
  const pantry = openPantry(JSON.stringify([milk, milk]));
  assert.equal(has(pantry, { name: 'milk', unit: 'ml' }), 500);
  assert.equal(has(pantry, { name: 'milk', unit: 'g' }), 0);
  assert.equal(has(pantry, { name: 'oats', unit: 'g' }), 0);
  assert.throws(() => openPantry('[{}]'), /no ingredient/);
});
