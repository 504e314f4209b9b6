import { err, ok, type Result } from '../base/result.ts';

/** What can happen to a plan's document. */
export const PLAN_EVENTS = ['created', 'approved', 'started', 'done', 'superseded'] as const;
export type PlanEvent = (typeof PLAN_EVENTS)[number];

/** One thing that happened to a plan's document: one file of its record. The format is docs/formats/plan-record.md. */
export interface RecordEntry {
  readonly event: PlanEvent;
  /** UTC, `YYYY-MM-DDTHH:MM:SS.mmmZ`. */
  readonly at: string;
  /** `agent:<name>` or `user@host`. */
  readonly by: string;
  /** `planHash` of the document as it was left. */
  readonly sha256: string;
  /** What was asked for, word by word; of `created` alone. */
  readonly prompt?: string;
}

/** An entry with its place in the record. */
export interface PlacedEntry extends RecordEntry {
  readonly name: string;
  /** One more than the highest that its writer saw. Two that share a number were written without knowing of each other. */
  readonly number: number;
}

/** An entry that cannot be read. */
export interface RecordProblem {
  readonly name: string;
  readonly number: number;
  readonly message: string;
}

/** All that happened to a plan's document, in order. */
export interface PlanRecord {
  readonly entries: readonly PlacedEntry[];
  readonly problems: readonly RecordProblem[];
}

export const NO_RECORD: PlanRecord = { entries: [], problems: [] };

const NAME = /^(\d{4,9})-([a-z]{1,20})-([0-9a-f]{8})\.json$/;

/** Whether a file of a record's directory is an entry. What else lies there is nobody's. */
export function isEntryName(name: string): boolean {
  return NAME.test(name);
}

/** The name of the file of a new entry: `0003-approved-1a2b3c4d.json`; `chance`: eight hex digits. */
export function entryName(number: number, event: PlanEvent, chance: string): string {
  return `${String(number).padStart(4, '0')}-${event}-${chance}.json`;
}

/** The text of an entry's file. */
export function entryText({ event, at, by, sha256, prompt }: RecordEntry): string {
  const fields = { schema: 1, event, at, by, sha256, ...(prompt === undefined ? {} : { prompt }) };
  return `${JSON.stringify(fields, null, 2)}\n`;
}

/** Puts the files of a record in order. Never fails: what cannot be read is a problem. */
export function readRecord(files: readonly { readonly name: string; readonly text: string }[]): PlanRecord {
  const entries: PlacedEntry[] = [];
  const problems: RecordProblem[] = [];
  for (const { name, text } of files) {
    const match = NAME.exec(name);
    if (match === null) continue;
    const number = Number(match[1]);
    const read = readEntry(text);
    if (!read.ok) problems.push({ name, number, message: read.error });
    else if (read.value.event === match[2]) entries.push({ ...read.value, name, number });
    else problems.push({ name, number, message: `its name says ${match[2]}, its text ${read.value.event}` });
  }
  entries.sort((a, b) => a.number - b.number || compare(a.at, b.at) || compare(a.name, b.name));
  return { entries, problems };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function readEntry(text: string): Result<RecordEntry, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err(text.includes('<<<<<<<') ? 'it holds the marks of a merge conflict' : 'it is no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return err('it is no JSON object');
  const { schema, event, at, by, sha256, prompt } = value as Readonly<Record<string, unknown>>;
  if (schema !== 1) {
    return err(typeof schema === 'number' && schema > 1 ? 'a newer masterplan wrote it' : 'it names no schema');
  }
  const known = PLAN_EVENTS.find((one) => one === event);
  if (known === undefined) return err('its event is not known');
  if (typeof at !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(at)) return err('"at" is no time');
  if (typeof by !== 'string' || by === '') return err('"by" is missing');
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) return err('"sha256" is no hash');
  if (prompt !== undefined && typeof prompt !== 'string') return err('"prompt" is no text');
  return ok({ event: known, at, by, sha256, ...(prompt === undefined ? {} : { prompt }) });
}

/** The number of the next entry. */
export function nextNumber({ entries, problems }: PlanRecord): number {
  return Math.max(0, ...entries.map(({ number }) => number), ...problems.map(({ number }) => number)) + 1;
}

/**
 * The approvals that hold: the newest one, and any that was given on another clone without knowing of it. Text that
 * carries none of their hashes is not approved.
 */
export function approvalsIn({ entries }: PlanRecord): readonly PlacedEntry[] {
  const approvals = entries.filter(({ event }) => event === 'approved');
  const newest = approvals.at(-1)?.number;
  return approvals.filter(({ number }) => number === newest);
}

/** The approval of text with this hash, if it holds. */
export function approvalOf(record: PlanRecord, sha256: string): PlacedEntry | undefined {
  return approvalsIn(record).find((one) => one.sha256 === sha256);
}

/** Entries that cannot be read and may be newer than the approval that holds: with one of them, nothing is certain. */
export function doubtsIn(record: PlanRecord): readonly RecordProblem[] {
  const newest = approvalsIn(record)[0]?.number ?? 0;
  return record.problems.filter(({ number }) => number >= newest);
}
