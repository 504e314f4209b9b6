import { expect, test } from 'vitest';
import { ignoredOutside } from '../../../src/core/run/witnessing.ts';
import { judgeIgnored, LOOKED_INTO } from '../../../src/core/witness/ignored.ts';

test.each([
  ['.env', true],
  ['packages/api/.env.local', true],
  ['.env.example', false],
  ['.npmrc', true],
  ['.husky/pre-commit', true],
  ['.claude/settings.local.json', true],
  ['.claude/todos/1.json', false],
  ['.vscode/tasks.json', true],
  ['node_modules/', false],
  ['dist/', false],
  ['target/', false],
  ['coverage/lcov.info', false],
  ['src/env.ts', false],
  ['vendored/.git', true],
])('%s is objected to: %s', (path, bad) => {
  expect(judgeIgnored([{ path }])).toHaveLength(bad ? 1 : 0);
});

test('a link in the place of packages is objected to, and no other', () => {
  const links = ['node_modules', 'result', '.venv'].map((path) => ({ path, link: true as const }));
  expect(judgeIgnored(links).map(({ path }) => path)).toEqual(['node_modules', '.venv']);
});

test('what lies in the scope, and in that of the task above, is its own', () => {
  const paths = [{ path: 'dist/' }, { path: 'src/.env' }, { path: '.env' }];
  expect(ignoredOutside(paths, [['src/'], []]).map(({ path }) => path)).toEqual(['dist/', '.env']);
  expect(ignoredOutside(paths, [['src/', 'dist/', '.env'], ['dist/']]).map(({ path }) => path)).toEqual([
    'src/.env',
    '.env',
  ]);
  expect(ignoredOutside(paths, [[], []])).toEqual([]);
});

test('only directories of what programs obey are looked into', () => {
  expect(['.claude/', 'a/.husky/', 'node_modules/', 'dist/'].filter((path) => LOOKED_INTO.test(path))).toEqual([
    '.claude/',
    'a/.husky/',
  ]);
});
