import { err, ok, type Result } from '../core/base/result.ts';
import type { LegacyBundle } from '../core/formats/legacy/model.ts';
import { orderOf } from '../core/formats/legacy/order.ts';
import { replayLegacyLog } from '../core/views/legacy-replay.ts';
import { changesBetween } from '../core/views/replay.ts';
import { EXIT, type AppRefusal } from './api.ts';
import type { Context } from './context.ts';
import { legacyNamed } from './legacy.ts';
import type { Located } from './locate.ts';
import { AROUND, type ReplayAnswer, type ReplayRequest } from './replay-answer.ts';

/** Steps through the log of a bundle or a status file of an older tool; `undefined`: there is none of that name. Reads only. */
export async function replayLegacy(
  context: Context,
  located: Located,
  { slug, at, diff, from, to }: ReplayRequest,
): Promise<Result<ReplayAnswer, AppRefusal> | undefined> {
  const found = (await legacyNamed(context.io, located, slug))[0];
  if (found === undefined) return undefined;
  const { bundle, path } = found;
  const events = bundle.events.length;
  if (events === 0)
    return err({
      message: bundle.logged
        ? `the log of "${slug}", a bundle of an older tool, holds no event`
        : `"${slug}" is a bundle of an older tool, and its log (${path}/events.jsonl) is not there: nothing tells what it was before`,
      hint: `what its state says now: masterplan status ${bundle.slug}`,
      exit: EXIT.failed,
    });
  const wanted: readonly number[] = diff ?? (at === undefined ? [] : [at]);
  const missing = wanted.find((seq) => seq > events);
  if (missing !== undefined)
    return err({
      message: `the log of "${slug}" has ${events} events, and no event ${missing}`,
      hint: `masterplan replay ${slug} --at ${events}`,
      exit: EXIT.usage,
    });
  const [first, last] =
    diff !== undefined ? [1, 0] : at === undefined ? [from ?? 1, to ?? Infinity] : [at - AROUND, at + AROUND];
  const told = replayLegacyLog(bundle, path, { from: first, to: last, points: wanted });
  const shown = at === undefined ? undefined : told.points.get(at);
  const ends = diff?.map((seq) => told.points.get(seq)?.point);
  return ok({
    slug: bundle.slug,
    events,
    steps: told.steps,
    ...(shown === undefined ? {} : { point: shown.point, board: shown.board }),
    ...(ends?.[0] === undefined || ends[1] === undefined ? {} : { changes: changesBetween(ends[0], ends[1]) }),
    legacy: { schema: bundle.schema, bundle: path, notes: notesOf(bundle), beyond: told.beyond },
  });
}

/** What nobody can know of the points of this log. */
function notesOf(bundle: LegacyBundle): string[] {
  const { events, problems, untold } = bundle;
  const logs = new Set(events.map(({ file }) => file));
  const rotated = events.some(({ name }) => name === 'events_rotated') && !logs.has('events-archive.jsonl');
  const unread = problems.filter(({ file }) => /^events|-status|^state/.test(file));
  const [doubt] = orderOf(bundle);
  return [
    'a bundle of an older tool: this is what its log tells, and its log does not tell everything',
    ...(rotated
      ? ['its older events were put aside in events-archive.jsonl, which is not there: the first here is not the first']
      : []),
    ...unread.slice(0, 3).map(({ file, line, message }) => `${file}:${line}: ${message}`),
    ...(doubt === undefined
      ? []
      : [`${doubt.file}:${doubt.line} ${doubt.message}; masterplan validate ${bundle.slug}`]),
    ...untold.slice(0, 3).map(({ file, line }) => `${file}:${line} calls something done, and does not say which task`),
  ];
}
