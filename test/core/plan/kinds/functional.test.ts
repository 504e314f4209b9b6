import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Draft } from '../../../../src/core/plan/draft.ts';
import { References, streamId } from '../../../../src/core/plan/kinds/functional/ids.ts';
import { renderFunctional } from '../../../../src/core/plan/kinds/functional/render.ts';
import { functionalTemplate } from '../../../../src/core/plan/kinds/functional/template.ts';
import { functionalTwin } from '../../../../src/core/plan/kinds/functional/twin.ts';
import type { PlanKind } from '../../../../src/core/plan/model.ts';
import { parsePlan, readDraft } from '../../../../src/core/plan/parse.ts';
import type { Portable, PortableUnit } from '../../../../src/core/plan/portable.ts';
import { runs } from '../../../runs.ts';
import { worked } from '../../../worked.ts';

const RICH = readFileSync(join('test', 'cases', 'plans', 'functional-streams.md'), 'utf8');

function isOf<K extends PlanKind>(draft: Draft, kind: K): draft is Draft<K> & Draft {
  return draft.kind === kind;
}

function read(text: string): { draft: Draft<'functional'>; plan: ReturnType<typeof plan> } {
  const found = readDraft(text, 'functional');
  if (!found.ok || !isOf(found.value.draft, 'functional')) throw new Error('was not read');
  return { draft: found.value.draft, plan: plan(text) };
}

function plan(text: string) {
  const parsed = parsePlan(text, { fileName: 'plan.md', kind: 'functional' });
  if (!parsed.ok) throw new Error('was not read');
  return parsed.value;
}

describe('ids', () => {
  const ids = (text: string) =>
    new References().in(text, 0, 'FR', 'NFR').map(({ id, facet }) => (facet === undefined ? id : `${id} ${facet}`));

  test.each([
    ['FR-1', ['FR-1']],
    ['FR-001, FR-02', ['FR-1', 'FR-2']],
    ['FR-1–FR-3', ['FR-1', 'FR-2', 'FR-3']],
    ['FR-1-3', ['FR-1', 'FR-2', 'FR-3']],
    ['FR-1 to FR-3 and NFR-2', ['FR-1', 'FR-2', 'FR-3', 'NFR-2']],
    ['FR-1, 2, 4', ['FR-1', 'FR-2', 'FR-4']],
    ['FR-1 (storage), FR-3a', ['FR-1 storage', 'FR-3a']],
    ['FR-1 (FR-2)', ['FR-1', 'FR-2']],
    ['FR-2, 3 endpoints', ['FR-2']],
    ['FR-1 — 5 seats', ['FR-1']],
    ['fr1; `FR-2.1`', ['FR-1', 'FR-2.1']],
    ['XFR-1 AFR-2 FR-x', []],
    ['FR-9–FR-1', ['FR-9', 'FR-1']],
  ])('%s', (text, expected) => {
    expect(ids(text)).toEqual(expected);
  });

  test('ranges of ranges end somewhere', () => {
    expect(new References().in('FR-1–FR-2000 '.repeat(50_000), 0, 'FR').length).toBeLessThan(110_000);
  });

  test.each([
    ['WS-01', 'WS-1'],
    ['m-ws-3', 'WS-3'],
    ['Stream 2', 'WS-2'],
    ['4', 'WS-4'],
    ['ws3A', 'WS-3a'],
    ['WS', undefined],
  ])('stream %s', (text, expected) => {
    expect(streamId(text)).toBe(expected);
  });
});

