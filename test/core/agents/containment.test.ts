import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import {
  type Attempted,
  contained,
  type ContainmentPolicy,
  type ContainmentTool,
  type Place,
  placesOf,
} from '../../../src/core/agents/containment.ts';

const BWRAP: ContainmentTool = { kind: 'bwrap', path: '/usr/bin/bwrap' };
const SEATBELT: ContainmentTool = { kind: 'sandbox-exec', path: '/usr/bin/sandbox-exec' };
const POLICY: ContainmentPolicy = { mode: 'on', network: 'host', writable: [] };
const ROOT = '/people/ada/project';
const ATTEMPTED: Attempted = {
  worktree: `${ROOT}/.masterplan/worktrees/demo/T1.1`,
  changes: true,
  scratch: `${ROOT}/.masterplan/scratch/demo/T1.1.git`,
  inputs: `${ROOT}/.masterplan/runs/demo/attempts/T1.1`,
  kept: [ROOT, `${ROOT}/.git`],
  home: '/people/ada',
  argv: ['my-agent'],
  env: { PATH: '/usr/bin:/bin' },
};

const how = { cwd: ATTEMPTED.worktree, network: 'host' } as const;

function argvOf(places: readonly Place[], tool = BWRAP, network: 'host' | 'none' = 'host'): readonly string[] {
  const made = contained(tool, places, { ...how, network });
  if (!made.ok) throw new Error(made.error);
  return made.value;
}

/** The mounts of a command line of bubblewrap, in order. */
function mounts(argv: readonly string[]): string[] {
  const ends = argv.indexOf('--unshare-pid');
  return argv.slice(8, ends).flatMap((word, i, all) => {
    if (!word.startsWith('--')) return [];
    return [`${word} ${all[i + 1]}`];
  });
}

/** What an agent may do at a path: by the deepest mount over it. */
function accessAt(argv: readonly string[], path: string): string {
  const over = mounts(argv).filter((mount) => {
    const at = mount.slice(mount.indexOf(' ') + 1);
    return path === at || path.startsWith(`${at}/`);
  });
  return over.at(-1)?.split(' ')[0] ?? '--ro-bind';
}

const everything = (over: Partial<Attempted> = {}, policy: Partial<ContainmentPolicy> = {}, family = 'command') =>
  placesOf({ ...ATTEMPTED, ...over }, { ...POLICY, ...policy }, family);

describe('the command line of bubblewrap', () => {
  test('is the whole machine read-only, devices and processes of its own, and then what differs', () => {
    expect(
      argvOf([
        { path: '/tmp', access: 'hide' },
        { path: '/work', access: 'write' },
      ]),
    ).toEqual([
      '/usr/bin/bwrap',
      ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'],
      ...['--tmpfs', '/tmp', '--bind', '/work', '/work'],
      ...['--unshare-pid', '--die-with-parent', '--new-session'],
      ...['--chdir', ATTEMPTED.worktree, '--', 'sh', '-c', 'exec "$@"', 'masterplan-contained'],
    ]);
  });

  test('mounts what is deeper later, whatever the order, and nothing twice', () => {
    const places: Place[] = [
      { path: '/a/b/c', access: 'write' },
      { path: '/a', access: 'hide' },
      { path: '/a/b', access: 'read' },
      { path: '/a-b', access: 'write' },
      { path: '/a/b/c/d', access: 'write' },
      { path: '/a', access: 'write' },
      { path: '/', access: 'write' },
      { path: '/usr', access: 'read' },
    ];
    const expected = ['--bind /a', '--bind /a-b', '--ro-bind /a/b', '--bind /a/b/c'];
    expect(mounts(argvOf(places))).toEqual(expected);
    expect(mounts(argvOf([...places.slice(0, 5), ...places.slice(5).reverse()]))).toEqual(expected);
  });

  test('lets devices be devices', () => {
    expect(mounts(argvOf([{ path: '/dev/kvm', access: 'write' }]))).toEqual(['--dev-bind /dev/kvm']);
  });

  test('has a network of its own only where the policy says so', () => {
    expect(argvOf([], BWRAP, 'none')).toContain('--unshare-net');
    expect(argvOf([])).not.toContain('--unshare-net');
  });

  test('takes paths of any letters as they are', () => {
    for (const path of ['/a b', '/--bind', '/it\'s "$(x)" `y`;', '/größe', '/a\\b', '/*', '/...'])
      expect(mounts(argvOf([{ path, access: 'write' }]))).toEqual([`--bind ${path}`]);
  });

  test.each(['', 'a', './a', '/a/../b', '/a//b', '/a/', '/a/.', '//', '/a\nb', '/a\0b', '/a\u001b[0m'])(
    'refuses what is no plain path: %j',
    (path) => {
      for (const tool of [BWRAP, SEATBELT]) {
        expect(contained(tool, [{ path, access: 'write' }], how).ok).toBe(false);
        expect(contained(tool, [], { ...how, cwd: path }).ok).toBe(false);
      }
    },
  );
});

