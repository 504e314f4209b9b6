import { ok, type Result } from '../core/base/result.ts';
import { parentPath } from '../core/base/path.ts';
import type { LintedFile } from '../core/views/lint-report.ts';
import type { Files } from '../io/files.ts';
import type { AppRefusal } from './api.ts';
import type { Context } from './context.ts';
import { type LintAnswer, type LintRequest, prepareLint } from './lint.ts';
import type { Target } from './lint-targets.ts';

/** Milliseconds after a hint until we look: editors write in several steps. */
const SETTLE = 60;
/** Milliseconds after which we look without a hint: watching misses things, and new directories have no watcher yet. */
const LOOK = 1_500;
/** Directories that are watched at once; systems give out few watchers, and the others are looked at anyway. */
const MOST_WATCHERS = 500;

/** What a document looked like when it was linted. */
interface Known {
  readonly stamp: string;
  readonly linted: LintedFile | undefined;
}

/**
 * Lints, and lints again what has changed, until `signal` is aborted. `show` is called with everything, the first time
 * and after each change. Facts of the repository are found out anew each time that something is linted.
 */
export async function watchPlans(
  context: Context,
  request: LintRequest,
  show: (answer: LintAnswer) => Promise<void>,
  signal: AbortSignal,
): Promise<Result<void, AppRefusal>> {
  const { files, clock } = context.io;
  const hints = new Hints(files);
  let known = new Map<string, Known>();
  let settings: string | undefined;
  try {
    while (!signal.aborted) {
      const now = await stampOf(files, [`${context.cwd}/.masterplan.yaml`]);
      if (settings !== now) known = new Map();
      const prepared = await prepareLint(context, request);
      // What was wrong from the beginning is refused; what goes wrong meanwhile may be half written.
      if (!prepared.ok && settings === undefined) return prepared;
      if (prepared.ok) {
        const linter = prepared.value;
        const found = await linter.targets();
        if (!found.ok && settings === undefined) return found;
        if (found.ok) {
          const next = new Map<string, Known>();
          let changed = settings !== now || found.value.targets.length !== known.size;
          for (const target of found.value.targets) {
            const stamp = await stampOf(files, [target.path]);
            const before = known.get(target.path);
            if (before?.stamp === stamp) {
              next.set(target.path, before);
              continue;
            }
            const linted = await linter.lint(target);
            changed = true;
            if (linted.ok) next.set(target.path, { stamp, linted: linted.value });
          }
          known = next;
          settings = now;
          hints.watch(found.value.targets);
          if (changed) await show(answerOf(known, [...linter.notes, ...found.value.notes]));
        }
      }
      await hints.wait(clock, signal);
    }
  } finally {
    hints.close();
  }
  return ok(undefined);
}

function answerOf(known: ReadonlyMap<string, Known>, notes: readonly string[]): LintAnswer {
  const all = [...known.values()].map(({ linted }) => linted);
  const linted = all.filter((one) => one !== undefined);
  return { report: { files: linted, skipped: all.length - linted.length }, notes };
}

async function stampOf(files: Files, paths: readonly string[]): Promise<string> {
  const stamps: string[] = [];
  for (const path of paths) {
    const stat = await files.stat(path).catch(() => undefined);
    stamps.push(stat === undefined ? '-' : `${stat.size}/${stat.mtime}`);
  }
  return stamps.join(' ');
}

/** Watches directories, and wakes who waits. */
class Hints {
  readonly #files: Files;
  readonly #watchers = new Map<string, { close(): void }>();
  #wake: AbortController | undefined;
  #hinted = false;

  constructor(files: Files) {
    this.#files = files;
  }

  /** From now on the directories of these documents are watched, and no others. */
  watch(targets: readonly Target[]): void {
    const wanted = new Set(targets.map(({ path }) => parentPath(path)));
    for (const [directory, watcher] of this.#watchers) {
      if (wanted.has(directory)) continue;
      watcher.close();
      this.#watchers.delete(directory);
    }
    for (const directory of wanted) {
      if (this.#watchers.size >= MOST_WATCHERS) return;
      if (!this.#watchers.has(directory)) {
        this.#watchers.set(
          directory,
          this.#files.watch(directory, () => {
            this.#hinted = true;
            this.#wake?.abort();
          }),
        );
      }
    }
  }

  /** Resolves soon after a hint, at the latest after {@link LOOK}, at once when `signal` is aborted. */
  async wait(clock: Context['io']['clock'], signal: AbortSignal): Promise<void> {
    const wake = new AbortController();
    const stop = (): void => wake.abort();
    this.#wake = wake;
    signal.addEventListener('abort', stop, { once: true });
    if (!this.#hinted) await clock.wait(LOOK, wake.signal);
    if (this.#hinted) await clock.wait(SETTLE, signal);
    signal.removeEventListener('abort', stop);
    this.#wake = undefined;
    this.#hinted = false;
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
  }
}
