import { finish, prepare, restore, verifyBranch } from './branch.ts';
import { verify } from './land.ts';
import { assemble, merge, predict } from './queue.ts';
import { wake } from './wake.ts';
import type { Performers } from './performer.ts';
import { removeAttempt } from './removal.ts';
import { work } from './work.ts';

export const performers: Performers = {
  prepare,
  work,
  verify,
  predict,
  assemble,
  merge,
  restore,
  finish,
  'verify-branch': verifyBranch,
  wait: wake,
  record: async (effect) => [...effect.events],
  tidy: async (effect, performing) => removeAttempt(performing, effect.task, effect.attempt),
};
