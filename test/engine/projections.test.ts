import { expect, test } from 'vitest';
import type { Log } from '../../src/engine/log/log.ts';
import type { RunPaths } from '../../src/engine/paths.ts';
import type { PlanTexts } from '../../src/engine/plan-texts.ts';
import { Projector } from '../../src/engine/projections.ts';
import type { Io } from '../../src/io/io.ts';
import { Story, task } from '../core/run/story.ts';

/** A projector beside a log of 17 events, on a disk on which each file takes `slow` ms. */
function beside(resumed: boolean, slow: number): { at(ms: number, force?: boolean): Promise<number> } {
  const { state } = new Story([task('T1')]).approved();
  let now = 0;
  let written = 0;
  const write = async (): Promise<void> => {
    now += slow;
    written++;
  };
  const files = { write, makeDirectory: async () => undefined, read: async () => undefined };
  const io = { files, clock: { monotonic: () => now } } as unknown as Io;
  let seq = 17;
  const log = { resumed, settled: async () => undefined, state, position: { seq, size: 1, sum: 1 } };
  const paths = { stateFile: 'state.yml', snapshot: 'snapshot.json', plan: 'plan.md', runtime: '.' } as RunPaths;
  const projector = new Projector(io, paths, log as unknown as Log, () => ({}) as PlanTexts);
  return {
    at: async (ms, force = false) => {
      now = ms;
      log.position.seq = ++seq;
      written = 0;
      await projector.checkpoint(force);
      return written;
    },
  };
}

test('a new run has its projections at once, and then once a second', async () => {
  const { at } = beside(false, 0);
  expect([await at(0), await at(999), await at(1000), await at(1999), await at(2000)]).toEqual([2, 0, 2, 0, 2]);
});

test('a run that is gone on with begins with its work, for its projections are there', async () => {
  const { at } = beside(true, 0);
  expect([await at(0), await at(999), await at(1000)]).toEqual([0, 0, 2]);
  expect(await beside(true, 0).at(0, true)).toBe(2);
});

test('where writing them takes long, it is done seldomer: a tenth of the time, and every quarter of a minute at least', async () => {
  const slow = beside(false, 150);
  expect([await slow.at(0), await slow.at(2999), await slow.at(3000)]).toEqual([2, 0, 2]);
  const crawling = beside(false, 20_000);
  expect([await crawling.at(0), await crawling.at(14_999), await crawling.at(15_000)]).toEqual([2, 0, 2]);
  expect(await crawling.at(15_001, true)).toBe(2);
});
