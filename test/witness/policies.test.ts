import { expect, test } from 'vitest';
import { carryOut } from './carry-out.ts';
import { corpus } from './corpus.ts';

// With the real engine, git and processes: what the witness alone does not decide.
test.each(corpus('policies/').map((one) => [one.name, one] as const))('%s', async (_name, one) => {
  const outcome = await carryOut(one);
  expect(outcome).toMatchObject({ merged: one.honest });
  if (!one.honest) expect(outcome.signs).toEqual(expect.arrayContaining([...one.caught]));
});
