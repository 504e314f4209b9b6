import { slugify } from '../../base/slug.ts';
import type { RunState } from '../state.ts';

/** Name of the branch of a pull request: what the plan calls it, or one of ours. */
export function unitBranch({ slug }: RunState, task: string, named: string | undefined): string {
  // Below `masterplan/<slug>/` nothing can be: that is a branch itself.
  return named ?? `masterplan/${slug}-${slugify(task) ?? task.toLowerCase()}`;
}
