import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Board } from '../../../src/core/views/board.ts';
import { liveView, type Size } from '../../../src/surfaces/tui/live-view.ts';
import { cells } from '../../../src/surfaces/width.ts';
import { board, FINISH_GATE, NOON } from '../fake.ts';

function lines(of: Board, size: Size, notice?: string): string[] {
  return liveView(of, NOON, size, notice).lines.map((line) => line.map(({ text }) => text).join(''));
}

const picture = (of: Board, size: Size, notice?: string): string => `\n${lines(of, size, notice).join('\n')}\n`;

const BUSY = board({
  total: 60,
  counts: {
    pending: 20,
    working: 12,
    planned: 0,
    unfolded: 0,
    verifying: 2,
    reviewing: 0,
    merging: 1,
    merged: 20,
    failed: 5,
  },
  working: Array.from({ length: 12 }, (_, index) => ({
    task: `T${index + 20}`,
    title: 'A task with a title that goes on and on and on until somebody cuts it',
    attempt: 1,
    agent: 'alpha',
    status: 'working' as const,
    since: NOON - index * 60_000,
  })),
  recent: Array.from({ length: 12 }, (_, index) => ({
    at: NOON - index * 1000,
    text: `T${index} merged as 0123abcd`,
  })).toReversed(),
  waiting: [
    {
      what: 'T7 failed: the verify command npm test exited with 1, three times in a row',
      since: NOON,
      type: ['masterplan retry T7 --run add-login', 'masterplan explain T7 --run add-login'],
    },
  ],
});

