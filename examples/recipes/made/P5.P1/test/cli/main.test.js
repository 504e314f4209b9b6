import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';

const command = (...files) =>
  spawnSync(process.execPath, ['src/cli/main.js', ...files.map((file) => `test/cli/${file}`)], { encoding: 'utf8' });

test('the list', () => {
  const { status, stdout } = command('pantry.json', 'pancakes.txt');
  assert.deepEqual([status, stdout], [0, '1 eggs\n250 g flour\n']);
});

test('a file that is not there is named', () => {
  const { status, stderr } = command('pantry.json', 'waffles.txt');
  assert.equal(status, 1);
  assert.match(stderr, /waffles\.txt: /);
});
