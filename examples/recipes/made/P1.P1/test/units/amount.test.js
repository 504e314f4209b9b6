import assert from 'node:assert/strict';
import test from 'node:test';
import { parseAmount } from '../../src/units/amount.js';

test('amounts as people write them', () => {
  assert.deepEqual(parseAmount('200 g'), { amount: 200, unit: 'g' });
  assert.deepEqual(parseAmount('1 1/2 cups'), { amount: 360, unit: 'ml' });
  assert.deepEqual(parseAmount('0.5l'), { amount: 500, unit: 'ml' });
  assert.deepEqual(parseAmount('3'), { amount: 3, unit: 'piece' });
});

test('what is none', () => {
  for (const text of ['', 'some', '1/0 cup', '2 sacks']) assert.throws(() => parseAmount(text), { name: 'Error' });
});
