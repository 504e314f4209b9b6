import { expect, test } from 'vitest';
import { PROGRAM } from '../rig/program.ts';
import { landings } from './landings.ts';

/** `npm run landings` does the same with five hundred. */
test('main is never red: landings with pairs that go together alone and not with each other', async () => {
  const found = await landings({
    program: PROGRAM,
    seed: 3,
    landings: 16,
    conflicts: 4,
    agents: 8,
    slots: 2,
    batch: 4,
  });
  expect(found.wrong).toEqual([]);
  expect(found).toMatchObject({ landed: 16, redStands: 0, met: { textual: '2 of 2', semantic: '1 of 1' } });
  expect(found.trains).toBeGreaterThan(0);
});
