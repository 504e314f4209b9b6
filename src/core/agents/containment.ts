import { err, ok, type Result } from '../base/result.ts';

/*
 * A container around a whole agent: its worktree, its git directory, the place of its digest, its own state and caches are writable,
 * all else is read-only, temporary directories are its own, and so is its view of processes, which ends with it. Here is only what is
 * composed; docs/decisions/0022-containment.md says why.
 */

/** How an agent is contained; agents without a policy are not. Recorded in the settings of a run. */
export interface ContainmentPolicy {
  /** `on`: where it is possible; `required`: a run does not start without it. */
  readonly mode: 'on' | 'required';
  /** `none`: no network at all, not even to this machine itself. */
  readonly network: 'host' | 'none';
  /** Absolute paths, or paths below `~/`, that are writable beside what every agent needs. */
  readonly writable: readonly string[];
}

/** What a role asks for beyond what its agent has: its keys are over those of the agent, its places beside them. */
export interface RoleContainment {
  readonly mode?: 'off' | 'on' | 'required';
  readonly network?: 'host' | 'none';
  readonly writable?: readonly string[];
}

/** A program of this machine that contains others. */
export interface ContainmentTool {
  readonly kind: 'bwrap' | 'sandbox-exec';
  /** Absolute path of the program. */
  readonly path: string;
}

/** What a run has of containment. */
export interface Containment {
  readonly tool: ContainmentTool;
  /** The user's git directory, which may lie outside of the work tree. */
  readonly gitDirectory: string;
}

/** What a contained agent sees at a path and below it. Of several the deepest path counts, of several for one path the last. */
export interface Place {
  /** Absolute, without links, `.` and `..`. */
  readonly path: string;
  /** `hide`: an empty directory of its own, which is gone with it. */
  readonly access: 'hide' | 'read' | 'write';
}

