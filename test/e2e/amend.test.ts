import { expect, test } from 'vitest';
import { expectOrder } from '../rig/order.ts';
import { planOf } from '../rig/plan.ts';
import { project } from '../rig/world.ts';

const BUNDLE = 'docs/masterplan/demo';

test('a plan that is edited while its run goes on: added, dropped, re-scoped and split, with the owner in another terminal', async () => {
  const world = await project({ plan: [{ id: 'T1' }, { id: 'T2', needs: ['T1'] }, { id: 'T3', needs: ['T1'] }] });
  const run = world.run(['--yes', '--finish', 'keep']);
  const first = await world.agent('T1');
  await first.write('t1.txt', 'half\n');
  expect((await world.masterplan('amend')).stderr).toContain('nobody edited the plan');

  // T1 is split: its second half is a task of its own, which T2 waits for as well. T3 is dropped.
  const edited = planOf([
    { id: 'T1', text: 'Only the first half.' },
    { id: 'T2', needs: ['T1', 'T4'] },
    { id: 'T4', needs: ['T1'], files: ['t4.txt'] },
  ]);
  world.write(`${BUNDLE}/plan.md`, edited);
  const shown = await world.masterplan('amend', '--dry-run');
  expect(shown.code).toBe(0);
  for (const line of ['+ T4', '- T3', '~ T2 needs: T1 → T1, T4', '~ T1: its text', 'attempt T1#1 is ended'])
    expect(shown.stdout).toContain(line);
  expect(world.eventsOf('plan_amended')).toEqual([]);
  expect((await world.masterplan('amend', '--yes')).stdout).toContain('accepted by the process that runs it');

  const again = await world.agent('T1');
  expect(again.hello.brief).toContain('Only the first half.');
  expect(again.hello.brief).toContain('a person changed the task');
  expect(await again.sh('cat t1.txt')).toBe('half\n');
  world.everyoneWorks();
  await again.write('t1.txt', 'whole\n');
  await again.done();
  const end = await run.end();
  expect(end.code).toBe(0);
  const landed = world.eventsOf('merge_finished').map(({ task, attempt }) => `${task}#${attempt}`);
  expect(landed.toSorted()).toEqual(['T1#2', 'T2#1', 'T4#1']);
  expect(world.read(`${BUNDLE}/plan.md`)).toContain('## T4');
  expect((await world.masterplan('run', 'demo.md', '--json')).code).toBe(0);
  await expectOrder(world);
});

test('operations edit the plan of a run that goes on: split, dropped and added', async () => {
  const world = await project({ plan: [{ id: 'T1' }, { id: 'T2', needs: ['T1'] }, { id: 'T3', needs: ['T2'] }] });
  const run = world.run(['--yes', '--finish', 'keep']);
  await world.agent('T1');
  const before = world.read(`${BUNDLE}/plan.md`);
  const shown = await world.masterplan('amend', 'drop', 'T2', '--dry-run');
  for (const line of ['- T2', '~ T3 needs: T2 → T1']) expect(shown.stdout).toContain(line);
  expect(world.read(`${BUNDLE}/plan.md`)).toBe(before);
  expect((await world.masterplan('amend', 'drop', 'T2', '--yes')).code).toBe(0);
  const split = ['split', 'T1', 'One half', 'Other half', '--scope', 't1.txt', '--scope', 't4.txt'];
  const verified = ['--verify', 'test -e t1.txt', '--verify', 'test -e t4.txt'];
  expect((await world.masterplan('amend', 'demo', ...split, ...verified, '--yes', '--json')).code).toBe(0);
  const again = await world.agent('T1');
  expect(again.hello.brief).toContain('The rest of it is the work of T4 (Other half).');
  world.everyoneWorks();
  await again.write('t1.txt', 'half\n');
  await again.done();
  expect((await run.end()).code).toBe(0);
  expect(world.eventsOf('merge_finished').map(({ task }) => task)).toEqual(['T1', 'T4', 'T3']);
  // What nobody asked about stands as it stood.
  expect(world.read(`${BUNDLE}/plan.md`)).toContain(
    before.slice(before.indexOf('## T3'), before.indexOf('**Needs:** T2')),
  );
  await expectOrder(world);
});

test('without a terminal the question waits at a gate of that very text, over kill -9, and is answered from anywhere', async () => {
  const world = await project({ plan: [{ id: 'T1' }, { id: 'T2', needs: ['T1'] }] });
  const run = world.run(['--yes', '--finish', 'keep']);
  const agent = await world.agent('T1');
  world.write('demo.md', planOf([{ id: 'T1' }, { id: 'T2', needs: ['T1'] }, { id: 'T3', needs: ['T1'] }]));
  const asked = await world.masterplan('amend');
  expect(asked.code).toBe(3);
  run.kill();
  await run.end();
  const gate = world.eventsOf('gate_opened').at(-1)?.gate ?? '';
  expect(gate).toMatch(/^amend:[0-9a-f]{12}$/);
  expect((await world.masterplan('status')).stdout).toContain(`--gate ${gate} --answer approve`);
  const taken = await world.masterplan('answer', gate, 'approve');
  expect(taken.stdout).toContain('nobody runs it');
  expect(world.read(`${BUNDLE}/plan.md`)).toContain('## T3');

  const next = world.run(['--finish', 'keep']);
  await agent.write('t1.txt', 'T1\n');
  world.everyoneWorks();
  await agent.done();
  expect((await next.end()).code).toBe(0);
  expect(
    world
      .eventsOf('merge_finished')
      .map(({ task }) => task)
      .toSorted(),
  ).toEqual(['T1', 'T2', 'T3']);
  // The agent of T1 worked on through all of it: nothing that it had to do had changed.
  expect(world.eventsOf('attempt_started').filter(({ task }) => task === 'T1')).toHaveLength(1);
  await expectOrder(world);
});

test('what landed cannot be amended, and a plan with errors is refused with its findings', async () => {
  const world = await project({
    plan: [{ id: 'T1' }, { id: 'T2', needs: ['T1'], verify: ['false'] }],
    config: { attempts: 1 },
  });
  world.everyoneWorks();
  expect((await world.runs(['--yes', '--finish', 'keep'])).code).toBe(1);
  world.write(
    `${BUNDLE}/plan.md`,
    planOf([
      { id: 'T1', verify: ['true'] },
      { id: 'T2', needs: ['T1'] },
    ]),
  );
  expect((await world.masterplan('amend', '--yes')).stderr).toContain(
    'T1 landed: what is to be otherwise now is a new task',
  );
  world.write(`${BUNDLE}/plan.md`, planOf([{ id: 'T1' }, { id: 'T2', needs: ['T9'] }]));
  expect((await world.masterplan('amend', '--yes')).code).toBe(4);
  // Whoever runs it meanwhile is told what to do about the edit.
  expect((await world.masterplan('run', 'demo')).stderr).toContain('masterplan amend demo');
  // T2 had failed for what it was; it is another task now, and begins again.
  world.write(`${BUNDLE}/plan.md`, planOf([{ id: 'T1' }, { id: 'T2', needs: ['T1'] }]));
  expect((await world.masterplan('amend', '--yes')).code).toBe(0);
  expect((await world.runs([])).code).toBe(0);
  expect(world.eventsOf('run_completed')).toHaveLength(1);
});