describe('a document with everything in it', () => {
  const { draft, plan: compiled } = read(RICH);
  const { detail } = draft;

  test('its header, with underscores', () => {
    const { task, branch, feature, stack, created } = detail.header;
    expect([task, branch, feature, stack, created].map((one) => one?.text)).toEqual([
      'TIDE-42',
      'TIDE-42_ferry_tickets',
      'Ferry tickets at the quay',
      'Go, TypeScript',
      '2026-03-14',
    ]);
  });

  test('its requirements: parts as key lines, as list items, as headings', () => {
    expect(detail.requirements.map(({ id, written, title }) => [id, written, title])).toEqual([
      ['FR-1', 'FR-001', 'Sell a ticket'],
      ['FR-2', 'FR-2', 'Show departures'],
    ]);
    const [sale, show] = detail.requirements;
    expect(sale?.hint?.text).toBe('backend');
    expect(sale?.inputs).toHaveLength(2);
    expect(sale?.behaviour?.map(({ text }) => text)).toEqual([
      'The seats are reserved',
      'The price follows BR-1',
      'The ticket gets a number',
    ]);
    expect(sale?.errors?.map((one) => [one.condition.text, one.expected.text])).toEqual([
      ['Ferry is full', 'The sale is refused with "Ferry full"'],
    ]);
    expect(show?.description?.text).toBe('The screen at the quay shows what still leaves today.');
    expect(show?.errors?.map((one) => [one.condition.text, one.expected.text])).toEqual([
      ['No departures left', '"Last ferry has left" is shown'],
    ]);
  });

  test('what is placed stands where it says', () => {
    for (const { description } of detail.requirements) {
      expect(RICH.slice(description?.start, description?.end)).toBe(description?.text);
    }
    for (const { agent } of detail.streams) expect(RICH.slice(agent?.start, agent?.end)).toBe(agent?.text);
  });

  test('its criteria', () => {
    expect(
      detail.criteria.map(({ id, title, requirements }) => [id, title, requirements.map((one) => one.id)]),
    ).toEqual([
      ['AC-1', 'Sale — seats left', ['FR-1']],
      ['AC-2', 'Sale — full ferry', ['FR-1']],
      ['AC-3', 'Departures', ['FR-2a', 'FR-2b']],
    ]);
    expect(detail.criteria.map(({ clauses }) => clauses.map(({ word }) => word).join(' '))).toEqual(
      Array.from({ length: 3 }, () => 'given when then'),
    );
  });

  test('its streams and what they are about', () => {
    expect(detail.streams.map(({ id, role, command }) => `${id} ${role} ${command?.text}`)).toEqual([
      'WS-0 environment /implement',
      'WS-1 schema /schema',
      'WS-2 contract /api-design',
      'WS-3 backend /implement',
      'WS-4 frontend /implement',
    ]);
  });

  test('everything else', () => {
    expect(detail.rules.map(({ id, text }) => `${id} ${text}`)).toEqual(['BR-1 Children travel at half price']);
    expect(detail.integrations.map(({ group, system }) => `${group} ${system}`)).toEqual([
      'dependency Timetable',
      'call Card terminal',
    ]);
    expect(detail.qualities.map(({ id, title, target }) => [id, title.text, target?.text])).toEqual([
      ['NFR-1', 'Refresh', '< 1 s'],
    ]);
    expect(detail.scenarios).toMatchObject([
      { area: 'Sale', scenario: 'Ferry is full', inputs: '1 seat', expected: 'Refused' },
    ]);
    expect(detail.schema.map(({ phase }) => phase.text)).toEqual(['expand']);
    expect(detail.deployOrder).toHaveLength(2);
    expect(detail.environment).toHaveLength(1);
    expect(detail.questions.map(({ resolved }) => resolved)).toEqual([false, true]);
    expect(detail.assumptions.map(({ id, resolved }) => [id, resolved])).toEqual([
      ['A-1', true],
      ['A-2', false],
    ]);
    expect(detail.endpoints).toHaveLength(1);
    expect(detail.shapes).toHaveLength(1);
    expect(detail.notes.map(({ label }) => label)).toEqual(['similar features exist', 'available dependencies']);
    expect([detail.seVerification, detail.testMandate, detail.reviewContract].map((one) => one?.rows.length)).toEqual([
      3, 3, 3,
    ]);
  });

  test('its graph: what the text says, and what the rules of the kind add', () => {
    expect(compiled.edges.map(({ from, to, why }) => `${from} ${to} ${why}`)).toEqual([
      'WS-0 WS-1 declared',
      'WS-0 WS-2 foundation',
      'WS-1 WS-2 declared',
      'WS-0 WS-3 declared',
      'WS-1 WS-3 declared',
      'WS-2 WS-3 declared',
      'WS-0 WS-4 foundation',
      'WS-2 WS-4 declared',
    ]);
  });

  test('its gates: named ones, and what nobody has settled', () => {
    expect(compiled.gates.map(({ id, after, before }) => `${id}: ${after.join(' ')} | ${before.join(' ')}`)).toEqual([
      'G3: WS-0 WS-1 WS-2 | WS-3 WS-4',
      'G4: WS-0 WS-1 WS-2 WS-3 WS-4 | ',
      'A-2:  | WS-1 WS-2 WS-3',
      'Q-1:  | WS-3 WS-4',
    ]);
  });

  test('gates of an execution graph in prose, by its groups', () => {
    const text =
      '# Implementation Plan\n\n## Functional Requirements\n\n### FR-1: x\n\n**Description**: y\n\n## Work Streams\n\n| Stream | Agent | Requirements | Depends On |\n|---|---|---|---|\n| WS-1: Shape | api-designer | FR-1 (shape) | — |\n| WS-2: Sale | software-engineer | FR-1 (sale) | WS-1 |\n| WS-3: Screen | software-engineer | FR-1 (screen) | WS-1 |\n\n## Execution DAG\n\n- **Group 1** (runs first): WS-1\n- **Group 2** (after Group 1, in parallel): WS-2, WS-3\n- **Gate G3** after Group 1 (ready to build)\n- **Gate G4** after review (ready to ship)\n';
    const { draft, plan: compiledPlan } = read(text);
    expect(compiledPlan.gates.map(({ id, title, after, before }) => [id, title, after, before])).toEqual([
      ['G3', 'ready to build', ['WS-1'], ['WS-2', 'WS-3']],
      ['G4', 'ready to ship', ['WS-1', 'WS-2', 'WS-3'], []],
    ]);
    expect(draft.detail.parts.has('gates')).toBe(true);
  });

  test('a brief quotes the row, the requirement, its criteria and its rows of the contracts', () => {
    const text = compiled.units[4]?.text ?? '';
    for (const part of [
      'WS-4: Screen',
      '### FR-2: Show departures',
      '### AC-3',
      'Five departures on the screen',
      '5 shown',
      '| Screen | Five departures |',
    ]) {
      expect(text).toContain(part);
    }
    for (const part of ['WS-3: Sale', 'FR-001', 'AC-1']) expect(text).not.toContain(part);
    expect(compiled.units[4]?.task.planFirst).toBe('phased');
    expect(compiled.units[0]?.text).toContain('A simulator');
    expect(compiled.units[1]?.text).toContain('Add table');
  });

  test('what the kind knows, lint does not complain about', () => {
    expect(
      compiled.findings.filter(({ severity }) => severity === 'error').map(({ rule, message }) => `${rule} ${message}`),
    ).toEqual([]);
  });

  test('carriage returns change nothing', () => {
    const crlf = plan(RICH.replaceAll('\n', '\r\n'));
    expect(crlf.units.map(({ task }) => task)).toEqual(compiled.units.map(({ task }) => task));
    expect(crlf.units.map(({ criteria }) => criteria)).toEqual(compiled.units.map(({ criteria }) => criteria));
  });

  test('its twin is always the same, and agrees with it', () => {
    const twin = functionalTwin(draft);
    expect(functionalTwin(read(RICH).draft)).toEqual(twin);
    expect(twin.requirements.map(({ id, acceptance_criteria: ac }) => [id, ac])).toEqual([
      ['FR-001', ['AC-1', 'AC-2']],
      ['FR-002', ['AC-3']],
    ]);
    expect(twin.parallelism_groups.map(({ streams, gate_after: gate }) => [streams.join(' '), gate])).toEqual([
      ['WS-0', null],
      ['WS-1', null],
      ['WS-2', 'G3'],
      ['WS-3 WS-4', 'G4'],
    ]);
    expect(twin.work_streams.map(({ depends_on: needs, blocks }) => [needs, blocks])).toEqual([
      [[], ['WS-1', 'WS-3']],
      [['WS-0'], ['WS-2', 'WS-3']],
      [['WS-1'], ['WS-3', 'WS-4']],
      [['WS-0', 'WS-1', 'WS-2'], []],
      [['WS-2'], []],
    ]);
    const facts = { twin: { name: 'plan_output.json', text: JSON.stringify(twin) } };
    const parsed = parsePlan(RICH, { fileName: 'plan.md', facts });
    expect(parsed.ok && parsed.value.findings.filter(({ rule }) => rule === 'FP-32')).toEqual([]);
  });
});

