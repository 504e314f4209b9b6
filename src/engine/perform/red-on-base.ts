import { commitText } from '../../core/run/commit-text.ts';
import type { EffectOf } from '../../core/run/effect.ts';
import type { Verification } from '../../core/run/event.ts';
import { taskOf } from '../../core/run/state.ts';
import { isFixture, isRecorded, isTestPath } from '../../core/witness/paths.ts';
import { attemptFile } from '../paths.ts';
import { check } from './check.ts';
import type { Performing } from './performer.ts';
import { textsFor } from './subplan-texts.ts';

/** `**Proof:** red` in a task: its new tests must fail without its work. */
const ASKED = /^[ \t>*-]*(?:\*\*|__)?proof(?:\*\*|__)?\s*:(?:\*\*|__)?\s*(?!none\b|no\b|off\b)\S/im;

/**
 * Runs the commands again on the base with nothing of the work but its tests. They must fail there, or the tests show nothing.
 * Returns the verification with what came of it; as it was, where nobody asks for that or no test changed.
 */
export async function provenOnBase(
  effect: EffectOf<'verify'>,
  verification: Verification,
  performing: Performing,
  signal: AbortSignal,
): Promise<Verification | undefined> {
  const state = performing.state();
  const proof = state.settings?.witness?.proof ?? 'none';
  const task = taskOf(state, effect.task);
  const attempt = task?.attempts[effect.attempt - 1];
  if (!verification.passed || effect.landing || proof === 'none' || effect.commands.length === 0) return verification;
  if (task === undefined || attempt === undefined) return verification;
  const { io, git, paths, texts } = performing;
  if (proof === 'asked' && !ASKED.test((await textsFor(io, paths, state, texts, task)).goal)) return verification;
  const { base, commit } = effect.subject;
  const changes = await git.changeTexts(base, commit);
  const tests = changes.filter(({ path }) => isTestPath(path) || isFixture(path) || isRecorded(path));
  if (tests.length === 0 || tests.length === changes.length) return verification;
  const edits = tests.map(({ path, after }) => ({
    path,
    content: after?.text === undefined || after.text === null ? undefined : new TextEncoder().encode(after.text),
  }));
  const text = commitText(state, task.task, effect.attempt, 'only its tests', attempt.started);
  const without = await git.amend(base, edits, base, text);
  const seen = await check(
    without,
    effect.commands,
    `${attemptFile(effect.task, effect.attempt)}-base`,
    performing,
    signal,
  );
  if (seen === undefined) return undefined;
  if (!seen.passed) return { ...verification, proof: 'red' };
  const [command = ''] = effect.commands;
  const reason = 'its new tests pass without the work, so they do not show it';
  return { ...verification, passed: false, proof: 'green', failed: { command, exit_code: 0, reason, tail: '' } };
}
