import { expect, test } from 'vitest';
import { taskOf } from '../../src/core/run/state.ts';
import { handoffFor } from '../../src/engine/perform/handoff.ts';
import type { Performing } from '../../src/engine/perform/performer.ts';
import { Story, task } from '../core/run/story.ts';

const KEPT = 'a'.repeat(40);
const BASE = 'b'.repeat(40);

test('an attempt whose agent was never started hands on what it was to begin with', async () => {
  const story = new Story([task('T1')]).approved().started('T1');
  const of = { task: 'T1', exit_code: null };
  story.tell(
    { event: 'snapshot_taken', task: 'T1', attempt: 1, commit: KEPT, ref: 'refs/masterplan/result/demo/T1.1' },
    { event: 'attempt_finished', ...of, attempt: 1, ending: 'limited', reason: 'a limit' },
  );
  story.started('T1', 2);
  story.tell({ event: 'attempt_finished', ...of, attempt: 2, ending: 'cancelled', reason: 'the task was changed' });
  const changed = taskOf(story.state, 'T1');
  const second = changed?.attempts[1];
  if (changed === undefined || second === undefined) throw new Error('there are no two attempts');
  second.left = true;
  const git = {
    kept: async (name: string) => (name === 'T1.1' ? KEPT : undefined),
    changes: async () => [],
    integrate: async (commit: string) => ({ commit }),
  };
  const performing = { git, state: () => story.state } as unknown as Performing;
  const handoff = await handoffFor(changed, 3, BASE, performing);
  expect(handoff).toMatchObject({ from: { number: 1 }, commit: KEPT });
});
