import {
  type ChangedPath,
  type Collected,
  type CommitText,
  type FileEdit,
  GitError,
  type Landed,
  type ObjectId,
  type Repositories,
  type Snapshot,
  type SnapshotRequest,
} from '../../src/engine/git/repositories.ts';
import type { FileChange, Side } from '../../src/core/witness/change.ts';
import { snapshotText } from '../../src/core/run/snapshot-text.ts';
import { type Files, FileError } from '../../src/io/files.ts';
import type { RunPaths } from '../../src/engine/paths.ts';
import { nameOf } from './disk.ts';
import type { GitStore, Tree } from './git-store.ts';
import type { Life } from './life.ts';

type Merged = { readonly commit: ObjectId; readonly tree: ObjectId } | { readonly conflicts: readonly string[] };
type Moved = 'moved' | { readonly actual: ObjectId | undefined };

/** Told of what counts before it happens. */
export interface GitWitness {
  moving(life: Life, branch: string, from: string | undefined, to: string | undefined): void;
  removing(life: Life, path: string): void;
}

/**
 * The three repositories over the store of a machine, with the promises of {@link Repositories} and crash points between
 * objects, refs and files. Files in worktrees are files on the disk, which nobody syncs.
 */
export class SimRepositories implements Repositories {
  readonly #life: Life;
  readonly #files: Files;
  readonly #paths: RunPaths;
  readonly #slug: string;
  readonly #witness: GitWitness;

  constructor(life: Life, files: Files, paths: RunPaths, slug: string, witness: GitWitness) {
    this.#life = life;
    this.#files = files;
    this.#paths = paths;
    this.#slug = slug;
    this.#witness = witness;
  }

