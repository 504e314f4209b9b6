import type { Rule } from '../rule.ts';

/** MA-12: only what is merged can be frozen; anything else is a wish in the clothes of a fact. */
export const frozenIsMerged: Rule<'macro'> = {
  id: 'MA-12',
  name: 'frozen-is-merged',
  about:
    'A frozen signature is of a pull request that is not completed, or of a name that the repository does not have.',
  severity: 'error',
  fix: 'none',
  kinds: ['macro'],
  *check({ detail, facts }) {
    const open = new Set(detail.pulls.filter(({ done }) => !done).map(({ id }) => id));
    for (const { names, by, span } of detail.frozen) {
      const frozenBy = by === undefined ? undefined : detail.ids.meant(by);
      if (frozenBy !== undefined && open.has(frozenBy)) {
        const message = `This signature is frozen by ${frozenBy}, which is not completed.`;
        yield {
          span,
          message,
          hint: 'Describe its behaviour in the pull request; add the signature here once that is merged.',
        };
        continue;
      }
      const { symbols } = facts;
      const absent = symbols === undefined ? [] : names.filter((name) => !symbols.has(name));
      if (absent.length === 0) continue;
      const message = `The repository has no ${absent.slice(0, 4).join(', ')}.`;
      yield {
        span,
        message,
        hint: 'Copy the signature as it is merged, or describe the behaviour that is wanted instead.',
      };
    }
  },
};
