import { expect, test } from 'vitest';
import { commandToRun } from '../../../src/core/plan/commands.ts';

test.each([
  ['grep -c todo src/a.ts', '0', '! grep -c todo src/a.ts'],
  ['git grep -n old', 'no matches', '! git grep -n old'],
  ['rg "x y" src', '(no output)', '! rg "x y" src'],
  ['grep -c todo a.ts', '3', 'grep -c todo a.ts'],
  ['grep -c todo a.ts', 'returns 0 or more', 'grep -c todo a.ts'],
  ['grep x a | wc -l', '0', 'grep x a | wc -l'],
  ['npm test', '0', 'npm test'],
  ['grep -q x a', undefined, 'grep -q x a'],
])('%s that is to say %s is run as %s', (run, expects, runs) => expect(commandToRun({ run, expects })).toBe(runs));
