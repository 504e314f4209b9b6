import { commitText } from '../../core/run/commit-text.ts';
import type { EffectOf } from '../../core/run/effect.ts';
import type { RunEvent } from '../../core/run/event.ts';
import { unitBranch } from '../../core/run/finish/units.ts';
import { lastWork, type RunState, taskOf } from '../../core/run/state.ts';
import { GitError, type ObjectId } from '../git/repositories.ts';
import type { Performing } from './performer.ts';

type Branched = Extract<RunEvent, { event: 'unit_branched' }>;

/**
 * Gives the work of each pull request of the plan a branch of its own, upon the branches of those that it needs. The same run gives the
 * same commits, so a life that died in between finds its branches where they should be.
 */
export async function branchUnits(effect: EffectOf<'branch-units'>, performing: Performing): Promise<RunEvent[]> {
  const { git } = performing;
  const state = performing.state();
  const made = new Map<string, Branched>();
  const units = new Map((state.terms?.units ?? []).map((unit) => [unit.task, unit.branch]));
  let before: Branched | undefined;
  for (const id of inOrder(state, [...units.keys()])) {
    const needs = (taskOf(state, id)?.task.needs ?? []).flatMap((need) => made.get(need) ?? []);
    const alone = await carried(state, id, needs, performing);
    const last = state.landed.findLast(({ task }) => belongs(state, task, id));
    if (last === undefined) continue;
    const base = needs.at(-1)?.branch ?? state.baseBranch;
    const unit: Branched = {
      event: 'unit_branched',
      of: effect.commit,
      task: id,
      branch: unitBranch(state, id, units.get(id)),
      ...(alone === undefined
        ? { commit: last.commit, base: before?.branch ?? state.baseBranch, stacked: 'conflict' as const }
        : { commit: alone, base }),
    };
    const known = state.end?.branches?.[id]?.commit;
    await performing.confirm();
    const moved = await git.publish(unit.branch, unit.commit, known);
    if (moved !== 'moved' && moved.actual !== unit.commit)
      throw new GitError(
        `the branch ${unit.branch} is taken: it stands at ${moved.actual?.slice(0, 12) ?? 'nowhere'}`,
        `git branch -m ${unit.branch} <another-name>`,
      );
    made.set(id, unit);
    before = unit;
  }
  return [...made.values()];
}

/** Units in the order in which the last of each landed. */
function inOrder(state: RunState, units: readonly string[]): string[] {
  const at = (id: string): number => state.landed.findLastIndex(({ task }) => belongs(state, task, id));
  return units.filter((id) => at(id) >= 0).sort((a, b) => at(a) - at(b));
}

function belongs(state: RunState, task: string, unit: string): boolean {
  return task === unit || taskOf(state, task)?.parent === unit;
}

/** The commits of one unit, carried upon what it needs; `undefined`: they do not go there. */
async function carried(
  state: RunState,
  unit: string,
  needs: readonly Branched[],
  { git }: Performing,
): Promise<ObjectId | undefined> {
  let onto = needs[0]?.commit ?? state.base;
  for (const need of needs.slice(1)) {
    if (await git.isAncestor(need.commit, onto)) continue;
    const message = `Merge ${need.branch}\n\nMasterplan-Run: ${state.run}\n`;
    const merged = await git.merge(onto, need.commit, { message, date: state.created });
    if ('conflicts' in merged) return undefined;
    onto = merged.commit;
  }
  for (const [at, { task: id, commit }] of state.landed.entries()) {
    const task = taskOf(state, id);
    const attempt = task === undefined ? undefined : lastWork(task);
    if (task === undefined || attempt === undefined || !belongs(state, id, unit)) continue;
    const parent = state.landed[at - 1]?.commit ?? state.base;
    const text = commitText(state, task.task, attempt.number, attempt.summary ?? '', attempt.started);
    const one = await git.integrate(commit, parent, onto, text);
    if ('conflicts' in one) return undefined;
    onto = one.commit;
  }
  return onto;
}
