import { err, ok, type Result } from '../core/base/result.ts';
import type { RecordedEvent } from '../core/run/event.ts';
import { emptyState } from '../core/run/state.ts';
import { boardOf, type Board } from '../core/views/board.ts';
import { replay, type Replayed } from '../engine/log/log.ts';
import { EXIT, type AppRefusal } from './api.ts';
import { chooseRun } from './choose.ts';
import type { Context } from './context.ts';
import { damageWords, loadRun } from './load.ts';
import { ownerOf, withDoing } from './status.ts';

export interface WatchRequest {
  readonly slug?: string;
  /** Show also events from this sequence number on; without it only what happens from now on. */
  readonly from?: number;
}

/** Who is told what happens in a run that somebody else carries on. */
export interface Watcher {
  /** The run as it stands; called before anything else and after every look. */
  board(board: Board): void;
  events(events: readonly RecordedEvent[]): void;
}

/** Why there is nothing more to watch. */
export interface WatchEnd {
  /** `rests`: nobody runs it, and what it does next takes somebody. */
  readonly why: 'over' | 'rests' | 'left';
  readonly board: Board;
}

/** Milliseconds between two looks, beside the hints of the file system. */
const LOOK = 1000;
/** Looks in a row that find no owner before it is believed: one that is about to start has not locked yet. */
const GONE = 2;

/**
 * Follows a run that another process carries on, by its log alone: reads, and writes nothing. Ends when the run is over, when
 * nobody runs it, or when `signal` is aborted.
 */
export async function watchRun(
  context: Context,
  request: WatchRequest,
  watcher: Watcher,
  signal: AbortSignal,
): Promise<Result<WatchEnd, AppRefusal>> {
  const { io } = context;
  const chosen = await chooseRun(context, request.slug);
  if (!chosen.ok) return chosen;
  const { paths } = chosen.value;
  const first = await loadRun(io, paths);
  if (!first.ok) return err({ ...damageWords(first.error, paths), exit: EXIT.failed });
  let seen: Replayed = first.value;
  if (request.from !== undefined) {
    const { from } = request;
    const past: RecordedEvent[] = [];
    const read = await replay(io.files, paths.log, { each: (event) => void (event.seq >= from && past.push(event)) });
    if (!read.ok) return err({ ...damageWords(read.error, paths), exit: EXIT.failed });
    seen = read.value;
    watcher.board(boardOf(seen.state));
    watcher.events(past);
  }
  let wake = new AbortController();
  const hints = io.files.watch(paths.bundle, () => wake.abort());
  try {
    for (let gone = 0; ;) {
      const board = await withDoing(context, paths, boardOf(seen.state));
      watcher.board(board);
      if (signal.aborted) return ok({ why: 'left', board });
      if (board.phase === 'over') return ok({ why: 'over', board });
      const owner = await ownerOf(context, paths);
      gone = owner === undefined ? gone + 1 : 0;
      wake = new AbortController();
      await io.clock.wait(LOOK, AbortSignal.any([signal, wake.signal]));
      const fresh: RecordedEvent[] = [];
      const from = seen.position.seq === 0 ? { state: emptyState(), position: seen.position } : seen;
      const tail = await replay(io.files, paths.log, { from, each: (event) => void fresh.push(event) });
      if (!tail.ok) return err({ ...damageWords(tail.error, paths), exit: EXIT.failed });
      seen = tail.value;
      if (fresh.length > 0) {
        watcher.board(boardOf(seen.state));
        watcher.events(fresh);
        gone = 0;
      } else if (gone >= GONE) return ok({ why: 'rests', board });
    }
  } finally {
    hints.close();
  }
}
