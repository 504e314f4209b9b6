import { createHash } from 'node:crypto';
import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32 } from '../../../src/core/base/crc32.ts';
import { nearest } from '../../../src/core/base/nearest.ts';
import { sha256 } from '../../../src/core/base/sha256.ts';
import { checkSlug, slugify } from '../../../src/core/base/slug.ts';
import { canonicalText, oneLine, printable, utf8 } from '../../../src/core/base/text.ts';
import { duration, formatStamp, parseStamp } from '../../../src/core/base/time.ts';

describe('checksums and hashes are the standard ones', () => {
  test('sha256', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(sha256(text)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
      }),
    );
    for (const length of [0, 55, 56, 63, 64, 119, 120, 1_000_000]) {
      expect(sha256('a'.repeat(length))).toBe(createHash('sha256').update('a'.repeat(length)).digest('hex'));
    }
  });

  test('crc32, whole, in parts and from an offset', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 50 }), (a, b) => {
        expect(crc32(a)).toBe(zlibCrc32(a));
        expect(crc32(b, crc32(a))).toBe(zlibCrc32(Buffer.concat([a, b])));
        const both = new Uint8Array(Buffer.concat([a, b]));
        expect(crc32(both, 0, a.length)).toBe(zlibCrc32(b));
      }),
    );
  });
});

describe('text', () => {
  test('utf8 is what every encoder gives, lone surrogates included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(utf8(text)).toEqual(new Uint8Array(new TextEncoder().encode(text)));
      }),
    );
    expect(utf8('a\uD800b')).toEqual(new Uint8Array(new TextEncoder().encode('a\uD800b')));
  });

  test('canonical text forgets marks and line ends, nothing else', () => {
    expect(canonicalText('\uFEFFa\r\nb\rc')).toBe('a\nb\nc\n');
    expect(canonicalText('a\n')).toBe('a\n');
  });

  test('nothing printable moves a cursor, sets a title or turns the reading direction', () => {
    expect(printable('a\u001b[31mred\u001b[0m\u001b]0;title\u0007b')).toBe('aredb');
    expect(printable('a\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\')).toBe('alink');
    expect(printable('1\r2\u202E3\u009b4')).toBe('1234');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // eslint-disable-next-line no-control-regex
        expect(printable(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
      }),
    );
  });

  test('one line is one line of a bounded length', () => {
    expect(oneLine('a\n\tb   c', 10)).toBe('a b c');
    expect(oneLine('abcdef', 4)).toBe('abc…');
  });
});

test('a word is near another when no more than half of it is otherwise', () => {
  expect(nearest('implment', ['verify', 'implement'])).toBe('implement');
  expect(nearest('nope', ['impl', 'func', 'pone'])).toBe('pone');
  expect(nearest('nope', ['impl', 'func'])).toBeUndefined();
  expect(nearest('ab', ['cd'])).toBeUndefined();
});

describe('slugs', () => {
  test.each(['a', 'auth-2', 'x.y_z', 'a'.repeat(64)])('%s is one', (slug) => expect(checkSlug(slug).ok).toBe(true));
  test.each([
    '',
    '-rf',
    '../x',
    'a..b',
    'A',
    'a b',
    'a\n',
    'x.lock',
    'a.',
    'é',
    '　',
    '@{u}',
    'a/b',
    'a'.repeat(65),
    '.git',
  ])('%j is none', (slug) => expect(checkSlug(slug).ok).toBe(false));
  test('what is made of any title is one, or nothing', () => {
    expect(slugify('Épées & Écus: a plan!')).toBe('e-pe-es-e-cus-a-plan');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (title) => {
        const slug = slugify(title);
        expect(slug === undefined || checkSlug(slug).ok).toBe(true);
      }),
    );
  });
});

describe('time', () => {
  test('stamps are those of ISO 8601, there and back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (ms) => {
        const stamp = formatStamp(ms);
        expect(stamp).toBe(new Date(ms).toISOString());
        expect(parseStamp(stamp)).toBe(ms);
      }),
    );
  });
  test.each(['', '2026-11-20', '2026-11-20T10:00:00Z', '2026-1a-20T10:00:00.000Z'])('%j is no stamp', (text) =>
    expect(parseStamp(text)).toBeNaN(),
  );
  test('durations are for people', () => {
    expect([0, 850, 12_000, 250_000, 7_500_000].map(duration)).toEqual([
      '0 ms',
      '850 ms',
      '12 s',
      '4 min 10 s',
      '2 h 05 min',
    ]);
  });
});
