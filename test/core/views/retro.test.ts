import { describe, expect, test } from 'vitest';
import { checksOf } from '../../../src/core/run/checks.ts';
import { Chronicle } from '../../../src/core/views/retro/chronicle.ts';
import { retroMarkdown } from '../../../src/core/views/retro/markdown.ts';
import { retroOf, type Retro } from '../../../src/core/views/retro/retro.ts';
import { Story, task } from '../run/story.ts';

/** The retro of a run that was told event by event, one a second. */
function retro(story: Story): Retro {
  const chronicle = new Chronicle();
  for (const event of story.told) chronicle.add(event);
  return retroOf(story.state, chronicle);
}

const SECOND = 1000;

describe('where the time went', () => {
  test('a question costs time only while nothing is at work, and everything adds up', () => {
    const story = new Story([task('T1'), task('T2')]);
    // The plan's gate is open for one second before the approval, and one until the answer is noted.
    story.approved().started('T1').started('T2');
    story.tell({
      event: 'gate_opened',
      gate: 'ask:T1.1:1',
      question: 'may it?',
      options: ['yes', 'no'],
      recommended: 'no',
      detail: [],
    });
    story.ended('T1', 1, 'failed').ended('T2', 1, 'failed');
    story.tell({ event: 'gate_answered', gate: 'ask:T1.1:1', answer: 'no', by: 'ada', how: 'test' });
    const { passed, agentTime, peak, mean, asked, started, ended } = retro(story);
    expect(passed.atWork).toBe(4 * SECOND);
    expect(passed.waitedForPeople).toBe(3 * SECOND);
    expect(passed.atWork + passed.waitedForPeople + passed.waitedForLimits + passed.still).toBe(ended - started);
    expect(agentTime).toBe(6 * SECOND);
    expect([peak, mean]).toEqual([2, 6 / 4]);
    expect(asked.map(({ gate, answered }) => [gate, answered?.answer])).toEqual([
      ['plan', 'approve'],
      ['ask:T1.1:1', 'no'],
    ]);
  });

  test('a limit costs time while the lane is parked; what a crash lost is at work no more', () => {
    const story = new Story([task('T1')]).approved().started('T1');
    story.tell({ event: 'recovered', attached: [], adopted: [], lost: ['T1#1'] }).ended('T1', 1, 'lost');
    story.tell({
      event: 'lane_parked',
      lane: 'worker',
      failure: 'usage-limit',
      until: null,
      known: 'estimated',
      message: '',
    });
    story.tell({ event: 'lane_opened', lane: 'worker', by: 'ada' });
    const { passed } = retro(story);
    expect(passed.waitedForLimits).toBe(SECOND);
    expect(passed.atWork).toBe(SECOND);
  });
});

test('who wrote a sub-plan is at work no more, and a task that was planned first is merged with the last task of its sub-plan', () => {
  const story = new Story([task('P1', { planFirst: 'phased' })]).approved().started('P1');
  const tasks = [task('P1/T1')];
  story.tell({ event: 'subplan_written', task: 'P1', attempt: 1, kind: 'phased', sha256: 's', clean: true, tasks });
  story.tell({
    event: 'gate_opened',
    gate: 'plan:P1',
    question: 'carry it out?',
    options: ['approve'],
    recommended: 'approve',
    detail: [],
  });
  story.tell({ event: 'gate_answered', gate: 'plan:P1', answer: 'approve', by: 'ada', how: 'test' });
  story.tell({ event: 'subplan_approved', task: 'P1', sha256: 's', by: 'ada', how: 'test' });
  const before = retro(story);
  // One second of planning; the gate of the plan and that of the sub-plan cost a second each, and one until each answer was noted.
  expect([before.agentTime, before.passed.atWork, before.peak]).toEqual([SECOND, SECOND, 1]);
  expect(retroMarkdown(before)).toContain('0 of 1 task merged, 0 of 1 in sub-plans; 2 not.');
  story.landed('P1/T1');
  const after = retroMarkdown(retro(story));
  expect(after).toContain('1 of 1 task merged, 1 of 1 in sub-plans. ');
  expect(after).not.toContain('Not merged');
});

describe('what is told', () => {
  const one = task('T1');
  const checks = checksOf(one.verify);

  test('what landed, with which attempt, and what went wrong on the way', () => {
    const story = new Story([one, task('T2', { verify: [] })]).approved().started('T1').done('T1');
    story.verified('T1', false, { checks }).started('T1', 2).done('T1', 2).verified('T1', true, { attempt: 2, checks });
    story.landing('T1', 'base', 't-T1-2', 2).merged('T1', 'base', 't-T1-2', 2);
    const told = retro(story);
    expect(told).toMatchObject({ firstTry: 0, attempts: 2, merged: [{ task: 'T1', attempts: 2 }], unproven: [] });
    expect(told.troubles.map(({ kind, task: id }) => [kind, id])).toEqual([['verification_finished', 'T1']]);
    const text = retroMarkdown(told);
    expect(text).toContain('1 of 2 tasks merged; 1 not.');
    expect(text).toContain('**1 × claims of success that verification did not bear out**');
    expect(text).toContain('- T2 title of T2: pending');
  });

  test('what nothing proves is said to be proven by nothing', () => {
    const bare = task('T1', { verify: [] });
    const story = new Story([bare]).approved().started('T1').done('T1');
    story
      .verified('T1', true, { checks: checksOf([]) })
      .landing('T1', 'base', 't-T1-1')
      .merged('T1', 'base', 't-T1-1');
    expect(retro(story).unproven).toEqual(['T1']);
    expect(retroMarkdown(retro(story))).toContain('**nothing proves what landed.**');
  });

  test('no text of others opens markup, a table cell or a line', () => {
    const nasty = 'a | b <img src=x> `c` [d](e)\n# f';
    const story = new Story([task('T1', { title: nasty })]).approved();
    story.tell({ event: 'task_failed', task: 'T1', reason: nasty });
    const text = retroMarkdown(retro(story));
    expect(text).not.toMatch(/(?<!\\)<img/);
    expect(text).not.toMatch(/^# f/m);
    expect(text).toContain('a | b \\<img src=x\\> \\`c\\` \\[d\\](e) # f: failed');
  });
});
