import { err, ok, type Result } from '../base/result.ts';
import { planGraph } from '../plan/plan-graph.ts';
import type { Plan } from '../plan/model.ts';
import { waveNeeds } from '../plan/waves.ts';
import type { Portable, PortableUnit } from '../plan/portable.ts';

/*
 * plan.index.json: the tasks of a plan for programs. We write schema 6.0 of the tool that the file comes from, with fields of
 * our own beside its own; read are 5.0 (idx, name), 6.0 (id, description, wave) and files whose version is a bare number.
 */

/** The index of a plan, as it is written beside it. */
export function planIndex(plan: Plan): unknown {
  const graph = planGraph(plan);
  return {
    schema_version: '6.0',
    plan_hash: `sha256:${plan.sha256}`,
    kind: plan.kind,
    tasks: graph.tasks.map((task, at) => ({
      id: task.id,
      description: task.title,
      unit: task.unit,
      wave: task.wave,
      needs: task.needs,
      files: task.scope,
      verify_commands: task.verify,
      agent: task.agent,
      estimate: task.estimate,
      plan_first: task.planFirst,
      non_committing: plan.units[at]?.task.nonCommitting === true,
      line: plan.units[at]?.span.line ?? 0,
    })),
  };
}

/** The first place at which an index that we wrote says something else than its plan: a field of a task that both know. */
export function indexDifference(
  text: string,
  plan: Plan,
): { readonly line: number; readonly message: string } | undefined {
  const wanted = JSON.parse(JSON.stringify(planIndex(plan))) as { readonly tasks: readonly Record<string, unknown>[] };
  const { tasks } = JSON.parse(text) as { readonly tasks: readonly Record<string, unknown>[] };
  const byId = new Map(tasks.map((task) => [task['id'], task]));
  const lineOf = (id: unknown): number => {
    const at = text.indexOf(`"id": ${JSON.stringify(id)}`);
    return at < 0 ? 1 : text.slice(0, at).split('\n').length;
  };
  for (const task of wanted.tasks) {
    const there = byId.get(task['id']);
    if (there === undefined) return { line: 1, message: `it lacks ${String(task['id'])}` };
    // Where a task stands may move when its plan is ticked.
    const key = Object.keys(task).find(
      (one) => one in there && one !== 'line' && JSON.stringify(there[one]) !== JSON.stringify(task[one]),
    );
    if (key !== undefined)
      return {
        line: lineOf(task['id']),
        message: `"${key}" of ${String(task['id'])} is not what the plan says: somebody edited it`,
      };
  }
  return undefined;
}

/** Reads an index of any age. The error case says what is wrong with it. */
export function readPlanIndex(text: string): Result<Portable, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return err(`it is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const list = isRecord(value) && Array.isArray(value['tasks']) ? (value['tasks'] as readonly unknown[]) : undefined;
  if (list === undefined || !isRecord(value)) return err('it has no list "tasks"');
  const tasks = list.filter(isRecord);
  if (tasks.length < list.length) return err('not every entry of "tasks" is an object');
  const ids = tasks.map((task, i) => idOf(task['id'] ?? task['idx'] ?? i + 1));
  const waves = tasks.map((task) => (typeof task['wave'] === 'number' ? task['wave'] : undefined));
  const stated = tasks.some((task) => Array.isArray(task['deps']) || Array.isArray(task['needs']));
  const needs = stated ? tasks.map((task) => texts(task['needs'] ?? task['deps']).map(idOf)) : impliedNeeds(tasks, ids);
  return ok({
    title: typeof value['slug'] === 'string' ? value['slug'] : '',
    context: contextOf(value['meta']),
    units: tasks.map((task, i) => unitOf(task, ids[i] as string, waves[i], needs[i] ?? [])),
    requirements: [],
    criteria: [],
    verify: [],
  });
}

/**
 * What tasks need that say nothing: those of a wave all of the wave before it, whatever its number is; without waves the
 * list is the order of work, and neighbours of one parallel group go together.
 */
function impliedNeeds(
  tasks: readonly Readonly<Record<string, unknown>>[],
  ids: readonly string[],
): readonly (readonly string[])[] {
  const waves = tasks.map(({ wave }) => wave);
  const named = (needs: readonly (readonly number[])[]): readonly (readonly string[])[] =>
    needs.map((list) => list.map((i) => ids[i] as string));
  if (waves.every((wave) => typeof wave === 'number')) return named(waveNeeds(waves));
  let stage = 0;
  return named(
    waveNeeds(
      tasks.map(({ parallel_group: group }, i) => {
        const together = typeof group === 'string' && group !== '' && group === tasks[i - 1]?.['parallel_group'];
        return together ? stage : ++stage;
      }),
    ),
  );
}

function unitOf(
  task: Readonly<Record<string, unknown>>,
  id: string,
  wave: number | undefined,
  needs: readonly string[],
): PortableUnit {
  const group = task['parallel_group'];
  const codex = task['codex'];
  return {
    id,
    title: firstLine(text(task['description'] ?? task['name'])),
    group: typeof group === 'string' && group !== '' ? group : wave === undefined ? undefined : `Wave ${wave + 1}`,
    body: text(task['description']).includes('\n') ? text(task['description']) : '',
    needs: [...needs],
    // Older builders kept the backticks of the plan.
    scope: texts(task['files'])
      .map((path) => path.replace(/^`+|`+$/g, '').trim())
      .filter((path) => path !== ''),
    verify: texts(task['verify_commands']),
    criteria: [],
    criterionIds: [],
    requirementIds: [],
    agent: typeof task['agent'] === 'string' ? task['agent'] : codex === true || codex === 'ok' ? 'codex' : undefined,
    estimate: typeof task['estimate'] === 'number' ? task['estimate'] : undefined,
    done: false,
    planFirst: undefined,
  };
}

function idOf(value: unknown): string {
  return typeof value === 'number' ? `T${value}` : /^\d+$/.test(text(value)) ? `T${Number(value)}` : text(value);
}

function contextOf(meta: unknown): string {
  if (!isRecord(meta)) return '';
  const parts = ['purpose', 'problem', 'solution'].flatMap((key) => (typeof meta[key] === 'string' ? [meta[key]] : []));
  return parts.join('\n\n');
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(text).filter((one) => one !== '') : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function firstLine(value: string): string {
  return value.split('\n')[0]?.trim() ?? '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
