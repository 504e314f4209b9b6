import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { envFile, envValues } from '../../../src/core/environment/dotenv.ts';
import { readForeignSetup, SETUP_READERS } from '../../../src/core/environment/foreign.ts';
import { expand, type LeasedPlace, namesOf, variablesOf } from '../../../src/core/environment/lease.ts';
import { keysOf, LOCK_FILES, packageSetup } from '../../../src/core/environment/packages.ts';
import { redact, secretLike, secretsIn } from '../../../src/core/environment/secrets.ts';

const PLACE: LeasedPlace = { path: '/p/.masterplan/worktrees/demo/T1.1', slug: 'demo', task: 'T1' };
const LEASE = { ...namesOf(PLACE), ports: { web: 20_123, 'web-admin': 20_124 } };

describe('names', () => {
  test('are fit for a compose project, a host and a database, and differ with the path', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (slug, task, one, two) => {
        fc.pre(one !== two);
        const names = namesOf({ slug, task, path: one });
        expect(names.name).toMatch(/^mp(?:-[a-z0-9]+)*$/);
        expect(names.db).toMatch(/^mp[a-z0-9_]*$/);
        expect(names.name.length).toBeLessThan(63);
        expect(namesOf({ slug, task, path: two })).not.toEqual(names);
        expect(namesOf({ slug, task, path: one })).toEqual(names);
      }),
    );
  });

  test('are in the variables that every process gets', () => {
    expect(variablesOf(PLACE, LEASE)).toMatchObject({
      MASTERPLAN_WORKTREE: PLACE.path,
      MASTERPLAN_PORT_WEB: '20123',
      MASTERPLAN_PORT_WEB_ADMIN: '20124',
      COMPOSE_PROJECT_NAME: LEASE.name,
    });
  });
});

test('placeholders are filled in, other braces are text, and a port that nobody leased is an error', () => {
  expect(expand('http://localhost:{port:web}/{db}?{other}&{}', PLACE, LEASE)).toEqual({
    ok: true,
    value: `http://localhost:20123/${LEASE.db}?{other}&{}`,
  });
  expect(expand('{port:api}', PLACE, LEASE)).toMatchObject({ ok: false });
  expect(expand('{port:constructor}', PLACE, LEASE)).toMatchObject({ ok: false });
});

describe('files of variables', () => {
  test('what is set replaces its line, a commented one if there is no other, or comes last', () => {
    const template = '# Port of the server\n#PORT=3000\nexport NAME=demo\nB=1\nB=2\n';
    expect(envFile(template, { PORT: '1', NAME: "it's", B: '3', NEW: 'a b' })).toBe(
      `# Port of the server\nPORT=1\nexport NAME="it's"\nB=1\nB=3\nNEW='a b'\n`,
    );
  });

  test('every value is read back as it was set, and what was not set stays', () => {
    const name = fc.stringMatching(/^[A-Z_]{1,6}$/);
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.stringMatching(/^[A-Za-z0-9 :/?=$"@{}]*$/)),
        fc.dictionary(name, fc.stringMatching(/^[a-z0-9 ]*$/)),
        (set, there) => {
          const template = Object.entries(there)
            .map(([key, value]) => `${key}='${value}'\n`)
            .join('');
          expect(envValues(envFile(template, set))).toEqual({ ...there, ...set });
        },
      ),
    );
  });
});

