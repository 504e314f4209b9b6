import { joinPath } from '../../core/base/path.ts';
import { sha256 } from '../../core/base/sha256.ts';
import { attempt, checkId, type Context, lookBelowHome } from './context.ts';
import { fieldsOf, type Where } from './git.ts';
import type { IgnoredPath } from '../../core/witness/ignored.ts';
import type { ObjectId, Repositories } from './repositories.ts';
import { recordDirectory } from './worktrees.ts';

/** Paths in one command: a command line has an end. */
const BATCH = 200;

/** What goes into a worktree beside the files of its commit. */
export function provisionMethods(
  context: Context,
): Pick<Repositories, 'ignored' | 'localFiles' | 'keepOut' | 'strays' | 'untracked'> {
  return {
    localFiles: (patterns, commit) =>
      attempt('find the files to copy', () => localFiles(context, patterns, checkId(commit))),
    ignored: (path, since, into) =>
      attempt(`list what is ignored in ${path}`, () => ignored(context, path, since, into)),
    untracked: (path, patterns) => attempt(`list files in ${path}`, () => untracked(context, path, patterns)),
    keepOut: (path, paths) => attempt(`note what is not collected in ${path}`, () => keepOut(context, path, paths)),
    strays: (path, commit) => attempt(`compare ${path} with its commit`, () => strays(context, path, checkId(commit))),
  };
}

/** The user's work tree is read through the private repository: its configuration has no say, and its index is not touched. */
async function localFiles(context: Context, patterns: readonly string[], commit: ObjectId): Promise<readonly string[]> {
  const { files } = context.io;
  const stage = joinPath(context.own, 'stage');
  await files.makeDirectory(stage, { durable: false });
  const what = `list files of ${context.options.root}`;
  const where: Where = {
    ...context.queue,
    workTree: context.options.root,
    index: await indexOf(context, stage, commit, what),
  };
  const text = patterns.join('\n');
  const list = joinPath(stage, `${sha256(text).slice(0, 16)}.patterns`);
  if ((await files.stat(list)) === undefined) await files.write(list, `${text}\n`);
  const listed = await context.git(where, what, ['ls-files', '-z', '--others', '--ignored', `--exclude-from=${list}`]);
  // What lies below `.masterplan` belongs to runs, and a name that ends in "/" is a repository of its own.
  const matching = fieldsOf(listed).filter((path) => !path.startsWith('.masterplan/') && !path.endsWith('/'));
  const found: string[] = [];
  for (let at = 0; at < matching.length; at += BATCH) {
    const some = matching.slice(at, at + BATCH);
    const ignored = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--', ...some] as const;
    found.push(...fieldsOf(await context.git(where, what, [...ignored])));
  }
  return found;
}

async function untracked(context: Context, path: string, patterns: readonly string[]): Promise<readonly string[]> {
  const index = joinPath(recordDirectory(context, path), 'index');
  if ((await lookBelowHome(context, path)) !== 'directory') return [];
  if ((await context.io.files.stat(index)) === undefined) return [];
  const where: Where = { ...context.queue, workTree: path, index };
  const args = ['ls-files', '-z', '--others', '--ignored', ...patterns.map((each) => `--exclude=${each}`)] as const;
  const kept = new Set(await keptOutOf(context, path));
  const answer = await context.git(where, `list files in ${path}`, [...args]);
  return fieldsOf(answer).filter((each) => !each.endsWith('/') && !kept.has(each));
}

/** Ignored paths that are looked at: what is more is as bad as what is there. */
const MOST_IGNORED = 1000;

async function ignored(context: Context, path: string, since: number, into: RegExp): Promise<readonly IgnoredPath[]> {
  const index = joinPath(recordDirectory(context, path), 'index');
  if ((await lookBelowHome(context, path)) !== 'directory') return [];
  if ((await context.io.files.stat(index)) === undefined) return [];
  const where: Where = { ...context.queue, workTree: path, index };
  const kept = new Set(await keptOutOf(context, path));
  const list = async (...more: string[]): Promise<string[]> => {
    const args = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', ...more] as const;
    return fieldsOf(await context.git(where, `list what is ignored in ${path}`, [...args]));
  };
  // Directories that are ignored as a whole are not gone through: `node_modules` is one line.
  const found = await list('--directory');
  const looked = found.filter((each) => into.test(each));
  const inside = looked.length === 0 ? [] : await list('--', ...looked.slice(0, BATCH));
  const fresh: IgnoredPath[] = [];
  for (const each of [...found.filter((one) => !looked.includes(one)), ...inside].slice(0, MOST_IGNORED)) {
    if (kept.has(each)) continue;
    const stat = await context.io.files.stat(joinPath(path, each.replace(/\/$/, '')));
    if (stat === undefined || stat.mtime < since) continue;
    fresh.push({ path: each, ...(stat.kind === 'link' ? { link: true as const } : {}) });
  }
  return fresh;
}

/** An index of a commit, without dates: made once for all worktrees that begin with it. */
async function indexOf(context: Context, stage: string, commit: ObjectId, what: string): Promise<string> {
  const { files, random } = context.io;
  const index = joinPath(stage, `${commit}.tracked`);
  if ((await files.stat(index)) !== undefined) return index;
  const old = (await files.list(stage)).filter((name) => name.endsWith('.tracked'));
  const fresh = joinPath(stage, `${random.hex(8)}.index`);
  await context.git({ ...context.queue, index: fresh }, what, ['read-tree', commit]);
  await files.rename(fresh, index);
  // Those of commits on which nothing begins any more; whoever still reads one has it open.
  for (const name of old.slice(0, -1)) await files.remove(joinPath(stage, name));
  return index;
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
    const args = ['ls-files', '-z', '-t', '--modified', '--deleted', '--others', '--exclude-standard'] as const;
    const answer = await context.git({ ...context.queue, workTree: path, index }, what, [...args]);
    const kept = new Set(await keptOutOf(context, path));
    const changed = new Set<string>();
    const added: string[] = [];
    for (const field of fieldsOf(answer)) {
      const name = field.slice(2);
      if (!field.startsWith('? ')) changed.add(name);
      else if (!kept.has(name)) added.push(name);
    }
    return { changed: [...changed], added };
  } finally {
    if (index !== known) await files.removeTree(stage);
  }
}
