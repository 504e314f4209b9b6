import { describe, expect, test } from 'vitest';
import { convertPlan, type Converted } from '../../../src/core/formats/convert.ts';
import { portableOf } from '../../../src/core/formats/plan-text.ts';
import { formatText } from '../../../src/core/plan/format/format.ts';
import { templateOf } from '../../../src/core/plan/kinds/templates.ts';
import { PLAN_KINDS, type PlanKind } from '../../../src/core/plan/model.ts';
import { isRunnable, parsePlan } from '../../../src/core/plan/parse.ts';
import type { Portable, PortableUnit } from '../../../src/core/plan/portable.ts';
import { OWN, REAL } from '../plan/documents.ts';
import { mutate, randomFrom } from '../plan/mutated.ts';

function convert(text: string, to: PlanKind, from?: PlanKind): Converted {
  const made = convertPlan(text, to, from);
  if (!made.ok) throw new Error('no plan');
  return made.value;
}

const words = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? [];
const flat = (text: string): string => words(text).join(' ');

function reach(units: readonly PortableUnit[], id: string): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [id];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const need of units.find((unit) => unit.id === at)?.needs ?? []) {
      if (!found.has(need)) open.push(need);
      found.add(need);
    }
  }
  return found;
}

/** Whatever the old plan says is in the new one, or told. Counted here anew, without what the conversion uses. */
function nothingLostInSilence(before: Portable, after: Portable, { ids, losses, text }: Converted): void {
  const told = (what: string, unit?: string): boolean =>
    losses.some((loss) => loss.what === what && loss.unit === unit && loss.message !== '');
  const name = (id: string): string => ids[id] ?? id;
  const twice = new Set(before.units.map(({ id }) => id)).size < before.units.length;
  for (const unit of before.units) {
    const other = after.units.find(({ id }) => id === name(unit.id));
    if (other === undefined) {
      if (!told('unit', unit.id)) expect.fail(`${unit.id} is gone in silence`);
      continue;
    }
    if (twice) continue;
    const carried = {
      title: flat(unit.title) === flat(other.title),
      scope: unit.scope.every((one) => other.scope.includes(one)),
      verify: unit.verify.every((one) => other.verify.includes(one)),
      criteria: unit.criteria.every((one) => other.criteria.some((there) => flat(there) === flat(one))),
      agent: unit.agent === undefined || unit.agent === other.agent,
      estimate: unit.estimate === undefined || unit.estimate === other.estimate,
      done: !unit.done || other.done,
    };
    for (const [what, is] of Object.entries(carried)) {
      if (!is && !told(what, unit.id)) expect.fail(`the ${what} of ${unit.id} is gone in silence`);
    }
    const was = [...reach(before.units, unit.id)].map(name).sort();
    const is = [...reach(after.units, other.id)].sort();
    if (was.join() !== is.join() && !losses.some(({ what }) => what === 'needs' || what === 'units' || what === 'unit'))
      expect.fail(`${unit.id} waited for ${was.join()} and waits for ${is.join()}, in silence`);
  }
  for (const [what, old, now] of [
    ['requirement', before.requirements, after.requirements],
    ['criterion', before.criteria, after.criteria],
  ] as const) {
    const there = new Set(now.map(({ id }) => id));
    if (!old.every(({ id }) => there.has(id)) && !told(what)) expect.fail(`a ${what} is gone in silence`);
  }
  if (!before.verify.every((run) => after.verify.includes(run)) && !told('verify')) expect.fail('a command is gone');
  // A word that is nowhere in the new document: something must have been told at all.
  const said = new Set(words(text));
  const missing = words(before.context).filter((word) => !said.has(word));
  if (missing.length > 0 && losses.length === 0) expect.fail(`${missing[0]} is gone in silence`);
}

function check(text: string, to: PlanKind): void {
  const source = parsePlan(text, { fileName: 'x.md' });
  if (!source.ok) return;
  const made = convert(text, to);
  const plan = parsePlan(made.text, { fileName: 'x.md' });
  if (!plan.ok) throw new Error('the result is no plan');
  expect(plan.value.kind).toBe(to);
  if (isRunnable(source.value) && !isRunnable(plan.value)) {
    expect.fail(`refused: ${plan.value.findings.find(({ severity }) => severity === 'error')?.message ?? ''}`);
  }
  const before = portableOf(text);
  const after = portableOf(made.text);
  if (before === undefined || after === undefined) throw new Error('cannot be read');
  nothingLostInSilence(before, after, made);
  const formatted = formatText(made.text);
  expect(formatted.ok && formatted.value.text, 'canonical form').toBe(made.text);
  const lines = text.split(/\r\n|\n|\r/).length;
  for (const { line } of made.losses) if (!(line >= 1 && line <= lines)) expect.fail(`there is no line ${line}`);
  if (text.length < 2000) expect(convert(text, to)).toEqual(made);
}

/** Every pair takes minutes: one of each document, in turn, unless all are asked for. */
const EVERY = process.env['VITEST_EVERY_PAIR'] === '1';
let turn = 0;

