import type { LegacyBundle, LegacyTask } from '../formats/legacy/model.ts';
import type { Board, Waiting } from './board.ts';
import type { Explanation } from './explain.ts';

/** What a legacy bundle is beside its board. */
export interface LegacyNote {
  readonly schema: string;
  readonly status: string;
  /** What the bundle itself calls the next thing to do. */
  readonly nextAction: string;
  /** What of it could not be read. */
  readonly problems: readonly string[];
  /** Tasks of which nothing tells whether they were done. */
  readonly untold: number;
  /** Whether it has a log: without one nothing tells who did what. */
  readonly logged: boolean;
}

export function legacyNote(bundle: LegacyBundle): LegacyNote {
  return {
    schema: bundle.schema,
    status: bundle.status,
    nextAction: /^\(?(?:none|complete|done|archived)\b/i.test(bundle.nextAction) ? '' : bundle.nextAction,
    problems: bundle.problems.map(({ file, line, message }) => `${file}:${line}: ${message}`),
    untold: bundle.tasks.filter(({ status, stated }) => status === 'unknown' || (!bundle.logged && stated !== true))
      .length,
    logged: bundle.logged,
  };
}

/** A legacy bundle as every surface shows runs. Nobody carries it on, so nothing of it is at work. */
export function legacyBoard(bundle: LegacyBundle, path: string): Board {
  const over = ['complete', 'archived', 'pending-retro'].includes(bundle.status);
  const counts: Record<keyof typeof NONE, number> = { ...NONE };
  for (const task of bundle.tasks) counts[statusOf(task)]++;
  const waiting = over ? [] : waitingOf(bundle, path);
  const last = bundle.last ?? bundle.started ?? 0;
  return {
    slug: bundle.slug,
    run: `legacy:${bundle.slug}`,
    title: bundle.title,
    status: over ? 'completed' : bundle.status === 'blocked' ? 'blocked' : waiting.length > 0 ? 'waiting' : 'running',
    phase: over ? 'over' : 'execute',
    branch: bundle.branch,
    baseBranch: '',
    tip: undefined,
    started: bundle.started ?? last,
    updated: last,
    total: bundle.tasks.length,
    counts,
    working: [],
    ready: 0,
    waiting,
    recent: bundle.events.slice(-12).map(({ at, name, text }) => ({
      at: at ?? last,
      text: [name, text]
        .filter((one) => one !== '')
        .join(': ')
        .slice(0, 200),
    })),
    next: over ? `masterplan stats ${bundle.slug}` : lookAt(path),
    outcome: undefined,
  };
}

/** Why a task of a legacy bundle is where it is, as far as its files tell; `undefined`: it has no such task. */
export function legacyExplanation(bundle: LegacyBundle, path: string, id: string): Explanation | undefined {
  const task = bundle.tasks.find((one) => one.id === id || one.id === id.toUpperCase() || one.id === `T${id}`);
  if (task === undefined) return undefined;
  const over = ['complete', 'archived', 'pending-retro'].includes(bundle.status);
  return {
    task: task.id,
    title: task.title,
    status: statusOf(task),
    because: reason(task, bundle),
    next: over ? `masterplan stats ${bundle.slug}` : lookAt(path),
    needs: [],
    scope: [],
    verify: [],
    attempts: [],
    findings: [],
  };
}

const NONE = {
  pending: 0,
  working: 0,
  planned: 0,
  unfolded: 0,
  verifying: 0,
  reviewing: 0,
  merging: 0,
  merged: 0,
  failed: 0,
};

/** Waived tasks hold nothing up; what nothing tells of is pending, and never merged. */
function statusOf({ status }: LegacyTask): keyof typeof NONE {
  if (status === 'done' || status === 'waived') return 'merged';
  return status === 'blocked' ? 'failed' : 'pending';
}

function waitingOf({ gate, critical, last, currentTask }: LegacyBundle, path: string): Waiting[] {
  const since = last ?? 0;
  const type = [lookAt(path)];
  return [
    ...(critical === undefined ? [] : [{ what: `it stopped at a critical error: ${critical}`, since, type }]),
    ...(gate === undefined
      ? []
      : [
          {
            what: `${gate.question}${gate.options.length === 0 ? '' : ` (${gate.options.join(' / ')})`}${currentTask === '' ? '' : `, at ${currentTask}`}`,
            since,
            type,
          },
        ]),
  ];
}

function reason(task: LegacyTask, { schema, slug }: LegacyBundle): string {
  const where = `the bundle "${slug}" (schema ${schema}) of an older tool`;
  switch (task.status) {
    case 'done':
      return `${where} says that it is done${task.by === undefined ? ', not by whom' : `, by ${task.by}`}${task.commit === undefined ? '' : `, as ${task.commit}`}`;
    case 'waived':
      return `${where} says that it was waived`;
    case 'blocked':
      return `${where} says that it is blocked`;
    case 'working':
      return `${where} says that it was under way; nobody carries it on now`;
    case 'pending':
      return `${where} says nothing that it was done`;
    case 'unknown':
      return `${where} is over, and nothing in it tells of this task`;
    default:
      return task.status satisfies never;
  }
}

function lookAt(path: string): string {
  return path.endsWith('.md')
    ? `masterplan lint ${path.replace(/-status\.md$/, '.md')}`
    : `masterplan lint ${path}/plan.md`;
}
