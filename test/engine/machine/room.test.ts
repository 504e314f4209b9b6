import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { RunState } from '../../../src/core/run/state.ts';
import { emptyState } from '../../../src/core/run/state.ts';
import { newSchedule } from '../../../src/core/run/schedule.ts';
import { DiskMeter, diskUse } from '../../../src/engine/environment/disk.ts';
import { MachineRoom } from '../../../src/engine/machine/room.ts';
import { nodeIo } from '../../../src/io/node/index.ts';

const base = { PATH: process.env['PATH'] ?? '', HOME: '/' };

function place(): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'masterplan-room-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

/** A run of one ready task whose worktrees may take so much. */
function state(run: number): RunState {
  const task = {
    id: 'T1',
    title: '',
    unit: 'task:1',
    needs: [],
    scope: [],
    verify: [],
    nonCommitting: false,
    agent: undefined,
    estimate: undefined,
  };
  const environment = {
    setup: [],
    teardown: [],
    timeout: 0,
    ports: {},
    env: [],
    files: [],
    copy: [],
    checkouts: true,
    tools: [],
    limits: { run },
  };
  return {
    ...emptyState(),
    seq: 1,
    tip: 'c',
    fingerprint: {},
    phase: 'execute',
    tasks: [{ task, progress: { status: 'pending' }, attempts: [], failures: 0, losses: 0 }],
    schedule: newSchedule([task]),
    settings: {
      agents: {
        mine: {
          kind: 'command',
          command: ['true'],
          env: [],
          idle_timeout: 0,
          timeout: 0,
          max_output: 0,
          max_concurrent: 0,
        },
      },
      roles: { implement: 'mine' },
      parallel: 1,
      verify_parallel: 1,
      attempts: 1,
      losses: 1,
      verify: { timeout: 0, commands: [], env: [] },
      finish: 'ask',
      environment,
    },
  };
}

test('while the worktrees of a run take more than they may, nothing new starts, and it is said', async () => {
  const root = place();
  mkdirSync(join(root, 'worktrees'));
  writeFileSync(join(root, 'worktrees/large'), Buffer.alloc(3_000_000, 1));
  const look = async (limit: number) => {
    const io = nodeIo();
    const meter = new DiskMeter(io, base, [join(root, 'worktrees'), join(root, 'none')], 1000);
    return new MachineRoom(io, {}, root, undefined, meter).look(state(limit), []);
  };
  const crowded = await look(1_000_000);
  expect(crowded.room.closed).toMatch(
    /^the worktrees of this run take 3\.\d MB of the disk, and at most 1\.0 MB are to be$/,
  );
  expect(crowded.events).toMatchObject([{ event: 'dispatch_paused', why: 'disk' }]);
  expect(await look(10_000_000)).toMatchObject({ room: {}, events: [] });
});

test('directories that are not there take nothing', async () => {
  expect(await diskUse(nodeIo(), base, [join(place(), 'none')])).toBe(0);
});
