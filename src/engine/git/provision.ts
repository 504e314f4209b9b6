import { joinPath } from '../../core/base/path.ts';
import { sha256 } from '../../core/base/sha256.ts';
import { attempt, checkId, type Context, lookBelowHome } from './context.ts';
import { fieldsOf, textOf, type Where } from './git.ts';
import type { ObjectId, Repositories } from './repositories.ts';
import { recordDirectory } from './worktrees.ts';

/** Paths in one command: a command line has an end. */
const BATCH = 200;

/** What goes into a worktree beside the files of its commit. */
export function provisionMethods(context: Context): Pick<Repositories, 'localFiles' | 'keepOut' | 'strays'> {
  return {
    localFiles: (patterns, commit) =>
      attempt('find the files to copy', () => localFiles(context, patterns, checkId(commit))),
    keepOut: (path, paths) => attempt(`note what is not collected in ${path}`, () => keepOut(context, path, paths)),
    strays: (path, commit) => attempt(`compare ${path} with its commit`, () => strays(context, path, checkId(commit))),
  };
}

/** The user's work tree is read through the private repository: its configuration has no say, and its index is not touched. */
async function localFiles(context: Context, patterns: readonly string[], commit: ObjectId): Promise<readonly string[]> {
  const { files } = context.io;
  const text = patterns.join('\n');
  const stage = joinPath(context.own, 'stage', `local-${sha256(`${commit} ${text}`).slice(0, 16)}`);
  await files.makeDirectory(stage, { durable: false });
  try {
    const where: Where = { ...context.queue, workTree: context.options.root, index: joinPath(stage, 'index') };
    const what = `list files of ${context.options.root}`;
    await context.git(where, what, ['read-tree', commit], { durable: false });
    const list = joinPath(stage, 'patterns');
    await files.write(list, `${text}\n`, { durable: false });
    const listed = await context.git(where, what, [
      'ls-files',
      '-z',
      '--others',
      '--ignored',
      `--exclude-from=${list}`,
    ]);
    // What lies below `.masterplan` belongs to runs, and a name that ends in "/" is a repository of its own.
    const matching = fieldsOf(listed).filter((path) => !path.startsWith('.masterplan/') && !path.endsWith('/'));
    const found: string[] = [];
    for (let at = 0; at < matching.length; at += BATCH) {
      const some = matching.slice(at, at + BATCH);
      found.push(
        ...fieldsOf(
          await context.git(where, what, [
            'ls-files',
            '-z',
            '--others',
            '--ignored',
            '--exclude-standard',
            '--',
            ...some,
          ]),
        ),
      );
    }
    return found;
  } finally {
    await files.removeTree(stage);
  }
}

async function keepOut(context: Context, path: string, paths: readonly string[]): Promise<void> {
  const directory = recordDirectory(context, path);
  await context.io.files.makeDirectory(directory);
  await context.io.files.write(joinPath(directory, 'kept-out'), paths.map((each) => `${each}\0`).join(''));
}

/** Takes out of an index what {@link Repositories.keepOut} named: none of it is in the commit. */
export async function dropKeptOut(context: Context, where: Where, path: string, zero: string): Promise<void> {
  const paths = await keptOutOf(context, path);
  if (paths.length === 0) return;
  await context.git(where, `leave out what was put into ${path}`, ['update-index', '-z', '--index-info'], {
    durable: false,
    stdin: paths.map((each) => `0 ${zero}\t${each}\0`).join(''),
  });
}

/** What {@link Repositories.keepOut} noted of a worktree. */
export async function keptOutOf(context: Context, path: string): Promise<string[]> {
  const bytes = await context.io.files.read(joinPath(recordDirectory(context, path), 'kept-out'), 16 * 1024 * 1024);
  if (bytes === undefined) return [];
  return new TextDecoder().decode(bytes).split('\0').slice(0, -1);
}

async function strays(
  context: Context,
  path: string,
  commit: ObjectId,
): Promise<{ readonly changed: readonly string[]; readonly added: readonly string[] }> {
  const { files } = context.io;
  if ((await lookBelowHome(context, path)) !== 'directory') return { changed: [], added: [] };
  const known = joinPath(recordDirectory(context, path), 'index');
  const stage = joinPath(context.own, 'stage', `strays-${sha256(path).slice(0, 16)}`);
  const what = `look for changes in ${path}`;
  let index = known;
  try {
    if ((await files.stat(known)) === undefined) {
      await files.makeDirectory(stage, { durable: false });
      index = joinPath(stage, 'index');
      await context.git({ ...context.queue, workTree: path, index }, what, ['read-tree', commit], { durable: false });
    }
    const where: Where = { ...context.queue, workTree: path, index };
    const changed = await context.git(where, what, ['ls-files', '-z', '--modified', '--deleted']);
    const others = await context.git(where, what, ['ls-files', '-z', '--others', '--exclude-standard']);
    const kept = new Set(await keptOutOf(context, path));
    return {
      changed: [...new Set(fieldsOf(changed))],
      added: textOf(others) === '' ? [] : fieldsOf(others).filter((each) => !kept.has(each)),
    };
  } finally {
    if (index !== known) await files.removeTree(stage);
  }
}
