import { oneLine } from '../../core/base/text.ts';
import { SUBPLAN_LIMIT } from '../../core/run/contract.ts';
import type { EffectOf } from '../../core/run/effect.ts';
import type { RunEvent } from '../../core/run/event.ts';
import type { TaskState } from '../../core/run/state.ts';
import { withTester } from '../../core/run/finish/rows.ts';
import { readSubplan } from '../../core/run/subplan.ts';
import { attemptFile, subplanFile } from '../paths.ts';
import type { Performing } from './performer.ts';

type Adopted = Extract<RunEvent, { event: 'subplan_written' | 'witness_failed' }>;

/**
 * Takes over the sub-plan that a planning attempt left: read and linted by us, then durable in the bundle before any event
 * speaks of it. A death in between does it again, with the same result. What is wrong with it becomes the lesson of the
 * next attempt.
 */
export async function adoptSubplan(
  { task: id, attempt }: EffectOf<'work'>,
  { task }: TaskState,
  performing: Performing,
): Promise<Adopted> {
  const { io, paths } = performing;
  const of = { task: id, attempt };
  const refused = (problems: readonly string[]): Adopted => ({
    event: 'witness_failed',
    ...of,
    claim: 'completed',
    check: `the sub-plan cannot be carried out: ${problems.map((problem) => oneLine(problem, 400)).join('; ')}`.slice(
      0,
      4000,
    ),
  });
  const path = `${paths.attempts}/${attemptFile(id, attempt)}/plan.md`;
  let bytes: Uint8Array | undefined;
  try {
    bytes = await io.files.read(path, SUBPLAN_LIMIT);
  } catch (error) {
    return refused([error instanceof Error ? error.message : String(error)]);
  }
  if (bytes === undefined) return refused(['no file $MASTERPLAN_PLAN was written']);
  const source = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const read = readSubplan(task, source);
  if (!read.ok) return refused(read.error);
  const { plan, clean } = read.value;
  const tasks = withTester(performing.state(), task, read.value.tasks);
  const file = subplanFile(paths, id);
  await performing.confirm();
  await io.files.makeDirectory(file.slice(0, file.lastIndexOf('/')));
  await io.files.write(file, source);
  return { event: 'subplan_written', ...of, kind: plan.kind, sha256: plan.sha256, clean, tasks };
}
