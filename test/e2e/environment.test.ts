import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectOrder } from '../rig/order.ts';
import { project } from '../rig/world.ts';

test('a worktree is set up before its agent: files copied and made, commands run, all cleared up at the end', async () => {
  const world = await project({
    plan: [{ id: 'T1', verify: ['test -e t1.txt', 'grep -q "^PORT=$MASTERPLAN_PORT_WEB$" .env', 'test -e ready'] }],
    files: {
      '.gitignore': '.env*\n!.env.example\nready\nlocal.key\n',
      '.env.example': 'NAME=demo\n# PORT=3000\nURL=postgres://localhost/{db}\n',
      '.worktreeinclude': 'local.key\nnotes.txt\n',
    },
    config: {
      environment: {
        ports: ['web'],
        env: { DATABASE_URL: 'postgres://app:hunter2hunter2@localhost/{db}' },
        files: { '.env': { from: '.env.example', set: { PORT: '{port:web}', API_TOKEN: 'very-secret-token' } } },
        setup: ['cat local.key >ready; grep API_TOKEN .env'],
        teardown: ['echo "$MASTERPLAN_DB $PWD" >>"$MASTERPLAN_ROOT/../cleared"'],
      },
    },
  });
  world.write('local.key', 'key of this machine\n');
  world.write('notes.txt', 'not ignored, so not copied\n');
  const run = world.run();
  const agent = await world.agent('T1');
  const { env } = agent.hello;
  const [started] = world.eventsOf('setup_started');
  expect(env['MASTERPLAN_PORT_WEB']).toBe(String(started?.lease.ports['web']));
  expect(env['COMPOSE_PROJECT_NAME']).toBe(started?.lease.name);
  expect(env['DATABASE_URL']).toBe(`postgres://app:hunter2hunter2@localhost/${started?.lease.db}`);
  expect(agent.hello.brief).toContain('MASTERPLAN_PORT_WEB');
  expect(await agent.sh('cat ready')).toBe('key of this machine\n');
  expect(await agent.sh('cat .env')).toBe(
    `NAME=demo\nPORT=${env['MASTERPLAN_PORT_WEB']}\nURL=postgres://localhost/${env['MASTERPLAN_DB']}\nAPI_TOKEN=very-secret-token\n`,
  );
  expect(await agent.sh('ls notes.txt 2>/dev/null || echo none')).toBe('none\n');
  expect(await world.json(['explain', 'T1'])).toMatchObject({
    attempts: [{ lease: { ports: { web: started?.lease.ports['web'] } } }],
  });
  // Whatever becomes of the ignore rules: what was put there is not the agent's work.
  await agent.write('.gitignore', 'ready\n');
  await agent.write('t1.txt', 'x\n');
  await agent.exit(1);

  const second = await world.agent('T1');
  await second.write('t1.txt', 'x\n');
  await second.done();
  expect((await run.end()).code).toBe(3);
  expect(world.eventsOf('setup_finished')).toMatchObject([
    { passed: true, copied: ['local.key'], made: ['.env'] },
    { passed: true },
  ]);
  const kept = world.git('--git-dir', world.queue, 'ls-tree', '-r', '--name-only', 'refs/masterplan/result/demo/T1.1');
  expect(kept.split('\n')).toContain('.gitignore');
  expect(kept).not.toMatch(/^\.env$|local\.key/m);
  expect(world.files()).toMatchObject({ 't1.txt': 'x' });
  expect(world.files()['.env']).toBeUndefined();
  const cleared = world.read(`${world.directory}/cleared`).trim().split('\n');
  expect(new Set(cleared.map((line) => line.split(' ')[0])).size).toBe(cleared.length);
  // Two worktrees, and at least one checkout.
  expect(cleared.length).toBeGreaterThanOrEqual(3);
  expect(JSON.parse(world.read(`${world.home}/.local/state/masterplan/leases/leases.json`))).toMatchObject({
    leases: [],
  });
  expect(world.read(world.logFile)).not.toMatch(/very-secret-token|hunter2/);
  await expectOrder(world);
});

