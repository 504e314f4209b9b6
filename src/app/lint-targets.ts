import { baseName, parentPath } from '../core/base/path.ts';
import { err, ok, type Result } from '../core/base/result.ts';
import { isCompanionKind, type LintKind } from '../core/companions/kinds.ts';
import { compileGlob, type Glob, isGlob, matchGlob } from '../core/plan/glob.ts';
import { FileError } from '../io/files.ts';
import { EXIT, type AppRefusal } from './api.ts';
import type { Context } from './context.ts';

/** A document to be linted. */
export interface Target {
  /** Absolute. */
  readonly path: string;
  /** Named by the person: then it has to be a plan. Found below a directory or by a glob: then it may be something else. */
  readonly named: boolean;
}

export interface Where {
  /** The work tree, or the current directory outside of one. */
  readonly root: string;
  readonly runsPath: string;
  /** What is linted when nothing is named, relative to `root`. */
  readonly paths: readonly string[] | undefined;
  /** What is looked for, where somebody says so. */
  readonly kind?: LintKind | undefined;
  /** Globs of what is left out unless it is named, relative to `root`. */
  readonly exclude: readonly string[];
}

export interface Targets {
  /** Each once, sorted. */
  readonly targets: readonly Target[];
  /** Directories that could not be looked into. */
  readonly notes: readonly string[];
}

/** Never looked into: not ours, or not written by people. */
const SKIPPED = new Set(['.git', '.hg', '.masterplan', 'node_modules']);
/** Parts of a bundle that quote plans and are none. */
const QUOTES = new Set(['briefs', 'digests', 'transcripts']);
/** Where people and agents keep plans. */
export const USUAL = ['docs/plans', 'docs/plan', 'plans', '.claude/plans'];
const MARKDOWN = /\.(?:md|markdown)$/i;
/** Where tools keep what goes with plans, and how its names end; looked for only when somebody asks for it. */
const COMPANIONS = {
  bundle: { places: ['.agents/bundles'], names: /\.(?:md|markdown|ya?ml)$/i },
  commit: { places: [], names: MARKDOWN },
  convergence: { places: ['.claude/convergence-state'], names: /\.json$/i },
} as const;

/** The documents that some arguments mean; `-` is the caller's. Without arguments: plans where they usually are. */
export async function findTargets(
  context: Context,
  where: Where,
  asked: readonly string[],
): Promise<Result<Targets, AppRefusal>> {
  const walk = new Walk(context, where);
  try {
    if (asked.length === 0) await walk.usual();
    for (const one of asked) {
      const refusal = await walk.argument(one, context.cwd);
      if (refusal !== undefined) return err(refusal);
    }
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return err(noReading(error.path, error.message));
  }
  return ok(walk.result());
}

/** Refuses a path that cannot be read. */
export function noReading(path: string, why: string): AppRefusal {
  return { message: `cannot read ${path}: ${why}`, hint: 'check the path and its permissions', exit: EXIT.usage };
}

class Walk {
  readonly #context: Context;
  readonly #where: Where;
  readonly #found = new Map<string, boolean>();
  readonly #notes: string[] = [];
  readonly #exclude: readonly Glob[];
  readonly #names: RegExp;

