import { expect, test } from 'vitest';
import { holdsTests } from '../../../src/core/witness/paths.ts';

test('a document, data or a recorded result is no test, wherever it lies', () => {
  for (const path of [
    'spec.md',
    'docs/spec.md',
    'tests/README.md',
    'test/fixtures/a.js',
    'test/data.json',
    'test.log',
    'spec.pdf',
  ])
    expect(holdsTests(path), path).toBe(false);
  for (const path of [
    'spec.rb',
    'test/a.test.js',
    'tests/run.sh',
    'a_test.go',
    'tests/api.hurl',
    'x.feature',
    'test/cases/a.c',
  ])
    expect(holdsTests(path), path).toBe(true);
});
