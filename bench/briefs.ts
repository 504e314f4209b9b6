import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatStamp } from '../src/core/base/time.ts';
import type { Plan, PlanTask } from '../src/core/plan/model.ts';
import { parsePlan } from '../src/core/plan/parse.ts';
import { composeBrief, renderBrief } from '../src/core/run/brief.ts';
import type { RunEvent } from '../src/core/run/event.ts';
import { evolve } from '../src/core/run/evolve.ts';
import { emptyState, type RunState, taskOf } from '../src/core/run/state.ts';
import { readSubplan } from '../src/core/run/subplan.ts';

/*
 * How large briefs are, for the examples with their kept sub-plans and for plans of 10, 100 and 1,000 tasks: what a brief holds is what its
 * task needs, so its size must not grow with the plan. Orchestration asks no model anything: its tokens are none by construction.
 */

const EXAMPLES = ['recipes', 'links', 'loglines'];
const bytes = (text: string): number => Buffer.byteLength(text);
const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

function read(text: string, name: string): Plan {
  const parsed = parsePlan(text, { fileName: name });
  if (!parsed.ok) throw new Error(`${name} is no plan`);
  return parsed.value;
}

/** A run of a plan of which nothing has begun. */
function begun(plan: Plan, tasks: readonly PlanTask[]): RunState {
  const settings = {
    ...{ agents: {}, roles: { implement: 'mine' }, parallel: 4, verify_parallel: 2, attempts: 3, losses: 10 },
    ...{ verify: { timeout: 0, commands: [], env: [] }, finish: 'ask' as const },
  };
  const events: RunEvent[] = [
    {
      ...{ event: 'run_created', schema: 1, run: 'bench-1', slug: 'bench', title: plan.title, plan_path: 'plan.md' },
      ...{ base_branch: 'main', base: 'base', run_branch: 'masterplan/bench', masterplan: '0' },
    },
    {
      ...{ event: 'plan_written', kind: plan.kind, sha256: plan.sha256, tasks, verify: plan.verify },
      ...(plan.terms === undefined ? {} : { terms: plan.terms }),
    },
    { event: 'config_resolved', settings },
  ];
  let state = emptyState();
  for (const [i, event] of events.entries())
    state = evolve(state, { ...event, seq: i + 1, ts: formatStamp(i + 1), fence: 1 });
  return state;
}

/** Bytes of the brief of every task, those of the kept sub-plans among them. */
function briefs(plan: Plan, made: string | undefined): number[] {
  const state = begun(
    plan,
    plan.units.map(({ task }) => task),
  );
  return plan.units.flatMap(({ task, text }) => {
    const of = taskOf(state, task.id);
    if (of === undefined) return [];
    const size = (goal: string, context: string, one = of): number =>
      bytes(renderBrief(composeBrief(state, one, 1, 'base', 'mine', { goal, context })));
    const own = size(text, plan.context);
    const file = made === undefined ? '' : join(made, task.id, 'plan.md');
    if (task.planFirst === undefined || !existsSync(file)) return [own];
    const sub = readSubplan(task, readFileSync(file, 'utf8'));
    if (!sub.ok) return [own];
    const { plan: child, tasks } = sub.value;
    const context = [plan.context, text, child.context].filter((part) => part.trim() !== '').join('\n\n');
    const children = child.units.map((unit, i) =>
      size(unit.text, context, { ...of, task: tasks[i] as PlanTask, parent: task.id }),
    );
    return [own, ...children];
  });
}

/** A plan of so many tasks, each with criteria, files and a command of its own, and a need. */
function generated(count: number): string {
  const tasks = Array.from({ length: count }, (_, i) => {
    const needs = i === 0 ? 'none' : `T${Math.max(1, i - 2)}`;
    return `### Task ${i + 1}: Part ${i + 1}\n\n**Files:** \`src/part${i + 1}.ts\`, \`test/part${i + 1}.test.ts\`\n**Needs:** ${needs}\n**Verify:** \`npx vitest run test/part${i + 1}.test.ts\`\n\n- [ ] AC-${i + 1}: part ${i + 1} reads what comes before it and adds its own line\n`;
  });
  return `# A plan of ${count} tasks\n\n## Goal\n\nParts that are put together one by one.\n\n## Tasks\n\n${tasks.join('\n')}`;
}

const rows = [
  ...EXAMPLES.map((name) => {
    const folder = join('examples', name);
    return { name, sizes: briefs(read(readFileSync(join(folder, 'plan.md'), 'utf8'), name), join(folder, 'made')) };
  }),
  ...[10, 100, 1000].map((count) => ({
    name: `${count} tasks`,
    sizes: briefs(read(generated(count), 'plan.md'), undefined),
  })),
].map(({ name, sizes }) => {
  const sorted = [...sizes].sort((a, b) => a - b);
  return {
    name,
    briefs: sorted.length,
    p50: at(sorted, 0.5),
    p95: at(sorted, 0.95),
    most: sorted.at(-1) ?? 0,
    tokens: 0,
  };
});
if (process.argv.includes('--json')) for (const row of rows) console.log(JSON.stringify(row));
else {
  console.log('plan          briefs     p50     p95    most   (bytes)   orchestration tokens');
  for (const { name, briefs: count, p50, p95, most, tokens } of rows)
    console.log(
      `${name.padEnd(12)} ${String(count).padStart(7)} ${String(p50).padStart(7)} ${String(p95).padStart(7)} ${String(most).padStart(7)}             ${tokens}`,
    );
}
