import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePlan } from '../../../src/core/plan/parse.ts';
import { forecast, type ForecastOptions } from '../../../src/core/views/forecast.ts';
import { toDot, toMermaid } from '../../../src/core/views/graph-drawing.ts';
import { planGraph, type PlanGraph, wavesOf } from '../../../src/core/plan/plan-graph.ts';

function graphOf(text: string): PlanGraph {
  const parsed = parsePlan(text, { fileName: 'plan.md' });
  if (!parsed.ok) throw new Error('was not read');
  return planGraph(parsed.value);
}

interface Task {
  readonly needs?: string;
  readonly files?: string;
  readonly estimate?: string;
  readonly title?: string;
}

function plan(tasks: readonly Task[]): string {
  return tasks
    .map(({ needs = 'none', files, estimate, title = 'x' }, i) =>
      [
        `### Task ${i + 1}: ${title}`,
        `**Needs:** ${needs}`,
        ...(files === undefined ? [] : [`**Files:** ${files}`]),
        ...(estimate === undefined ? [] : [`**Estimate:** ${estimate}`]),
        '**Verify:** `true`',
      ].join('\n\n'),
    )
    .join('\n\n');
}

describe('a graph', () => {
  test('has waves, edges with reasons, and the longest chain', () => {
    const graph = graphOf(
      plan([
        { estimate: '10 min', files: '`a`' },
        { estimate: '5 min', needs: 'T1' },
        { estimate: '30 min', files: '`a`' },
        { estimate: '1 min', needs: 'T2, T3' },
      ]),
    );
    expect(wavesOf(graph)).toEqual([['T1'], ['T2', 'T3'], ['T4']]);
    expect(graph.edges).toEqual([
      { from: 'T1', to: 'T2', why: 'declared', origin: 'text' },
      { from: 'T2', to: 'T4', why: 'declared', origin: 'text' },
      { from: 'T3', to: 'T4', why: 'declared', origin: 'text' },
      { from: 'T1', to: 'T3', why: 'resource', origin: 'rule' },
    ]);
    expect(graph.tasks[2]?.needs).toEqual([]);
    expect(graph.critical).toEqual({ tasks: ['T1', 'T3', 'T4'], minutes: 41 });
  });

  test('ties everything below a directory to whoever changes the directory', () => {
    const graph = graphOf(
      plan([{ files: '`src/a`' }, { files: '`src/b`' }, { files: '`src/`' }, { files: '`src/c`' }]),
    );
    const edges = graph.edges.map(({ from, to }) => `${from} ${to}`);
    expect(edges).toEqual(['T1 T3', 'T2 T3', 'T3 T4']);
    expect(wavesOf(graph)).toEqual([['T1', 'T2'], ['T3'], ['T4']]);
  });

  test('of a circle shows the way round, and keeps the rest', () => {
    const graph = graphOf(plan([{ needs: 'T2' }, { needs: 'T1' }, {}]));
    expect(graph.tasks.map(({ wave }) => wave)).toEqual([-1, -1, 0]);
    expect(graph.findings.map(({ rule, message }) => `${rule} ${message}`)).toEqual([
      expect.stringMatching(/^GEN-005 .*T1 → T2 → T1/),
    ]);
    expect(toMermaid(graph)).toContain(':::circle');
  });

  test('is drawn, whatever stands in titles', () => {
    const graph = graphOf(
      plan([{ title: 'say "hi" <b>#1</b> `x`' }, { title: '\\ and | and ]', needs: 'T1' }, { needs: 'T1, T2' }]),
    );
    const mermaid = toMermaid(graph);
    expect(mermaid).toContain('n1_T1["T1 say #34;hi#34; #60;b#62;#35;1#60;/b#62; x"]');
    // T1 → T3 follows from T1 → T2 → T3.
    expect(mermaid.match(/-->/g)).toHaveLength(2);
    expect(toDot(graph)).toContain('"T1" [label="T1 say \\"hi\\" <b>#1</b> x", penwidth=2];');
  });

  test('never ties two tasks twice and never puts a task before what it waits for', () => {
    const one = fc.record({
      needs: fc.array(fc.nat(11), { maxLength: 3 }),
      files: fc.array(fc.constantFrom('a', 'b', 'src/', 'src/x', 'src/y/', 'src/y/z', 'src/**/*.ts'), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 12 }), (tasks) => {
        const graph = graphOf(
          plan(
            tasks.map(({ needs, files }, i) => ({
              needs:
                needs
                  .filter((need) => need < i)
                  .map((need) => `T${need + 1}`)
                  .join(', ') || 'none',
              ...(files.length === 0 ? {} : { files: files.map((file) => `\`${file}\``).join(', ') }),
            })),
          ),
        );
        const wave = new Map(graph.tasks.map((task) => [task.id, task.wave]));
        for (const { from, to } of graph.edges) expect(wave.get(from)).toBeLessThan(wave.get(to) ?? -1);
        expect(new Set(graph.edges.map(({ from, to }) => `${from} ${to}`)).size).toBe(graph.edges.length);
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

describe('a forecast', () => {
  const options: ForecastOptions = {
    agents: 2,
    seed: 1,
    samples: 400,
    usual: 30,
    failures: 0,
    rate: undefined,
    past: [],
  };
  const diamond = (): PlanGraph =>
    graphOf(
      plan([
        { estimate: '60 min' },
        { estimate: '60 min', needs: 'T1' },
        { estimate: '60 min', needs: 'T1' },
        { estimate: '60 min', needs: 'T2, T3' },
      ]),
    );

  test('is the same for the same seed and differs for another', () => {
    expect(forecast(diamond(), options)).toEqual(forecast(diamond(), options));
    expect(forecast(diamond(), { ...options, seed: 2 })?.minutes).not.toEqual(forecast(diamond(), options)?.minutes);
  });

  test('lies around the longest chain, and one agent takes longer than two', () => {
    const two = forecast(diamond(), options);
    const one = forecast(diamond(), { ...options, agents: 1 });
    expect(two?.minutes.p50).toBeGreaterThan(180);
    expect(two?.minutes.p50).toBeLessThan(260);
    expect(two?.minutes.p90).toBeGreaterThan(two?.minutes.p50 ?? 0);
    expect(one?.minutes.p50).toBeGreaterThan(two?.minutes.p50 ?? 0);
    expect(one?.withAgents[0]?.saves).toBeGreaterThan(20);
    expect(
      two?.critical
        .slice(0, 2)
        .map(({ task }) => task)
        .sort(),
    ).toEqual(['T1', 'T4']);
  });

  test('names the need that costs most', () => {
    const graph = graphOf(
      plan([{ estimate: '90 min' }, { estimate: '90 min', needs: 'T1' }, { estimate: '5 min', needs: 'T2' }]),
    );
    expect(forecast(graph, options)?.withoutEdge[0]).toMatchObject({ from: 'T1', to: 'T2', why: 'declared' });
  });

  test('learns from what tasks took, and costs what agents cost', () => {
    const past = Array.from({ length: 9 }, (_, i) => ({ minutes: 10 + i, estimate: undefined, attempts: 1 }));
    const graph = graphOf(plan([{}]));
    const made = forecast(graph, { ...options, past, rate: 6 });
    expect(made?.minutes.p50).toBe(14);
    expect(made?.cost?.p50).toBeCloseTo(1.4, 1);
    expect(made?.from).toMatchObject({ past: 9, failures: 0, usual: 14 });
  });

  test('is refused for a circle', () => {
    expect(forecast(graphOf(plan([{ needs: 'T2' }, { needs: 'T1' }])), options)).toBeUndefined();
  });
});

test('the example of a diamond is drawn as it is documented', () => {
  const graph = graphOf(readFileSync('examples/diamond/plan.md', 'utf8'));
  expect(wavesOf(graph).map((ids) => ids.length)).toEqual([1, 2, 1]);
});
