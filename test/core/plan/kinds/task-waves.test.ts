import { describe, expect, test } from 'vitest';
import { parsePlan } from '../../../../src/core/plan/parse.ts';

function needsOf(text: string): readonly string[] {
  const parsed = parsePlan(text, { fileName: 'plan.md', kind: 'task' });
  if (!parsed.ok) throw new Error('was not read');
  return parsed.value.units.map(({ task }) => `${task.id}: ${task.needs.join(' ')}`.trim());
}

const task = (id: number, lines = ''): string => `### Task ${id}: Title ${id}\n\n**Files:** \`a${id}.ts\`\n${lines}\n`;

describe('waves of a task plan', () => {
  test('without needs, each wave waits for the one before it, whatever its number', () => {
    const text = `# P\n\n## Wave 2\n\n${task(1)}\n${task(3)}\n## Wave 7\n\n${task(2)}`;
    expect(needsOf(text)).toEqual(['T1:', 'T3:', 'T2: T1 T3']);
  });

  test('waves with titles are chapters, unless they say that their tasks are parallel', () => {
    const text = (one: string, two: string): string =>
      `# P\n\n## ${one}\n\n${task(1)}\n${task(2)}\n## ${two}\n\n${task(3)}`;
    expect(needsOf(text('Wave 1 — The guard', 'Wave 2 — The lock'))).toEqual(['T1:', 'T2: T1', 'T3: T2']);
    expect(needsOf(text('Wave 1 — The guard (parallel)', 'Wave 2 — The lock'))).toEqual(['T1:', 'T2:', 'T3: T1 T2']);
    expect(needsOf(text('Wave 0 — The guard', 'Wave 1 — The lock'))).toEqual(['T1:', 'T2:', 'T3: T1 T2']);
  });

  test('a line or the end of a title may state the wave', () => {
    const text = `# P\n\n${task(1, '**Wave:** 0\n')}\n${task(2, '**Wave:** 0\n')}\n### Task 3: Title (wave 1)\n\n**Files:** \`c.ts\`\n`;
    expect(needsOf(text)).toEqual(['T1:', 'T2:', 'T3: T1 T2']);
  });

  test('a task that declares needs waits for them alone, one that says nothing for the wave before', () => {
    const text = `# P\n\n## Wave 1\n\n${task(1)}\n${task(2)}\n## Wave 2\n\n${task(3, '**Needs:** T1\n')}\n${task(4)}`;
    expect(needsOf(text)).toEqual(['T1:', 'T2:', 'T3: T1', 'T4: T1 T2']);
  });

  test('where one task is in no wave, or parallel groups are named, the order of the document counts', () => {
    const loose = `# P\n\n${task(1)}\n## Wave 1\n\n${task(2)}\n${task(3)}`;
    expect(needsOf(loose)).toEqual(['T1:', 'T2: T1', 'T3: T2']);
    const grouped = `# P\n\n## Wave 1\n\n${task(1, '**Parallel-group:** g1\n')}\n${task(2, '**Parallel-group:** g1\n')}\n${task(3)}`;
    expect(needsOf(grouped)).toEqual(['T1:', 'T2:', 'T3: T1 T2']);
  });

  test('a heading of a wave may stand on the level of its tasks', () => {
    const text = `# P\n\n### Wave 1\n\n${task(1)}\n${task(2)}\n### Wave 2\n\n${task(3)}`;
    expect(needsOf(text)).toEqual(['T1:', 'T2:', 'T3: T1 T2']);
  });

  test('waves of thousands of tasks do not multiply', () => {
    const wave = (n: number): string =>
      `## Wave ${n}\n\n${Array.from({ length: 2000 }, (_, i) => task(n * 10_000 + i)).join('\n')}`;
    const needs = needsOf(`# P\n\n${wave(1)}\n${wave(2)}`);
    expect(needs.at(-1)).toBe('T21999: T20000');
    expect(needs[2000]?.split(' ')).toHaveLength(2001);
  });
});
