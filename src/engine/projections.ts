import { formatStamp } from '../core/base/time.ts';
import { ticksFrom } from '../core/documents/boxes.ts';
import type { Box } from '../core/plan/model.ts';
import { plainText } from '../core/plan/markdown/inline.ts';
import { applyEdits } from '../core/plan/markdown/edits.ts';
import { planHash, tick } from '../core/plan/hash.ts';
import { boardOf, type Board } from '../core/views/board.ts';
import type { RunState } from '../core/run/state.ts';
import { lastAttempt, taskOf, type TaskState } from '../core/run/state.ts';
import type { Io } from '../io/io.ts';
import type { Log, Position } from './log/log.ts';
import { renderSnapshot, STATE_SCHEMA } from './log/snapshot.ts';
import { subplanFile, type RunPaths } from './paths.ts';
import { readSubplanDocument } from './perform/subplan-texts.ts';
import type { PlanTexts } from './plan-texts.ts';

/** Milliseconds between two rewrites of the projections while a run is busy. */
const INTERVAL = 1000;
/** The same at most, where writing takes long. */
const LONGEST = 15_000;
/** Of that many parts of the time one may go into writing them. */
const SHARE = 10;

/** Keeps state.yml, the snapshot and the plan's ticks close behind the log. None is ever read back as truth. */
export class Projector {
  readonly #io: Io;
  readonly #paths: RunPaths;
  readonly #log: Log;
  readonly #texts: () => PlanTexts;
  /** When they are to be written next, in ms of the clock that does not jump. */
  #due = Number.NEGATIVE_INFINITY;
  #seq = -1;
  #merged = '';

  constructor(io: Io, paths: RunPaths, log: Log, texts: () => PlanTexts) {
    // What went on before has its projections: whoever takes a long run over begins with its work, and not with writing what is there.
    if (log.resumed) this.#due = io.clock.monotonic() + INTERVAL;
    this.#io = io;
    this.#paths = paths;
    this.#log = log;
    this.#texts = texts;
  }

  /** Writes the projections when the log has grown; unless `force`, not more often than once a second, or where that takes long, seldomer. */
  async checkpoint(force: boolean): Promise<void> {
    const now = this.#io.clock.monotonic();
    if (!force && now < this.#due) return;
    await this.#log.settled();
    const { position, state } = this.#log;
    if (position.seq === this.#seq) return;
    this.#due = now + INTERVAL;
    this.#seq = position.seq;
    await writeProjections(this.#io, this.#paths, position, state);
    await this.#tick(state);
    // The state of a run of thousands of tasks has megabytes.
    const took = this.#io.clock.monotonic() - now;
    this.#due = now + Math.max(INTERVAL, Math.min(LONGEST, took * SHARE));
  }

  /** Ticks the boxes of merged tasks in the bundle's plan. A plan that somebody edited meanwhile is left alone. */
  async #tick(state: RunState): Promise<void> {
    // The last boxes are those of the whole: the balance says which of them hold.
    const balance = state.branchCheck?.passed === true ? state.end?.balance : undefined;
    const passed = balance !== undefined && balance.of === state.tip;
    const missing = (passed ? balance.items : []).filter((one) => one.kind === 'whole' && one.state === 'missing');
    const merged = `${state.planSha256} ${state.schedule.merged} ${passed ? missing.map(({ id }) => id).join() : '-'}`;
    if (merged === this.#merged) return;
    this.#merged = merged;
    for (const task of state.tasks) if (task.subplan !== undefined) await this.#tickSubplan(state, task);
    const { source, boxes, finalBoxes, marks } = this.#texts();
    const there = await this.#io.files.read(this.#paths.plan);
    if (there === undefined) return;
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(there);
    if (planHash(text) !== state.planSha256) return;
    const mergedTasks = state.tasks.filter(({ progress }) => progress.status === 'merged');
    const done = [
      ...mergedTasks.flatMap(({ task }) => boxes[task.id] ?? []),
      ...(passed ? finalBoxes.filter((box) => !missing.some(({ text }) => isOf(source, box, text))) : []),
    ];
    // Always from the text as it was approved: what was marked before has moved what stands behind it.
    const ticked = tick(ticksFrom(source, text), done);
    const marked =
      marks === undefined ? [] : mergedTasks.flatMap(({ task, progress }) => marks(task.id, dayOf(progress)));
    const made = applyEdits(ticked, marked).text;
    if (made !== text) await this.#io.files.write(this.#paths.plan, made);
  }

  /** The same for a sub-plan; the boxes of its global verification are ticked with its last task. */
  async #tickSubplan(state: RunState, parent: TaskState): Promise<void> {
    const document = await readSubplanDocument(this.#io, this.#paths, parent);
    if (document === undefined) return;
    const { source, plan } = document;
    const id = parent.task.id;
    const there = await this.#io.files.read(subplanFile(this.#paths, id));
    // Where a person is editing it nothing is ticked.
    if (there === undefined || new TextDecoder('utf-8', { ignoreBOM: true }).decode(there) !== source) return;
    const done = plan.units.flatMap(({ task, boxes }) =>
      taskOf(state, `${id}/${task.id}`)?.progress.status === 'merged' ? boxes : [],
    );
    const ticked = tick(source, parent.progress.status === 'merged' ? [...done, ...plan.boxes] : done);
    if (ticked !== source) await this.#io.files.write(subplanFile(this.#paths, id), ticked);
  }
}

/** Whether a box stands before a sentence, which is told without its marks and may be cut off. */
function isOf(source: string, box: Box, sentence: string): boolean {
  const [line = ''] = source.slice(box.mark.end).split('\n', 1);
  const words = plainText(line.replace(/^[^\]]?\]/, ''))
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 500);
  return words !== '' && sentence.startsWith(words);
}

