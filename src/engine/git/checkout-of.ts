import { baseName, joinPath, parentPath } from '../../core/base/path.ts';
import type { FileStat } from '../../io/files.ts';
import { type Context, readText } from './context.ts';
import { fieldsOf, type Where } from './git.ts';
import { GitError } from './repositories.ts';

/** A work tree of the user's in which a branch is checked out, and how to change it without obeying its configuration. */
export interface Checkout {
  readonly path: string;
  /**
   * The private repository with this work tree and its index: git changes both as ever, but takes configuration, hooks and
   * filters from a place where there are none.
   */
  readonly where: Where;
  /** The few harmless settings of the user's that decide how files are written. */
  readonly settings: readonly string[];
}

/** Finds index and settings of the work tree that has `branch` checked out; refuses those that we could not update rightly. */
export async function findCheckout(context: Context, branch: string, reported: string): Promise<Checkout> {
  const byHand = `merge it there yourself: git -C '${reported}' merge --ff-only masterplan/${context.options.slug}`;
  const common = context.options.gitDirectory;
  const directories = [
    common,
    ...(await context.io.files.list(joinPath(common, 'worktrees'))).map((name) => joinPath(common, 'worktrees', name)),
  ];
  const having: string[] = [];
  for (const each of directories) {
    if ((await readText(context.io.files, joinPath(each, 'HEAD')))?.trim() === `ref: refs/heads/${branch}`)
      having.push(each);
  }
  const [gitDirectory] = having;
  if (gitDirectory === undefined || having.length > 1) {
    throw new GitError(
      `the branch ${branch} is checked out in ${reported}, in a way that masterplan does not know`,
      byHand,
    );
  }
  if ((await context.io.files.stat(joinPath(gitDirectory, 'MERGE_HEAD'))) !== undefined) {
    throw new GitError(
      `a merge is in progress in ${reported}`,
      `finish or abort it there: git -C '${reported}' merge --abort`,
    );
  }
  const path = gitDirectory === common ? mainWorkTree(context) : reported;
  const values = await readValues(context, { gitDirectory });
  if (values.get('core.sparsecheckout') === 'true' || values.get('core.splitindex') === 'true') {
    throw new GitError(`${path} is a sparse checkout or has a split index, which masterplan does not update`, byHand);
  }
  const settings = ['core.untrackedCache=keep'];
  for (const [key, allowed] of Object.entries(HARMLESS)) {
    const value = values.get(key)?.toLowerCase();
    if (value !== undefined && allowed.includes(value)) settings.push(`${key}=${value}`);
  }
  return { path, where: { ...context.queue, workTree: path, index: joinPath(gitDirectory, 'index') }, settings };
}

const SWITCH = ['true', 'false'];
const HARMLESS: Readonly<Record<string, readonly string[]>> = {
  'core.autocrlf': [...SWITCH, 'input'],
  'core.eol': ['lf', 'crlf', 'native'],
  'core.filemode': SWITCH,
  'core.symlinks': SWITCH,
  'core.ignorecase': SWITCH,
  'core.precomposeunicode': SWITCH,
};

async function readValues(context: Context, where: Where): Promise<Map<string, string>> {
  const pattern = String.raw`^core\.(autocrlf|eol|filemode|symlinks|ignorecase|precomposeunicode|sparsecheckout|splitindex)$`;
  const answer = await context.git(
    where,
    'read the configuration of the repository',
    ['config', '--null', '--get-regexp', pattern],
    { codes: [1] },
  );
  return new Map(
    fieldsOf(answer).map((field) => {
      const [key = '', value = 'true'] = field.split('\n');
      return [key, value];
    }),
  );
}

/** Git takes the directory around `.git` for the main work tree; with a separate git directory it is the one we were started in. */
function mainWorkTree(context: Context): string {
  const { gitDirectory, root } = context.options;
  return baseName(gitDirectory) === '.git' ? parentPath(gitDirectory) : root;
}

/** The first thing at `path` or on the way to it that is no directory. */
export async function obstacleTo(
  context: Context,
  checkout: Checkout,
  path: string,
): Promise<{ readonly at: string; readonly kind: FileStat['kind'] } | undefined> {
  const steps = path.split('/');
  for (let length = 1; length <= steps.length; length++) {
    const at = steps.slice(0, length).join('/');
    const stat = await context.io.files.stat(joinPath(checkout.path, at));
    if (stat === undefined) return undefined;
    if (stat.kind !== 'directory') return { at, kind: stat.kind };
  }
  return undefined;
}
