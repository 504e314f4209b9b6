import { expect, test } from 'vitest';
import { planOf } from '../rig/plan.ts';
import { project } from '../rig/world.ts';

test(
  'two runs in one repository never work in the same scope at once; who waits says for what',
  { timeout: 240_000 },
  async () => {
    const world = await project({
      plan: [{ id: 'T1', files: ['src/'], verify: ['test -e src/one.txt'] }],
      files: { 'other.md': planOf([{ id: 'T8', files: ['src/two.txt'] }, { id: 'T9' }], { title: 'Other' }) },
    });
    const first = world.run();
    const one = await world.agent();
    expect(one.task).toBe('T1');
    const second = world.start(['run', 'other.md', '--yes']);
    const free = await world.agent();
    expect(free.task).toBe('T9');
    const why = await world.json<{ waiting: unknown[] }>(['explain', '--why-not', '--run', 'other']);
    expect(why.waiting).toMatchObject([
      { task: 'T8', kind: 'scope-in-use', because: 'its scope overlaps with T1 of the run demo, which is under way' },
    ]);
    await one.write('src/one.txt', '1');
    await one.done();
    expect((await first.end()).code).toBe(3);
    const next = await world.agent();
    expect(next.task).toBe('T8');
    await next.write('src/two.txt', '2');
    await next.done();
    await free.write('t9.txt', '2');
    await free.done();
    expect((await second.end()).code).toBe(3);
  },
);
