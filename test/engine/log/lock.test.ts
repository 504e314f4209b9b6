import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acquireLock, forceUnlock, type Lock, lockHolder } from '../../../src/engine/log/lock.ts';
import type { Files } from '../../../src/io/files.ts';
import type { Io } from '../../../src/io/io.ts';
import { nodeIo } from '../../../src/io/node/index.ts';
import type { ProcessIdentity } from '../../../src/io/processes.ts';
import { type Place, place } from '../../io/place.ts';

const io = nodeIo();
let here: Place;
let run: string;
beforeEach(() => {
  here = place();
  run = `${here.directory}/my-run`;
});
afterEach(() => here.dispose());

const records = (): string[] => readdirSync(`${run}/lock`).sort();
const taken = async (world: Io = io): Promise<Lock> => {
  const lock = await acquireLock(world, run, 'masterplan run');
  if (!lock.ok) throw new Error(lock.error.message);
  return lock.value;
};
/** A world in which we are somebody else. */
const as = (identity: Partial<ProcessIdentity>): Io => ({
  ...io,
  processes: { ...io.processes, self: () => ({ ...io.processes.self(), ...identity }) },
});
/** A world in which something happens before the next creation of a record. */
const parked = (meanwhile: () => Promise<void>): Io => {
  let done = false;
  const create: Files['create'] = async (path, content) => {
    if (!done) {
      done = true;
      await meanwhile();
    }
    return io.files.create(path, content);
  };
  return { ...io, files: { ...io.files, create } };
};
const DEAD = { started: '1' };
const ELSEWHERE = { host: 'elsewhere - -' };

describe('taking and giving back', () => {
  test('one owner, named to whoever comes second; generations grow, litter does not', async () => {
    let last = 0;
    for (let i = 0; i < 5; i++) {
      expect(await lockHolder(io, run)).toBeUndefined();
      const lock = await taken();
      expect(lock.generation).toBeGreaterThan(last);
      last = lock.generation;
      expect(await lock.check()).toBe(true);
      const second = await acquireLock(io, run, 'masterplan run');
      expect(second).toMatchObject({
        ok: false,
        error: { generation: last, owner: io.processes.self(), liveness: 'alive' },
      });
      expect(await lockHolder(io, run)).toEqual(second.ok ? undefined : second.error);
      if (!second.ok) expect(second.error.message).toContain(`process ${process.pid} on `);
      await lock.release();
      await lock.release();
      expect(await lock.check()).toBe(false);
      expect(records()).toEqual([`${last}.json`, `${last + 1}.json`].sort());
    }
  });

  test('of many at once one wins', async () => {
    const results = await Promise.all(Array.from({ length: 40 }, () => acquireLock(io, run, 'masterplan run')));
    expect(results.filter((one) => one.ok)).toHaveLength(1);
  });

  test('whom the disk kept from taking it as a whole, or from giving it back, is not kept from it by itself', async () => {
    for (const fails of [1, 2]) {
      let calls = 0;
      const world: Io = {
        ...io,
        files: {
          ...io.files,
          create: async (path, content) => {
            const made = await io.files.create(path, content);
            if (++calls === fails) throw new Error('i/o error');
            return made;
          },
        },
      };
      await expect(taken(world).then((lock) => lock.release())).rejects.toThrow('i/o error');
      const again = await taken(world);
      // Nobody else took it for free meanwhile.
      expect((await acquireLock(io, run, 'masterplan run')).ok).toBe(false);
      await again.release();
      expect((await acquireLock(io, run, 'masterplan run')).ok).toBe(true);
      rmSync(run, { recursive: true });
    }
  });

  test('a release that never came about leaves the lock to us alone', async () => {
    const world: Io = { ...io, files: { ...io.files } };
    const lock = await taken(world);
    world.files.create = () => Promise.reject(new Error('disk full'));
    await expect(lock.release()).rejects.toThrow('disk full');
    world.files.create = io.files.create.bind(io.files);
    expect((await acquireLock(io, run, 'masterplan run')).ok).toBe(false);
    await (await taken(world)).release();
    expect((await acquireLock(io, run, 'masterplan run')).ok).toBe(true);
  });

  test('looking changes nothing', async () => {
    expect(await lockHolder(io, run)).toBeUndefined();
    expect(readdirSync(here.directory)).toEqual([]);
  });
});

