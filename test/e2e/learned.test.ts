import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { planOf } from '../rig/plan.ts';
import { project } from '../rig/world.ts';

const FILE = 'docs/masterplan/learned.md';

test('what one run learned is in the brief of the next, with where it comes from', async () => {
  const verify = ['grep -q right t1.txt || { echo "Error: t1 must say right"; exit 1; }'];
  const world = await project({ plan: [{ id: 'T1', files: ['t1.txt'], verify }], config: { finish: 'merge' } });
  const run = world.run();
  const first = await world.agent('T1');
  await first.write('t1.txt', 'wrong\n');
  await first.done();
  const second = await world.agent('T1');
  expect(second.hello.brief).not.toContain('From earlier runs');
  await second.write('t1.txt', 'right\n');
  await second.done({ deviations: ['wrote it by hand'] });
  expect((await run.end()).code).toBe(0);
  expect(world.read(FILE)).toContain('Error: t1 must say right');
  const { stdout: report } = await world.masterplan('retro', '--report');
  expect(report).toContain('1 of 1 task merged; over: merge.');
  expect(report).toMatch(/^\| T1 \| .* \| merged \| 2 \|/m);
  expect(report).toContain('- T1#2: wrote it by hand');
  const listed = await world.json(['learned']);
  expect(listed).toMatchObject({
    lessons: expect.arrayContaining([expect.objectContaining({ kind: 'mended', paths: ['t1.txt'] })]),
  });
  expect((await world.masterplan('learned', 'add', 'Ask Bo first', '--paths', 'elsewhere/')).code).toBe(0);

  // Going on with a run that is over adds nothing, and neither does the doctor find anything strange.
  const before = world.read(FILE);
  await world.masterplan('run', 'demo');
  expect(world.read(FILE)).toBe(before);

  world.write(
    'second.md',
    planOf([
      { id: 'T1', files: ['t1.txt'] },
      { id: 'T2', files: ['t2.txt'] },
    ]),
  );
  world.commit('A second plan');
  const next = world.start(['run', 'second.md', '--yes']);
  const [one, two] = [await world.agent('T1'), await world.agent('T2')];
  expect(one.hello.brief).toContain('## From earlier runs');
  expect(one.hello.brief).toMatch(
    /mended: .*T1#1 .*Error: t1 must say right.*\[2\d{3}-\d\d-\d\d, run demo-[0-9a-f]{8}, T1#1, event \d+\]/,
  );
  expect(one.hello.brief).toContain('deviation: T1: wrote it by hand');
  expect(one.hello.brief).not.toContain('Ask Bo first');
  expect(two.hello.brief).not.toContain('From earlier runs');
  await one.write('t1.txt', 'right again\n');
  await one.done();
  await two.write('t2.txt', 'x\n');
  await two.done();
  await next.end();
});

test('learned: off takes nothing and tells nothing', async () => {
  const world = await project({ config: { finish: 'merge', learned: 'off' } });
  world.write(FILE, '- told to nobody\n  - paths: **\n');
  world.commit('A lesson');
  const before = world.read(FILE);
  const run = world.run();
  const agent = await world.agent('T1');
  expect(agent.hello.brief).not.toContain('told to nobody');
  await agent.write('t1.txt', 'x\n');
  await agent.done({ patterns: ['nothing'] });
  await run.end();
  expect(world.read(FILE)).toBe(before);
  expect(existsSync(world.logFile)).toBe(true);
});

test('a research bundle: from the template to the brief of the planner, and to the archive', async () => {
  const world = await project();
  const made = await world.json<{ readonly bundles: readonly { readonly path: string; readonly state: string }[] }>([
    'research',
    'new',
    'Refresh tokens',
    '--question',
    'Where do sessions end?',
  ]);
  const path = '.agents/bundles/refresh-tokens-research.md';
  expect(made.bundles).toMatchObject([{ path, state: 'draft', findings: [] }]);
  expect((await world.masterplan('research', 'new', 'refresh tokens')).stderr).toContain('is there already');
  world.write(path, world.read(path).replaceAll(/\[[^\]]+\]/g, 'Sessions end in src/session.ts'));
  expect(await world.json(['research'])).toMatchObject({ bundles: [{ path, state: 'ready' }] });

  world.write(
    'spec.md',
    `# Refresh tokens\n\n## Intent\n\nAs found out in \`${path}\`.\n\n## Scope boundary\n\n- In: sessions\n\n## Requirements\n\n- FR-1: sessions are refreshed\n\n## Assumptions\n\n- None\n\n## Open decisions\n\n- None\n`,
  );
  world.commit('A spec');
  world.start(['plan', '--from-spec=spec.md', '--yes']);
  const planner = await world.agent('PLAN');
  expect(planner.hello.brief).toContain('## Research: Refresh tokens');
  expect(planner.hello.brief).toContain('- Sessions end in src/session.ts');

  const archived = '.agents/bundles/archive/refresh-tokens-research.md';
  expect((await world.masterplan('research', 'archive', 'refresh-tokens', '--reason', 'built')).code).toBe(0);
  expect(world.read('.agents/bundles/archive/README.md')).toMatch(
    /^- \d{4}-\d\d-\d\d `.*refresh-tokens-research\.md`, by ada: built$/m,
  );
  expect(await world.json(['research', 'list'])).toMatchObject({ bundles: [{ path: archived, state: 'archived' }] });
});
