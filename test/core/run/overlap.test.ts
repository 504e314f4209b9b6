import { describe, expect, test } from 'vitest';
import { accept } from '../../../src/core/run/accept.ts';
import { decide } from '../../../src/core/run/decide.ts';
import { overlapEvents, type Peer } from '../../../src/core/run/overlap.ts';
import { boardOf } from '../../../src/core/views/board.ts';
import { dispatch } from '../../../src/core/run/dispatch.ts';
import { Story, task } from './story.ts';

const PEER: Peer = { kind: 'slug-collision', slug: 'auth', about: 'Log in (docs/auth.md)', live: true };
const GATE = 'slug-collision:auth';

function meets(peer: Partial<Peer> = {}): Story {
  return new Story([task('T1'), task('T2')]).tell(...overlapEvents({ ...PEER, ...peer }, 'demo', 'full'));
}
function answer(story: Story, said: string): Story {
  const request = { schema: 1, id: said, by: 'ada', how: 'test', request: 'answer', gate: GATE, answer: said } as const;
  const events = accept(story.state, request);
  if (!events.ok) throw new Error(events.error.message);
  return story.tell(...events.value);
}
const approve = (story: Story) =>
  accept(story.state, { schema: 1, id: 'a', by: 'ada', how: 'test', request: 'approve', planSha256: 'plan' });

describe('a run that meets another one', () => {
  test('asks that first and alone, with the same options on every surface, and nothing of it begins', () => {
    const story = meets();
    const board = boardOf(story.state);
    expect(board.waiting).toMatchObject([
      {
        gate: { id: GATE, kind: 'slug-collision', options: ['resume', 'variant', 'abort'], recommended: 'resume' },
        type: expect.arrayContaining([`masterplan approve demo --gate ${GATE} --answer variant`]),
      },
    ]);
    expect(board.status).toBe('waiting');
    expect(decide(story.state)).toEqual([]);
    const refused = approve(story);
    expect(refused.ok ? undefined : refused.error.hint).toContain(`masterplan answer ${GATE} variant`);
    expect(() => answer(story, 'yes')).toThrow('not an option');
  });

  test('nothing begins either where its first tasks are approved already', () => {
    const story = new Story([task('T1')]).approved().tell(...overlapEvents(PEER, 'demo', 'loose'));
    expect(decide(story.state)).toEqual([]);
    expect([...dispatch(story.state).held.values()]).toMatchObject([
      { kind: 'paused', words: expect.stringContaining('Go on with that one') },
    ]);
    expect(decide(answer(story, 'variant').state).map(({ type }) => type)).toContain('work');
  });

  test('variant: it goes on to the question about its plan', () => {
    const story = answer(meets(), 'variant');
    expect(boardOf(story.state).waiting).toMatchObject([{ gate: { id: 'plan' } }]);
    expect(approve(story).ok).toBe(true);
  });

  test.each([
    ['resume', 'masterplan run auth'],
    ['abort', undefined],
  ])('%s: it is over before it began, and says where it goes on', (said, next) => {
    const { state } = answer(meets(), said);
    expect(state).toMatchObject({ phase: 'over', outcome: 'cancelled' });
    if (next === undefined) expect(boardOf(state).next).not.toContain('auth');
    else expect(boardOf(state).next).toBe(next);
  });

  test('a policy lets it be beside one that is over, and never beside a live one', () => {
    const told = (peer: Partial<Peer>) =>
      meets(peer).told.flatMap((one) => (one.event === 'gate_answered' ? [one] : []));
    expect(told({ live: true })).toEqual([]);
    expect(told({ live: false })).toMatchObject([
      { answer: 'variant', by: 'policy', how: 'autonomy: full; no live run has it' },
    ]);
  });
});