describe('what an agent sees', () => {
  test('its worktree, git directory and digest are its own; the checkout, hooks and private repository are not', () => {
    const argv = argvOf(everything().places);
    for (const path of [ATTEMPTED.worktree, `${ATTEMPTED.scratch}/index`, `${ATTEMPTED.inputs}/digest.json`])
      expect([path, accessAt(argv, path)]).toEqual([path, '--bind']);
    for (const path of [
      ROOT,
      `${ROOT}/.git/hooks/pre-commit`,
      `${ROOT}/.git/config`,
      `${ROOT}/.masterplan/queue.git/config`,
      `${ROOT}/.masterplan/worktrees/demo/T2.1/a`,
      `${ROOT}/docs/masterplan/demo/events.jsonl`,
      `${ATTEMPTED.inputs}/answers/1`,
      `${ATTEMPTED.inputs}/brief.md`,
      '/people/ada/.bashrc',
      '/people/ada/.claude/settings.json',
      '/etc/passwd',
    ])
      expect([path, accessAt(argv, path)]).toEqual([path, '--ro-bind']);
    for (const path of ['/tmp/x', '/run/user/1000/bus', '/run/docker.sock', '/var/tmp/x'])
      expect([path, accessAt(argv, path)]).toEqual([path, '--tmpfs']);
    expect(accessAt(argv, '/people/ada/.npm/x')).toBe('--bind');
    expect(accessAt(argv, '/people/ada/.cargo/bin/cargo')).toBe('--ro-bind');
  });

  test('a project, a home directory and programs in a temporary directory are still there', () => {
    const move = (path: string): string => path.replace('/people/ada', '/tmp/ada');
    const argv = argvOf(
      everything({
        worktree: move(ATTEMPTED.worktree),
        scratch: move(ATTEMPTED.scratch),
        inputs: move(ATTEMPTED.inputs),
        kept: ATTEMPTED.kept.map(move),
        home: '/tmp/ada',
        argv: ['/tmp/tools/agent', '/tmp/ada/socket'],
        env: { PATH: '/tmp/bin:/usr/bin', TMPDIR: '/tmp/ada/tmp' },
      }).places,
    );
    expect(accessAt(argv, move(ATTEMPTED.worktree))).toBe('--bind');
    expect(accessAt(argv, '/tmp/ada/tmp/x')).toBe('--bind');
    for (const path of ['/tmp/ada/project/.git/config', '/tmp/tools/agent', '/tmp/ada/socket', '/tmp/bin/x'])
      expect([path, accessAt(argv, path)]).toEqual([path, '--ro-bind']);
    expect(accessAt(argv, '/tmp/other')).toBe('--tmpfs');
  });

  test('what else is configured is writable, but never the checkout with what it holds', () => {
    const argv = argvOf(everything({}, { writable: ['/people', '~/notes', '/var/lib/db'] }).places);
    expect(accessAt(argv, '/people/bob/x')).toBe('--bind');
    expect(accessAt(argv, '/people/ada/notes/x')).toBe('--bind');
    expect(accessAt(argv, '/var/lib/db/x')).toBe('--bind');
    expect(accessAt(argv, `${ROOT}/README.md`)).toBe('--ro-bind');
    expect(accessAt(argv, `${ROOT}/.git/hooks/x`)).toBe('--ro-bind');
    expect(accessAt(argv, ATTEMPTED.worktree)).toBe('--bind');
  });

  test('a reviewer changes nothing', () => {
    const argv = argvOf(everything({ changes: false }).places);
    expect(accessAt(argv, `${ATTEMPTED.worktree}/a`)).toBe('--ro-bind');
    expect(accessAt(argv, `${ATTEMPTED.inputs}/digest.json`)).toBe('--bind');
  });

  test.each([
    ['claude', 'claude', ['claude'], '/people/ada/.claude', '/people/ada/.claude/settings.json'],
    ['claude', 'acp', ['npx', '/opt/claude.js'], '/people/ada/.claude', '/people/ada/.claude/agents/x.md'],
    ['codex', 'codex', ['/opt/codex'], '/people/ada/.codex', '/people/ada/.codex/config.toml'],
    ['gemini', 'acp', ['gemini', '--acp'], '/people/ada/.gemini', '/people/ada/.gemini/settings.json'],
    [
      'opencode',
      'acp',
      ['opencode', 'acp'],
      '/people/ada/.local/share/opencode',
      '/people/ada/.config/opencode/plugin/x',
    ],
  ])('%s (%s) keeps its state, and cannot change what other sessions obey', (_, family, command, state, obeyed) => {
    const { places, own } = everything({ argv: command }, {}, family);
    const argv = argvOf(places);
    expect(own).toContain(state);
    expect(accessAt(argv, `${state}/x`)).toBe('--bind');
    expect(accessAt(argv, obeyed)).toBe('--ro-bind');
  });

  test('state elsewhere is found by its variable', () => {
    const { places, own } = everything({ env: { CODEX_HOME: '/srv/codex' } }, {}, 'codex');
    expect(own).toEqual(['/srv/codex']);
    expect(accessAt(argvOf(places), '/srv/codex/sessions')).toBe('--bind');
    expect(accessAt(argvOf(places), '/srv/codex/config.toml')).toBe('--ro-bind');
  });

  test('without a home directory there is none', () => {
    for (const home of ['', '/', 'relative']) expect(everything({ home }, {}, 'claude').own).toEqual([]);
  });
});

