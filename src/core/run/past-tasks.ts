import type { Expected } from './event.ts';
import type { RunState, TaskState } from './state.ts';

/** How one task of an earlier run went. */
export interface PastTask {
  /** Minutes that its agents worked on it, all attempts together. */
  readonly minutes: number;
  /** Minutes that its plan expected. */
  readonly estimate: number | undefined;
  readonly attempts: number;
  /** Who carried it out, in which role, and how large it was; absent where nobody noted it. */
  readonly agent?: string;
  readonly role?: Role;
  readonly size?: Size;
}

/** What an attempt is for: to do the work, or to write the plan of it. */
type Role = 'implement' | 'plan';
/** How large a task is, as far as its plan tells: by its estimate, else by what it may change. */
type Size = 'small' | 'medium' | 'large' | 'unknown';

/** What is asked of a task here: a task of a plan and a row of a graph fit. */
export interface SizedTask {
  readonly scope: readonly string[];
  readonly estimate?: number | null | undefined;
  readonly planFirst?: string | null | undefined;
}

/** Tasks of one group that say enough about the next one. */
const ENOUGH = 5;

export function sizeOf({ estimate, scope }: SizedTask): Size {
  if (typeof estimate === 'number') return estimate <= 15 ? 'small' : estimate <= 60 ? 'medium' : 'large';
  if (scope.length === 0) return 'unknown';
  const wide = scope.some((path) => path.endsWith('/') || path.includes('*'));
  return wide || scope.length > 4 ? 'large' : scope.length > 1 ? 'medium' : 'small';
}

export function roleOf({ planFirst }: SizedTask): Role {
  return typeof planFirst === 'string' ? 'plan' : 'implement';
}

/** What is known of a task's duration: what tasks like it took, and in which words that is told. */
export interface Known {
  /** Minutes of one attempt, of every task that it is judged by, ascending. */
  readonly minutes: readonly number[];
  readonly middle: number;
  readonly how: string;
}

/**
 * What earlier tasks tell of a task that `agent` will do: of tasks of the same role, agent and size when there are five, else of the
 * same role and size, of the same role and agent, of the same role. Where the plan has an estimate, how far off estimates were.
 * `undefined`: too little is known.
 */
export function known(past: readonly PastTask[], task: SizedTask, agent: string | undefined): Known | undefined {
  const size = sizeOf(task);
  const role = roleOf(task);
  const ofRole = past.filter((one) => (one.role ?? 'implement') === role);
  const { estimate } = task;
  if (typeof estimate === 'number' && estimate > 0) {
    const told = ofRole.filter((one) => one.estimate !== undefined && one.estimate > 0);
    const own = told.filter((one) => one.agent === agent);
    const from = own.length >= ENOUGH ? own : told;
    if (from.length < ENOUGH) return undefined;
    const minutes = ascending(from.map((one) => (once(one) / (one.estimate as number)) * estimate));
    const factor = middleOf(minutes) / estimate;
    const whose = from === own ? ` of ${agent ?? ''}` : '';
    return {
      minutes,
      middle: middleOf(minutes),
      how: `${round(factor)} times its estimate, as ${from.length} earlier tasks${whose} took`,
    };
  }
  const groups: readonly (readonly [readonly PastTask[], string])[] = [
    [ofRole.filter((one) => one.agent === agent && one.size === size), ` of this size by ${agent ?? ''}`],
    [ofRole.filter((one) => one.size === size), ' of this size'],
    [ofRole.filter((one) => one.agent === agent), ` by ${agent ?? ''}`],
    [ofRole, ''],
  ];
  for (const [group, words] of groups) {
    if (group.length < ENOUGH) continue;
    const minutes = ascending(group.map(once));
    return { minutes, middle: middleOf(minutes), how: `the median of ${group.length} earlier tasks${words}` };
  }
  return undefined;
}

/** Minutes of a task of which nothing is known, as far as earlier ones tell. */
export function usualMinutes(past: readonly PastTask[]): number | undefined {
  return past.length < ENOUGH ? undefined : middleOf(ascending(past.map(once)));
}

/** How long each task of a plan is expected to take, for the log of its run; tasks of which nothing is known are left out. */
export function expectations<T extends SizedTask & { readonly id: string }>(
  past: readonly PastTask[],
  tasks: readonly T[],
  agentOf: (task: T) => string | undefined,
): Record<string, Expected> {
  const found: Record<string, Expected> = {};
  // Thousands of tasks fall into few groups: each is worked out once.
  const cache = new Map<string, Known | undefined>();
  for (const task of tasks) {
    const agent = agentOf(task);
    const key = `${agent ?? ''}\n${sizeOf(task)}\n${roleOf(task)}\n${task.estimate ?? ''}`;
    if (!cache.has(key)) cache.set(key, known(past, task, agent));
    const one = cache.get(key);
    if (one !== undefined) found[task.id] = { minutes: round(one.middle), how: one.how };
    else if (typeof task.estimate === 'number') found[task.id] = { minutes: task.estimate, how: 'its estimate' };
  }
  return found;
}

/** What the merged tasks of a run took. */
export function pastTasks(state: RunState): readonly PastTask[] {
  return state.tasks.flatMap((one): readonly PastTask[] => {
    const { task, progress, attempts, subplan } = one;
    if (progress.status !== 'merged' || subplan !== undefined) return [];
    const minutes = attempts.reduce(
      (sum, { started, ended }) => sum + ((ended?.at ?? progress.at) - started) / 60_000,
      0,
    );
    const agent = attempts.at(-1)?.agent;
    if (minutes <= 0) return [];
    return [
      {
        minutes,
        estimate: task.estimate,
        attempts: attempts.length,
        ...(agent === undefined ? {} : { agent }),
        role: roleOf(task),
        size: sizeOf(task),
      },
    ];
  });
}

/** Minutes by which a task is ranked: what is expected of it, else its estimate. */
export function weightOf(state: RunState, { task }: TaskState): number | undefined {
  return state.expected?.[task.id]?.minutes ?? task.estimate ?? state.usual;
}

function once({ minutes, attempts }: PastTask): number {
  return minutes / Math.max(1, attempts);
}

function ascending(values: readonly number[]): readonly number[] {
  return values.toSorted((a, b) => a - b);
}

function middleOf(sorted: readonly number[]): number {
  return sorted[sorted.length >> 1] as number;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
