import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dispatch } from '../../../src/core/run/dispatch.ts';
import {
  type Afloat,
  commitsOf,
  conflictsOf,
  inBoth,
  newsOf,
  type Pair,
  pairName,
  pairsToTry,
} from '../../../src/core/run/radar.ts';
import { SETTINGS, Story, task } from './story.ts';

const afloat = (name: string, commit: string, attempt = 1): Afloat => ({
  task: name,
  attempt,
  commit,
  paths: ['a.txt'],
});
const foreseen = (one: string, other: string) =>
  ({ event: 'conflict_foreseen', tasks: [one, other], attempts: [1, 1], paths: ['a.txt'] }) as const;
const names = (pairs: readonly Pair[]): string[] => pairs.map(pairName);

function atWork(...ids: string[]): Story {
  const story = new Story(
    ['T1', 'T2', 'T3'].map((id) => task(id)),
    { ...SETTINGS, parallel: 4, attempts: 9, losses: 9 },
  );
  story.approved();
  for (const id of ids) story.started(id);
  return story;
}

describe('which pairs are looked at', () => {
  test('every pair once, and again when one of them changed; new ones first', () => {
    const { state } = atWork('T1', 'T2', 'T3');
    const tried = new Map<string, string>();
    const first = pairsToTry(state, [afloat('T2', 'b'), afloat('T1', 'a')], tried, 9);
    expect(names(first)).toEqual(['T1 T2']);
    for (const pair of first) tried.set(pairName(pair), commitsOf(pair));
    expect(pairsToTry(state, [afloat('T1', 'a'), afloat('T2', 'b')], tried, 9)).toEqual([]);
    const all = [afloat('T1', 'a2'), afloat('T2', 'b'), afloat('T3', 'c')];
    expect(names(pairsToTry(state, all, tried, 9))).toEqual(['T1 T3', 'T2 T3', 'T1 T2']);
    expect(names(pairsToTry(state, all, tried, 2))).toEqual(['T1 T3', 'T2 T3']);
  });

  test('nobody whose attempt is over', () => {
    const { state } = atWork('T1', 'T2');
    expect(pairsToTry(state, [afloat('T1', 'a'), afloat('T2', 'b', 2), afloat('T3', 'c')], new Map(), 9)).toEqual([]);
  });

  test('paths in common are also a file and the directory in its place', () => {
    expect(inBoth(['a', 'b/c', 'd/e/f'], ['a', 'b', 'd/e'])).toEqual(['a', 'b/c', 'd/e/f']);
    expect(inBoth(['b'], ['b/c'])).toEqual(['b']);
    expect(inBoth(['ab', 'a/c'], ['a/d', 'abc'])).toEqual([]);
  });
});

describe('what is told', () => {
  test('when it begins, when the paths change, and when it ends', () => {
    const story = atWork('T1', 'T2');
    const pair = [afloat('T1', 'a'), afloat('T2', 'b')] as const;
    expect(newsOf(story.state, pair, [])).toBeUndefined();
    const news = newsOf(story.state, pair, ['b.txt', 'a.txt']);
    expect(news).toMatchObject({ event: 'conflict_foreseen', tasks: ['T1', 'T2'], paths: ['a.txt', 'b.txt'] });
    if (news !== undefined) story.tell(news);
    expect(newsOf(story.state, pair, ['a.txt', 'b.txt'])).toBeUndefined();
    expect(newsOf(story.state, pair, ['a.txt'])).toMatchObject({ paths: ['a.txt'] });
    expect(conflictsOf(story.state, 'T2')).toEqual([{ with: 'T1', paths: ['a.txt', 'b.txt'] }]);
    story.tell({ event: 'conflict_cleared', tasks: ['T1', 'T2'] });
    expect(conflictsOf(story.state, 'T1')).toEqual([]);
  });

  test('a task that is tried again waits for the one it conflicts with, and for nobody when that one is not under way', () => {
    const story = atWork('T1', 'T2').tell(foreseen('T1', 'T2'));
    story.ended('T2', 1, 'failed');
    const at = story.state.schedule.index['T2'] as number;
    expect(dispatch(story.state).held.get(at)).toEqual({ kind: 'foreseen', by: 'T1', paths: ['a.txt'] });
    expect(dispatch(story.state).start).not.toContain(at);
    story.ended('T1', 1, 'failed');
    // Now both are to start again: one after the other.
    expect(dispatch(story.state).start).toEqual([story.state.schedule.index['T1'], story.state.schedule.index['T3']]);
  });

  test('never a deadlock: whatever is foreseen, somebody who is ready starts when nobody is under way', () => {
    const ids = ['T1', 'T2', 'T3', 'T4', 'T5'];
    const pairs = ids.flatMap((one, i) => ids.slice(i + 1).map((other) => [one, other] as const));
    fc.assert(
      fc.property(fc.subarray(pairs), fc.subarray(ids), (warned, failing) => {
        const story = new Story(
          ids.map((id) => task(id)),
          { ...SETTINGS, parallel: 5, attempts: 99, losses: 99 },
        );
        story.approved();
        for (const id of ids) story.started(id);
        for (const [one, other] of warned) story.tell(foreseen(one, other));
        for (const id of ids) story.ended(id, 1, failing.includes(id) ? 'failed' : 'lost');
        // Everybody gets a turn, in as many rounds as there are tasks.
        const left = new Set(ids);
        for (let round = 0; left.size > 0; round++) {
          expect(round).toBeLessThan(ids.length);
          const starting = dispatch(story.state).start.map((at) => story.state.tasks[at]?.task.id ?? '');
          expect(starting.length).toBeGreaterThan(0);
          for (const [one, other] of warned) expect(starting.includes(one) && starting.includes(other)).toBe(false);
          for (const id of starting) {
            story.started(id, 2);
            story.tell({ event: 'attempt_finished', task: id, attempt: 2, ending: 'failed', reason: '', exit_code: 1 });
            story.tell({ event: 'task_failed', task: id, reason: 'enough' });
            left.delete(id);
          }
        }
      }),
    );
  });
});
