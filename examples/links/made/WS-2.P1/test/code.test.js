import assert from 'node:assert/strict';
import test from 'node:test';
import { codeFor } from '../src/code.js';

test('one address, one code; a code that is taken is not given out', () => {
  const code = codeFor('https://example.org/');
  assert.match(code, /^[0-9a-f]{6}$/);
  assert.equal(codeFor('https://example.org/'), code);
  const other = codeFor('https://example.org/', (one) => one === code);
  assert.notEqual(other, code);
});
