import { err, ok, type Result } from '../../core/base/result.ts';
import { sha256Bytes } from '../../core/base/sha256.ts';
import { utf8 } from '../../core/base/text.ts';
import { parsePlan } from '../../core/plan/parse.ts';
import type { RunState } from '../../core/run/state.ts';
import { replay } from '../../engine/log/log.ts';
import type { Io } from '../../io/io.ts';
import { EXIT, type AppRefusal } from '../api.ts';
import { refuseLinks } from '../locate.ts';
import type { Composed } from './compose.ts';

/** Where bundles are put together before they get their name. Not committed; on the file system of the work tree. */
export const STAGES = '.masterplan/import';

/** A file of the original, with the bytes that were read. */
export interface SourceFile {
  /** Relative to the repository, or an address. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** It lies in the work tree, and has to be there unchanged when the import is over. */
  readonly local: boolean;
}

/**
 * Puts a bundle in its place: everything is written beside, read again and compared with what it should be, and gets its name by
 * one rename. Stopped at any point before that, nothing is there; a later import clears the rest away.
 */
export async function stageBundle(
  io: Io,
  place: { readonly root: string; readonly runsPath: string; readonly slug: string },
  composed: Composed,
  sources: readonly SourceFile[],
  errorsBefore: number,
): Promise<Result<void, AppRefusal>> {
  const { files } = io;
  const home = `${place.root}/${STAGES}`;
  const runs = `${place.root}/${place.runsPath}`;
  const target = `${runs}/${place.slug}`;
  for (const path of [home, runs]) {
    const links = await refuseLinks(io, place.root, path);
    if (!links.ok) return links;
  }
  await sweep(io, home);
  const stage = `${home}/${place.slug}-${io.random.hex(6)}`;
  try {
    await files.makeDirectory(stage);
    for (const [name, content] of composed.files) {
      const slash = name.lastIndexOf('/');
      if (slash > 0) await files.makeDirectory(`${stage}/${name.slice(0, slash)}`);
      await files.write(`${stage}/${name}`, content);
    }
    const wrong = await postconditions(io, stage, composed, sources, errorsBefore, place.root);
    if (wrong !== undefined) {
      await files.removeTree(stage);
      return err({
        message: `what the import would write is not what was read: ${wrong}`,
        hint: 'nothing was written; please report it with the file, or import its plan alone: masterplan import --file=<plan.md>',
        exit: EXIT.failed,
      });
    }
    await files.makeDirectory(runs);
    if ((await files.stat(target)) !== undefined) {
      await files.removeTree(stage);
      return err({
        message: `${place.runsPath}/${place.slug} was made meanwhile`,
        hint: 'look at it; then: masterplan import … --slug <name>',
        exit: EXIT.failed,
      });
    }
    await files.rename(stage, target);
    return ok(undefined);
  } catch (error) {
    await files.removeTree(stage).catch(() => undefined);
    return err({
      message: `nothing was imported: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'correct the cause, then type the same command again',
      exit: EXIT.failed,
    });
  }
}

/** Clears away what imports left that were stopped. Whoever imports at this moment is a moment old. */
async function sweep(io: Io, home: string): Promise<void> {
  for (const name of await io.files.list(home)) {
    const stage = `${home}/${name}`;
    const stat = await io.files.stat(stage);
    if (stat !== undefined && io.clock.now() - stat.mtime > 3_600_000)
      await io.files.removeTree(stage).catch(() => undefined);
  }
}

/** What is wrong with a staged bundle, read again from the disk; `undefined`: nothing. */
async function postconditions(
  io: Io,
  stage: string,
  { files, state }: Composed,
  sources: readonly SourceFile[],
  errorsBefore: number,
  root: string,
): Promise<string | undefined> {
  for (const [name, content] of files) {
    const there = await io.files.read(`${stage}/${name}`);
    const wanted = typeof content === 'string' ? utf8(content) : content;
    if (there === undefined || sha256Bytes(there) !== sha256Bytes(wanted)) return `${name} does not read back`;
  }
  const again = await replay(io.files, `${stage}/events.jsonl`);
  if (!again.ok) return `the log is not valid: ${again.error.problem}`;
  if (again.value.torn > 0 || view(again.value.state) !== view(state)) return 'the log tells something else';
  const plan = new TextDecoder('utf-8', { ignoreBOM: true }).decode(
    (await io.files.read(`${stage}/plan.md`)) ?? new Uint8Array(),
  );
  const parsed = parsePlan(plan, { fileName: 'plan.md', kind: state.kind });
  if (!parsed.ok || parsed.value.sha256 !== state.planSha256) return 'the plan reads as another one';
  const ids = parsed.value.units.map(({ task }) => task.id).join(' ');
  if (ids !== state.tasks.map(({ task }) => task.id).join(' ')) return 'the plan has other tasks';
  const errors = parsed.value.findings.filter(({ severity }) => severity === 'error').length;
  if (errors > errorsBefore) return `the plan has ${errors} errors, the original ${errorsBefore}`;
  for (const { path, bytes, local } of sources) {
    if (!local) continue;
    const now = await io.files.read(`${root}/${path}`);
    if (now === undefined || sha256Bytes(now) !== sha256Bytes(bytes)) return `${path} was changed meanwhile`;
  }
  return undefined;
}

/** What of a state an import has to get right. */
function view(state: RunState): string {
  return JSON.stringify([
    state.seq,
    state.slug,
    state.phase,
    state.planSha256,
    state.imported,
    state.tasks.map(({ task, progress, takenOver }) => [task.id, progress.status, takenOver]),
  ]);
}
