import { bundlesNamed, type ResearchNote, researchNotes } from '../../core/companions/bundle/research.ts';
import type { TaskState } from '../../core/run/state.ts';
import type { Io } from '../../io/io.ts';
import type { RunPaths } from '../paths.ts';

/** Bytes of a bundle that are read. */
const LIMIT = 200_000;

/** What the research bundles say that the text names which an attempt is to plan from; nothing for attempts that plan nothing. */
export async function researchFor(
  io: Io,
  { root }: Pick<RunPaths, 'root'>,
  { task }: TaskState,
  { goal, context }: { readonly goal: string; readonly context: string },
): Promise<{ readonly research?: readonly ResearchNote[] }> {
  if (task.planFirst === undefined && task.authors !== 'plan') return {};
  const bundles: { path: string; text: string }[] = [];
  for (const path of bundlesNamed(`${goal}\n${context}`)) {
    // What cannot be read is not told; the planner sees its name, and can look itself.
    const bytes = await io.files.readRange(`${root}/${path}`, 0, LIMIT).catch(() => undefined);
    if (bytes !== undefined) bundles.push({ path, text: new TextDecoder().decode(bytes) });
  }
  const research = researchNotes(bundles).filter(({ text }) => text !== '');
  return research.length === 0 ? {} : { research };
}