/** Where an attempt takes place. Absolute paths. */
export interface Attempted {
  readonly worktree: string;
  /** Whether the worktree may be changed: reviewers only read. */
  readonly changes: boolean;
  /** Git directory of the worktree: the agent may commit there, and nobody believes it. */
  readonly scratch: string;
  /** Directory of the brief, in which the digest is written. */
  readonly inputs: string;
  /** What stays as it is whatever else is writable: the user's work tree and git directory. */
  readonly kept: readonly string[];
  /** The agent's home directory; empty without one. */
  readonly home: string;
  /** Program and arguments of the agent. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Directories that hold sockets and everybody's temporary files. A socket can be spoken with even where it is read-only. */
const HIDDEN = ['/tmp', '/var/tmp', '/run'];

/** What programs look up below `/run`: names of servers, and on NixOS every program. */
const KEPT_OF_RUN = ['systemd/resolve', 'resolvconf', 'NetworkManager', 'current-system', 'opengl-driver'];

/** Below the home directory, writable for everybody: what can be fetched again. */
const CACHES = [
  '.cache',
  '.npm',
  '.yarn/cache',
  '.pnpm-store',
  '.local/share/pnpm',
  '.bun/install/cache',
  '.cargo/registry',
  '.cargo/git',
  'go/pkg',
  '.gradle',
  '.m2',
  '.nuget/packages',
  'Library/Caches',
];

interface OwnState {
  /** Directories below the home directory that the program needs for itself; made when they are missing. */
  readonly directories: readonly string[];
  /** Files below the home directory that it writes, when they are there. */
  readonly files?: readonly string[];
  /** The environment variable that names another place for the first directory. */
  readonly variable?: string;
  /** Within the first directory: what other sessions of the program, outside of the container, would run or obey. */
  readonly obeyed: readonly string[];
}

/** What programs keep for themselves, by the name that one of the words of their command ends with. */
const OWN: Readonly<Record<string, OwnState>> = {
  claude: {
    directories: ['.claude'],
    files: ['.claude.json'],
    variable: 'CLAUDE_CONFIG_DIR',
    obeyed: [
      'settings.json',
      'settings.local.json',
      'CLAUDE.md',
      'agents',
      'commands',
      'hooks',
      'output-styles',
      'plugins',
      'rules',
      'skills',
    ],
  },
  codex: {
    directories: ['.codex'],
    variable: 'CODEX_HOME',
    obeyed: ['config.toml', 'AGENTS.md', 'hooks.json', 'plugins', 'prompts', 'rules', 'skills'],
  },
  gemini: {
    directories: ['.gemini'],
    obeyed: ['settings.json', '.env', 'GEMINI.md', 'commands', 'extensions', 'policies'],
  },
  opencode: {
    directories: ['.config/opencode', '.local/share/opencode', '.local/state/opencode', '.cache/opencode'],
    obeyed: [
      'opencode.json',
      'opencode.jsonc',
      'AGENTS.md',
      'agent',
      'agents',
      'command',
      'commands',
      'plugin',
      'plugins',
      'skills',
    ],
  },
  copilot: { directories: ['.copilot'], obeyed: ['config.json', 'mcp-config.json', 'agents', 'hooks', 'skills'] },
  qwen: { directories: ['.qwen'], obeyed: ['settings.json', '.env', 'QWEN.md', 'commands', 'extensions'] },
};

/**
 * What an attempt's agent is to see, for {@link contained}. Paths that do not exist may be among them, and links: whoever asks resolves the
 * ones and leaves out the others. `own` are directories that it needs to be there.
 */
export function placesOf(
  attempted: Attempted,
  policy: ContainmentPolicy,
  family: string | undefined,
): { readonly places: readonly Place[]; readonly own: readonly string[] } {
  const { home, env, argv } = attempted;
  const below = (path: string): string => `${home === '/' ? '' : home}/${path}`;
  const hidden = HIDDEN.map((path): Place => ({ path, access: 'hide' }));
  const read = (paths: readonly string[]): Place[] => paths.map((path) => ({ path, access: 'read' }));
  const write = (paths: readonly string[]): Place[] => paths.map((path) => ({ path, access: 'write' }));
  const absolute = (paths: readonly string[]): string[] => paths.filter((path) => path.startsWith('/') && path !== '/');

  // Where names of servers are looked up is told by a file that is a link to somewhere below `/run`, mostly.
  const places: Place[] = [...hidden, ...read(['/etc/resolv.conf', ...KEPT_OF_RUN.map((name) => `/run/${name}`)])];
  // What it is started with is there, also where it lies in a directory that is hidden.
  places.push(...read(absolute([...(env['PATH'] ?? '').split(':'), ...argv])));
  const own: string[] = [];
  if (home.startsWith('/') && home !== '/') {
    places.push(...read([home]), ...write(CACHES.map(below)), ...read([below('.cache/masterplan')]));
    for (const name of Object.keys(OWN)) {
      if (name !== family && !argv.some((word) => programOf(word) === name)) continue;
      const { directories, files, variable, obeyed } = OWN[name] as OwnState;
      const elsewhere = variable === undefined ? undefined : env[variable];
      const all = directories.map((path, i) => (i === 0 && elsewhere?.startsWith('/') ? elsewhere : below(path)));
      own.push(...all);
      places.push(...write([...all, ...(files ?? []).map(below)]));
      places.push(...read(obeyed.map((path) => `${all[0] ?? ''}/${path}`)));
    }
  }
  places.push(...write(absolute([env['TMPDIR'] ?? ''])));
  places.push(...write(policy.writable.map((path) => (path.startsWith('~/') ? below(path.slice(2)) : path))));
  // Nothing that anybody configures opens these.
  places.push(...read(attempted.kept));
  places.push({ path: attempted.worktree, access: attempted.changes ? 'write' : 'read' });
  places.push(...write([attempted.scratch, attempted.inputs]));
  // Otherwise it could answer its own questions.
  const told = ['answers', 'order.json', 'brief.md', 'brief.json', 'repair.md', 'repair.json', 'digest.refused'];
  places.push(...read(told.map((name) => `${attempted.inputs}/${name}`)));
  return { places, own };
}

/** `/usr/bin/claude` and `claude.js` are `claude`. */
function programOf(word: string): string {
  return (/[^/]*$/.exec(word.slice(-200))?.[0] ?? '').replace(/\.(js|mjs|cjs|exe)$/, '');
}

/**
 * Program and arguments that go before those of an agent. `places` exist and hold no links. Refuses paths that cannot be told to the
 * tool, with the reason.
 */
export function contained(
  tool: ContainmentTool,
  places: readonly Place[],
  how: { readonly cwd: string; readonly network: 'host' | 'none' },
): Result<readonly [string, ...string[]], string> {
  for (const path of [...places.map((place) => place.path), how.cwd]) {
    if (path !== '/' && !isPlain(path)) return err(`${JSON.stringify(path)} is not a plain absolute path`);
  }
  const sorted = effective(places);
  return ok(tool.kind === 'bwrap' ? bubblewrap(tool.path, sorted, how) : seatbelt(tool.path, sorted, how));
}

function bubblewrap(
  program: string,
  places: readonly Place[],
  { cwd, network }: { readonly cwd: string; readonly network: 'host' | 'none' },
): readonly [string, ...string[]] {
  const mounts = places.flatMap(({ path, access }) => {
    if (access === 'hide') return ['--tmpfs', path];
    if (access === 'read') return ['--ro-bind', path, path];
    return [path.startsWith('/dev/') ? '--dev-bind' : '--bind', path, path];
  });
  return [
    program,
    ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'],
    ...mounts,
    // Its parent is the shell or the keeper beside it, which outlives masterplan.
    ...['--unshare-pid', '--die-with-parent', '--new-session'],
    ...(network === 'none' ? ['--unshare-net'] : []),
    ...['--chdir', cwd, '--'],
    // The shell says 127 when there is no such program; bubblewrap would say 1, as any program may.
    ...['sh', '-c', 'exec "$@"', 'masterplan-contained'],
  ];
}

/** A profile of macOS, in which the last rule that fits counts. It has no processes and no temporary directories of its own. */
function seatbelt(
  program: string,
  places: readonly Place[],
  { network }: { readonly network: 'host' | 'none' },
): readonly [string, ...string[]] {
  const rules = places.map(
    ({ path, access }) => `(${access === 'read' ? 'deny' : 'allow'} file-write* (subpath ${quoted(path)}))`,
  );
  const profile = [
    '(version 1)',
    '(allow default)',
    '(deny file-write*)',
    '(allow file-write* (subpath "/dev"))',
    ...rules,
    ...(network === 'none' ? ['(deny network*)'] : []),
  ].join('\n');
  return [program, '-p', profile];
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** Whether a path is absolute, normal, and without control characters; `/` itself is not. */
export function isPlain(path: string): boolean {
  if (!path.startsWith('/')) return false;
  for (let at = 0; at < path.length; at++) {
    const code = path.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) return false;
  }
  return path
    .slice(1)
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..');
}

/** Parents before what is in them, one for each path, and without those that say what their parent says already. */
function effective(places: readonly Place[]): Place[] {
  const last = new Map(places.filter(({ path }) => path !== '/').map((place) => [place.path, place]));
  const depth = ({ path }: Place): number => path.split('/').length;
  const sorted = [...last.values()].sort(
    (a, b) => depth(a) - depth(b) || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0),
  );
  const access = new Map<string, Place['access']>([['', 'read']]);
  return sorted.filter((place) => {
    let parent = place.path;
    do parent = parent.slice(0, parent.lastIndexOf('/'));
    while (!access.has(parent));
    access.set(place.path, place.access);
    return access.get(parent) !== place.access;
  });
}
