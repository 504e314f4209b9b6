import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { learned } from '../../src/app/learned.ts';
import { desk } from './rig.ts';

test('what several write down at once is all there', async () => {
  const { context, path } = desk();
  mkdirSync(path('.masterplan'));
  const words = Array.from({ length: 8 }, (_, i) => `lesson ${i}`);
  const added = await Promise.all(
    words.map((text) => learned(context, { what: 'add', text, paths: ['src/'], command: undefined })),
  );
  expect(added.map((one) => one.ok && one.value.added.length)).toEqual(words.map(() => 1));
  const listed = await learned(context, { what: 'list' });
  expect(listed.ok && listed.value.lessons.map(({ text }) => text).toSorted()).toEqual(words);
});
