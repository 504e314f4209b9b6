import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bytesOf } from '../rig/bytes.ts';
import { expectOrder } from '../rig/order.ts';
import { project, type World } from '../rig/world.ts';

/** A run whose first task has landed and whose second one failed: there is something to go on with. */
async function halfway(): Promise<World> {
  const world = await project({ plan: [{ id: 'T1' }, { id: 'T2', needs: ['T1'] }], config: { attempts: 1 } });
  world.puppets.follow(async (agent) => {
    await agent.write(`${agent.task.toLowerCase()}.txt`, 'x\n');
    await agent.done({ status: agent.task === 'T1' || agent.attempt > 1 ? 'completed' : 'failed' });
  });
  expect((await world.runs()).code).toBe(1);
  return world;
}

const lines = (world: World): string[] => readFileSync(world.logFile, 'utf8').split('\n').slice(0, -1);
const put = (world: World, changed: readonly string[]): void =>
  writeFileSync(world.logFile, changed.map((line) => `${line}\n`).join(''));

describe('a log that is not as it was written is refused by whoever would write, by line, and nothing is changed', () => {
  const damages: readonly [string, (world: World, all: string[]) => void, RegExp][] = [
    [
      'an edited line',
      (world, all) => put(world, all.with(2, all[2]?.replace('"attempts":1', '"attempts":9') ?? '')),
      /events\.jsonl:3: .*checksum/,
    ],
    [
      'a line with its checksum removed',
      (world, all) => put(world, all.with(4, all[4]?.replace(/,"sum":"[0-9a-f]+"/, '') ?? '')),
      /events\.jsonl:5/,
    ],
    [
      'a doubled line',
      (world, all) => put(world, [...all.slice(0, 6), all[5] ?? '', ...all.slice(6)]),
      /events\.jsonl:7: .*repeats event 6/,
    ],
    [
      'two lines swapped',
      (world, all) => put(world, [...all.slice(0, 6), all[7] ?? '', all[6] ?? '', ...all.slice(8)]),
      /events\.jsonl:7/,
    ],
    [
      'a line missing in the middle',
      (world, all) => put(world, all.toSpliced(7, 1)),
      /events\.jsonl:8: .*event 8 is missing/,
    ],
    ['lines missing at the end', (world, all) => put(world, all.slice(0, -2)), /lines are missing/],
    [
      'a line of garbage in the middle',
      (world, all) => put(world, all.with(7, '\u0000\u0000 not JSON')),
      /events\.jsonl:8/,
    ],
  ];
  // One run for all of them: whatever the damage, nothing is changed, and the log as it was makes it whole again.
  test('whichever way', async () => {
    const world = await halfway();
    const whole = readFileSync(world.logFile);
    for (const [name, damage, words] of damages) {
      damage(world, lines(world));
      const before = bytesOf(world);
      for (const command of [['run'], ['retry', 'T2'], ['cancel', '--yes']]) {
        const ended = await world.masterplan(...command);
        expect([name, command, ended.code, ended.stdout]).toEqual([name, command, 1, '']);
        expect(ended.stderr, name).toMatch(words);
        expect(ended.stderr, name).toMatch(/put the file back/);
      }
      // Those that only look may start from the snapshot, and then read nothing of what lies before it.
      const looked = await world.masterplan('status', '--json');
      if (looked.code !== 0) expect(looked.stdout, name).toMatch(words);
      const validated = await world.json<{
        runs: { ok: boolean; findings: { file: string; line: number; severity: string }[] }[];
      }>(['validate'], 4);
      expect(validated.runs, name).toMatchObject([
        { ok: false, findings: [{ severity: 'error', file: 'docs/masterplan/demo/events.jsonl' }] },
      ]);
      expect(bytesOf(world), name).toEqual(before);
      writeFileSync(world.logFile, whole);
      expect((await world.json<{ runs: { ok: boolean }[] }>(['validate'])).runs, name).toMatchObject([{ ok: true }]);
    }
  });
});

