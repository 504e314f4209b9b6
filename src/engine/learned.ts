import { parseLearned } from '../core/run/learned/document.ts';
import type { Learned } from '../core/run/learned/model.ts';
import type { RunSettings } from '../core/run/settings.ts';
import type { Io } from '../io/io.ts';
import { learnedFile, type RunPaths } from './paths.ts';

/** Bytes of `learned.md` that are read: briefs get a few lines of it, and nobody waits for more. */
const LIMIT = 1_000_000;

/** What earlier runs learned, in the order of the document; nothing where it is switched off, missing or unreadable. */
export async function readLearned(
  io: Io,
  paths: Pick<RunPaths, 'bundle'>,
  settings: Pick<RunSettings, 'learned'> | undefined,
): Promise<readonly Learned[]> {
  if (settings?.learned === 'off') return [];
  // A document that cannot be read keeps nobody from working: it is advice.
  const file = learnedFile(paths);
  const size = (await io.files.stat(file).catch(() => undefined))?.size ?? 0;
  // The newest stands at the end.
  const bytes = await io.files.readRange(file, Math.max(0, size - LIMIT), LIMIT).catch(() => undefined);
  if (bytes === undefined) return [];
  return parseLearned(new TextDecoder().decode(bytes)).entries.map(({ start: _start, end: _end, ...one }) => one);
}
