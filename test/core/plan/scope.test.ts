import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, test } from 'vitest';
import { inScope, normaliseScope, scopeForm, scopesOverlap } from '../../../src/core/plan/scope.ts';
import { runs } from '../../runs.ts';

function normal(path: string): string {
  const result = normaliseScope(path);
  return result.ok ? result.value : `refused: ${result.error}`;
}

describe('normaliseScope', () => {
  test.each([
    ['src/a.js', 'src/a.js'],
    ['./src//a.js', 'src/a.js'],
    ['src/', 'src/'],
    ['src/.', 'src/'],
    ['src/**', 'src/'],
    ['src/**/**', 'src/'],
    ['.', '**'],
    ['./', '**'],
    ['**', '**'],
    ['**/', '**'],
    ['**/*.ts', '**/*.ts'],
    ['packages/*/', 'packages/*/'],
    ['with blank.txt', 'with blank.txt'],
    ['日本/\u3000.md', '日本/\u3000.md'],
    ['app/[slug]/(site)/page.tsx', 'app/[slug]/(site)/page.tsx'],
  ])('%s → %s', (path, expected) => expect(normal(path)).toBe(expected));

  test.each([
    '',
    '   ',
    '/abs',
    '~',
    '~root/x',
    'C:/x',
    'c:x',
    '..',
    'a/../b',
    'a/..',
    '.git',
    '.git/hooks/pre-commit',
    'a/.GIT/x',
    '.git./x',
    '.git /x',
    '.git...',
    'git~1',
    'GIT~2/x',
    '.git::$INDEX_ALLOCATION/x',
    '.git:x',
    '.g\u200cit/x',
    '.masterplan/x',
    ':(exclude)a',
    ':/a',
    ':!a',
    '!a',
    '-rf',
    './-rf',
    '--upload-pack=x',
    'a\\b',
    'a\nb',
    'a\u0000b',
    'a\u001b[31m',
    'a\u202eb',
    'a\ufeffb',
    `${'a'.repeat(256)}`,
    'a/'.repeat(2049),
    '{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}',
  ])('refuses %j', (path) => expect(normal(path)).toMatch(/^refused: [a-z]/));

  test('has one spelling for what means the same', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ab./*{},]{1,12}$/), (path) => {
        const once = normaliseScope(path);
        if (once.ok) expect(normaliseScope(once.value)).toEqual(once);
      }),
    );
  });
});

test.each([
  ['src/a.js', 'file'],
  ['src/', 'directory'],
  ['src/*.js', 'glob'],
  ['src/{a,b}.js', 'glob'],
  ['src/{id}.js', 'file'],
])('%s is a %s', (entry, form) => expect(scopeForm(entry)).toBe(form));

describe('inScope', () => {
  test.each<[string, string, boolean]>([
    ['src/a.js', 'src/a.js', true],
    ['src/a.js', 'src/A.js', false],
    ['src/a.js', 'src/a.jsx', false],
    ['src/', 'src/a/b.js', true],
    ['src/', 'src', false],
    ['src/', 'srcs/a.js', false],
    ['**', 'any/thing/.hidden', true],
    ['*.md', 'README.md', true],
    ['*.md', 'docs/README.md', false],
    ['**/*.md', 'README.md', true],
    ['**/*.md', 'docs/a/README.md', true],
    ['src/**/*.ts', 'src/.hidden/x.ts', true],
    ['src/*/', 'src/a/b.ts', true],
    ['src/*/', 'src/b.ts', false],
    ['src/?.ts', 'src/a.ts', true],
    ['src/?.ts', 'src/ab.ts', false],
    ['{a,b/{c,d}}/x', 'b/d/x', true],
    ['{a,b/{c,d}}/x', 'b/x', false],
    ['app/[slug]/x', 'app/[slug]/x', true],
    ['app/[slug]/x', 'app/s/x', false],
    ['a{b', 'a{b', true],
  ])('%s, %s: %s', (entry, path, expected) => expect(inScope([entry], path)).toBe(expected));

  test('without a scope everything is in scope', () => expect(inScope([], 'x')).toBe(true));
});

