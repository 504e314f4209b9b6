import { contractCalled } from '../../core/run/contracts/registry.ts';
import { authoringBrief, type AuthoringBrief, type Found } from '../../core/run/authoring/brief.ts';
import { SCANS } from '../../core/run/authoring/model.ts';
import type { RunState, TaskState } from '../../core/run/state.ts';
import { lastWork } from '../../core/run/state.ts';
import { taskOf } from '../../core/run/state.ts';
import type { Io } from '../../io/io.ts';
import { attemptFile, specFile, type RunPaths } from '../paths.ts';

/** What an attempt that writes a document of the run is told. */
export async function authoringTexts(
  io: Io,
  paths: RunPaths,
  state: RunState,
  task: TaskState,
): Promise<AuthoringBrief> {
  const needs = task.task.authors !== 'scan';
  const bytes = task.task.authors === 'plan' ? await io.files.read(specFile(paths)) : undefined;
  const spec = bytes === undefined ? '' : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  return authoringBrief(state, task, { found: needs ? await foundBy(io, paths, state) : [], spec });
}

/** What the scans of a run found out, from their digests in the bundle. One that is gone leaves its summary. */
export async function foundBy(io: Io, paths: RunPaths, state: RunState): Promise<readonly Found[]> {
  const contract = contractCalled('discovery.v1');
  const found: Found[] = [];
  for (const { id, title } of SCANS) {
    const task = taskOf(state, id);
    const attempt = task === undefined ? undefined : lastWork(task);
    if (attempt === undefined || task?.progress.status !== 'merged') continue;
    const bytes = await io.files
      .read(`${paths.digests}/${attemptFile(id, attempt.number)}.json`)
      .catch(() => undefined);
    const read =
      bytes === undefined ? undefined : contract?.digest.check(new TextDecoder().decode(bytes), bytes.length);
    const digest = read?.ok === true ? (read.value as Partial<Digest>) : undefined;
    found.push({
      title,
      summary: digest?.summary ?? attempt.summary ?? '',
      answers: digest?.answers ?? [],
      files: digest?.files ?? [],
      open: digest?.open_questions ?? [],
    });
  }
  return found;
}

interface Digest {
  readonly summary: string;
  readonly answers: Found['answers'];
  readonly files: Found['files'];
  readonly open_questions: Found['open'];
}
