import type { Plan, PlanKind } from '../../plan/model.ts';
import { type Complexity, PRESETS } from '../complexity.ts';

/** Kinds whose tasks are what agents do; in the others each unit is planned again before anything is done. */
const OF_TASKS: readonly PlanKind[] = ['task', 'micro', 'implementation', 'phased'];

/** What a complexity asks of the plan that is written, in words for its author; empty: nothing beyond what the kind asks. */
export function rigorWords(complexity: Complexity, kind: PlanKind): string {
  if (!OF_TASKS.includes(kind)) return '';
  const { tasks, files, routing, groups } = PRESETS[complexity].rigor;
  return [
    tasks === null ? '' : `It has ${tasks[0]} to ${tasks[1]} tasks; fewer only where there is less to do.`,
    files === 'required' ? 'No task goes without `Files`.' : '',
    routing === 'required' ? 'Each task says with `Codex: ok` or `Codex: no` whether it is a small edit.' : '',
    groups === 'encouraged' ? 'Tasks that can be done side by side share a parallel group.' : '',
  ]
    .filter((one) => one !== '')
    .join(' ');
}

/** What a plan leaves to be wished for at a complexity, one remark a line: none of it keeps it from being carried out. */
export function wishes({ kind, units }: Pick<Plan, 'kind' | 'units'>, complexity: Complexity): readonly string[] {
  if (!OF_TASKS.includes(kind)) return [];
  const { tasks, files, routing } = PRESETS[complexity].rigor;
  const of = (lacks: (unit: Plan['units'][number]) => boolean): string =>
    units
      .filter(lacks)
      .slice(0, 12)
      .map(({ task }) => task.id)
      .join(', ');
  const many = tasks !== null && units.length > tasks[1];
  const without = files === 'required' ? of(({ task }) => task.scope.length === 0 && !task.nonCommitting) : '';
  const unsaid = routing === 'required' ? of(({ task }) => task.route?.codex === undefined) : '';
  return [
    ...(many ? [`it has ${units.length} tasks; at complexity ${complexity} it should have ${tasks.join(' to ')}`] : []),
    ...(without === '' ? [] : [`${without}: no \`Files\``]),
    ...(unsaid === '' ? [] : [`${unsaid}: no \`Codex: ok\` or \`Codex: no\``]),
  ];
}
