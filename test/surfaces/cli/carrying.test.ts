import { describe, expect, test } from 'vitest';
import { Carrying } from '../../../src/surfaces/cli/run/carrying.ts';
import { board, fakeCli, fakeRun, FINISH_GATE } from '../fake.ts';

const WAITS = board({ status: 'waiting', waiting: [FINISH_GATE] });

/** Lets everything run that is due already. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a run is carried on behind what a person is asked', () => {
  test('while it is at work nobody waits for it to rest, and a question that opens is noticed', async () => {
    const { handle, asked } = fakeRun({ boards: [board(), WAITS], untilStopped: true });
    const carrying = new Carrying(fakeCli().cli, handle);
    const seen: string[] = [];
    void carrying.change().then(() => seen.push('look'));
    await settle();
    expect([carrying.end, seen]).toEqual([undefined, []]);
    carrying.look();
    await settle();
    expect([carrying.end, seen]).toEqual([undefined, ['look']]);
    handle.stop('now');
    await carrying.change();
    expect(carrying.end).toEqual({ end: 'stopped', mode: 'now' });
    await carrying.stop();
    expect(asked).toEqual(['run', 'stop now']);
  });

  test('an answer wakes a run that rests; without one it rests until somebody else answers', async () => {
    const { handle, asked } = fakeRun({ boards: [board(), WAITS] });
    const carrying = new Carrying(fakeCli().cli, handle);
    await carrying.change();
    await settle();
    expect([carrying.end, asked]).toEqual([{ end: 'settled' }, ['run']]);
    carrying.go();
    expect(carrying.end).toBeUndefined();
    await carrying.change();
    expect(asked).toEqual(['run', 'run']);
    await carrying.stop();
  });

  test('what ended it unexpectedly is thrown to whoever looks', async () => {
    const { handle } = fakeRun({ boards: [board()], fails: new Error('boom') });
    const carrying = new Carrying(fakeCli().cli, handle);
    await carrying.change();
    expect(() => carrying.end).toThrow('boom');
    await carrying.stop();
  });
});
