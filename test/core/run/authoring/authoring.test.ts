import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMPLEXITIES, PRESETS } from '../../../../src/core/run/complexity.ts';
import { givenAnswer, interviewOf, type Proposed } from '../../../../src/core/run/authoring/interview.ts';
import { authoredTasks, isReserved } from '../../../../src/core/run/authoring/model.ts';
import { contractCalled } from '../../../../src/core/run/contracts/registry.ts';
import { kindFor, readSpec, specTemplate } from '../../../../src/core/run/authoring/spec.ts';
import type { SpecSigns } from '../../../../src/core/run/authoring/shape.ts';
import { isAlike, names, slugOfTopic } from '../../../../src/core/run/authoring/topic.ts';

const ask = (question: string, more: Partial<Proposed> = {}): Proposed => ({
  question,
  options: ['yes', 'no'],
  ...more,
});

describe('the interview', () => {
  test.each(COMPLEXITIES)('asks as many questions as %s allows, whatever an agent proposes', (complexity) => {
    const [least, most] = PRESETS[complexity].questions;
    fc.assert(
      fc.property(fc.array(fc.record({ question: fc.string(), options: fc.array(fc.string()) })), (proposed) => {
        const asked = interviewOf(proposed, complexity);
        expect(asked.length).toBeGreaterThanOrEqual(least);
        expect(asked.length).toBeLessThanOrEqual(most);
        expect(asked.map(({ id }) => id)).toEqual(asked.map((_, i) => `Q${i + 1}`));
        for (const { options } of asked) {
          expect(options.length).toBeGreaterThanOrEqual(2);
          expect(options.length).toBeLessThanOrEqual(4);
          expect(new Set(options).size).toBe(options.length);
        }
      }),
    );
  });

  test('the recommended option comes first, and what is asked twice is asked once', () => {
    const asked = interviewOf([ask('May it?', { recommended: 'no' }), ask('may it?'), ask('Why?')], 'low');
    expect(asked.map(({ question, options }) => [question, ...options])).toEqual([
      ['May it?', 'no', 'yes'],
      ['Why?', 'yes', 'no'],
    ]);
  });

  test('an option may be recommended by its number, which stands back behind the words of one', () => {
    const first = (options: string[], recommended: string | number): string | undefined =>
      interviewOf([ask('Which?', { options, recommended })], 'low')[0]?.options[0];
    expect(first(['one', 'two', 'three'], 3)).toBe('three');
    expect(first(['one', 'two', 'three'], ' 2 ')).toBe('two');
    expect(first(['one', 'two'], 7)).toBe('one');
    expect(first(['5', '3', '2'], '2')).toBe('2');
    const digest = { contract_id: 'interview.v1', status: 'completed', summary: '' };
    const asked = JSON.stringify({
      ...digest,
      questions: [{ question: 'Which?', options: ['a', 'b'], recommended: 2 }],
    });
    expect(contractCalled('interview.v1')?.digest.check(asked, asked.length).ok).toBe(true);
  });

  test('answers are given by id, by words, by number, or for all; only what is for all is assumed', () => {
    const [first, second] = interviewOf([ask('May it?', { recommended: 'no' }), ask('Why?')], 'low');
    if (first === undefined || second === undefined) throw new Error('two were asked');
    expect(givenAnswer(first, { q1: '2' })).toMatchObject({ answer: 'yes', assumed: false });
    expect(givenAnswer(first, { 'may it?': 'NO' })).toMatchObject({ answer: 'no', assumed: false });
    expect(givenAnswer(first, { Q1: 'perhaps' })).toMatchObject({ answer: 'perhaps', assumed: false });
    expect(givenAnswer(second, { Q1: 'yes', '*': 'recommended' })).toMatchObject({ answer: 'yes', assumed: true });
    expect(givenAnswer(second, { Q1: 'yes' })).toBeUndefined();
  });
});