  async prepare(): Promise<readonly string[]> {
    await this.#working(async () => {
      await this.#files.makeDirectory(`${this.#home}/queue.git`);
      await this.#life.step('git:prepare');
    });
    return [];
  }

  async fingerprint(): Promise<Readonly<Record<string, string>>> {
    await this.#life.disk();
    return Object.fromEntries(this.#store.config);
  }

  /** Nobody writes into the checkout of the model. */
  async userFiles(): Promise<undefined> {
    return undefined;
  }

  async branchTip(branch: string): Promise<ObjectId | undefined> {
    await this.#life.disk();
    return this.#store.branches.get(branch);
  }

  async inTheWay(): Promise<undefined> {
    return undefined;
  }

  async isAncestor(ancestor: ObjectId, commit: ObjectId): Promise<boolean> {
    await this.#life.disk();
    this.#look(ancestor);
    this.#look(commit);
    return this.#store.isAncestor(ancestor, commit);
  }

  async treeOf(commit: ObjectId): Promise<ObjectId> {
    await this.#life.disk();
    return this.#look(commit).tree;
  }

  async openWorktree(path: string, scratch: string, commit: ObjectId): Promise<void> {
    await this.#working(async () => {
      const record = await this.#files.read(this.#record(path));
      if (record !== undefined && (await this.#files.stat(path))?.kind === 'directory') {
        if (new TextDecoder().decode(record) === commit) return;
        throw new GitError(`the worktree ${path} is in use for another commit`);
      }
      await this.removeWorktree(path, scratch);
      await this.#files.makeDirectory(path);
      await this.#fill(path, commit);
      await this.#files.makeDirectory(scratch);
      await this.#files.write(`${path}/.git`, `gitdir: ${scratch}\n`);
      await this.#files.makeDirectory(`${this.#home}/queue.git/worktrees`);
      await this.#files.write(this.#record(path), commit);
    });
  }

  async collect(
    path: string,
    _scratch: string,
    base: ObjectId,
    name: string,
    text: CommitText,
  ): Promise<Collected | undefined> {
    return this.#working(async () => {
      if ((await this.#files.stat(path)) === undefined) return undefined;
      await this.#life.step('collect:read');
      const files = this.#life.machine.disk.tree(path);
      for (const each of await this.#keptOut(path)) files.delete(each);
      const from = this.#store.treeOf(this.#look(base).id);
      const tree = this.#store.writeTree(files);
      const commit = this.#store.commit(tree, [base], text.message, text.date).id;
      await this.#life.step('collect:objects');
      this.#store.queueObjects.add(commit);
      await this.#life.step('collect:ref');
      this.#store.queueRefs.set(this.#ref(name), commit);
      this.#note(`keeps ${name} as ${commit.slice(0, 8)}`);
      await this.#life.step('collect:done');
      return { commit, tree, changed: changesBetween(from, files) };
    });
  }

  async changeTexts(base: ObjectId, commit: ObjectId): Promise<readonly FileChange[]> {
    await this.#life.disk();
    const [from, to] = [this.#store.treeOf(this.#look(base).id), this.#store.treeOf(this.#look(commit).id)];
    const side = (text: string | undefined): Side | undefined =>
      text === undefined ? undefined : { mode: '100644', text };
    return changesBetween(from, to).map(({ path }) => {
      const [before, after] = [side(from.get(path)), side(to.get(path))];
      return { path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
    });
  }

  async isCommit(id: string): Promise<boolean> {
    await this.#life.disk();
    return this.#store.look(id) !== undefined;
  }

  async pathsOf(commit: ObjectId): Promise<readonly string[]> {
    await this.#life.disk();
    return [...this.#store.treeOf(this.#look(commit).id).keys()];
  }

  async textsOf(commit: ObjectId, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
    await this.#life.disk();
    const tree = this.#store.treeOf(this.#look(commit).id);
    return new Map([...tree].filter(([path]) => paths.includes(path)));
  }

  async integrate(commit: ObjectId, base: ObjectId, onto: ObjectId, text: CommitText): Promise<Merged> {
    return this.#working(async () => {
      const tree = (id: string): Tree => this.#store.tree(this.#look(id).tree);
      const merged = this.#store.merge(tree(base), tree(onto), tree(commit));
      if ('conflicts' in merged) return merged;
      return this.#commit(merged.tree, [onto], text);
    });
  }

  async conflicts(commit: ObjectId, base: ObjectId, onto: ObjectId): Promise<readonly string[]> {
    return this.#working(async () => {
      await this.#life.step('predict');
      const tree = (id: string): Tree => this.#store.tree(this.#look(id).tree);
      const merged = this.#store.merge(tree(base), tree(onto), tree(commit));
      return 'conflicts' in merged ? merged.conflicts : [];
    });
  }

  async carry(
    commit: ObjectId,
    base: ObjectId,
    onto: ObjectId,
    text: CommitText,
  ): Promise<{ readonly commit: ObjectId; readonly tree: ObjectId; readonly conflicts: readonly string[] }> {
    return this.#working(async () => {
      const tree = (id: string): Tree => this.#store.tree(this.#look(id).tree);
      const [was, ours, theirs] = [tree(base), tree(onto), tree(commit)];
      const marked = new Map(this.#store.mergeMarked(was, ours, theirs));
      const merged = this.#store.merge(was, ours, theirs);
      const made = await this.#commit(marked, [onto], text);
      return { ...made, conflicts: 'conflicts' in merged ? merged.conflicts : [] };
    });
  }

  async changes(from: ObjectId, to: ObjectId): Promise<readonly ChangedPath[]> {
    await this.#life.disk();
    return changesBetween(this.#store.treeOf(this.#look(from).id), this.#store.treeOf(this.#look(to).id));
  }

  async patch(from: ObjectId, to: ObjectId, paths: readonly string[]): Promise<string> {
    const changed = await this.changes(from, to);
    return changed.flatMap(({ path }) => (paths.includes(path) ? [`changed ${path}\n`] : [])).join('');
  }

  async read(commit: ObjectId, path: string): Promise<Uint8Array | undefined> {
    await this.#life.disk();
    const content = this.#store.treeOf(this.#look(commit).id).get(path);
    return content === undefined ? undefined : new TextEncoder().encode(content);
  }

  async list(commit: ObjectId, directory: string): Promise<readonly string[]> {
    await this.#life.disk();
    return [...this.#store.treeOf(this.#look(commit).id).keys()].filter((path) => path.startsWith(directory));
  }

  async amend(
    commit: ObjectId,
    edits: readonly FileEdit[],
    onto: ObjectId,
    text: CommitText,
  ): Promise<{ readonly commit: ObjectId; readonly tree: ObjectId }> {
    return this.#working(async () => {
      const tree = new Map(this.#store.treeOf(this.#look(commit).id));
      for (const { path, content } of edits) {
        if (content === undefined) tree.delete(path);
        else tree.set(path, new TextDecoder().decode(content));
      }
      return this.#commit(tree, [onto], text);
    });
  }

  async merge(ours: ObjectId, theirs: ObjectId, text: CommitText): Promise<Merged> {
    return this.#working(async () => {
      const known = new Set(this.#store.ancestry(ours));
      const base = this.#store.ancestry(theirs).find((id) => known.has(id));
      const tree = (id: string): Tree => this.#store.tree(this.#look(id).tree);
      const merged = this.#store.merge(base === undefined ? new Map() : tree(base), tree(ours), tree(theirs));
      if ('conflicts' in merged) return merged;
      return this.#commit(merged.tree, [ours, theirs], text);
    });
  }

  async checkout(commit: ObjectId, path: string): Promise<void> {
    await this.#working(async () => {
      await this.removeWorktree(path);
      await this.#files.makeDirectory(path);
      await this.#fill(path, commit);
      await this.#life.step('checkout:done');
    });
  }

  async publish(branch: string, commit: ObjectId, expected: ObjectId | undefined): Promise<Moved> {
    return this.#move(branch, commit, expected);
  }

  async advance(
    branch: string,
    commit: ObjectId,
    expected: ObjectId,
  ): Promise<Moved | { readonly dirty: readonly string[] }> {
    if (this.#store.dirty.length > 0) return { dirty: this.#store.dirty };
    const moved = await this.#move(branch, commit, expected);
    return moved !== 'moved' && moved.actual === commit ? 'moved' : moved;
  }

  async deleteBranch(branch: string, expected: ObjectId): Promise<Moved> {
    return this.#move(branch, undefined, expected);
  }

  async landed(run: string, from: ObjectId, tip: ObjectId): Promise<readonly Landed[]> {
    await this.#life.disk();
    return this.#store
      .since(this.#look(from).id, this.#look(tip).id)
      .flatMap(({ commit, trailers }) =>
        trailers?.run === run
          ? [{ attempt: trailers.attempt, task: trailers.task, commit: commit.id, tree: commit.tree }]
          : [],
      );
  }

  async diff(from: ObjectId, to: ObjectId): Promise<string> {
    await this.#life.disk();
    const [before, after] = [from, to].map((id) => this.#store.tree(this.#look(id).tree)) as [Tree, Tree];
    const count = (text: string): number => text.split('\n').length - 1;
    return changesBetween(before, after)
      .map(({ path }) => {
        const [old, now] = [before.get(path) ?? '', after.get(path) ?? ''];
        const lines = [
          ...old
            .split('\n')
            .slice(0, -1)
            .map((line) => `-${line}`),
          ...now
            .split('\n')
            .slice(0, -1)
            .map((line) => `+${line}`),
        ];
        return `diff --git a/${path} b/${path}\n@@ -1,${count(old)} +1,${count(now)} @@\n${lines.join('\n')}\n`;
      })
      .join('');
  }

  async localFiles(patterns: readonly string[]): Promise<readonly string[]> {
    await this.#life.disk();
    const { disk } = this.#life.machine;
    return patterns.filter((path) => disk.find(`${this.#paths.root}/${path}`)?.kind === 'file');
  }

  async untracked(): Promise<readonly string[]> {
    await this.#life.disk();
    return [];
  }

  async keepOut(path: string, paths: readonly string[]): Promise<void> {
    await this.#working(async () => {
      await this.#files.makeDirectory(`${this.#home}/queue.git/worktrees`);
      await this.#files.write(`${this.#record(path)}.kept-out`, paths.join('\n'));
    });
  }

  async ignored(): Promise<readonly []> {
    await this.#life.disk();
    return [];
  }

  async strays(): Promise<{ readonly changed: readonly string[]; readonly added: readonly string[] }> {
    await this.#life.disk();
    return { changed: [], added: [] };
  }

  async kept(name: string): Promise<ObjectId | undefined> {
    await this.#life.disk();
    return this.#store.queueRefs.get(this.#ref(name));
  }

  async snapshot(request: SnapshotRequest): Promise<Snapshot | undefined> {
    return this.#working(async () => {
      if ((await this.#files.stat(request.path))?.kind !== 'directory') return undefined;
      await this.#life.step('snapshot:read');
      const ref = `refs/masterplan/snapshots/${request.run}/${request.name}`;
      const files = this.#life.machine.disk.tree(request.path);
      for (const each of [...(await this.#keptOut(request.path)), ...request.put]) files.delete(each);
      const tree = this.#store.writeTree(files);
      const last = this.#store.keptRefs.get(ref);
      const before = last === undefined ? this.#look(request.base).tree : this.#store.get(last).tree;
      if (before === tree) return { ref, commit: last, tree, fresh: false, skipped: [] };
      const commit = this.#store.commit(tree, [last ?? request.base], snapshotText(request), request.date).id;
      await this.#life.step('snapshot:ref');
      if (this.#store.keptRefs.get(ref) !== last) throw new GitError(`${ref} was moved meanwhile`);
      this.#store.keptRefs.set(ref, commit);
      this.#note(`snapshot of ${request.name} (${request.why}) as ${commit.slice(0, 8)}`);
      return { ref, commit, tree, fresh: true, skipped: [] };
    });
  }

  async lastSnapshot(run: string, name: string): Promise<ObjectId | undefined> {
    await this.#life.disk();
    return this.#store.keptRefs.get(`refs/masterplan/snapshots/${run}/${name}`);
  }

  async bringBack(snapshot: ObjectId, base: ObjectId, text: CommitText): Promise<ObjectId> {
    return this.#working(async () => {
      const { tree } = this.#store.get(snapshot);
      const commit = this.#store.commit(tree, [base], text.message, text.date);
      await this.#life.step('commit');
      this.#store.queueObjects.add(commit.id);
      return commit.id;
    });
  }

  async touched(snapshot: ObjectId, base: ObjectId): Promise<readonly string[]> {
    await this.#life.disk();
    const from = this.#store.treeOf(base);
    return changesBetween(from, this.#store.treeOf(snapshot)).map(({ path }) => path);
  }

  async foresee(one: ObjectId, other: ObjectId): Promise<readonly string[]> {
    await this.#life.disk();
    const known = new Set(this.#store.ancestry(one));
    const base = this.#store.ancestry(other).find((id) => known.has(id));
    const tree = (id: string): Tree => this.#store.treeOf(id);
    const merged = this.#store.merge(base === undefined ? new Map() : tree(base), tree(one), tree(other));
    return 'conflicts' in merged ? merged.conflicts : [];
  }

  async settleSnapshots(): Promise<void> {
    await this.#life.disk();
  }

  async dropSnapshots(run: string, names: readonly string[]): Promise<void> {
    await this.#life.disk();
    for (const name of names) this.#store.keptRefs.delete(`refs/masterplan/snapshots/${run}/${name}`);
  }

  async removeWorktree(path: string, scratch?: string): Promise<void> {
    await this.#working(async () => {
      const { machine } = this.#life;
      if (path.startsWith(this.#paths.worktrees) && machine.disk.find(path) !== undefined)
        this.#witness.removing(this.#life, path);
      const forget = async (note: string): Promise<void> => {
        if (machine.disk.find(note) !== undefined) await this.#files.remove(note);
      };
      // The record first: what is left after a crash counts as half-made. What is kept out of it is known until it is gone.
      await forget(this.#record(path));
      for (const each of scratch === undefined ? [path] : [path, scratch]) await this.#files.removeTree(each);
      await forget(`${this.#record(path)}.kept-out`);
    });
  }

  get #store(): GitStore {
    return this.#life.machine.git;
  }

  get #home(): string {
    return `${this.#paths.root}/.masterplan`;
  }

  #record(path: string): string {
    return `${this.#home}/queue.git/worktrees/${nameOf(path)}`;
  }

  async #keptOut(path: string): Promise<string[]> {
    const out = await this.#files.read(`${this.#record(path)}.kept-out`);
    return out === undefined ? [] : new TextDecoder().decode(out).split('\n');
  }

  #ref(name: string): string {
    return `refs/masterplan/result/${this.#slug}/${name}`;
  }

  #note(text: string): void {
    this.#life.machine.world.note(`${this.#life.name} git ${text}`);
  }

  /** What the file system refuses becomes what git says, as in the real thing. */
  async #working<T>(work: () => Promise<T>): Promise<T> {
    await this.#life.disk();
    await this.#life.step('git');
    const { machine } = this.#life;
    if (machine.isFull('objects') && this.#life.dice.chance(0.5)) {
      machine.counts.ioErrors++;
      throw new GitError('the disk is full', 'free some disk space, then run the same command again');
    }
    try {
      return await work();
    } catch (error) {
      throw error instanceof FileError ? new GitError(error.message) : error;
    }
  }

  #look(id: ObjectId): { readonly id: string; readonly tree: string } {
    const commit = this.#store.look(id);
    if (commit === undefined) throw new GitError(`there is no commit ${id} in the private repository`);
    return commit;
  }

  async #fill(path: string, commit: ObjectId): Promise<void> {
    const { disk } = this.#life.machine;
    const tree = this.#store.tree(this.#look(commit).tree);
    await this.#life.step('fill:half');
    for (const [file, content] of tree) disk.put(`${path}/${file}`, content);
    await this.#life.step('fill:done');
  }

  async #commit(
    tree: Tree,
    parents: readonly string[],
    text: CommitText,
  ): Promise<{ readonly commit: ObjectId; readonly tree: ObjectId }> {
    await this.#life.step('commit');
    const commit = this.#store.commit(this.#store.writeTree(tree), parents, text.message, text.date);
    this.#store.queueObjects.add(commit.id);
    return { commit: commit.id, tree: commit.tree };
  }

  async #move(branch: string, commit: ObjectId | undefined, expected: ObjectId | undefined): Promise<Moved> {
    return this.#working(async () => {
      const { branches, userObjects } = this.#store;
      const there = branches.get(branch);
      if (there === commit && commit === undefined) return 'moved';
      if (there !== expected) return { actual: there };
      await this.#life.step('publish:objects');
      if (commit !== undefined) for (const id of this.#store.ancestry(this.#look(commit).id)) userObjects.add(id);
      await this.#life.step('publish:ref');
      const actual = branches.get(branch);
      if (actual !== expected) return { actual };
      this.#witness.moving(this.#life, branch, actual, commit);
      if (commit === undefined) branches.delete(branch);
      else branches.set(branch, commit);
      this.#note(`moves ${branch} from ${actual?.slice(0, 8) ?? 'nothing'} to ${commit?.slice(0, 8) ?? 'nothing'}`);
      await this.#life.step('publish:done');
      return 'moved';
    });
  }
}

function changesBetween(from: Tree, to: Tree): ChangedPath[] {
  const changed: ChangedPath[] = [];
  for (const [path, content] of to) {
    if (!from.has(path)) changed.push({ path, kind: 'added' });
    else if (from.get(path) !== content) changed.push({ path, kind: 'modified' });
  }
  for (const path of from.keys()) if (!to.has(path)) changed.push({ path, kind: 'deleted' });
  return changed;
}
