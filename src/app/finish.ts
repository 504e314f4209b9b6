import type { RunSettings } from '../core/run/settings.ts';
import { type Forge, forgeOf } from '../engine/forge/forge.ts';
import type { Context } from './context.ts';
import { environmentOf } from './environment.ts';

/** The forge of a repository, with the person's own environment: their accounts, agents of keys and proxies are in it. */
export function forgeFor(context: Context, root: string, settings: RunSettings | undefined): Forge {
  // Whoever runs masterplan from a hook has these set for another repository.
  const {
    GIT_DIR: _dir,
    GIT_WORK_TREE: _tree,
    GIT_INDEX_FILE: _index,
    GIT_OBJECT_DIRECTORY: _objects,
    ...env
  } = environmentOf(context);
  return forgeOf(context.io, root, env, settings?.finishing ?? {});
}
