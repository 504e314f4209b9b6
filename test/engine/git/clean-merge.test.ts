import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { lostByMerge } from '../../../src/engine/perform/loss-check.ts';
import type { Performing } from '../../../src/engine/perform/performer.ts';
import type { ObjectId } from '../../../src/engine/git/repositories.ts';
import { Rig, TEXT } from './rig.ts';

let rig: Rig;
let base: ObjectId;
beforeEach(async () => {
  rig = new Rig({ files: { 'a.ts': lines('a'), 'b.ts': lines('b'), 'c.ts': lines('c') } });
  await rig.repositories.prepare();
  base = rig.head();
});

function lines(name: string): string {
  return Array.from({ length: 20 }, (_, index) => `${name} ${index}\n`).join('');
}

type Files = Readonly<Record<string, string | undefined>>;

async function work(name: string, files: Files): Promise<{ commit: ObjectId; tree: ObjectId; base: ObjectId }> {
  const { commit, tree } = await rig.attempt(
    name,
    (path) => {
      for (const [file, content] of Object.entries(files)) {
        if (content === undefined) unlinkSync(join(path, file));
        else rig.write(file, content, path);
      }
    },
    base,
  );
  return { commit, tree, base };
}

/** What a merge of two pieces of work lost, or would have lost if it had been this one. */
async function lost(theirs: Files, ours: Files, instead?: Files): Promise<string[]> {
  const [one, two] = [await work('T1.1', theirs), await work('T2.1', ours)];
  const merged = await rig.repositories.integrate(two.commit, base, one.commit, TEXT);
  if ('conflicts' in merged) throw new Error(`conflicts: ${merged.conflicts.join(', ')}`);
  const result = instead === undefined ? merged.commit : (await work('T3.1', instead)).commit;
  const losses = await lostByMerge(two, one.commit, result, [], { git: rig.repositories } as unknown as Performing);
  return losses.map(({ path, side, lines: gone }) => `${path} ${side}: ${gone.join(' | ')}`);
}

test.each<[string, Files, Files]>([
  ['places apart', { 'a.ts': `top\n${lines('a')}` }, { 'a.ts': `${lines('a')}end\n` }],
  ['a renamed file', { 'a.ts': undefined, 'moved.ts': lines('a') }, { 'a.ts': `${lines('a')}end\n` }],
  ['both renamed it', { 'a.ts': undefined, 'z.ts': lines('a') }, { 'a.ts': undefined, 'z.ts': lines('a') }],
  ['the same edit', { 'a.ts': `top\n${lines('a')}` }, { 'a.ts': `top\n${lines('a')}`, 'b.ts': 'b\n' }],
  ['moved code', { 'a.ts': `${lines('a')}end\n` }, { 'a.ts': lines('a').slice(10), 'n.ts': lines('a').slice(0, 10) }],
  ['a file that one side took away', { 'c.ts': undefined }, { 'a.ts': 'a 0\n' }],
])('a clean merge loses nothing: %s', async (_, theirs, ours) => {
  expect(await lost(theirs, ours)).toEqual([]);
});

const THEIRS = { 'a.ts': `top\n${lines('a')}`, 'new.ts': 'landed\n' };
const OURS = { 'a.ts': `${lines('a')}end\n`, 'b.ts': 'b 0\n' };

test('a merge that drops lines and files is found', async () => {
  expect(await lost(THEIRS, OURS, { ...OURS, 'a.ts': lines('a') })).toEqual([
    'a.ts theirs: top',
    'a.ts ours: end',
    'new.ts theirs: landed',
  ]);
});

test('a merge that takes a deletion back is found', async () => {
  expect(await lost(THEIRS, OURS, { ...THEIRS, 'a.ts': `top\n${lines('a')}end\n` })).toEqual([
    expect.stringMatching(/^b\.ts ours: b 1 \| b 2/),
  ]);
});
