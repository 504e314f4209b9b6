import { describe, expect, test } from 'vitest';
import type { PlanKind } from '../../../../src/core/plan/model.ts';
import { operate, type Operated } from '../../../../src/core/plan/operations/operate.ts';
import type { PlanOperation } from '../../../../src/core/plan/operations/operation.ts';
import { parsePlan } from '../../../../src/core/plan/parse.ts';

/** Six signs in waves, with a table of checks and a table of files beside them. */
const WAVES = [
  '---\nkind: implementation\n---\n\n# Plan: Harbour signs\n',
  'There are 5 issues.\n',
  '## Issues\n',
  '| Title | ID | Dependencies | Wave |',
  '|---|---|---|---|',
  '| Sort the signs | hb-7x.1 | None | 1 |',
  '| Paint the red signs | hb-7x.2 | hb-7x.1 | 2 |',
  '| Paint the green signs | hb-7x.3 | hb-7x.1 | 2 |',
  '| Paint the blue signs | hb-7x.4 | hb-7x.1 | 2 |',
  '| Hang the signs | hb-7x.5 | hb-7x.2, hb-7x.3, hb-7x.4 | 3 |\n',
  '## Execution Order\n',
  '**Wave 1** (1 task): hb-7x.1 (sort first)',
  '**Wave 2** (3 tasks, parallel): hb-7x.2, hb-7x.3, hb-7x.4',
  '**Wave 3** (1 task): hb-7x.5\n',
  'While hb-7x.4 dries, make tea.\n',
  '## Conformance Checks\n',
  '| Issue | Check Type | Check |',
  '|---|---|---|',
  '| hb-7x.3, hb-7x.4 | command | `npm run colours` |',
  '| hb-7x.4 | command | `npm run blue` |\n',
].join('\n');

const GATES = [
  '# Implementation Plan: Links\n',
  '**Feature**: Links\n',
  '## Work Streams\n',
  '| Stream | Agent | Command | Requirements | Depends On | Parallel With |',
  '|---|---|---|---|---|---|',
  '| WS-1: Store | a | /implement | — | — | WS-2 |',
  '| WS-2: Codes | a | /implement | — | — | WS-1, WS-4 |',
  '| WS-3: Server | a | /implement | — | WS-1, WS-2 | — |',
  '| WS-4: Page | a | /implement | — | WS-1 | WS-2, WS-3 |\n',
  '## Gates\n',
  '| Gate | Title | After | Before |',
  '|---|---|---|---|',
  '| G3 | Readiness | WS-2 | WS-3, WS-4 |\n',
].join('\n');

function operated(text: string, kind: PlanKind, operation: PlanOperation): Operated {
  const result = operate(text, kind, operation);
  if (!result.ok) throw new Error(`${result.error.message} (${result.error.hint})`);
  return result.value;
}

function stop(text: string): { readonly after: readonly string[]; readonly before: readonly string[] } | undefined {
  const plan = parsePlan(text, { fileName: 'plan.md', kind: 'functional' });
  const gate = plan.ok ? plan.value.gates.find(({ id }) => id === 'G3') : undefined;
  return gate === undefined ? undefined : { after: gate.after, before: gate.before };
}

const part = (title: string): { title: string; scope: undefined; verify: undefined } => ({
  title,
  scope: undefined,
  verify: undefined,
});

