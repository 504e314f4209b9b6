import { describe, expect, test } from 'vitest';
import { accept } from '../../../src/core/run/accept.ts';
import { decide } from '../../../src/core/run/decide.ts';
import type { RunEvent } from '../../../src/core/run/event.ts';
import type { RunSettings } from '../../../src/core/run/settings.ts';
import { checksOf } from '../../../src/core/run/checks.ts';
import { explainTask } from '../../../src/core/views/explain.ts';
import { SETTINGS, Story, task } from './story.ts';

const settings: RunSettings = { ...SETTINGS, parallel: 1 };
const under = (more: Partial<RunSettings>): RunSettings => ({ ...settings, ...more });

const records = (story: Story): readonly RunEvent[] =>
  decide(story.state).flatMap((effect) => (effect.type === 'record' ? effect.events : []));
const starts = (story: Story): readonly string[] =>
  decide(story.state).flatMap((effect) => (effect.type === 'work' && !effect.started ? [effect.task] : []));
const answer = (story: Story, gate: string, word: string): Story =>
  story.tell({ event: 'gate_answered', gate, answer: word, by: 'me', how: 'test' });

/** A task whose work has landed. */
function landed(story: Story, id: string): Story {
  const checks = checksOf([`check ${id}`]);
  story.started(id).done(id).verified(id, true, { checks });
  return story.merged(id, 'base', `t-${id}-1`);
}

describe('a gated run asks between tasks', () => {
  const three = (autonomy: RunSettings['autonomy']): Story =>
    landed(
      new Story([task('T1'), task('T2'), task('T3')], under(autonomy === undefined ? {} : { autonomy })).approved(),
      'T1',
    );

  test('and nothing starts before it is answered', () => {
    const story = three('gated');
    expect(starts(story)).toEqual([]);
    const [asked] = records(story);
    expect(asked).toMatchObject({
      event: 'gate_opened',
      gate: 'continue',
      question: 'T1 landed (1 of 3). Go on?',
      options: ['go-on', 'cancel'],
      recommended: 'go-on',
    });
    story.tell(asked as RunEvent);
    expect(records(story)).toEqual([]);
    expect(starts(story)).toEqual([]);
    expect(explainTask(story.state, 'T2')?.next).toContain('--gate continue --answer go-on');
    answer(story, 'continue', 'go-on');
    expect(starts(story)).toEqual(['T2']);
  });

  test('and an answer that waited in an inbox is not one to the next question of the same name', () => {
    const story = three('gated');
    story.tell(...records(story));
    const asked = story.state.gates[0]?.opened ?? 0;
    const late = {
      schema: 1,
      by: 'ann',
      how: 'test',
      request: 'answer',
      gate: 'continue',
      answer: 'go-on',
      asked,
    } as const;
    expect(accept(story.state, { ...late, id: 'a' })).toMatchObject({ ok: true });
    answer(story, 'continue', 'go-on');
    landed(story, 'T2').tell(...records(story));
    expect(story.state.gates).toMatchObject([{ id: 'continue' }]);
    expect(accept(story.state, { ...late, id: 'b' })).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('continue was asked again since') },
    });
  });

  test.each([undefined, 'loose', 'full'] as const)('%s does not', (autonomy) => {
    const story = three(autonomy);
    expect(records(story)).toEqual([]);
    expect(starts(story)).toEqual(['T2']);
  });

  test('and not when nothing is left to start', () => {
    expect(records(landed(new Story([task('T1')], under({ autonomy: 'gated' })).approved(), 'T1'))).toMatchObject([
      { event: 'phase_entered', phase: 'finish' },
    ]);
  });
});

