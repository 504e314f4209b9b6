import { describe, expect, test } from 'vitest';
import { accept } from '../../../src/core/run/accept.ts';
import { allowedCommands, ASK_ANSWERS, leaveFor } from '../../../src/core/run/leave.ts';
import { Story, task } from './story.ts';

const asked = { kind: 'command', tool: 'Bash', command: 'make all', what: 'Bash: make all' } as const;

/** T1's first attempt has asked, and the gate of it is open. */
function asking(options: readonly string[] = ASK_ANSWERS, about: object = {}): Story {
  const of = { task: 'T1', attempt: 1 };
  return new Story([task('T1'), task('T2')])
    .approved()
    .started('T1')
    .tell(
      { event: 'permission_asked', ...of, ask: 'q', ...asked, ...about },
      { event: 'gate_opened', gate: 'ask:T1#1:q', question: '?', options, recommended: 'deny', detail: [] },
    );
}

function answered(story: Story, answer: string): Story {
  const request = {
    schema: 1,
    id: 'r',
    by: 'ada',
    how: 'test',
    request: 'answer',
    gate: 'ask:T1#1:q',
    answer,
  } as const;
  const accepted = accept(story.state, request);
  if (!accepted.ok) throw new Error(accepted.error.message);
  return story.tell(...accepted.value);
}

describe('the answer to a question of an agent', () => {
  test.each([
    ['once', undefined, undefined, []],
    ['session', undefined, undefined, []],
    ['task', 'T1', undefined, ['make all']],
    ['run', 'run', 'run', ['make all']],
    ['deny', undefined, undefined, []],
  ])('%s reaches as far as it says', (answer, own, other, commands) => {
    const { state } = answered(asking(), answer);
    const reach = (id: string): string | undefined => {
      const leave = leaveFor(state, id, asked);
      return leave && (leave.task ?? 'run');
    };
    expect([reach('T1'), reach('T2')]).toEqual([own, other]);
    expect(allowedCommands(state, 'T1')).toEqual(commands);
    expect(allowedCommands(state, 'T2')).toEqual(other === undefined ? [] : commands);
    expect(state.tasks[0]?.attempts[0]?.asks?.['q']?.answer).toBe(answer);
    expect(state.gates).toEqual([]);
  });

  test('is for exactly the same', () => {
    const { state } = answered(asking(), 'task');
    for (const other of [{ command: 'make all install' }, { tool: 'Shell' }, { kind: 'other' as const }])
      expect(leaveFor(state, 'T1', { ...asked, ...other })).toBeUndefined();
    const write = { kind: 'write', tool: 'Write', command: null, what: 'Write: /etc/x' } as const;
    const wrote = answered(asking(ASK_ANSWERS, write), 'run').state;
    expect(leaveFor(wrote, 'T2', write)).toBeDefined();
    expect(leaveFor(wrote, 'T2', { ...write, what: 'Write: /etc/y' })).toBeUndefined();
    // What may have been cut short is asked about again.
    const long = { ...asked, command: 'x'.repeat(4000) };
    expect(leaveFor(answered(asking(ASK_ANSWERS, long), 'run').state, 'T1', long)).toBeUndefined();
  });

  test('is taken in the words of earlier gates, and at those in the words of today', () => {
    const old = ['allow', 'session', 'run', 'deny'];
    expect(answered(asking(old), 'allow').state.tasks[0]?.attempts[0]?.asks?.['q']?.answer).toBe('allow');
    expect(answered(asking(old), 'once').state.tasks[0]?.attempts[0]?.asks?.['q']?.answer).toBe('allow');
    expect(answered(asking(), 'allow').state.tasks[0]?.attempts[0]?.asks?.['q']?.answer).toBe('once');
    expect(() => answered(asking(old), 'task')).toThrow('not an option');
  });
});
