import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { readSnapshotText, snapshotText, type SnapshotText } from '../../../src/core/run/snapshot-text.ts';
import { readTrailers } from '../../../src/engine/git/trailers.ts';

const OF: SnapshotText = {
  run: 'demo-01ab',
  slug: 'demo',
  task: 'P1/T2',
  attempt: 3,
  base: 'a'.repeat(40),
  why: 'interval',
  title: 'Add a login',
};

describe('the message of a snapshot', () => {
  test('says what it is of, and is read back', () => {
    expect(readSnapshotText(snapshotText(OF))).toEqual(OF);
  });
  test('a title cannot pretend to be anything', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (title) => {
        const read = readSnapshotText(snapshotText({ ...OF, title }));
        expect({ ...read, title: '' }).toEqual({ ...OF, title: '' });
      }),
    );
  });
  test('is never taken for work that landed', () => {
    expect(readTrailers(snapshotText(OF))).toBeUndefined();
    expect(
      readSnapshotText('T1: x\n\nMasterplan-Run: r\nMasterplan-Task: T1\nMasterplan-Attempt: r/T1#1\n'),
    ).toBeUndefined();
  });
});
