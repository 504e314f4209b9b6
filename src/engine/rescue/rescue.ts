import type { Io } from '../../io/io.ts';
import { createContext, type RepositoriesOptions } from '../git/context.ts';
import { guarded, queueMethods } from '../git/queue.ts';
import type { ChangedPath } from '../git/repositories.ts';
import { findEverything, type FindOptions, type Finding } from './find.ts';
import { changesIn, type FoundWork, restoreToBranch, restoreToDirectory } from './restore.ts';

/** Finding what was kept or left behind, and bringing it back. Beside every run, and without any. */
export interface Rescue {
  find(options: FindOptions): Promise<Finding>;
  changes(found: FoundWork): Promise<readonly ChangedPath[] | undefined>;
  toBranch(found: FoundWork, branch: string): Promise<void>;
  toDirectory(found: FoundWork, directory: string): Promise<number>;
}

/** No run can be called that: its part of the private repository is ours alone. */
const NAME = '_rescue';

/** All methods reject with `GitError`. */
export function createRescue(io: Io, options: Omit<RepositoriesOptions, 'slug'>): Rescue {
  const context = guarded(createContext(io, { ...options, slug: NAME }));
  // Both repositories may be gone with what somebody deleted: objects are brought back by way of them.
  const prepare = (): Promise<unknown> => queueMethods(context).prepare();
  return {
    find: (finding) => findEverything(context, finding),
    changes: async (found) => {
      await prepare();
      return changesIn(context, found);
    },
    toBranch: async (found, branch) => {
      await prepare();
      await restoreToBranch(context, found, branch);
    },
    toDirectory: async (found, directory) => {
      await prepare();
      return restoreToDirectory(context, found, directory);
    },
  };
}
