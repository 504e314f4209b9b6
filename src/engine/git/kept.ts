import { joinPath } from '../../core/base/path.ts';
import { readSnapshotText, type SnapshotText } from '../../core/run/snapshot-text.ts';
import { attempt, checkId, type Context, isRef } from './context.ts';
import { changesBetween } from './collect.ts';
import { fieldsOf, textOf } from './git.ts';
import { mergeTrees } from './merge.ts';
import { movePack, packObjects } from './objects.ts';
import { joinPacks, packsIn } from './packs.ts';
import { GitError, type ObjectId, type Repositories } from './repositories.ts';

/** The newest snapshot of one attempt, as its ref alone tells it. */
export interface KeptSnapshot extends SnapshotText {
  readonly ref: string;
  readonly commit: ObjectId;
  readonly tree: ObjectId;
  /** Milliseconds since 1970. */
  readonly taken: number;
}

const REFS = 'refs/masterplan/snapshots';

/** The ref that holds the snapshots of an attempt: a line of commits from its base on, the newest last. */
export function snapshotRef(run: string, name: string): string {
  const ref = `${REFS}/${run}/${name}`;
  if (!isRef(ref)) throw new GitError(`"${ref}" is not a name that git accepts`);
  return ref;
}

/** Asking the repository that keeps snapshots, and taking away what nobody needs any more. */
export function keptMethods(
  context: Context,
): Pick<Repositories, 'lastSnapshot' | 'bringBack' | 'touched' | 'foresee' | 'settleSnapshots' | 'dropSnapshots'> {
  return {
    lastSnapshot: (run, name) =>
      attempt(`look up the snapshots of ${name}`, async () => (await tipOf(context, snapshotRef(run, name)))?.commit),
    bringBack: (commit, base, text) =>
      attempt(`bring back the snapshot ${commit}`, () => bringBack(context, checkId(commit), checkId(base), text)),
    touched: (snapshot, base) =>
      attempt(`look at the snapshot ${snapshot}`, async () =>
        (await changesBetween(context, context.kept, checkId(base), checkId(snapshot))).map(({ path }) => path),
      ),
    foresee: (one, other) =>
      attempt(`compare the snapshots ${one} and ${other}`, async () => {
        const merged = await mergeTrees(context, checkId(one), checkId(other), context.kept);
        return 'conflicts' in merged ? merged.conflicts : [];
      }),
    settleSnapshots: (run, name, base) =>
      attempt(`pack the snapshots of ${name}`, () => settle(context, snapshotRef(run, name), checkId(base))),
    dropSnapshots: (run, names) =>
      attempt(`drop snapshots of ${run}`, () =>
        drop(
          context,
          names.map((name) => snapshotRef(run, name)),
        ),
      ),
  };
}

/** Where a ref of the repository stands. */
export async function tipOf(
  context: Context,
  ref: string,
): Promise<{ readonly commit: ObjectId; readonly tree: ObjectId } | undefined> {
  if ((await context.io.files.stat(joinPath(context.kept.gitDirectory, 'HEAD'))) === undefined) return undefined;
  const args = ['for-each-ref', '--format=%(refname)%00%(objectname)%00%(tree)%00', ref] as const;
  const fields = fieldsOf(await context.git(context.kept, `look up ${ref}`, [...args])).map((field) => field.trim());
  const at = fields.indexOf(ref);
  return at < 0 ? undefined : { commit: fields[at + 1] ?? '', tree: fields[at + 2] ?? '' };
}

/** All newest snapshots that are kept, of whichever run; empty where nothing was ever kept. */
export async function keptSnapshots(context: Context): Promise<KeptSnapshot[]> {
  if ((await context.io.files.stat(joinPath(context.kept.gitDirectory, 'HEAD'))) === undefined) return [];
  const format = '%(refname)%00%(objectname)%00%(tree)%00%(committerdate:unix)%00%(contents)%00';
  const answer = await context.git(context.kept, 'list the snapshots', ['for-each-ref', `--format=${format}`, REFS]);
  const fields = fieldsOf(answer);
  const found: KeptSnapshot[] = [];
  for (let at = 0; at + 4 < fields.length; at += 5) {
    const [ref = '', commit = '', tree = '', seconds = '', message = ''] = fields.slice(at, at + 5);
    const text = readSnapshotText(message);
    if (text !== undefined) found.push({ ...text, ref: ref.trim(), commit, tree, taken: Number(seconds) * 1000 });
  }
  return found;
}

/** A snapshot as one commit on a base in the private repository, which owns all of its objects then. */
async function bringBack(
  context: Context,
  snapshot: ObjectId,
  base: ObjectId,
  text: { readonly message: string; readonly date: number },
): Promise<ObjectId> {
  const tree = textOf(
    await context.git(context.kept, `read ${snapshot}`, ['rev-parse', '--verify', `${snapshot}^{tree}`]),
  );
  const made = await context.git(context.kept, 'make a commit', ['commit-tree', '-p', base, tree.trim()], {
    stdin: text.message,
    date: text.date,
    durable: false,
  });
  const commit = textOf(made).trim();
  const stage = joinPath(context.own, 'stage', `back-${context.io.random.hex(8)}`);
  try {
    await context.io.files.makeDirectory(joinPath(stage, 'objects'));
    const alternates = [joinPath(context.kept.gitDirectory, 'objects')];
    const pack = await packObjects(context, { commit, without: [base], stage, alternates, check: true });
    if (pack !== undefined) await movePack(context, stage, pack, joinPath(context.queue.gitDirectory, 'objects'));
  } finally {
    await context.io.files.removeTree(stage);
  }
  return commit;
}

/**
 * Packs what an attempt left behind, with every object that its base has not, also those that lay about in the user's
 * repository, where nothing protects them; then the loose ones go.
 */
async function settle(context: Context, ref: string, base: ObjectId): Promise<void> {
  const tip = await tipOf(context, ref);
  if (tip === undefined) return;
  const objects = joinPath(context.kept.gitDirectory, 'objects');
  await context.git(
    context.kept,
    `pack ${ref}`,
    ['pack-objects', '--quiet', '--revs', '--non-empty', '--threads=1', joinPath(objects, 'pack/pack')],
    { stdin: `${tip.commit}\n^${base}\n` },
  );
  await context.git(context.kept, 'remove what is packed', ['prune-packed', '--quiet']);
  await joinPacks(context, objects, await packsIn(context, objects));
}

/** Removes refs. The objects stay in their packs. */
async function drop(context: Context, refs: readonly string[]): Promise<void> {
  if (refs.length === 0 || (await context.io.files.stat(context.kept.gitDirectory)) === undefined) return;
  const answer = await context.git(context.kept, 'list the snapshots', [
    'for-each-ref',
    '--format=%(refname)%00',
    REFS,
  ]);
  const there = new Set(fieldsOf(answer).map((field) => field.trim()));
  const lines = refs.flatMap((ref) => (there.has(ref) ? [`delete ${ref}\n`] : [])).join('');
  if (lines === '') return;
  await context.git(context.kept, 'drop snapshots', ['update-ref', '--stdin'], { stdin: lines });
}