/** The day on which a task was merged, in UTC. */
function dayOf(progress: TaskState['progress']): string {
  return formatStamp(progress.status === 'merged' ? progress.at : 0).slice(0, 10);
}

/** Writes state.yml and the snapshot of a state that is durable in the log. */
export async function writeProjections(io: Io, paths: RunPaths, position: Position, state: RunState): Promise<void> {
  const board = boardOf(state);
  const json = renderSnapshot({ position, state }, board);
  const yaml = renderState(position, state, board);
  await io.files.write(paths.stateFile, yaml);
  await io.files.makeDirectory(paths.runtime);
  await io.files.write(paths.snapshot, json);
}

/**
 * state.yml: the state for people, git diffs and other tools. YAML whose scalars are written as JSON, which YAML
 * contains, so nothing in a title can change its meaning.
 */
export function renderState(position: Position, state: RunState, board: Board): string {
  const value = JSON.stringify;
  const lines = [
    '# Made from events.jsonl, which is the truth: edits here are lost. See docs/formats/events.md.',
    `schema_version: ${STATE_SCHEMA}`,
    `seq: ${position.seq}`,
    `sum: ${value(position.sum.toString(16).padStart(8, '0'))}`,
    `slug: ${value(state.slug)}`,
    `run: ${value(state.run)}`,
    `title: ${value(state.title)}`,
    `kind: ${value(state.kind)}`,
    `phase: ${value(board.stage ?? state.phase)}`,
    `status: ${value(board.status)}`,
    `base_branch: ${value(state.baseBranch)}`,
    `base: ${value(state.base)}`,
    `branch: ${value(state.runBranch)}`,
    `tip: ${value(state.tip ?? null)}`,
    `plan: ${value(state.planPath)}`,
    `plan_sha256: ${value(state.planSha256)}`,
    `started: ${value(formatStamp(state.created))}`,
    `last_activity: ${value(formatStamp(state.updated))}`,
    `pending_gate: ${value(state.gates[0]?.id ?? null)}`,
    `next_action: ${value(board.next)}`,
    'tasks:',
  ];
  for (const task of state.tasks) {
    const progress = task.progress;
    const attempt = lastAttempt(task);
    lines.push(
      `  - ${value({
        id: task.task.id,
        status: progress.status,
        attempt: attempt?.number ?? 0,
        agent: attempt?.agent ?? null,
        commit: progress.status === 'merged' ? progress.commit : null,
        title: task.task.title,
      })}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
