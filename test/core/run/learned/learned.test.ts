import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8 } from '../../../../src/core/base/text.ts';
import {
  addLearned,
  idOf,
  learnedLines,
  parseLearned,
  pruneLearned,
} from '../../../../src/core/run/learned/document.ts';
import type { Learned } from '../../../../src/core/run/learned/model.ts';
import { learnedLine, pickLearned } from '../../../../src/core/run/learned/pick.ts';
import { Learner } from '../../../../src/core/run/learned/take.ts';
import type { RecordedEvent } from '../../../../src/core/run/event.ts';

function lesson(over: Partial<Learned> = {}): Learned {
  const text = over.text ?? '`npm test` failed (exit code 1)';
  return {
    id: idOf('mended', text),
    kind: 'mended',
    day: '2026-11-20',
    times: 1,
    text,
    from: 'run demo-1a2b, T1#1, event 12',
    paths: ['src/a.ts', 'src/b/'],
    command: 'npm test',
    ...over,
  };
}

function plain({ start: _start, end: _end, ...one }: ReturnType<typeof parseLearned>['entries'][number]): Learned {
  return one;
}

describe('learned.md', () => {
  test('what was written is read again, whatever stands in it', () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' }).filter((one) => /[a-z]/i.test(one) && !/[`]/.test(one));
    fc.assert(
      fc.property(text, text, (said, command) => {
        const one = lesson({ text: `it said ${said} x`, command: `run ${command} x` });
        const [read, ...others] = parseLearned(addLearned('', [one]).text).entries.map(plain);
        expect(others).toEqual([]);
        // Read and written once more, nothing moves.
        expect(learnedLines(read as Learned)).toEqual(learnedLines(one));
      }),
    );
  });

  test('a bullet that a person wrote is a lesson; comments, fences and headings are none', () => {
    const { entries } = parseLearned(
      '# Ours\n\n- note: the fixtures are generated,\n  by a script\n  - paths: test/fixtures/, src/gen.ts\n\n<!--\n- not this\n-->\n\n```\n- nor this\n```\n',
    );
    expect(entries).toMatchObject([
      {
        kind: 'added',
        day: '',
        text: 'note: the fixtures are generated, by a script',
        paths: ['test/fixtures/', 'src/gen.ts'],
        command: null,
      },
    ]);
  });

  test('learned again in another run it is counted, and the words that a person gave it stay', () => {
    const first = addLearned('', [lesson()]).text;
    const edited = first
      .replace('`npm test` failed (exit code 1)', 'Start the database first')
      .replace('  - from', '  and wait\n  - from');
    expect(addLearned(edited, [lesson()]).text).toBe(edited);
    const again = addLearned(edited, [lesson({ from: 'run other-9, T4#1, event 7', day: '2026-11-22' })]);
    expect(again.added).toEqual([]);
    expect(parseLearned(again.text).entries.map(plain)).toMatchObject([
      {
        text: 'Start the database first and wait',
        day: '2026-11-22',
        times: 2,
        from: 'run other-9, T4#1, event 7',
        command: 'npm test',
      },
    ]);
  });

  test('what was pruned does not come back by itself, only when it is asked for', () => {
    const two = addLearned('', [lesson(), lesson({ text: 'another' })]).text;
    const pruned = pruneLearned(two, new Set([lesson().id]));
    expect(parseLearned(pruned).entries.map(({ text }) => text)).toEqual(['another']);
    expect(addLearned(pruned, [lesson()]).text).toBe(pruned);
    expect(addLearned(pruned, [lesson()], { again: true }).added).toHaveLength(1);
  });
});

describe('what a brief gets', () => {
  const about = { scope: ['src/a.ts'], commands: ['npm run check'] };

  test('what is about its paths or commands, newest first, once', () => {
    const lessons = [
      lesson({ id: 'L1', day: '2026-11-01', command: 'npm run check', paths: [] }),
      lesson({ id: 'L2', day: '2026-11-03', command: null, paths: ['docs/'] }),
      lesson({ id: 'L3', day: '2026-11-02', command: null, paths: ['src/'] }),
      lesson({ id: 'L3', day: '2026-11-02', command: null, paths: ['src/'] }),
      lesson({ id: 'L4', day: '2026-11-04', command: null, paths: [] }),
    ];
    expect(pickLearned(lessons, about).map(({ id }) => id)).toEqual(['L3', 'L1']);
  });

  test('its size does not grow with what was learned', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 900, unit: 'grapheme' }), { maxLength: 60 }), (texts) => {
        const picked = pickLearned(
          texts.map((text, at) => lesson({ id: `L${at}`, text })),
          about,
        );
        expect(picked.length).toBeLessThanOrEqual(6);
        expect(utf8(picked.map(learnedLine).join('\n')).length).toBeLessThanOrEqual(1500);
      }),
    );
  });
});

