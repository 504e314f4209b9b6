import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { planOf } from '../rig/plan.ts';
import { project } from '../rig/world.ts';

test('commands that pass elsewhere in the project are found out, others are seen in their checkout', async () => {
  const world = await project({
    config: { attempts: 1, verify: { env: { BASH_ENV: '/dev/null' } } },
    files: { 'd/x': '' },
  });
  const commands: Record<string, string> = {
    T1: `cd '${world.root}' && test -e README.md`,
    T2: `(cd '${world.root}' && test -e README.md); true`,
    T3: 'bash run.sh',
    T4: 'cd ../../../../.. && test -e README.md',
    T5: 'cd "$(git rev-parse --show-toplevel)/d" && test -e x && (cd /tmp && true) && bash -c "cd .. && test -e README.md"',
  };
  world.write('run.sh', `cd '${world.root}'\ntest -e README.md\n`);
  world.write(
    world.planFile,
    planOf(
      Object.entries(commands).map(([id, command]) => ({ id, verify: [`test -e ${id.toLowerCase()}.txt`, command] })),
    ),
  );
  world.commit('The plan');
  world.everyoneWorks();
  await world.runs();
  const failures = world
    .eventsOf('verification_finished')
    .filter(({ landing }) => !landing)
    .map(({ task, failed }) => [task, failed?.reason]);
  const elsewhere = 'it ran in your work tree, not only in the checkout that it is to verify';
  expect(Object.fromEntries(failures)).toEqual({
    T1: elsewhere,
    T2: elsewhere,
    T3: elsewhere,
    T4: expect.stringContaining('your work tree'),
    T5: undefined,
  });
  const [evidence = ''] = readdirSync(world.runtime('evidence')).filter((name) => name.startsWith('T5.1.'));
  expect(JSON.parse(world.read(world.runtime('evidence', evidence, 'evidence.json')))).toMatchObject({
    results: [{ canary: { here: true, elsewhere: [] } }],
  });
});

test('a run whose worktrees would find the packages of the main checkout is refused', async () => {
  const world = await project({ files: { 'packages/lib/package.json': '{}\n', '.gitignore': 'node_modules\n' } });
  const link = world.path('node_modules/@acme/lib');
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync('../../packages/lib', link);
  world.everyoneWorks();
  const refused = await world.runs();
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('would be those of your work tree: @acme/lib (packages/lib)');
  expect(refused.stderr).toContain('environment: {setup: auto}');
  world.configure({ environment: { setup: [] } });
  expect((await world.runs()).code).toBe(3);
});