describe('what the rest of the document says of a task that is gone', () => {
  test('lists, rows and totals go with it, sentences are told of', () => {
    const { text, mentions } = operated(WAVES, 'implementation', { do: 'drop', tasks: ['hb-7x.4'] });
    expect(text).toBe(
      WAVES.replace('There are 5 issues', 'There are 4 issues')
        .replace('| Paint the blue signs | hb-7x.4 | hb-7x.1 | 2 |\n', '')
        .replace('hb-7x.2, hb-7x.3, hb-7x.4 | 3 |', 'hb-7x.1, hb-7x.2, hb-7x.3 | 3 |')
        .replace('(3 tasks, parallel): hb-7x.2, hb-7x.3, hb-7x.4', '(2 tasks, parallel): hb-7x.2, hb-7x.3')
        .replace('| hb-7x.4 | command | `npm run blue` |\n', ''),
    );
    // The check of both is part of what hb-7x.3 is to do, which nobody asked to change.
    expect(mentions).toEqual([
      { id: 'hb-7x.4', line: 24, text: 'While hb-7x.4 dries, make tea.' },
      { id: 'hb-7x.4', line: 30, text: '| hb-7x.3, hb-7x.4 | command | `npm run colours` |' },
    ]);
  });

  test('a task that took it over is named instead, once', () => {
    const { text } = operated(WAVES, 'implementation', { do: 'merge', tasks: ['hb-7x.3', 'hb-7x.4'], title: 'Both' });
    expect(text).toContain('**Wave 2** (2 tasks, parallel): hb-7x.2, hb-7x.3\n');
    expect(text).toContain('| hb-7x.3 | command | `npm run colours` |\n| hb-7x.3 | command | `npm run blue` |');
    expect(text).toContain('While hb-7x.4 dries');
  });

  test('the last of a wave takes the line with it', () => {
    const { text } = operated(WAVES, 'implementation', { do: 'drop', tasks: ['hb-7x.5'] });
    expect(text).not.toContain('Wave 3');
  });

  test('the text of other tasks stays, so that nobody at work begins again: what it says is told of', () => {
    const { text, mentions } = operated(GATES, 'functional', { do: 'drop', tasks: ['WS-4'] });
    expect(text).toContain('| WS-2: Codes | a | /implement | — | — | WS-1, WS-4 |');
    expect(text).toContain('| G3 | Readiness | WS-2 | WS-3 |');
    expect(mentions.map(({ line }) => line)).toEqual([10]);
    const merged = operated(GATES, 'functional', { do: 'merge', tasks: ['WS-3', 'WS-4'], title: 'Both' });
    expect(merged.text).toContain('| WS-2: Codes | a | /implement | — | — | WS-1, WS-4 |');
  });
});

describe('stops', () => {
  test('wait for the task that took over what they wait for', () => {
    const { text } = operated(GATES, 'functional', { do: 'merge', tasks: ['WS-1', 'WS-2'], title: 'Store' });
    expect(stop(text)).toEqual({ after: ['WS-1'], before: ['WS-3', 'WS-4'] });
  });

  test('wait for all parts of what they wait for', () => {
    const parts = [part('Short'), part('Long')];
    for (const beside of [true, false]) {
      const { text } = operated(GATES, 'functional', { do: 'split', task: 'WS-2', parts, beside });
      expect(stop(text)?.after.toSorted()).toEqual(['WS-2', 'WS-5']);
    }
  });

  test('stand before all parts of what they stand before', () => {
    const parts = [part('Short'), part('Long')];
    const split = { do: 'split', task: 'WS-3', parts } as const;
    expect(stop(operated(GATES, 'functional', { ...split, beside: true }).text)?.before.toSorted()).toEqual([
      'WS-3',
      'WS-4',
      'WS-5',
    ]);
    // The second part waits for the first one anyway.
    expect(stop(operated(GATES, 'functional', { ...split, beside: false }).text)?.before).toEqual(['WS-3', 'WS-4']);
  });

  test('do not stand before everything because nothing that they name is left', () => {
    expect(stop(operated(GATES, 'functional', { do: 'drop', tasks: ['WS-3', 'WS-4'] }).text)?.before).toEqual([]);
    const result = operate(GATES, 'functional', { do: 'drop', tasks: ['WS-2', 'WS-3', 'WS-4'] });
    expect(result.ok ? '' : result.error.message).toContain('the stop G3 ("Readiness") would stand before WS-1');
  });

  test('in the middle of what would be one task are not passed over', () => {
    const result = operate(GATES, 'functional', { do: 'merge', tasks: ['WS-2', 'WS-3'], title: undefined });
    expect(result.ok ? '' : result.error.message).toContain('stands in the middle of what WS-2 would be');
  });
});
