import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accept } from '../../../src/core/run/accept.ts';
import { composeBrief, renderBrief } from '../../../src/core/run/brief.ts';
import { normalised, openCircuit, signatureOf } from '../../../src/core/run/circuit.ts';
import { decide } from '../../../src/core/run/decide.ts';
import type { Ending } from '../../../src/core/run/event.ts';
import type { Request } from '../../../src/core/run/request.ts';
import type { RunSettings } from '../../../src/core/run/settings.ts';
import { explainTask } from '../../../src/core/views/explain.ts';
import { SETTINGS, Story, task } from './story.ts';

const settings: RunSettings = { ...SETTINGS, circuit: { after: 3 }, attempts: 5, losses: 9 };

/** A task that failed with these words, one attempt each. */
function failed(words: readonly string[], ending: Ending = 'failed', over: Partial<RunSettings> = {}): Story {
  const story = new Story([task('T1'), task('T2')], { ...settings, ...over }).approved();
  words.forEach((reason, i) => {
    story.started('T1', i + 1);
    story.tell({ event: 'attempt_finished', task: 'T1', attempt: i + 1, ending, reason, exit_code: 1 });
  });
  return story;
}
const gates = (story: Story) =>
  decide(story.state).flatMap((effect) => (effect.type === 'record' ? effect.events : []));
const works = (story: Story) =>
  decide(story.state).flatMap((effect) => (effect.type === 'work' && !effect.started ? [effect] : []));
const answer = (story: Story, said: string, note?: string): Story => {
  const request = { schema: 1, id: `a${said}`, by: 'ada', how: 'test', request: 'answer', gate: 'circuit:T1' } as const;
  const accepted = accept(story.state, {
    ...request,
    answer: said,
    ...(note === undefined ? {} : { note }),
  } satisfies Request);
  if (!accepted.ok) throw new Error(accepted.error.message);
  return story.tell(...accepted.value);
};

describe('the same failure', () => {
  test('has one signature, whatever numbers, hashes, times and places it names', () => {
    const story = failed([
      'port 4711 in use after 3.2 s (/shop/.masterplan/worktrees/T1.1/src/a.ts:12:7, 5f0c9a1e2b)',
      'port 4712 in use after 10.9 s (/shop/.masterplan/worktrees/T1.2/src/a.ts:13:7, 9b1e77aa01)',
    ]);
    const [one, two] = story.state.tasks[0]?.attempts ?? [];
    expect(signatureOf('T1', one as never)).toBe(signatureOf('T1', two as never));
    expect(signatureOf('T2', one as never)).not.toBe(signatureOf('T1', one as never));
    expect(normalised('Cannot find module ./a')).not.toBe(normalised('Cannot find module ./b'));
  });

  test('is another one where something else was found wrong, and the gate says what', () => {
    const story = new Story([task('T1')], settings).approved();
    const found = ['no title', 'no title', 'it has a circle', 'no title'];
    found.forEach((check, i) => {
      const of = { task: 'T1', attempt: i + 1 };
      story.started('T1', i + 1).tell({ event: 'witness_failed', ...of, claim: 'completed', check });
      story.tell({
        event: 'attempt_finished',
        ...of,
        ending: 'failed',
        reason: 'it cannot be taken over',
        exit_code: 0,
      });
      if (i < 3) expect(gates(story)).toEqual([]);
    });
    expect(gates(story)).toMatchObject([{ count: 3 }, { detail: expect.arrayContaining(['at last: no title']) }]);
  });

  test('is the same after it was made the same', () => {
    fc.assert(fc.property(fc.string(), (text) => normalised(normalised(text)) === normalised(text)));
  });

  test('three times opens the circuit: a gate says what repeated, and nothing starts for the task', () => {
    expect(openCircuit(failed(['no key', 'no key']).state, failed(['no key']).state.tasks[0] as never)).toBeUndefined();
    const story = failed(['no key', 'no key', 'no key']);
    expect(gates(story)).toMatchObject([
      { event: 'circuit_opened', task: 'T1', count: 3, what: 'no key', agents: ['worker'] },
      {
        event: 'gate_opened',
        gate: 'circuit:T1',
        question: expect.stringContaining('T1 failed 3 times in the same way: no key'),
        options: ['retry', 'other-agent', 'split', 'block'],
        recommended: 'other-agent',
      },
    ]);
    expect(works(story).map((one) => one.task)).toEqual(['T2']);
    story.tell(...gates(story));
    expect(gates(story)).toEqual([]);
    expect(works(story).map((one) => one.task)).toEqual(['T2']);
    expect(explainTask(story.state, 'T1')).toMatchObject({
      because: 'it failed 3 times in the same way: no key',
      next: expect.stringContaining('--gate circuit:T1'),
    });
  });

  test('need not come in a row, and others are counted apart', () => {
    expect(gates(failed(['a', 'b', 'a', 'b']))).toEqual([]);
    expect(gates(failed(['a', 'b', 'a', 'a']))).toMatchObject([{ event: 'circuit_opened', count: 3 }, {}]);
  });

  test.each(['limited', 'cancelled', 'lost'] as const)('does not count when the attempt was %s', (ending) => {
    expect(gates(failed(['x', 'x', 'x', 'x'], ending))).toEqual([]);
  });

  test('comes before giving up, and off means off', () => {
    expect(gates(failed(['x', 'x', 'x'], 'failed', { attempts: 3 }))).toMatchObject([{ event: 'circuit_opened' }, {}]);
    const { circuit: _, ...without } = settings;
    const story = new Story([task('T1')], { ...without, attempts: 3 }).approved();
    for (const attempt of [1, 2, 3]) story.started('T1', attempt).ended('T1', attempt, 'failed');
    expect(gates(story)).toMatchObject([{ event: 'task_failed' }]);
  });

  test('retry gives the task its attempts anew, and the advice goes into the brief', () => {
    const story = failed(['x', 'x', 'x'], 'failed', { attempts: 3 });
    story.tell(...gates(story));
    answer(story, 'retry', 'the key is in the vault');
    expect(works(story)).toMatchObject([{ task: 'T1', agent: 'worker' }, { task: 'T2' }]);
    const T1 = story.state.tasks[0] as never;
    const brief = composeBrief(story.state, T1, 4, 'base', 'worker', { goal: 'g', context: '' });
    expect(renderBrief(brief)).toContain('A person says:\n\nthe key is in the vault');
  });

  test('other-agent gives it to another one, and says so', () => {
    const story = failed(['x', 'x', 'x']);
    story.tell(...gates(story));
    answer(story, 'other-agent');
    expect(works(story)[0]).toMatchObject({
      agent: 'codex',
      assignment: { source: 'person', reason: expect.stringContaining('a person gave it to codex') },
    });
  });

  test('block gives it up', () => {
    const story = failed(['x', 'x', 'x']);
    story.tell(...gates(story));
    answer(story, 'block', 'not worth it');
    expect(story.state.tasks[0]?.progress).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('not worth it'),
    });
  });
});
