import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { doctorDocument, SEED_MODULES } from './doctor-document.ts';

test('docs/doctor.md is what the checks say: npm run rules writes it', () => {
  expect(readFileSync('docs/doctor.md', 'utf8') === doctorDocument(), 'type: npm run rules').toBe(true);
});

test('every check of the seed is here, or it is said why not', () => {
  const text = doctorDocument().split('## Checks of the seed')[1] ?? '';
  const numbers = new Set([...text.matchAll(/#(\d+)/g)].map((match) => Number(match[1])));
  expect(Array.from({ length: 52 }, (_, i) => i + 1).filter((number) => !numbers.has(number))).toEqual([]);
  expect(SEED_MODULES.filter((module) => !text.includes(`| ${module} |`))).toEqual([]);
});
