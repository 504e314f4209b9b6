import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { doubtful, hasMarkers, lossesOf, lostSilently, type Sides } from '../../../src/core/run/queue/loss.ts';

const file = (fields: Partial<Sides>): Sides => ({
  path: 'list.txt',
  base: 'one\ntwo\n',
  theirs: 'one\nlanded\ntwo\n',
  ours: 'one\nmine\ntwo\n',
  result: 'one\nlanded\nmine\ntwo\n',
  ...fields,
});

describe('nothing of either side vanishes', () => {
  test.each<[string, Partial<Sides>, readonly string[]]>([
    ['both kept', {}, []],
    ['their line gone', { result: 'one\nmine\ntwo\n' }, ['theirs: landed']],
    ['our line gone', { result: 'one\nlanded\ntwo\n' }, ['ours: mine']],
    ['both gone', { result: 'one\ntwo\n' }, ['theirs: landed', 'ours: mine']],
    ['the file gone', { result: undefined }, ['theirs: landed', 'ours: mine']],
    ['indented anew', { result: 'one\n  landed\n\tmine\ntwo\n' }, []],
    ['the same line added by both', { theirs: 'one\nx\ntwo\n', ours: 'one\nx\ntwo\n', result: 'one\nx\ntwo\n' }, []],
    ['taken out by the other', { base: 'a\n', theirs: '', ours: 'a\na\n', result: 'a\n' }, []],
    ['brackets', { theirs: 'one\n}\ntwo\n', result: 'one\nmine\ntwo\n' }, []],
    ['what was there before is nobody’s', { result: 'landed\nmine\n' }, []],
    ['a new file of ours', { base: undefined, theirs: undefined, ours: 'new\n', result: undefined }, ['ours: new']],
  ])('%s', (_, fields, expected) => {
    const found = lossesOf([file(fields)]).flatMap(({ side, lines }) => lines.map((line) => `${side}: ${line}`));
    expect(found).toEqual(expected);
  });

  test('a line that moved to another file is there', () => {
    const moved = [
      file({ result: 'one\nmine\ntwo\n' }),
      file({ path: 'b', base: '', theirs: '', ours: '', result: 'landed\n' }),
    ];
    expect(lossesOf(moved)).toEqual([]);
  });

  test('whatever two sides add, keeping all of it loses nothing, and dropping any line is found', () => {
    const lines = fc.uniqueArray(fc.stringMatching(/^[a-f]{1,4}$/), { maxLength: 6 });
    fc.assert(
      fc.property(lines, lines, lines, fc.nat(), (base, theirs, ours, pick) => {
        const added = [...new Set([...theirs, ...ours])].filter((line) => !base.includes(line));
        const text = (...parts: readonly string[][]): string => parts.flat().join('\n');
        const sides = { base: text(base), theirs: text(base, theirs), ours: text(base, ours) };
        const fresh = {
          theirs: text(
            base,
            theirs.filter((line) => !base.includes(line)),
          ),
          ours: text(
            base,
            ours.filter((line) => !base.includes(line)),
          ),
        };
        expect(lossesOf([file({ ...sides, ...fresh, result: text(base, added) })])).toEqual([]);
        if (added.length === 0) return;
        const dropped = added[pick % added.length] as string;
        const found = lossesOf([
          file({
            ...sides,
            ...fresh,
            result: text(
              base,
              added.filter((line) => line !== dropped),
            ),
          }),
        ]);
        expect(found.flatMap((one) => one.lines)).toContain(dropped);
      }),
    );
  });

  test('marks of a conflict are found where nobody had them before', () => {
    const marked = 'a\n<<<<<<< 1234\nb\n=======\nc\n>>>>>>> 5678\n';
    expect(hasMarkers(file({ result: marked }))).toBe(true);
    expect(hasMarkers(file({ result: marked, base: marked }))).toBe(false);
    expect(hasMarkers(file({}))).toBe(false);
  });
});

