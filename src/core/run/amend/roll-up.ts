import { closeProposals } from './gate.ts';
import { taskOf, type RunState, type TaskState } from '../state.ts';
import { known } from '../under-way.ts';

/**
 * A task of a sub-plan is over. With the last one of it, so is the task that it was written for, which is returned: it is merged, unless nothing of
 * it landed, or a person waived what was to prove it.
 */
export function rollUp(state: RunState, child: TaskState, at: number): TaskState | undefined {
  if (child.parent === undefined) return undefined;
  const parent = known(state, child.parent);
  if (parent.subplan === undefined) return undefined;
  parent.subplan.open--;
  if (parent.subplan.open > 0) return undefined;
  const { id } = parent.task;
  // What would have been otherwise is over.
  if (state.proposals !== undefined) closeProposals(state, id);
  const last = state.landed.findLast(({ task }) => task.startsWith(`${id}/`));
  if (last === undefined) {
    parent.progress = { status: 'waived', by: 'masterplan', reason: 'every task of its sub-plan was waived', at };
    return parent;
  }
  const waiver = waivedProof(state, parent);
  parent.progress =
    waiver === undefined
      ? { status: 'merged', attempt: parent.attempts.length, commit: last.commit, at }
      : { status: 'waived', ...waiver, at };
  return parent;
}

/** Whoever waived the last task that was to prove what the parent is proven by, unless another one did. */
function waivedProof(state: RunState, parent: TaskState): { readonly by: string; readonly reason: string } | undefined {
  const { verify } = parent.task;
  if (verify.length === 0) return undefined;
  const proofs = (parent.subplan?.tasks ?? []).flatMap((one) => {
    const task = taskOf(state, one.id);
    return task !== undefined && verify.every((command) => task.task.verify.includes(command)) ? [task] : [];
  });
  if (proofs.some(({ progress }) => progress.status === 'merged')) return undefined;
  const last = proofs.at(-1);
  if (last?.progress.status !== 'waived') return undefined;
  const { by, reason } = last.progress;
  return { by, reason: `what proves it was waived with ${last.task.id}: ${reason}` };
}