test('a contract migration that waits for the backend closes no cycle', () => {
  const text = `## Schema Changes

| Change | Phase | Dependency |
|---|---|---|
| Drop \`seat\` | contract | After code deploy |

## Work Streams

| Stream | Agent | Depends On |
|---|---|---|
| WS-1: Sale | software-engineer-go | — |
| WS-2: Clean up | database-designer | WS-1 |
`;
  const { edges, findings } = plan(text);
  expect(edges.map(({ from, to }) => `${from} ${to}`)).toEqual(['WS-1 WS-2']);
  expect(findings.filter(({ rule }) => rule === 'GEN-005')).toEqual([]);
});

test('the template reads as a plan whose only mistakes are its placeholders', () => {
  const { units, findings, title, slug } = plan(functionalTemplate('Ferry tickets', 'ferry-tickets'));
  expect([title, slug]).toEqual(['Ferry tickets', 'ferry-tickets']);
  expect(units.map(({ task }) => task.id)).toEqual(['WS-1']);
  const others = findings.filter(({ severity, rule }) => severity === 'error' && !/^(?:GEN-001|FP-31)$/.test(rule));
  expect(others.map(({ rule, message }) => `${rule} ${message}`)).toEqual([]);
});

const UNIT: PortableUnit = {
  id: 'T1',
  title: 'First',
  group: undefined,
  body: 'Do it.',
  needs: [],
  scope: ['src/a.ts'],
  verify: ['npm test'],
  criteria: ['The lamp is lit'],
  criterionIds: [],
  requirementIds: [],
  agent: undefined,
  estimate: undefined,
  done: false,
  planFirst: undefined,
};