describe('the live view', () => {
  test('what to type for a question of an agent is whole in 80 columns, with every answer', () => {
    const stem = 'masterplan approve add-login --gate ask:T4.2:d0b98b90 --answer ';
    const asked = board({
      waiting: [
        {
          what: 'T4#2 (alpha) asks: Bash: rm -rf build',
          since: NOON,
          type: ['allow', 'session', 'run', 'deny'].map((answer) => stem + answer),
        },
      ],
    });
    const shown = lines(asked, { columns: 80, rows: 24 });
    expect(shown).toContain(`    ${stem}allow`);
    expect(shown).toContain('      or --answer session, run, deny');
    expect(shown.join('\n')).not.toContain('…');
  });

  test('of a usual terminal', () => {
    expect(picture(board(), { columns: 80, rows: 24 })).toMatchInlineSnapshot(`
      "
      Add a login  add-login masterplan/add-login                          12 min 00 s
      █████████████████░░░░░░░░░░░░░░░░░░░░░░░  3 of 7 merged
      2 pending (1 ready) · 1 working · 1 verifying · 3 merged

      At work
        T4#2  Sessions that end                           alpha  working    4 min 10 s
        T5#1  The form 登録 for new people                beta   verifying  <1 s

      Last events
        11:59:55  T3 merged as 33333333
        11:59:56  T4#2 started with alpha
      "
    `);
  });

  test('with more than fits: what waits first, then who is at work, then the newest events', () => {
    expect(picture(BUSY, { columns: 100, rows: 24 }, 'no new attempts; 12 still at work')).toMatchInlineSnapshot(`
      "
      Add a login  add-login masterplan/add-login                                              12 min 00 s
      █████████████░░░░░░░░░░░░░░░░░░░░░░░░███  20 of 60 merged
      20 pending (1 ready) · 12 working · 2 verifying · 1 merging · 20 merged · 5 failed

      Waits for you
        T7 failed: the verify command npm test exited with 1, three times in a row
          masterplan retry T7 --run add-login
          masterplan explain T7 --run add-login

      At work
        T20#1  A task with a title that goes on and on and on until somebo…  alpha  working    <1 s
        T21#1  A task with a title that goes on and on and on until somebo…  alpha  working    1 min 00 s
        T22#1  A task with a title that goes on and on and on until somebo…  alpha  working    2 min 00 s
        T23#1  A task with a title that goes on and on and on until somebo…  alpha  working    3 min 00 s
        T24#1  A task with a title that goes on and on and on until somebo…  alpha  working    4 min 00 s
        T25#1  A task with a title that goes on and on and on until somebo…  alpha  working    5 min 00 s
        … 6 more lines

      Last events
        11:59:58  T2 merged as 0123abcd
        11:59:59  T1 merged as 0123abcd
        12:00:00  T0 merged as 0123abcd
      no new attempts; 12 still at work
      "
    `);
  });

  test('narrow', () => {
    expect(picture(BUSY, { columns: 40, rows: 20 })).toMatchInlineSnapshot(`
      "
      Add a login                  12 min 00 s
      ███████░░░░░░░░░░░░░░░█  20 of 60 merged
      20 pending (1 ready) · 12 working · 2 v…

      Waits for you
        T7 failed: the verify command npm tes…
          masterplan retry T7 --run add-login
          masterplan explain T7 --run
          add-login

      At work
        T20#1  working    <1 s
        T21#1  working    1 min 00 s
        … 10 more lines

      Last events
        T2 merged as 0123abcd
        T1 merged as 0123abcd
        T0 merged as 0123abcd
      "
    `);
  });

  test('short', () => {
    expect(picture(BUSY, { columns: 80, rows: 9 })).toMatchInlineSnapshot(`
      "
      Add a login  add-login masterplan/add-login                          12 min 00 s
      █████████████░░░░░░░░░░░░░░░░░░░░░░░░███  20 of 60 merged
      20 pending (1 ready) · 12 working · 2 verifying · 1 merging · 20 merged · 5 fai…

      Waits for you
        T7 failed: the verify command npm test exited with 1, three times in a row
          masterplan retry T7 --run add-login
          masterplan explain T7 --run add-login
      "
    `);
  });

  test('at the finish gate', () => {
    expect(picture(board({ working: [], recent: [], waiting: [FINISH_GATE] }), { columns: 80, rows: 24 }))
      .toMatchInlineSnapshot(`
        "
        Add a login  add-login masterplan/add-login                          12 min 00 s
        █████████████████░░░░░░░░░░░░░░░░░░░░░░░  3 of 7 merged
        2 pending (1 ready) · 1 working · 1 verifying · 3 merged

        Waits for you
          all 7 tasks are merged. What should happen with masterplan/add-login?
            masterplan approve add-login --finish merge
            masterplan approve add-login --finish keep
            masterplan approve add-login --finish discard
            it stands at 11111111
        "
      `);
  });

  test('never higher than the terminal less a row, never wider, whatever the run', () => {
    const sizes = fc.record({ columns: fc.integer({ min: 20, max: 200 }), rows: fc.integer({ min: 4, max: 80 }) });
    const word = fc.string({ unit: 'grapheme', maxLength: 60 });
    const boards = fc.record({
      title: word,
      slug: word,
      total: fc.integer({ min: 0, max: 2000 }),
      counts: fc.record({
        pending: fc.nat(9),
        working: fc.nat(9),
        planned: fc.nat(9),
        unfolded: fc.nat(9),
        verifying: fc.nat(9),
        reviewing: fc.nat(9),
        merging: fc.nat(9),
        merged: fc.nat(0),
        failed: fc.nat(0),
      }),
      working: fc.array(
        fc.record({
          task: word,
          title: word,
          attempt: fc.nat(99),
          agent: word,
          status: fc.constantFrom('working', 'verifying', 'merging' as const),
          since: fc.integer({ min: 0, max: NOON }),
        }),
        { maxLength: 30 },
      ),
      recent: fc.array(fc.record({ at: fc.constant(NOON), text: word }), { maxLength: 12 }),
      waiting: fc.array(fc.record({ what: word, since: fc.constant(0), type: fc.array(word, { maxLength: 4 }) }), {
        maxLength: 6,
      }),
    });
    fc.assert(
      fc.property(boards, sizes, fc.option(word, { nil: undefined }), (fields, size, notice) => {
        const shown = lines(board(fields as Partial<Board>), size, notice);
        expect(shown.length).toBeLessThan(size.rows);
        for (const line of shown) {
          expect(cells(line)).toBeLessThanOrEqual(size.columns);
          expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
        }
      }),
      { numRuns: 500 },
    );
  });
});