describe('a task that does not get on', () => {
  const failing = (more: Partial<RunSettings>, agents: readonly string[]): Story => {
    const story = new Story([task('T1')], under({ attempts: 9, circuit: { after: 2 }, ...more })).approved();
    agents.forEach((agent, at) =>
      story.tell(
        {
          event: 'attempt_started',
          task: 'T1',
          attempt: at + 1,
          agent,
          contract_id: 'implement.v1',
          base: 'base',
          nonce: `n${at}`,
          brief_sha256: '',
        },
        { event: 'attempt_finished', task: 'T1', attempt: at + 1, ending: 'failed', reason: 'no key', exit_code: 1 },
      ),
    );
    return story;
  };
  const opened = { event: 'gate_opened', gate: 'circuit:T1' };
  const climbed = { event: 'gate_answered', gate: 'circuit:T1', answer: 'other-agent', by: 'policy' };

  test.each([undefined, 'gated'] as const)('under %s is asked about', (autonomy) => {
    const more = autonomy === undefined ? {} : { autonomy };
    expect(records(failing(more, ['worker', 'worker']))).toMatchObject([{ event: 'circuit_opened' }, opened]);
  });

  test.each(['loose', 'full'] as const)(
    'under %s is given to the next agent, and asked about after that',
    (autonomy) => {
      const story = failing({ autonomy }, ['worker', 'worker']);
      const first = records(story);
      expect(first).toMatchObject([
        { event: 'circuit_opened' },
        opened,
        { ...climbed, how: `autonomy: ${autonomy}; step 2 of ${autonomy === 'loose' ? 2 : 3}` },
      ]);
      story.tell(...first);
      expect(decide(story.state).filter(({ type }) => type === 'work')).toMatchObject([
        {
          type: 'work',
          agent: 'codex',
          assignment: { source: 'failover', reason: expect.stringContaining('others failed') },
        },
      ]);
      for (const attempt of [3, 4])
        story.tell(
          {
            event: 'attempt_started',
            task: 'T1',
            attempt,
            agent: 'codex',
            contract_id: 'implement.v1',
            base: 'base',
            nonce: `m${attempt}`,
            brief_sha256: '',
          },
          { event: 'attempt_finished', task: 'T1', attempt, ending: 'failed', reason: 'no key', exit_code: 1 },
        );
      const split = { ...climbed, answer: 'split', how: 'autonomy: full; step 3 of 3' };
      const last = records(story);
      expect(last).toMatchObject([{ event: 'circuit_opened' }, opened, ...(autonomy === 'full' ? [split] : [])]);
      expect(last).toHaveLength(autonomy === 'full' ? 3 : 2);
    },
  );

  test('has a stronger model try it first, where one plays the role architecture, once', () => {
    const roles = { implement: 'worker', architecture: { agent: 'worker', model: 'large', effort: 'high' } };
    const story = failing({ autonomy: 'full', roles }, ['worker', 'worker']);
    const first = records(story);
    expect(first[1]).toMatchObject({
      options: ['retry', 'stronger-model', 'other-agent', 'split', 'block'],
      recommended: 'stronger-model',
    });
    expect(first[2]).toMatchObject({ answer: 'stronger-model', by: 'policy', how: 'autonomy: full; step 2 of 4' });
    story.tell(...first);
    const [work] = decide(story.state).filter(({ type }) => type === 'work');
    expect(work).toMatchObject({
      agent: 'worker',
      assignment: { agent: 'worker', role: 'implement', model: 'large', effort: 'high', source: 'failover' },
    });
    for (const attempt of [3, 4])
      story.tell(
        {
          ...{ event: 'attempt_started', task: 'T1', attempt, agent: 'worker', contract_id: 'implement.v1' },
          ...{ base: 'base', nonce: `m${attempt}`, brief_sha256: '', model: 'large', effort: 'high' },
        } as RunEvent,
        { event: 'attempt_finished', task: 'T1', attempt, ending: 'failed', reason: 'no key', exit_code: 1 },
      );
    expect(records(story)[2]).toMatchObject({ answer: 'other-agent', how: 'autonomy: full; step 3 of 4' });
  });

  test('is taken apart by a person: planned first by whoever plans, and done by the tasks of its sub-plan, which are not', () => {
    const story = failing({ subplans: 'always' }, ['worker', 'worker']);
    story.tell(...records(story));
    answer(story, 'circuit:T1', 'split');
    expect(decide(story.state).filter(({ type }) => type === 'work')).toMatchObject([
      { task: 'T1', plans: true, assignment: { role: 'plan' } },
    ]);
    story.started('T1', 3);
    const tasks = [task('T1/P1')];
    story.tell({ event: 'subplan_written', task: 'T1', attempt: 3, kind: 'phased', sha256: 's', clean: true, tasks });
    story.tell({ event: 'subplan_approved', task: 'T1', sha256: 's', by: 'policy', how: 'test' });
    expect(starts(story)).toEqual(['T1/P1']);
    for (const attempt of [1, 2]) story.started('T1/P1', attempt).ended('T1/P1', attempt, 'failed');
    const asked = records(story).find(({ event }) => event === 'gate_opened');
    expect(asked).toMatchObject({ gate: 'circuit:T1/P1', options: ['retry', 'other-agent', 'block'] });
  });

  test('climbs too when its attempts are used up in different ways', () => {
    const { circuit: _, ...plain } = settings;
    const story = (autonomy: 'gated' | 'full'): Story => {
      const told = new Story([task('T1')], { ...plain, attempts: 1, autonomy }).approved();
      return told.started('T1').ended('T1', 1, 'failed');
    };
    expect(records(story('gated'))).toMatchObject([{ event: 'task_failed' }]);
    expect(records(story('full'))).toMatchObject([opened, climbed]);
  });
});

