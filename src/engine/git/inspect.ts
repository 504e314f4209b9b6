import { err, ok, type Result } from '../../core/base/result.ts';
import { oneLine } from '../../core/base/text.ts';
import type { Io } from '../../io/io.ts';
import type { Finished } from '../../io/processes.ts';
import { fieldsOf, GIT_TIMEOUT, lastWords, SAFE_SETTINGS, safeEnvironment } from './git.ts';
import type { UserRepository } from './repositories.ts';

/** Why masterplan cannot work here, and what to do about it. */
export interface InspectRefusal {
  readonly message: string;
  readonly hint: string;
}

/** Variables that say who commits, and where to look for it; all others of git (`GIT_DIR` in a hook, …) stay outside. */
const IDENTITY_VARIABLES =
  /^(?:GIT_(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL)|GIT_CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM)|XDG_CONFIG_HOME|EMAIL|USER|LOGNAME|GIT_CEILING_DIRECTORIES)$/;

/** Bytes of a file of ignore patterns that are read. */
const IGNORE_LIMIT = 1024 * 1024;

class Refused extends Error {
  readonly refusal: InspectRefusal;
  constructor(message: string, hint: string) {
    super(message);
    this.refusal = { message, hint };
  }
}

/**
 * Looks at the repository around `cwd` before a run. Nothing of its configuration is executed: hooks, monitors and filters
 * are off, because an earlier agent may have written them. This is the only place that reads the user's own git
 * configuration, for the name and address to commit with. `env` is the environment of the person who asks.
 */
