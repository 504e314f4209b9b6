import type { Usage } from '../agents/event.ts';
import { costAt, tokensOf } from '../agents/price.ts';
import { listedPrice, plainModel } from '../agents/prices.ts';
import { addUsage } from '../agents/usage.ts';
import { vendorOf } from '../agents/vendor.ts';
import { duration } from '../base/time.ts';
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
  /** Milliseconds that agents worked: of a whole run the time in which any did, else all attempts one after the other. */
  readonly time: number;
}

const NOTHING: Spent = { usage: {}, tokens: 0, cost: 0, estimated: false, unknown: 0, attempts: 0, time: 0 };

/** What a usage costs, and how that is known. */
interface Cost {
  readonly cost: number | undefined;
  readonly estimated: boolean;
}

/**
 * What a usage of an agent costs: as its program says; else by the price that the configuration gives the agent or the model; else by a
 * vendor's list. All but the first are estimates.
 */
export function costOf(
  agent: AgentSettings | undefined,
  usage: Usage,
  model?: string,
  prices?: RunSettings['prices'],
): Cost {
  if (usage.cost !== undefined) return { cost: usage.cost, estimated: false };
  const own = agent !== undefined && agent.kind !== 'command' ? agent.price : undefined;
  const name = model ?? agent?.model;
  const price = own ?? (name === undefined ? undefined : (prices?.[plainModel(name)] ?? listedPrice(name)));
  const cost = price === undefined ? undefined : costAt(price, usage);
  return { cost, estimated: cost !== undefined };
}

/** What attempts used together, those that came to nothing included. */
export function spentBy(attempts: readonly Attempt[], settings: RunSettings | undefined, now?: number): Spent {
  return attempts.reduce<Spent>((all, attempt) => {
    const { agent, report } = attempt;
    const sum = { ...all, time: all.time + Math.max(0, endOf(attempt, now) - attempt.started) };
    if (report === undefined) return sum;
    const { cost, estimated } = costOf(
      settings?.agents[agent],
      report.usage,
      report.model ?? attempt.model,
      settings?.prices,
    );
    return {
      usage: addUsage(sum.usage, report.usage),
      tokens: sum.tokens + tokensOf(report.usage),
      cost: sum.cost + (cost ?? 0),
      estimated: sum.estimated || estimated,
      unknown: sum.unknown + (cost === undefined ? 1 : 0),
      attempts: sum.attempts + 1,
      time: sum.time,
    };
  }, NOTHING);
}

/** When an attempt ended, or how far it is: milliseconds since 1970. */
function endOf({ ended, started }: Attempt, now: number | undefined): number {
  return ended?.at ?? now ?? started;
}

/** Milliseconds in which any of these attempts was at work. */
function timeAtWork(attempts: readonly Attempt[], now: number): number {
  const spans = attempts.map((one) => [one.started, endOf(one, now)] as const).sort(([a], [b]) => a - b);
  let sum = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const [from, to] of spans) {
    if (to <= until) continue;
    sum += to - Math.max(from, until);
    until = to;
  }
  return sum;
}

/** What a whole run used. `now`: milliseconds since 1970, for those at work; without it, the time of the last event. */
export function spentInRun(state: RunState, now = state.updated): Spent {
  const attempts = allOf(state);
  return { ...spentBy(attempts, state.settings), time: timeAtWork(attempts, now) };
}

/** All attempts of a run, and what an agent was asked at its end. */
function allOf({ tasks, end }: RunState): Attempt[] {
  const attempts = tasks.flatMap((task) => task.attempts);
  const asked = end?.narrative;
  if (asked?.told === undefined) return attempts;
  const { agent, nonce, started } = asked;
  const { at, usage, model = asked.model } = asked.told;
  const report = { session: null, usage: usage ?? {}, ...(model === undefined ? {} : { model }) };
  attempts.push({
    number: 1,
    agent,
    role: 'retro',
    base: '',
    nonce,
    started,
    ended: { at, ending: 'done', reason: '' },
    worktree: 'removed',
    ...(usage === undefined ? {} : { report }),
  });
  return attempts;
}

/** What can be summed up by. */
export type SpentBy = 'agent' | 'role' | 'vendor' | 'model';

/** What it used, by agent, role, vendor or model, those first that used most tokens; attempts that came to nothing included. */
export function spentOf(state: RunState, by: SpentBy): readonly (readonly [name: string, spent: Spent])[] {
  const groups = new Map<string, Attempt[]>();
  for (const attempt of allOf(state)) {
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
export function dollars(amount: number): string {
  return `$${amount > 0 && amount < 0.01 ? amount.toPrecision(1) : amount.toFixed(2)}`;
}

/** What a budget is compared with. */
interface Amounts {
  readonly cost: number;
  readonly tokens: number;
  /** Milliseconds. */
  readonly time?: number;
}

/** Which part of a budget is used up, in words; `undefined`: none is. */
export function exceeds(budget: BudgetLimit | undefined, spent: Amounts): string | undefined {
  if (budget?.cost !== undefined && spent.cost >= budget.cost) {
    return `${dollars(spent.cost)} of ${dollars(budget.cost)} are spent`;
  }
  if (budget?.tokens !== undefined && spent.tokens >= budget.tokens) {
    return `${spent.tokens.toLocaleString('en')} of ${budget.tokens.toLocaleString('en')} tokens are used`;
  }
  if (budget?.time !== undefined && (spent.time ?? 0) >= budget.time) {
    return `${duration(spent.time ?? 0)} of ${duration(budget.time)} are over`;
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
  spent: Amounts,
): string | undefined {
  const times = 1 + (state.raised[gate] ?? 0);
  const { cost, tokens, time } = budget ?? {};
  return exceeds(
    {
      ...(cost === undefined ? {} : { cost: cost * times }),
      ...(tokens === undefined ? {} : { tokens: tokens * times }),
      ...(time === undefined ? {} : { time: time * times }),
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
