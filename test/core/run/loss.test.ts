import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasMarkers, lossesOf, type Sides } from '../../../src/core/run/queue/loss.ts';

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
