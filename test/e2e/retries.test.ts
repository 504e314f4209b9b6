import { expect, test } from 'vitest';
import { expectOrder } from '../rig/order.ts';
import { project } from '../rig/world.ts';

test('a verification that fails once: the next brief has the evidence, and the second attempt lands', async () => {
  const world = await project({ plan: [{ id: 'T1', verify: ['echo looking at t1.txt; grep -q right t1.txt'] }] });
  const run = world.run();
  const first = await world.agent('T1');
  await first.write('t1.txt', 'wrong\n');
  await first.done({ tests_passed: true });
  const second = await world.agent('T1');
  expect(second.hello.brief).toContain('## Earlier attempts');
  expect(second.hello.brief).toContain('Attempt 1: a verify command failed');
  expect(second.hello.brief).toContain('looking at t1.txt');
  await second.write('t1.txt', 'right\n');
  await second.done();
  expect((await run.end()).code).toBe(3);
  expect(world.eventsOf('verification_finished').map((event) => [event.attempt, event.passed])[0]).toEqual([1, false]);
  expect(world.landed()).toMatchObject([{ trailers: { 'Masterplan-Attempt': expect.stringMatching(/T1#2$/) } }]);
  await expectOrder(world);
});

test('a task that never passes is given up, what needs it waits, and retry takes it up again', async () => {
  const world = await project({
    plan: [{ id: 'T1', verify: ['test -e "$HOME/well"'] }, { id: 'T2', needs: ['T1'] }, { id: 'T3' }],
    config: { attempts: 2 },
  });
  world.everyoneWorks();
  const ended = await world.runs();
  expect(ended.code).toBe(1);
  expect(ended.stdout).toContain('masterplan retry T1');
  expect(world.eventsOf('task_failed')).toMatchObject([{ task: 'T1' }]);
  expect(world.puppets.all.map((one) => one.name).toSorted()).toEqual(['T1#1', 'T1#2', 'T3#1']);
  expect(await world.json(['explain', 'T2'])).toMatchObject({
    status: 'pending',
    because: expect.stringContaining('T1'),
  });

  world.write(`${world.home}/well`, '');
  expect((await world.masterplan('retry', 'T1')).code).toBe(0);
  expect((await world.runs()).code).toBe(3);
  expect(world.eventsOf('merge_finished').map((event) => event.task)).toEqual(['T3', 'T1', 'T2']);
  await expectOrder(world);
});

test('two tasks that are green alone and red together: the second is rejected with the evidence, and tried again', async () => {
  const both = 'test "$(cat a.txt b.txt | sort | uniq -d)" = "" || { echo both say the same; exit 1; }';
  const world = await project({
    files: { 'a.txt': 'a\n', 'b.txt': 'b\n' },
    plan: [
      { id: 'T1', files: ['a.txt'], verify: [both] },
      { id: 'T2', files: ['b.txt'], verify: [both] },
    ],
  });
  const run = world.run();
  const [one, two] = [await world.agent('T1'), await world.agent('T2')];
  await one.write('a.txt', 'same\n');
  await one.done();
  await world.event('merge_finished');
  await two.write('b.txt', 'same\n');
  await two.done();
  const again = await world.agent('T2');
  expect(again.hello.brief).toContain('both say the same');
  expect(again.hello.brief).toContain('on top of what landed meanwhile');
  expect(await again.sh('cat a.txt')).toBe('same\n');
  await again.write('b.txt', 'other\n');
  await again.done();
  expect((await run.end()).code).toBe(3);
  expect(world.landed().map((commit) => commit.trailers['Masterplan-Attempt']?.replace(/^.*\//, ''))).toEqual([
    'T1#1',
    'T2#2',
  ]);
  await expectOrder(world);
});

test('a daemon that a verify command leaves behind is ended, and does not hold us up', async () => {
  const world = await project({
    plan: [{ id: 'T1', verify: ['(setsid sleep 600 &) ; sleep 600 & true', 'test -e t1.txt'] }],
  });
  world.everyoneWorks();
  expect((await world.runs()).code).toBe(3);
  await expectOrder(world);
});

test.each([
  ['a program that is not there', 'no-such-program-here', /exit code 127/],
  ['a signal', 'kill -9 $$', /SIGKILL|signal/],
])('a verify command that ends by %s is a failure with that reason', async (_, command, words) => {
  const world = await project({ plan: [{ id: 'T1', verify: [command] }], config: { attempts: 1 } });
  world.everyoneWorks();
  expect((await world.runs()).code).toBe(1);
  expect(world.eventsOf('verification_finished')[0]?.failed?.reason).toMatch(words);
  await expectOrder(world);
});

test('a verify command that hangs is ended by its time-out, with everything it started', async () => {
  const world = await project({
    plan: [{ id: 'T1', verify: ['sleep 600 & setsid sleep 600 & wait'] }],
    config: { attempts: 1, verify: { timeout: '500ms' } },
  });
  world.everyoneWorks();
  expect((await world.runs()).code).toBe(1);
  expect(world.eventsOf('verification_finished')[0]?.failed?.reason).toMatch(/not finished after/);
  await expectOrder(world);
});

test("the plan's own verification decides at the end, and a person about a branch that fails it", async () => {
  const world = await project({
    plan: `# Plan: Whole\n\n## T1: Make it\n\n**Files:** \`t1.txt\`\n\n**Verify:** \`test -e t1.txt\`\n\n## Verification\n\n\`\`\`sh\ntest -e "$HOME/well"\n\`\`\`\n`,
  });
  world.everyoneWorks();
  const tip = world.git('rev-parse', 'main');
  expect((await world.runs(['--yes', '--finish', 'merge'])).code).toBe(3);
  expect(world.eventsOf('branch_verified')).toMatchObject([{ passed: false }]);
  expect(world.eventsOf('gate_opened').at(-1)).toMatchObject({ gate: 'finish', recommended: 'keep' });
  expect(world.git('rev-parse', 'main')).toBe(tip);
  await expectOrder(world);
});
