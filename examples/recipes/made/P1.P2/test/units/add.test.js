import assert from 'node:assert/strict';
import test from 'node:test';
import { add } from '../../src/units/add.js';

test('the same kind is added, another is refused', () => {
  const flour = { name: 'flour', amount: 200, unit: 'g' };
  assert.equal(add(flour, { ...flour, amount: 300 }).amount, 500);
  assert.throws(() => add(flour, { ...flour, unit: 'ml' }), /cannot be added/);
});