describe('a merge that git called clean', () => {
  const lost = (...files: readonly Partial<Sides>[]): string[] =>
    lostSilently(files.map(file)).flatMap(({ path, side, lines }) => lines.map((line) => `${path} ${side}: ${line}`));

  test.each<[string, readonly Partial<Sides>[], readonly string[]]>([
    ['both are in it', [{}], []],
    ['a line of theirs is not', [{ result: 'one\nmine\ntwo\n' }], ['list.txt theirs: landed']],
    ['a line of ours is not', [{ result: 'one\nlanded\ntwo\n' }], ['list.txt ours: mine']],
    ['what one side took out is out', [{ theirs: 'one\n', ours: 'one\ntwo\nmine\n', result: 'one\nmine\n' }], []],
    ['both took the same out', [{ theirs: 'two\n', ours: 'two\n', result: 'two\n' }], []],
    [
      'both made the same edit, and one of them more',
      [{ theirs: 'one\nx\ntwo\n', ours: 'one\nx\ntwo\ny\n', result: 'one\nx\ntwo\ny\n' }],
      [],
    ],
    [
      'a deletion of one side alone was undone',
      [{ theirs: 'one\ntwo\n', ours: 'one\n', result: 'one\ntwo\n' }],
      ['list.txt ours: two'],
    ],
    [
      'they renamed the file that we changed',
      [
        { theirs: undefined, ours: 'one\nmine\n', result: undefined },
        { path: 'b', base: undefined, theirs: 'one\ntwo\n', ours: undefined, result: 'one\nmine\n' },
      ],
      [],
    ],
    [
      'they renamed it, and our change is gone',
      [
        { theirs: undefined, ours: 'one\nmine\n', result: undefined },
        { path: 'b', base: undefined, theirs: 'one\ntwo\n', ours: undefined, result: 'one\ntwo\n' },
      ],
      ['list.txt ours: mine'],
    ],
    [
      'we moved code that they left alone to another file',
      [
        { theirs: 'one\nlanded\ntwo\n', ours: 'one\n', result: 'one\nlanded\n' },
        { path: 'b', base: undefined, theirs: undefined, ours: 'two\n', result: 'two\n' },
      ],
      [],
    ],
    ['what landed was taken back by a revert that landed', [{ theirs: 'one\ntwo\n', result: 'one\nmine\ntwo\n' }], []],
  ])('%s', (_, files, expected) => {
    expect(lost(...files)).toEqual(expected);
  });

  test('edits of two sides in other places are all in it; any new line that is dropped is found', () => {
    // Each place of a file belongs to one side, which keeps, replaces, removes or adds to it: as git sees hunks that are apart.
    const place = fc.record({
      side: fc.constantFrom('theirs' as const, 'ours' as const, 'both' as const),
      edit: fc.constantFrom('keep' as const, 'replace' as const, 'remove' as const, 'add' as const),
    });
    fc.assert(
      fc.property(fc.array(place, { minLength: 1, maxLength: 12 }), fc.nat(), (places, pick) => {
        const made = (who: 'theirs' | 'ours' | 'all'): string[] =>
          places.flatMap(({ side, edit }, at) => {
            const old = `line ${at % 3} ${at}`;
            if (edit === 'keep' || (who !== 'all' && side !== 'both' && side !== who)) return [old];
            if (edit === 'remove') return [];
            return edit === 'replace' ? [`new ${at}`] : [old, `new ${at}`];
          });
        const base = places.map((_, at) => `line ${at % 3} ${at}`).join('\n');
        const [theirs, ours, all] = [made('theirs'), made('ours'), made('all')];
        const sides = { base, theirs: theirs.join('\n'), ours: ours.join('\n') };
        expect(lost({ ...sides, result: all.join('\n') })).toEqual([]);
        const fresh = all.filter((line) => line.startsWith('new'));
        if (fresh.length === 0) return;
        const dropped = fresh[pick % fresh.length] as string;
        const found = lost({ ...sides, result: all.filter((line) => line !== dropped).join('\n') });
        expect(found.some((line) => line.endsWith(`: ${dropped}`))).toBe(true);
      }),
    );
  });

  test.each<[string, Parameters<typeof doubtful>[0], readonly string[]]>([
    ['sides apart', { theirs: ['a'], ours: ['b'], came: ['b'], moved: ['a'] }, []],
    ['a path of both', { theirs: ['a'], ours: ['a'], came: ['a'], moved: ['a'] }, ['a']],
    ['ours did not come', { theirs: ['a'], ours: ['b'], came: [], moved: ['a', 'b'] }, ['b', 'a']],
    ['theirs is gone', { theirs: ['a'], ours: ['b'], came: ['a', 'b'], moved: [] }, ['b', 'a']],
  ])('what is looked at: %s', (_, changes, expected) => {
    expect(doubtful(changes)).toEqual(expected);
  });
});
