import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { documentOf, type Document } from '../../../../src/core/plan/operations/document.ts';
import { spellings } from '../../../../src/core/plan/operations/mentions.ts';
import { operate } from '../../../../src/core/plan/operations/operate.ts';
import type { PlanOperation } from '../../../../src/core/plan/operations/operation.ts';
import { parsePlan } from '../../../../src/core/plan/parse.ts';

/** Documents in the forms that plans are written in, and what each operation comes to: refused ones begin with `-`. */
const FORMS: Readonly<Record<string, string>> = {
  'examples/diamond/plan.md': '',
  'examples/phases/plan.md': '-add-before -drop-need',
  'examples/links/plan.md': '-scope -verify -split-beside',
  'examples/loglines/plan.md': '-drop-need',
  'examples/recipes/plan.md': '-drop -merge -drop-need',
  'test/cases/plans/functional-streams.md': '-scope -verify -split-beside -drop-need',
  'test/cases/plans/implementation-unit-table.md': '-verify -split-beside -add',
  'test/cases/plans/implementation-waves.md': '-add -scope -split-beside -split -verify',
  'test/cases/plans/implementation-features.md': '',
  'test/cases/plans/macro-full.md': '',
  'test/cases/plans/macro-packages.md': '',
  'test/cases/plans/micro-full.md': '-drop-need',
  'test/cases/plans/task-waves-stages.md': '-merge',
  'test/cases/plans/task-steps.md': '',
};

const none = { scope: undefined, verify: undefined };

/** One operation of each kind, on a task in the middle and its neighbours. */
function operationsOn({ tasks }: Document): Readonly<Record<string, PlanOperation>> {
  const ids = tasks.map(({ id }) => id);
  const at = Math.floor(ids.length / 2);
  const [first = '', middle = '', before = '', last = ''] = [ids[0], ids[at], ids[at - 1], ids.at(-1)];
  const add = { do: 'add', title: 'Write the manual', before: [], scope: [], verify: [], text: '' } as const;
  const needing = tasks.findLast(({ needs }) => needs.length > 0);
  return {
    add: {
      ...add,
      needs: [first],
      scope: kindless(tasks) ? [] : ['docs/'],
      verify: kindless(tasks) ? [] : ['npm run docs'],
    },
    'add-before': { ...add, needs: [], before: [last] },
    drop: { do: 'drop', tasks: [middle] },
    split: {
      do: 'split',
      task: middle,
      parts: [
        { title: 'One half', ...none },
        { title: 'Other half', ...none },
      ],
      beside: false,
    },
    'split-beside': {
      do: 'split',
      task: middle,
      parts: [
        { title: 'One half', scope: ['src/one/'], verify: ['npm run one'] },
        { title: 'Other half', scope: ['src/other/'], verify: ['npm run other'] },
      ],
      beside: true,
    },
    merge: { do: 'merge', tasks: [before, middle], title: undefined },
    scope: { do: 'scope', task: middle, paths: ['src/x/', 'test/x.ts'] },
    verify: { do: 'verify', task: middle, commands: ['npm run a', 'npm run b'] },
    title: { do: 'title', task: middle, title: 'Another title' },
    'drop-need': { do: 'drop-need', task: needing?.id ?? '', needs: [needing?.needs[0] ?? ''] },
  };
}

/** Streams name no files: a new one is asked for without. */
function kindless(tasks: Document['tasks']): boolean {
  return tasks.every(({ id }) => id.startsWith('WS-'));
}

function read(path: string): Document {
  const text = readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
  const plan = parsePlan(text, { fileName: 'plan.md' });
  const document = plan.ok ? documentOf(text, plan.value.kind) : undefined;
  if (document === undefined) throw new Error(`${path} is no plan`);
  return document;
}

/** Lines of one text that another one has fewer of, with their places. */
function only(text: string, other: string): { readonly line: string; readonly at: number }[] {
  const left = new Map<string, number>();
  for (const line of other.split('\n')) left.set(line, (left.get(line) ?? 0) + 1);
  let start = 0;
  return text.split('\n').flatMap((line) => {
    const at = start;
    start += line.length + 1;
    const there = left.get(line) ?? 0;
    if (there > 0) left.set(line, there - 1);
    return there > 0 || line.trim() === '' ? [] : [{ line, at }];
  });
}

describe.each(Object.entries(FORMS))('%s', (path, refused) => {
  const before = read(path);
  const { kind } = before.draft;

  test('takes every operation that it can say, and nothing else of it changes', () => {
    const no: string[] = [];
    for (const [name, operation] of Object.entries(operationsOn(before))) {
      const operated = operate(before.text, kind, operation);
      if (!operated.ok) {
        no.push(`-${name}`);
        expect(operated.error.hint).toMatch(/masterplan |leave --|edit the plan/);
        continue;
      }
      const { text, made } = operated.value;
      const after = documentOf(text, kind) as Document;
      const about = new Set([
        ...made,
        ...('task' in operation ? [operation.task] : []),
        ...('tasks' in operation ? operation.tasks : []),
      ]);
      const gone = operation.do === 'drop' ? operation.tasks : operation.do === 'merge' ? operation.tasks.slice(1) : [];
      const ids = before.tasks.map(({ id }) => id).filter((id) => !gone.includes(id));
      expect(after.tasks.map(({ id }) => id).toSorted()).toEqual([...ids, ...made].toSorted());
      // A plan in which the order of lines says what needs what says it in words from now on.
      if (!before.declares && before.draft.order === 'document') continue;
      const needs = new Map(after.tasks.map((task) => [task.id, [...task.needs].toSorted().join()]));
      for (const task of before.tasks) if (needs.get(task.id) !== [...task.needs].toSorted().join()) about.add(task.id);
      // Totals, and lists of which nothing is left.
      const count = /\b(?:of )?\d+\b|\bNone$/;
      for (const [one, other] of [
        [before, after],
        [after, before],
      ] as const)
        for (const { line, at } of only(one.text, other.text)) {
          const unit = one.draft.units.find(({ start, end }) => start <= at && at < end);
          const isAbout = [...about].some((id) => unit?.id === id || spellings(id).test(line));
          expect(isAbout || (made.length + gone.length > 0 && count.test(line)), `${name}: ${line}`).toBe(true);
        }
    }
    expect(no.toSorted().join(' ')).toBe(refused.split(' ').toSorted().join(' '));
  });
});
