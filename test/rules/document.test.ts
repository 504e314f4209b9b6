import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COMPANION_RULES } from '../../src/core/companions/registry.ts';
import { RULES } from '../../src/core/plan/rules/registry.ts';
import { rulesDocument } from './document.ts';

test('docs/rules.md is what the rules say: npm run rules writes it', () => {
  expect(readFileSync('docs/rules.md', 'utf8') === rulesDocument(), 'type: npm run rules').toBe(true);
});

test('every rule has a section, and none has two', () => {
  const sections = [...rulesDocument().matchAll(/^### (\S+)$/gm)].map((match) => match[1]);
  expect(sections).toHaveLength(RULES.length + COMPANION_RULES.length);
  expect(new Set(sections)).toEqual(new Set([...RULES, ...COMPANION_RULES].map(({ id }) => id)));
});
