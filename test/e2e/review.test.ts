import { expect, test } from 'vitest';
import { expectOrder } from '../rig/order.ts';
import { project } from '../rig/world.ts';

test('work lands after another vendor approved it, and what the reviewer changed goes nowhere', async () => {
  const world = await project({ plan: [{ id: 'T1' }], config: { review: 'on' } });
  const run = world.run();
  const author = await world.agent('T1');
  await author.write('t1.txt', 'one\n');
  await author.done();
  const reviewer = await world.agent('T1');
  expect(reviewer.hello.brief).toContain('# T1#2 — Review of T1#1');
  expect(reviewer.hello.brief).toContain('+one');
  expect(await reviewer.sh('cat t1.txt')).toBe('one\n');
  await reviewer.write('t1.txt', 'mine\n');
  await reviewer.reviews();
  const ended = await run.end();
  expect(ended.code).toBe(3);
  expect(ended.stdout).toContain('review: 1 of 1 merged task reviewed');
  expect(world.eventsOf('attempt_started').map(({ agent }) => agent)).toEqual(['puppet', 'reviewer']);
  expect(world.eventsOf('review_discarded')).toMatchObject([{ attempt: 2, paths: ['t1.txt'] }]);
  expect(world.files()['t1.txt']).toBe('one');
  expect((await world.masterplan('status')).stdout).toContain('review: 1 of 1 merged task reviewed');
  await expectOrder(world);
});

test('two rounds: the check of a high finding is run by us, a fix is judged by what changed, a dispute is answered', async () => {
  const world = await project({ plan: [{ id: 'T1', files: ['t1.txt', 'more.txt'] }], config: { review: 'required' } });
  const run = world.run();
  const first = await world.agent('T1');
  await first.write('t1.txt', 'zero\n');
  await first.write('more.txt', 'more\n');
  await first.done();
  const finding = { file: 't1.txt', line: 1, category: 'correctness', severity: 'high' };
  await (
    await world.agent('T1')
  ).reviews({
    verdict: 'request-changes',
    findings: [
      { ...finding, claim: 'says zero where one is asked for', check_command: 'grep -q one t1.txt' },
      { ...finding, file: 'more.txt', claim: 'is empty', check_command: 'test -s more.txt' },
      { ...finding, file: 'more.txt', claim: 'wants a heading', severity: 'medium' },
    ],
  });
  const second = await world.agent('T1');
  expect(second.name).toBe('T1#3');
  expect(await second.sh('cat t1.txt')).toBe('zero\n');
  expect(second.hello.brief).toContain('**F1** (high) `t1.txt:1`: says zero where one is asked for');
  expect(second.hello.brief).not.toContain('F2');
  await second.write('t1.txt', 'one\n');
  await second.done({ disputes: [{ finding: 'F3', argument: 'plain text has no headings' }] });
  const reviewer = await world.agent('T1');
  expect(reviewer.hello.brief).toContain('## What changed since the last round');
  expect(reviewer.hello.brief).toContain('the author disputes it: plain text has no headings');
  await reviewer.reviews({
    earlier: [
      { id: 'F1', state: 'fixed' },
      { id: 'F3', state: 'withdrawn', note: 'true' },
    ],
  });
  expect((await run.end()).code).toBe(3);
  const [one, two] = world.eventsOf('review_finished');
  expect(one?.findings.map(({ fate, shown, holds }) => [fate, shown, holds])).toEqual([
    ['open', 'fails', true],
    ['refuted', 'passes', false],
    ['open', undefined, true],
  ]);
  expect(two).toMatchObject({ verdict: 'approve', round: 2, reviews: 3 });
  expect(two?.findings.map(({ fate }) => fate)).toEqual(['fixed', 'refuted', 'withdrawn']);
  expect(world.files()).toMatchObject({ 't1.txt': 'one', 'more.txt': 'more' });
  const { runs } = await world.json<{ runs: { board: { review: unknown } }[] }>(['status']);
  expect(runs[0]?.board.review).toMatchObject({
    configured: 'required',
    merged: 1,
    reviewed: 1,
    rounds: 2,
    findings: { high: { fixed: 1, refuted: 1 }, medium: { withdrawn: 1 } },
  });
  await expectOrder(world);
});

test('two sides that do not agree: both arguments are at the gate, advice goes to the next attempt, and a person has the last word', async () => {
  const world = await project({ plan: [{ id: 'T1' }], config: { review: 'on' } });
  const first = world.run();
  const author = await world.agent('T1');
  await author.write('t1.txt', 'one\n');
  await author.done();
  const finding = { severity: 'medium', file: 't1.txt', line: 1, claim: 'wants a capital letter' };
  await (await world.agent('T1')).reviews({ verdict: 'request-changes', findings: [finding] });
  // Changes nothing, and says why.
  await (await world.agent('T1')).done({ disputes: [{ finding: 'F1', argument: 'it is a number' }] });
  const again = await world.agent('T1');
  expect(again.hello.brief).toContain('the author disputes it: it is a number');
  await again.reviews({ verdict: 'request-changes', earlier: [{ id: 'F1', state: 'open', note: 'it begins a line' }] });
  const ended = await first.end();
  expect(ended.code).toBe(3);
  expect(ended.stdout).toMatch(
    /F1 \(medium\) t1.txt:1: wants a capital letter[^]*the reviewer: it begins a line[^]*the implementer: it is a number/,
  );
  expect((await world.masterplan('explain', 'T1')).stdout).toContain('F1  medium, disputed, holds it up');

  const send = ['approve', 'demo', '--gate', 'review:T1', '--answer'];
  await world.masterplan(...send, 'send-back', '--note', 'as a compromise: One');
  const second = world.run();
  const third = await world.agent('T1');
  expect(third.hello.brief).toContain('A person says: as a compromise: One');
  await third.write('t1.txt', 'One\n');
  await third.done();
  await (await world.agent('T1')).reviews({ earlier: [{ id: 'F1', state: 'fixed' }] });
  expect((await second.end()).code).toBe(3);
  expect(world.eventsOf('review_finished').map(({ findings }) => findings.map(({ fate }) => fate))).toEqual([
    ['open'],
    ['disputed'],
    ['fixed'],
  ]);
  expect(world.files()['t1.txt']).toBe('One');
  await expectOrder(world);
});

