import { clearUp } from '../environment/ready.ts';
import { expire } from './expire.ts';
import { prepare, restore } from './branch.ts';
import { drawBalance } from './balance.ts';
import { checkStop } from './check-stop.ts';
import { finish, verifyBranch } from './finish.ts';
import { verify } from './land.ts';
import { narrate } from './narrate.ts';
import { assemble, merge, predict } from './queue.ts';
import { branchUnits } from './units.ts';
import { wake } from './wake.ts';
import type { Performers } from './performer.ts';
import { removeAttempt } from './removal.ts';
import { review } from './review.ts';
import { work } from './work.ts';

export const performers: Performers = {
  prepare,
  work: (effect, performing, signal) =>
    effect.reviews === undefined
      ? work(effect, performing, signal)
      : review(effect, effect.reviews, performing, signal),
  verify,
  predict,
  assemble,
  merge,
  restore,
  finish,
  'verify-branch': verifyBranch,
  'check-stop': checkStop,
  archive: async (_effect, performing, signal) => {
    await performing.leave?.(signal);
    const { bundle, root } = performing.paths;
    return signal.aborted ? [] : [{ event: 'run_archived', path: bundle.slice(root.length + 1) }];
  },
  narrate,
  'draw-balance': drawBalance,
  'branch-units': branchUnits,
  wait: wake,
  expire,
  record: async (effect) => [...effect.events],
  tidy: async (effect, performing, signal) => {
    const cleared = await clearUp(effect.task, effect.attempt, performing, signal);
    if (cleared === undefined) return [];
    if (cleared.length > 0) await performing.record(cleared);
    return removeAttempt(performing, effect.task, effect.attempt);
  },
};
