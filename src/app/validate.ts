import { err, ok, type Result } from '../core/base/result.ts';
import { parsePlan } from '../core/plan/parse.ts';
import { replay } from '../engine/log/log.ts';
import { forceUnlock } from '../engine/log/lock.ts';
import { runPaths, type RunPaths } from '../engine/paths.ts';
import { readClaims } from '../engine/log/snapshot.ts';
import { EXIT, type AppRefusal, type ValidateReport } from './api.ts';
import type { Context } from './context.ts';
import { listRuns, locate, pathsFor } from './locate.ts';
import { ownerOf } from './status.ts';

type Findings = ValidateReport['runs'][number]['findings'];

/** Checks logs and bundles line by line, from the first event on. Reads only. */
export async function validateRuns(context: Context, slug?: string): Promise<Result<ValidateReport, AppRefusal>> {
  const located = await locate(context);
  if (!located.ok) return located;
  const all = await listRuns(context.io, located.value);
  if (slug !== undefined && !all.includes(slug)) {
    return err({
      message: `there is no run "${slug.slice(0, 80)}" here`,
      hint: all.length === 0 ? 'masterplan run <plan.md>' : `runs: ${all.join(', ')}`,
      exit: EXIT.usage,
    });
  }
  const runs: ValidateReport['runs'][number][] = [];
  for (const one of slug === undefined ? all : [slug]) {
    const paths = runPaths(located.value.root, located.value.runsPath, one);
    const { events, findings } = await validateRun(context, paths, one);
    runs.push({ slug: one, ok: findings.every((finding) => finding.severity !== 'error'), events, findings });
  }
  return ok({ runs });
}

async function validateRun(
  context: Context,
  paths: RunPaths,
  slug: string,
): Promise<{ events: number; findings: Findings }> {
  const findings: { severity: 'error' | 'warning'; file: string; line: number; message: string; hint: string }[] = [];
  const relative = (path: string): string => path.slice(paths.root.length + 1);
  let events = 0;
  const found = (severity: 'error' | 'warning', path: string, line: number, message: string, hint: string): void => {
    findings.push({ severity, file: relative(path), line, message, hint });
  };
  try {
    const replayed = await replay(context.io.files, paths.log, {
      claims: await readClaims(context.io, paths),
      each: () => {
        events++;
      },
    });
    if (!replayed.ok) {
      found(
        'error',
        paths.log,
        replayed.error.line,
        replayed.error.problem,
        'put the file back as it was; masterplan does not write to a damaged log',
      );
      return { events, findings };
    }
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
    if (plan === undefined) {
      found(
        'error',
        paths.plan,
        0,
        'the plan of the bundle is missing',
        `masterplan run ${state.planPath} restores it`,
      );
    } else {
      const parsed = parsePlan(new TextDecoder().decode(plan), { fileName: 'plan.md', kind: state.kind });
      if (!parsed.ok || parsed.value.sha256 !== state.planSha256) {
        found(
          'error',
          paths.plan,
          1,
          'the plan was edited after the run was created',
          'put the text back, or start a run of the edited plan under another name',
        );
      }
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
