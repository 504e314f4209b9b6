import { err, ok, type Result } from '../core/base/result.ts';
import { evolve } from '../core/run/evolve.ts';
import { emptyState, type RunState } from '../core/run/state.ts';
import { boardOf, type Board } from '../core/views/board.ts';
import { beforeEvent, changesBetween, pointOf, stepOf, type Point, type Step } from '../core/views/replay.ts';
import { replay } from '../engine/log/log.ts';
import { runPaths } from '../engine/paths.ts';
import { EXIT, type AppRefusal } from './api.ts';
import type { Context } from './context.ts';
import { isLegacyBundle } from './legacy-sign.ts';
import { damageWords } from './load.ts';
import { listRuns, locate, noSuchRun } from './locate.ts';
import { AROUND, type ReplayAnswer, type ReplayRequest } from './replay-answer.ts';

/** Steps through a run's state, event by event, from its log alone. Reads only; snapshots are not looked at. */
export async function replayRun(context: Context, request: ReplayRequest): Promise<Result<ReplayAnswer, AppRefusal>> {
  const located = await locate(context);
  if (!located.ok) return located;
  const { root, runsPath } = located.value;
  const paths = runPaths(root, runsPath, request.slug);
  const ours = (await listRuns(context.io, located.value)).includes(request.slug);
  if (!ours || (await isLegacyBundle(context.io, paths.bundle))) {
    const { replayLegacy } = await import('./legacy-replay.ts');
    const told = await replayLegacy(context, located.value, request);
    return told ?? noSuchRun(context, located.value, request.slug);
  }
  const { at, diff } = request;
  const wanted: readonly number[] = diff ?? (at === undefined ? [] : [at]);
  const [from, to] = at === undefined ? [request.from ?? 1, request.to ?? Infinity] : [at - AROUND, at + AROUND];
  const steps: Step[] = [];
  const points = new Map<number, Point>();
  let board: Board | undefined;
  let state: RunState = emptyState();
  // Where the log is asked about before its first event, nothing is there yet.
  if (wanted.includes(0)) points.set(0, pointOf(state));
  const replayed = await replay(context.io.files, paths.log, {
    each: (event) => {
      const shown = diff === undefined && event.seq >= from && event.seq <= to;
      const before = shown ? beforeEvent(state, event) : undefined;
      state = evolve(state, event);
      if (before !== undefined) steps.push(stepOf(event, before, state));
      if (!wanted.includes(event.seq)) return;
      points.set(event.seq, pointOf(state));
      // The state goes on changing: what is shown of it is a copy.
      if (event.seq === at) board = structuredCopy(boardOf(state));
    },
  });
  if (!replayed.ok) {
    // What is whole can be stepped through all the same; what is asked for behind the damage is not there.
    if (wanted.some((seq) => !points.has(seq)) || wanted.length === 0)
      return err({ ...damageWords(replayed.error, paths), exit: EXIT.findings });
  }
  const missing = wanted.find((seq) => !points.has(seq));
  if (missing !== undefined)
    return err({
      message: `the log of "${request.slug}" has ${state.seq} events, and no event ${missing}`,
      hint: `masterplan replay ${request.slug} --at ${state.seq}`,
      exit: EXIT.usage,
    });
  const point = at === undefined ? undefined : points.get(at);
  const ends = diff?.map((seq) => points.get(seq));
  return ok({
    slug: request.slug,
    events: state.seq,
    steps,
    ...(point === undefined ? {} : { point }),
    ...(board === undefined ? {} : { board }),
    ...(ends?.[0] === undefined || ends[1] === undefined ? {} : { changes: changesBetween(ends[0], ends[1]) }),
  });
}

function structuredCopy(board: Board): Board {
  return JSON.parse(JSON.stringify(board)) as Board;
}