describe('small edits', () => {
  const small = task('T1', { scope: ['a.ts'] });
  const rules = {
    roles: { implement: 'worker', small_edit: 'codex' },
    routing: { small_edits: 'auto' as const, max_files: 3 },
  };

  test('are confirmed where the configuration wants it, and only under gated', () => {
    const story = (more: Partial<RunSettings>): Story => new Story([small], under({ ...rules, ...more })).approved();
    expect(starts(story({ autonomy: 'gated' }))).toEqual(['T1']);
    expect(starts(story({ autonomy: 'loose', confirm_routing: true }))).toEqual(['T1']);
    const asks = story({ autonomy: 'gated', confirm_routing: true });
    expect(starts(asks)).toEqual([]);
    expect(records(asks)).toMatchObject([{ gate: 'routing:T1', options: ['confirm', 'implementer', 'cancel'] }]);
    expect(decide(answer(asks, 'routing:T1', 'implementer').state)).toMatchObject([{ type: 'work', agent: 'worker' }]);
  });

  test.each([
    [{}, 'merging'],
    [{ autonomy: 'gated' }, 'reviewing'],
    [{ autonomy: 'loose' }, 'merging'],
    [{ autonomy: 'full' }, 'merging'],
    [{ autonomy: 'full', look_at_results: true }, 'reviewing'],
  ] as const)('under %j their results are %s', (more, status) => {
    const story = new Story([small], under({ ...rules, ...more })).approved();
    story.tell({
      event: 'attempt_started',
      task: 'T1',
      attempt: 1,
      agent: 'codex',
      role: 'small_edit',
      contract_id: 'implement.v1',
      base: 'base',
      nonce: 'n',
      brief_sha256: '',
    });
    story.done('T1').verified('T1', true, { checks: checksOf(['check T1']) });
    expect(story.state.tasks[0]?.progress.status).toBe(status);
    if (status !== 'reviewing') return;
    expect(records(story)).toMatchObject([
      { gate: 'review:T1', question: 'T1#1 is a small edit, done and verified. Land it?', recommended: 'accept' },
    ]);
    expect(answer(story, 'review:T1', 'accept').state.tasks[0]?.progress.status).toBe('merging');
  });
});
