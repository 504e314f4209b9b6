import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { RecordedEvent } from '../../src/core/run/event.ts';
import { expectOrder } from '../rig/order.ts';
import { project, type World } from '../rig/world.ts';

const AGENT = { command: ['sh', '-c', 'echo x >"$(echo "$MASTERPLAN_TASK" | tr A-Z a-z).txt"'] };
const GATE = 'scope-overlap:demo';
const RUN = ['--yes', '--finish', 'keep', '--json'];

function eventsOfOther(world: World): RecordedEvent[] {
  const lines = world.read('docs/masterplan/other/events.jsonl').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as RecordedEvent);
}

test('a plan about what an open run is about already waits at a gate before anything of it begins', async () => {
  const world = await project({ plan: [{ id: 'T1' }, { id: 'T2' }], agent: AGENT });
  world.write('other.md', world.read('demo.md'));
  world.commit('The same once more');
  // The first one waits for a person's word; nobody runs it.
  expect((await world.masterplan('run', 'demo.md', '--json')).code).toBe(3);
  for (const target of ['other.md', 'other']) {
    expect((await world.masterplan('run', target, ...RUN)).code).toBe(3);
    const asked = eventsOfOther(world).filter((event) => event.event === 'gate_opened' && event.gate === GATE);
    expect(asked).toMatchObject([{ options: ['resume', 'variant', 'abort'] }]);
  }
  expect(eventsOfOther(world).map(({ event }) => event)).not.toContain('plan_approved');
  expect(world.git('branch', '--list', 'masterplan/*')).toBe('');
  const early = await world.masterplan('approve', 'other');
  expect([early.code, early.stderr]).toEqual([1, expect.stringContaining(`masterplan answer ${GATE} variant`)]);

  expect((await world.masterplan('answer', GATE, 'variant', '--run', 'other')).code).toBe(0);
  expect((await world.masterplan('run', 'other', ...RUN)).code).toBe(0);
  expect(world.git('log', '--format=%s', 'main..masterplan/other').split('\n')).toHaveLength(2);
  expect(world.eventsOf('attempt_started')).toEqual([]);
  await expectOrder(world);
});

test('whoever goes on with the other one leaves nothing of the new one but its log', async () => {
  const world = await project({ plan: [{ id: 'T1' }, { id: 'T2' }], agent: AGENT });
  world.write('other.md', world.read('demo.md'));
  world.write('answers.yaml', `answers:\n  - gate: ${GATE}\n    answer: resume\n`);
  world.commit('The same once more');
  expect((await world.masterplan('run', 'demo.md', '--json')).code).toBe(3);
  // The answer stands in a file, as where nobody sits at a terminal; it goes on with the one that was there.
  const ended = await world.masterplan('run', 'other.md', '--answers', 'answers.yaml', ...RUN);
  expect([ended.code, ended.stderr]).toEqual([0, 'masterplan: goes on with "demo"\n']);
  expect(eventsOfOther(world).at(-1)).toMatchObject({ event: 'run_cancelled' });
  expect(existsSync(world.path('.masterplan/worktrees/other'))).toBe(false);
  expect(world.eventsOf('merge_finished')).toHaveLength(2);
  await expectOrder(world);
});
