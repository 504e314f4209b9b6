import type { Board } from './board.ts';

/**
 * How far a run is, in words: `5 of 7 merged`. Tasks of sub-plans are told apart, for the task that they were written for counts, too; what is
 * written before there is a plan does not land anywhere.
 */
export function landedWords({ counts, total, below, stage }: Board): string {
  if (stage !== undefined)
    return `${counts.merged} of ${total} steps to ${stage === 'brainstorm' ? 'a spec and a plan' : 'a plan'} done`;
  if (below === undefined) return `${counts.merged} of ${total} merged`;
  return `${counts.merged - below.merged} of ${total - below.total} merged, ${below.merged} of ${below.total} in sub-plans`;
}
