import type { PlanTask } from '../../src/core/plan/model.ts';
import type { RunEvent } from '../../src/core/run/event.ts';
import type { RunSettings } from '../../src/core/run/settings.ts';
import { Chance } from './chance.ts';

/** Settings of a run as they are when the configuration file names one agent. */
export const SETTINGS: RunSettings = {
  agents: {
    mine: {
      kind: 'command',
      command: ['sh', '-c', 'agent'],
      env: [],
      idle_timeout: 600_000,
      timeout: 3_600_000,
      max_output: 0,
      max_concurrent: 0,
    },
  },
  roles: { implement: 'mine' },
  parallel: 8,
  verify_parallel: 2,
  attempts: 3,
  losses: 10,
  verify: { timeout: 600_000, commands: [], env: [] },
  finish: 'ask',
};

/** Tasks as plans have them: some needs among the few dozen before, two files of scope, one verify command. */
export function someTasks(count: number, chance: Chance): PlanTask[] {
  return Array.from({ length: count }, (_, i) => {
    const needs = new Set<number>();
    for (let k = chance.whole(0, 3); k > 0 && i > 0; k--) needs.add(chance.whole(Math.max(0, i - 40), i - 1));
    return {
      id: `T${i + 1}`,
      title: `Teach module ${i % 97} to keep its part ${i} in order`,
      unit: `task:${i + 1}`,
      needs: [...needs].sort((a, b) => a - b).map((need) => `T${need + 1}`),
      scope: [`src/module${i % 97}/part${i}.ts`, `test/module${i % 97}/part${i}.test.ts`],
      verify: [`npx vitest run test/module${i % 97}/part${i}.test.ts`],
      nonCommitting: false,
      agent: undefined,
      estimate: undefined,
    };
  });
}

/** The first events of a run: what `run` writes before the first attempt. */
export function beginning(tasks: readonly PlanTask[], slug: string, chance: Chance): RunEvent[] {
  const base = chance.hex(40);
  const sha256 = chance.hex(64);
  return [
    {
      event: 'run_created',
      schema: 1,
      run: `${slug}-${chance.hex(8)}`,
      slug,
      title: 'A plan for measuring',
      plan_path: 'docs/plan.md',
      base_branch: 'main',
      base,
      run_branch: `masterplan/${slug}`,
      masterplan: '0.1.0',
    },
    { event: 'plan_written', kind: 'task', sha256, tasks, verify: ['npm test'] },
    { event: 'config_resolved', settings: SETTINGS },
    { event: 'plan_approved', sha256, by: 'user', how: 'terminal' },
    { event: 'phase_entered', phase: 'execute' },
    { event: 'branch_created', branch: `masterplan/${slug}`, commit: base },
    { event: 'repository_fingerprinted', files: { config: chance.hex(64), 'info/exclude': chance.hex(64) } },
  ];
}

/** The groups of events of one attempt, from its start to its end, as the engine appends them. */
export function attempt(
  task: PlanTask,
  number: number,
  base: string,
  ends: 'landed' | 'failed',
  chance: Chance,
): RunEvent[][] {
  const of = { task: task.id, attempt: number };
  const commit = chance.hex(40);
  const tree = chance.hex(40);
  const checks = chance.hex(16);
  const verified = (passed: boolean, id: string, what: string): RunEvent => ({
    event: 'verification_finished',
    ...of,
    base,
    landing: id !== commit,
    commit: id,
    tree: what,
    checks,
    passed,
    evidence: `evidence/${task.id}.${number}.${what.slice(0, 12)}.${checks.slice(0, 8)}`,
    duration_ms: chance.whole(500, 90_000),
    ...(passed
      ? {}
      : {
          failed: {
            command: task.verify[0] ?? '',
            exit_code: 1,
            reason: 'exit code 1',
            tail: 'FAIL test/part.test.ts > keeps its part in order\nAssertionError: expected 3 to be 4\n'.repeat(3),
          },
        }),
  });
  const groups: RunEvent[][] = [
    [
      {
        event: 'attempt_started',
        ...of,
        agent: 'mine',
        contract_id: 'implement.v1',
        base,
        nonce: chance.hex(32),
        brief_sha256: chance.hex(64),
      },
    ],
    [
      {
        event: 'digest_recorded',
        ...of,
        contract_id: 'implement.v1',
        source: 'agent',
        status: 'completed',
        summary: 'Did what the task asks for and added a test for the empty case.',
        sha256: chance.hex(64),
      },
      {
        event: 'attempt_finished',
        ...of,
        ending: 'done',
        reason: 'Did what the task asks for and added a test for the empty case.',
        exit_code: 0,
        commit,
        tree,
        files_changed: 2,
      },
    ],
    [{ event: 'verification_started', ...of, tree, base, landing: false }],
  ];
  if (ends === 'failed') return [...groups, [verified(false, commit, tree)], [{ event: 'worktree_removed', ...of }]];
  const landing = { commit: chance.hex(40), tree: chance.hex(40) };
  return [
    ...groups,
    [{ event: 'worktree_removed', ...of }],
    [verified(true, commit, tree)],
    [{ event: 'merge_started', ...of, base, ...landing }],
    [{ event: 'verification_started', ...of, tree: landing.tree, base, landing: true }],
    [verified(true, landing.commit, landing.tree)],
    [{ event: 'merge_finished', ...of, base, ...landing, adopted: false }],
  ];
}

/**
 * A run of these tasks, group by group: one after the other in their order, with `rejected` attempts each on average that
 * fail their verification, up to the landing of the first `landed` tasks. Then the next ones that can be are at work.
 */
export function* history(
  tasks: readonly PlanTask[],
  slug: string,
  landed: number,
  rejected = 0.15,
): Generator<RunEvent[]> {
  const chance = new Chance(7);
  const first = beginning(tasks, slug, chance);
  yield first;
  const created = first[0];
  let tip = created?.event === 'run_created' ? created.base : '';
  for (const task of tasks.slice(0, landed)) {
    let number = 1;
    for (let more = rejected; more >= 1 || chance.next() < more; more--)
      yield* attempt(task, number++, tip, 'failed', chance);
    for (const group of attempt(task, number, tip, 'landed', chance)) {
      const last = group.at(-1);
      if (last?.event === 'merge_finished') tip = last.commit;
      yield group;
    }
  }
  const merged = new Set(tasks.slice(0, landed).map((task) => task.id));
  const free = tasks.slice(landed).filter((task) => task.needs.every((need) => merged.has(need)));
  for (const task of free.slice(0, SETTINGS.parallel)) yield attempt(task, 1, tip, 'landed', chance)[0] ?? [];
}
