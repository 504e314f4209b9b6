import type { CompanionRule } from '../../rule.ts';
import { allPerspectives } from './perspectives.ts';
import { findingLocation } from './location.ts';
import { roundLimit } from './rounds.ts';
import { rerunAfterFix } from './rerun.ts';
import { staleState } from './stale.ts';
import { tally } from './tally.ts';

/** Rules about the states of convergence reviews. */
export const CONVERGENCE_RULES: readonly CompanionRule<'convergence'>[] = [
  findingLocation,
  tally,
  allPerspectives,
  rerunAfterFix,
  staleState,
  roundLimit,
];
