import { commitText } from '../../core/run/commit-text.ts';
import type { EffectOf } from '../../core/run/effect.ts';
import type { RunEvent, Verification } from '../../core/run/event.ts';
import { taskOf } from '../../core/run/state.ts';
import { wasRejectedForOldTests } from '../../core/run/witnessing.ts';
import { leaveOf } from '../../core/witness/leave.ts';
import {
  letsTestsFail,
  oldTestsFinding,
  oldTestsOf,
  oldTestsVerdict,
  outcomeOfOldTests,
} from '../../core/witness/old-tests.ts';
import type { FileChange } from '../../core/witness/change.ts';
import type { FileEdit } from '../git/repositories.ts';
import { attemptFile } from '../paths.ts';
import { check } from './check.ts';
import type { Performing } from './performer.ts';
import { textsFor } from './subplan-texts.ts';

/** Paths that are listed in the log. */
const MOST_LISTED = 50;

type Tried = Extract<RunEvent, { event: 'old_tests_tried' }>;

/**
 * Runs the commands that have just passed once more, on the same result with the tests that it changed as they were on its base.
 * Part of the verification: the same slot, checkout, set-up, limits and redaction; after a crash it runs again with it. Once for each
 * commit, and only where a test that was there before is otherwise now. `undefined`: there is nothing to run, or nobody wants to know.
 *
 * @param tried  the tree that was verified: the work, with numbers where it needed some
 */
export async function tryOldTests(
  effect: EffectOf<'verify'>,
  verification: Verification,
  tried: { readonly commit: string; readonly tree: string },
  performing: Performing,
  signal: AbortSignal,
): Promise<Tried | 'cancelled' | undefined> {
  const state = performing.state();
  const policy = state.settings?.witness?.old_tests ?? 'off';
  const task = taskOf(state, effect.task);
  const attempt = task?.attempts[effect.attempt - 1];
  if (policy === 'off' || !verification.passed || effect.landing || effect.commands.length === 0) return undefined;
  const { commit: of, base } = effect.subject;
  if (task === undefined || attempt === undefined || attempt.oldTests?.of === of) return undefined;
  const { git, io, paths, texts } = performing;
  const changes = await git.changeTexts(base, of);
  const old = oldTestsOf(changes, effect.commands);
  if (typeof old === 'string') return undefined;
  const back = await before(changes, old.restored, base, performing);
  if (back.length === 0) return undefined;
  const text = commitText(state, task.task, effect.attempt, 'its tests as they were', attempt.started);
  const run = async (edits: readonly FileEdit[], name: string): Promise<Verification | undefined> => {
    const tree = await git.amend(tried.commit, edits, base, text);
    return check(tree, old.commands, `${attemptFile(effect.task, effect.attempt)}-${name}`, performing, signal);
  };
  const without = old.removed.map((path) => ({ path, content: undefined }));
  let seen = await run([...back, ...without], 'old-tests');
  // New tests may belong to how all are built or counted; and what costs an attempt or a person's time has to fail twice.
  if (seen?.passed === false && (without.length > 0 || policy !== 'warn')) seen = await run(back, 'old-tests-again');
  if (seen === undefined) return 'cancelled';
  const { goal } = await textsFor(io, paths, state, texts, task);
  const excused = letsTestsFail(leaveOf(`${task.task.title}\n\n${goal}`)) || attempt.examined?.answer === 'accept';
  const verdict = oldTestsVerdict(outcomeOfOldTests(seen.failed), policy, {
    excused,
    again: wasRejectedForOldTests(task),
  });
  const names = back.map(({ path }) => path);
  const finding = oldTestsFinding(names, seen.failed, verdict, excused);
  return {
    event: 'old_tests_tried',
    task: effect.task,
    attempt: effect.attempt,
    of,
    base,
    paths: names.slice(0, MOST_LISTED),
    verdict,
    ...(excused && !seen.passed ? { allowed: true } : {}),
    ...(finding === undefined ? {} : { finding }),
    ...seen,
  };
}

/** A verification that counts as failed, because the tests as they were fail. */
export function failedByOldTests(verification: Verification, { failed }: Tried): Verification {
  const reason = `${failed?.reason ?? 'failed'}, with the tests as they were before the change`;
  return {
    ...verification,
    passed: false,
    old_tests: 'failed',
    failed: { command: '', exit_code: null, tail: '', ...failed, reason },
  };
}

/** Files as they were; those that are too large to be read are left as they are. */
async function before(
  changes: readonly FileChange[],
  paths: readonly string[],
  base: string,
  { git }: Performing,
): Promise<FileEdit[]> {
  const wanted = new Set(paths);
  const edits: FileEdit[] = [];
  for (const { path, before: side } of changes) {
    if (!wanted.has(path) || side === undefined) continue;
    const content = side.text === null ? await git.read(base, path) : new TextEncoder().encode(side.text);
    if (content !== undefined) edits.push({ path, content, mode: side.mode });
  }
  return edits;
}
