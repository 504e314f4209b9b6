import { utf8 } from '../../core/base/text.ts';
import type { Past, BaseCommit } from '../../core/imports/completion.ts';
import type { Io } from '../../io/io.ts';
import { SAFE_SETTINGS, safeEnvironment } from './git.ts';

/** A branch that is not ours. */
export interface BranchFact {
  /** `feat/x`, or `origin/feat/x`. */
  readonly name: string;
  readonly remote: boolean;
  readonly commit: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly subject: string;
  /** Commits that the base has not; 0: it is merged. */
  readonly ahead: number;
}

/** Questions about what a repository's past holds. Runs nothing of its configuration. Never rejects: what cannot be found out is missing. */
export interface GitPast {
  /** The whole id of a commit, or of what a branch points at. */
  commit(name: string): Promise<string | undefined>;
  /** What inference needs to know of `base`. */
  of(base: string, named: readonly string[], since: number | undefined): Promise<Past>;
  /** Whether `base` holds the commit. */
  holds(base: string, commit: string): Promise<boolean>;
  branches(base: string): Promise<readonly BranchFact[]>;
  /** Commits of `tip` that `base` has not, newest first, without merges. */
  ahead(base: string, tip: string): Promise<readonly BaseCommit[]>;
  /** Paths that differ between where `tip` left `base` and `tip`. */
  changed(base: string, tip: string): Promise<readonly string[]>;
  /** The text of a file in a commit, at most 4 MB. */
  text(commit: string, path: string): Promise<string | undefined>;
}

/** Commits that are read: older ones tell nothing of a plan that is still open. */
const MOST = 5000;
const PATIENCE = 60_000;
const ROOM = 128 * 1024 * 1024;

export function gitPast(io: Io, root: string, env: Readonly<Record<string, string | undefined>>): GitPast {
  const safe = safeEnvironment({ path: env['PATH'] ?? '', home: env['HOME'] ?? '/' });
  const settings = SAFE_SETTINGS.flatMap((setting) => ['-c', setting]);
  const ask = async (args: readonly string[], stdin?: string): Promise<string | undefined> => {
    const finished = await io.processes.run(
      { argv: ['git', ...settings, ...args], cwd: root, env: safe },
      { timeout: PATIENCE, maxOutput: ROOM, ...(stdin === undefined ? {} : { stdin: utf8(stdin) }) },
    );
    return finished.ended === 'exited' && finished.code === 0 ? new TextDecoder().decode(finished.stdout) : undefined;
  };
  const commit = async (name: string): Promise<string | undefined> => {
    if (name === '' || name.startsWith('-') || /[\s\0]/.test(name)) return undefined;
    const id = (await ask(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]))?.trim();
    return id !== undefined && /^[0-9a-f]{40,64}$/.test(id) ? id : undefined;
  };
  const holds = async (base: string, id: string): Promise<boolean> =>
    (await ask(['merge-base', '--is-ancestor', id, base])) !== undefined;
  const commits = async (range: readonly string[]): Promise<BaseCommit[]> => {
    const args = [
      'rev-list',
      `--max-count=${MOST}`,
      '--no-commit-header',
      '--format=%H%x00%ct%x00%s%x00%b%x00',
      ...range,
      '--',
    ];
    const fields = ((await ask(args)) ?? '').split('\0');
    const found: BaseCommit[] = [];
    for (let at = 0; at + 3 < fields.length; at += 4) {
      const [id = '', seconds = '', subject = '', body = ''] = fields.slice(at, at + 4);
      found.push({ id: id.trim(), at: Number(seconds) * 1000, subject, body });
    }
    return found;
  };
  const files = async (tree: string): Promise<ReadonlySet<string> | undefined> => {
    const listed = await ask(['ls-tree', '-r', '--name-only', '-z', '--full-tree', tree]);
    return listed === undefined ? undefined : new Set(listed.split('\0').filter((path) => path !== ''));
  };
  return {
    commit,
    holds,
    of: async (base, named, since) => {
      const known = new Map<string, { id: string; inBase: boolean }>();
      for (const name of new Set(named)) {
        const id = /^[0-9a-f]{7,64}$/i.test(name) ? await commit(name) : undefined;
        if (id !== undefined) known.set(name, { id, inBase: await holds(base, id) });
      }
      const all = await commits([base]);
      const older =
        since === undefined
          ? undefined
          : (await ask(['rev-list', '--max-count=1', `--before=${Math.floor(since / 1000)}`, base, '--']))?.trim();
      return {
        commits: all,
        known,
        files: await files(base),
        before: older === undefined || older === '' ? undefined : await files(older),
        ...(older === undefined || older === '' ? {} : { start: older }),
      };
    },
    branches: async (base) => {
      const format = '--format=%(refname)%00%(objectname)%00%(committerdate:unix)%00%(subject)%00';
      const fields = ((await ask(['for-each-ref', format, 'refs/heads', 'refs/remotes'])) ?? '').split('\0');
      const found: BranchFact[] = [];
      const local = new Set<string>();
      for (let at = 0; at + 3 < fields.length; at += 4) {
        const [raw = '', id = '', seconds = '', subject = ''] = fields.slice(at, at + 4);
        const ref = raw.trim();
        const remote = ref.startsWith('refs/remotes/');
        const name = ref.replace(/^refs\/(?:heads|remotes)\//, '');
        if (name.startsWith('masterplan/') || name.endsWith('/HEAD') || /\/masterplan\//.test(name)) continue;
        if (!remote) local.add(name);
        // A remote's copy of a local branch is the same work.
        if (remote && local.has(name.slice(name.indexOf('/') + 1))) continue;
        const count = (await ask(['rev-list', '--count', '--no-merges', `${base}..${id}`, '--']))?.trim();
        found.push({ name, remote, commit: id, at: Number(seconds) * 1000, subject, ahead: Number(count ?? 0) });
      }
      return found;
    },
    ahead: (base, tip) => commits(['--no-merges', `${base}..${tip}`]),
    changed: async (base, tip) => {
      const fork = (await ask(['merge-base', base, tip]))?.trim();
      if (fork === undefined || fork === '') return [];
      const listed = await ask(['diff-tree', '-r', '--name-only', '-z', '--no-renames', fork, tip]);
      return (listed ?? '').split('\0').filter((path) => path !== '');
    },
    text: async (at, path) => {
      const text = await ask(['cat-file', 'blob', `${at}:${path}`]);
      return text === undefined || text.length > 4 * 1024 * 1024 ? undefined : text;
    },
  };
}
