import { err, ok, type Result } from '../core/base/result.ts';
import { orderOf } from '../core/formats/legacy/order.ts';
import { parsePlan } from '../core/plan/parse.ts';
import { replayProven } from '../engine/log/proven.ts';
import { forceUnlock } from '../engine/log/lock.ts';
import { runPaths, type RunPaths } from '../engine/paths.ts';
import { readSnapshot } from '../engine/log/snapshot.ts';
import { findLegacy } from './legacy.ts';
import { damageFinding } from './validate-damage.ts';
import { checkBundle, claim, claiming, newClaims } from './validate-bundle.ts';
import { EXIT, type AppRefusal, type ValidateReport } from './api.ts';
import type { Context } from './context.ts';
import { loglessBundles } from './logless.ts';
import { listRuns, locate, pathsFor } from './locate.ts';
import { ownerOf } from './status.ts';

type Findings = ValidateReport['runs'][number]['findings'];

/**
 * Checks logs and bundles line by line, from the first event on. Reads only. `anew`: every event is folded again, whatever a
 * snapshot proves.
 */
export async function validateRuns(
  context: Context,
  slug?: string,
  how: { readonly anew?: boolean } = {},
): Promise<Result<ValidateReport, AppRefusal>> {
  const located = await locate(context);
  if (!located.ok) return located;
  const logless = new Set(await loglessBundles(context.io, located.value));
  const all = [...(await listRuns(context.io, located.value)), ...logless].sort();
  const legacy = await findLegacy(context.io, located.value);
  const old = new Set(legacy.map(({ path }) => path.slice(path.lastIndexOf('/') + 1)));
  if (slug !== undefined && !all.includes(slug) && !legacy.some(({ bundle }) => bundle.slug === slug)) {
    return err({
      message: `there is no run "${slug.slice(0, 80)}" here`,
      hint: all.length === 0 ? 'masterplan run <plan.md>' : `runs: ${all.join(', ')}`,
      exit: EXIT.usage,
    });
  }
  const runs: ValidateReport['runs'][number][] = [];
  for (const one of all) {
    if (old.has(one) || (slug !== undefined && slug !== one)) continue;
    const paths = runPaths(located.value.root, located.value.runsPath, one);
    if (logless.has(one)) {
      runs.push({ slug: one, ok: false, events: 0, findings: [logMissing(located.value.runsPath, one)] });
      continue;
    }
    const { findings, ...rest } = await validateRun(context, paths, one, how.anew === true);
    runs.push({ slug: one, ok: findings.every((finding) => finding.severity !== 'error'), ...rest, findings });
  }
  for (const { bundle, path } of legacy) {
    if (slug !== undefined && slug !== bundle.slug) continue;
    const findings = bundle.problems.map(({ file, line, message }) => ({
      severity: 'error' as const,
      file: path.endsWith('.md') ? path : `${path}/${file}`,
      line,
      message,
      hint: 'everything else of the bundle was read; put this back from git',
    }));
    const doubts = orderOf(bundle).map(({ file, line, message }) => ({
      severity: 'warning' as const,
      file: `${path}/${file}`,
      line,
      message,
      hint: 'its lines have no checksums: compare with git log, and put the file back if it was whole there',
    }));
    runs.push({
      slug: bundle.slug,
      ok: findings.length === 0,
      events: bundle.events.length,
      legacy: bundle.schema,
      findings: [...findings, ...doubts],
    });
  }
  return ok({ runs });
}

/** Of a bundle that has all but its log nothing can be trusted. */
function logMissing(runsPath: string, slug: string): Findings[number] {
  const file = `${runsPath}/${slug}/events.jsonl`;
  return {
    severity: 'error',
    file,
    line: 0,
    message: 'the log is missing: no event can be trusted, and what lies beside it only says what once was',
    hint: `git checkout -- ${file}, or put it back from a backup`,
  };
}

async function validateRun(
  context: Context,
  paths: RunPaths,
  slug: string,
  anew: boolean,
): Promise<Pick<ValidateReport['runs'][number], 'events' | 'findings' | 'trusted'>> {
  const findings: Findings[number][] = [];
  const relative = (path: string): string => path.slice(paths.root.length + 1);
  let events = 0;
  let claims = newClaims();
  const found = (severity: 'error' | 'warning', path: string, line: number, message: string, hint: string): void => {
    findings.push({ severity, file: relative(path), line, message, hint });
  };
  try {
    const snapshot = anew ? undefined : await readSnapshot(context.io, paths);
    const replayed = await replayProven(context.io, paths, snapshot, {
      names: claiming((await context.io.files.list(paths.briefs).catch(() => [])).length > 0),
      each: (event) => claim(claims, event),
      restart: () => {
        claims = newClaims();
      },
    });
    if (!replayed.ok) {
      const { finding, trusted } = await damageFinding(context.io, paths, replayed.error);
      const events = trusted?.events ?? 0;
      return { events, findings: [finding], ...(trusted === undefined ? {} : { trusted }) };
    }
    events = replayed.value.position.seq;
    const { state, torn, position } = replayed.value;
    if (torn > 0) {
      found(
        'warning',
        paths.log,
        position.seq + 1,
        `${torn} bytes of an append that was never acknowledged`,
        `the next masterplan run ${slug} cuts and keeps them`,
      );
    }
    const back = Object.values(state.failures ?? {}).find((group) => group.class === 'clock-back');
    if (back !== undefined) {
      found(
        'warning',
        paths.log,
        back.first,
        `the clock went back here (${back.count} ${back.count === 1 ? 'time' : 'times'} in this log): ${back.what}`,
        'the order of events does not depend on it; durations across this line mean nothing',
      );
    }
    if (state.unknown.length > 0) {
      found(
        'warning',
        paths.log,
        0,
        `events of a newer masterplan: ${state.unknown.join(', ')}`,
        'this version shows the run, but does not carry it on',
      );
    }
    const plan = await context.io.files.read(paths.plan);
    const parsed =
      plan === undefined
        ? undefined
        : parsePlan(new TextDecoder().decode(plan), { fileName: 'plan.md', kind: state.kind });
    const approved = parsed?.ok === true && parsed.value.sha256 === state.planSha256 ? parsed.value : undefined;
    for (const one of await checkBundle(context.io, paths, position, state, claims, approved))
      found(one.severity, one.path, one.line, one.message, one.hint);
    if (plan === undefined) {
      found(
        'error',
        paths.plan,
        0,
        'the plan of the bundle is missing',
        `masterplan run ${state.planPath} restores it`,
      );
    } else if (approved === undefined) {
      found(
        'error',
        paths.plan,
        1,
        'the plan was edited after the run was created',
        'put the text back, or start a run of the edited plan under another name',
      );
    }
  } catch (error) {
    found('error', paths.log, 0, error instanceof Error ? error.message : String(error), 'look at the file');
  }
  return { events, findings };
}

/** Takes a run from an owner that cannot be proven dead (another machine, another container). A person's decision. */
export async function unlockRun(
  context: Context,
  slug: string,
): Promise<Result<{ readonly released: boolean; readonly by: string }, AppRefusal>> {
  const located = await locate(context);
  if (!located.ok) return located;
  const paths = pathsFor(located.value, slug);
  if (!paths.ok) return paths;
  const owner = await ownerOf(context, paths.value);
  if (owner === undefined) return ok({ released: false, by: '' });
  const unlocked = await forceUnlock(context.io, paths.value.runtime, context.command);
  if (!unlocked.ok) return err({ message: unlocked.error.message, hint: unlocked.error.hint, exit: EXIT.failed });
  return ok({ released: true, by: owner.command });
}
