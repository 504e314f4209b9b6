import assert from 'node:assert/strict';
import test from 'node:test';
import { page } from '../src/page.js';

test('most visits first, and no markup from an address', () => {
  const html = page([
    { url: 'https://example.org/<b>', visits: 0 },
    { url: 'https://example.org/', visits: 2 },
  ]);
  assert.match(html, /<li>https:\/\/example\.org\/: 2<\/li><li>https:\/\/example\.org\/&lt;b&gt;: 0/);
});

test('nothing there', () => {
  assert.match(page([]), /There are no links yet/);
});
