import { sha256Bytes } from '../../core/base/sha256.ts';
import { printable } from '../../core/base/text.ts';
import { redact } from '../../core/environment/secrets.ts';
import { checksOf } from '../../core/run/checks.ts';
import type { FailedCheck, Verification } from '../../core/run/event.ts';
import { redactFile } from '../machine/redact-file.ts';
import { NONCE } from '../machine/custody.ts';
import { furnish, unfurnish } from '../environment/checkouts.ts';
import { inQuarantine } from './quarantine.ts';
import { objection, plantCanary } from './canary.ts';
import type { Performing } from './performer.ts';
import { removeCheckout } from './removal.ts';
import { ranNothing, SAID } from '../../core/witness/evidence.ts';
import { isStrict } from '../../core/run/witnessing.ts';
import { type CommandEvidence, environmentDigest } from './proof.ts';
import { reasonOf, VERIFIES } from './verifying.ts';

/** Milliseconds that processes which a verify command left behind get to end. */
const GRACE = 2000;
/** Bytes of output that are read back for the next brief. */
const TAIL = 4000;

/**
 * Runs commands on a clean checkout of a commit and records the evidence: for each command its text, exit code and
 * output, bound to commit and tree. Stops at the first that fails. `undefined` when `signal` was aborted. `passed` may look at
 * the checkout when all have passed, before it is removed; `within` gives another shell than the usual: one in a container.
 */
export async function check(
  subject: { readonly commit: string; readonly tree: string },
  commands: readonly string[],
  name: string,
  performing: Performing,
  signal: AbortSignal,
  passed?: (checkout: string) => Promise<void>,
  within?: (checkout: string, evidence: string) => Promise<readonly [string, ...string[]]>,
): Promise<Verification | undefined> {
  const { io, git, paths } = performing;
  const state = performing.state();
  const checks = checksOf(commands);
  const id = `${name}.${subject.tree.slice(0, 12)}.${checks.slice(0, 8)}`;
  const evidence = `${paths.evidence}/${id}`;
  const checkout = `${paths.checkouts}/${id}`;
  const nonce = `verify-${state.run}-${id}`;
  const began = io.clock.monotonic();
  await io.files.makeDirectory(evidence);
  if (commands.length > 0) {
    await git.checkout(subject.commit, checkout);
  }
  const results: CommandEvidence[] = [];
  let failed: FailedCheck | undefined;
  const quarantine = inQuarantine(state);
  const excused: string[] = [];
  const site = {
    path: checkout,
    slug: state.slug,
    task: name,
    commit: subject.commit,
    outputs: evidence,
    nonce,
    verifies: state.run,
  };
  const furnished = commands.length === 0 ? undefined : await furnish(site, performing, signal);
  const clear = async (): Promise<void> => {
    if (furnished !== undefined) await unfurnish(id, performing);
    // Whoever took the run over verifies in a checkout of the same name.
    await performing.confirm();
    await removeCheckout(git, checkout);
  };
  if (furnished?.how === 'cancelled') {
    await clear();
    return undefined;
  }
  if (furnished?.how === 'failed') failed = { ...furnished.failed, reason: `set-up: ${furnished.failed.reason}` };
  const env = {
    ...performing.base,
    ...(furnished?.how === 'ready' ? furnished.variables : {}),
    ...performing.env['verify'],
    // A command that removes the `.git` of its checkout must not find the user's further up.
    GIT_CEILING_DIRECTORIES: paths.checkouts,
    [NONCE]: nonce,
    [VERIFIES]: state.run,
  };
  const shell = await within?.(checkout, evidence);
  const secrets = furnished?.how === 'ready' ? furnished.secrets : [];
  const environment = environmentDigest(env);
  const strict = isStrict(state.settings?.witness);
  for (const [i, command] of (failed === undefined ? commands : []).entries()) {
    const output = `${evidence}/${i + 1}.log`;
    await io.files.remove(output);
    const limit = state.settings?.verify.timeout ?? 0;
    const started = io.clock.monotonic();
    const argv = [...(shell ?? performing.shell), command] as const;
    const canary = await plantCanary(evidence, i + 1, checkout, performing, env);
    const finished = await io.processes.run(
      { argv, cwd: checkout, env: { ...env, ...canary.variables } },
      { output, signal, ...(limit > 0 ? { timeout: limit } : {}) },
    );
    await performing.confirm();
    await endLeftovers(performing, nonce);
    if (signal.aborted) {
      await clear();
      return undefined;
    }
    const sighting = await canary.look();
    if (performing.redactor !== undefined) await redactFile(io.files, output, performing.redactor);
    const size = (await io.files.stat(output))?.size ?? 0;
    const bytes = (await io.files.readRange(output, Math.max(0, size - SAID), SAID)) ?? new Uint8Array(0);
    const said = new TextDecoder().decode(bytes);
    const text = redact(printable(said.slice(-TAIL)), secrets);
    const ended = finished.ended === 'exited' && finished.code === 0;
    // What passed without a test, or somewhere else, proves nothing.
    const nothing = ended && strict ? ranNothing(said) : undefined;
    const strayed = ended ? objection(sighting, paths.root) : undefined;
    const reason = !ended
      ? reasonOf(finished, limit)
      : (strayed ?? (nothing === undefined ? undefined : `it passed, but no test was run: "${nothing}"`));
    results.push({
      argv,
      command,
      exit_code: finished.code ?? null,
      ended: finished.ended,
      duration_ms: Math.round(io.clock.monotonic() - started),
      output: `${i + 1}.log`,
      output_bytes: size,
      // Of what is longer, its end: it is where runners say what came of it.
      output_sha256: sha256Bytes(bytes),
      tail: text.slice(-500),
      canary: sighting,
    });
    if (reason === undefined) continue;
    // Who ran somewhere else than in this tree is not excused.
    if (reason.startsWith('exit code') && quarantine.includes(command)) {
      excused.push(command);
      continue;
    }
    failed = {
      command,
      exit_code: finished.code ?? null,
      reason,
      tail: (finished.ended === 'not-started' ? finished.stderr : text).slice(-2000),
    };
    break;
  }
  if (failed === undefined) await passed?.(checkout);
  if (commands.length > 0) await clear();
  const duration_ms = Math.round(io.clock.monotonic() - began);
  await io.files.write(
    `${evidence}/evidence.json`,
    `${JSON.stringify({ schema: 1, ...subject, checks, passed: failed === undefined, shell: performing.shell, environment: Object.keys(env).sort(), environment_sha256: environment, results }, null, 2)}\n`,
  );
  return {
    commit: subject.commit,
    tree: subject.tree,
    checks,
    passed: failed === undefined,
    evidence: `evidence/${id}`,
    environment,
    results: results.map(({ command, exit_code, output_sha256, duration_ms: took }) => ({
      command,
      exit_code,
      output_sha256,
      duration_ms: took,
    })),
    ...(failed === undefined ? {} : { failed }),
    ...(excused.length === 0 ? {} : { excused }),
    duration_ms,
  };
}

async function endLeftovers({ io }: Pick<Performing, 'io'>, nonce: string): Promise<void> {
  for (const left of await io.processes.find(NONCE, nonce)) await io.processes.end(left, GRACE);
}
