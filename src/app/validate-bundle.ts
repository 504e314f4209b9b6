import { sha256Bytes } from '../core/base/sha256.ts';
import { indexDifference, readPlanIndex } from '../core/formats/plan-index.ts';
import type { Plan } from '../core/plan/model.ts';
import { attemptName, type RecordedEvent } from '../core/run/event.ts';
import type { RunState } from '../core/run/state.ts';
import { boardOf } from '../core/views/board.ts';
import type { Position } from '../engine/log/log.ts';
import { attemptFile, type RunPaths } from '../engine/paths.ts';
import { renderState } from '../engine/projections.ts';
import type { Io } from '../io/io.ts';
import { importedName } from './imports/record.ts';

/** Something that is wrong with a file of a bundle beside its log. */
export interface BundleFinding {
  readonly severity: 'error' | 'warning';
  readonly path: string;
  readonly line: number;
  readonly message: string;
  readonly hint: string;
}

/** What a log says of the files beside it: gathered while it is read. */
export interface BundleClaims {
  /** By the name of the attempt in file names: what its digest was, and what a review said. */
  readonly digests: Map<string, { readonly sha256?: string; readonly verdict?: string; readonly attempt: string }>;
  /** By the same name, what its agent was told, and of which attempt. */
  readonly briefs: Map<string, { readonly sha256: string; readonly attempt: string }>;
  /** Files that were copied when the run was imported, with their SHA-256. */
  imported: Readonly<Record<string, string>>;
}

const LIMIT = 64 * 1024 * 1024;
/** Missing files that are named one by one: where a whole directory is gone, thousands of names tell nothing. */
const MOST_GONE = 20;

export function newClaims(): BundleClaims {
  return { digests: new Map(), briefs: new Map(), imported: {} };
}

/** Names of the events that {@link claim} takes in; what agents were told is only looked at where briefs are kept. */
export function claiming(briefs: boolean): ReadonlySet<string> {
  return new Set(['digest_recorded', 'review_finished', 'run_imported', ...(briefs ? ['attempt_started'] : [])]);
}

/** Takes in what one event says. */
export function claim(claims: BundleClaims, event: RecordedEvent): void {
  if (event.event === 'digest_recorded' || event.event === 'review_finished') {
    const { task, attempt } = event;
    claims.digests.set(attemptFile(task, attempt), {
      attempt: attemptName(task, attempt),
      ...(event.event === 'digest_recorded' ? { sha256: event.sha256 } : { verdict: event.said }),
    });
  }
  if (event.event === 'attempt_started' && /^[0-9a-f]{64}$/.test(event.brief_sha256))
    claims.briefs.set(attemptFile(event.task, event.attempt), {
      sha256: event.brief_sha256,
      attempt: attemptName(event.task, event.attempt),
    });
  if (event.event === 'run_imported') claims.imported = event.files;
}

/**
 * Compares the files that are made from a log, or bound to it, with what it says. What is made anew at any time is a warning; what
 * is evidence, and is not what was recorded, an error.
 */
export async function checkBundle(
  io: Io,
  paths: RunPaths,
  position: Position,
  state: RunState,
  claims: BundleClaims,
  /** The plan of the bundle, where it is the approved one. */
  plan: Plan | undefined,
): Promise<readonly BundleFinding[]> {
  const text = async (path: string): Promise<string | undefined> => {
    const bytes = await io.files.read(path, LIMIT).catch(() => undefined);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  };
  return [
    ...stateFindings(paths, position, state, await text(paths.stateFile)),
    ...indexFindings(paths, state, await text(paths.index), plan),
    ...(await digestFindings(io, paths, claims)),
    ...(await briefFindings(io, paths, claims)),
    ...(await importFindings(io, paths, claims)),
  ];
}

const ANEW = 'nothing is lost: it is made from the log, and the next masterplan run writes it anew';

/** `state.yml` of this very event has to say what the log says; one of an earlier event is only behind. */
export function stateFindings(
  paths: RunPaths,
  position: Position,
  state: RunState,
  text: string | undefined,
): BundleFinding[] {
  const of = { severity: 'warning', path: paths.stateFile, hint: ANEW } as const;
  if (text === undefined) return [{ ...of, line: 0, message: 'it is missing, or cannot be read' }];
  const lines = text.split('\n');
  const seq = lines.findIndex((line) => /^seq: \d+$/.test(line));
  if (seq < 0) return [{ ...of, line: 1, message: 'it does not say from which event it was made' }];
  if (Number(lines[seq]?.slice('seq: '.length)) !== position.seq) return [];
  const wanted = new Map<string, string>();
  for (const line of renderState(position, state, boardOf(state)).split('\n')) {
    const key = keyOf(line);
    if (key !== undefined) wanted.set(key, line);
  }
  const found: BundleFinding[] = [];
  const seen = new Set<string>();
  for (const [i, line] of lines.entries()) {
    const key = keyOf(line);
    // Lines that other releases write, and words for people, may differ.
    if (key === undefined || /^(?:next_action|status|schema_version)$/.test(key) || !wanted.has(key)) continue;
    seen.add(key);
    if (wanted.get(key) !== line)
      found.push({ ...of, line: i + 1, message: `"${key}" is not what the log says: somebody edited it` });
  }
  const missing = ['slug', 'phase', ...state.tasks.map(({ task }) => `task ${task.id}`)].filter(
    (key) => !seen.has(key),
  );
  if (missing.length > 0)
    found.push({ ...of, line: lines.length, message: `it lacks ${missing.slice(0, 5).join(', ')}` });
  return found.slice(0, 20);
}

