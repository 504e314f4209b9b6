import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { failuresDocument } from './failures-document.ts';

test('docs/failures.md is what the classes say: npm run rules writes it', () => {
  expect(readFileSync('docs/failures.md', 'utf8') === failuresDocument(), 'type: npm run rules').toBe(true);
});
