import { sha256 } from '../../core/base/sha256.ts';
import type { Plan } from '../../core/plan/model.ts';
import { parsePlan } from '../../core/plan/parse.ts';
import { isTester } from '../../core/run/finish/rows.ts';
import { taskOf, type RunState, type TaskState } from '../../core/run/state.ts';
import type { Io } from '../../io/io.ts';
import { standingSubplan } from '../amendments.ts';
import { authoringTexts } from './authoring-texts.ts';
import { subplanFile, type RunPaths } from '../paths.ts';
import type { PlanTexts } from '../plan-texts.ts';

/** What one attempt's brief quotes. */
export interface TaskTexts {
  readonly goal: string;
  readonly context: string;
}

/** A sub-plan as it lies in the bundle. */
export interface SubplanDocument {
  readonly source: string;
  readonly plan: Plan;
}

/** The text that a task is defined by, in the plan or, for a task of a sub-plan, in that. */
export async function textsFor(
  io: Io,
  paths: RunPaths,
  state: RunState,
  texts: PlanTexts,
  task: TaskState,
): Promise<TaskTexts> {
  const { id, title } = task.task;
  if (task.task.authors !== undefined) {
    const { goal, context } = await authoringTexts(io, paths, state, task);
    return { goal, context };
  }
  if (task.parent === undefined) return { goal: texts.goals[id] ?? title, context: texts.context };
  const parent = taskOf(state, task.parent) as TaskState;
  const document = await readSubplanDocument(io, paths, parent);
  if (document === undefined) {
    throw new Error(
      `the text by which ${task.parent} is carried out is not in the bundle any more: put ${subplanFile(paths, task.parent).slice(paths.root.length + 1)} back`,
    );
  }
  const unit = document.plan.units.find((one) => `${task.parent}/${one.task.id}` === id);
  const above = texts.goals[task.parent] ?? parent.task.title;
  const tests = isTester(task)
    ? 'Write tests, and nothing else: what they are about is there already. Which ones stands under "What has to be shown".'
    : title;
  return {
    goal: unit?.text ?? tests,
    context: [texts.context, above, document.plan.context].filter((part) => part.trim() !== '').join('\n\n'),
  };
}

/** Parsed sub-plans by the hash of their file: each is asked for once per task of it. */
const parsed = new Map<string, Plan>();
const MOST = 64;

/** The sub-plan of a task as it is carried out, wherever its text lies; `undefined`: it is nowhere any more. */
export async function readSubplanDocument(
  io: Io,
  paths: RunPaths,
  task: TaskState,
): Promise<SubplanDocument | undefined> {
  const source = await standingSubplan(io, paths, task);
  if (source === undefined || task.subplan === undefined) return undefined;
  const key = `${task.subplan.kind} ${sha256(source)}`;
  let plan = parsed.get(key);
  if (plan === undefined) {
    const read = parsePlan(source, { fileName: `${task.task.id}.md`, kind: task.subplan.kind });
    if (!read.ok) return undefined;
    plan = read.value;
    if (parsed.size >= MOST) parsed.clear();
    parsed.set(key, plan);
  }
  return { source, plan };
}
