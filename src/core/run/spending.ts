import type { Usage } from '../agents/event.ts';
import { costAt, tokensOf } from '../agents/price.ts';
import { addUsage } from '../agents/usage.ts';
import { vendorOf } from '../agents/vendor.ts';
import type { AgentSettings, BudgetLimit, RunSettings } from './settings.ts';
import type { Attempt, RunState, TaskState } from './state.ts';

/** What was used, and how sure we are of the money. */
export interface Spent {
  readonly usage: Usage;
  readonly tokens: number;
  /** US dollars, as far as they are known. */
  readonly cost: number;
  /** Some of the cost was reckoned by the configured price instead of told by the program. */
  readonly estimated: boolean;
  /** Attempts whose cost nobody knows. */
  readonly unknown: number;
  readonly attempts: number;
}

export const NOTHING: Spent = { usage: {}, tokens: 0, cost: 0, estimated: false, unknown: 0, attempts: 0 };

/** What a usage of an agent costs: as its program says, else by the configured price. */
export function costOf(
  agent: AgentSettings | undefined,
  usage: Usage,
): { readonly cost: number | undefined; readonly estimated: boolean } {
  if (usage.cost !== undefined) return { cost: usage.cost, estimated: false };
  const price = agent !== undefined && agent.kind !== 'command' ? agent.price : undefined;
  const cost = price === undefined ? undefined : costAt(price, usage);
  return { cost, estimated: cost !== undefined };
}

/** What attempts used together, those that came to nothing included. */
export function spentBy(attempts: readonly Attempt[], settings: RunSettings | undefined): Spent {
  return attempts.reduce<Spent>((sum, { agent, report }) => {
    if (report === undefined) return sum;
    const { cost, estimated } = costOf(settings?.agents[agent], report.usage);
    return {
      usage: addUsage(sum.usage, report.usage),
      tokens: sum.tokens + tokensOf(report.usage),
      cost: sum.cost + (cost ?? 0),
      estimated: sum.estimated || estimated,
      unknown: sum.unknown + (cost === undefined ? 1 : 0),
      attempts: sum.attempts + 1,
    };
  }, NOTHING);
}

/** What a whole run used. */
export function spentInRun(state: RunState): Spent {
  return spentBy(
    state.tasks.flatMap(({ attempts }) => attempts),
    state.settings,
  );
}

/** What can be summed up by. */
export type SpentBy = 'agent' | 'role' | 'vendor' | 'model';

/** What it used, by agent, role, vendor or model, those first that used most tokens; attempts that came to nothing included. */
export function spentOf(state: RunState, by: SpentBy): readonly (readonly [name: string, spent: Spent])[] {
  const groups = new Map<string, Attempt[]>();
  for (const attempt of state.tasks.flatMap(({ attempts }) => attempts)) {
    if (attempt.report === undefined) continue;
    const name = nameBy(state.settings, attempt, by);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [attempt]);
    else group.push(attempt);
  }
  return [...groups]
    .map(([name, attempts]) => [name, spentBy(attempts, state.settings)] as const)
    .sort(([, a], [, b]) => b.tokens - a.tokens);
}

function nameBy(settings: RunSettings | undefined, attempt: Attempt, by: SpentBy): string {
  const { agent, role } = attempt;
  // What its program says that it used counts before what it was told to use.
  const model = attempt.report?.model ?? attempt.model;
  switch (by) {
    case 'agent':
      return agent;
    case 'role':
      return role ?? 'implement';
    case 'model':
      return model ?? 'not told';
    case 'vendor': {
      const configured = settings?.agents[agent];
      if (configured === undefined) return agent;
      return vendorOf(agent, { ...configured, ...(model === undefined ? {} : { model }) });
    }
  }
}

/** Less than a cent is not nothing: `$0.0005`. */
function dollars(amount: number): string {
  return `$${amount > 0 && amount < 0.01 ? amount.toPrecision(1) : amount.toFixed(2)}`;
}

/** Which part of a budget is used up, in words; `undefined`: none is. */
export function exceeds(
  budget: BudgetLimit | undefined,
  spent: { readonly cost: number; readonly tokens: number },
): string | undefined {
  if (budget?.cost !== undefined && spent.cost >= budget.cost) {
    return `${dollars(spent.cost)} of ${dollars(budget.cost)} are spent`;
  }
  if (budget?.tokens !== undefined && spent.tokens >= budget.tokens) {
    return `${spent.tokens.toLocaleString('en')} of ${budget.tokens.toLocaleString('en')} tokens are used`;
  }
  return undefined;
}

/**
 * What of a budget is used up, in words, given how often a person let it go on: each time it may use as much again. `undefined`:
 * something is left.
 */
export function usedUp(
  state: RunState,
  gate: string,
  budget: BudgetLimit | undefined,
  spent: { readonly cost: number; readonly tokens: number },
): string | undefined {
  const times = 1 + (state.raised[gate] ?? 0);
  const { cost, tokens } = budget ?? {};
  return exceeds(
    {
      ...(cost === undefined ? {} : { cost: cost * times }),
      ...(tokens === undefined ? {} : { tokens: tokens * times }),
    },
    spent,
  );
}

/** Name of the gate at which the budget of a task is raised. */
export function budgetGate(task: string): string {
  return `budget:${task}`;
}

/** What of its budget a task has used up, in words. */
export function taskUsedUp(state: RunState, task: TaskState): string | undefined {
  const budget = state.settings?.budget?.task;
  return budget === undefined
    ? undefined
    : usedUp(state, budgetGate(task.task.id), budget, spentBy(task.attempts, state.settings));
}