  constructor(context: Context, where: Where) {
    this.#context = context;
    this.#where = where;
    this.#names = isCompanionKind(where.kind) ? COMPANIONS[where.kind].names : MARKDOWN;
    this.#exclude = where.exclude.flatMap((text) => {
      const plain = text.replace(/^\.?\/+/, '');
      // As in .gitignore, a name without a folder is meant wherever it stands.
      const glob = plain.replace(/\/$/, '').includes('/') ? plain : `**/${plain}`;
      return [...(compileGlob(glob) ?? []), ...(compileGlob(glob.endsWith('/') ? glob : `${glob}/`) ?? [])];
    });
  }

  result(): Targets {
    const targets = [...this.#found].map(([path, named]) => ({ path, named }));
    return { targets: targets.sort((a, b) => (a.path < b.path ? -1 : 1)), notes: this.#notes };
  }

  /** The places that the configuration names; else bundles and {@link USUAL}; else everything below the current directory. */
  async usual(): Promise<void> {
    const { root, runsPath, paths, kind } = this.#where;
    if (isCompanionKind(kind)) {
      for (const place of COMPANIONS[kind].places)
        if ((await this.#kindOf(`${root}/${place}`)) === 'directory') await this.#below(`${root}/${place}`, undefined);
      return;
    }
    if (paths !== undefined) {
      for (const one of paths) await this.argument(one, root);
      return;
    }
    for (const slug of await this.#context.io.files.list(`${root}/${runsPath}`)) {
      const bundle = `${root}/${runsPath}/${slug}`;
      await this.#plan(`${bundle}/plan.md`);
      if ((await this.#kindOf(`${bundle}/modules`)) !== 'directory') continue;
      for (const task of await this.#context.io.files.list(`${bundle}/modules`))
        await this.#plan(`${bundle}/modules/${task}/plan.md`);
    }
    for (const place of USUAL) {
      if ((await this.#kindOf(`${root}/${place}`)) === 'directory') await this.#below(`${root}/${place}`, undefined);
    }
    if (this.#found.size === 0) await this.#below(this.#context.cwd, undefined);
  }

  /** Adds a document that has to be a plan, if it is there. */
  async #plan(path: string): Promise<void> {
    if ((await this.#kindOf(path)) === 'file') this.#found.set(path, true);
  }

  async argument(text: string, from: string): Promise<AppRefusal | undefined> {
    const path = normalise(text.startsWith('/') ? text : `${from}/${text}`);
    const kind = await this.#kindOf(path);
    if (kind === 'directory') {
      await this.#below(path, undefined);
      return undefined;
    }
    if (kind !== undefined) {
      this.#found.set(path, true);
      return undefined;
    }
    const globs = isGlob(path) ? compileGlob(path) : undefined;
    if (globs !== undefined) {
      const before = this.#found.size;
      await this.#below(literalPart(path), globs);
      if (this.#found.size > before || [...this.#found.keys()].some((one) => matches(globs, one))) return undefined;
      return {
        message: `no ${this.#names === MARKDOWN ? 'Markdown ' : ''}document matches ${text.slice(0, 200)}`,
        hint: '* and ? stand for parts of a name, ** for any folders, {a,b} for alternatives',
        exit: EXIT.usage,
      };
    }
    return {
      message: `there is no file or directory ${text.slice(0, 200)}`,
      hint: 'check the path; without one, plans are looked for where they usually are',
      exit: EXIT.usage,
    };
  }

  /** Adds the documents below a directory (that match). A stack of our own: trees may be deep. */
  async #below(start: string, globs: readonly Glob[] | undefined): Promise<void> {
    const { files } = this.#context.io;
    const { root, runsPath } = this.#where;
    const bundles = `${root}/${runsPath}/`;
    const open = [start];
    for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
      let names: string[];
      try {
        names = await files.list(directory === '' ? '/' : directory);
      } catch (error) {
        if (directory === start || !(error instanceof FileError)) throw error;
        this.#notes.push(`${directory} was left out: ${error.message}`);
        continue;
      }
      // Another work tree below this one holds the same plans again.
      if (directory !== start && names.includes('.git')) continue;
      for (const name of names) {
        const path = `${directory}/${name}`;
        if (SKIPPED.has(name) || this.#isExcluded(path)) continue;
        if (QUOTES.has(name) && directory.startsWith(bundles)) continue;
        const kind = await this.#kindOf(path);
        if (kind === 'directory') open.push(path);
        else if (kind === 'file' && this.#names.test(name) && (globs === undefined || matches(globs, path))) {
          if (!this.#found.has(path)) this.#found.set(path, false);
        }
      }
    }
  }

  async #kindOf(path: string): Promise<'file' | 'directory' | 'link' | 'other' | undefined> {
    try {
      return (await this.#context.io.files.stat(path))?.kind;
    } catch (error) {
      // A file where a folder was expected.
      if (error instanceof FileError && error.code === 'ENOTDIR') return undefined;
      throw error;
    }
  }

  #isExcluded(path: string): boolean {
    const { root } = this.#where;
    if (this.#exclude.length === 0 || !path.startsWith(`${root}/`)) return false;
    return matches(this.#exclude, path.slice(root.length));
  }
}

function matches(globs: readonly Glob[], path: string): boolean {
  const steps = path.split('/').filter((step) => step !== '');
  return globs.some((glob) => matchGlob(glob, steps));
}

/** The directory above the first step of a path that is no plain name. */
function literalPart(path: string): string {
  const steps = path.split('/');
  const wild = steps.findIndex((step) => /[*?{]/.test(step));
  return steps.slice(0, wild).join('/');
}

/** An absolute path without `.` and `..`. */
export function normalise(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** A path as one would type it in `from`: relative as long as that is shorter. */
export function typedIn(from: string, path: string): string {
  if (path === from) return '.';
  let up = '';
  for (let at = from; at !== '' && at !== '/'; at = parentPath(at)) {
    if (path.startsWith(`${at}/`)) {
      const typed = up + path.slice(at.length + 1);
      return typed.length < path.length ? typed : path;
    }
    up += '../';
  }
  return path;
}

/** The name without its ending. */
export function stem(path: string): string {
  return baseName(path).replace(MARKDOWN, '');
}