function guarded(path: string, text: string, kinds = EVERY ? PLAN_KINDS : nextKind()): void {
  for (const to of kinds) {
    try {
      check(text, to);
    } catch (error) {
      throw new Error(`${path} as ${to}: ${String(error)}`, { cause: error });
    }
  }
}

function nextKind(): readonly PlanKind[] {
  turn++;
  return [PLAN_KINDS[turn % PLAN_KINDS.length] as PlanKind];
}

const PLANS = OWN.filter(({ path }) => /cases.plans|examples/.test(path));

describe('every kind becomes every other, and nothing is lost in silence', () => {
  test.each(PLANS.map(({ path, text }) => [path, text]))('%s', (path, text) => guarded(path, text));

  test.each(PLAN_KINDS)('a new %s plan', (kind) => {
    guarded(kind, templateOf(kind, 'Harbour lights', 'harbour-lights'), PLAN_KINDS);
  });

  test.skipIf(REAL.length === 0).each(REAL.map(({ path, text }) => [path, text]))('%s', (path, text) => {
    guarded(path, text);
  });

  test('damaged documents', () => {
    for (let i = 0; i < 60; i++) {
      const random = randomFrom(7_000 + i);
      const { path, text } = PLANS[random(PLANS.length)] as (typeof PLANS)[number];
      const damaged = mutate(text, random);
      const to = PLAN_KINDS[random(PLAN_KINDS.length)] as PlanKind;
      try {
        check(damaged, to);
      } catch (error) {
        throw new Error(`${path}, ${i}, as ${to}: ${String(error)}\n${JSON.stringify(damaged)}`, { cause: error });
      }
    }
  });
});

test.runIf(REAL.length === 0)('skipped: there are no real documents beside the project', () => undefined);

/** What a person must add, for the template of another kind does not ask for it. */
const LACKS = /^(?:MS-01|FP-0[67]|FP-18|MI-07|MI-1[012])$/;

test.each(PLAN_KINDS)('what a converted %s template lacks stands as placeholders', (kind) => {
  for (const to of PLAN_KINDS) {
    const { text } = convert(templateOf(kind, 'Harbour lights', 'harbour-lights'), to);
    const parsed = parsePlan(text, { fileName: 'x.md' });
    const errors = (parsed.ok ? parsed.value.findings : []).filter(({ severity }) => severity === 'error');
    const rules = [...new Set(errors.map(({ rule }) => rule))].filter((rule) => !LACKS.test(rule));
    expect(rules, `${kind} as ${to}`).toEqual([]);
  }
});

test('keys that are written plainly do not stay behind in the text', () => {
  const { text } = convert(
    '# P\n\n### Task 1: a\n\nFiles: a.js\nneeds: none\nVerify: `npm test`\n\nAdd it.\n\n### Task 2: b\n\nFiles: b.js\nNeeds: T1\nThen go on.\n',
    'phased',
  );
  expect(text).not.toMatch(/Files\\?: |needs\\?:/i);
  expect(text).toContain('Add it.');
  expect(text).toContain('Then go on.');
});

describe('what is told', () => {
  const TASKS = `---
kind: task
---

# Plan: Lamps

The harbour is dark.

## Tasks

### [x] Task 1: Wire

**Files:** \`src/wire.ts\`
**Agent:** fast
**Estimate:** 30 min
**Verify:** \`npm test\`
**Needs:** none

### [ ] Task 2: Switch

**Files:** \`src/switch.ts\`
**Verify:** \`npm run lint\`
**Needs:** T1

Press it twice.

### [ ] Task 3: Paint

**Files:** \`paint.md\`
**Verify:** \`test -e paint.md\`
**Needs:** none

## Verification

- [ ] \`npm run all\`
`;

  test('the same kind loses nothing', () => {
    expect(convert(TASKS, 'task')).toMatchObject({ losses: [], ids: {} });
  });

  test('phases follow each other: the third waits for the second now', () => {
    const { losses, ids, text } = convert(TASKS, 'phased');
    expect(ids).toEqual({ T1: 'P1', T2: 'P2', T3: 'P3' });
    expect(text).toContain('## [ ] Phase 2 of 3: Switch');
    expect(losses).toContainEqual(
      expect.objectContaining({ unit: 'T3', what: 'needs', message: expect.stringContaining('P2'), line: 27 }),
    );
  });

  test('a functional plan names no files', () => {
    const { losses, text } = convert(TASKS, 'functional');
    expect(text).not.toContain('src/wire.ts');
    expect(losses).toContainEqual({
      unit: 'T1',
      what: 'scope',
      message: 'may no longer change `src/wire.ts`',
      line: 11,
    });
    expect(text).toContain('Press it twice.');
  });

  test('a macro plan holds no code', () => {
    const plan = TASKS.replace('Press it twice.', 'Press it twice.\n\n```ts\nconst lamp = 1;\n```');
    const { losses, text } = convert(plan, 'macro');
    expect(text).not.toContain('const lamp');
    expect(losses).toContainEqual(expect.objectContaining({ unit: 'T2', what: 'text' }));
  });

  test('a document of no kind is refused', () => {
    expect(convertPlan('Words.\n', 'task')).toMatchObject({ ok: false });
  });
});
