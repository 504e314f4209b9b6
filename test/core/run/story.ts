import type { PlanTask } from '../../../src/core/plan/model.ts';
import type { PlanTerms } from '../../../src/core/plan/terms.ts';
import { evolve } from '../../../src/core/run/evolve.ts';
import type { RecordedEvent, RunEvent } from '../../../src/core/run/event.ts';
import type { RunSettings } from '../../../src/core/run/settings.ts';
import { emptyState, type RunState } from '../../../src/core/run/state.ts';
import { formatStamp } from '../../../src/core/base/time.ts';

export const SETTINGS: RunSettings = {
  agents: {
    worker: {
      kind: 'command',
      command: ['worker'],
      env: [],
      idle_timeout: 0,
      timeout: 0,
      max_output: 0,
      max_concurrent: 0,
    },
    codex: {
      kind: 'command',
      command: ['codex'],
      env: [],
      idle_timeout: 0,
      timeout: 0,
      max_output: 0,
      max_concurrent: 1,
    },
  },
  roles: { implement: 'worker' },
  parallel: 2,
  verify_parallel: 2,
  attempts: 2,
  losses: 2,
  verify: { timeout: 0, commands: [], env: [] },
  finish: 'ask',
};

/** `task('T2', {needs: ['T1']})`: a task with what the test is about, and defaults for the rest. */
export function task(id: string, fields: Partial<PlanTask> = {}): PlanTask {
  return {
    id,
    title: `title of ${id}`,
    unit: `task:${id.slice(1)}`,
    needs: [],
    scope: [`${id}/`],
    verify: [`check ${id}`],
    nonCommitting: false,
    agent: undefined,
    estimate: undefined,
    ...fields,
  };
}

/** A run told event by event. */
export class Story {
  state: RunState = emptyState();
  readonly told: RecordedEvent[] = [];

  constructor(
    tasks: readonly PlanTask[],
    settings: RunSettings = SETTINGS,
    verify: readonly string[] = [],
    terms?: PlanTerms,
  ) {
    this.tell(
      {
        event: 'run_created',
        schema: 1,
        run: 'demo-1',
        slug: 'demo',
        title: 'Demo',
        plan_path: 'plan.md',
        base_branch: 'main',
        base: 'base',
        run_branch: 'masterplan/demo',
        masterplan: '0',
      },
      { event: 'plan_written', kind: 'task', sha256: 'plan', tasks, verify, ...(terms === undefined ? {} : { terms }) },
      { event: 'config_resolved', settings },
      {
        event: 'gate_opened',
        gate: 'plan',
        question: 'run?',
        options: ['approve', 'cancel'],
        recommended: 'approve',
        detail: [],
      },
    );
  }

  tell(...events: readonly RunEvent[]): this {
    for (const event of events) {
      const stamped: RecordedEvent = {
        ...event,
        seq: this.state.seq + 1,
        ts: formatStamp(1_000_000 + this.state.seq * 1000),
        fence: 1,
      };
      this.state = evolve(this.state, stamped);
      this.told.push(stamped);
    }
    return this;
  }

  /** Approved, and ready for work. */
  approved(): this {
    return this.tell(
      { event: 'plan_approved', sha256: 'plan', by: 'me', how: 'test' },
      { event: 'gate_answered', gate: 'plan', answer: 'approve', by: 'me', how: 'test' },
      { event: 'phase_entered', phase: 'execute' },
      { event: 'branch_created', branch: 'masterplan/demo', commit: 'base' },
      { event: 'repository_fingerprinted', files: { config: 'a' } },
    );
  }

  started(id: string, attempt = 1, base = this.state.tip ?? 'base'): this {
    return this.tell({
      event: 'attempt_started',
      task: id,
      attempt,
      agent: 'worker',
      contract_id: 'implement.v1',
      base,
      nonce: `${id}-${attempt}`,
      brief_sha256: '',
    });
  }

  done(id: string, attempt = 1): this {
    return this.tell({
      event: 'attempt_finished',
      task: id,
      attempt,
      ending: 'done',
      reason: '',
      exit_code: 0,
      commit: `c-${id}-${attempt}`,
      tree: `t-${id}-${attempt}`,
      files_changed: 1,
    });
  }

  ended(id: string, attempt: number, ending: 'failed' | 'lost' | 'cancelled'): this {
    return this.tell({
      event: 'attempt_finished',
      task: id,
      attempt,
      ending,
      reason: `${ending} on purpose`,
      exit_code: 1,
    });
  }

  verified(
    id: string,
    passed: boolean,
    fields: { attempt?: number; tree?: string; checks: string; base?: string },
  ): this {
    const attempt = fields.attempt ?? 1;
    return this.tell({
      event: 'verification_finished',
      task: id,
      attempt,
      base: fields.base ?? 'base',
      commit: `c-${id}-${attempt}`,
      tree: fields.tree ?? `t-${id}-${attempt}`,
      checks: fields.checks,
      passed,
      evidence: 'e',
      landing: this.state.tasks.find((one) => one.task.id === id)?.progress.status === 'merging',
      duration_ms: 1,
      ...(passed
        ? {}
        : { failed: { command: `check ${id}`, exit_code: 1, reason: 'exit code 1', tail: 'expected 2, got 3' } }),
    });
  }

  /** From its start to the branch, in one breath. */
  landed(id: string): this {
    const base = this.state.tip ?? 'base';
    this.started(id).done(id).verified(id, true, { checks: 'any', base });
    this.landing(id, base, `t-${id}-1`);
    const train = this.state.trains[0]?.id ?? 0;
    const tree = `t-${id}-1`;
    return this.tell(
      {
        event: 'verification_finished',
        ...{ task: id, attempt: 1, base, landing: true, train, cars: 1 },
        ...{ commit: `l-${id}`, tree, checks: 'any', passed: true, evidence: 'e', duration_ms: 1 },
      },
      { event: 'merge_finished', task: id, attempt: 1, base, commit: `l-${id}`, tree, adopted: false },
    );
  }

  /** A train of one, onto `base`. */
  landing(id: string, base: string, tree: string, attempt = 1): this {
    const cars = [{ task: id, attempt, commit: `l-${id}`, tree }];
    return this.tell({ event: 'train_started', train: this.state.nextTrain, base, cars, joins: [], clean: [] });
  }

  /** What the verification of the only train showed, that of one task. */
  checked(id: string, passed: boolean, fields: { tree: string; checks: string; base: string; attempt?: number }): this {
    const { tree, checks, base, attempt = 1 } = fields;
    return this.tell({
      event: 'verification_finished',
      task: id,
      attempt,
      base,
      landing: true,
      train: this.state.trains[0]?.id ?? 0,
      cars: 1,
      commit: `l-${id}`,
      tree,
      checks,
      passed,
      evidence: 'e',
      duration_ms: 1,
      ...(passed ? {} : { failed: { command: `check ${id}`, exit_code: 1, reason: 'exit code 1', tail: 'no' } }),
    });
  }

  merged(id: string, base: string, tree: string, attempt = 1): this {
    return this.tell({ event: 'merge_finished', task: id, attempt, base, commit: `l-${id}`, tree, adopted: false });
  }
}
