import { checkSlug } from '../core/base/slug.ts';
import { readLegacyBundle } from '../core/formats/legacy/bundle.ts';
import type { LegacyBundle } from '../core/formats/legacy/model.ts';
import type { Io } from '../io/io.ts';
import type { Located } from './locate.ts';

/** Bytes of one file of a legacy bundle; what is larger is not read. */
const LIMIT = 64 * 1024 * 1024;
/** Where tools before bundles kept their plans, and the status files beside them. */
const STATUS_FILES = 'docs/superpowers/plans';

/** A legacy bundle and where it is. */
export interface FoundLegacy {
  readonly bundle: LegacyBundle;
  /** Directory of the bundle, or the status file; relative to the repository. */
  readonly path: string;
}

/**
 * Whether a bundle's directory was written by an older tool. Ours begin their log with the first event and their state with
 * a line that says what it is made from: what is damaged in one of them stays ours, and damaged.
 */
async function isLegacyBundle(io: Io, directory: string): Promise<boolean> {
  const log = await head(io, `${directory}/events.jsonl`);
  if (log.startsWith('{"seq":')) return false;
  const state = await head(io, `${directory}/state.yml`);
  return !state.startsWith('# Made from events.jsonl') && /^(?:schema_version|status|slug|current_phase):/m.test(state);
}

/** Every legacy bundle and every status file of a repository, by path. Reads only. */
export async function findLegacy(io: Io, located: Located): Promise<FoundLegacy[]> {
  const found: FoundLegacy[] = [];
  for (const name of await io.files.list(`${located.root}/${located.runsPath}`)) {
    const path = `${located.runsPath}/${name}`;
    if (!checkSlug(name).ok || !(await isLegacyBundle(io, `${located.root}/${path}`))) continue;
    const bundle = await readLegacy(io, located, path);
    if (bundle !== undefined) found.push({ bundle, path });
  }
  const bundled = new Set(found.map(({ bundle }) => bundle.slug));
  for (const name of await io.files.list(`${located.root}/${STATUS_FILES}`)) {
    if (!name.endsWith('-status.md')) continue;
    const path = `${STATUS_FILES}/${name}`;
    const bundle = await readLegacy(io, located, path);
    // One that was copied into a bundle counts once, as the bundle.
    if (bundle !== undefined && !bundled.has(bundle.slug)) found.push({ bundle, path });
  }
  return found;
}

/** Reads a bundle's directory or a status file; `undefined`: it has no state. */
async function readLegacy(io: Io, located: Located, path: string): Promise<LegacyBundle | undefined> {
  const whole = `${located.root}/${path}`;
  if (path.endsWith('.md')) {
    const state = await text(io, whole);
    const stem = path.slice(path.lastIndexOf('/') + 1).replace(/-status\.md$/, '');
    const plan = await text(io, whole.replace(/-status\.md$/, '.md'));
    const subagents = await text(io, whole.replace(/-status\.md$/, '-subagents.jsonl'));
    if (state === undefined) return undefined;
    return readLegacyBundle({
      name: stem,
      state,
      stateName: path.slice(path.lastIndexOf('/') + 1),
      ...(plan === undefined ? {} : { plan }),
      ...(subagents === undefined ? {} : { subagents }),
      retro: false,
    });
  }
  const state = await text(io, `${whole}/state.yml`);
  if (state === undefined) return undefined;
  const parts = {
    events: [await text(io, `${whole}/events-archive.jsonl`), await text(io, `${whole}/events.jsonl`)]
      .filter((part) => part !== undefined)
      .join('\n'),
    plan: await text(io, `${whole}/plan.md`),
    index: await text(io, `${whole}/plan.index.json`),
    subagents: await text(io, `${whole}/subagents.jsonl`),
  };
  return readLegacyBundle({
    name: path.slice(path.lastIndexOf('/') + 1),
    state,
    stateName: 'state.yml',
    events: parts.events,
    ...(parts.plan === undefined ? {} : { plan: parts.plan }),
    ...(parts.index === undefined ? {} : { index: parts.index }),
    ...(parts.subagents === undefined ? {} : { subagents: parts.subagents }),
    retro: ((await io.files.stat(`${whole}/retro.md`).catch(() => undefined))?.size ?? 0) > 0,
  });
}

async function head(io: Io, path: string): Promise<string> {
  const bytes = await io.files.readRange(path, 0, 600).catch(() => undefined);
  return bytes === undefined ? '' : new TextDecoder().decode(bytes);
}

async function text(io: Io, path: string): Promise<string | undefined> {
  const bytes = await io.files.read(path, LIMIT).catch(() => undefined);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}
