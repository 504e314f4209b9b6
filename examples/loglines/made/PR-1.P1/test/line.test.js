import assert from 'node:assert/strict';
import test from 'node:test';
import { readLine } from '../src/line.js';

test('a request', () => {
  assert.deepEqual(readLine('GET /a 200 12.5 ms'), { path: '/a', status: 200, ms: 12.5 });
});

test('BC-1-1: what cannot be read is a mistake with its text', () => {
  for (const line of ['', 'GET /a 200', 'FETCH /a 200 1 ms', 'GET a 200 1 ms'])
    assert.deepEqual(readLine(line), { mistake: line });
});
