import { checkSlug } from '../core/base/slug.ts';
import type { Io } from '../io/io.ts';
import type { Located } from './locate.ts';

/** Where tools before bundles kept their plans, and the status files beside them. */
export const STATUS_FILES = 'docs/superpowers/plans';

/**
 * Whether a bundle's directory was written by an older tool. Ours begin their log with the first event and their state with
 * a line that says what it is made from: what is damaged in one of them stays ours, and damaged.
 */
export async function isLegacyBundle(io: Io, directory: string): Promise<boolean> {
  const state = await foreignState(io, directory);
  return state !== undefined && /^(?:\{\s*)?["']?(?:schema_version|status|slug|current_phase)["']?\s*:/m.test(state);
}

/** Whether a directory that somebody named holds a state that is not ours, whatever stands in it. */
export async function holdsForeignState(io: Io, directory: string): Promise<boolean> {
  const stat = await io.files.stat(`${directory}/state.yml`).catch(() => undefined);
  return stat?.kind === 'file' && (await foreignState(io, directory)) !== undefined;
}

/** How a state begins that we did not write. */
async function foreignState(io: Io, directory: string): Promise<string | undefined> {
  const log = await head(io, `${directory}/events.jsonl`);
  if (log.startsWith('{"seq":')) return undefined;
  const state = await head(io, `${directory}/state.yml`);
  return state.startsWith('# Made from events.jsonl') ? undefined : state;
}

/** Directories of legacy bundles and status files beside old plans, relative to the repository. `skip`: names known to be ours. */
export async function legacyPlaces(io: Io, { root, runsPath }: Located, skip: ReadonlySet<string>): Promise<string[]> {
  const places: string[] = [];
  for (const name of await io.files.list(`${root}/${runsPath}`)) {
    if (!skip.has(name) && checkSlug(name).ok && (await isLegacyBundle(io, `${root}/${runsPath}/${name}`)))
      places.push(`${runsPath}/${name}`);
  }
  for (const name of await io.files.list(`${root}/${STATUS_FILES}`))
    if (name.endsWith('-status.md')) places.push(`${STATUS_FILES}/${name}`);
  return places;
}

async function head(io: Io, path: string): Promise<string> {
  const bytes = await io.files.readRange(path, 0, 4096).catch(() => undefined);
  return bytes === undefined ? '' : new TextDecoder().decode(bytes);
}
