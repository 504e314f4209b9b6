import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderAs } from '../../../../src/core/plan/kinds/templates.ts';
import { PLAN_KINDS, type PlanKind, type PlanTask } from '../../../../src/core/plan/model.ts';
import { operate } from '../../../../src/core/plan/operations/operate.ts';
import type { PlanOperation } from '../../../../src/core/plan/operations/operation.ts';
import { parsePlan } from '../../../../src/core/plan/parse.ts';
import type { Portable, PortableUnit } from '../../../../src/core/plan/portable.ts';
import { amendedPlan } from '../../../../src/core/run/amend/document.ts';

function unit(id: string, needs: readonly string[]): PortableUnit {
  const [scope, verify] = [[`src/${id.toLowerCase()}/`, `test/${id}.ts`], [`npm test -- ${id}`]];
  const lists = { needs, scope, verify, criteria: [], criterionIds: [], requirementIds: [] };
  const none = { group: undefined, agent: undefined, estimate: undefined, planFirst: undefined };
  return { id, title: `Make the ${id} thing`, body: `Do ${id} well.`, done: false, ...lists, ...none };
}

function portable(units: readonly PortableUnit[]): Portable {
  return { title: 'Demo', context: 'Words.', units, requirements: [], criteria: [], verify: ['npm test'] };
}

const FOUR = portable([unit('T1', []), unit('T2', ['T1']), unit('T3', ['T2']), unit('T4', ['T3'])]);

/** Every task of a text as `title | needs | scope | verify`. */
function read(text: string, kind: PlanKind): Record<string, PlanTask> {
  const plan = parsePlan(text, { fileName: 'plan.md', kind });
  if (!plan.ok) throw new Error('no plan');
  return Object.fromEntries(plan.value.units.map(({ task }) => [task.id, task]));
}

function done(text: string, operation: PlanOperation, kind: PlanKind = 'task'): string {
  const operated = operate(text, kind, operation);
  if (!operated.ok) throw new Error(`${operated.error.message} (${operated.error.hint})`);
  return operated.value.text;
}

function refused(text: string, operation: PlanOperation, kind: PlanKind = 'task'): string {
  const operated = operate(text, kind, operation);
  if (operated.ok) throw new Error(operated.value.text);
  return `${operated.error.message}; ${operated.error.hint}`;
}

const part = (title: string, path?: string): { title: string; scope: string[] | undefined; verify: undefined } => ({
  title,
  scope: path === undefined ? undefined : [path],
  verify: undefined,
});
const ADD = { do: 'add', title: 'More', needs: [], before: [], scope: [], verify: [], text: '' } as const;

/** Plans as people write them. */
const WRITTEN: Readonly<Record<string, string>> = {
  rendered: renderAs('task', FOUR),
  implementation: renderAs('implementation', FOUR),
  macro: renderAs('macro', FOUR),
  'in order, with steps and lists of files': [
    '# Plan',
    '### Task 1: Make the T1 thing\n\n**Files:** `src/t1/`\n\nDo it.',
    '### Task 2: Make the T2 thing\n\n**Files:**\n- Create: `src/t2/a.ts`\n- Test: `test/T2.ts`\n\n- [ ] **Step 1: Do it**',
    '### Task 3: Make the T3 thing\n\n**Files:** `src/t3/`\n**Verify:** `npm test -- T3`',
    '### Task 4: Make the T4 thing\n\nDo it.\n',
  ].join('\n\n'),
  'as a list': [
    '---\nkind: task\n---\n\n# Listed\n\n## Tasks\n',
    '- [ ] **T1 — Make the T1 thing** (`a.ts`). Do a. Verified by `npm test a`.',
    '- [ ] **T2 — Make the T2 thing** (`b.ts`). Do b.\n  - **Needs:** T1',
    '- [ ] **T3 — Make the T3 thing** (`c.ts`). Do c.\n  - **Needs:** T2',
    '- [ ] **T4 — Make the T4 thing** (`d.ts`). Do d.\n  - **Needs:** T3\n',
  ].join('\n'),
};

