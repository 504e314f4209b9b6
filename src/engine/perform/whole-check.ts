import { checksOf } from '../../core/run/checks.ts';
import type { Verification } from '../../core/run/event.ts';
import { provenBehind } from '../../core/run/finish/plan.ts';
import { check } from './check.ts';
import type { Performing } from './performer.ts';

/**
 * Runs the commands of a whole run on one commit. They run one after the other in one clean checkout; what fails there is tried once more in
 * a clean one of its own, behind those commands alone that it was proven with when its task landed: what the command of one task leaves
 * behind is no flaw of another one. `undefined` when `signal` was aborted.
 */
export async function checkWhole(
  subject: { readonly commit: string; readonly tree: string },
  commands: readonly string[],
  name: string,
  performing: Performing,
  signal: AbortSignal,
): Promise<Verification | undefined> {
  const parts: Verification[] = [];
  let left = commands;
  for (;;) {
    const together = await check(subject, left, name, performing, signal);
    if (together === undefined) return undefined;
    const { failed } = together;
    const own = failed?.reason.startsWith('exit code') === true ? provenBehind(performing.state(), failed.command) : [];
    // Nothing ran before it that its own task does not run before it, too.
    if (failed === undefined || own.length === 0 || left.indexOf(failed.command) < own.length) {
      parts.push(together);
      break;
    }
    const alone = await check(subject, own, `${name}.alone`, performing, signal);
    if (alone === undefined) return undefined;
    parts.push({ ...together, results: (together.results ?? []).slice(0, -1) }, alone);
    left = left.slice(left.indexOf(failed.command) + 1);
    if (!alone.passed || left.length === 0) break;
  }
  return joined(parts, checksOf(commands));
}

/** What several checks of one tree came to, the last of which decides. */
function joined(parts: readonly Verification[], checks: string): Verification {
  const last = parts.at(-1) as Verification;
  const excused = [...new Set(parts.flatMap((part) => part.excused ?? []))];
  return {
    ...last,
    checks,
    results: parts.flatMap((part) => part.results ?? []),
    ...(excused.length === 0 ? {} : { excused }),
    duration_ms: parts.reduce((sum, part) => sum + part.duration_ms, 0),
  };
}
