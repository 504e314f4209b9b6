import { lstatSync, readdirSync, unlinkSync } from 'node:fs';
import { crc32 } from '../../core/base/crc32.ts';
import { utf8 } from '../../core/base/text.ts';
import { processTable } from './process-table.ts';

/** `.mp-<host>-<boot>-<pid>-<start time>-<chance>.tmp`: whoever finds one can tell whether its writer is still at work. */
const NAME = /^\.mp-([0-9a-f]{8})-([0-9a-f]{8})-(\d+)-([0-9a-f]{8})-[0-9a-z]+\.tmp$/;

/** A write lasts milliseconds: after this long nobody will come back for the file, whoever and wherever it was. */
const ABANDONED = 3_600_000;

/** Directories in which this process has looked for leftovers: they come from dead processes, so once is enough. */
const swept = new Set<string>();

let prefix: string | undefined;

/** A new name for a file that is about to be renamed or linked to its real one. */
export function temporaryName(): string {
  prefix ??= ownPrefix();
  return `${prefix}${Math.random().toString(36).slice(2, 12)}.tmp`;
}

/** Whether a name is one of {@link temporaryName}. */
export function isTemporary(name: string): boolean {
  return name.endsWith('.tmp') && NAME.test(name);
}

/**
 * Removes what processes that died in the middle of a write have left in a directory. Removing a file whose writer is
 * alive after all would make its rename fail, loudly; it could never lose what was acknowledged.
 */
export function sweep(directory: string): void {
  if (swept.has(directory)) return;
  swept.add(directory);
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return;
  }
  for (const name of names) {
    try {
      if (isTemporary(name) && isAbandoned(name, `${directory}/${name}`)) unlinkSync(`${directory}/${name}`);
    } catch {
      // Gone meanwhile, or not ours to remove: a stray file is litter, not a failure.
    }
  }
}

function isAbandoned(name: string, path: string): boolean {
  const [, host, boot, pid, started] = NAME.exec(name) ?? [];
  const self = processTable().self();
  if (host === hash(self.host)) {
    if (boot !== hash(self.boot)) return true;
    const found = processTable().look(Number(pid));
    return found === undefined || found.zombie || hash(found.started) !== started;
  }
  return Date.now() - lstatSync(path).mtimeMs > ABANDONED;
}

function ownPrefix(): string {
  const self = processTable().self();
  return `.mp-${hash(self.host)}-${hash(self.boot)}-${self.pid}-${hash(self.started)}-`;
}

function hash(text: string): string {
  return crc32(utf8(text)).toString(16).padStart(8, '0');
}
