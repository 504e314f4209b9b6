import { describe, expect, test } from 'vitest';
import { templateOf } from '../../../src/core/plan/kinds/templates.ts';
import { PLAN_KINDS } from '../../../src/core/plan/model.ts';
import { parsePlan } from '../../../src/core/plan/parse.ts';
import { readResources } from '../../../src/core/plan/resources.ts';

describe('things that a task needs', () => {
  test.each(PLAN_KINDS)('are read in a plan of kind %s, in the unit that names them', (kind) => {
    const source = templateOf(kind, 'Something', 'P1');
    const parsed = parsePlan(source, { fileName: 'plan.md', kind });
    if (!parsed.ok) throw new Error('the template is no plan');
    const unit = parsed.value.units[0];
    if (unit === undefined) throw new Error('the template has no unit');
    // Where its annotations stand: in its list item, in the requirement that it fulfils, or below it.
    const end =
      kind === 'functional' ? source.indexOf('**Description**') : unit.span.start + unit.text.trimEnd().length;
    const line =
      kind === 'implementation'
        ? '\n   - Resources: simulator, gpu x2'
        : '\n\n**Resources:** simulator, gpu x2\n\n```\nResources: none-of-these\n```\n\n';
    const more = `${source.slice(0, end)}${line}${source.slice(end)}`;
    const again = parsePlan(more, { fileName: 'plan.md', kind });
    if (!again.ok) throw new Error('it is no plan any more');
    const resources = again.value.units.map(({ task }) => task.resources);
    expect(resources[0]).toEqual({ simulator: 1, gpu: 2 });
    expect(resources.slice(1).every((one) => one === undefined)).toBe(true);
    expect(again.value.units.map(({ task }) => task.id)).toEqual(parsed.value.units.map(({ task }) => task.id));
  });

  test.each([
    ['simulator', { simulator: 1 }],
    ['`gpu` x2, simulator', { gpu: 2, simulator: 1 }],
    ['gpu: 2 and 3 licence', { gpu: 2, licence: 3 }],
    ['2x GPU; db_1 (2)', { gpu: 2, db_1: 2 }],
    ['none', {}],
    ['_(none)_', {}],
    ['whatever is free on that day', {}],
    ['gpu x0, gpu x99999', {}],
  ])('%s', (text, expected) => {
    expect(Object.fromEntries(readResources(text))).toEqual(expected);
  });
});
