import { joinPath } from '../../core/base/path.ts';
import { sha256 } from '../../core/base/sha256.ts';
import { attempt, type Context } from './context.ts';
import type { Repositories } from './repositories.ts';

/** What in a git directory can make git run a program or read from elsewhere. */
const PLANTABLE = ['config', 'config.worktree', 'hooks', 'info', 'objects/info/alternates'];

/** A list for dumb servers that every `git gc` writes anew, also one that git starts by itself; nothing reads it here. */
const HOUSEKEEPING = 'info/refs';

export function fingerprintMethods(context: Context): Pick<Repositories, 'fingerprint'> {
  return { fingerprint: () => attempt('read the configuration of the repository', () => fingerprint(context)) };
}

async function fingerprint(context: Context): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const worktrees = await context.io.files.list(joinPath(context.options.gitDirectory, 'worktrees'));
  for (const name of [...PLANTABLE, ...worktrees.map((worktree) => `worktrees/${worktree}/config.worktree`)])
    await record(context, name, found);
  return found;
}

async function record(context: Context, name: string, found: Record<string, string>): Promise<void> {
  const { files } = context.io;
  if (name === HOUSEKEEPING) return;
  const path = joinPath(context.options.gitDirectory, name);
  const stat = await files.stat(path);
  if (stat === undefined) return;
  if (stat.kind === 'directory') {
    for (const each of await files.list(path)) await record(context, joinPath(name, each), found);
  } else if (stat.kind === 'file') {
    const content = await files.read(path);
    // A hook that is not executable is not run, so a change of that alone is a change.
    if (content !== undefined) found[name] = `${sha256(bytesAsText(content))}${stat.executable ? '+x' : ''}`;
  } else {
    // Not followed: where a link leads is not ours to read, but that there is one is worth knowing.
    found[name] = stat.kind;
  }
}

/** One character for each byte: different bytes give a different text, and plain ASCII gives the hash that `sha256sum` prints. */
function bytesAsText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
