import { joinPath } from '../../core/base/path.ts';
import { type Advance, undoHalf } from './advance-undo.ts';
import { type Branch, type Moved, moveBranch, readBranch } from './branch.ts';
import { type Checkout, findCheckout, obstacleTo } from './checkout-of.ts';
import { changesBetween } from './collect.ts';
import { attempt, checkId, type Context, readText } from './context.ts';
import { fieldsOf } from './git.ts';
import { pack, withObjects } from './publish.ts';
import { type ChangedPath, GitError, type ObjectId, type Repositories } from './repositories.ts';

/** The end of a run: the base branch moves, and with it the files of whoever has it checked out. */
export function advanceMethods(context: Context): Pick<Repositories, 'advance'> {
  return {
    advance: (branch, commit, expected) =>
      attempt(`move the branch ${branch}`, () =>
        advance(context, { branch, commit: checkId(commit), expected: checkId(expected) }),
      ),
  };
}

type Advanced = Moved | { readonly dirty: readonly string[] };

/**
 * Files and index first, the branch last, as `git merge` does it: in between, the change looks staged, and whoever finds it
 * after a crash can commit it or call this again; the other way round it would look staged for removal. What we are
 * about to do is written down before, so that our own half-written files are told from somebody's work.
 */
async function advance(context: Context, move: Advance): Promise<Advanced> {
  const { files } = context.io;
  const intent = joinPath(context.own, 'advance');
  const there = await readBranch(context, move.branch);
  if (there?.tip === move.commit) {
    if ((await files.stat(intent)) !== undefined) await files.remove(intent);
    return 'moved';
  }
  if (there?.tip !== move.expected) return { actual: there?.tip };

  const text = `${move.branch}\n${move.expected}\n${move.commit}\n`;
  const again = (await readText(files, intent)) === text;
  const checkout = await checkoutOf(context, move, there);
  const name = await pack(context, move.commit, [move.expected]);
  if (checkout === undefined) return withObjects(context, name, () => moveOrThere(context, move));

  const changed = await changesBetween(context, context.queue, move.expected, move.commit);
  const filesDone = again && (await staged(context, checkout, move.commit)).length === 0;
  if (!filesDone) {
    if (again) await undoHalf(context, checkout, move, changed, await unstaged(context, checkout));
    const dirty = [
      ...(await staged(context, checkout, move.expected)),
      ...(await unstaged(context, checkout)).filter((path) => changed.some((one) => touches(one.path, path))),
      ...(await inTheWay(context, checkout, changed)),
    ];
    if (dirty.length > 0) return { dirty: [...new Set(dirty)].sort() };
  }
  await files.makeDirectory(context.own);
  await files.write(intent, text);
  const moved = await withObjects(context, name, async (): Promise<Advanced> => {
    if (!filesDone) {
      const dirty = await twoWay(context, checkout, move.expected, move.commit);
      if (dirty.length > 0) return { dirty };
    }
    const ref = await moveOrThere(context, move);
    // Somebody else moved the branch in these few milliseconds: the files go back to where they were.
    if (ref !== 'moved') await twoWay(context, checkout, move.commit, move.expected);
    return ref;
  });
  await files.remove(intent);
  return moved;
}

/** An advance that was cut short after its ref had moved is only to be finished. */
async function moveOrThere(
  context: Context,
  move: { readonly branch: string; readonly commit: ObjectId; readonly expected: ObjectId },
): Promise<Moved> {
  const moved = await moveBranch(context, move.branch, move.commit, move.expected);
  return moved === 'there' ? 'moved' : moved;
}

async function checkoutOf(context: Context, move: Advance, there: Branch): Promise<Checkout | undefined> {
  if (there.workTree === undefined || (await context.io.files.stat(there.workTree)) === undefined) return undefined;
  return findCheckout(context, move.branch, there.workTree);
}

/** Paths whose staged content is not that of `commit`. */
async function staged(context: Context, checkout: Checkout, commit: ObjectId): Promise<string[]> {
  const args = ['diff-index', '--cached', '--name-only', '-z', '--no-renames', '--no-ext-diff', commit, '--'] as const;
  return fieldsOf(
    await context.git(checkout.where, `look at ${checkout.path}`, [...args], { settings: checkout.settings }),
  );
}

/**
 * Tracked files whose content differs from the index. `status`, because it looks into files that were only touched, and
 * does not write the index; the private repository's missing `HEAD` makes its first column meaningless here.
 */
async function unstaged(context: Context, checkout: Checkout): Promise<string[]> {
  const args = [
    'status',
    '--porcelain',
    '-z',
    '--no-renames',
    '--untracked-files=no',
    '--ignore-submodules=all',
  ] as const;
  const answer = await context.git(checkout.where, `look at ${checkout.path}`, [...args], {
    settings: checkout.settings,
  });
  return fieldsOf(answer).flatMap((field) => (field[1] === ' ' ? [] : [field.slice(3)]));
}

/** One path is the other, or lies below it. What the move does not touch stays as it is, like our own log in a committed bundle. */
function touches(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}

/** Untracked files, ignored ones too, that stand where a new file should go. */
async function inTheWay(context: Context, checkout: Checkout, changed: readonly ChangedPath[]): Promise<string[]> {
  const deleted = new Set(changed.filter(({ kind }) => kind === 'deleted').map(({ path }) => path));
  const found: string[] = [];
  for (const { path, kind } of changed) {
    if (kind !== 'added') continue;
    const obstacle = await obstacleTo(context, checkout, path);
    if (obstacle !== undefined && !deleted.has(obstacle.at)) found.push(obstacle.at);
  }
  return found;
}

/** Moves index and files from one commit to another; git looks again at everything it would overwrite, and changes all or nothing. */
async function twoWay(context: Context, checkout: Checkout, from: ObjectId, to: ObjectId): Promise<string[]> {
  const options = { settings: checkout.settings };
  const what = `update the files in ${checkout.path}`;
  await context.git(checkout.where, what, ['update-index', '--ignore-submodules', '--refresh'], {
    ...options,
    codes: [1],
  });
  try {
    await context.git(checkout.where, what, ['read-tree', '-m', '-u', from, to], options);
    return [];
  } catch (error) {
    const path =
      error instanceof GitError && /(?:file|Updating|Entry) '(.+)' (?:would|not uptodate)/.exec(error.message)?.[1];
    if (!path) throw error;
    return [path];
  }
}
