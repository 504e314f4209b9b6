import type { ImportKind } from '../../core/run/import-event.ts';
import type { Io } from '../../io/io.ts';
import type { Located } from '../locate.ts';

/** `import.json` of a bundle: where it comes from. The log says the same; this is quicker to look at. */
export interface ImportRecord {
  readonly kind: ImportKind;
  readonly from: string;
  /** SHA-256 by path. */
  readonly files: Readonly<Record<string, string>>;
}

export function importRecord(record: ImportRecord): string {
  return `${JSON.stringify({ schema: 1, ...record }, null, 2)}\n`;
}

/** Bundles of ours that were imported, by where they come from. */
export async function importedFrom(
  io: Io,
  { root, runsPath }: Located,
): Promise<ReadonlyMap<string, { readonly slug: string; readonly record: ImportRecord }>> {
  const found = new Map<string, { slug: string; record: ImportRecord }>();
  for (const slug of await io.files.list(`${root}/${runsPath}`)) {
    const bytes = await io.files
      .read(`${root}/${runsPath}/${slug}/import.json`, 16 * 1024 * 1024)
      .catch(() => undefined);
    const record = bytes === undefined ? undefined : readRecord(new TextDecoder().decode(bytes));
    // Of several imports of one thing, the last one counts.
    if (record !== undefined) found.set(record.from, { slug, record });
  }
  return found;
}

function readRecord(text: string): ImportRecord | undefined {
  try {
    const value = JSON.parse(text) as Partial<ImportRecord> | null;
    return typeof value === 'object' &&
      value !== null &&
      typeof value.from === 'string' &&
      typeof value.kind === 'string' &&
      typeof value.files === 'object'
      ? (value as ImportRecord)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The bundle that something was imported as before. */
export async function priorImport(
  io: Io,
  located: Located,
  from: string,
): Promise<{ readonly slug: string; same(hashes: Readonly<Record<string, string>>): boolean } | undefined> {
  const one = (await importedFrom(io, located)).get(from);
  if (one === undefined) return undefined;
  return {
    slug: one.slug,
    same: (hashes) => {
      const names = Object.keys(hashes);
      return (
        names.length === Object.keys(one.record.files).length &&
        names.every((name) => one.record.files[name] === hashes[name])
      );
    },
  };
}

/** A path as a path below `imported/`, whatever stands in it. */
export function importedName(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  return parts.map((part) => part.replace(/[^\w.@ -]/g, '_')).join('/') || 'source';
}
