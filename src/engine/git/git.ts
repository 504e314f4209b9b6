import { oneLine, utf8 } from '../../core/base/text.ts';
import type { Io } from '../../io/io.ts';
import { NONCE } from '../machine/custody.ts';
import { GitError } from './repositories.ts';

/** Which repository a git command works on, and with what beside it. Nothing is ever discovered from a directory. */
export interface Where {
  readonly gitDirectory: string;
  readonly workTree?: string;
  readonly index?: string;
  /** Directory that receives new objects instead of the repository's own. */
  readonly objects?: string;
  /** Further object directories to read from. */
  readonly alternates?: readonly string[];
}

export interface CallOptions {
  readonly stdin?: string | Uint8Array;
  /** Exit codes that are an answer rather than a failure; 0 always is. */
  readonly codes?: readonly number[];
  /** Author and committer date, milliseconds since 1970. */
  readonly date?: number;
  /** False where the result is packed and synced later as a whole. */
  readonly durable?: boolean;
  /** Further `-c` settings, `name=value`. */
  readonly settings?: readonly string[];
}

export interface Answer {
  readonly code: number;
  readonly stdout: Uint8Array;
}

/** Runs git. `what` completes the sentence "cannot …" when it fails. Rejects with {@link GitError} only. */
export type Git = (
  where: Where,
  what: string,
  args: readonly [string, ...string[]],
  options?: CallOptions,
) => Promise<Answer>;

export interface GitOptions {
  readonly identity: { readonly name: string; readonly email: string };
  readonly tools: { readonly path: string; readonly home: string };
  /** By which a git of ours is found again when we died before it. */
  readonly nonce?: string;
  /** Whether nobody who lives can hold this lock: asked when it was waited for in vain. */
  readonly isStale?: (lock: string) => Promise<boolean>;
}

/**
 * Settings that hold for every git command of ours, whatever the configuration of the repository says: no program that
 * somebody could have planted is started, no network, no housekeeping behind our back, and no shortcut file of the
 * user's object directory (the commit graph) is believed.
 */
export const SAFE_SETTINGS: readonly string[] = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.attributesFile=/dev/null',
  'core.excludesFile=/dev/null',
  'core.commitGraph=false',
  'core.untrackedCache=false',
  'protocol.allow=never',
  'submodule.recurse=false',
  'gc.auto=0',
  'maintenance.auto=false',
];

/** The environment that goes with {@link SAFE_SETTINGS}: of the caller's only PATH and HOME are passed on. */
export function safeEnvironment(tools: { readonly path: string; readonly home: string }): Record<string, string> {
  return {
    PATH: tools.path,
    HOME: tools.home,
    LC_ALL: 'C',
    TZ: 'UTC0',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_LITERAL_PATHSPECS: '1',
    // Wins over any `protocol.<name>.allow` in a configuration, which the setting above does not.
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_EDITOR: ':',
    GIT_PAGER: 'cat',
  };
}

/** No git command of ours takes longer, on any repository that git itself can live with. */
export const GIT_TIMEOUT = 15 * 60_000;
/** Lists of all files are the longest: room for some ten million. */
const MOST_OUTPUT = 1024 * 1024 * 1024;
const LOCK_PATIENCE = 5_000;
const LOCK_PAUSE = 100;