describe('what a power cut leaves at the end is cut, kept and reported', () => {
  const tails: readonly [string, string | Buffer][] = [
    ['the beginning of a line', '{"seq":99,"ts":"2026-'],
    ['zeros', Buffer.alloc(4096)],
    ['a line without its end', 'half'],
  ];
  test.each(tails)('%s', async (_, tail) => {
    const world = await halfway();
    const whole = readFileSync(world.logFile);
    appendFileSync(world.logFile, tail);
    expect((await world.masterplan('status')).code).toBe(0);
    expect(await world.json(['validate'])).toMatchObject({ runs: [{ ok: true, findings: [{ severity: 'warning' }] }] });

    expect((await world.masterplan('retry', 'T2')).code).toBe(0);
    const repaired = world.eventsOf('log_repaired');
    expect(repaired).toMatchObject([{ cut_bytes: tail.length }]);
    expect(readFileSync(world.path(repaired[0]?.kept_in ?? ''))).toEqual(Buffer.from(tail));
    expect(readFileSync(world.logFile).subarray(0, whole.length)).toEqual(whole);
    expect((await world.runs()).code).toBe(3);
    await expectOrder(world);
  });

  test('a cut anywhere in the last group leaves a log that is whole', async () => {
    const world = await project();
    expect((await world.runs([])).code).toBe(3);
    expect((await world.masterplan('approve')).code).toBe(0);
    const all = lines(world);
    const bytes = readFileSync(world.logFile);
    const grown = Buffer.byteLength(
      all
        .slice(0, 4)
        .map((line) => `${line}\n`)
        .join(''),
    );
    // The projections know of the whole log, and would object to less: a power cut takes them along.
    rmSync(world.bundle('state.yml'));
    rmSync(world.runtime('snapshot.json'), { force: true });
    for (let at = grown; at < bytes.length; at += 131) {
      writeFileSync(world.logFile, bytes.subarray(0, at));
      const { runs } = await world.json<{ runs: { ok: boolean; events: number }[] }>(['validate']);
      expect(runs).toMatchObject([{ ok: true, events: 4 }]);
    }
  });
});

test('projections are made anew when they are deleted, stale or damaged', async () => {
  const world = await halfway();
  const state = world.read(world.bundle('state.yml'));
  const damages = [
    (): void => rmSync(world.bundle('state.yml')),
    (): void => writeFileSync(world.bundle('state.yml'), ''),
    (): void => writeFileSync(world.bundle('state.yml'), state.slice(0, state.length / 2)),
    (): void =>
      writeFileSync(world.bundle('state.yml'), state.replace(/^seq: \d+$/m, 'seq: 1').replace(/^sum: .*$/m, '')),
    (): void => writeFileSync(world.runtime('snapshot.json'), '{"schema":1,'),
    (): void => rmSync(world.runtime('snapshot.json')),
  ];
  for (const damage of damages) {
    damage();
    const info = await world.json<{ runs: { board: { counts: Record<string, number> } }[] }>(['status']);
    expect(info.runs[0]?.board.counts).toMatchObject({ merged: 1, failed: 1 });
  }
  const seq = world.events().length;
  expect((await world.masterplan('retry', 'T2')).code).toBe(0);
  expect(world.read(world.bundle('state.yml'))).toContain(`seq: ${seq + 1}\n`);
  expect((await world.runs()).code).toBe(3);
  await expectOrder(world);
});

test('an event of a newer version is shown and not executed upon', async () => {
  const world = await halfway();
  const { crc32 } = await import('../../src/core/base/crc32.ts');
  const all = lines(world);
  const last = all.at(-1) ?? '';
  const sum = Number.parseInt(/"sum":"([0-9a-f]{8})"\}$/.exec(last)?.[1] ?? '', 16);
  const { fence } = JSON.parse(last) as { fence: number };
  const head = JSON.stringify({
    seq: all.length + 1,
    ts: '2030-01-01T00:00:00.000Z',
    event: 'task_teleported',
    fence,
  }).slice(0, -1);
  const bytes = new TextEncoder().encode(head);
  appendFileSync(world.logFile, `${head},"sum":"${crc32(bytes, sum).toString(16).padStart(8, '0')}"}\n`);
  const before = bytesOf(world);
  for (const command of [['run'], ['retry', 'T2'], ['cancel', '--yes']]) {
    const ended = await world.masterplan(...command);
    expect([command, ended.code]).toEqual([command, 1]);
    expect(ended.stderr).toContain('task_teleported');
  }
  expect((await world.masterplan('status')).code).toBe(0);
  const log = (files: Record<string, string>): string | undefined => files['docs/masterplan/demo/events.jsonl'];
  expect(log(bytesOf(world))).toBe(log(before));
});

test('a run that died before its first line is begun by the same command, under its own name', async () => {
  const world = await project({ agent: { command: ['sh', '-c', 'echo x >t1.txt'] } });
  world.write(world.logFile, '');
  expect((await world.runs(['--yes', '--finish', 'keep'])).code).toBe(0);
  expect(world.eventsOf('run_created')).toMatchObject([{ slug: 'demo' }]);
  await expectOrder(world);
});
