import { duration } from '../base/time.ts';
import { tokensOf } from '../agents/price.ts';
import type { Usage } from '../agents/event.ts';
import type { RunEvent } from './event.ts';
import { budgetGate, costOf, dollars, exceeds, type Spent, spentBy, spentInRun, usedUp } from './spending.ts';
import { isAtWork, type RunState, taskOf, type TaskState } from './state.ts';

/** What the run used, and what those at work may still use: so that two of them cannot spend the last of it twice. */
export function withReserves(state: RunState): Spent {
  const spent = spentInRun(state);
  const each = state.settings?.budget?.attempt;
  const working = state.schedule.active.filter((at) => isAtWork(state.tasks[at] as TaskState)).length;
  return {
    ...spent,
    cost: spent.cost + working * (each?.cost ?? 0),
    tokens: spent.tokens + working * (each?.tokens ?? 0),
  };
}

/**
 * How often a budget is raised once a person let it go on: once more, and where more than that is used already (a clock that was set, one
 * long attempt) as often as it takes to leave something of it, so that one answer is enough.
 */
export function raisedTo(state: RunState, gate: string): number {
  const { budget } = state.settings ?? {};
  const task = gate.startsWith('budget:') ? taskOf(state, gate.slice('budget:'.length)) : undefined;
  const limit = gate === 'budget' ? budget?.run : budget?.task;
  const spent = task === undefined ? withReserves(state) : spentBy(task.attempts, state.settings);
  const times = (['cost', 'tokens', 'time'] as const).map((what) => {
    const each = limit?.[what] ?? 0;
    return each > 0 ? Math.floor(spent[what] / each) : 0;
  });
  return Math.max((state.raised[gate] ?? 0) + 1, ...times);
}

/** What an attempt at work used so far. */
export interface InUse {
  readonly usage: Usage;
  /** As its program calls it: what a configuration calls `sonnet` stands on no list of prices. */
  readonly model?: string | undefined;
}

/** A budget that is used up while an attempt is at work, and whose it is. */
export interface OverBudget {
  /** Beyond its own budget an attempt failed; beyond that of its task or of the run nothing is wrong with it. */
  readonly whose: 'attempt' | 'task' | 'run';
  readonly words: string;
}

/**
 * Whether an attempt has to be ended now: it, its task or the run has used up what it may. `undefined`: it may go on.
 *
 * @param now  milliseconds since 1970
 * @param used  what the attempt used so far, as far as its program told, and the model that it names
 * @param beside  the same of other attempts at work, by agent
 */
export function overBudgetNow(
  state: RunState,
  id: string,
  attempt: number,
  now: number,
  used: InUse,
  beside: readonly (InUse & { readonly agent: string })[],
): OverBudget | undefined {
  const { settings } = state;
  const task = taskOf(state, id);
  const one = task?.attempts[attempt - 1];
  if (settings === undefined || task === undefined || one === undefined) return undefined;
  const agent = settings.agents[one.agent];
  const { budget } = settings;
  const max = agent === undefined || agent.kind === 'command' ? undefined : agent.max_cost;
  if (budget === undefined && max === undefined) return undefined;
  const model = one.report?.model ?? used.model ?? one.model;
  const cost = costOf(agent, used.usage, model, settings.prices).cost ?? 0;
  const tokens = tokensOf(used.usage);
  const own = {
    ...budget?.attempt,
    ...(max === undefined ? {} : { cost: Math.min(max, budget?.attempt?.cost ?? max) }),
  };
  const itself = exceeds(own, { cost, tokens, time: Math.max(0, now - one.started) });
  if (itself !== undefined) return { whose: 'attempt', words: itself };
  if (budget?.task !== undefined) {
    const spent = spentBy(task.attempts, settings, now);
    const words = usedUp(state, budgetGate(id), budget.task, {
      cost: spent.cost + cost,
      tokens: spent.tokens + tokens,
      time: spent.time,
    });
    if (words !== undefined) return { whose: 'task', words };
  }
  if (budget?.run !== undefined) {
    const spent = spentInRun(state, now);
    const sum = beside.reduce(
      (total, { agent: name, usage, model: its }) => ({
        cost: total.cost + (costOf(settings.agents[name], usage, its, settings.prices).cost ?? 0),
        tokens: total.tokens + tokensOf(usage),
      }),
      { cost: spent.cost + cost, tokens: spent.tokens + tokens },
    );
    const words = usedUp(state, 'budget', budget.run, { ...sum, time: spent.time });
    if (words !== undefined) return { whose: 'run', words };
  }
  return undefined;
}

/** The gate of a budget that is used up: what it was spent on, and what is left to do. */
export function budgetQuestion(state: RunState, words: string, task?: TaskState): RunEvent {
  const gate = task === undefined ? 'budget' : budgetGate(task.task.id);
  const spent = task === undefined ? spentInRun(state) : spentBy(task.attempts, state.settings);
  const whose = task === undefined ? 'the run' : task.task.id;
  // Work that waits for its review is not given up for want of money.
  const waits = task?.progress.status === 'pending';
  return {
    event: 'gate_opened',
    gate,
    question: `the budget of ${whose} is used up: ${words}. Go on with as much again?`,
    options: ['go-on', ...(waits ? ['block'] : []), 'cancel'],
    recommended: waits ? 'block' : 'cancel',
    detail: [
      ...(task === undefined ? runDetail(state, spent) : taskDetail(task, spent)),
      ...(spent.unknown > 0
        ? [
            spent.unknown === 1
              ? 'what one attempt cost is not known, and not in this sum'
              : `what ${spent.unknown} attempts cost is not known, and not in this sum`,
          ]
        : []),
      ...(!waits ? [] : ['block: the task is given up, and what needs it waits; cancel: the whole run is cancelled']),
    ],
  };
}

/** What the attempts of one task came to: how many, what they used, and how the last one ended. */
function taskDetail(task: TaskState, spent: Spent): string[] {
  const count = task.attempts.length;
  const last = task.attempts.at(-1);
  const why = last?.lesson?.check;
  const end = why === undefined ? (last?.ended?.reason ?? '') : `${why.command}: ${why.reason}`;
  const used = [
    ...(spent.cost > 0 ? [dollars(spent.cost)] : []),
    ...(spent.tokens > 0 ? [`${spent.tokens.toLocaleString('en')} tokens`] : []),
    duration(spent.time),
  ];
  const had = count === 1 ? 'it had one attempt' : `it had ${count} attempts`;
  return [`${had} (${used.join(', ')})${end === '' ? '' : `, the last ended: ${end}`}`];
}

/** How far the run came with it, and what the rest would take at that rate. */
function runDetail(state: RunState, spent: Spent): string[] {
  const { merged } = state.schedule;
  const total = state.tasks.length;
  const left = total - merged;
  const far = total === 1 ? 'its task is not merged yet' : `${merged} of ${total} tasks are merged`;
  if (merged === 0) return [far, 'nothing is merged yet, so nobody can tell what the rest would take'];
  const rate = (amount: number, words: (amount: number) => string): string[] =>
    amount === 0 ? [] : [`${words(amount / merged)} a task: ${words((amount / merged) * left)}`];
  const forecast = [
    ...rate(spent.cost, dollars),
    ...rate(spent.cost > 0 ? 0 : spent.tokens, (tokens) => `${Math.round(tokens).toLocaleString('en')} tokens`),
    ...rate(spent.time, duration),
  ];
  const rest = left === 1 ? 'the one that is left' : `the ${left} that are left`;
  return [far, ...(forecast.length === 0 ? [] : [`${rest} would take, at ${forecast.join('; at ')}`])];
}
