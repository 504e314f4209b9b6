import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { page } from '../src/page.js';
import { serve } from '../src/server.js';
import { openStore } from '../src/store.js';

const URL = 'https://example.org/';

/** A server with these links. */
async function given(t, links = []) {
  const file = join(mkdtempSync(join(tmpdir(), 'links-')), 'links.json');
  if (links.length > 0) writeFileSync(file, JSON.stringify(links));
  const store = openStore(file);
  const server = serve(store, page).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const at = `http://127.0.0.1:${server.address().port}`;
  return {
    store,
    make: (url) => fetch(at, { method: 'POST', body: url }),
    open: (path) => fetch(`${at}/${path}`, { redirect: 'manual' }),
  };
}

test('AC-1: the same address twice', async (t) => {
  const { make } = await given(t);
  const answers = [await make(URL), await make(URL)];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [201, 201],
  );
  const codes = await Promise.all(answers.map((answer) => answer.json()));
  assert.equal(codes[0].code, codes[1].code);
});

test('AC-2: no address', async (t) => {
  const { make, store } = await given(t);
  assert.equal((await make('not an address')).status, 400);
  assert.deepEqual(store.all(), []);
});

test('AC-3: a code that exists', async (t) => {
  const { open } = await given(t, [{ code: 'abc123', url: URL, visits: 0 }]);
  const answer = await open('abc123');
  assert.deepEqual([answer.status, answer.headers.get('location')], [302, URL]);
});

test('AC-4: a code that does not', async (t) => {
  const { open } = await given(t);
  assert.equal((await open('abcdef')).status, 404);
});

test('AC-5: visits', async (t) => {
  const { open } = await given(t, [
    { code: 'aaaaaa', url: 'https://example.org/a', visits: 0 },
    { code: 'bbbbbb', url: 'https://example.org/b', visits: 0 },
  ]);
  await open('bbbbbb');
  await open('bbbbbb');
  assert.match(await (await open('')).text(), /<li>https:\/\/example\.org\/b: 2<\/li><li>/);
});

test('AC-6: nothing there', async (t) => {
  const { open } = await given(t);
  assert.match(await (await open('')).text(), /There are no links yet/);
});

test('NFR-1: a store with 10,000 links', async (t) => {
  const links = Array.from({ length: 10_000 }, (_, n) => ({ code: String(n).padStart(6, '0'), url: `${URL}${n}`, visits: 0 }));
  const { open } = await given(t, links);
  assert.equal((await open('009999')).status, 302);
});
