import type { Io } from '../../io/io.ts';
import { amendMethods } from './amend.ts';
import { advanceMethods } from './advance.ts';
import { changeMethods } from './change-texts.ts';
import { collectMethods } from './collect.ts';
import { createContext, type RepositoriesOptions } from './context.ts';
import { diffMethods } from './diff.ts';
import { fingerprintMethods } from './fingerprint.ts';
import { keptMethods } from './kept.ts';
import { landedMethods } from './landed.ts';
import { mergeMethods } from './merge.ts';
import { provisionMethods } from './provision.ts';
import { publishMethods } from './publish.ts';
import { guarded, queueMethods } from './queue.ts';
import { readMethods } from './read.ts';
import type { Repositories } from './repositories.ts';
import { snapshotMethods } from './snapshot.ts';
import { userFilesMethods } from './user-files.ts';
import { worktreeMethods } from './worktrees.ts';

/** The three repositories of the run `slug` in the work tree `root`. Call `prepare` before anything else. */
export function createRepositories(io: Io, options: RepositoriesOptions): Repositories {
  const context = guarded(createContext(io, options));
  return {
    ...queueMethods(context),
    ...fingerprintMethods(context),
    ...userFilesMethods(context),
    ...worktreeMethods(context),
    ...provisionMethods(context),
    ...collectMethods(context),
    ...changeMethods(context),
    ...snapshotMethods(context),
    ...keptMethods(context),
    ...mergeMethods(context),
    ...amendMethods(context),
    ...readMethods(context),
    ...publishMethods(context),
    ...advanceMethods(context),
    ...landedMethods(context),
    ...diffMethods(context),
  };
}
