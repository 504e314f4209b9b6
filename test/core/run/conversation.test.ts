import { describe, expect, test } from 'vitest';
import type { Usage } from '../../../src/core/agents/event.ts';
import type { FailureClass } from '../../../src/core/agents/failure.ts';
import { conversationFor, usedBefore } from '../../../src/core/run/conversation.ts';
import type { Ending } from '../../../src/core/run/event.ts';
import type { SpokenAgent } from '../../../src/core/run/settings.ts';
import type { TaskState } from '../../../src/core/run/state.ts';
import { SETTINGS, Story, task } from './story.ts';

const agent = (fields: Partial<SpokenAgent> = {}): SpokenAgent => ({
  kind: 'claude',
  command: ['claude'],
  env: [],
  idle_timeout: 0,
  timeout: 0,
  max_output: 0,
  max_concurrent: 0,
  permission: 'ask',
  patience: 0,
  resume: 'always',
  ...fields,
});

/** A task whose attempts ended so, each with a conversation of the same name. */
function tried(
  ends: readonly { ending: Ending; failure?: FailureClass; usage?: Usage; session?: string | null }[],
): TaskState {
  const story = new Story([task('T1')], { ...SETTINGS, attempts: 9, losses: 9 }).approved();
  ends.forEach(({ ending, failure, usage, session }, i) => {
    const of = { task: 'T1', attempt: i + 1 };
    story.tell({
      event: 'attempt_started',
      ...of,
      agent: 'worker',
      contract_id: 'implement.v1',
      base: 'base',
      nonce: `n${i}`,
      brief_sha256: '',
      ...(i === 0 ? {} : { session: 's1' }),
    });
    story.tell(
      {
        event: 'agent_reported',
        ...of,
        family: 'claude',
        how: failure === undefined ? 'completed' : 'failed',
        failure: failure ?? null,
        status: null,
        message: '',
        session: session === undefined ? 's1' : session,
        model: null,
        program: null,
        usage: usage ?? {},
      },
      { event: 'attempt_finished', ...of, ending, reason: 'r', exit_code: 1 },
    );
  });
  return story.state.tasks[0] as TaskState;
}

describe('the conversation of the attempt before', () => {
  test('is gone on with by the same agent', () => {
    expect(conversationFor(tried([{ ending: 'failed' }]), 'worker', agent(), undefined)).toEqual({
      session: 's1',
      from: 1,
    });
    expect(conversationFor(tried([]), 'worker', agent(), undefined)).toBeUndefined();
  });

  test.each([
    ['another agent has the task now', tried([{ ending: 'failed' }]), 'codex', agent(), undefined],
    ['it has another model now', tried([{ ending: 'failed' }]), 'worker', agent(), 'opus'],
    ['the configuration says never', tried([{ ending: 'failed' }]), 'worker', agent({ resume: 'never' }), undefined],
    [
      'logs of old releases say nothing',
      tried([{ ending: 'failed' }]),
      'worker',
      agent({ resume: undefined as never }),
      undefined,
    ],
    [
      'it failed, and only limits are gone on after',
      tried([{ ending: 'failed' }]),
      'worker',
      agent({ resume: 'after-limit' }),
      undefined,
    ],
    ['it was too long', tried([{ ending: 'failed', failure: 'overflow' }]), 'worker', agent(), undefined],
    ['it was not there', tried([{ ending: 'lost', failure: 'session' }]), 'worker', agent(), undefined],
    ['its program hung', tried([{ ending: 'timed_out' }]), 'worker', agent(), undefined],
    ['nobody told its name', tried([{ ending: 'failed', session: null }]), 'worker', agent(), undefined],
    [
      'it was gone on with, and failed',
      tried([{ ending: 'failed' }, { ending: 'failed', failure: 'unknown' }]),
      'worker',
      agent(),
      undefined,
    ],
    [
      'it began in another directory',
      tried([{ ending: 'failed' }]),
      'worker',
      agent({ kind: 'acp', command: ['opencode', 'acp'] }),
      undefined,
    ],
    [
      'the program does not find its own',
      tried([{ ending: 'failed' }]),
      'worker',
      agent({ kind: 'acp', command: ['gemini', '--acp'] }),
      undefined,
    ],
  ] as const)('is not, when %s', (_, state, name, settings, model) => {
    expect(conversationFor(state, name, settings, model)).toBeUndefined();
  });

  test('is, after a limit, also where nothing else is', () => {
    const limited = tried([{ ending: 'limited', failure: 'usage-limit' }]);
    expect(conversationFor(limited, 'worker', agent({ resume: 'after-limit' }), undefined)).toMatchObject({
      session: 's1',
    });
  });

  test('had used what its attempts told; nothing is known where one died untold', () => {
    const { attempts } = tried([
      { ending: 'failed', usage: { input: 1, cost: 0.5 } },
      { ending: 'failed', usage: { input: 2, cost: 0.25 } },
      { ending: 'failed', session: 'other', usage: { input: 100 } },
    ]);
    expect(usedBefore(attempts, 's1', 4)).toEqual({ input: 3, cost: 0.75 });
    expect(usedBefore(attempts, 's1', 2)).toEqual({ input: 1, cost: 0.5 });
    expect(usedBefore(tried([{ ending: 'lost', failure: 'died' }]).attempts, 's1', 2)).toBeUndefined();
  });
});