describe.each(Object.entries(WRITTEN))('a plan %s', (name, text) => {
  const kind = name === 'implementation' || name === 'macro' ? name : 'task';
  const before = read(text, kind);
  const [first = '', second = '', third = '', last = ''] = Object.keys(before);
  const five = last.replace('4', '5');

  test('gets a task, for which others wait', () => {
    const add = { ...ADD, needs: [second], before: [last], scope: ['src/new/'], verify: ['npm run more'] };
    const after = read(done(text, { ...add, text: 'Words.\n\nMore words.' }, kind), kind);
    expect(after[five]).toMatchObject({
      title: 'More',
      needs: [second],
      scope: ['src/new/'],
      verify: ['npm run more'],
    });
    expect(after[last]?.needs.toSorted()).toEqual([third, five]);
    for (const id of [first, second, third]) expect(after[id]).toEqual(before[id]);
  });

  test('loses tasks, and whoever needed them needs what they needed', () => {
    const after = read(done(text, { do: 'drop', tasks: [second, third] }, kind), kind);
    expect(Object.keys(after)).toEqual([first, last]);
    expect(after[last]).toEqual({ ...before[last], needs: [first] });
  });

  test('has a task split, one part after the other or beside each other', () => {
    const parts = [part('One half', 'src/one/'), part('Other half', 'src/other/')];
    const split = { do: 'split', task: second, parts } as const;
    const after = read(done(text, { ...split, beside: false }, kind), kind);
    expect(after[second]).toMatchObject({ title: 'One half', scope: ['src/one/'], needs: [first] });
    expect(after[five]).toMatchObject({ title: 'Other half', scope: ['src/other/'], needs: [second] });
    expect(after[third]).toEqual({ ...before[third], needs: [five] });
    const beside = read(done(text, { ...split, beside: true }, kind), kind);
    expect(beside[five]).toMatchObject({ needs: [first], verify: before[second]?.verify });
    expect(beside[third]?.needs.toSorted()).toEqual([second, five].toSorted());
  });

  test('has tasks merged', () => {
    const after = read(done(text, { do: 'merge', tasks: [second, third], title: undefined }, kind), kind);
    expect(Object.keys(after)).toEqual([first, second, last]);
    const titles = `${before[second]?.title ?? ''}, and ${before[third]?.title ?? ''}`;
    expect(after[second]).toMatchObject({ title: titles, needs: [first] });
    for (const field of ['scope', 'verify'] as const)
      expect(after[second]?.[field]).toEqual([...(before[second]?.[field] ?? []), ...(before[third]?.[field] ?? [])]);
    expect(after[last]).toEqual({ ...before[last], needs: [second] });
    expect(refused(text, { do: 'merge', tasks: [second, last], title: undefined }, kind)).toContain(
      `${third} stands between them`,
    );
  });

  test('has one thing of a task changed', () => {
    const change = (operation: PlanOperation, id: string): Partial<PlanTask> => {
      const after = read(done(text, operation, kind), kind);
      for (const other of Object.keys(before)) if (other !== id) expect(after[other]).toEqual(before[other]);
      return after[id] as PlanTask;
    };
    const scope = ['src/x/', 'test/T2.ts'];
    expect(change({ do: 'scope', task: second, paths: scope }, second)).toEqual({ ...before[second], scope });
    const verify = ['npm run a'];
    expect(change({ do: 'verify', task: second, commands: verify }, second)).toEqual({ ...before[second], verify });
    const title = 'Better `words` & <more>';
    expect(change({ do: 'title', task: second, title }, second).title).toBe(title);
    expect(change({ do: 'add-need', task: last, needs: [first] }, last).needs?.toSorted()).toEqual([first, third]);
    expect(change({ do: 'drop-need', task: last, needs: [third] }, last).needs).toEqual([]);
  });
});

test('prose and criteria are never written over', () => {
  const text = done(WRITTEN['rendered'] as string, { do: 'merge', tasks: ['T2', 'T3'], title: undefined });
  // It says in two places now what proves it and what it changes, with words between them.
  const verified = done(text, { do: 'verify', task: 'T2', commands: ['true'] });
  expect(verified).toContain('Do T2 well.\n\nWhat was T3 (Make the T3 thing) is done here, too.');
  expect(verified).toContain('Do T3 well.');
  expect(read(verified, 'task')['T2']?.verify).toEqual(['true']);
  expect(refused(text, { do: 'scope', task: 'T2', paths: ['src/'] })).toContain('only a person can edit');
  const wants = '# Plan\n\n### Task 1: One\n\n**Verify:**\n\n- `npm test`\n- It looks good.\n- `npm run b`\n\nWords.\n';
  const last = wants.replace('- `npm run b`\n', '');
  for (const one of [wants, last])
    expect(done(one, { do: 'verify', task: 'T1', commands: ['true'] })).toBe(last.replace('npm test', 'true'));
});

