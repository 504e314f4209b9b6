import assert from 'node:assert/strict';
import test from 'node:test';
import { table } from '../src/table.js';

const rows = [
  { path: '/fast', count: 100, slow: 3 },
  { path: '/a', count: 7, slow: 250 },
];

test('BC-3-1: the slowest first, whatever the order was', () => {
  assert.equal(table(rows), '/a        250 ms  7\n/fast       3 ms  100\n');
  assert.equal(table([...rows].reverse()), table(rows));
});