test('a set-up that fails stops its task, says why, and waits to be told', async () => {
  const world = await project({
    plan: [{ id: 'T1' }],
    config: {
      environment: {
        setup: 'echo "no such registry: password=geheim-geheim"; exit 7',
        env: { PASSWORD: 'geheim-geheim' },
      },
    },
  });
  world.everyoneWorks();
  expect((await world.runs()).code).toBe(3);
  expect(world.puppets.all).toEqual([]);
  expect(world.eventsOf('attempt_finished')).toMatchObject([{ ending: 'unready' }]);
  const [failed] = world.eventsOf('setup_finished');
  expect(failed?.failed).toMatchObject({
    exit_code: 7,
    from: '.masterplan.yaml',
    tail: 'no such registry: password=[redacted]\n',
  });
  const next = await world.json<{ runs: { next: string }[] }>(['next']);
  expect(next.runs[0]?.next).toBe('masterplan approve demo --gate setup:T1 --answer retry');
  expect(await world.json(['explain', 'T1'])).toMatchObject({
    because: expect.stringContaining('its set-up failed'),
    next: expect.stringContaining('--gate setup:T1'),
  });
  // Nothing was lost by it: the task still has all its attempts.
  await world.masterplan('approve', 'demo', '--gate', 'setup:T1', '--answer', 'retry');
  expect((await world.start(['run', 'demo']).end()).code).toBe(3);
  expect(world.eventsOf('attempt_finished')).toMatchObject([{ ending: 'unready' }, { ending: 'unready' }]);
  expect(world.eventsOf('task_failed')).toEqual([]);
});

test('three alike failures are those of the run', async () => {
  const world = await project({
    plan: ['T1', 'T2', 'T3', 'T4'].map((id) => ({ id })),
    config: { environment: { setup: ['test -e "$MASTERPLAN_ROOT/../fixed"'] } },
  });
  world.everyoneWorks();
  expect((await world.runs()).code).toBe(3);
  const open = await world.json<{ runs: { board: { waiting: { what: string; type: string[] }[] } }[] }>(['status']);
  expect(open.runs[0]?.board.waiting).toMatchObject([{ what: expect.stringContaining('failed in the same way') }]);
  world.write(`${world.directory}/fixed`, 'yes\n');
  await world.masterplan('approve', 'demo', '--gate', 'setup', '--answer', 'retry');
  expect((await world.start(['run', 'demo']).end()).code).toBe(3);
  expect(world.eventsOf('merge_finished')).toHaveLength(4);
  await expectOrder(world);
});

test('a set-up that was killed is begun anew, and cleared up first', async () => {
  const world = await project({
    config: {
      environment: {
        ports: { web: 2 },
        setup: ['echo begun >>"$MASTERPLAN_ROOT/../trace"; test -e "$MASTERPLAN_ROOT/../go" || sleep 60'],
        teardown: ['echo cleared >>"$MASTERPLAN_ROOT/../trace"'],
        checkouts: false,
      },
    },
  });
  world.everyoneWorks();
  const run = world.run();
  const first = await world.event('setup_started');
  run.kill('SIGKILL');
  await run.end();
  world.write(`${world.directory}/go`, '');
  expect((await world.start(['run', 'demo']).end()).code).toBe(3);
  const [, second] = world.eventsOf('setup_started');
  expect(second?.lease).toEqual(first.lease);
  expect(world.eventsOf('attempt_started')).toHaveLength(1);
  expect(world.read(`${world.directory}/trace`).replace(/^begun\n(?=cleared)/, '')).toBe('cleared\nbegun\ncleared\n');
  expect(existsSync(world.path('.masterplan/worktrees/demo/T1.1'))).toBe(false);
  await expectOrder(world);
});

test('set-up files of other tools are shown, and used when the configuration says so', async () => {
  const files = {
    'conductor.json':
      '{"scripts": {"setup": "echo $CONDUCTOR_PORT $CONDUCTOR_WORKSPACE_PATH >place", "archive": "true"}}',
    '.gitignore': 'place\n',
  };
  const shown = await project({ files });
  const asked = await shown.run([]).end();
  expect(asked.stderr).toContain('conductor.json says how to set a worktree up');
  expect(shown.eventsOf('config_resolved')[0]?.settings.environment).toBeUndefined();

  const world = await project({ files, config: { environment: { from: 'conductor' } } });
  const run = world.run();
  const agent = await world.agent();
  expect(await agent.sh('cat place')).toBe(`${agent.hello.env['CONDUCTOR_PORT']} ${agent.hello.cwd}\n`);
  expect(world.eventsOf('gate_opened')[0]?.detail.join('\n')).toContain('CONDUCTOR_PORT');
  await agent.write('t1.txt', 'x\n');
  // The commands are those of the day when the run was created.
  await agent.write('conductor.json', '{"scripts": {"setup": "exit 1"}}');
  await agent.exit(1);
  await world.agent();
  run.kill('SIGKILL');
  await run.end();
});

