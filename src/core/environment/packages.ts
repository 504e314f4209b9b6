import type { SetupCommand, SharedDirectory } from './settings.ts';

/** How the packages of a project get into a fresh worktree. */
export interface PackageSetup {
  readonly commands: readonly SetupCommand[];
  readonly share: readonly SharedDirectory[];
}

interface Manager {
  /** The lock file by which it is told. */
  readonly lock: string;
  readonly command: string;
  /** Directory that may be taken over from the user's work tree instead; without it the manager's own store is faster or safer. */
  readonly share?: string;
}

/**
 * The first of each group that has its lock file counts. What tools share by themselves is not here: the caches of cargo and go
 * need no set-up. Directories with absolute paths in them, such as a virtual environment of Python, are never taken over.
 */
const MANAGERS: readonly (readonly Manager[])[] = [
  [
    // Hard links from its store: faster than any copy.
    { lock: 'pnpm-lock.yaml', command: 'pnpm install --frozen-lockfile --prefer-offline' },
    { lock: 'bun.lock', command: 'bun install --frozen-lockfile', share: 'node_modules' },
    { lock: 'bun.lockb', command: 'bun install --frozen-lockfile', share: 'node_modules' },
    { lock: 'yarn.lock', command: 'yarn install --frozen-lockfile --prefer-offline', share: 'node_modules' },
    { lock: 'package-lock.json', command: 'npm ci --prefer-offline --no-audit --no-fund', share: 'node_modules' },
    { lock: 'npm-shrinkwrap.json', command: 'npm ci --prefer-offline --no-audit --no-fund', share: 'node_modules' },
  ],
  [
    { lock: 'uv.lock', command: 'uv sync --frozen' },
    { lock: 'poetry.lock', command: 'poetry install --no-interaction' },
    { lock: 'Pipfile.lock', command: 'pipenv sync' },
  ],
  [{ lock: 'Gemfile.lock', command: 'bundle install --prefer-local' }],
  [{ lock: 'composer.lock', command: 'composer install --no-interaction --no-progress', share: 'vendor' }],
];

/** Every lock file that is looked for. */
export const LOCK_FILES: readonly string[] = MANAGERS.flatMap((group) => group.map(({ lock }) => lock));

/** What brings the packages, by the lock files in the root of a repository. */
export function packageSetup(present: readonly string[]): PackageSetup {
  const commands: SetupCommand[] = [];
  const share: SharedDirectory[] = [];
  for (const group of MANAGERS) {
    const manager = group.find(({ lock }) => present.includes(lock));
    if (manager === undefined) continue;
    const { lock, command } = manager;
    if (manager.share !== undefined) share.push({ path: manager.share, when: [lock, 'package.json', 'composer.json'] });
    commands.push({ command, from: lock, ...(manager.share === undefined ? {} : { unless: manager.share }) });
  }
  return { commands, share };
}

/** The files that have to be the same on both sides for a directory of this name to be taken over. */
export function keysOf(path: string): readonly string[] {
  const at = path.lastIndexOf('/') + 1;
  const beside = (name: string): string => path.slice(0, at) + name;
  // Of all managers that make a directory of this name: one that nobody can tell whose it is has to fit them all.
  const own = MANAGERS.filter((group) => group.some(({ share }) => share === path.slice(at))).flat();
  const names = [
    ...new Set([...own.map(({ lock }) => lock), ...(own.length === 0 ? [] : ['package.json', 'composer.json'])]),
  ];
  // A lock file may lie in the root of a repository of many packages.
  return [...new Set([...names.map(beside), ...names])];
}
