import { gateOpens } from './autonomy.ts';
import { isAuthored } from './authoring/stage.ts';
import type { Effect } from './effect.ts';
import { assignmentFor } from './lanes.ts';
import { lastWork, type RunState, type TaskState } from './state.ts';

/*
 * The gates that exist because of an autonomy, and what is done at others because of it. A run without one (those of older
 * releases, and whoever configures none) has none of them.
 */

/** The gate at which a gated run asks after each landing whether it goes on. */
export const CONTINUE_GATE = 'continue';

/** Name of the gate at which a person confirms who does a task. */
export function routingGate(task: string): string {
  return `routing:${task}`;
}

/** Whether tasks have landed that nobody has looked at, and others wait behind them. */
export function owesContinue(state: RunState): boolean {
  const { settings, schedule } = state;
  if (settings?.autonomy === undefined || schedule.merged <= seen(state)) return false;
  if (gateOpens('continue', settings.autonomy, {}).opens) return false;
  return state.tasks.some(({ progress }) => progress.status === 'pending');
}

/** How many tasks need nobody's look: those that were looked at, and those that write documents, which have gates of their own. */
function seen(state: RunState): number {
  return Math.max(state.continued ?? 0, written(state));
}

/** How many documents were written for it. */
function written({ tasks }: RunState): number {
  return tasks.filter((task) => isAuthored(task) && task.progress.status === 'merged').length;
}

/** Opens the gate between two tasks, unless it is open. */
export function askToContinue(state: RunState): Effect[] {
  if (!owesContinue(state) || state.gates.some(({ id }) => id === CONTINUE_GATE)) return [];
  const news = state.schedule.merged - seen(state);
  const names = state.tasks
    .filter(({ progress }) => progress.status === 'merged')
    .sort((a, b) => mergedAt(a) - mergedAt(b))
    .slice(-news)
    .map(({ task }) => task.id);
  const total = state.tasks.filter((task) => !isAuthored(task)).length;
  return [
    {
      type: 'record',
      key: `record:gate:${CONTINUE_GATE}:${state.schedule.merged}`,
      events: [
        {
          event: 'gate_opened',
          gate: CONTINUE_GATE,
          question: `${listed(names)} landed (${state.schedule.merged - written(state)} of ${total}). Go on?`,
          options: ['go-on', 'cancel'],
          recommended: 'go-on',
          detail: [
            ...names.slice(-5).map((id) => `masterplan explain ${id} --run ${state.slug} shows what it did`),
            'go-on: the next tasks start; autonomy: loose or full asks no more between tasks',
          ],
        },
      ],
    },
  ];
}

/** Whether a person has still to confirm who does a task. */
export function owesRouting(state: RunState, task: TaskState): boolean {
  const { settings } = state;
  if (settings?.autonomy === undefined || settings.confirm_routing !== true || task.routing !== undefined) return false;
  if (assignmentFor(state, task.task)?.source !== 'eligibility') return false;
  return !gateOpens('routing', settings.autonomy, { confirm: true }).opens;
}

/** Opens the gates of ready tasks whose agent rules chose and a person confirms. */
export function askAboutRouting(state: RunState): Effect[] {
  if (state.settings?.confirm_routing !== true) return [];
  return state.schedule.ready.flatMap((at): Effect[] => {
    const task = state.tasks[at] as TaskState;
    const gate = routingGate(task.task.id);
    if (!owesRouting(state, task) || state.gates.some(({ id }) => id === gate)) return [];
    const { agent, reason } = assignmentFor(state, task.task) ?? { agent: '', reason: '' };
    return [
      {
        type: 'record',
        key: `record:gate:${gate}`,
        events: [
          {
            event: 'gate_opened',
            gate,
            question: `${task.task.id} would go to ${agent}: ${reason}. Is that right?`,
            options: ['confirm', 'implementer', 'cancel'],
            recommended: 'confirm',
            detail: ['implementer: whoever plays the role implement does it instead'],
          },
        ],
      },
    ];
  });
}

/** Why the result of an attempt waits for a person instead of a reviewer; `undefined`: it does not. */
export function resultAsks(state: RunState, task: TaskState): string | undefined {
  const { settings } = state;
  if (settings?.autonomy === undefined || lastWork(task)?.role !== 'small_edit') return undefined;
  // Work comes here once its commands have passed.
  const verdict = gateOpens('result', settings.autonomy, { verified: true, look: settings.look_at_results === true });
  return verdict.opens ? undefined : verdict.why;
}

function mergedAt({ progress }: TaskState): number {
  return progress.status === 'merged' ? progress.at : 0;
}

function listed(names: readonly string[]): string {
  if (names.length > 3) return `${names.length} tasks`;
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
