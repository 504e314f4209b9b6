import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { planGraph } from '../../../src/core/plan/plan-graph.ts';
import { isRunnable, parsePlan } from '../../../src/core/plan/parse.ts';

// Real documents of other tools, read where they lie beside the project and never copied into it.
const CORPUS = join('..', 'shared', 'corpus');
const absent = !existsSync(CORPUS);

function read(...path: string[]) {
  const file = join(CORPUS, ...path);
  return parsePlan(readFileSync(file, 'utf8'), { fileName: file });
}

describe.skipIf(absent)(`real documents in ${CORPUS}`, () => {
  test.each([
    ['7.1.0', 'codex-routing-fix', 15, 10],
    ['7.1.0', 'concurrency-guards', 10, 0],
    ['7.1.0', 'p4-suppression-smoke', 3, 0],
    ['9.9.1', 'github-coord-fix', 3, 1],
  ])('bundle %s/%s: %d tasks, %d of them for Codex, all with files', (version, slug, tasks, codex) => {
    const parsed = read('masterplan-bundles', version, slug, 'plan.md');
    if (!parsed.ok) throw new Error('was not read');
    const { units, kind } = parsed.value;
    expect(kind).toBe('task');
    expect(isRunnable(parsed.value)).toBe(true);
    expect(units).toHaveLength(tasks);
    expect(units.filter((unit) => unit.task.agent === 'codex')).toHaveLength(codex);
    expect(units.filter((unit) => unit.task.scope.length === 0)).toEqual([]);
    const proven = units.filter((unit) => unit.task.verify.length > 0).length;
    expect(proven).toBe(slug === 'p4-suppression-smoke' ? 0 : tasks);
  });

  test('the index that another tool wrote of a plan says the same', () => {
    const parsed = read('masterplan-bundles', '9.9.1', 'github-coord-fix', 'plan.md');
    const text = readFileSync(
      join(CORPUS, 'masterplan-bundles', '9.9.1', 'github-coord-fix', 'plan.index.json'),
      'utf8',
    );
    const index = JSON.parse(text) as { tasks: { id: number | string; files: string[]; deps?: (number | string)[] }[] };
    if (!parsed.ok) throw new Error('was not read');
    const ids = (list: readonly (number | string)[]): string[] => list.map((id) => `T${String(id).replace(/^T/, '')}`);
    expect(parsed.value.units.map(({ task }) => [task.id, task.scope, task.needs])).toEqual(
      index.tasks.map(({ id, files, deps }) => [ids([id])[0], files, ids(deps ?? [])]),
    );
  });

  test('parallel groups in lower case are stages', () => {
    const parsed = read('masterplan-bundles', '7.1.0', 'codex-routing-fix', 'plan.md');
    const needs = parsed.ok ? parsed.value.units.map(({ task }) => task.needs.join(' ')) : [];
    expect(needs.slice(0, 5)).toEqual(['', '', '', 'T1 T2 T3', 'T4']);
    expect(needs.slice(8, 13)).toEqual(['T8', 'T8', 'T8', 'T8', 'T9 T10 T11 T12']);
  });

  test.each([
    ['macro', 'macro', 'weighted-scoring.md'],
    ['macro', 'macro', 'parallel-dev-234.md'],
    ['micro', 'micro', 'pr18-prefix-affinity.md'],
    ['micro', 'micro', 'pr1204-compact.md'],
    ['implementation', 'implementation', 'issues-waves-pivot-v3.md'],
    ['implementation', 'implementation', 'task-groups-repo-split.md'],
  ])('%s: %s/%s is recognised', (kind, ...path) => {
    const parsed = read(...path);
    expect(parsed.ok ? parsed.value.kind : 'unknown').toBe(kind);
  });
});

/** What a person who reads them sees. */
const GRAPHS: readonly (readonly [file: string, kind: string, waves: readonly string[]])[] = [
  ['macro/weighted-scoring.md', 'macro', ['PR-17', 'PR-18']],
  ['macro/parallel-dev-234.md', 'macro', ['GH-234', 'PR-17 GH-236 GH-237 GH-240']],
  ['micro/pr1204-compact.md', 'micro', ['T1', 'T2', 'T3']],
  ['micro/pr18-prefix-affinity.md', 'micro', ['T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7']],
  [
    'implementation/issues-waves-pivot-v3.md',
    'implementation',
    ['12-3jc.1', Array.from({ length: 12 }, (_, i) => `12-3jc.${i + 2}`).join(' '), '12-3jc.14', '12-3jc.15'],
  ],
];

describe.skipIf(absent)('the graph of real documents', () => {
  test.each(GRAPHS)('%s', (file, kind, waves) => {
    const parsed = read(...file.split('/'));
    if (!parsed.ok) throw new Error('was not read');
    expect(parsed.value.kind).toBe(kind);
    const { tasks } = planGraph(parsed.value);
    const found = [...new Set(tasks.map(({ wave }) => wave))].sort((a, b) => a - b);
    expect(found.map((wave) => tasks.flatMap((one) => (one.wave === wave ? [one.id] : [])).join(' '))).toEqual(waves);
  });
});

test.runIf(absent)(`skipped: there are no real documents in ${CORPUS}`, () => undefined);
