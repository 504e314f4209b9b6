import { type Afloat, commitsOf, inBoth, isAfloat, newsOf, pairName, pairsToTry } from '../../core/run/radar.ts';
import { warningsIn } from '../../core/run/radar-words.ts';
import { taskOf } from '../../core/run/state.ts';
import { attemptFile } from '../paths.ts';
import type { Performing } from './performer.ts';

/** Pairs that are looked at between two breaths. */
const AT_ONCE = 16;
/** It takes a fifth of the time at most. */
const SHARE = 4;

/** Looks at pairs of tasks whenever a snapshot brings something new. Nothing that goes wrong here stops anything. */
export class Radar {
  readonly #performing: () => Performing;
  readonly #afloat = new Map<string, Afloat>();
  readonly #tried = new Map<string, string>();
  /** Notes that lie in front of agents, by path. */
  readonly #notes = new Set<string>();
  #looking = false;

  constructor(performing: () => Performing) {
    this.#performing = performing;
  }

  /** A snapshot of an attempt was taken. */
  seen(task: string, attempt: number, commit: string, base: string): void {
    const known = this.#afloat.get(task);
    if (known?.commit === commit && known.attempt === attempt) return;
    void this.#add(task, attempt, commit, base).catch(() => undefined);
  }

  async #add(task: string, attempt: number, commit: string, base: string): Promise<void> {
    const paths = await this.#performing().git.touched(commit, base);
    this.#afloat.set(task, { task, attempt, commit, paths });
    await this.#tell();
    if (this.#looking) return;
    this.#looking = true;
    try {
      while (await this.#look());
    } finally {
      this.#looking = false;
    }
  }

  /** Looks at some pairs; whether there are more. */
  async #look(): Promise<boolean> {
    const performing = this.#performing();
    const { git, io } = performing;
    for (const one of this.#afloat.values()) if (!isAfloat(performing.state(), one)) this.#afloat.delete(one.task);
    const pairs = pairsToTry(performing.state(), [...this.#afloat.values()], this.#tried, AT_ONCE);
    const began = io.clock.monotonic();
    for (const pair of pairs) {
      const common = inBoth(pair[0].paths, pair[1].paths);
      const found = common.length === 0 ? [] : await git.foresee(pair[0].commit, pair[1].commit);
      this.#tried.set(pairName(pair), commitsOf(pair));
      // What conflicts with that which landed meanwhile is the merge queue's to tell.
      const news = newsOf(performing.state(), pair, inBoth(found, common));
      if (news !== undefined && pair.every((one) => isAfloat(performing.state(), one))) await performing.record([news]);
    }
    await this.#tell();
    if (pairs.length < AT_ONCE) return false;
    await io.clock.wait((io.clock.monotonic() - began) * SHARE);
    return true;
  }

  /**
   * Puts the warnings that hold before the agents that are spoken with, and takes away those that do not hold any more: whoever has not read
   * one of these is not bothered. The log has them already; after a crash they are put there again under the same names.
   */
  async #tell(): Promise<void> {
    const performing = this.#performing();
    const { io, paths } = performing;
    const now = performing.state();
    const standing = new Set<string>();
    for (const { task, attempt, name, text } of warningsIn(now)) {
      const agent = taskOf(now, task)?.attempts[attempt - 1]?.agent ?? '';
      if ((now.settings?.agents[agent]?.kind ?? 'command') === 'command') continue;
      const path = `${paths.attempts}/${attemptFile(task, attempt)}/notes/${name}`;
      standing.add(path);
      if (this.#notes.has(path)) continue;
      this.#notes.add(path);
      await io.files.makeDirectory(path.slice(0, path.lastIndexOf('/')));
      await io.files.write(path, text);
    }
    for (const path of this.#notes) {
      if (standing.has(path)) continue;
      this.#notes.delete(path);
      await io.files.remove(path).catch(() => undefined);
    }
  }
}