test('secrets are told by the names of variables and by passwords in addresses', () => {
  expect(['API_KEY', 'npm_token', 'PGPASSWORD', 'DB_PASSWORD', 'AUTH', 'JWT_SECRET'].map(secretLike)).toEqual([
    true,
    true,
    true,
    true,
    true,
    true,
  ]);
  expect(['PORT', 'KEYBOARD', 'AUTHOR', 'COMPASS', 'MONKEY'].map(secretLike)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
  const secrets = secretsIn({
    A_TOKEN: 'abcdef',
    URL: 'postgres://app:longenough@db/x',
    PORT: '20000',
    B_KEY: 'abcdefgh',
  });
  expect(secrets).toEqual(['longenough', 'abcdefgh', 'abcdef']);
  expect(redact('abcdefgh and longenough', secrets)).toBe('*** and ***');
});

test.each([
  [
    'cursor',
    '{"setup-worktree": ["npm ci", "cp $ROOT_WORKTREE_PATH/.env .env"]}',
    ['npm ci', 'cp $ROOT_WORKTREE_PATH/.env .env'],
    [],
  ],
  ['cursor', '{"setup-worktree": ["no"], "setup-worktree-unix": "setup.sh"}', ["sh '.cursor/setup.sh'"], []],
  ['conductor', '{"scripts": {"setup": "make", "run": "no", "archive": "make clean"}}', ['make'], ['make clean']],
  ['superset', '{"setup": ["a", "b"], "teardown": ["c"], "run": []}', ['a', 'b'], ['c']],
  ['emdash', '{"preservePatterns": [".env"], "scripts": {"setup": "x", "teardown": "y"}}', ['x'], ['y']],
  ['container-use', '{"setup_commands": ["a"], "install_commands": ["b"], "base_image": "x"}', ['a', 'b'], []],
  [
    'devcontainer',
    '{\n // a comment, with a "quote"\n "postCreateCommand": ["npm", "run", "it all"], "onCreateCommand": {"one": "echo //no comment",},\n}',
    ['echo //no comment', "npm run 'it all'"],
    [],
  ],
  ['devcontainer', '[]', [], []],
])('the set-up file of %s', (tool, text, setup, teardown) => {
  const reader = SETUP_READERS.find((one) => one.tool === tool);
  if (reader === undefined) throw new Error(tool);
  const found = readForeignSetup(reader, 'file', text);
  expect(found?.setup.map(({ command }) => command)).toEqual(setup);
  expect(found?.teardown.map(({ command }) => command)).toEqual(teardown);
});

test('set-up files in TOML', () => {
  const of = (tool: string, text: string) => {
    const reader = SETUP_READERS.find((one) => one.tool === tool);
    const found = reader === undefined ? undefined : readForeignSetup(reader, reader.paths[0] ?? '', text);
    return [found?.setup.map(({ command }) => command), found?.teardown.map(({ command }) => command)];
  };
  expect(
    of(
      'conductor',
      '"$schema" = "x"\n[scripts] # all\nsetup = """\npnpm install\ncp \\"$CONDUCTOR_ROOT_PATH/.env\\" .env\n"""\nrun = "no"\narchive = \'rm -f "x"\'\n[other]\nsetup = "no"\n[[actions]]\nsetup = "no"\n',
    ),
  ).toEqual([['pnpm install\ncp "$CONDUCTOR_ROOT_PATH/.env" .env\n'], ['rm -f "x"']]);
  expect(of('codex', "version = 1\n[setup]\nscript = \"npm ci\"\n[cleanup]\nscript = '''\nmake clean\n'''\n")).toEqual([
    ['npm ci'],
    ['make clean\n'],
  ]);
  expect(of('conductor', 'no toml at all')).toEqual([[], []]);
});

test('a set-up file that is no JSON is none', () => {
  for (const reader of SETUP_READERS) expect(readForeignSetup(reader, 'file.json', '{"a": ')).toBeUndefined();
});

test('package managers are told by their lock files, and only directories without absolute paths are taken over', () => {
  expect(packageSetup([])).toEqual({ commands: [], share: [] });
  expect(
    packageSetup(['package-lock.json', 'pnpm-lock.yaml', 'uv.lock']).commands.map(({ command }) => command),
  ).toEqual(['pnpm install --frozen-lockfile --prefer-offline', 'uv sync --frozen']);
  expect(packageSetup(['package-lock.json'])).toMatchObject({
    commands: [{ unless: 'node_modules', from: 'package-lock.json' }],
    share: [{ path: 'node_modules' }],
  });
  for (const { path } of packageSetup(LOCK_FILES).share) expect(path).not.toMatch(/venv/);
  expect(keysOf('apps/web/node_modules')).toEqual(
    expect.arrayContaining(['apps/web/package-lock.json', 'package-lock.json', 'pnpm-lock.yaml']),
  );
});
