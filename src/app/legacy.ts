import { readLegacyBundle } from '../core/formats/legacy/bundle.ts';
import type { LegacyBundle } from '../core/formats/legacy/model.ts';
import { legacyBoard, legacyExplanation, legacyNote } from '../core/views/legacy-board.ts';
import type { Explanation } from '../core/views/explain.ts';
import type { Io } from '../io/io.ts';
import type { RunInfo } from './api.ts';
import type { Context } from './context.ts';
import { importedFrom } from './imports/record.ts';
import { gatherLegacy } from './legacy-files.ts';
import { unreadOf } from './legacy-unread.ts';
import { legacyPlaces } from './legacy-sign.ts';
import type { Located } from './locate.ts';

/** Bytes of one file of a legacy bundle; what is larger is not read. */
const LIMIT = 64 * 1024 * 1024;
/** A legacy bundle and where it is. */
export interface FoundLegacy {
  readonly bundle: LegacyBundle;
  /** Directory of the bundle, or the status file; relative to the repository. */
  readonly path: string;
}

/** Every legacy bundle and every status file of a repository, by path. Reads only. `skip`: names known to be ours. */
export async function findLegacy(
  io: Io,
  located: Located,
  skip: ReadonlySet<string> = new Set(),
): Promise<FoundLegacy[]> {
  const found: FoundLegacy[] = [];
  for (const path of await legacyPlaces(io, located, skip)) {
    const bundle = await readLegacy(io, located, path);
    // One that was copied into a bundle counts once, as the bundle, which comes first.
    if (bundle !== undefined && !(path.endsWith('.md') && found.some((one) => one.bundle.slug === bundle.slug)))
      found.push({ bundle, path });
  }
  return found;
}

/** The legacy bundles and status files that go by a name. */
export async function legacyNamed(io: Io, located: Located, slug: string): Promise<FoundLegacy[]> {
  const found = await findLegacy(io, located);
  return found.filter(({ bundle, path }) => bundle.slug === slug || path.endsWith(`/${slug}`));
}

/** Legacy bundles as runs are shown. */
export async function legacyInfos(
  context: Context,
  located: Located,
  skip: ReadonlySet<string>,
  slug?: string,
): Promise<RunInfo[]> {
  const found = await findLegacy(context.io, located, skip);
  // What was imported is shown as the bundle that it became, unless it is asked for by its place.
  const imported = found.length === 0 ? undefined : await importedFrom(context.io, located);
  return found
    .filter(({ path }) => slug !== undefined || imported?.has(path) !== true)
    .filter(({ bundle, path }) => slug === undefined || bundle.slug === slug || path.endsWith(`/${slug}`))
    .map(({ bundle, path }) => ({
      board: legacyBoard(bundle, path),
      owner: undefined,
      bundle: path,
      legacy: legacyNote(bundle),
    }));
}

/** Why a task is where it is, of the legacy bundles that have it; the one named, or those that are not over first. */
export async function explainLegacy(
  context: Context,
  located: Located,
  question: { readonly task: string; readonly run?: string },
): Promise<(Explanation & { run: string }) | undefined> {
  const found = await findLegacy(context.io, located);
  const fitting = found.filter(({ bundle }) => question.run === undefined || bundle.slug === question.run);
  for (const { bundle, path } of fitting) {
    const explanation = legacyExplanation(bundle, path, question.task);
    if (explanation !== undefined && (question.run !== undefined || fitting.length === 1))
      return { ...explanation, run: bundle.slug };
  }
  return undefined;
}

/** Reads a bundle's directory or a status file; `undefined`: it has no state. */
async function readLegacy(io: Io, located: Located, path: string): Promise<LegacyBundle | undefined> {
  const gathered = await gatherLegacy(path, (name) => text(io, `${located.root}/${name}`));
  if (gathered === undefined) return undefined;
  const retro = path.endsWith('.md')
    ? 0
    : ((await io.files.stat(`${located.root}/${path}/retro.md`).catch(() => undefined))?.size ?? 0);
  const bundle = readLegacyBundle({ ...gathered.files, retro: retro > 0 });
  const unread = path.endsWith('.md') ? [] : await unreadOf(io, `${located.root}/${path}`, LIMIT);
  return unread.length === 0 ? bundle : { ...bundle, problems: [...bundle.problems, ...unread] };
}

async function text(io: Io, path: string): Promise<string | undefined> {
  const bytes = await io.files.read(path, LIMIT).catch(() => undefined);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}
