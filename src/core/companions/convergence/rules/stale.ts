import type { Edit } from '../../../base/finding.ts';
import type { CompanionRule } from '../../rule.ts';

/** CV-05: a review of another commit says nothing about this one. */
export const staleState: CompanionRule<'convergence'> = {
  id: 'CV-05',
  name: 'stale-state',
  about: 'The state of a convergence review is about another commit than the one that is checked out.',
  severity: 'error',
  fix: 'auto',
  kind: 'convergence',
  *check({ source, detail: { commit, round, status }, facts: { head } }) {
    if (head === undefined || commit === undefined) return;
    const stored = commit.value.toLowerCase();
    // Only what can be a commit is compared; a short id is one as far as it goes.
    if (!/^[0-9a-f]{7,64}$/.test(stored) || head.startsWith(stored)) return;
    const to = head.slice(0, Math.max(stored.length, 7));
    const edits: Edit[] = [{ start: commit.start, end: commit.end, text: `"${to}"` }];
    if (round !== undefined) edits.push({ start: round.start, end: round.end, text: '1' });
    if (status !== undefined) edits.push({ start: status.start, end: status.end, text: '"reviewing"' });
    yield {
      span: source.span(commit.start, commit.end),
      message: `The review is of commit ${stored.slice(0, 12)}, but ${head.slice(0, 12)} is checked out.`,
      hint: 'Begin again with round 1 on the commit that is checked out.',
      fix: { kind: 'auto', title: 'Begin again with round 1', edits },
    };
  },
};
