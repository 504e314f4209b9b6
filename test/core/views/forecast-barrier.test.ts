import { expect, test } from 'vitest';
import { parsePlan } from '../../../src/core/plan/parse.ts';
import { planGraph, wavesOf } from '../../../src/core/plan/plan-graph.ts';
import { forecast } from '../../../src/core/views/forecast.ts';

const PLAN = `# Plan

## Tasks

### Task 1: Begin

**Estimate:** 60 min
**Needs:** none

### Task 2: Left

**Estimate:** 10 min
**Parallel-group:** g
**Needs:** T1

### Task 3: Right

**Estimate:** 60 min
**Parallel-group:** g
**Needs:** none

### Task 4: End

**Estimate:** 60 min
**Needs:** T2
`;

const options = { agents: 4, seed: 1, samples: 400, usual: 30, failures: 0, rate: undefined, past: [] };

test('a graph shows the waves that a run keeps to, and a forecast waits for them', () => {
  const parsed = parsePlan(PLAN, { fileName: 'plan.md', kind: 'task' });
  if (!parsed.ok) throw new Error('no plan');
  const free = planGraph(parsed.value);
  const waves = planGraph(parsed.value, 'wave');
  expect(wavesOf(free)).toEqual([['T1', 'T3'], ['T2'], ['T4']]);
  expect(wavesOf(waves)).toEqual([['T1'], ['T2', 'T3'], ['T4']]);
  // 60, 10, 60 one after the other; under the barrier T3 takes its hour between T1 and T4 instead of beside them.
  const [quick, slow] = [forecast(free, options), forecast(waves, options)];
  expect(quick?.minutes.p50).toBeLessThan(160);
  expect(slow?.minutes.p50).toBeGreaterThan(170);
});
