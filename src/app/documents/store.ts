import { parentPath } from '../../core/base/path.ts';
import { err, ok, type Result } from '../../core/base/result.ts';
import { formatStamp } from '../../core/base/time.ts';
import { type PlanDocument, readDocument } from '../../core/documents/document.ts';
import { logLine, withStatusAndLog } from '../../core/documents/edits.ts';
import { identity } from '../../core/documents/naming.ts';
import {
  entryName,
  entryText,
  isEntryName,
  nextNumber,
  type PlanEvent,
  type PlanRecord,
  type RecordEntry,
  readRecord,
} from '../../core/documents/record.ts';
import type { DocumentStatus } from '../../core/plan/draft.ts';
import { planHash } from '../../core/plan/hash.ts';
import type { Io } from '../../io/io.ts';
import { EXIT, type AppRefusal } from '../api.ts';
import type { Context } from '../context.ts';
import { stem } from '../lint-targets.ts';
import { shown } from '../locate.ts';

/** Bytes that a document, and an entry of a record, may have. */
const LIMIT = 32 * 1024 * 1024;
const ENTRY_LIMIT = 1024 * 1024;

/** A plan's document on disk. */
export interface StoredDocument extends PlanDocument {
  /** Absolute. */
  readonly file: string;
  readonly root: string;
  readonly text: string;
}

/** Where the record of the document at `file` lies: beside it, so that both move together. */
export function recordFolder(file: string): string {
  return `${parentPath(file)}/${stem(file)}.record`;
}

/** Where visits are noted: with what is volatile, not committed and not seen by git. */
export function visitsFolder(root: string): string {
  return `${root}/.masterplan/visits`;
}

/** The record of the document at `file`. Files that cannot be read are problems of it. */
export async function loadRecord(io: Io, file: string): Promise<PlanRecord> {
  const folder = recordFolder(file);
  const files: { name: string; text: string }[] = [];
  for (const name of await io.files.list(folder).catch(() => [])) {
    if (!isEntryName(name)) continue;
    const bytes = await io.files.read(`${folder}/${name}`, ENTRY_LIMIT).catch(() => undefined);
    files.push({ name, text: bytes === undefined ? '' : new TextDecoder().decode(bytes) });
  }
  return readRecord(files);
}

/** Reads a document and its record; `undefined` when it is not there. What cannot be read is said in words. */
export async function loadDocument(
  io: Io,
  root: string,
  file: string,
  elsewhere?: DocumentStatus,
): Promise<Result<StoredDocument, string> | undefined> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await io.files.read(file, LIMIT);
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
  if (bytes === undefined) return undefined;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true }).decode(bytes);
  } catch {
    return err('it is not valid UTF-8');
  }
  if (/^<{7} /m.test(text) && /^>{7} /m.test(text)) return err('it holds the marks of a merge conflict');
  const record = await loadRecord(io, file);
  return ok({ ...readDocument(shown(file, root), text, { record, status: elsewhere }), file, root, text });
}

/** Who acts: an agent that says so by flag or environment, else the person. */
export function whoActs(context: Context, agent: string | undefined): Result<string, AppRefusal> {
  const host = context.io.processes.self().host.split(' ')[0] ?? '';
  const who = identity(agent ?? context.env['MASTERPLAN_AGENT'], context.user, host);
  return who.ok ? who : err({ message: who.error, hint: '--agent my-agent', exit: EXIT.usage });
}

/** What becomes of a document. */
export interface Change {
  readonly event: PlanEvent;
  readonly status: DocumentStatus;
  readonly by: string;
}

/** A document after a change, with the entry that records it. */
export interface Changed {
  readonly document: StoredDocument;
  readonly entry: RecordEntry;
}

/**
 * Changes a document's status and log, and records it. The entry is written first: when the power goes between the two,
 * the same command finds it, writes no second one, and mends the document.
 */
export async function advance(
  context: Context,
  before: StoredDocument,
  { event, status, by }: Change,
): Promise<Result<Changed, AppRefusal>> {
  const { io } = context;
  const { file, root, record, text } = before;
  const last = record.entries.at(-1);
  const again = event === 'approved' && record.entries.some((one) => one.event === 'approved');
  const textFor = (entry: RecordEntry, repeated: boolean): string =>
    withStatusAndLog(text, status, logLineOf(entry, repeated));
  const now: RecordEntry = { event, at: formatStamp(io.clock.now()), by, sha256: '' };
  const sha256 = planHash(textFor(now, again));
  let entry: RecordEntry = { ...now, sha256 };
  let repeated = again;
  const earlier = record.entries.slice(0, -1).some((one) => one.event === 'approved');
  // Recorded, but not said in the document: that is what a crash leaves.
  if (last?.event === event && last.sha256 === sha256 && !text.includes(logLineOf(last, again && earlier))) {
    entry = last;
    repeated = again && earlier;
  } else await addEntry(io, file, record, entry);
  const after = textFor(entry, repeated);
  const there = await io.files.read(file, LIMIT);
  if (there === undefined || new TextDecoder('utf-8', { ignoreBOM: true }).decode(there) !== text) {
    return err({
      message: `${shown(file, root)} was changed by somebody meanwhile`,
      hint: 'type the same command again',
      exit: EXIT.failed,
    });
  }
  await io.files.write(file, after);
  const read = await loadDocument(io, root, file);
  if (read?.ok !== true) {
    return err({ message: `${shown(file, root)} is gone`, hint: 'type the same command again', exit: EXIT.failed });
  }
  return ok({ document: read.value, entry });
}

function logLineOf({ event, at, by }: RecordEntry, repeated: boolean): string {
  return logLine(repeated ? 'approved again' : event, at, by);
}

/** Adds an entry to the record of the document at `file`. */
export async function addEntry(io: Io, file: string, record: PlanRecord, entry: RecordEntry): Promise<void> {
  const folder = recordFolder(file);
  await io.files.makeDirectory(folder);
  const text = entryText(entry);
  const number = nextNumber(record);
  while (!(await io.files.create(`${folder}/${entryName(number, entry.event, io.random.hex(4))}`, text)));
}