describe('writing', () => {
  const back = (portable: Portable) => {
    const found = readDraft(renderFunctional(portable), 'functional');
    if (!found.ok) throw new Error('was not read');
    const { draft, compiled } = found.value;
    return compiled.tasks.map(({ id, title, needs, agent }, i) => ({
      id,
      title,
      needs,
      agent,
      criteria: draft.units[i]?.criteria,
    }));
  };

  test('a task plan as a functional one reads back', () => {
    const portable: Portable = {
      title: 'Lamps',
      context: '## Goal\n\nLight.\n\n### FR-9: not a requirement',
      units: [
        UNIT,
        {
          ...UNIT,
          id: 'WS-7',
          title: 'Second | with a bar',
          needs: ['T1'],
          agent: 'codex',
          body: '### AC-1: no criterion\n\n```\nunclosed',
          criteria: ['Given dusk, when it is 6 pm, then 3 lamps are lit.', 'FR-1 (lamp) `a|b` [x]'],
        },
        {
          ...UNIT,
          id: 'P2',
          title: 'Third',
          needs: ['T1', 'WS-7'],
          criteria: [],
          requirementIds: ['FR-4'],
          criterionIds: ['AC-9'],
        },
      ],
      requirements: [
        { id: 'FR-4', title: 'Lamps', text: 'Lamps are lit' },
        { id: 'NFR-1', title: 'Speed', text: 'Fast' },
      ],
      criteria: [{ id: 'AC-9', title: 'Lit', text: 'Every lamp is lit', requirements: ['FR-4'] }],
      verify: ['npm run all'],
    };
    expect(back(portable)).toEqual([
      { id: 'WS-1', title: 'First', needs: [], agent: undefined, criteria: ['The lamp is lit'] },
      {
        id: 'WS-7',
        title: 'Second | with a bar',
        needs: ['WS-1'],
        agent: 'codex',
        criteria: ['Given dusk, when it is 6 pm, then 3 lamps are lit.', 'FR-1 (lamp) `a|b` [x]'],
      },
      { id: 'WS-2', title: 'Third', needs: ['WS-1', 'WS-7'], agent: undefined, criteria: ['Every lamp is lit'] },
    ]);
    const { requirements, criteria, findings } = plan(renderFunctional(portable));
    expect(requirements.map(({ id }) => id)).toEqual(['FR-4', 'FR-1', 'FR-2', 'NFR-1']);
    expect(criteria.map(({ id }) => id)).toEqual(['AC-9', 'AC-1', 'AC-2', 'AC-3']);
    expect(
      findings
        .filter(
          ({ rule, severity }) => severity === 'error' && /^(?:FP-0[678]|FP-1[1245]|GEN-004|FP-2[01])$/.test(rule),
        )
        .map(({ rule, message }) => `${rule} ${message}`),
    ).toEqual(['FP-15 No stream carries NFR-1.']);
  });

  test('any text in any field is written such that units and needs stay', () => {
    const word = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.constantFrom(
        '| a | b |',
        '### FR-1: x',
        '```',
        '<!--',
        '**Then** y',
        '---',
        'WS-1',
        '[x]',
        '`',
        '\\|',
        '# h\n\n## Work Streams',
      ),
    );
    fc.assert(
      fc.property(
        fc.array(fc.record({ title: word, body: word, criterion: word, agent: word }), { minLength: 1, maxLength: 4 }),
        word,
        (parts, context) => {
          const units = parts.map(({ title, body, criterion, agent }, i) => ({
            ...UNIT,
            id: `T${i + 1}`,
            title,
            body,
            criteria: [criterion],
            agent,
            needs: i === 0 ? [] : [`T${i}`],
          }));
          const found = back({ title: context, context, units, requirements: [], criteria: [], verify: [context] });
          expect(found.map(({ id, needs }) => [id, needs])).toEqual(
            units.map((_, i) => [`WS-${i + 1}`, i === 0 ? [] : [`WS-${i}`]]),
          );
        },
      ),
      { seed: 7, numRuns: runs(125) },
    );
  });
});

