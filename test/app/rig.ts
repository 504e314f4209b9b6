import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Context, createContext } from '../../src/app/context.ts';

/** A person's directory, with what a use case gets of it. */
export interface Desk {
  readonly root: string;
  readonly context: Context;
  path(...parts: string[]): string;
  write(path: string, content: string | Uint8Array): void;
  read(path: string): string;
  git(...args: string[]): string;
  /** The same, started in a directory below. */
  in(directory: string): Context;
  /** The same, with this on standard input. */
  given(input: string | Uint8Array): Context;
}

/** A directory with these files; a git repository with one commit of them unless `git` is false. */
export function desk(files: Readonly<Record<string, string>> = {}, { git = true } = {}): Desk {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'mp-app-')));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const root = join(directory, 'project');
  const home = join(directory, 'home');
  mkdirSync(root);
  mkdirSync(home);
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, USER: 'ada', GIT_CONFIG_NOSYSTEM: '1' };
  const context = createContext({ cwd: root, env, argv: [], node: process.execPath });
  const one: Desk = {
    root,
    context,
    path: (...parts) => join(root, ...parts),
    write(path, content) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    },
    read: (path) => readFileSync(join(root, path), 'utf8'),
    git: (...args) => execFileSync('git', args, { cwd: root, env, encoding: 'utf8', stdio: 'pipe' }).trimEnd(),
    in: (below) => ({ ...context, cwd: join(root, below) }),
    given: (input) => ({
      ...context,
      terminal: {
        ...context.terminal,
        input: async () => (typeof input === 'string' ? new TextEncoder().encode(input) : input),
      },
    }),
  };
  for (const [path, text] of Object.entries(files)) one.write(path, text);
  if (git) {
    one.git('init', '--quiet', '--initial-branch=main');
    one.git('config', 'user.name', 'Ada Example');
    one.git('config', 'user.email', 'ada@example.org');
    one.git('add', '--all');
    one.git('commit', '--quiet', '--allow-empty', '--message', 'Begin');
  }
  return one;
}
