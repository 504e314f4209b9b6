import { expect, test } from 'vitest';
import { project, type World } from '../rig/world.ts';

interface Row {
  readonly id: string;
  readonly options: readonly string[];
  readonly cost: string;
  readonly about?: { readonly what: string; readonly hash: string };
}

/** The open gates, as programs see them. */
async function gates(world: World): Promise<readonly Row[]> {
  const { runs } = await world.json<{
    runs: readonly { board: { waiting: readonly { gate?: Row }[] } }[];
  }>(['status', 'demo']);
  return runs[0]?.board.waiting.flatMap(({ gate }) => (gate === undefined ? [] : [gate])) ?? [];
}

test('a gate survives kill -9 between any two of its steps', async () => {
  const world = await project({
    plan: [{ id: 'T1' }, { id: 'T2', needs: ['T1'] }],
    config: { autonomy: 'gated' },
  });
  const run = world.run(['--yes', '--finish', 'keep']);
  const agent = await world.agent('T1');
  await agent.write('t1.txt', 'T1\n');
  await agent.done();
  // Killed as soon as the question is in the log.
  await world.event('gate_opened', ({ gate }) => gate === 'continue');
  run.kill();
  await run.end();
  world.everyoneWorks();
  const asked = await gates(world);
  expect(asked).toMatchObject([
    { id: 'continue', options: ['go-on', 'cancel'], cost: 'nothing new starts: 1 task waits' },
  ]);
  // Started again nobody has answered it: it is asked in the same words, once.
  expect((await world.runs([])).code).toBe(3);
  expect(await gates(world)).toEqual(asked);
  expect(world.eventsOf('gate_opened').filter(({ gate }) => gate === 'continue')).toHaveLength(1);
  expect(world.eventsOf('attempt_started')).toHaveLength(1);
  // An answer that its owner died before it read: whoever comes next finds it.
  const request = { schema: 1, id: 'aaaaaaaa', by: 'ada', how: 'test', request: 'answer', gate: 'continue' };
  const inbox = '.masterplan/runs/demo/inbox/000000000000001-aaaaaaaa.json';
  world.write(inbox, JSON.stringify({ ...request, answer: 'yes, why not' }));
  expect((await world.runs([])).code).toBe(3);
  world.write(inbox, JSON.stringify({ ...request, answer: 'go-on' }));
  expect((await world.runs([])).code).toBe(0);
  expect(world.eventsOf('gate_answered').filter(({ gate }) => gate === 'continue')).toMatchObject([
    { answer: 'go-on', by: 'ada' },
  ]);
  expect(world.landed()).toHaveLength(2);
});

test('a file answers what it is about, once, and what it does not answer waits', async () => {
  const world = await project({
    plan: [{ id: 'T1' }, { id: 'T2', needs: ['T1'] }],
    config: { autonomy: 'gated' },
    files: {
      'answers.yaml': [
        'answers:',
        '  - {gate: plan, answer: approve, by: ci@example.org}',
        '  - {kind: continue, answer: go-on, note: fine so far}',
        '  - {gate: finish, answer: discard}',
        '',
      ].join('\n'),
      'wrong.yaml': 'answers:\n  - {gate: plan, anwser: approve}\n',
    },
  });
  world.everyoneWorks();
  const wrong = await world.runs(['--answers', 'wrong.yaml']);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('did you mean "answer"?')]);
  const run = await world.runs(['--answers', 'answers.yaml']);
  expect([run.code, run.stderr]).toEqual([3, expect.stringContaining('discard throws work away')]);
  expect(world.eventsOf('plan_approved')).toMatchObject([
    { by: 'ci@example.org', how: expect.stringMatching(/^answers file answers\.yaml:2 \(/) },
  ]);
  expect(world.eventsOf('gate_answered')).toMatchObject([
    { gate: 'plan' },
    { gate: 'continue', answer: 'go-on', note: 'fine so far' },
  ]);
  const [finish] = await gates(world);
  expect(finish).toMatchObject({ id: 'finish', about: { what: 'commit' } });
  const held = await world.masterplan('answer', 'finish', 'whatever you like');
  expect(held.stderr).toContain('the gate stays open, and nothing was done');
  const other = await world.masterplan('answer', 'finish', 'keep', '--for', '0000000');
  expect(other.stderr).toContain('is about commit');
  const right = await world.masterplan('answer', 'finish', 'keep', '--for', finish?.about?.hash.slice(0, 12) ?? '');
  expect(right.code).toBe(0);
});
