import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { openStore } from '../src/store.js';

test('what was stored is there when the file is opened again', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'links-')), 'links.json');
  const store = openStore(file);
  store.visit(store.add('abc123', 'https://example.org/'));
  const again = openStore(file);
  assert.deepEqual(again.withCode('abc123'), { code: 'abc123', url: 'https://example.org/', visits: 1 });
  assert.equal(again.withUrl('https://example.org/')?.code, 'abc123');
  assert.equal(again.withCode('nobody'), undefined);
});
