import type { DraftUnit } from '../../draft.ts';
import { fieldOf, type PullRequest } from '../../kinds/macro/model.ts';
import type { Remark, Rule } from '../rule.ts';
import { headOf, insert } from './shared.ts';

interface Wanted {
  readonly name: string;
  readonly label: string;
  readonly stub: string;
}

const MUST: readonly Wanted[] = [
  {
    name: 'type',
    label: 'Extension Type',
    stub: '[policy template, subsystem module, backend swap or tier composition]',
  },
  { name: 'scope', label: 'Scope', stub: '[what is in, and what is out]' },
  { name: 'needs', label: 'Depends On', stub: '[pull requests that must be merged first]' },
];

const SHOULD: readonly Wanted[] = [
  { name: 'block', label: 'Building Block Change', stub: '[which building block it adds or changes]' },
  { name: 'motivation', label: 'Motivation', stub: '[why now]' },
  { name: 'guarantees', label: 'Behavioral Guarantees', stub: '[what can be observed once it is merged]' },
  { name: 'tests', label: 'Test Categories', stub: '[what is tested, and how]' },
];

/** MA-14: what whoever writes the micro plan of a pull request cannot guess. */
export const pullFields: Rule<'macro'> = {
  id: 'MA-14',
  name: 'pr-fields',
  about: 'A pull request does not state its extension type, scope or needs (errors), or other fields (a warning).',
  severity: 'error',
  fix: 'stub',
  kinds: ['macro'],
  *check({ draft, detail, compiled }) {
    const ordered = new Set(detail.arrows.flatMap(({ from, to }) => [from, to]));
    for (const [i, pull] of detail.pulls.entries()) {
      const unit = draft.units[i] as DraftUnit;
      const has = ({ name }: Wanted): boolean => {
        if (fieldOf(pull, name) !== undefined) return true;
        if (name === 'scope') return unit.paths.length > 0 || fieldOf(pull, 'files') !== undefined;
        if (name === 'needs')
          return unit.needs.length > 0 || ordered.has(pull.id) || (compiled.tasks[i]?.needs.length ?? 0) > 0;
        if (name === 'guarantees') return pull.guarantees.length > 0;
        return name === 'tests' && unit.verify.length > 0;
      };
      // The entries of a plan of parallel worktrees are lean: only what keeps them apart must be there.
      const must = MUST.filter((wanted) => !has(wanted) && !(pull.lean && wanted.name !== 'scope'));
      if (must.length > 0) yield remark(must, undefined);
      const should = pull.lean || pull.form === 'row' ? [] : SHOULD.filter((wanted) => !has(wanted));
      if (should.length > 0) yield remark(should, 'warning');

      function remark(missing: readonly Wanted[], severity: 'warning' | undefined): Remark {
        const names = missing.map(({ label }) => label).join(', ');
        return {
          span: headOf(draft, i),
          message: `${pull.id} does not state: ${names}.`,
          hint: 'Add a line for each, such as `**Extension Type:** policy template`.',
          ...(severity === undefined ? {} : { severity }),
          ...(pull.form === 'heading'
            ? { fix: { kind: 'stub', title: `Add ${names} to ${pull.id}`, edits: [stub(pull, unit, missing)] } }
            : {}),
        };
      }
    }

    function stub(_: PullRequest, unit: DraftUnit, missing: readonly Wanted[]) {
      const lines = missing.map(({ label, stub: text }) => `- **${label}:** ${text}`);
      return insert(draft, unit.heading.end, `\n\n${lines.join('\n')}`);
    }
  },
};
