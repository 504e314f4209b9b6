import type { ForeignFile } from './format.ts';

/** By folder, the files in it and below; made once for a list of files, for every plan among them asks. */
const KNOWN = new WeakMap<readonly ForeignFile[], Map<string, ForeignFile[]>>();
const NONE: readonly ForeignFile[] = [];

/** The files that lie in a folder or below it, in their order; the empty folder holds everything. */
export function filesBelow(files: readonly ForeignFile[], folder: string): readonly ForeignFile[] {
  if (folder === '') return files;
  let known = KNOWN.get(files);
  if (known === undefined) KNOWN.set(files, (known = byFolder(files)));
  return known.get(folder) ?? NONE;
}

function byFolder(files: readonly ForeignFile[]): Map<string, ForeignFile[]> {
  const folders = new Map<string, ForeignFile[]>();
  for (const file of files) {
    for (let at = file.path.indexOf('/'); at >= 0; at = file.path.indexOf('/', at + 1)) {
      const folder = file.path.slice(0, at);
      const list = folders.get(folder);
      if (list === undefined) folders.set(folder, [file]);
      else list.push(file);
    }
  }
  return folders;
}