describe('what cannot be said', () => {
  const text = WRITTEN['rendered'] as string;

  test('is refused with what to do', () => {
    expect(refused(text, { do: 'drop', tasks: ['T9'] })).toContain('no task T9; tasks: T1, T2, T3, T4');
    expect(refused(text, { do: 'drop', tasks: ['1', 't2', 'T3', 'T4'] })).toContain('nothing would be left');
    expect(refused(text, { do: 'add-need', task: 'T1', needs: ['T4'] })).toContain('in a circle');
    expect(refused(text, { do: 'add-need', task: 'T2', needs: ['T1'] })).toContain('T2 needs T1 already');
    expect(refused(text, { do: 'drop-need', task: 'T1', needs: ['T4'] })).toContain('T1 does not need T4');
    expect(refused(text, { do: 'scope', task: 'T1', paths: ['../x'] })).toContain('"../x"');
    expect(refused(text, { do: 'verify', task: 'T1', commands: [' '] })).toContain('no command');
    expect(refused(text, { ...ADD, title: ' ' })).toContain('no title');
  });

  test.each(['phased', 'master'] as const)('in a plan of kind %s that counts its units', (kind) => {
    const plan = renderAs(kind, FOUR);
    const ids = Object.keys(read(plan, kind));
    const [, second = ''] = ids;
    expect(refused(plan, { do: 'drop', tasks: [second] }, kind)).toMatch(/masterplan waive P\d|edit the plan itself/);
    const after = read(done(plan, { ...ADD, scope: ['src/new/'] }, kind), kind);
    expect(Object.keys(after)).toEqual([...ids, `P${Number(ids.at(-1)?.slice(1)) + 1}`]);
    expect(read(done(plan, { do: 'scope', task: second, paths: ['src/x/'] }, kind), kind)[second]?.scope).toEqual([
      'src/x/',
    ]);
  });

  test('a number that a task had is not given again', () => {
    const operated = operate(text, 'task', ADD, ['T1', 'T7']);
    expect(operated.ok && operated.value.made).toEqual(['T8']);
  });
});

test('what an operation is not about stays the same text, also of tasks that say no needs', () => {
  const text = WRITTEN['in order, with steps and lists of files'] as string;
  const texts = (source: string): Readonly<Record<string, string>> => {
    const plan = parsePlan(source, { fileName: 'plan.md', kind: 'task' });
    return plan.ok ? amendedPlan(plan.value).texts : {};
  };
  expect(texts(done(text, { do: 'drop', tasks: ['T2'] }))).toEqual(
    Object.fromEntries(Object.entries(texts(text)).filter(([id]) => id !== 'T2')),
  );
  expect(texts(done(text, { do: 'add-need', task: 'T4', needs: ['T1'] }))).toEqual(texts(text));
});

