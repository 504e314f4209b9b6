import type { Authored } from '../../plan/model.ts';
import type { RunState, TaskState } from '../state.ts';

/* Where a run that begins with an idea is. */

/** Whether a task writes a document instead of changing the repository. */
export function isAuthored(task: TaskState): boolean {
  return task.task.authors !== undefined;
}

/** Whether a person may do without a task: what scans find and what is asked only helps whoever writes; what they write must be there. */
export function isDispensable({ task, document }: TaskState): boolean {
  if (task.authors === 'interview') return document === undefined;
  return task.authors === undefined || task.authors === 'scan';
}

/** What a run is at before its plan is approved; `undefined`: it has one. */
export function authoringStage(state: RunState): 'brainstorm' | 'plan' | undefined {
  if (state.authoring === undefined || state.authoring.adopted !== undefined) return undefined;
  return state.authoring.spec === null ? 'brainstorm' : 'plan';
}

/** Whether the verb that was typed ends here: a task beyond it does not start. */
export function isBeyond({ authoring }: RunState, { task, parent }: TaskState): boolean {
  if (authoring === undefined || authoring.until === null) return false;
  if (task.authors === 'plan') return authoring.until === 'spec';
  return task.authors === undefined && parent === undefined;
}

/** Where a run stopped because its verb ends there; `undefined`: it did not. */
export function halted(state: RunState): 'spec' | 'plan' | undefined {
  const { authoring } = state;
  if (authoring === undefined || authoring.until === null || state.phase !== 'execute' || state.gates.length > 0)
    return undefined;
  if (authoring.until === 'spec') return authoring.spec === null ? undefined : 'spec';
  return authoring.adopted === undefined ? undefined : 'plan';
}

/** Whether what a task writes is reviewed before a person is asked: where reviews are configured. */
export function isReviewed({ settings }: RunState, authors: Authored): boolean {
  if (authors !== 'spec' && authors !== 'plan') return false;
  return settings?.review !== undefined;
}
