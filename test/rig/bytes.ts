import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import type { World } from './world.ts';

/**
 * What must not change when something is refused: every file of the person's work tree, of the bundle and of the git
 * directory, with its content. The runtime directory is masterplan's own, but for what proves or keeps something.
 */
export function bytesOf(world: World): Record<string, string> {
  return listing(world.root, (path) =>
    /^\.masterplan\/runs\/[^/]+\/(?:lock|torn)(?:\/|$)|^\.masterplan\/cache/.test(path),
  );
}

/** Everything below a directory: path → kind and hash of its content. */
export function listing(directory: string, skip: (path: string) => boolean = () => false): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (at: string): void => {
    for (const name of readdirSync(join(directory, at)).toSorted()) {
      const path = at === '' ? name : `${at}/${name}`;
      if (skip(path)) continue;
      const stats = lstatSync(join(directory, path));
      if (stats.isDirectory()) walk(path);
      else if (stats.isSymbolicLink()) found[path] = `link ${readlinkSync(join(directory, path))}`;
      else if (stats.isFile())
        found[path] = createHash('sha256')
          .update(readFileSync(join(directory, path)))
          .digest('hex')
          .slice(0, 16);
      else found[path] = 'special';
    }
  };
  if (existsSync(directory)) walk('');
  return found;
}
