import { attemptFile } from '../paths.ts';
import { finish, prepare, restore, verifyBranch } from './branch.ts';
import { verify } from './land.ts';
import { assemble, merge, predict } from './queue.ts';
import type { Performers } from './performer.ts';
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
  wait: async ({ lane, until }, { io }, signal) => {
    while (!signal.aborted && io.clock.now() < until)
      await io.clock.wait(Math.min(until - io.clock.now(), 60_000), signal);
    return signal.aborted ? [] : [{ event: 'lane_opened', lane, by: 'the end of its limit' }];
  },
  record: async (effect) => [...effect.events],
  // The attempt has ended and everything in its worktree is stored under a ref: that is the proof which allows this.
  tidy: async (effect, performing) => {
    const file = attemptFile(effect.task, effect.attempt);
    await performing.git.removeWorktree(
      `${performing.paths.worktrees}/${file}`,
      `${performing.paths.scratch}/${file}.git`,
    );
    return [{ event: 'worktree_removed', task: effect.task, attempt: effect.attempt }];
  },
};