export async function inspectRepository(
  io: Io,
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Result<UserRepository, InspectRefusal>> {
  try {
    return ok(await inspect(io, cwd, env));
  } catch (error) {
    if (error instanceof Refused) return err(error.refusal);
    throw error;
  }
}

type Ask = (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Finished>;

/**
 * Tracked files that differ from `HEAD`, in the index or the work tree: relative paths, sorted. Apart from the rest, for it looks at
 * every file of the repository; nothing of its configuration is executed here either.
 */
export async function dirtyFiles(
  io: Io,
  root: string,
  env: Readonly<Record<string, string>>,
): Promise<Result<string[], InspectRefusal>> {
  const safe = safeOf(env);
  const ask = asker(io, root, safe);
  // `status` and not `diff`: told to take no optional locks, it leaves the dates in the index, which is the person's, alone.
  const args = ['status', '--porcelain', '-z', '--no-renames', '--untracked-files=no', '--ignore-submodules=all'];
  try {
    const status = await ask(args, { ...safe, ...(await filtersOff(ask)) });
    if (status.code !== 0)
      return err({
        message: `git cannot compare the work tree with its last commit: ${lastWords(status.stderr)}`,
        hint: 'see what git says: git status',
      });
    const fields = fieldsOf({ code: 0, stdout: status.stdout });
    return ok(fields.map((field) => field.slice(3)).sort());
  } catch (error) {
    if (error instanceof Refused) return err(error.refusal);
    throw error;
  }
}

function safeOf(env: Readonly<Record<string, string>>): Record<string, string> {
  return safeEnvironment({ path: env['PATH'] ?? '', home: env['HOME'] ?? '/' });
}

function asker(io: Io, cwd: string, safe: Readonly<Record<string, string>>): Ask {
  const settings = SAFE_SETTINGS.flatMap((setting) => ['-c', setting]);
  return async (args, variables = safe) => {
    const finished = await io.processes.run(
      { argv: ['git', ...settings, ...args], cwd, env: variables },
      { timeout: GIT_TIMEOUT },
    );
    if (finished.ended === 'not-started')
      throw new Refused(
        `git could not be started: ${oneLine(finished.stderr)}`,
        'install git 2.38 or newer and see that it is on the PATH',
      );
    return finished;
  };
}

async function inspect(io: Io, cwd: string, env: Readonly<Record<string, string>>): Promise<UserRepository> {
  const safe = safeOf(env);
  const people = Object.fromEntries(Object.entries(env).filter(([name]) => IDENTITY_VARIABLES.test(name)));
  const own = { ...withOwnConfiguration(safe), ...people };
  const ask = asker(io, cwd, safe);
  await checkVersion(ask);
  const { root, gitDirectory } = await findRepository(ask, cwd);
  // Side by side, and all of them ended before anything is refused.
  const [head, branch, person, ignored] = await Promise.all([
    ask(['rev-parse', '--verify', '--quiet', '--end-of-options', 'HEAD^{commit}']),
    ask(['symbolic-ref', '--quiet', 'HEAD']),
    ask(['-c', 'user.useConfigOnly=true', 'var', 'GIT_AUTHOR_IDENT'], own),
    personalIgnores(io, ask, own),
  ]);
  if (head.code !== 0)
    throw new Refused('this repository has no commit yet', 'make a first one: git commit --allow-empty -m "Begin"');
  const ref = text(branch);
  return {
    root,
    gitDirectory,
    branch: branch.code === 0 && ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined,
    head: text(head),
    identity: identityIn(person),
    ignored,
  };
}

/**
 * What the person never wants to see in any repository: editors' and agents' own files, which would else be collected as
 * work. Read here, before any agent, and only as patterns.
 */
async function personalIgnores(io: Io, ask: Ask, env: Readonly<Record<string, string>>): Promise<string> {
  // Each value with its scope, least specific first; `command` is our own setting, which hides the person's.
  const values = text(
    await ask(['config', '--type=path', '--show-scope', '--get-all', 'core.excludesFile'], env),
  ).split('\n');
  const named = values
    .filter((value) => value.includes('\t') && !value.startsWith('command\t'))
    .at(-1)
    ?.split('\t')[1];
  const path = named === undefined ? `${env['XDG_CONFIG_HOME'] ?? `${env['HOME'] ?? ''}/.config`}/git/ignore` : named;
  const bytes = path.startsWith('/') ? await io.files.read(path, IGNORE_LIMIT).catch(() => undefined) : undefined;
  return bytes === undefined ? '' : new TextDecoder().decode(bytes);
}

async function checkVersion(ask: Ask): Promise<void> {
  const version = text(await ask(['version']));
  const [, major, minor] = /(\d+)\.(\d+)/.exec(version) ?? [];
  // `merge-tree --write-tree`, on which everything here rests, came with 2.38.
  if (Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 38)) return;
  throw new Refused(
    `masterplan needs git 2.38 or newer; this is "${oneLine(version)}"`,
    'install a newer git and see that it comes first on the PATH',
  );
}

async function findRepository(ask: Ask, cwd: string): Promise<{ root: string; gitDirectory: string }> {
  const bare = await ask(['rev-parse', '--is-bare-repository', '--is-inside-git-dir']);
  if (bare.code !== 0) {
    const reason = lastWords(bare.stderr);
    if (/not a git repository/.test(reason))
      throw new Refused(`${cwd} is not in a git repository`, 'go to one, or make one here: git init');
    const owner = /dubious ownership/.test(reason);
    throw new Refused(
      `git refuses this repository: ${reason}`,
      owner ? 'see whose it is; git explains what to type: git status' : 'see what git says: git status',
    );
  }
  if (text(bare).includes('true')) {
    throw new Refused(
      'there is no work tree here: the repository is bare, or this is its git directory',
      'go to a work tree of it, or make one: git worktree add <path>',
    );
  }
  const found = await ask(['rev-parse', '--path-format=absolute', '--show-toplevel', '--git-common-dir']);
  const [root, gitDirectory] = text(found).split('\n');
  if (found.code !== 0 || root === undefined || gitDirectory === undefined) {
    throw new Refused(
      `git does not say where this repository is: ${lastWords(found.stderr)}`,
      'see what git says: git status',
    );
  }
  return { root, gitDirectory };
}

/** Empty commands in place of every content filter that the repository configures. */
async function filtersOff(ask: Ask): Promise<Record<string, string>> {
  const keys = fieldsOf({
    code: 0,
    stdout: (
      await ask([
        'config',
        '--null',
        '--name-only',
        '--get-regexp',
        String.raw`^filter\..*\.(clean|smudge|process|required)$`,
      ])
    ).stdout,
  });
  const off: Record<string, string> = { GIT_CONFIG_COUNT: String(keys.length) };
  keys.forEach((key, index) => {
    off[`GIT_CONFIG_KEY_${index}`] = key;
    off[`GIT_CONFIG_VALUE_${index}`] = key.endsWith('.required') ? 'false' : '';
  });
  return off;
}

/** Without the variables that hide the person's own configuration. */
function withOwnConfiguration(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('GIT_CONFIG_')));
}

function identityIn(asked: Finished): UserRepository['identity'] {
  const [, name, email] = /^(.*) <([^<>]*)> \d+ \S+$/.exec(text(asked)) ?? [];
  if (asked.code === 0 && name && email) return { name, email };
  throw new Refused(
    'git does not know who you are, and every commit needs an author',
    'git config --global user.name "Your Name" && git config --global user.email you@example.org',
  );
}

function text(finished: Finished): string {
  return new TextDecoder().decode(finished.stdout).replace(/\n$/, '');
}