describe('scopesOverlap', () => {
  test.each<[string, string, boolean]>([
    ['a.js', 'a.js', true],
    ['a.js', 'b.js', false],
    ['src/', 'src/a.js', true],
    ['src/', 'src/a/', true],
    ['src/', 'lib/', false],
    ['src/a/', 'src/ab/', false],
    ['**', 'x', true],
    ['*.md', 'docs/', false],
    ['*.md', 'README.md', true],
    ['**/*.md', 'docs/', true],
    ['src/*.ts', 'src/*.js', false],
    ['src/a*', 'src/*b', true],
    ['src/a*', 'src/b*', false],
    ['**/test/**/*.ts', 'src/**/x.ts', true],
    ['a/**/b', 'a/b', true],
    ['a/*/b', 'a/b', false],
    ['{a,b}.js', '{b,c}.js', true],
    ['{a,b}.js', '{c,d}.js', false],
    ['*/x/', '*/x/y*', true],
  ])('%s, %s: %s', (a, b, expected) => {
    expect(scopesOverlap([a], [b])).toBe(expected);
    expect(scopesOverlap([b], [a])).toBe(expected);
  });

  test('an undeclared scope overlaps nothing', () => {
    expect(scopesOverlap([], ['**'])).toBe(false);
    expect(scopesOverlap([], [])).toBe(false);
  });
});

const segment = fc.constantFrom('a', 'b', 'ab', '.a', '*', 'a*', '*b', '?', '**', '{a,b}', '{a*,b}');
const entry = fc
  .tuple(fc.array(segment, { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([parts, slash]) => normal(parts.join('/') + (slash ? '/' : '')));
const scope = fc.array(entry, { minLength: 1, maxLength: 3 });
const path = fc
  .array(fc.constantFrom('a', 'b', 'ab', '.a', 'ba', 'abb'), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join('/'));

test('a path in both scopes means that they overlap, in both directions', () => {
  fc.assert(
    fc.property(scope, scope, path, (a, b, one) => {
      expect(scopesOverlap(a, b)).toBe(scopesOverlap(b, a));
      if (inScope(a, one) && inScope(b, one)) expect(scopesOverlap(a, b)).toBe(true);
    }),
    { numRuns: runs(800) },
  );
});

test('scopes that overlap have a path in common: nothing waits without a reason', () => {
  // All paths of up to four segments over an alphabet that is enough for these entries.
  const names = ['a', 'b', 'ab', '.a', 'aa', 'bb', 'ba', 'x'];
  let paths: string[] = names;
  const all = [...names];
  for (let depth = 2; depth <= 4; depth++) {
    paths = paths.flatMap((start) => names.map((name) => `${start}/${name}`));
    all.push(...paths);
  }
  const short = fc.array(segment, { minLength: 1, maxLength: 2 }).map((parts) => normal(parts.join('/')));
  fc.assert(
    fc.property(short, short, (a, b) => {
      if (!scopesOverlap([a], [b])) return;
      expect(all.some((one) => inScope([a], one) && inScope([b], one))).toBe(true);
    }),
    { numRuns: runs(150) },
  );
});

test('globs match what picomatch matches', () => {
  fc.assert(
    fc.property(entry, path, (one, text) => {
      // To picomatch `a/**` holds `a` too; a directory of ours holds only what is below it.
      const pattern = one.endsWith('/') ? `${one}**/*` : one;
      expect(inScope([one], text)).toBe(picomatch.isMatch(text, pattern, { dot: true }));
    }),
    { numRuns: runs(800) },
  );
});

test('globs made to backtrack do not', () => {
  const name = 'a'.repeat(250);
  expect(inScope([`${'*a'.repeat(60)}b`], name)).toBe(false);
  expect(inScope([`${'**/a/'.repeat(60)}b`], Array.from({ length: 1000 }, () => 'a').join('/'))).toBe(false);
  expect(scopesOverlap([`${'*a'.repeat(60)}b`], [`${'a*'.repeat(60)}c`])).toBe(false);
});