/** Makes the one function through which masterplan runs git. */
export function createGit(io: Io, options: GitOptions): Git {
  const base: Record<string, string> = {
    ...safeEnvironment(options.tools),
    GIT_AUTHOR_NAME: options.identity.name,
    GIT_AUTHOR_EMAIL: options.identity.email,
    GIT_COMMITTER_NAME: options.identity.name,
    GIT_COMMITTER_EMAIL: options.identity.email,
    ...(options.nonce === undefined ? {} : { [NONCE]: options.nonce }),
  };

  return async (where, what, args, call = {}) => {
    const settings = [
      ...SAFE_SETTINGS,
      `core.fsync=${call.durable === false ? 'none' : 'all'}`,
      ...(call.settings ?? []),
    ];
    const program = {
      argv: ['git', ...settings.flatMap((setting) => ['-c', setting]), ...args] as [string, ...string[]],
      cwd: where.workTree ?? where.gitDirectory,
      env: { ...base, ...environmentOf(where), ...(call.date === undefined ? {} : dates(call.date)) },
    };
    const run = {
      timeout: GIT_TIMEOUT,
      maxOutput: MOST_OUTPUT,
      ...(call.stdin === undefined ? {} : { stdin: typeof call.stdin === 'string' ? utf8(call.stdin) : call.stdin }),
    };
    const start = io.clock.monotonic();
    for (;;) {
      const finished = await io.processes.run(program, run);
      if (finished.ended === 'not-started') {
        throw new GitError(
          `cannot ${what}: git could not be started (${oneLine(finished.stderr)})`,
          'install git 2.38 or newer and see that it is on the PATH',
        );
      }
      if (finished.code === 0 || (finished.code !== undefined && call.codes?.includes(finished.code))) {
        return { code: finished.code, stdout: finished.stdout };
      }
      const lock = /Unable to create '([^']+\.lock)': File exists/.exec(finished.stderr)?.[1];
      if (lock !== undefined) {
        // A git of somebody else's at work, or what is left of one that died: the first ends soon, the second never.
        if (io.clock.monotonic() - start < LOCK_PATIENCE) {
          await io.clock.wait(LOCK_PAUSE);
          continue;
        }
        if ((await options.isStale?.(lock)) === true) {
          await io.files.remove(lock);
          continue;
        }
        throw new GitError(
          `cannot ${what}: the lock ${lock} is held by another git process, or was left behind by one`,
          `when no git is running there: rm '${lock}'`,
        );
      }
      throw failure(what, finished);
    }
  };
}

function environmentOf(where: Where): Record<string, string> {
  return {
    GIT_DIR: where.gitDirectory,
    ...(where.workTree === undefined ? {} : { GIT_WORK_TREE: where.workTree }),
    ...(where.index === undefined ? {} : { GIT_INDEX_FILE: where.index }),
    ...(where.objects === undefined ? {} : { GIT_OBJECT_DIRECTORY: where.objects }),
    ...(where.alternates === undefined
      ? {}
      : { GIT_ALTERNATE_OBJECT_DIRECTORIES: where.alternates.map(quotePath).join(':') }),
  };
}

// The list is separated by colons; a quoted entry may hold one.
function quotePath(path: string): string {
  return `"${path.replace(/["\\]/g, (character) => `\\${character}`)}"`;
}

function dates(milliseconds: number): Record<string, string> {
  const date = `@${Math.floor(milliseconds / 1000)} +0000`;
  return { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
}

function failure(
  what: string,
  finished: {
    readonly code: number | undefined;
    readonly signal: string | undefined;
    readonly stderr: string;
    readonly ended: string;
  },
): GitError {
  if (finished.ended === 'timeout')
    return new GitError(`cannot ${what}: git did not finish within ${GIT_TIMEOUT / 60_000} minutes`);
  if (finished.ended === 'overflow') return new GitError(`cannot ${what}: git said more than masterplan can hold`);
  const reason = lastWords(finished.stderr);
  if (reason !== '') return new GitError(`cannot ${what}: ${reason}`, hintFor(reason));
  return new GitError(
    `cannot ${what}: git ended ${finished.signal === undefined ? `with exit code ${finished.code}` : `by ${finished.signal}`} and said nothing`,
  );
}

/** What git said, without its advice, as one line. */
export function lastWords(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !/^(hint|warning):/.test(line));
  return oneLine(lines.map((line) => line.replace(/^(fatal|error): /, '')).join('; '), 400);
}

function hintFor(reason: string): string | undefined {
  if (/No space left on device|Disk quota exceeded|Out of diskspace/i.test(reason))
    return 'free some disk space, then run the same command again';
  if (/Read-only file system/.test(reason)) return 'the file system is read-only';
  if (/Permission denied/.test(reason)) return 'check who owns these files and what their permissions are';
  return undefined;
}

const decoder = new TextDecoder();

/** Standard output as text; bytes that are not UTF-8 become U+FFFD. */
export function textOf(answer: Answer): string {
  return decoder.decode(answer.stdout);
}

/** NUL-terminated fields of standard output. */
export function fieldsOf(answer: Answer): string[] {
  const fields = textOf(answer).split('\0');
  if (fields.at(-1) === '') fields.pop();
  return fields;
}
