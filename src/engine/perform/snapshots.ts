import { oneLine } from '../../core/base/text.ts';
import type { SnapshotReason } from '../../core/run/snapshot-text.ts';
import { attemptName, type RunEvent } from '../../core/run/event.ts';
import { SNAPSHOTS, type SnapshotSettings } from '../../core/run/settings.ts';
import { taskOf, type Attempt } from '../../core/run/state.ts';
import type { Skipped, Snapshot } from '../git/repositories.ts';
import { attemptFile } from '../paths.ts';
import type { Performing } from './performer.ts';

/** Milliseconds between two snapshots that turns of an agent ask for. */
const LEAST = 2000;

/**
 * Takes snapshots of one worktree while its agent works: at every turn that it is told of and at least every
 * `snapshots.interval`. Nothing that goes wrong here ends an attempt; it is told once.
 */
export class Snapshots {
  readonly #task: string;
  readonly #attempt: Attempt;
  readonly #directory: string | undefined;
  readonly #performing: Performing;
  readonly #over = new AbortController();
  readonly #told = new Set<string>();
  #early: AbortController | undefined;
  #asked = false;
  #loop: Promise<void> = Promise.resolve();
  #failing = false;

  /** @param directory  which directory the worktree is, where that is known */
  constructor(task: string, attempt: Attempt, performing: Performing, directory?: string) {
    this.#directory = directory;
    this.#task = task;
    this.#attempt = attempt;
    this.#performing = performing;
  }

  /** Begins to take them. */
  start(): this {
    const interval = settingsOf(this.#performing).interval;
    if (interval > 0) this.#loop = this.#go(interval);
    return this;
  }

  /** The agent ended a turn: what it did is worth keeping soon. */
  turned(): void {
    this.#asked = true;
    this.#early?.abort();
  }

  /** Ends it; resolves when none is being taken any more. */
  async stop(): Promise<void> {
    this.#over.abort();
    await this.#loop;
  }

  /** Takes one now. `undefined` when there is no worktree or none could be taken. */
  async take(why: SnapshotReason): Promise<Snapshot | undefined> {
    try {
      const taken = await takeSnapshot(this.#performing, this.#task, this.#attempt, why, this.#directory);
      this.#failing = false;
      if (taken !== undefined) await this.#tell(taken.skipped);
      const { number, base } = this.#attempt;
      if (taken?.commit !== undefined) this.#performing.radar.seen(this.#task, number, taken.commit, base);
      return taken;
    } catch (error) {
      if (!this.#failing) {
        this.#failing = true;
        const what = `no snapshot of ${attemptName(this.#task, this.#attempt.number)} could be taken`;
        const detail = oneLine(error instanceof Error ? error.message : String(error), 400);
        await this.#record({ event: 'anomaly', what, detail });
      }
      return undefined;
    }
  }

  async #go(interval: number): Promise<void> {
    const { clock } = this.#performing.io;
    // From one beginning to the next it is the interval; where one takes that long by itself, half of the time is enough.
    let cost = 0;
    while (!this.#over.signal.aborted) {
      this.#early = new AbortController();
      if (this.#asked) await clock.wait(Math.min(LEAST, interval), this.#over.signal);
      else await clock.wait(Math.max(interval - cost, cost), AbortSignal.any([this.#over.signal, this.#early.signal]));
      if (this.#over.signal.aborted) return;
      const why = this.#asked ? 'turn' : 'interval';
      this.#asked = false;
      const began = clock.monotonic();
      await this.take(why);
      cost = clock.monotonic() - began;
    }
  }

  /** What is in no snapshot is said, each path once. */
  async #tell(skipped: readonly Skipped[]): Promise<void> {
    const news = skipped.filter(({ path }) => !this.#told.has(path));
    for (const { path } of news) this.#told.add(path);
    for (const why of ['large', 'unreadable', 'repository'] as const) {
      const paths = news.filter((one) => one.why === why).map(({ path }) => path);
      if (paths.length === 0) continue;
      const of = { task: this.#task, attempt: this.#attempt.number };
      await this.#record({ event: 'snapshot_skipped', ...of, why, paths: paths.slice(0, 50), count: paths.length });
    }
  }

  /** Whoever lost the log meanwhile has nobody to tell. */
  async #record(event: RunEvent): Promise<void> {
    await this.#performing.record([event]).catch(() => undefined);
  }
}

/** Settings of snapshots, also of a run whose log is older than they are. */
function settingsOf(performing: Performing): SnapshotSettings {
  return performing.state().settings?.snapshots ?? SNAPSHOTS;
}

/** Takes one snapshot of an attempt; rejects when git or the machine refuses. */
export async function takeSnapshot(
  performing: Performing,
  task: string,
  attempt: Attempt,
  why: SnapshotReason,
  directory?: string,
): Promise<Snapshot | undefined> {
  const { io, git, paths } = performing;
  const state = performing.state();
  const file = attemptFile(task, attempt.number);
  const { max_file: largest, exclude } = settingsOf(performing);
  return git.snapshot({
    run: state.run,
    slug: state.slug,
    task,
    attempt: attempt.number,
    base: attempt.base,
    why,
    title: taskOf(state, task)?.task.title ?? '',
    path: `${paths.worktrees}/${file}`,
    ...(directory === undefined ? {} : { directory }),
    name: file,
    date: io.clock.now(),
    exclude,
    // The note of them goes with the private repository, and before the worktree when that is removed.
    put: attempt.put ?? [],
    largest,
  });
}