test('a set-up that changes what git tracks is refused', async () => {
  const world = await project({
    files: { 'package-lock.json': '{}\n' },
    config: { environment: { setup: ['echo "{ }" >package-lock.json'] } },
  });
  expect((await world.runs()).code).toBe(3);
  expect(world.eventsOf('setup_finished')[0]?.failed?.reason).toContain(
    'changes files that git tracks: package-lock.json',
  );
  expect(world.puppets.all).toEqual([]);
});

test('packages are taken over as a copy where the lock file is the same, and installed where it is not', async () => {
  const world = await project({
    plan: [
      {
        id: 'T1',
        files: ['package-lock.json'],
        verify: ['test -e node_modules/dep/index.js -o -e node_modules/by-npm'],
      },
      { id: 'T2', needs: ['T1'], verify: ['test -e node_modules/by-npm'] },
    ],
    files: { 'package.json': '{}\n', 'package-lock.json': '{"one": 1}\n', '.gitignore': 'node_modules\n' },
    config: { environment: { setup: 'auto' } },
  });
  world.write('node_modules/dep/index.js', 'theirs\n');
  world.write(join(world.bin, 'npm'), '#!/bin/sh\nmkdir -p node_modules && echo "$*" >node_modules/by-npm\n');
  chmodSync(join(world.bin, 'npm'), 0o755);
  const run = world.run();
  const first = await world.agent('T1');
  expect(await first.sh('cat node_modules/dep/index.js; ls node_modules')).toBe('theirs\ndep\n');
  await first.write('node_modules/dep/index.js', 'mine\n');
  expect(world.read('node_modules/dep/index.js')).toBe('theirs\n');
  await first.write('package-lock.json', '{"two": 2}\n');
  await first.done();
  const second = await world.agent('T2');
  expect(await second.sh('ls node_modules; cat node_modules/by-npm')).toMatch(/^by-npm\nci /);
  await second.write('t2.txt', 'x\n');
  await second.done();
  expect((await run.end()).code).toBe(3);
  expect(world.eventsOf('setup_finished').map(({ shared }) => shared)).toEqual([['node_modules'], undefined]);
  expect(world.eventsOf('gate_opened')[0]?.detail.join('\n')).toContain(
    'npm ci --prefer-offline --no-audit --no-fund (package-lock.json)',
  );
  expect(world.eventsOf('merge_finished')).toHaveLength(2);
});

test('what an attempt made beside its work is kept in the bundle, and one that fills the disk is ended', async () => {
  const world = await project({
    files: { '.gitignore': 'out\n.env\nfill\n' },
    config: {
      attempts: 2,
      environment: {
        artefacts: ['out/*.txt', '.env'],
        files: { '.env': { set: { A: '1' } } },
        limits: { worktree: '20MB' },
      },
    },
  });
  const run = world.run();
  const greedy = await world.agent('T1');
  await greedy.sh('dd if=/dev/zero of=fill bs=1000000 count=30 2>/dev/null');
  await greedy.left();
  expect((await world.event('attempt_finished')).reason).toMatch(
    /^its worktree took 3\d\.\d MB of the disk, more than 20\.0 MB$/,
  );
  const modest = await world.agent('T1');
  await modest.sh('mkdir out && echo seen >out/report.txt && ln -s report.txt out/link.txt && echo no >out/other');
  await modest.write('t1.txt', 'x\n');
  await modest.done();
  expect((await run.end()).code).toBe(3);
  expect(world.eventsOf('artefacts_collected')).toMatchObject([
    { attempt: 2, directory: 'artefacts/T1.2', files: ['out/report.txt'], count: 1, left_out: 1 },
  ]);
  expect(world.read(world.bundle('artefacts/T1.2/out/report.txt'))).toBe('seen\n');
  expect(world.eventsOf('merge_finished')).toHaveLength(1);
});
