import { expect, test } from 'vitest';
import { withRun } from '../../src/app/choose.ts';

test('what was typed is given back with the name of a run in its place', () => {
  expect(withRun('masterplan retro', 'a')).toBe('masterplan retro a');
  expect(withRun('masterplan retro --report', 'a')).toBe('masterplan retro a --report');
  expect(withRun('masterplan answer finish keep', 'a')).toBe('masterplan answer finish keep --run a');
  // The quotes of words are not known any more.
  expect(withRun('masterplan waive T1 --reason it is late!', 'a')).toBe('masterplan waive … --run a');
});
