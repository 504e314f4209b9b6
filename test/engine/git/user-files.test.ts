import { appendFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { changedMeanwhile } from '../../../src/core/run/checkout-watch.ts';
import { Rig } from './rig.ts';

const NOBODY = (): boolean => false;

test('what changed in the checkout is told by name, not what is committed, ignored or as it was', async () => {
  const rig = new Rig({ files: { 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.txt': 'c\n', '.gitignore': 'out/\n' } });
  await rig.repositories.prepare();
  appendFileSync(rig.path('c.txt'), 'half done\n');
  const before = await rig.repositories.userFiles();
  if (before === undefined) throw new Error('nothing is known of the checkout');
  expect(changedMeanwhile(before, (await rig.repositories.userFiles()) ?? new Map<string, string>(), NOBODY)).toEqual(
    [],
  );
  appendFileSync(rig.path('a.txt'), 'more\n');
  appendFileSync(rig.path('c.txt'), 'more\n');
  rmSync(rig.path('b.txt'));
  rig.write('new/ä b.txt', 'new\n');
  rig.write('out/built.js', 'x');
  const now = (await rig.repositories.userFiles()) ?? new Map<string, string>();
  expect(changedMeanwhile(before, now, NOBODY)).toEqual(['a.txt', 'b.txt', 'c.txt', 'new/ä b.txt']);
  expect(changedMeanwhile(before, now, (path) => path.startsWith('new/'))).toEqual(['a.txt', 'b.txt', 'c.txt']);
  // What a person commits meanwhile is no damage, and our looking changed nothing of theirs.
  rig.git('add', '--all');
  rig.git('commit', '--quiet', '--message', 'Mine');
  expect([...((await rig.repositories.userFiles()) ?? ['unknown'])]).toEqual([]);
});

test('the index of the user is read, and never refreshed', async () => {
  const rig = new Rig();
  await rig.repositories.prepare();
  utimesSync(rig.path('README.md'), new Date(0), new Date(0));
  const stat = (): Promise<unknown> => rig.io.files.stat(join(rig.root, '.git/index'));
  const before = await stat();
  await rig.repositories.userFiles();
  expect(await stat()).toEqual(before);
});