describe('whatever is written', () => {
  test('nothing throws, and everything stands inside the document', () => {
    const lines = RICH.split('\n');
    const cut = fc.record({
      at: fc.nat(lines.length - 1),
      count: fc.nat(12),
      into: fc.nat(lines.length - 1),
      text: fc.constantFrom(
        '',
        '|',
        '|---|',
        '```',
        '- [',
        '### FR-1:',
        '### AC-1 (FR-1–FR-99999)',
        '<!--',
        '**Given**',
        '| WS-1 | WS-1–WS-9999 |',
        '\r',
      ),
    });
    fc.assert(
      fc.property(fc.array(cut, { minLength: 1, maxLength: 6 }), fc.boolean(), (cuts, crlf) => {
        const changed = [...lines];
        for (const { at, count, into, text } of cuts) {
          const moved = changed.splice(at, count);
          changed.splice(into, 0, ...moved, text);
        }
        const text = changed.join(crlf ? '\r\n' : '\n');
        const { draft } = read(text);
        functionalTwin(draft);
        for (const { span } of plan(text).findings) {
          expect(span.start).toBeGreaterThanOrEqual(0);
          expect(span.end).toBeLessThanOrEqual(text.length);
        }
      }),
      { seed: 11, numRuns: runs(125) },
    );
  });

  test.each([
    [
      'streams that cite everything',
      `# x\n\n## Work Streams\n\n| Stream | Requirements | Depends On |\n|---|---|---|\n${'| WS-1 | FR-1–FR-2000 | WS-1–WS-900 |\n'.repeat(20_000)}`,
    ],
    ['requirements', `## Functional Requirements\n\n${'### FR-1: x\n\n**Inputs**:\n\n'.repeat(25_000)}`],
    ['criteria', `## Acceptance Criteria\n\n${'### AC-1: x (FR-1)\nGiven a, when b, then c\n\n'.repeat(16_000)}`],
    ['one line of labels', `## Functional Requirements\n\n### FR-1: x\n\n${'**Inputs**: '.repeat(70_000)}`],
    [
      'one line of brackets',
      `## Functional Requirements\n\n### FR-1: ${'('.repeat(400_000)}${'FR-1 ('.repeat(60_000)}`,
    ],
    [
      'rows',
      `## SE Verification Contract\n\n| FR | AC | x | Verified? |\n|---|---|---|---|\n${'| FR-1 | AC-1 | `a` | [ ] |\n'.repeat(35_000)}`,
    ],
  ])('a megabyte of %s is read in time', (_, text) => {
    const start = worked();
    plan(text);
    // Far above what it takes, far below what anything quadratic would.
    expect(worked() - start).toBeLessThan(15_000);
  });
});