describe('what a run teaches', () => {
  function learn(...events: readonly Record<string, unknown>[]): readonly Learned[] {
    const learner = new Learner();
    const all = [
      { event: 'run_created', run: 'demo-1a2b' },
      { event: 'plan_written', tasks: [{ id: 'T1', scope: ['src/'] }] },
      ...events,
    ];
    for (const [at, event] of all.entries())
      learner.add({ seq: at + 1, ts: '2026-11-22T10:00:00.000Z', fence: 1, ...event } as unknown as RecordedEvent);
    return learner.lessons();
  }
  const failed = {
    command: 'npm test',
    exit_code: 1,
    reason: 'exit code 1',
    tail: 'ok 1\nError: no such table\n1 of 2',
  };
  const red = { event: 'verification_finished', task: 'T1', attempt: 1, landing: false, passed: false, failed };
  const landed = { event: 'merge_finished', task: 'T1', attempt: 2 };

  test('a command that failed, and what the attempt did that passed it', () => {
    const done = { event: 'attempt_finished', task: 'T1', attempt: 2, touches: ['src/db.ts'] };
    expect(learn(red)).toEqual([]);
    expect(learn(red, done, landed)).toMatchObject([
      {
        kind: 'mended',
        text: '`npm test` failed in T1#1 (exit code 1: Error: no such table); T1#2 passed it after changing src/db.ts',
        from: 'run demo-1a2b, T1#1, event 3',
        paths: ['src/db.ts'],
        command: 'npm test',
        day: '2026-11-22',
      },
    ]);
  });

  test('flaky commands, set-up that was mended, conflicts that come back, answers in words', () => {
    const flaked = { event: 'verification_flaked', task: 'T1', attempt: 1, command: 'npm test' };
    const conflict = { event: 'merge_conflicted', task: 'T1', attempt: 1, paths: ['src/a.ts'], with: ['T2'] };
    const unready = {
      event: 'setup_finished',
      task: 'T1',
      attempt: 1,
      passed: false,
      failed: { ...failed, command: 'npm ci' },
    };
    const note = {
      event: 'gate_answered',
      gate: 'circuit:T1',
      answer: 'retry',
      by: 'ada',
      how: 'terminal',
      note: 'use node 22',
    };
    expect(
      learn(conflict, conflict, flaked, flaked, unready, note, { ...unready, passed: true, failed: undefined }),
    ).toMatchObject([
      { kind: 'answer', text: expect.stringContaining('use node 22'), paths: ['src/'] },
      { kind: 'setup', text: expect.stringMatching(/npm ci.*passed after ada said: use node 22/), command: 'npm ci' },
      { kind: 'flaky', text: expect.stringContaining('2 times'), command: 'npm test' },
      { kind: 'conflict', text: expect.stringContaining('between T1, T2'), paths: ['src/a.ts'] },
    ]);
    expect(learn(conflict)).toEqual([]);
  });

  test('findings of reviews that were confirmed, and what digests of landed work name', () => {
    const finding = {
      fingerprint: 'f1',
      severity: 'high',
      category: 'correctness',
      file: 'src/a.ts',
      claim: 'off by one',
      check_command: null,
      fate: 'fixed',
    };
    const review = {
      event: 'review_finished',
      task: 'T1',
      findings: [finding, { ...finding, fingerprint: 'f2', fate: 'refuted', shown: 'passes' }],
    };
    const digest = {
      event: 'digest_recorded',
      task: 'T1',
      attempt: 2,
      source: 'agent',
      summary: '',
      deviations: ['kept the old name'],
      patterns: ['one file a rule'],
    };
    expect(learn(review, digest).map(({ kind }) => kind)).toEqual(['finding']);
    expect(learn(review, digest, landed).map(({ kind, text }) => [kind, text])).toEqual([
      ['deviation', 'T1: kept the old name'],
      ['pattern', 'T1: one file a rule'],
      ['finding', 'a review of T1 found (high, correctness): off by one; it was fixed'],
    ]);
  });

  test('one run leaves a bounded number of lessons', () => {
    const many = Array.from({ length: 200 }, (_, at) => ({
      event: 'verification_flaked',
      task: 'T1',
      attempt: 1,
      command: `c${at}`,
    }));
    expect(learn(...many)).toHaveLength(10);
  });
});
