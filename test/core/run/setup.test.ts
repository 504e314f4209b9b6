import { expect, test } from 'vitest';
import { dispatch } from '../../../src/core/run/dispatch.ts';
import type { FailedSetup } from '../../../src/core/run/environment-event.ts';
import { newSchedule } from '../../../src/core/run/schedule.ts';
import { closeSetupGates, evolveSetup, forgetSetup, setupGates, unreadyFor } from '../../../src/core/run/setup.ts';
import { emptyState, type RunState } from '../../../src/core/run/state.ts';

const FAILED: FailedSetup = {
  command: 'npm ci',
  exit_code: 1,
  reason: 'exit code 1',
  tail: 'no network\n',
  from: '.masterplan.yaml',
};

/** A run of five tasks, of each of which one attempt could not be made ready with this failure. */
function after(failures: Readonly<Record<string, FailedSetup>>): RunState {
  const tasks = ['T1', 'T2', 'T3', 'T4', 'T5'].map((id) => ({
    id,
    title: id,
    unit: id,
    needs: [],
    scope: [],
    verify: [],
    nonCommitting: false,
    agent: undefined,
    estimate: undefined,
  }));
  const state: RunState = {
    ...emptyState(),
    tasks: tasks.map((task) => ({
      task,
      progress: { status: 'pending' },
      attempts: [{ number: 1, agent: 'mine', base: '', nonce: '', started: 0, worktree: 'open' }],
      failures: 0,
      losses: 0,
    })),
    schedule: newSchedule(tasks),
    settings: {
      agents: {
        mine: {
          kind: 'command',
          command: ['true'],
          env: [],
          idle_timeout: 0,
          timeout: 0,
          max_output: 0,
          max_concurrent: 0,
        },
      },
      roles: { implement: 'mine' },
      parallel: 9,
      verify_parallel: 1,
      attempts: 1,
      losses: 1,
      verify: { timeout: 0, commands: [], env: [] },
      finish: 'ask',
    },
  };
  for (const [task, failed] of Object.entries(failures))
    evolveSetup(
      state,
      {
        event: 'setup_finished',
        task,
        attempt: 1,
        passed: false,
        copied: [],
        made: [],
        duration_ms: 1,
        failed,
      },
      0,
    );
  return state;
}

const gatesOf = (state: RunState): string[] =>
  setupGates(state).flatMap((effect) =>
    effect.type === 'record'
      ? effect.events.flatMap((event) => (event.event === 'gate_opened' ? [event.gate] : []))
      : [],
  );
const startable = (state: RunState): string[] => dispatch(state).start.map((at) => state.tasks[at]?.task.id ?? '');

test('a task whose set-up failed waits at a gate of its own, the others go on', () => {
  const state = after({ T1: FAILED, T2: { ...FAILED, reason: 'exit code 2' } });
  expect(gatesOf(state)).toEqual(['setup:T1', 'setup:T2']);
  expect(startable(state)).toEqual(['T3', 'T4', 'T5']);
  expect(unreadyFor(state, 'T1')).toMatchObject({ gate: 'setup:T1' });
  forgetSetup(state, 'setup:T1');
  expect(gatesOf(state)).toEqual(['setup:T2']);
  expect(startable(state)).toEqual(['T1', 'T3', 'T4', 'T5']);
});

test('three alike stop the run with one gate, which stands for those of the tasks', () => {
  const state = after({ T1: FAILED, T2: FAILED, T3: FAILED });
  state.gates = ['setup:T1', 'finish'].map((id) => ({
    id,
    question: '',
    options: [],
    recommended: '',
    detail: [],
    opened: 0,
  }));
  expect(gatesOf(state)).toEqual(['setup']);
  expect(startable(state)).toEqual([]);
  expect(unreadyFor(state, 'T5')?.gate).toBe('setup');
  closeSetupGates(state);
  expect(state.gates.map(({ id }) => id)).toEqual(['finish']);
  forgetSetup(state, 'lane:mine');
  expect(startable(state)).toEqual([]);
  forgetSetup(state, 'setup');
  expect(gatesOf(state)).toEqual([]);
  expect(startable(state)).toHaveLength(5);
});

test('an attempt that is on its way to its end is not asked about yet', () => {
  const state = after({ T1: FAILED });
  const [first] = state.tasks;
  if (first !== undefined) first.progress = { status: 'working', attempt: 1 };
  expect(gatesOf(state)).toEqual([]);
});
