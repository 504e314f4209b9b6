import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createRepositories } from '../../../src/engine/git/create.ts';
import type { CommitText, Repositories } from '../../../src/engine/git/repositories.ts';
import type { Io } from '../../../src/io/io.ts';
import { nodeIo } from '../../../src/io/node/index.ts';

export const TEXT: CommitText = {
  message: 'Add things\n\nMasterplan-Run: run-1\nMasterplan-Task: T1\nMasterplan-Attempt: run-1/T1#1',
  date: 1_700_000_000_000,
};
export const IDENTITY = { name: 'Ada "L" Byron', email: 'ada@example.org' };

/** Environment of a person at a terminal: with a home directory whose configuration counts. */
export function person(home: string): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: home, GIT_CONFIG_NOSYSTEM: '1' };
}

/** A user's repository in a temporary directory, and the repositories of a run in it. */
export class Rig {
  readonly directory = realpathSync(mkdtempSync(join(tmpdir(), 'masterplan-git-')));
  readonly home = join(this.directory, 'home');
  readonly root = join(this.directory, 'project');
  readonly io: Io = nodeIo();
  readonly repositories: Repositories;

  constructor(options: { readonly files?: Readonly<Record<string, string>>; readonly init?: readonly string[] } = {}) {
    onTestFinished(() => rmSync(this.directory, { recursive: true, force: true }));
    mkdirSync(this.home);
    mkdirSync(this.root);
    this.git('init', '--quiet', '--initial-branch=main', ...(options.init ?? []));
    this.git('config', 'user.name', 'Somebody');
    this.git('config', 'user.email', 'somebody@example.org');
    writeFileSync(join(this.root, '.git/info/exclude'), '/.masterplan/\n');
    for (const [path, content] of Object.entries(
      options.files ?? { 'README.md': 'one\n', 'src/a.ts': 'a\n', 'src/b.ts': 'b\n' },
    ))
      this.write(path, content);
    this.commit('Begin');
    this.repositories = this.again();
  }

  /** The repositories as a new process sees them. */
  again(io: Io = this.io, slug = 'demo', ignored = ''): Repositories {
    const tools = { path: process.env['PATH'] ?? '', home: this.home };
    return createRepositories(io, {
      root: this.root,
      gitDirectory: join(this.root, '.git'),
      slug,
      identity: IDENTITY,
      ignored,
      tools,
    });
  }

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  get queue(): string {
    return this.path('.masterplan/queue.git');
  }

  worktree(name: string): { path: string; scratch: string } {
    return {
      path: this.path('.masterplan/worktrees/demo', name),
      scratch: this.path('.masterplan/scratch/demo', `${name}.git`),
    };
  }

  /** Runs git as the user would, in the user's work tree or elsewhere. */
  git(...args: string[]): string {
    return this.gitIn(this.root, ...args);
  }

  gitIn(cwd: string, ...args: string[]): string {
    return execFileSync('git', args, {
      cwd,
      env: person(this.home),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trimEnd();
  }

  write(path: string, content: string | Uint8Array, base = this.root): void {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), content);
  }

  commit(message: string): string {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message', message);
    return this.head();
  }

  head(revision = 'HEAD'): string {
    return this.git('rev-parse', '--verify', revision);
  }

  /** A worktree on the current commit, ready for an agent. */
  async open(name: string, base = this.head()): Promise<{ path: string; scratch: string; base: string }> {
    const place = this.worktree(name);
    await this.repositories.openWorktree(place.path, place.scratch, base);
    return { ...place, base };
  }

  /** One attempt: opens a worktree, lets `work` happen in it, collects. */
  async attempt(
    name: string,
    work: (path: string) => void,
    base = this.head(),
  ): Promise<{ commit: string; tree: string }> {
    const { path, scratch } = await this.open(name, base);
    work(path);
    const collected = await this.repositories.collect(path, scratch, base, name, TEXT);
    if (collected === undefined) throw new Error('nothing was collected');
    return collected;
  }

  /** Files of a tree in the private repository: path → mode and content. */
  tree(id: string): Record<string, string> {
    const lines = this.gitIn(this.queue, 'ls-tree', '-r', '-z', id)
      .split('\0')
      .filter((line) => line !== '');
    return Object.fromEntries(
      lines.map((line) => {
        const [, mode = '', type = '', object = '', path = ''] = /^(\d+) (\S+) (\S+)\t([^]*)$/.exec(line) ?? [];
        return [path, `${mode} ${type === 'blob' ? this.gitIn(this.queue, 'cat-file', 'blob', object) : object}`];
      }),
    );
  }
}

/** A program that leaves a file behind when it is run, for planting. */
export function sentinel(rig: Rig): { readonly program: string; ran(): boolean } {
  const mark = join(rig.directory, 'SENTINEL');
  const program = join(rig.directory, 'planted.sh');
  writeFileSync(program, `#!/bin/sh\necho "$0 $*" >> '${mark}'\ncat\nexit 0\n`);
  chmodSync(program, 0o755);
  return { program, ran: () => existsSync(mark) };
}

/** Everything below a directory: path → kind, mode and content. */
export function listing(directory: string, skip: (path: string) => boolean = () => false): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (at: string): void => {
    for (const name of readdirSync(join(directory, at)).sort()) {
      const path = at === '' ? name : `${at}/${name}`;
      if (skip(path)) continue;
      const stats = lstatSync(join(directory, path));
      if (stats.isDirectory()) walk(path);
      else
        found[path] = stats.isSymbolicLink()
          ? `link ${readlinkSync(join(directory, path))}`
          : `${stats.mode.toString(8)} ${readFileSync(join(directory, path)).toString('base64')}`;
    }
  };
  walk('');
  return found;
}
