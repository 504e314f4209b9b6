import { joinPath, parentPath } from '../../core/base/path.ts';
import type { SharedDirectory } from '../../core/environment/settings.ts';
import type { Performing } from '../perform/performer.ts';
import type { Site } from './site.ts';

/** Bytes that a lock file may have. */
const LONGEST = 64 * 1024 * 1024;

/**
 * Takes directories of the user's work tree over into a site, as copies of its own: blocks are shared where the file system can
 * (reflinks), files never, because what is written into a hard link or through a symbolic link is written for everybody. One
 * that belongs to another state of its lock files is left where it is. Returns the paths that were taken over.
 */
export async function shareDirectories(
  site: Site,
  directories: readonly SharedDirectory[],
  performing: Performing,
): Promise<string[]> {
  const { io, paths, base } = performing;
  const taken: string[] = [];
  for (const { path, when } of directories) {
    const source = joinPath(paths.root, path);
    const target = joinPath(site.path, path);
    if ((await kindOf(performing, source)) !== 'directory') continue;
    if ((await kindOf(performing, target)) !== undefined) continue;
    if ((await kindOf(performing, parentPath(target))) !== 'directory') continue;
    if (!(await alike(performing, site, when))) continue;
    // GNU's, that of macOS, and everybody's. What a failed one left is removed before the next.
    const script =
      'cp -a --reflink=auto -- "$1" "$2" 2>/dev/null || { rm -rf -- "$2"; cp -Rpc -- "$1" "$2" 2>/dev/null; } || { rm -rf -- "$2"; cp -Rp -- "$1" "$2"; }';
    const copied = await io.processes.run({
      argv: ['sh', '-c', script, 'masterplan-share', source, target],
      cwd: site.path,
      env: { ...base },
    });
    if (copied.code === 0) taken.push(path);
  }
  return taken;
}

/** Whether files are the same in the user's work tree and in the site; one that is on neither side is. */
async function alike({ io, paths }: Performing, site: Site, files: readonly string[]): Promise<boolean> {
  const read = (path: string): Promise<Uint8Array | undefined> => io.files.read(path, LONGEST);
  for (const file of files) {
    const [ours, theirs] = await Promise.all([read(joinPath(paths.root, file)), read(joinPath(site.path, file))]);
    if (ours === undefined && theirs === undefined) continue;
    if (ours === undefined || theirs === undefined || ours.length !== theirs.length) return false;
    if (ours.some((byte, at) => byte !== theirs[at])) return false;
  }
  return true;
}

async function kindOf({ io }: Performing, path: string): Promise<string | undefined> {
  return (await io.files.stat(path))?.kind;
}
