import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { serve } from '../src/server.js';
import { openStore } from '../src/store.js';

test('links are made and followed', async (t) => {
  const store = openStore(join(mkdtempSync(join(tmpdir(), 'links-')), 'links.json'));
  const server = serve(store).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const at = `http://127.0.0.1:${server.address().port}`;
  const made = await fetch(at, { method: 'POST', body: 'https://example.org/' });
  assert.equal(made.status, 201);
  const { code } = await made.json();
  const followed = await fetch(`${at}/${code}`, { redirect: 'manual' });
  assert.deepEqual([followed.status, followed.headers.get('location')], [302, 'https://example.org/']);
  assert.equal((await fetch(`${at}/abcdef`)).status, 404);
  assert.equal((await fetch(at, { method: 'POST', body: 'not an address' })).status, 400);
  assert.equal(store.all().length, 1);
});
