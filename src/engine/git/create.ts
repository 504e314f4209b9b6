import type { Io } from '../../io/io.ts';
import { advanceMethods } from './advance.ts';
import { collectMethods } from './collect.ts';
import { createContext, type RepositoriesOptions } from './context.ts';
import { fingerprintMethods } from './fingerprint.ts';
import { landedMethods } from './landed.ts';
import { mergeMethods } from './merge.ts';
import { publishMethods } from './publish.ts';
import { guarded, queueMethods } from './queue.ts';
import { readMethods } from './read.ts';
import type { Repositories } from './repositories.ts';
import { worktreeMethods } from './worktrees.ts';

/** The three repositories of the run `slug` in the work tree `root`. Call `prepare` before anything else. */
export function createRepositories(io: Io, options: RepositoriesOptions): Repositories {
  const context = guarded(createContext(io, options));
  return {
    ...queueMethods(context),
    ...fingerprintMethods(context),
    ...worktreeMethods(context),
    ...collectMethods(context),
    ...readMethods(context),
    ...mergeMethods(context),
    ...publishMethods(context),
    ...advanceMethods(context),
    ...landedMethods(context),
  };
}