/** `phase`, or `task T3`; only what a task's status, attempt and commit are is compared. */
function keyOf(line: string): string | undefined {
  const key = /^([a-z_0-9]+): /.exec(line)?.[1];
  if (key !== undefined) return key;
  const id = /^ {2}- \{"id":"([^"]+)"/.exec(line)?.[1];
  return id === undefined ? undefined : `task ${id}`;
}

function indexFindings(
  paths: RunPaths,
  state: RunState,
  text: string | undefined,
  plan: Plan | undefined,
): BundleFinding[] {
  const of = {
    severity: 'warning',
    path: paths.index,
    line: 1,
    hint: 'nothing is lost: masterplan doctor --fix makes it anew from the plan',
  } as const;
  if (text === undefined) return [{ ...of, line: 0, message: 'it is missing, or cannot be read' }];
  const read = readPlanIndex(text);
  if (!read.ok) return [{ ...of, message: read.error }];
  const hash = /"plan_hash"\s*:\s*"sha256:([0-9a-f]{64})"/.exec(text)?.[1];
  if (hash !== undefined && hash !== state.planSha256)
    return [{ ...of, message: 'it was made from another text of the plan' }];
  const own = new Set(state.tasks.filter(({ parent }) => parent === undefined).map(({ task }) => task.id));
  const stray = read.value.units.find(({ id }) => !own.has(id));
  if (stray !== undefined && hash !== undefined)
    return [{ ...of, message: `it has ${stray.id}, which the plan does not have` }];
  const other = plan === undefined || hash === undefined ? undefined : indexDifference(text, plan);
  return other === undefined ? [] : [{ ...of, line: other.line, message: other.message }];
}

async function digestFindings(io: Io, paths: RunPaths, { digests }: BundleClaims): Promise<BundleFinding[]> {
  const found: BundleFinding[] = [];
  const hint = 'the log has what followed from it; put the file back from git, or leave it and do not rely on it';
  const there = new Set(await io.files.list(paths.digests).catch(() => []));
  let gone = 0;
  for (const [name, { sha256, verdict, attempt }] of digests) {
    const path = `${paths.digests}/${name}.json`;
    const of = { path, line: 1, hint } as const;
    const what = verdict === undefined ? 'digest' : 'review';
    if (!there.has(`${name}.json`)) {
      if (++gone <= MOST_GONE)
        found.push({ ...of, severity: 'warning', line: 0, message: `the ${what} of ${attempt} is missing` });
      continue;
    }
    let bytes: Uint8Array | undefined;
    try {
      bytes = await io.files.read(path, LIMIT);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      found.push({ ...of, severity: 'error', line: 0, message: `the ${what} of ${attempt} cannot be read: ${why}` });
      continue;
    }
    if (bytes === undefined) continue;
    if (sha256 !== undefined && sha256Bytes(bytes) !== sha256)
      found.push({
        ...of,
        severity: 'error',
        message: `it is not the digest of ${attempt} that was recorded: somebody edited it`,
      });
    if (verdict === undefined) continue;
    const said = verdictIn(new TextDecoder().decode(bytes));
    if (said === undefined)
      found.push({ ...of, severity: 'error', message: `it is no review: the verdict of ${attempt} cannot be read` });
    else if (said !== verdict)
      found.push({
        ...of,
        severity: 'error',
        message: `it says "${said}", and the review of ${attempt} said "${verdict}"`,
      });
  }
  if (gone > MOST_GONE) {
    const message = `${gone} of the ${digests.size} digests and reviews that the log names are missing; the first are named`;
    found.push({ severity: 'warning', path: paths.digests, line: 0, message, hint });
  }
  return found;
}

/** What agents were told has to be what was recorded; that a brief is gone is nothing that anything depends on. */
async function briefFindings(io: Io, paths: RunPaths, { briefs }: BundleClaims): Promise<BundleFinding[]> {
  const found: BundleFinding[] = [];
  for (const name of await io.files.list(paths.briefs).catch(() => [])) {
    const told = briefs.get(name.replace(/\.md$/, ''));
    if (told === undefined) continue;
    const path = `${paths.briefs}/${name}`;
    const bytes = await io.files.read(path, LIMIT).catch(() => undefined);
    if (bytes !== undefined && sha256Bytes(bytes) === told.sha256) continue;
    found.push({
      severity: 'error',
      path,
      line: bytes === undefined ? 0 : 1,
      message:
        bytes === undefined
          ? `the brief of ${told.attempt} cannot be read`
          : `it is not what the agent of ${told.attempt} was told: somebody edited it`,
      hint: 'nothing depends on it; put the file back from git',
    });
  }
  return found;
}

function verdictIn(text: string): string | undefined {
  try {
    const value = JSON.parse(text) as { verdict?: unknown } | null;
    return typeof value?.verdict === 'string' ? value.verdict.slice(0, 40) : undefined;
  } catch {
    return undefined;
  }
}

/** The copies of what was imported have to be what was read then. */
async function importFindings(io: Io, paths: RunPaths, { imported }: BundleClaims): Promise<BundleFinding[]> {
  const found: BundleFinding[] = [];
  for (const [from, hash] of Object.entries(imported)) {
    const path = `${paths.bundle}/imported/${importedName(from)}`;
    const bytes = await io.files.read(path, LIMIT).catch(() => undefined);
    const of = {
      severity: 'warning',
      path,
      line: 0,
      hint: 'what was taken over stands in the log; put the copy back from git',
    } as const;
    if (bytes === undefined) found.push({ ...of, message: `the copy of ${from} is missing` });
    else if (sha256Bytes(bytes) !== hash) found.push({ ...of, message: `it is not ${from} as it was imported` });
  }
  return found;
}
