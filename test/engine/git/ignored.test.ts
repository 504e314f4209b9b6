import { beforeEach, expect, test } from 'vitest';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOOKED_INTO } from '../../../src/core/witness/ignored.ts';
import { Rig } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = new Rig({ files: { 'a.ts': 'a\n', '.gitignore': 'node_modules/\n.claude/\n*.log\n.env\n' } });
  await rig.repositories.prepare();
});

test('what is ignored and young is listed; whole directories are one line, those that programs obey are looked into', async () => {
  const path = rig.path('.masterplan/worktrees/T1.1');
  await rig.repositories.openWorktree(path, rig.path('.masterplan/scratch/T1.1.git'), rig.head());
  const put = (file: string, text = 'x\n'): string => {
    const place = join(path, file);
    mkdirSync(join(place, '..'), { recursive: true });
    writeFileSync(place, text);
    return place;
  };
  for (let i = 0; i < 50; i++) put(`node_modules/p${i}/index.js`);
  put('.claude/settings.json');
  put('build.log');
  put('.env');
  put('b.ts');
  const old = put('old.log');
  utimesSync(old, 1000, 1000);
  await rig.repositories.keepOut(path, ['.env']);
  const found = await rig.repositories.ignored(path, 5_000_000, LOOKED_INTO);
  expect(found.map((one) => one.path).toSorted()).toEqual(['.claude/settings.json', 'build.log', 'node_modules/']);
});
