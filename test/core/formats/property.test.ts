import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Written } from '../../../src/core/formats/format.ts';
import { FORMATS } from '../../../src/core/formats/list.ts';
import type { Portable, PortableUnit } from '../../../src/core/plan/portable.ts';

const word = fc.constantFrom(
  'sort',
  'the',
  'index',
  'Parser',
  'writes',
  'a',
  'row',
  'kept',
  'when',
  'no',
  '`src/a.ts`',
  'x: y',
  '(old)',
  '[P]',
  '# 3',
  '1.',
  '- [ ]',
  '<b>',
  '"q"',
  '—',
  'T3',
  '_a_',
);
const sentence = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => `Say ${words.join(' ')}`);
// As a criterion comes back: plain text in one line.
const criterion = fc
  .array(fc.constantFrom('sort', 'the', 'index', 'is', 'kept', 'when', 'no', 'row'), { minLength: 1, maxLength: 5 })
  .map((words) => `All ${words.join(' ')}`);

function unit(id: string): fc.Arbitrary<PortableUnit> {
  return fc.record({
    id: fc.constant(id),
    title: sentence,
    group: fc.constantFrom(undefined, 'Setup', 'User Story 1: Search', 'Polish'),
    body: fc.oneof(
      fc.constant(''),
      sentence,
      fc.constantFrom(
        '# Heading\n\n- [ ] box\n- [x] T001 other',
        '```\nnever closed',
        '<!-- open\n\n### Task 9: no',
        '- [ ] 1.1 no task\n  _Depends: 9_',
        '**Needs:** T99\n\nRun: `rm`\nExpected: PASS',
      ),
    ),
    needs: fc.constant([]),
    scope: fc.constantFrom([], ['src/a.ts'], ['src/db/', 'package.json']),
    verify: fc.constantFrom([], ['npm test']),
    criteria: fc.array(criterion, { maxLength: 2 }),
    criterionIds: fc.constant([]),
    requirementIds: fc.constant([]),
    agent: fc.constant(undefined),
    estimate: fc.constantFrom(undefined, 60),
    done: fc.boolean(),
    planFirst: fc.constant(undefined),
  });
}

export const anyPlan: fc.Arbitrary<Portable> = fc
  .tuple(fc.integer({ min: 1, max: 7 }), fc.constantFrom('plain', 'dotted', 'coded'), sentence)
  .chain(([count, style, title]) =>
    fc
      .tuple(
        ...Array.from({ length: count }, (_, i) =>
          unit(
            style === 'plain'
              ? `T${i + 1}`
              : style === 'dotted'
                ? `T${1 + Math.floor(i / 3)}.${(i % 3) + 1}`
                : `PR-${i + 7}`,
          ),
        ),
        fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 8 }),
      )
      .map((parts) => {
        const pairs = parts.at(-1) as [number, number][];
        const units = parts.slice(0, -1) as PortableUnit[];
        return {
          title,
          context: 'It goes faster.',
          requirements: [],
          criteria: [],
          verify: [],
          units: units.map((one, i) => ({
            ...one,
            needs: [
              ...new Set(
                pairs.filter(([from, to]) => from < to && to === i).map(([from]) => (units[from] as PortableUnit).id),
              ),
            ].sort((a, b) => units.findIndex(({ id }) => id === a) - units.findIndex(({ id }) => id === b)),
          })),
        };
      }),
  );

describe.each(FORMATS.map((format) => [format.name, format] as const))('%s', (name, format) => {
  const again = (written: Written) => {
    const read = format.read(written.files);
    if (!read.ok)
      throw new Error(`cannot be read again: ${JSON.stringify(read.error)}\n${written.files[0]?.text ?? ''}`);
    return read.value;
  };
  // Ids by their spelling there: what a format cannot spell has another name after the way there and back.
  const facts = (plan: Portable, ids: Readonly<Record<string, string>>) =>
    new Map(
      plan.units.map((one) => [
        ids[one.id],
        { needs: one.needs.map((need) => ids[need] ?? '').sort(), done: one.done, criteria: one.criteria },
      ]),
    );

  test('a plan that is written and read again has the same ids, needs, statuses and criteria', () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const written = format.write(plan, { name: 'speed' });
        const read = again(written);
        expect(written.notes).toEqual([]);
        expect(facts(read.plan, read.ids)).toEqual(facts(plan, written.ids));
        expect(format.detect(written.files)[0]?.score).toBeGreaterThan(0.5);
      }),
      { numRuns: 60 },
    );
  });

  test('changed titles, needs and statuses flow back into the files that were kept', () => {
    fc.assert(
      fc.property(
        anyPlan,
        fc.array(fc.tuple(fc.nat(6), fc.nat(6), fc.constantFrom('done', 'title', 'need', 'free')), {
          minLength: 1,
          maxLength: 4,
        }),
        (plan, changes) => {
          const kept = again(format.write(plan, { name: 'speed' }));
          expect(format.write(kept.plan, { name: 'speed', kept: kept.kept }).files).toEqual(kept.kept.files);
          const units = kept.plan.units.map((one) => ({ ...one }));
          for (const [a, b, what] of changes) {
            const one = units[a % units.length] as { -readonly [K in keyof PortableUnit]: PortableUnit[K] };
            const other = units[b % units.length] as PortableUnit;
            if (what === 'done') one.done = !one.done;
            if (what === 'title') one.title = `Changed ${a}`;
            if (what === 'free') one.needs = [];
            if (what === 'need' && units.indexOf(other) < units.indexOf(one) && !one.needs.includes(other.id))
              one.needs = [...one.needs, other.id];
          }
          const written = format.write({ ...kept.plan, units }, { name: 'speed', kept: kept.kept });
          const now = again(written);
          expect(written.notes).toEqual([]);
          expect(facts(now.plan, now.ids)).toEqual(facts({ ...kept.plan, units }, kept.ids));
          for (const [i, one] of units.entries())
            if (one.title.startsWith('Changed')) expect(now.plan.units[i]?.title).toBe(one.title);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('no text makes it throw', () => {
    fc.assert(
      fc.property(
        anyPlan,
        fc.array(
          fc.tuple(
            fc.nat(),
            fc.nat(40),
            fc.constantFrom(
              '',
              '\n',
              '```',
              '---\n',
              '"',
              '{',
              '- [ ] T001 ',
              '- [x] 1.1 ',
              '<task>',
              '\0',
              '\r\n',
              ': ',
            ),
          ),
          { minLength: 1, maxLength: 6 },
        ),
        (plan, cuts) => {
          const files = format.write(plan, { name: 'speed' }).files.map(({ path, text }) => {
            let broken = text;
            for (const [at, length, put] of cuts) {
              const from = at % (broken.length + 1);
              broken = broken.slice(0, from) + put + broken.slice(from + length);
            }
            return { path, text: broken };
          });
          format.detect(files);
          const read = format.read(files);
          if (!read.ok) return;
          for (const found of read.value.findings) expect(found.span.line).toBeGreaterThan(0);
          const same = format.write(read.value.plan, { name, kept: read.value.kept });
          expect(same.files).toEqual(files);
          format.write({ ...read.value.plan, units: read.value.plan.units.slice(1) }, { name, kept: read.value.kept });
        },
      ),
      { numRuns: 80 },
    );
  });
});
