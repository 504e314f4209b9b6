import { expect, test } from 'vitest';
import { operationOf } from '../../../src/surfaces/cli/run/operation.ts';

const of = (words: string, flags: Partial<Parameters<typeof operationOf>[1]> = {}): unknown => {
  const read = operationOf(words === '' ? [] : words.split(' '), { parallel: false, ...flags });
  return read.ok ? read.value : `${read.error.message}; ${read.error.hint}`;
};

test('a word alone is a run; an operation may have the run before it', () => {
  expect(of('')).toEqual({});
  expect(of('demo')).toEqual({ run: 'demo' });
  expect(of('merge')).toEqual({ run: 'merge' });
  expect(of('drop T4 T5')).toEqual({ operation: { do: 'drop', tasks: ['T4', 'T5'] } });
  expect(of('demo add-need T5 T1,T2')).toEqual({
    run: 'demo',
    operation: { do: 'add-need', task: 'T5', needs: ['T1', 'T2'] },
  });
  expect(of('scope T3 src/{a,b}/ c.ts,d.ts')).toEqual({
    operation: { do: 'scope', task: 'T3', paths: ['src/{a,b}/', 'c.ts', 'd.ts'] },
  });
});

test('flags are for the parts of a task in their order, and for nothing that does not know them', () => {
  expect(of('split T3 one other', { scope: ['a/,b/', 'c/'], verify: ['x, y'], parallel: true })).toEqual({
    operation: {
      do: 'split',
      task: 'T3',
      beside: true,
      parts: [
        { title: 'one', scope: ['a/', 'b/'], verify: ['x, y'] },
        { title: 'other', scope: ['c/'], verify: undefined },
      ],
    },
  });
  expect(of('drop T4', { title: 'x' })).toContain('drop has no --title; masterplan amend drop T4');
  expect(of('demo', { needs: 'T1' })).toContain('--needs is about an operation');
});

test('what is too little or no operation is told with what to type', () => {
  expect(of('demo forget T4')).toContain('forget is no operation on a plan; one of: add, drop');
  expect(of('split T3 one')).toContain('masterplan amend split T3 "the first part" "the second part"');
  expect(of('merge T3 x y', {})).toEqual({
    operation: { do: 'merge', tasks: ['T3', 'x', 'y'], title: undefined },
  });
});
