import { readLegacyBundle } from '../core/formats/legacy/bundle.ts';
import type { LegacyFiles } from '../core/formats/legacy/model.ts';

/** The texts of a legacy bundle, and where they stand. */
export interface GatheredLegacy {
  readonly files: LegacyFiles;
  /** Where the plan and the index stand, relative to the repository, if not in the bundle itself. */
  readonly elsewhere: Readonly<Record<string, string>>;
  /** Where the bundle's spec stands, if it says so and holds none itself. */
  readonly spec: string | undefined;
}

/**
 * Reads the files of a legacy bundle, or of a status file, through `take` (a path relative to the repository; `undefined`: not
 * there). What it does not hold itself is read where it says that it is, if that is in the repository. `undefined`: no state.
 */
export async function gatherLegacy(
  path: string,
  take: (path: string) => Promise<string | undefined>,
): Promise<GatheredLegacy | undefined> {
  const statusFile = path.endsWith('.md');
  const base = path.slice(path.lastIndexOf('/') + 1);
  const stem = path.replace(/-status\.md$/, '');
  const state = await take(statusFile ? path : `${path}/state.yml`);
  if (state === undefined) return undefined;
  const stateName = statusFile ? base : 'state.yml';
  const name = base.replace(/-status\.md$/, '');
  const named = readLegacyBundle({ name, state, stateName, retro: false }).artifacts;
  const elsewhere: Record<string, string> = {};
  const part = async (own: string, artifact: string): Promise<string | undefined> => {
    const here = await take(own);
    const there = here === undefined ? insideOf(named[artifact]) : undefined;
    if (there === undefined || there === own) return here;
    const text = await take(there);
    if (text !== undefined) elsewhere[artifact] = there;
    return text;
  };
  const plan = await part(statusFile ? `${stem}.md` : `${path}/plan.md`, 'plan');
  const index = statusFile ? undefined : await part(`${path}/plan.index.json`, 'plan_index');
  const subagents = await take(statusFile ? `${stem}-subagents.jsonl` : `${path}/subagents.jsonl`);
  const archive = await take(statusFile ? `${stem}-status-archive.md` : `${path}/events-archive.jsonl`);
  const events = statusFile ? undefined : await take(`${path}/events.jsonl`);
  return {
    files: {
      name,
      state,
      stateName,
      ...(events === undefined ? {} : { events }),
      ...(archive === undefined ? {} : { archive }),
      ...(plan === undefined ? {} : { plan }),
      ...(index === undefined ? {} : { index }),
      ...(subagents === undefined ? {} : { subagents }),
      retro: false,
    },
    elsewhere,
    spec: insideOf(named['spec']),
  };
}

/** A path as older tools wrote it, where it stays in the repository; `undefined`: it does not, or is none. */
function insideOf(path: string | undefined): string | undefined {
  const plain = path?.replace(/^(?:\.\/)+/, '').replace(/#.*$/, '') ?? '';
  const parts = plain.split('/');
  return plain === '' || plain.startsWith('/') || plain.includes('\\') || parts.includes('..') || parts.includes('.git')
    ? undefined
    : plain;
}
