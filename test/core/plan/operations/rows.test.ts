import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { PlanKind, PlanTask } from '../../../../src/core/plan/model.ts';
import { operate } from '../../../../src/core/plan/operations/operate.ts';
import type { PlanOperation } from '../../../../src/core/plan/operations/operation.ts';
import { parsePlan } from '../../../../src/core/plan/parse.ts';

const STREAMS = readFileSync(new URL('../../../../examples/links/plan.md', import.meta.url), 'utf8');

const TICKETS = [
  '# Ferry Timetable Epic\n',
  '## Ticket Summary\n',
  '| # | Ticket | Title | Files | Depends On | Status |',
  '|---|--------|-------|-------|------------|--------|',
  '| 1 | T-12-1 | Seasons and their days | `src/season.ts` | — | Done |',
  '| 2 | T-12-2 | Ferries out of service | `src/service.ts` | — | Open |',
  '| 3 | T-12-3 | The timetable of a day | `src/day.ts` | T-12-1, T-12-2 | Open |\n',
  '## Acceptance Criteria\n',
  '1. A winter day shows no summer ferry.\n',
].join('\n');

const ISSUES = [
  '---\nkind: implementation\n---\n\n# Plan: Harbour signs\n',
  '## Issues\n',
  '| Title | ID | Dependencies | Wave |',
  '|---|---|---|---|',
  '| Sort the signs | hb-7x.1 | None | 1 |',
  '| Paint the signs | hb-7x.2 | hb-7x.1 | 2 |',
  '| Hang the signs | hb-7x.3 | hb-7x.2 | 3 |\n',
].join('\n');

function tasks(text: string, kind: PlanKind): Record<string, PlanTask> {
  const plan = parsePlan(text, { fileName: 'plan.md', kind });
  if (!plan.ok) throw new Error('no plan');
  return Object.fromEntries(plan.value.units.map(({ task }) => [task.id, task]));
}

function done(text: string, kind: PlanKind, operation: PlanOperation): string {
  const operated = operate(text, kind, operation);
  if (!operated.ok) throw new Error(`${operated.error.message} (${operated.error.hint})`);
  return operated.value.text;
}

/** Lines that are in one text alone: `- ` of the first, `+ ` of the second. */
function changed(before: string, after: string): string[] {
  const [one, other] = [before.split('\n'), after.split('\n')];
  const less = one.filter((line) => !other.includes(line)).map((line) => `- ${line}`);
  return [...less, ...other.filter((line) => !one.includes(line)).map((line) => `+ ${line}`)];
}

const ADD = { do: 'add', title: 'More | of it', needs: [], before: [], scope: [], verify: [], text: '' } as const;
const part = (title: string): { title: string; scope: undefined; verify: undefined } => ({
  title,
  scope: undefined,
  verify: undefined,
});

