import { formatStamp } from '../core/base/time.ts';
import { boardOf } from '../core/views/board.ts';
import type { RunState } from '../core/run/state.ts';
import { lastAttempt } from '../core/run/state.ts';
import type { Io } from '../io/io.ts';
import type { Claim, Log, Position } from './log/log.ts';
import type { RunPaths } from './paths.ts';

/** Schema of state.yml and of the snapshot. A snapshot of another schema is ignored and the log is read instead. */
export const STATE_SCHEMA = 1;
export const SNAPSHOT_SCHEMA = 1;

/** The state as it was at a position of the log: read by `status` so that the log need not be. */
export interface Snapshot {
  readonly schema: typeof SNAPSHOT_SCHEMA;
  readonly position: Position;
  readonly state: RunState;
}

/** Milliseconds between two rewrites of the projections while a run is busy. */
const INTERVAL = 1000;

/** Keeps state.yml and the snapshot close behind the log. Neither is ever read back as truth. */
export class Projector {
  readonly #io: Io;
  readonly #paths: RunPaths;
  readonly #log: Log;
  #last = Number.NEGATIVE_INFINITY;
  #seq = -1;

  constructor(io: Io, paths: RunPaths, log: Log) {
    this.#io = io;
    this.#paths = paths;
    this.#log = log;
  }

  /** Writes the projections when the log has grown; unless `force`, not more often than once a second. */
  async checkpoint(force: boolean): Promise<void> {
    const now = this.#io.clock.monotonic();
    if (!force && now - this.#last < INTERVAL) return;
    await this.#log.settled();
    const { position, state } = this.#log;
    if (position.seq === this.#seq) return;
    this.#last = now;
    this.#seq = position.seq;
    await writeProjections(this.#io, this.#paths, position, state);
  }
}

/** Writes state.yml and the snapshot of a state that is durable in the log. */
export async function writeProjections(io: Io, paths: RunPaths, position: Position, state: RunState): Promise<void> {
  const snapshot: Snapshot = { schema: SNAPSHOT_SCHEMA, position, state };
  const json = JSON.stringify(snapshot);
  const yaml = renderState(position, state);
  await io.files.write(paths.stateFile, yaml);
  await io.files.makeDirectory(paths.runtime);
  await io.files.write(paths.snapshot, json);
}

/**
 * state.yml: the state for people, git diffs and other tools. YAML whose scalars are written as JSON, which YAML
 * contains, so nothing in a title can change its meaning.
 */
export function renderState(position: Position, state: RunState): string {
  const board = boardOf(state);
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
    `phase: ${value(state.phase)}`,
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

/** What state.yml and the snapshot claim to have been made from: a log that is shorter has lost lines. */
export async function readClaims(io: Io, paths: RunPaths): Promise<Claim[]> {
  const claims: Claim[] = [];
  const yaml = await readText(io, paths.stateFile);
  const seq = /^seq: (\d+)$/m.exec(yaml)?.[1];
  const sum = /^sum: "([0-9a-f]{8})"$/m.exec(yaml)?.[1];
  if (seq !== undefined) claims.push({ name: 'state.yml', seq: Number(seq), sum: sum === undefined ? undefined : Number.parseInt(sum, 16) });
  const position = /^\{"schema":1,"position":\{"seq":(\d+),"size":\d+,"sum":(\d+)\}/.exec(await readText(io, paths.snapshot, 200));
  if (position !== null) claims.push({ name: 'snapshot.json', seq: Number(position[1]), sum: Number(position[2]) });
  return claims;
}

async function readText(io: Io, path: string, length = 65536): Promise<string> {
  // A projection that cannot be read proves nothing, and is made anew.
  const bytes = await io.files.readRange(path, 0, length).catch(() => undefined);
  return bytes === undefined ? '' : new TextDecoder().decode(bytes);
}
