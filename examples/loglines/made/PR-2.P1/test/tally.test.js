import assert from 'node:assert/strict';
import test from 'node:test';
import { tally } from '../src/tally.js';

const requests = Array.from({ length: 20 }, (_, n) => ({ path: '/a', status: 200, ms: n + 1 }));

test('nineteen of twenty', () => {
  assert.deepEqual(tally(requests), [{ path: '/a', count: 20, slow: 19 }]);
});

test('BC-2-1: the order does not matter', () => {
  assert.deepEqual(tally([...requests].reverse()), tally(requests));
});
