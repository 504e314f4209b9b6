import type { ContractRole } from '../../plan/terms.ts';

/** What one thing that the plan asks for came to. */
export interface BalanceItem {
  readonly kind: 'criterion' | 'row' | 'whole' | 'task' | 'gate';
  /** `AC-3`, `T2`, `PR-4`; of sentences without an id their number, `whole-1`. */
  readonly id: string;
  readonly role?: ContractRole;
  readonly text: string;
  readonly state: 'proven' | 'waived' | 'missing';
  /** What proves it, who waived it and why, or why nothing proves it. */
  readonly by: string;
  /** That it would be missing was chosen at the start: by whoever wants no reviews. */
  readonly known?: true;
  /** A sentence without an id that counts all the same: that the modules of a master plan work together. */
  readonly held?: true;
}

/** What a finished branch proves of its plan: every criterion, row, stop and task by name. */
export interface Balance {
  /** The tip of the run branch that it was drawn for. */
  readonly of: string;
  readonly items: readonly BalanceItem[];
}

/** How a balance stands, as numbers and names. */
export interface Standing {
  readonly asked: number;
  readonly proven: number;
  readonly waived: readonly string[];
  readonly missing: readonly string[];
}

/** How a balance stands. Sentences without an id of their own are told of, and held against nobody: see {@link counts}. */
export function standingOf(items: readonly BalanceItem[]): Standing {
  const counted = items.filter(counts);
  const names = (state: BalanceItem['state']): string[] =>
    counted.filter((one) => one.state === state).map(({ id }) => id);
  return {
    asked: counted.length,
    proven: counted.filter(({ state }) => state === 'proven').length,
    waived: names('waived'),
    missing: names('missing'),
  };
}

/** Whether a run without this is not complete: what has a name in the plan can be proven by name. */
export function counts({ kind, held }: BalanceItem): boolean {
  return kind !== 'whole' || held === true;
}

/** One item in words. */
export function itemWords({ id, kind, role, text, state, by }: BalanceItem): string {
  const what = kind === 'row' ? `${id} (${role ?? ''})` : kind === 'whole' ? `of the whole (${id})` : id;
  return `${state}: ${what}: ${text} — ${by}`;
}
