import type { CompanionRule } from '../../rule.ts';

/** Rounds after which a person decides. */
const MOST_ROUNDS = 10;

/** CV-06: a review that does not end says that something else is wrong. */
export const roundLimit: CompanionRule<'convergence'> = {
  id: 'CV-06',
  name: 'rounds',
  about: 'A convergence review has gone on for more than 10 rounds, or for more than it allows itself.',
  severity: 'error',
  fix: 'suggest',
  kind: 'convergence',
  *check({ source, detail: { round, rounds = [], most, status } }) {
    if (status?.value.toLowerCase() === 'stalled') return;
    const limit = most === undefined || most.value < 1 ? MOST_ROUNDS : Math.min(most.value, MOST_ROUNDS);
    const extra = rounds.find(({ number }, place) => Math.max(number, place + 1) > limit);
    const count = Math.max(round?.value ?? 0, rounds.length, rounds.at(-1)?.number ?? 0);
    if (count <= limit) return;
    const { start, end } = (round !== undefined && round.value > limit ? round : extra) ?? { start: 0, end: 0 };
    yield {
      span: source.span(start, end),
      message: `The review is in round ${count}; after ${limit} a person has to decide.`,
      hint: 'Set the status to stalled, and ask the author what to do about what is still found.',
      ...(status === undefined
        ? {}
        : {
            fix: {
              kind: 'suggest' as const,
              title: 'Say stalled',
              edits: [{ start: status.start, end: status.end, text: '"stalled"' }],
            },
          }),
    };
  },
};
