import { expect, test } from 'vitest';
import { project } from '../rig/world.ts';

const suite = (name: string, expected: number): string =>
  `[ "$(sh src/${name}.sh 1 2)" = ${expected} ] || { echo "not ok: sum of 1 and 2"; exit 1; }\n`;

test('the tests as they were are run on the result: a cheat is sent back and then asked about, honest work goes on', async () => {
  const names = { T1: 'cheat', T2: 'kept' } as const;
  const part = (id: keyof typeof names) => {
    const name = names[id];
    return { id, files: [`src/${name}.sh`, `test/${name}.test.sh`], verify: [`sh test/${name}.test.sh`] };
  };
  const world = await project({
    files: Object.fromEntries(
      Object.values(names).flatMap((name) => [
        [`src/${name}.sh`, 'echo $(($1 + $2))\n'],
        [`test/${name}.test.sh`, suite(name, 3)],
      ]),
    ),
    plan: [part('T1'), part('T2')],
    config: { witness: { weakened: 'off', old_tests: 'reject' } },
  });
  world.puppets.follow(async (agent) => {
    const name = names[agent.task as keyof typeof names];
    const honest = agent.task === 'T2';
    await agent.write(`src/${name}.sh`, honest ? '# adds up\necho $(($1 + $2))\n' : 'echo $(($1 * $2))\n');
    await agent.write(`test/${name}.test.sh`, honest ? `${suite(name, 3)}sh src/${name}.sh 0 0\n` : suite(name, 2));
    await agent.done();
  });
  // The second attempt insists: a person is asked, and the other one lands meanwhile.
  expect((await world.runs(['--yes', '--finish', 'keep'])).code).toBe(3);
  const tried = world.eventsOf('old_tests_tried');
  const of = (task: string) => tried.filter((one) => one.task === task);
  expect(of('T1').map(({ verdict }) => verdict)).toEqual(['rejected', 'asked']);
  expect(of('T2')).toMatchObject([{ verdict: 'passed', passed: true, paths: ['test/kept.test.sh'] }]);
  const [first] = world.eventsOf('verification_finished').filter(({ task }) => task === 'T1');
  expect(first).toMatchObject({ passed: false, old_tests: 'failed', failed: { command: 'sh test/cheat.test.sh' } });
  expect(world.eventsOf('witness_failed')).toEqual([]);
  expect((await world.masterplan('answer', 'witness:T1.2', 'accept')).code).toBe(0);
  expect((await world.masterplan('execute')).code).toBe(0);
  expect(world.eventsOf('old_tests_tried')).toHaveLength(3);
  expect(world.eventsOf('merge_finished').map(({ task }) => task)).toContain('T1');
  const { stdout } = await world.masterplan('explain', 'T1');
  expect(stdout).toMatch(/old_tests: test\/cheat\.test\.sh: the tests as they were fail on the result.*not ok: sum/s);
});