describe('a spec', () => {
  const whole = (more = '') =>
    `# Title\n\n## Intent\n\nWhy.\n\n## Scope\n\n- In: all\n\n## Requirements\n\n- FR-1: one\n\n${more}## Assumptions\n\n## Open decisions\n`;

  test('says five things', () => {
    expect(readSpec(whole()).ok).toBe(true);
    for (const section of ['Intent', 'Scope', 'Requirements', 'Assumptions', 'Open decisions']) {
      const read = readSpec(whole().replace(`## ${section}`, '## Else'));
      expect(read.ok ? [] : read.error.join(), section).toContain(section.split(' ')[0]);
    }
  });

  test('a template is none, nor is what stands in fences', () => {
    const read = readSpec(whole('## More\n\nTODO: think\n\n'));
    expect(read.ok ? [] : read.error).toEqual(['line 17: "TODO" is a placeholder']);
    expect(readSpec(whole('## More\n\n```\nTODO\n```\n\n')).ok).toBe(true);
    expect(readSpec('').ok).toBe(false);
    // What is shown to authors is of the form that is asked for, and says nothing as long as it is not filled in.
    const form = readSpec(specTemplate('A topic'));
    expect(form.ok ? [] : form.error).toHaveLength(1);
    expect(form.ok ? '' : form.error[0]).toContain('is what the form says');
    for (const line of specTemplate('A topic')
      .split('\n')
      .filter((one) => /^(?:-|[A-Z])/.test(one)))
      expect(readSpec(whole(`## More\n\n${line}\n\n`)).ok, line).toBe(false);
  });

  test('reading one never fails', () => {
    fc.assert(fc.property(fc.string(), (text) => void readSpec(text)));
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('#', '## ', '\n', '```', '- ', 'Requirements', '<!--', '|')),
        (parts) => void readSpec(parts.join('')),
      ),
    );
  });

  const signs = (text: string): SpecSigns => {
    const read = readSpec(whole(text));
    if (!read.ok) throw new Error(read.error.join());
    return read.value.signs;
  };

  test('says what the work is like', () => {
    expect(signs('## Shape\n\n- Modules: api, store and mail\n')).toMatchObject({ modules: 3 });
    expect(signs('## Shape\n\n- **Pull requests:** 4\n')).toMatchObject({ pullRequests: 4 });
    expect(signs('- FR-2: two (role: backend)\n- FR-3: three (role: tests)\n\n')).toMatchObject({
      roles: 2,
      requirements: 3,
    });
    expect(signs('## Shape\n\n- Modules: none\n')).toMatchObject({ modules: 1, requirements: 1 });
  });

  test.each([
    ['## Modules\n\n### Orders\n\nTakes them.\n\n### Payments\n\nTakes money.\n', { modules: 2 }],
    ['## Architecture\n\nIt consists of four independent modules: a, b, c, d.\n', { modules: 4 }],
    ['## Design\n\nThe work falls\ninto three modules.\n', { modules: 3 }],
    ['## Parts\n\n### Module 1: Store\n\nx\n\n### Module 2: API\n\nx\n', { modules: 2 }],
    ['## Delivery\n\nIt is delivered in three pull requests, the schema first.\n', { pullRequests: 3 }],
    ['## PR plan\n\n- PR-1: interface\n- PR-2: cache\n', { pullRequests: 2 }],
    ['\n| Id | What | Agent hint |\n|---|---|---|\n| FR-2 | a | `database` |\n| FR-3 | b | frontend |\n', { roles: 2 }],
    ['\n### FR-2: a\n\n**Agent hint**: `api`\n\nx\n\n### FR-3: b\n\n**Agent hint**: `api`\n\nx\n', { roles: 1 }],
    ['- [backend] two\n- FR-3: frontend: three\n- four (QA)\n', { roles: 3 }],
    // What is somewhere else, or is not so, is no shape of this work.
    ['## Out of scope\n\nSplitting it into three modules.\n', { modules: 0 }],
    [
      '## Notes\n\nThe repository has 12 modules. It is not split into two modules, and not two pull requests.\n',
      { modules: 0, pullRequests: 0 },
    ],
    ['## Notes\n\nSee PR 12 and PR-13, one pull request each time.\n', { pullRequests: 0 }],
  ])('says it in the words of people, too: %j', (text, expected) => {
    expect(signs(text)).toMatchObject(expected);
  });

  test('counts requirements that are sections of their own', () => {
    const sections = '### Sending\n\nThey go.\n\n#### FR-1: one\n\nIt is sent.\n\n#### FR-2: two\n\nIt comes back.\n';
    const read = readSpec(whole().replace('- FR-1: one\n', sections));
    expect(read.ok && read.value.signs.requirements).toBe(2);
  });

  test.each([
    [{ modules: 3, pullRequests: 4, roles: 2, requirements: 9 }, 'master'],
    [{ modules: 1, pullRequests: 4, roles: 2, requirements: 9 }, 'macro'],
    [{ modules: 0, pullRequests: 1, roles: 2, requirements: 9 }, 'functional'],
    [{ modules: 0, pullRequests: 0, roles: 1, requirements: 9 }, 'phased'],
    [{ modules: 0, pullRequests: 0, roles: 0, requirements: 2 }, 'task'],
  ] as const)('%j is planned as %s', (what, kind) => {
    expect(kindFor(what).kind).toBe(kind);
  });
});

describe('a topic', () => {
  test('names its run', () => {
    expect(slugOfTopic('Invoices can be cancelled!')).toBe('invoices-cancelled');
    expect(slugOfTopic('the')).toBe('the');
    expect(slugOfTopic('Größe & Épées')).toBe('grosse-epees');
    expect(slugOfTopic('…')).toBeUndefined();
    fc.assert(fc.property(fc.string(), (text) => (slugOfTopic(text) ?? 'x').length <= 64));
  });

  test('is about the same as another one by its words', () => {
    expect(isAlike('invoices can be cancelled', 'cancelled invoices')).toBe(true);
    expect(isAlike('invoices can be cancelled', 'invoices are sent twice')).toBe(false);
    expect(isAlike('', '')).toBe(false);
    expect(names('cancelled invoices', 'invoices-cancelled', 'Invoices can be cancelled')).toBe(true);
    expect(names('cancelled orders', 'invoices-cancelled', 'Invoices can be cancelled')).toBe(false);
  });
});

describe('the tasks that write documents', () => {
  test('scans are side by side, and everything else follows', () => {
    const tasks = authoredTasks('topic');
    expect(tasks.filter(({ needs }) => needs.length === 0).every(({ authors }) => authors === 'scan')).toBe(true);
    expect(tasks.map(({ authors, route }) => [authors, route?.role])).toEqual([
      ['scan', 'discovery'],
      ['scan', 'discovery'],
      ['scan', 'discovery'],
      ['interview', 'spec'],
      ['spec', 'spec'],
      ['plan', 'plan'],
    ]);
    for (const { id, scope, nonCommitting } of tasks)
      expect([isReserved(id), scope, nonCommitting]).toEqual([true, [], true]);
  });

  test('a spec that is handed over is planned at once', () => {
    expect(authoredTasks('spec').map(({ authors, needs }) => [authors, needs])).toEqual([['plan', []]]);
  });
});
