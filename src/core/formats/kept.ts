import { z } from 'zod';
import { sha256 } from '../base/sha256.ts';
import { err, ok, type Result } from '../base/result.ts';
import { renderTask } from '../plan/kinds/task-render.ts';
import type { Portable } from '../plan/portable.ts';
import type { Foreign, ForeignFile, FormatName } from './format.ts';
import { formatNamed, isFormatName } from './list.ts';

/** `plan.foreign.json`: what stands beside an imported plan so that it can be given back. Schema 1. */
export interface ForeignRecord {
  readonly format: FormatName;
  /** Where it was imported from, relative to the repository. */
  readonly root: string;
  readonly slug: string;
  /** SHA-256 of the plan as the import wrote it: whether somebody changed it since. */
  readonly plan_sha256: string;
  /** Their id by ours. */
  readonly ids: Readonly<Record<string, string>>;
  /** Their word for the status of a unit at the import, by our id. */
  readonly statuses: Readonly<Record<string, string>>;
  /** Every file of it, byte for byte. */
  readonly files: readonly ForeignFile[];
}

const schema = z.object({
  schema: z.literal(1),
  format: z.string().refine(isFormatName),
  root: z.string(),
  slug: z.string(),
  plan_sha256: z.string(),
  ids: z.record(z.string(), z.string()),
  statuses: z.record(z.string(), z.string()),
  files: z.array(z.object({ path: z.string(), text: z.string() })),
});

/** The text of a `plan.foreign.json`. */
export function foreignText(record: ForeignRecord): string {
  return `${JSON.stringify({ schema: 1, ...record }, null, 2)}\n`;
}

/** Reads a `plan.foreign.json`; the error says what is wrong with it. */
export function readForeign(text: string): Result<ForeignRecord, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
  const read = schema.safeParse(value);
  if (!read.success) {
    const [problem] = read.error.issues;
    return err(`${problem?.path.join('.') ?? ''}: ${problem?.message ?? 'not valid'}`);
  }
  const { schema: _, format, ...rest } = read.data;
  return ok({ ...rest, format: format as FormatName });
}

/** The plan of an import: with where it comes from and its documents in the context. `up` leads from its folder to the top. */
export function importedPlan(foreign: Foreign, root: string, up: string): Portable {
  const link = (path: string): string => `${up}${path.split('/').map(encodeURIComponent).join('/')}`;
  const from = `Imported from ${formatNamed(foreign.format).title}: [${root}](${link(root)}).`;
  const documents = foreign.documents
    .slice(0, 40)
    .map(({ path, title }) => `- [${title.replace(/[[\]]/g, '')}](${link(path)})`);
  const parts = [
    foreign.plan.context.trim(),
    from,
    ...(documents.length === 0 ? [] : ['Documents:', documents.join('\n')]),
  ];
  return { ...foreign.plan, context: parts.filter((part) => part !== '').join('\n\n') };
}

/** The document that an import writes. */
export function importedText(foreign: Foreign, root: string, up: string, slug: string): string {
  return renderTask(importedPlan(foreign, root, up)).replace(/^---\nkind: task\n/, `---\nkind: task\nslug: ${slug}\n`);
}

/** SHA-256 of a text as hexadecimal digits. */
export function textHash(text: string): string {
  return sha256(text);
}
