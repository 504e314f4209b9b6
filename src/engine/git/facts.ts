import { utf8 } from '../../core/base/text.ts';
import { formatStamp } from '../../core/base/time.ts';
import type { Io } from '../../io/io.ts';
import type { Finished } from '../../io/processes.ts';
import { fieldsOf, SAFE_SETTINGS, safeEnvironment } from './git.ts';

/** What a repository says about the plans in it. Whatever cannot be found out is `undefined`. */
export interface RepositoryFacts {
  /** The branch checked out; `undefined` on a detached `HEAD`. */
  branch(): Promise<string | undefined>;
  /** The commit checked out, in full. */
  head(): Promise<string | undefined>;
  /** UTC stamps of the last commits that changed each of these paths (relative to the work tree); those without are left out. */
  changed(paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Every path that is tracked at `HEAD`. */
  files(): Promise<ReadonlySet<string> | undefined>;
  /** Which of these words stand, as whole words, in some text file at `HEAD` that is no Markdown: plans name what is not there. */
  words(wanted: ReadonlySet<string>): Promise<ReadonlySet<string> | undefined>;
  /**
   * The newest committed text of the file at `path` (relative to the work tree) that `fits`, looked for in the last
   * {@link MOST_VERSIONS} commits that changed it.
   */
  version(path: string, fits: (text: string) => boolean): Promise<string | undefined>;
}

/** Milliseconds after which a question is given up: the answer only helps to find mistakes in a document. */
const PATIENCE = 20_000;
/** Room for a million paths, and for as many places where a word stands. */
const MOST_OUTPUT = 128 * 1024 * 1024;
/** Words that are looked for at once, and their characters. */
const MOST_WORDS = 2_000;
const LONGEST_WORD = 200;
const MOST_VERSIONS = 20;
/** Paths that are asked about at once. */
const MOST_PATHS = 30;
const NO_MARKDOWN = [':/', ':(top,exclude,icase,glob)**/*.md', ':(top,exclude,icase,glob)**/*.markdown'];

/**
 * Asks git about the repository whose work tree is `root`, each thing once and only when it is wanted. Nothing of the
 * repository's configuration is executed. Never rejects: without git, without a commit, in a repository that git
 * refuses, nothing is known.
 */
export function repositoryFacts(
  io: Io,
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): RepositoryFacts {
  const safe = safeEnvironment({ path: env['PATH'] ?? '', home: env['HOME'] ?? '/' });
  const settings = SAFE_SETTINGS.flatMap((setting) => ['-c', setting]);
  const ask = async (args: readonly string[], stdin?: string, env = safe): Promise<Finished | undefined> => {
    const finished = await io.processes.run(
      { argv: ['git', ...settings, ...args], cwd: root, env },
      {
        timeout: PATIENCE,
        maxOutput: MOST_OUTPUT,
        ...(stdin === undefined ? {} : { stdin: utf8(stdin) }),
      },
    );
    return finished.ended === 'exited' ? finished : undefined;
  };
  const branch = once(async () => {
    const answer = await ask(['symbolic-ref', '--quiet', 'HEAD']);
    const ref = answer?.code === 0 ? new TextDecoder().decode(answer.stdout).trimEnd() : '';
    return ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined;
  });
  const head = once(async () => {
    const answer = await ask(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
    const commit = answer?.code === 0 ? new TextDecoder().decode(answer.stdout).trim() : '';
    return /^[0-9a-f]{40,64}$/.test(commit) ? commit : undefined;
  });
  const changed = async (paths: readonly string[]): Promise<ReadonlyMap<string, string>> => {
    const stamps = new Map<string, string>();
    for (const path of paths.slice(0, MOST_PATHS)) {
      const answer = await ask(['rev-list', '--max-count=1', '--timestamp', 'HEAD', '--', path]);
      const seconds =
        answer?.code === 0 ? /^(\d{1,11}) /.exec(new TextDecoder().decode(answer.stdout))?.[1] : undefined;
      if (seconds !== undefined) stamps.set(path, formatStamp(Number(seconds) * 1000));
    }
    return stamps;
  };
  const files = once(async () => {
    const answer = await ask(['ls-tree', '-r', '--name-only', '--full-tree', '-z', 'HEAD']);
    return answer?.code === 0 ? new Set(fieldsOf({ code: 0, stdout: answer.stdout })) : undefined;
  });
  const known = new Map<string, boolean>();
  const words = async (wanted: ReadonlySet<string>): Promise<ReadonlySet<string> | undefined> => {
    const askable = [...wanted].filter((word) => word.length <= LONGEST_WORD && /^\w+$/.test(word));
    const unknown = askable.filter((word) => !known.has(word)).slice(0, MOST_WORDS);
    if (unknown.length > 0) {
      const args = ['grep', '--no-color', '-I', '-w', '-F', '-o', '-h', '-f', '-', 'HEAD', '--', ...NO_MARKDOWN];
      const answer = await ask(args, `${unknown.join('\n')}\n`, { ...safe, GIT_LITERAL_PATHSPECS: '0' });
      // 1 is git's way to say that nothing was found.
      if (answer === undefined || (answer.code !== 0 && answer.code !== 1)) return undefined;
      const found = new Set(new TextDecoder().decode(answer.stdout).split('\n'));
      for (const word of unknown) known.set(word, found.has(word));
    }
    // What was not asked for must not look as if it were not there.
    return new Set([...wanted].filter((word) => known.get(word) ?? true));
  };
  const version = async (path: string, fits: (text: string) => boolean): Promise<string | undefined> => {
    // Not `log`, which starts the program that a repository names for looking at signatures.
    const log = await ask(['rev-list', `--max-count=${MOST_VERSIONS}`, 'HEAD', '--', path]);
    const commits = log?.code === 0 ? new TextDecoder().decode(log.stdout).split('\n') : [];
    for (const commit of commits) {
      if (!/^[0-9a-f]{40,64}$/.test(commit)) continue;
      const file = await ask(['cat-file', 'blob', `${commit}:${path}`]);
      const text = file?.code === 0 ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(file.stdout) : undefined;
      if (text !== undefined && fits(text)) return text;
    }
    return undefined;
  };
  return { branch, head, changed, files, words, version };
}

function once<T>(find: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | undefined;
  return () => (found ??= find());
}
