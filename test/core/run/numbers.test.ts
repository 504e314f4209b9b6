import { describe, expect, test } from 'vitest';
import { mergeJson, unionOf } from '../../../src/core/run/queue/combine.ts';
import { assignNumbers, numberEntries, renumbered } from '../../../src/core/run/queue/numbers.ts';

const RULE = { files: 'db/migrations/{number}_*.sql' };
const THERE = ['db/migrations/0001_begin.sql', 'db/migrations/0007_users.sql', 'README.md'];

describe('numbers of files', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['a placeholder', ['db/migrations/NNNN_tax.sql'], ['0008_tax.sql']],
    ['two of them', ['db/migrations/NNNN_b.sql', 'db/migrations/NNNN_a.sql'], ['0008_a.sql', '0009_b.sql']],
    [
      'both ways of one',
      ['db/migrations/NNNN_a.up.sql', 'db/migrations/NNNN_a.down.sql'],
      ['0008_a.down.sql', '0008_a.up.sql'],
    ],
    ['a number that is taken', ['db/migrations/0007_tax.sql'], ['0008_tax.sql']],
    ['a number that is free', ['db/migrations/0009_tax.sql'], []],
    ['taken and free at once', ['db/migrations/0007_a.sql', 'db/migrations/0008_b.sql'], ['0009_a.sql']],
    ['the other way of what is there', ['db/migrations/0007_users.down.sql'], []],
    ['another directory', ['db/other/NNNN_tax.sql'], []],
  ])('%s', (_, added, expected) => {
    const there = [...THERE, ...added];
    expect(assignNumbers(RULE, there, added).map(({ to }) => to.replace('db/migrations/', ''))).toEqual(expected);
  });

  test('as wide as the last one, or as the rule says, or as the placeholder', () => {
    const added = ['adr/NNNN-why.md'];
    const rule = { files: 'adr/{number}-*.md' };
    expect(assignNumbers(rule, ['adr/099-old.md'], added)[0]?.to).toBe('adr/100-why.md');
    expect(assignNumbers({ ...rule, width: 5 }, ['adr/099-old.md'], added)[0]?.to).toBe('adr/00100-why.md');
    expect(assignNumbers(rule, [], added)[0]?.to).toBe('adr/0001-why.md');
    expect(assignNumbers({ files: 'adr/{number}.md', placeholder: '@@ADR@@' }, [], ['adr/@@ADR@@.md'])[0]?.to).toBe(
      'adr/0000001.md',
    );
  });

  test('mentions follow in what was added, and nowhere else', () => {
    const renames = assignNumbers(RULE, THERE, ['db/migrations/NNNN_tax.sql']);
    const before = 'See NNNN_tax, which is no name.\n';
    const text = `${before}run("NNNN_tax.sql") // migration NNNN, not XNNNN or NNNNs\n`;
    expect(renumbered(text, before, renames)).toBe(
      `${before}run("0008_tax.sql") // migration 0008, not XNNNN or NNNNs\n`,
    );
    const taken = assignNumbers(RULE, THERE, ['db/migrations/0007_tax.sql']);
    expect(renumbered('0007_tax and 0007 and 0007_users', undefined, taken)).toBe('0008_tax and 0007 and 0007_users');
  });

  test('entries of one file', () => {
    const there = '# Log\n\n- #12 Old.\n- #11 Older.\n';
    const rule = { in: 'CHANGELOG.md' };
    expect(numberEntries(rule, `# Log\n\n- #NNNN New.\n- #12 Taken.\n- #12 Old.\n- #11 Older.\n`, there)).toBe(
      '# Log\n\n- #13 New.\n- #14 Taken.\n- #12 Old.\n- #11 Older.\n',
    );
  });
});

describe('files of both sides', () => {
  test('lines of both', () => {
    const marked = 'a\n<<<<<<< x\nb\n=======\nc\n>>>>>>> y\nd\n';
    expect(unionOf(marked)).toBe('a\nb\nc\nd\n');
  });

  test('keys of both, in their places, written as it was', () => {
    const base = '{\n    "name": "x",\n    "dependencies": {\n        "a": "1",\n        "z": "1"\n    }\n}\n';
    const theirs = base.replace('"a": "1",', '"a": "1",\n        "c": "1",');
    const ours = base.replace('"a": "1",', '"a": "2",\n        "b": "1",');
    const merged = mergeJson(base, theirs, ours);
    expect(merged).toBe(
      '{\n    "name": "x",\n    "dependencies": {\n        "a": "2",\n        "b": "1",\n        "c": "1",\n        "z": "1"\n    }\n}\n',
    );
  });

  test('what both change in two ways stays a conflict', () => {
    expect(mergeJson('{"a":1}', '{"a":2}', '{"a":3}')).toBeUndefined();
    expect(mergeJson('{"a":1}', '{', '{"a":3}')).toBeUndefined();
    expect(mergeJson('{"l":[1,2]}', '{"l":[1,2,3]}', '{"l":[2,4]}')).toBe('{\n  "l": [\n    2,\n    3,\n    4\n  ]\n}');
    expect(mergeJson('{}', '{"__proto__":{"x":1}}', '{"b":1}')).toContain('"__proto__"');
  });
});
