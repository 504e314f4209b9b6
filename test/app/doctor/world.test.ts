import { chmodSync, mkdirSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { approvePlan } from '../../../src/app/documents/approve.ts';
import type { AgentInfo } from '../../../src/app/agents/list.ts';
import type { WorldFacts } from '../../../src/app/doctor/facts.ts';
import { gather } from '../../../src/app/doctor/gather.ts';
import { look } from '../../../src/app/doctor/doctor.ts';
import { DOCTOR_CHECKS } from '../../../src/app/doctor/registry.ts';
import { desk, type Desk } from '../rig.ts';
import { beginning, PLAN, writeRun } from './bundles.ts';

const facts = (at: Desk): Promise<WorldFacts> =>
  gather(at.context, { root: at.root, runsPath: 'docs/masterplan' }, undefined);
const foundIn = (at: Desk, world: WorldFacts): readonly string[] =>
  look(at.context, world, DOCTOR_CHECKS).map(({ finding }) => finding.check);
const COMMAND = 'agents: { one: { command: [sh] } }\n';
/** A repository of which doctor has nothing to say. */
const IN_ORDER = { 'README.md': 'A project.\n', '.gitignore': '/.masterplan/\n', '.masterplan.yaml': COMMAND };

/** What is done to a repository for each check, and what comes near. Those of one entry are seen together. */
const MADE: readonly (readonly [
  what: string,
  checks: readonly string[],
  shows: (at: Desk) => void | Promise<void>,
  near: (at: Desk) => void | Promise<void>,
])[] = [
  [
    'what lies below .masterplan/',
    ['DR-321', 'DR-322', 'DR-323'],
    (at) => {
      at.write('.masterplan/runs/gone/snapshot.json', '{}');
      at.write('.masterplan/worktrees/gone/T1.1/file', 'work');
      at.write('.masterplan/queue.git/config', '');
    },
    async (at) => {
      await writeRun(at, 'here', beginning().approved());
      at.write('.masterplan/worktrees/here/T1.1/file', 'work');
      at.git('init', '--quiet', '--bare', '.masterplan/queue.git');
    },
  ],
  [
    'a runtime directory that is a link',
    ['DR-324'],
    (at) => symlinkSync(dirname(at.root), at.path('.masterplan')),
    (at) => mkdirSync(at.path('.masterplan')),
  ],
  [
    'a detached HEAD, a merge in the middle, a lock that was left',
    ['DR-514', 'DR-515', 'DR-516'],
    (at) => {
      at.git('checkout', '--quiet', '--detach');
      at.write('.git/MERGE_HEAD', `${at.git('rev-parse', 'HEAD')}\n`);
      at.write('.git/index.lock', '');
      aged(at.path('.git/index.lock'), 3_600_000);
    },
    (at) => at.write('.git/index.lock', ''),
  ],
  [
    'a worktree that is gone, a shallow clone',
    ['DR-517', 'DR-518'],
    (at) => {
      at.git('worktree', 'add', '--quiet', '../beside');
      rmSync(join(at.root, '../beside'), { recursive: true });
      at.write('.git/shallow', '');
    },
    (at) => void at.git('worktree', 'add', '--quiet', '../beside'),
  ],
  [
    'runtime files that git sees and tracks',
    ['DR-521', 'DR-522'],
    async (at) => {
      at.write('.gitignore', '');
      await writeRun(at, 'one', beginning().approved());
      at.git('add', '.masterplan');
    },
    async (at) => {
      at.write('.gitignore', '');
      at.write('.git/info/exclude', '/.masterplan/\n');
      await writeRun(at, 'one', beginning().approved());
      at.git('add', '.');
    },
  ],
  [
    'bundles that git ignores',
    ['DR-523'],
    async (at) => {
      at.write('.gitignore', '/.masterplan/\ndocs/masterplan/\n');
      await writeRun(at, 'one', beginning().approved());
    },
    (at) => at.write('.gitignore', '/.masterplan/\ndocs/masterplan/\n'),
  ],
  [
    'an invalid configuration',
    ['DR-601'],
    (at) => at.write('.masterplan.yaml', 'agents: [\n'),
    (at) => at.write('.masterplan.yaml', '# nothing yet\n'),
  ],
  [
    'a name that means nothing, an agent that is not installed, several without a role',
    ['DR-602', 'DR-603', 'DR-606'],
    (at) =>
      at.write(
        '.masterplan.yaml',
        'limits: { failover: [three] }\nagents: { one: { command: [no-such-program] }, two: { command: [sh] } }\n',
      ),
    (at) =>
      at.write(
        '.masterplan.yaml',
        'agents: { one: { command: [sh] }, two: { command: [sh] } }\nroles: { implement: one }\n',
      ),
  ],
  [
    'no agent for a run that is under way',
    ['DR-605'],
    async (at) => {
      at.write('.masterplan.yaml', '');
      await writeRun(at, 'one', beginning().approved());
    },
    async (at) => {
      at.write('.masterplan.yaml', '');
      const { edit } = await writeRun(at, 'one', beginning().tell({ event: 'run_cancelled', by: 'me', reason: '' }));
      edit('retro.md', () => '# Retro\n');
      at.git('add', 'docs');
    },
  ],
  [
    'agents of one family',
    ['DR-610'],
    (at) => configured(at, 'claude: { kind: claude, command: [./there] }'),
    (at) => configured(at, 'claude: { kind: claude, command: [./there] }, codex: { kind: codex, command: [./there] }'),
  ],
  [
    'a variable that is not set',
    ['DR-608'],
    (at) =>
      configured(at, 'claude: { kind: claude, command: [./there], env: [ANTHROPIC_API_KEY] }, two: { command: [sh] }'),
    (at) =>
      configured(
        at,
        'claude: { kind: claude, command: [./there], env: { ANTHROPIC_API_KEY: given } }, two: { command: [sh] }',
      ),
  ],
  [
    'an agent that says no version',
    ['DR-607'],
    (at) => {
      configured(at, 'claude: { kind: claude, command: [./there] }, two: { command: [sh] }');
      program(at, 'there', 'exit 1');
    },
    (at) => configured(at, 'claude: { kind: claude, command: [./there] }, two: { command: [sh] }'),
  ],
  [
    'a plan that was changed after its approval',
    ['DR-902'],
    async (at) => {
      await approved(at);
      const path = 'docs/plans/later/plan.md';
      at.write(path, at.read(path).replace(/^# .*$/m, '# Another title'));
    },
    approved,
  ],
  [
    'an idea that was rejected without a word',
    ['DR-903'],
    (at) => at.write('.out-of-scope/telepathy.md', ''),
    (at) => at.write('.out-of-scope/telepathy.md', 'Nobody asked.\n'),
  ],
];

async function approved(at: Desk): Promise<void> {
  at.write('docs/plans/later/plan.md', `---\nkind: task\nslug: later\nstatus: draft\n---\n\n${PLAN}`);
  const done = await approvePlan(at.context, { plan: 'later' });
  if (!done.ok) throw new Error(done.error.message);
}

function program(at: Desk, name: string, script: string): void {
  at.write(name, `#!/bin/sh\n${script}\n`);
  chmodSync(at.path(name), 0o755);
}

/** Agents of a program that says its version. */
function configured(at: Desk, agents: string): void {
  program(at, 'there', 'echo 1.2.3');
  at.write('.masterplan.yaml', `agents: { ${agents} }\nroles: { implement: claude }\n`);
}

function aged(path: string, ms: number): void {
  const then = new Date(Date.now() - ms);
  utimesSync(path, then, then);
}

describe('checks of the repository find what was done to it', () => {
  test.each(MADE)('%s', async (_, checks, shows, near) => {
    const [one, other] = [desk(IN_ORDER), desk(IN_ORDER)];
    await shows(one);
    await near(other);
    expect([foundIn(one, await facts(one)), foundIn(other, await facts(other))]).toEqual([checks, []]);
  });
});

const agent = (fields: Partial<AgentInfo>): AgentInfo => ({
  name: 'claude',
  configured: true,
  kind: 'claude',
  command: ['claude'],
  installed: true,
  version: '1.2.3',
  login: { state: 'unknown', unset: [], withheld: [] },
  abilities: {} as never,
  lane: 'claude',
  ...fields,
});
const agents = (fields: Partial<AgentInfo>): Partial<WorldFacts> => ({
  agents: { agents: [agent(fields)], roles: [], unavailablePolicy: 'block', warnings: [] },
});
const git = (world: WorldFacts, fields: Partial<WorldFacts['git']>): Partial<WorldFacts> => ({
  git: { ...world.git, ...fields },
});

/** What no test can do to a machine is done to what was found out about it. */
const TOLD: Readonly<
  Record<
    string,
    readonly [
      shows: (world: WorldFacts) => Partial<WorldFacts>,
      near: (world: WorldFacts) => Partial<WorldFacts>,
      // What is found of the near miss, because it is so.
      also?: string,
    ]
  >
> = {
  'DR-511': [(world) => git(world, { version: undefined }), (world) => git(world, { version: 'git version 2.38.0' })],
  'DR-512': [
    (world) => git(world, { version: 'git version 2.37.9' }),
    (world) => git(world, { version: 'git version 2.38.0' }),
  ],
  'DR-513': [
    (world) => git(world, { head: undefined }),
    (world) => git(world, { head: undefined, version: undefined }),
    'DR-511',
  ],
  'DR-519': [(world) => git(world, { linked: true }), (world) => git(world, { linked: false })],
  'DR-604': [() => ({ otherRuns: ['one'] }), () => ({ otherRuns: [] })],
  'DR-609': [
    () => agents({ containment: { mode: 'required', network: 'host', why: 'no bwrap' } }),
    () => agents({ containment: { mode: 'on', network: 'host', why: 'no bwrap' } }),
  ],
  'DR-611': [
    () => agents({ login: { state: 'unknown', unset: [], withheld: ['ANTHROPIC_API_KEY'] } }),
    () => agents({ login: { state: 'found', unset: [], withheld: ['ANTHROPIC_API_KEY'] } }),
  ],
  'DR-701': [() => ({ free: 100 * 1024 ** 2 }), () => ({ free: 300 * 1024 ** 2 }), 'DR-702'],
  'DR-702': [() => ({ free: 300 * 1024 ** 2 }), () => ({ free: undefined })],
  'DR-703': [() => ({ inodes: 0.97 }), () => ({ inodes: undefined })],
  'DR-704': [() => ({ homeThere: false }), () => ({ homeThere: true })],
  'DR-705': [() => ({ env: { PATH: '/bin:.' } }), () => ({ env: { PATH: '/bin:/usr/bin' } })],
  'DR-706': [() => ({ shellThere: false }), () => ({ shellThere: true })],
  'DR-707': [() => ({ env: { PATH: '/bin', GIT_DIR: '/x' } }), () => ({ env: { PATH: '/bin', GIT_EDITOR: 'vi' } })],
  'DR-901': [
    () => ({ plans: { plans: [], damaged: [{ path: 'docs/plans/x.md', message: 'm', hint: 'h' }], over: 0 } }),
    () => ({ plans: { plans: [], damaged: [], over: 3 } }),
  ],
};

describe('checks of the machine judge what was found out', () => {
  test('each', async () => {
    const at = desk({ '.masterplan.yaml': COMMAND });
    const world = await facts(at);
    expect(foundIn(at, world)).toEqual([]);
    for (const [id, [shows, near, ...also]] of Object.entries(TOLD)) {
      expect([id, foundIn(at, { ...world, ...shows(world) })]).toEqual([id, [id]]);
      expect([id, foundIn(at, { ...world, ...near(world) })]).toEqual([id, also]);
    }
  });

  test('and nothing is left out', () => {
    const checks = DOCTOR_CHECKS.filter(({ scope }) => scope === 'repository' || scope === 'machine').map(
      ({ id }) => id,
    );
    expect([...MADE.flatMap(([, ids]) => ids), ...Object.keys(TOLD)].sort()).toEqual([...checks].sort());
  });

  test('in a directory that is no repository it says so', async () => {
    const at = desk({}, { git: false });
    const { runDoctor } = await import('../../../src/app/doctor/doctor.ts');
    expect(await runDoctor(at.context, {})).toMatchObject({ ok: false });
  });

  test('in a repository without any commit it finds that, and nothing breaks', async () => {
    const at = desk({}, { git: false });
    at.git('init', '--quiet');
    expect(foundIn(at, await facts(at))).toEqual(['DR-513']);
  });
});
