import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RecordedEvent } from '../../src/core/run/event.ts';
import { expectOrder } from '../rig/order.ts';
import { type Ended, PROGRAM } from '../rig/program.ts';
import { type Call, countCalls, type Fault, HAS_STRACE, straceArgs } from '../rig/strace.ts';
import { project, type World } from '../rig/world.ts';

/** Faults of each kind; of more possible ones, every k-th. `VITEST_FAULTS=24` for so many, `VITEST_FAULTS=1000` for all: that takes long. */
const MOST = Number(process.env['VITEST_FAULTS'] ?? 1);
const COMMAND = ['run', 'demo.md', '--yes', '--finish', 'keep', '--json'];

async function begin(): Promise<World> {
  return project({ agent: { command: ['sh', '-c', 'echo x >t1.txt'] } });
}

function underStrace(world: World, call: Call, fault?: Fault): Promise<Ended> {
  return world.launch([...straceArgs(world, call, fault), process.execPath, PROGRAM, ...COMMAND]).end();
}

function acknowledged(ended: Ended): { seq: number; event: string }[] {
  return ended.stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as RecordedEvent)
    .filter((event) => 'seq' in event)
    .map(({ seq, event }) => ({ seq, event }));
}

/** One fault at one call, then the same command again. */
async function survive(fault: Fault): Promise<void> {
  const world = await begin();
  const name = `${fault.how} at ${fault.call} ${fault.n}`;
  const first = await underStrace(world, fault.call, fault);
  expect(first.stderr, name).not.toMatch(/\n {4}at /);
  // Not every run makes quite as many calls as the one that was counted.
  if (countCalls(world) >= fault.n && fault.how.startsWith('signal'))
    expect(first.signal ?? first.code, name).not.toBe(0);
  if (first.code !== 0) {
    const second = await world.masterplan(...COMMAND);
    expect([second.code, second.stderr], `${name}, then again: ${second.stdout}`).toEqual([0, '']);
  }
  const logged = world.events().map(({ seq, event }) => ({ seq, event }));
  for (const one of acknowledged(first)) expect(logged, `${name}: an event that was told is lost`).toContainEqual(one);
  expect(world.eventsOf('merge_finished'), name).toHaveLength(1);
  await expectOrder(world);
}

describe.skipIf(!HAS_STRACE)('one fault at one system call, then the same command again', () => {
  const faults: readonly [Call, string][] = [
    ['write', 'signal=KILL'],
    ['write', 'error=ENOSPC'],
    ['write', 'error=EIO'],
    ['fdatasync', 'signal=KILL'],
    ['fdatasync', 'error=EIO'],
    ['fsync', 'signal=KILL'],
    ['fsync', 'error=EIO'],
    ['rename', 'signal=KILL'],
    ['rename', 'error=ENOSPC'],
  ];
  test.each(faults)('%s: %s', { timeout: MOST < 100 ? 120_000 : 3_600_000 }, async (call, how) => {
    const world = await begin();
    expect((await underStrace(world, call)).code).toBe(0);
    const count = countCalls(world);
    expect(count).toBeGreaterThan(10);
    const step = Math.max(1, count / MOST);
    const all = Array.from({ length: Math.min(MOST, count) }, (_, i): Fault => ({
      call,
      how,
      n: Math.floor((i + 0.5) * step) + 1,
    }));
    for (let i = 0; i < all.length; i += 2) await Promise.all(all.slice(i, i + 2).map(survive));
  });
});

/** A work tree on a disk of its own, of a few megabytes. */
function smallDisk(root: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'masterplan-test', root]);
  onTestFinished(() => {
    execFileSync('umount', ['-l', root]);
  });
}

const CAN_MOUNT = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'masterplan-test', '/tmp']).status === 0;

test.skipIf(!CAN_MOUNT)(
  'a full disk while an agent works: said plainly, nothing lost, and the same command goes on',
  async () => {
    const world = await project({ ground: smallDisk, plan: [{ id: 'T1' }, { id: 'T2', needs: ['T1'] }] });
    const run = world.run();
    const first = await world.agent('T1');
    await first.write('t1.txt', 'x\n');
    await first.done();
    const second = await world.agent('T2');
    await second.write('t2.txt', 'x\n');
    await second.digest({});
    const ballast = join(world.path('.masterplan'), 'ballast');
    spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=4096']);
    await second.exit(0);
    // It would try again for a while: somebody may free some space.
    await run.says(/disk is full|No space left|Out of diskspace/);
    run.kill('SIGTERM');
    const ended = await run.end();
    expect(ended.code).not.toBe(0);
    expect(ended.stderr).not.toMatch(/\n {4}at /);
    const full = await world.masterplan('retry', 'T1');
    expect([full.code, full.stdout]).toEqual([1, '']);

    rmSync(ballast);
    world.everyoneWorks();
    expect((await world.runs()).code).toBe(3);
    expect(world.files()).toMatchObject({ 't1.txt': 'x' });
    expect(world.eventsOf('merge_finished').map((event) => event.task)).toEqual(['T1', 'T2']);
    await expectOrder(world);
  },
);

test.skipIf(!CAN_MOUNT)('a disk that is full from the beginning refuses a new run', async () => {
  const world = await project({ ground: smallDisk });
  const ballast = world.path('ballast');
  spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=4096']);
  const ended = await world.runs();
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(/disk is full/);
  rmSync(ballast);
  world.everyoneWorks();
  expect((await world.runs()).code).toBe(3);
  await expectOrder(world);
});
