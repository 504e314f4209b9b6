import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { MasterDetail } from '../../../../src/core/plan/kinds/master/model.ts';
import { isRunnable, parsePlan, readDraft } from '../../../../src/core/plan/parse.ts';

// The original template is read where it lies beside the project and never copied into it.
const SEEDS = join('..', 'shared', 'seeds');
const seed = existsSync(SEEDS) ? readdirSync(SEEDS).find((name) => name.startsWith('000_')) : undefined;

/** The example plan inside the seed: from its last Phase 0 to the last line of its verification. */
function example(): string {
  const lines = readFileSync(join(SEEDS, seed as string), 'utf8').split('\n');
  const from = lines.findLastIndex((line) => line.startsWith('## [ ] Phase 0: Scaffolding'));
  const to = lines.findIndex((line, i) => i > from && line.startsWith('- [ ] E2E'));
  return `# Example\n\n${lines.slice(from, to + 1).join('\n')}\n`;
}

describe.skipIf(seed === undefined)('the example of the seed', () => {
  test('is a master plan of a foundation and three modules that wait for it', () => {
    const parsed = parsePlan(example(), { fileName: 'x.md' });
    if (!parsed.ok) throw new Error('was not read');
    const { kind, units, edges, gates } = parsed.value;
    expect(kind).toBe('master');
    expect(isRunnable(parsed.value)).toBe(true);
    expect(units.map(({ task }) => [task.id, task.unit, task.planFirst, task.needs])).toEqual([
      ['P0', 'phase:0', undefined, []],
      ['P1', 'module:1', 'phased', ['P0']],
      ['P2', 'module:2', 'phased', ['P0']],
      ['P3', 'module:3', 'phased', ['P0']],
    ]);
    expect(new Set(edges.map(({ why, origin }) => `${why} ${origin}`))).toEqual(new Set(['foundation rule']));
    expect(units.map(({ task }) => task.scope)).toEqual([
      ['src/models/', 'src/api/contracts.py', 'tests/conftest.py'],
      ['src/db/migrations/'],
      [],
      [],
    ]);
    expect(units.map(({ boxes, criteria }) => [boxes.length, criteria.length])).toEqual([
      [4, 2],
      [3, 1],
      [1, 0],
      [1, 0],
    ]);
    expect(gates).toMatchObject([{ kind: 'verify', after: ['P0', 'P1', 'P2', 'P3'] }]);
    expect(gates[0]?.criteria).toHaveLength(3);
  });

  test('is read part by part', () => {
    const read = readDraft(example());
    if (!read.ok || read.value.draft.kind !== 'master') throw new Error('was not read');
    const { modules, orchestration } = read.value.draft.detail as MasterDetail;
    expect(modules[0]?.provides.map(({ key }) => key)).toEqual(['User', 'Project', 'Task']);
    expect(modules[0]?.dependencies.map(({ phases }) => phases)).toEqual([[0]]);
    expect(modules[0]?.owns.map(({ key }) => key)).toEqual(['users', 'projects', 'tasks', 'src/db/migrations']);
    expect(orchestration?.sequential.map(({ before, after }) => [before, after])).toEqual([[[0], [1, 2, 3]]]);
    expect(orchestration?.parallel.map(({ numbers }) => numbers)).toEqual([[1, 2, 3]]);
    expect(orchestration?.notes).toEqual([[3, 1, 0]]);
  });

  test('has these findings', () => {
    const parsed = parsePlan(example(), { fileName: 'x.md' });
    const findings = parsed.ok ? parsed.value.findings : [];
    expect(findings.map(({ rule, severity, span }) => `${span.line} ${severity} ${rule}`)).toMatchSnapshot();
  });
});

test.runIf(seed === undefined)(`skipped: there is no seed in ${SEEDS}`, () => undefined);
