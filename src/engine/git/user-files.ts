import { joinPath } from '../../core/base/path.ts';
import { type Context, readText } from './context.ts';
import { fieldsOf, type Where } from './git.ts';
import { GitError, type Repositories } from './repositories.ts';

/** Files that are looked at one by one; of more the names alone are known. */
const MOST_LOOKED_AT = 2000;

/** What the user's checkout holds beside what is committed. Read only: its index is copied, and its configuration not obeyed. */
export function userFilesMethods(context: Context): Pick<Repositories, 'userFiles'> {
  return {
    userFiles: async () => {
      try {
        return await userFiles(context);
      } catch (error) {
        // A split index, a tool that rewrites it at this moment: then nothing is known, and nothing said.
        if (error instanceof GitError) return undefined;
        throw error;
      }
    },
  };
}

async function userFiles(context: Context): Promise<ReadonlyMap<string, string> | undefined> {
  const { files } = context.io;
  const { root } = context.options;
  const from = await indexOf(context);
  const content = from === undefined ? undefined : await files.read(from);
  if (content === undefined) return undefined;
  const directory = joinPath(context.own, 'user-files');
  const index = joinPath(directory, context.io.random.hex(8));
  if ((await files.stat(directory)) === undefined) await files.makeDirectory(directory, { durable: false });
  try {
    await files.write(index, content, { durable: false });
    const where: Where = { ...context.queue, workTree: root, index };
    const ignored = joinPath(context.options.gitDirectory, 'info/exclude');
    const answer = await context.git(where, 'look at your checkout', [
      'ls-files',
      '-z',
      '-t',
      '--others',
      '--modified',
      '--deleted',
      '--exclude-standard',
      ...((await files.stat(ignored))?.kind === 'file' ? [`--exclude-from=${ignored}`] : []),
    ]);
    const found = new Map<string, string>();
    for (const field of fieldsOf(answer)) {
      const path = field.slice(2);
      if (found.has(path)) continue;
      const stat = found.size < MOST_LOOKED_AT ? await files.stat(joinPath(root, path)).catch(() => undefined) : null;
      found.set(path, stat === null ? '' : stat === undefined ? 'gone' : `${stat.kind} ${stat.size} ${stat.mtime}`);
    }
    return found;
  } finally {
    await files.remove(index).catch(() => undefined);
  }
}

/** The index of the checkout: a linked one has its own, and says in `.git` where. */
async function indexOf(context: Context): Promise<string | undefined> {
  const { files } = context.io;
  const dot = joinPath(context.options.root, '.git');
  const stat = await files.stat(dot);
  if (stat?.kind === 'directory') return joinPath(dot, 'index');
  if (stat?.kind !== 'file') return undefined;
  const target = /^gitdir: (.+)$/m.exec((await readText(files, dot)) ?? '')?.[1]?.trim();
  if (target === undefined) return undefined;
  return joinPath(target.startsWith('/') ? target : joinPath(context.options.root, target), 'index');
}
