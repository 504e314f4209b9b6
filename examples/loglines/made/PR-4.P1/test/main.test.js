import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';

test('BC-4-1: the table, and how many lines could not be read', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/main.js', 'test/day.log'], { encoding: 'utf8' });
  assert.equal(status, 0);
  assert.equal(stdout, '/search         480 ms  1\n/index.html      12 ms  2\n');
  assert.equal(stderr, '1 of 4 lines could not be read\n');
});