/** What becomes of the lines of a table, operation by operation. */
const CASES: readonly (readonly [string, PlanKind, string, PlanOperation, readonly string[]])[] = [
  [
    'a stream is a row more, for which others wait',
    'functional',
    STREAMS,
    { ...ADD, needs: ['WS-1'], before: ['WS-6'] },
    [
      '- | WS-6: Guide | technical-writer | /document | FR-1 (guide), FR-2 (guide), FR-3 (guide) | WS-3, WS-4 | WS-5 |',
      '+ | WS-6: Guide | technical-writer | /document | FR-1 (guide), FR-2 (guide), FR-3 (guide) | WS-3, WS-4, WS-7 | WS-5 |',
      '+ | WS-7: More \\| of it | — | — | — | WS-1 | — |',
    ],
  ],
  [
    'a stream about which more is said has a section, too',
    'functional',
    STREAMS,
    { ...ADD, title: 'More', text: 'Words.\n\nMore words.' },
    ['+ | WS-7: More | — | — | — | — | — |', '+ ### WS-7: More', '+ Words.', '+ More words.'],
  ],
  [
    'a stream is split, and no two carry the same',
    'functional',
    STREAMS,
    { do: 'split', task: 'WS-4', parts: [part('List'), part('Style (plain)')], beside: false },
    [
      '- | WS-4: Page | software-engineer | /implement | FR-3 (page) | WS-1 | WS-2, WS-3 |',
      '- | WS-5: Acceptance tests | test-engineer | /test | FR-1 (tests), FR-2 (tests), FR-3 (tests), NFR-1 | WS-3, WS-4 | WS-6 |',
      '- | WS-6: Guide | technical-writer | /document | FR-1 (guide), FR-2 (guide), FR-3 (guide) | WS-3, WS-4 | WS-5 |',
      '+ | WS-4: List | software-engineer | /implement | FR-3 (page, List) | WS-1 | WS-2, WS-3 |',
      '+ | WS-7: Style (plain) | software-engineer | /implement | FR-3 (page, Style plain) | WS-4 | WS-2, WS-3 |',
      '+ | WS-5: Acceptance tests | test-engineer | /test | FR-1 (tests), FR-2 (tests), FR-3 (tests), NFR-1 | WS-3, WS-7 | WS-6 |',
      '+ | WS-6: Guide | technical-writer | /document | FR-1 (guide), FR-2 (guide), FR-3 (guide) | WS-3, WS-7 | WS-5 |',
    ],
  ],
  [
    'a ticket is a row with its number, files and needs',
    'implementation',
    TICKETS,
    { ...ADD, needs: ['T-12-2'], scope: ['docs/'] },
    ['+ | 4 | T-12-4 | More \\| of it | `docs/` | T-12-2 | Open |'],
  ],
  [
    'a part of a ticket is open',
    'implementation',
    TICKETS,
    { do: 'split', task: 'T-12-1', parts: [part('Seasons'), part('Days')], beside: true },
    [
      '- | 1 | T-12-1 | Seasons and their days | `src/season.ts` | — | Done |',
      '- | 3 | T-12-3 | The timetable of a day | `src/day.ts` | T-12-1, T-12-2 | Open |',
      '+ | 1 | T-12-1 | Seasons | `src/season.ts` | — | Done |',
      '+ | 4 | T-12-4 | Days | `src/season.ts` | — | Open |',
      '+ | 3 | T-12-3 | The timetable of a day | `src/day.ts` | T-12-1, T-12-4, T-12-2 | Open |',
    ],
  ],
  [
    'merged tickets have the files of both',
    'implementation',
    TICKETS,
    { do: 'merge', tasks: ['T-12-1', 'T-12-2'], title: 'Days and ferries' },
    [
      '- | 1 | T-12-1 | Seasons and their days | `src/season.ts` | — | Done |',
      '- | 2 | T-12-2 | Ferries out of service | `src/service.ts` | — | Open |',
      '- | 3 | T-12-3 | The timetable of a day | `src/day.ts` | T-12-1, T-12-2 | Open |',
      '+ | 1 | T-12-1 | Days and ferries | `src/season.ts`, `src/service.ts` | — | Done |',
      '+ | 3 | T-12-3 | The timetable of a day | `src/day.ts` | T-12-1 | Open |',
    ],
  ],
  [
    'the files of a ticket are a cell',
    'implementation',
    TICKETS,
    { do: 'scope', task: 'T-12-3', paths: ['src/b.ts', 'test/'] },
    [
      '- | 3 | T-12-3 | The timetable of a day | `src/day.ts` | T-12-1, T-12-2 | Open |',
      '+ | 3 | T-12-3 | The timetable of a day | `src/b.ts`, `test/` | T-12-1, T-12-2 | Open |',
    ],
  ],
  [
    'an issue stands in the wave behind what it needs',
    'implementation',
    ISSUES,
    { ...ADD, title: 'Oil the hinges', needs: ['hb-7x.1'] },
    ['+ | Oil the hinges | hb-7x.4 | hb-7x.1 | 2 |'],
  ],
];

describe('units that are rows of a table', () => {
  test.each(CASES)('%s', (_, kind, text, operation, lines) => {
    expect(changed(text, done(text, kind, operation))).toEqual(lines);
  });

  test('merged streams carry what both carried', () => {
    const after = tasks(
      done(STREAMS, 'functional', { do: 'merge', tasks: ['WS-3', 'WS-4'], title: undefined }),
      'functional',
    );
    expect(Object.keys(after)).toEqual(['WS-1', 'WS-2', 'WS-3', 'WS-5', 'WS-6']);
    expect(after['WS-3']).toMatchObject({ title: 'Server, and Page', needs: ['WS-1', 'WS-2'] });
    expect(after['WS-5']?.needs).toEqual(['WS-3']);
  });

  test('streams name no files and no commands, whoever asks', () => {
    const said = (operation: PlanOperation): string => {
      const operated = operate(STREAMS, 'functional', operation);
      return operated.ok ? '' : `${operated.error.message}; ${operated.error.hint}`;
    };
    expect(said({ ...ADD, scope: ['src/'] })).toContain('leave --scope out');
    expect(said({ do: 'scope', task: 'WS-1', paths: ['src/'] })).toContain('name no files: the plan that is written');
    expect(said({ do: 'verify', task: 'WS-1', commands: ['true'] })).toContain('name no commands');
  });

  test('words for which a table has no room are not lost in silence', () => {
    const operated = operate(TICKETS, 'implementation', { ...ADD, text: 'Much to say.' });
    expect(operated.ok ? '' : operated.error.hint).toContain('leave --text out');
  });
});
