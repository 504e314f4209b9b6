import { documentAt } from './authoring/accept.ts';
import { SPEC_GATE } from './authoring/model.ts';
import { kindOfGate } from './gate-name.ts';
import { lastWork, taskOf, type Gate, type RunState } from './state.ts';

/** What is taken for an answer when nobody gives one in time; the options of a gate that have a default, by its kind. */
const FALLBACKS: Readonly<Record<string, readonly string[]>> = {
  permission: ['deny'],
  budget: ['block', 'cancel'],
};

/**
 * Until when a gate waits and what it takes then: a permission as long as the agent has patience, a used-up budget as long as
 * `gates.timeout` says. `undefined`: it waits for a person, for ever.
 *
 * @param opened  milliseconds since 1970
 */
export function termsOf(
  state: RunState,
  gate: string,
  options: readonly string[],
  opened: number,
): { readonly deadline: number; readonly fallback: string } | undefined {
  const { kind, task } = kindOfGate(gate);
  const fallback = FALLBACKS[kind]?.find((option) => options.includes(option));
  if (fallback === undefined) return undefined;
  const patience = kind === 'permission' ? patienceOf(state, task) : (state.settings?.gates?.timeout ?? 0);
  return patience > 0 ? { deadline: opened + patience, fallback } : undefined;
}

/** How long the agent of a task waits for leave, milliseconds; 0: for ever, or not known. */
function patienceOf(state: RunState, task: string | undefined): number {
  const at = task === undefined ? undefined : taskOf(state, task);
  const agent = state.settings?.agents[at?.attempts.at(-1)?.agent ?? ''];
  return agent === undefined || agent.kind === 'command' ? 0 : agent.patience;
}

/** The bytes that an answer to a gate is about. */
export interface GateAbout {
  readonly what: 'plan' | 'sub-plan' | 'spec' | 'amendment' | 'commit';
  readonly hash: string;
}

/** What an answer to an open gate holds for: another text or another commit is another question. `undefined`: no bytes. */
export function gateAbout(state: RunState, gate: string): GateAbout | undefined {
  const { kind, task: id } = kindOfGate(gate);
  const document = documentAt(state, gate)?.document;
  if (document !== undefined) return { what: gate === SPEC_GATE ? 'spec' : 'plan', hash: document.sha256 };
  const proposal = state.proposals?.[gate];
  if (proposal !== undefined) return { what: 'amendment', hash: proposal.sha256 };
  if (kind === 'plan') return { what: 'plan', hash: state.planSha256 };
  if (kind === 'finish') return state.tip === undefined ? undefined : { what: 'commit', hash: state.tip };
  const task = id === undefined ? undefined : taskOf(state, id);
  if (task === undefined) return undefined;
  if (kind === 'subplan')
    return task.subplan === undefined ? undefined : { what: 'sub-plan', hash: task.subplan.sha256 };
  const { progress } = task;
  if (kind === 'review' && 'work' in progress) return { what: 'commit', hash: progress.work.commit };
  const examined = kind === 'witness' ? lastWork(task)?.examined : undefined;
  return examined === undefined ? undefined : { what: 'commit', hash: examined.commit };
}

/** Gates of the run at which nothing new starts. */
const STANDS: readonly string[] = [
  'pause',
  'continue',
  'budget',
  'setup',
  'tampered',
  'branch',
  'plan',
  'scope-overlap',
  'slug-collision',
];

/** What it costs to leave a gate open, in words: who waits for it. */
export function costOfDelay(state: RunState, gate: Gate): string {
  const { kind, task: id } = kindOfGate(gate.id);
  const planned = documentAt(state, gate.id)?.document?.plan?.tasks.length ?? 0;
  const left = planned + state.tasks.filter(({ progress }) => progress.status === 'pending').length;
  if (kind === 'finish') return 'nothing waits for it but the branch';
  if (kind === 'amend') return 'nothing waits for it: the run goes on by the plan as it is';
  const task = id === undefined ? undefined : state.schedule.index[id];
  if (task === undefined)
    return STANDS.includes(kind)
      ? `nothing new starts${left === 0 ? '' : `: ${left} ${left === 1 ? 'task waits' : 'tasks wait'}`}`
      : 'what needs it waits; the rest goes on';
  const behind = behindOf(state, task);
  const others = behind === 0 ? '' : `, and ${behind} ${behind === 1 ? 'task' : 'tasks'} behind it`;
  return kind === 'permission'
    ? `the agent of ${id ?? ''} stands still${others}; the rest goes on`
    : `${id ?? ''} waits${others}; the rest goes on`;
}

/** How many tasks that are not over need this one, also through others. */
function behindOf(state: RunState, task: number): number {
  const seen = new Set<number>([task]);
  const stack = [task];
  for (let at = stack.pop(); at !== undefined; at = stack.pop())
    for (const next of state.schedule.dependents[at] ?? [])
      if (!seen.has(next) && state.tasks[next]?.progress.status !== 'merged') {
        seen.add(next);
        stack.push(next);
      }
  return seen.size - 1;
}