describe('owners who are gone', () => {
  test('a dead owner is told, and replaced without being asked', async () => {
    const before = await taken(as(DEAD));
    expect(await lockHolder(io, run)).toMatchObject({ liveness: 'dead', generation: before.generation });
    const lock = await taken();
    expect(lock.generation).toBe(before.generation + 1);
    expect(records()).toEqual([`${lock.generation}.json`]);
    expect(await before.check()).toBe(false);
    await before.release();
    expect(await lock.check()).toBe(true);
  });

  test('an owner of whom nobody knows keeps the run until it is taken away by force', async () => {
    const foreign = await taken(as(ELSEWHERE));
    const refused = await acquireLock(io, run, 'masterplan run');
    expect(refused).toMatchObject({
      ok: false,
      error: { liveness: 'unknown', message: expect.stringContaining('on elsewhere') },
    });
    if (!refused.ok) expect(refused.error.hint).toContain('masterplan unlock my-run --force');
    expect(await forceUnlock(io, run, 'masterplan unlock')).toMatchObject({ ok: true, value: { liveness: 'unknown' } });
    expect(await forceUnlock(io, run, 'masterplan unlock')).toEqual({ ok: true, value: undefined });
    expect(await foreign.check()).toBe(false);
    const lock = await taken();
    await foreign.release();
    expect(await lock.check()).toBe(true);
  });

  test('an owner that is known to live is not robbed', async () => {
    const lock = await taken();
    expect(await forceUnlock(io, run, 'masterplan unlock')).toMatchObject({ ok: false, error: { liveness: 'alive' } });
    expect(await lock.check()).toBe(true);
  });

  test('a record that cannot be read counts as somebody', async () => {
    const lock = await taken(as(DEAD));
    const path = `${run}/lock/${lock.generation}.json`;
    const whole = readFileSync(path, 'utf8');
    const damaged = [
      '',
      '{',
      'null',
      whole.replace('"schema":1', '"schema":2'),
      whole.replace(/"generation":\d+/, '"generation":9'),
      whole.replace('"held"', '"free"'),
    ];
    for (const text of damaged) {
      writeFileSync(path, text);
      expect(await acquireLock(io, run, 'x')).toMatchObject({
        ok: false,
        error: { owner: undefined, liveness: 'unknown' },
      });
    }
    expect(await forceUnlock(io, run, 'masterplan unlock')).toMatchObject({ ok: true });
    await taken();
  });
});

describe('races', () => {
  test('who was overtaken between looking and creating steps back, though its number is free again', async () => {
    let owner: Lock | undefined;
    const late = acquireLock(
      parked(async () => {
        await (await taken()).release();
        owner = await taken();
      }),
      run,
      'masterplan run',
    );
    // The late one saw no lock at all; its number 1 was used and removed meanwhile.
    expect(await late).toMatchObject({ ok: false, error: { generation: 3 } });
    expect(records()).toEqual(['3.json']);
    expect(await owner?.check()).toBe(true);
  });

  test('who was overtaken by owners that are gone again tries once more', async () => {
    const world = parked(async () => {
      await (await taken()).release();
      await (await taken()).release();
    });
    const lock = await acquireLock(world, run, 'masterplan run');
    expect(lock).toMatchObject({ ok: true, value: { generation: 5 } });
    expect(records()).toEqual(['5.json']);
  });

  test('an owner whose directory was deleted by hand knows, though numbers begin again', async () => {
    const first = await taken();
    rmSync(run, { recursive: true });
    expect(await first.check()).toBe(false);
    const second = await taken();
    expect(second.generation).toBe(first.generation);
    expect([await first.check(), await second.check()]).toEqual([false, true]);
    await first.release();
    expect(await second.check()).toBe(true);
  });

  test('a planted link is refused, and names of others are left alone', async () => {
    mkdirSync(`${run}/lock`, { recursive: true });
    writeFileSync(`${run}/lock/notes.txt`, '');
    writeFileSync(`${run}/lock/007.json`, '');
    await (await taken()).release();
    await taken();
    expect(records()).toEqual(['007.json', '3.json', 'notes.txt']);
    renameSync(`${run}/lock`, `${run}/moved`);
    await here.link(`${run}/moved`, `${run}/lock`);
    await expect(acquireLock(io, run, 'x')).rejects.toMatchObject({ code: 'ELOOP' });
  });

  test('the holder may skip numbers, for a log that was written under higher ones', async () => {
    const first = await taken();
    const raised = await first.raise(40);
    expect(raised.generation).toBe(41);
    expect(records()).toEqual(['41.json']);
    expect([await first.check(), await raised.check()]).toEqual([false, true]);
    expect(await acquireLock(io, run, 'masterplan run')).toMatchObject({ ok: false, error: { generation: 41 } });
    await raised.release();
    expect((await taken()).generation).toBe(43);
  });

  test('who was about to take the number that the holder left behind steps back', async () => {
    let raised: Lock | undefined;
    const world = parked(async () => {
      raised = await (await taken()).raise(9);
    });
    expect(await acquireLock(world, run, 'masterplan run')).toMatchObject({ ok: false, error: { generation: 10 } });
    expect(await raised?.check()).toBe(true);
    expect(records()).toEqual(['10.json']);
  });
});
