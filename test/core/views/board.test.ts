import { expect, test } from 'vitest';
import { boardOf } from '../../../src/core/views/board.ts';
import { landedWords } from '../../../src/core/views/landed-words.ts';
import { Story, task } from '../run/story.ts';

const PLAIN = boardOf(new Story([task('T1'), task('T2'), task('T3')]).approved().state);

test('how far a run is counts tasks of the plan; those of sub-plans are told apart', () => {
  expect(landedWords(PLAIN)).toBe('0 of 3 merged');
  const counts = { ...PLAIN.counts, merged: 3, unfolded: 1, pending: 2 };
  expect(landedWords({ ...PLAIN, counts, total: 6, below: { merged: 2, total: 3 } })).toBe(
    '1 of 3 merged, 2 of 3 in sub-plans',
  );
  const story = new Story([task('T1', { planFirst: 'phased' }), task('T2')]).approved().started('T1');
  const tasks = [task('T1/P1'), task('T1/P2', { needs: ['T1/P1'] })];
  story.tell({ event: 'subplan_written', task: 'T1', attempt: 1, kind: 'phased', sha256: 'sub', clean: true, tasks });
  expect(boardOf(story.state).below).toBeUndefined();
  story.tell({ event: 'subplan_approved', task: 'T1', sha256: 'sub', by: 'me', how: 'test' });
  expect(boardOf(story.state)).toMatchObject({ total: 4, below: { merged: 0, total: 2 } });
  expect(landedWords(boardOf(story.state))).toBe('0 of 2 merged, 0 of 2 in sub-plans');
});

test('what is written before there is a plan is not said to be merged', () => {
  const counts = { ...PLAIN.counts, merged: 3 };
  const words = (stage: 'brainstorm' | 'plan') => landedWords({ ...PLAIN, counts, total: 6, stage });
  expect(words('brainstorm')).toBe('3 of 6 steps to a spec and a plan done');
  expect(words('plan')).toBe('3 of 6 steps to a plan done');
});
