import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { idsOf } from '../../../src/engine/git/packs.ts';
import { Rig, TEXT } from './rig.ts';

test('a long run leaves few packs, in either repository, and every object', async () => {
  const rig = new Rig();
  await rig.repositories.prepare();
  const base = rig.head();
  const packs = (directory: string): number => readdirSync(directory).filter((name) => name.endsWith('.pack')).length;
  await rig.repositories.publish('masterplan/demo', base, undefined);
  let tip = base;
  const { path, scratch } = await rig.open('T1.1');
  for (let n = 1; n <= 45; n++) {
    rig.write(`n${n}.ts`, `${n}\n`, path);
    const collected = await rig.repositories.collect(path, scratch, base, `T${n}.1`, TEXT);
    const result = await rig.repositories.integrate(collected?.commit ?? '', base, tip, TEXT);
    if ('conflicts' in result) throw new Error('conflict');
    expect(await rig.repositories.publish('masterplan/demo', result.commit, tip)).toBe('moved');
    tip = result.commit;
  }
  expect(packs(`${rig.queue}/objects/pack`)).toBeLessThan(10);
  expect(packs(rig.path('.git/objects/pack'))).toBeLessThan(10);
  rig.git('fsck', '--strict');
  rig.gitIn(rig.queue, 'fsck', '--strict');
  expect(rig.git('ls-tree', '-r', '--name-only', tip).split('\n')).toHaveLength(48);
});

test('a damaged pack index is not read', () => {
  expect(() => idsOf(new Uint8Array(10), 20)).toThrow('damaged');
  const index = new Uint8Array(8 + 1024);
  index.set([0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2]);
  expect(idsOf(index, 20)).toEqual([]);
  index[8 + 1023] = 1;
  expect(() => idsOf(index, 20)).toThrow('damaged');
});
