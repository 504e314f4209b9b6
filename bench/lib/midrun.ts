import { acquireLock } from '../../src/engine/log/lock.ts';
import { openLog } from '../../src/engine/log/log.ts';
import { runPaths, type RunPaths } from '../../src/engine/paths.ts';
import { writeProjections } from '../../src/engine/projections.ts';
import { nodeIo } from '../../src/io/node/index.ts';
import { Chance } from './chance.ts';
import { history, someTasks } from './history.ts';

/**
 * Makes a repository with one run in its middle: as many tasks, three of ten landed, some at work, nobody carrying it on.
 * Log and projections are written by the product's own code; git is never asked, so an empty `.git` will do.
 */
export async function makeMidrun(root: string, slug: string, tasks: number): Promise<RunPaths> {
  const io = nodeIo();
  const paths = runPaths(root, 'docs/masterplan', slug);
  for (const directory of [`${root}/.git`, paths.bundle, paths.runtime]) await io.files.makeDirectory(directory);
  await (await io.files.openAppend(paths.log)).close();
  const lock = await acquireLock(io, paths.runtime, 'bench');
  if (!lock.ok) throw new Error(lock.error.message);
  const opened = await openLog(io, paths.log, lock.value, { tornDirectory: paths.torn });
  if (!opened.ok) throw new Error(opened.error.problem);
  const { log } = opened.value;
  // Not awaited one by one: groups that wait together share a sync.
  const groups = history(someTasks(tasks, new Chance(11)), slug, Math.floor(tasks * 0.3));
  await Promise.all(Array.from(groups, (group) => log.append(group)));
  await log.close();
  await writeProjections(io, paths, log.position, log.state);
  await lock.value.release();
  return paths;
}