describe('the profile of macOS', () => {
  test('denies all writing, and then says by places what is allowed, the deepest last', () => {
    const places: Place[] = [
      { path: '/a/b', access: 'read' },
      { path: '/a', access: 'write' },
      { path: '/a/b/say "x" \\', access: 'write' },
      { path: '/private/tmp', access: 'hide' },
    ];
    expect(argvOf(places, SEATBELT, 'none')).toEqual([
      '/usr/bin/sandbox-exec',
      '-p',
      [
        '(version 1)',
        '(allow default)',
        '(deny file-write*)',
        '(allow file-write* (subpath "/dev"))',
        '(allow file-write* (subpath "/a"))',
        '(deny file-write* (subpath "/a/b"))',
        '(allow file-write* (subpath "/private/tmp"))',
        '(allow file-write* (subpath "/a/b/say \\"x\\" \\\\"))',
        '(deny network*)',
      ].join('\n'),
    ]);
  });

  test('lets the network be otherwise', () => {
    expect(argvOf([], SEATBELT).join('\n')).not.toContain('network');
  });
});

// Not a matter of text alone: what the kernel makes of it.
const works = spawnSync('bwrap', ['--ro-bind', '/', '/', '--proc', '/proc', '--unshare-pid', 'true']).status === 0;
test.skipIf(!works)('bubblewrap understands it', () => {
  const made = contained({ kind: 'bwrap', path: 'bwrap' }, [{ path: '/tmp', access: 'hide' }], {
    cwd: '/tmp',
    network: 'none',
  });
  if (!made.ok) throw new Error(made.error);
  const [program, ...args] = made.value;
  const ended = spawnSync(program, [...args, 'sh', '-c', 'echo x >y && pwd && ls && ! touch /usr/x 2>/dev/null'], {
    encoding: 'utf8',
  });
  expect([ended.status, ended.stdout]).toEqual([0, '/tmp\ny\n']);
  const none = spawnSync(program, [...args, '/nowhere/program'], { encoding: 'utf8' });
  expect([none.status, none.stderr]).toEqual([127, expect.stringContaining('/nowhere/program')]);
});
