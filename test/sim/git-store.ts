import { createHash } from 'node:crypto';
import { readTrailers, type Trailers } from '../../src/engine/git/trailers.ts';

/** Path → content. */
export type Tree = ReadonlyMap<string, string>;

export interface Commit {
  readonly id: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
}

/** The user's repository and the private one: objects by content, refs by name. All of it is on the disk for good. */
export class GitStore {
  readonly #trees = new Map<string, Tree>();
  readonly #commits = new Map<string, Commit>();
  /** Branches of the user's repository. */
  readonly branches = new Map<string, string>();
  /** What of the user's git directory has a fingerprint. */
  readonly config = new Map<string, string>([['config', '[core]']]);
  /** Commits that each repository holds itself. */
  readonly userObjects = new Set<string>();
  queueObjects = new Set<string>();
  /** Refs of the private repository. */
  queueRefs = new Map<string, string>();
  /** Refs of the repository that keeps snapshots, in the user's git directory. */
  readonly keptRefs = new Map<string, string>();
  /** Uncommitted changes where the base branch is checked out. */
  dirty: string[] = [];

  tree(id: string): Tree {
    const tree = this.#trees.get(id);
    if (tree === undefined) throw new Error(`there is no tree ${id}`);
    return tree;
  }

  writeTree(tree: Tree): string {
    const sorted = [...tree].sort(([a], [b]) => (a < b ? -1 : 1));
    const id = createHash('sha1').update(JSON.stringify(sorted)).digest('hex');
    if (!this.#trees.has(id)) this.#trees.set(id, new Map(sorted));
    return id;
  }

  commit(tree: string, parents: readonly string[], message: string, date: number): Commit {
    const id = createHash('sha1')
      .update(JSON.stringify([tree, parents, message, date]))
      .digest('hex');
    const commit: Commit = { id, tree, parents, message };
    this.#commits.set(id, commit);
    return commit;
  }

  /** A commit that the private repository can read: it borrows the user's objects. */
  look(id: string): Commit | undefined {
    return this.queueObjects.has(id) || this.userObjects.has(id) ? this.#commits.get(id) : undefined;
  }

  treeOf(commit: string): Tree {
    return this.tree(this.get(commit).tree);
  }

  get(id: string): Commit {
    const commit = this.#commits.get(id);
    if (commit === undefined) throw new Error(`there is no commit ${id}`);
    return commit;
  }

  /** A commit and all its ancestors, itself first. */
  ancestry(id: string): string[] {
    const seen = new Set([id]);
    for (const one of seen) for (const parent of this.#commits.get(one)?.parents ?? []) seen.add(parent);
    return [...seen];
  }

  isAncestor(ancestor: string, commit: string): boolean {
    return this.ancestry(commit).includes(ancestor);
  }

  /** Commits of `tip` that are not in `from`, oldest first, with their trailers. */
  since(from: string, tip: string): { readonly commit: Commit; readonly trailers: Trailers | undefined }[] {
    const known = new Set(this.ancestry(from));
    return this.ancestry(tip)
      .filter((id) => !known.has(id))
      .reverse()
      .map((id) => ({ commit: this.get(id), trailers: readTrailers(this.get(id).message) }));
  }

  /** The same, with both sides of a conflict in its file, as git marks them. */
  mergeMarked(base: Tree, ours: Tree, theirs: Tree): Tree {
    const merged = this.merge(base, ours, theirs);
    if ('tree' in merged) return merged.tree;
    const without = (tree: Tree): Tree => new Map([...tree].filter(([path]) => !merged.conflicts.includes(path)));
    const rest = this.merge(without(base), without(ours), without(theirs));
    const marked = new Map('tree' in rest ? rest.tree : []);
    for (const path of merged.conflicts) {
      const side = (tree: Tree): string => tree.get(path) ?? '';
      marked.set(path, `<<<<<<< ours\n${side(ours)}=======\n${side(theirs)}>>>>>>> theirs\n`);
    }
    return marked;
  }

  /** Three-way merge, file by file. */
  merge(base: Tree, ours: Tree, theirs: Tree): { readonly tree: Tree } | { readonly conflicts: string[] } {
    const merged = new Map<string, string>();
    const conflicts: string[] = [];
    for (const path of new Set([...base.keys(), ...ours.keys(), ...theirs.keys()])) {
      const [was, one, other] = [base.get(path), ours.get(path), theirs.get(path)];
      const result = one === was ? other : other === was || other === one ? one : null;
      if (result === null) conflicts.push(path);
      else if (result !== undefined) merged.set(path, result);
    }
    return conflicts.length > 0 ? { conflicts } : { tree: merged };
  }
}