test('any operation on any plan either does what it says, or is refused', () => {
  const words = fc.constantFrom('A', 'Some `code`', 'Task 2: x', '**Needs:** T1', '# x', '- [ ] y', '| a | b |', '');
  const ids = ['T1', 'T2', 'T3', 'T4', 'T5'];
  const one = fc.constantFrom(...ids);
  const some = fc.uniqueArray(one, { maxLength: 3 });
  const paths = fc.subarray(['src/a/', 'b.ts', 'docs/**/*.md', 'x y.txt'], { maxLength: 3 });
  const commands = fc.subarray(['npm test', 'test -e "x`y"', 'make | cat', 'true'], { minLength: 1 });
  const operations: fc.Arbitrary<PlanOperation> = fc.oneof(
    fc.record({
      do: fc.constant('add' as const),
      title: words,
      needs: some,
      before: some,
      scope: paths,
      verify: commands,
      text: words,
    }),
    fc.record({ do: fc.constant('drop' as const), tasks: some }),
    fc.record({ do: fc.constant('merge' as const), tasks: some, title: fc.option(words, { nil: undefined }) }),
    fc.record({ do: fc.constant('scope' as const), task: one, paths }),
    fc.record({ do: fc.constant('verify' as const), task: one, commands }),
    fc.record({ do: fc.constantFrom('add-need' as const, 'drop-need' as const), task: one, needs: some }),
    fc.record({
      do: fc.constant('split' as const),
      task: one,
      beside: fc.boolean(),
      parts: fc.array(
        fc.record({ title: words, scope: fc.option(paths, { nil: undefined }), verify: fc.constant(undefined) }),
        { maxLength: 3 },
      ),
    }),
  );
  const plans = fc.record({
    kind: fc.constantFrom(...PLAN_KINDS),
    needs: fc.array(fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), { minLength: 5, maxLength: 5 }),
  });
  let carriedOut = 0;
  fc.assert(
    fc.property(plans, operations, ({ kind, needs }, operation) => {
      const units = ids.map((id, i) =>
        unit(
          id,
          ids.filter((_, j) => j < i && needs[i]?.[j] === true),
        ),
      );
      const text = renderAs(kind, portable(units));
      const operated = operate(text, kind, operation);
      if (!operated.ok) {
        expect(operated.error.hint).not.toBe('');
        return;
      }
      carriedOut++;
      const [before, after] = [read(text, kind), read(operated.value.text, kind)];
      const gone = operation.do === 'drop' ? operation.tasks : operation.do === 'merge' ? operation.tasks.slice(1) : [];
      expect(Object.keys(after).toSorted()).toEqual(
        [...Object.keys(before).filter((id) => !gone.includes(id)), ...operated.value.made].toSorted(),
      );
      const about = new Set([
        ...operated.value.made,
        ...('task' in operation ? [operation.task] : []),
        ...('tasks' in operation ? operation.tasks : []),
      ]);
      for (const [id, task] of Object.entries(after))
        if (!about.has(id)) expect({ ...task, needs: [], wave: 0 }).toEqual({ ...before[id], needs: [], wave: 0 });
    }),
    { numRuns: 80, seed: 7 },
  );
  expect(carriedOut).toBeGreaterThan(20);
});

describe('where the rules of a kind say more than its text', () => {
  const example = (name: string): string =>
    readFileSync(new URL(`../../../../examples/${name}/plan.md`, import.meta.url), 'utf8');
  const merge = (...tasks: string[]): PlanOperation => ({ do: 'merge', tasks, title: undefined });

  test('what a merged phase or module was to do is quoted, and proven by the commands of both', () => {
    const phases = example('phases');
    const text = done(phases, merge('P1', 'P2'), 'phased');
    expect(text).toContain('> `count.sh` writes the number that it prints');
    const [one, two] = [read(phases, 'phased')['P1'], read(phases, 'phased')['P2']];
    expect(read(text, 'phased')['P1']?.verify).toEqual([...(one?.verify ?? []), ...(two?.verify ?? [])]);
    expect(Object.keys(read(done(example('recipes'), merge('P4', 'P5'), 'master'), 'master'))).toHaveLength(5);
  });

  test('a new module waits for phase 0 without saying so', () => {
    const add = {
      do: 'add',
      title: 'Manual',
      needs: ['P0'],
      before: [],
      scope: ['docs/'],
      verify: ['true'],
      text: '',
    } as const;
    expect(read(done(example('recipes'), add, 'master'), 'master')['P6']?.needs).toEqual(['P0']);
  });

  test('a command that two merged tasks have in common stands once', () => {
    const task = (n: number): string =>
      `### Task ${n}: Part ${n}\n\n**Files:** \`src/${n}.ts\`\n**Needs:** none\n\n- [ ] Do it\n\n**Verify:**\n\n- \`npm test\`\n- \`npm run ${n}\`\n\n`;
    const text = done(`# Demo\n\n${task(1)}${task(2)}`, merge('T1', 'T2'));
    expect(text.match(/`npm test`/g)).toHaveLength(1);
    expect(read(text, 'task')['T1']?.verify).toEqual(['npm test', 'npm run 1', 'npm run 2']);
  });
});