test('on, and nobody can: it lands all the same, and nobody can miss that it was not reviewed', async () => {
  const world = await project({ plan: [{ id: 'T1' }] });
  const { agents } = JSON.parse(world.read('.masterplan.yaml')) as { agents: { puppet: unknown } };
  world.write('.masterplan.yaml', JSON.stringify({ agents: { puppet: agents.puppet }, review: 'on' }));
  world.commit('Reviews');
  world.everyoneWorks();
  const ended = await world.runs();
  expect(ended.code).toBe(3);
  expect(ended.stderr).toContain(
    'no agent of another vendor than puppet (puppet) is configured: nothing will be reviewed',
  );
  expect(ended.stdout).toMatch(
    /T1#1 is NOT REVIEWED: no agent of another vendor[^]*0 of 1 merged task reviewed, 1 NOT REVIEWED/,
  );
  expect((await world.masterplan('status')).stdout).toContain('T1 was NOT REVIEWED');
  await expectOrder(world);
});

test('required, and nobody can: a gate instead of landing, which any terminal answers', async () => {
  const world = await project({ plan: [{ id: 'T1' }], config: { review: { mode: 'required', tries: 1 } } });
  const run = world.run();
  const author = await world.agent('T1');
  await author.write('t1.txt', 'one\n');
  await author.done();
  const reviewer = await world.agent('T1');
  await reviewer.digest('{"verdict":');
  await reviewer.exit(0);
  await (await world.agent('T1')).exit(0);
  const ended = await run.end();
  expect(ended.code).toBe(3);
  expect(ended.stdout).toContain('has not been reviewed');
  expect(world.eventsOf('contract_violation')).toMatchObject([{ attempt: 2, contract_id: 'review.v1' }]);
  expect(world.landed()).toEqual([]);
  await world.masterplan('approve', 'demo', '--gate', 'review:T1', '--answer', 'accept', '--note', 'seen it');
  await world.runs();
  expect(world.landed()).toHaveLength(1);
  expect((await world.masterplan('status')).stdout).toContain('1 let pass by a person');
  await expectOrder(world);
});

test('masterplan dies while a reviewer works: its verdict is adopted, and nobody reviews twice', async () => {
  const world = await project({ plan: [{ id: 'T1' }], config: { review: 'required' } });
  const run = world.run();
  const author = await world.agent('T1');
  await author.write('t1.txt', 'one\n');
  await author.done();
  const reviewer = await world.agent('T1');
  run.kill('SIGKILL');
  await reviewer.reviews();
  expect((await world.runs()).code).toBe(3);
  expect(world.puppets.all.map(({ name }) => name)).toEqual(['T1#1', 'T1#2']);
  expect(world.eventsOf('review_finished')).toMatchObject([{ verdict: 'approve', reviews: 1 }]);
  expect(world.landed()).toHaveLength(1);
  await expectOrder(world);
});

test('others landed in the same file after a review: what would land is reviewed once more', async () => {
  const lines = Array.from({ length: 20 }, (_, i) => `line ${i}\n`).join('');
  const world = await project({
    plan: ['T1', 'T2'].map((id) => ({ id, files: ['a.txt'], verify: ['true'] })),
    files: { 'a.txt': lines },
    config: { review: 'required', scopes: 'advisory' },
  });
  const run = world.run();
  const [one, two] = [await world.agent('T1'), await world.agent('T2')];
  await one.write('a.txt', `first\n${lines}`);
  await two.write('a.txt', `${lines}last\n`);
  await one.done();
  const first = await world.agent('T1');
  await two.done();
  await (await world.agent('T2')).reviews();
  await world.event('merge_finished', ({ task }) => task === 'T2');
  await first.reviews();
  const again = await world.agent('T1');
  expect(await again.sh('cat a.txt')).toBe(`first\n${lines}last\n`);
  await again.reviews();
  expect((await run.end()).code).toBe(3);
  expect(world.eventsOf('review_stale')).toMatchObject([{ task: 'T1', paths: ['a.txt'], again: true }]);
  expect(world.eventsOf('review_finished').map(({ task, round }) => [task, round])).toEqual([
    ['T2', 1],
    ['T1', 1],
    ['T1', 2],
  ]);
  expect(world.files()['a.txt']).toBe(`first\n${lines}last`);
  await expectOrder(world);
});