const SEEDS = join('..', 'shared', 'seeds');
const seed = existsSync(SEEDS) ? readdirSync(SEEDS).find((name) => name.startsWith('003')) : undefined;

describe.skipIf(seed === undefined)('the original template', () => {
  const all = seed === undefined ? '' : readFileSync(join(SEEDS, seed), 'utf8');
  const text = /```markdown\n(# Implementation Plan\n[\s\S]*?)\n```\n\n### Step 5/.exec(all)?.[1] ?? '';

  test('reads as five streams with the mistakes that it is known for', () => {
    const parsed = parsePlan(text, { fileName: 'plan.md' });
    if (!parsed.ok) throw new Error('was not read');
    const { kind, units, findings } = parsed.value;
    expect(kind).toBe('functional');
    expect(units.map(({ task }) => `${task.id} ${task.needs.join(' ')}`)).toEqual([
      'WS-1 ',
      'WS-2 WS-1',
      'WS-3 WS-1 WS-2',
      'WS-4 WS-2',
      'WS-5 WS-2',
    ]);
    const of = (rule: string) => findings.filter((one) => one.rule === rule).map(({ message }) => message);
    expect(of('FP-14').map((message) => message.split(' ', 1)[0])).toEqual(['FR-1', 'FR-2', 'FR-3']);
    expect(of('GEN-004').filter((message) => /^WS-\d names/.test(message))).toEqual([
      'WS-2 names FR-3, which this plan does not define.',
      'WS-3 names FR-3, FR-4, FR-5, which this plan does not define.',
      'WS-4 names FR-6, which this plan does not define.',
      'WS-4 names FR-7, which this plan does not define.',
    ]);
    expect(of('FP-16')).toHaveLength(1);
    const rules = new Set(findings.map(({ rule }) => rule).filter((rule) => rule.startsWith('FP-')));
    expect([...rules].sort()).toEqual([
      'FP-04',
      'FP-05',
      'FP-07',
      'FP-13',
      'FP-14',
      'FP-16',
      'FP-18',
      'FP-24',
      'FP-26',
      'FP-27',
      'FP-30',
      'FP-31',
    ]);
  });
});
