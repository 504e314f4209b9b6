import { PRESETS } from '../../core/run/complexity.ts';
import type { Severity } from '../../core/base/finding.ts';
import { err, ok, type Result } from '../../core/base/result.ts';
import { EXIT, type AppRefusal } from '../api.ts';
import type { Context } from '../context.ts';
import { locate, noSuchRun } from '../locate.ts';
import { type DoctorCheck, type Found, THOROUGHNESS, type Thoroughness } from './check.ts';
import type { RunFacts, WorldFacts } from './facts.ts';
import { NotFixed } from './fixes.ts';
import { gather } from './gather.ts';
import { DOCTOR_CHECKS } from './registry.ts';

export interface DoctorRequest {
  readonly slug?: string;
  /** Without it `medium`. */
  readonly thoroughness?: Thoroughness;
  /** Ids or names of the checks that are made; without any, all. */
  readonly checks?: readonly string[];
  /** Apply safe fixes; `show`: only say what they would do. */
  readonly fix?: 'apply' | 'show';
}

/** A finding of doctor. */
export interface DoctorFinding {
  readonly check: string;
  readonly name: string;
  readonly severity: Severity;
  /** The run or bundle that it is about; absent: the repository or the machine. */
  readonly run?: string;
  /** Relative to the repository. */
  readonly file?: string;
  readonly line?: number;
  readonly message: string;
  readonly hint: string;
  /** What the safe fix does; absent: there is none. */
  readonly fix?: string;
}

/** What became of a fix. */
export interface DoctorFix {
  readonly check: string;
  readonly name: string;
  readonly run?: string;
  readonly about: string;
  /** `shown`: nothing was changed. */
  readonly outcome: 'fixed' | 'shown' | 'not-fixed';
  readonly why?: string;
}

export interface DoctorReport {
  readonly checks: number;
  readonly runs: number;
  readonly legacy: number;
  readonly findings: readonly DoctorFinding[];
  readonly fixes: readonly DoctorFix[];
}

interface Made {
  readonly check: DoctorCheck;
  readonly finding: DoctorFinding;
  readonly apply: (() => Promise<void>) | undefined;
}

/** Looks after bundles, plans, git, worktrees, processes, disk, agents, configuration and environment. */
export async function runDoctor(context: Context, request: DoctorRequest): Promise<Result<DoctorReport, AppRefusal>> {
  const located = await locate(context);
  if (!located.ok) return located;
  const known = chooseChecks(request);
  if (!known.ok) return known;
  const facts = await gather(context, located.value, request.slug);
  // How thorough it is follows from the complexity, where nobody says.
  const complexity = facts.config.ok ? facts.config.value.settings.complexity : undefined;
  const chosen =
    complexity === undefined ? known : chooseChecks({ thoroughness: PRESETS[complexity].doctor, ...request });
  if (!chosen.ok) return chosen;
  if (request.slug !== undefined && facts.runs.length + facts.legacy.length === 0)
    return noSuchRun(context, located.value, request.slug);
  let made = look(context, facts, chosen.value);
  const fixes: DoctorFix[] = [];
  // Whoever has it in the configuration said yes once for all.
  const wanted = request.fix ?? (facts.config.ok && facts.config.value.autofix ? 'apply' : undefined);
  if (wanted !== undefined) {
    const done = new Set<string>();
    for (const { check, finding, apply } of made) {
      const about = 'fix' in check ? (check.fix?.about ?? '') : '';
      // One opening of a log mends all that is made from it.
      const key = `${finding.run ?? ''}\n${about}`;
      if (apply === undefined || done.has(key)) continue;
      done.add(key);
      fixes.push(await fix(finding, about, wanted === 'apply' ? apply : undefined));
    }
    // What is told in the end is what is left.
    if (fixes.some(({ outcome }) => outcome === 'fixed'))
      made = look(context, await gather(context, located.value, request.slug), chosen.value);
  }
  return ok({
    checks: chosen.value.length,
    runs: facts.runs.length,
    legacy: facts.legacy.length,
    findings: made.map(({ finding }) => finding).sort(bySeverity),
    fixes,
  });
}

function chooseChecks({ checks, thoroughness = 'medium' }: DoctorRequest): Result<readonly DoctorCheck[], AppRefusal> {
  if (checks !== undefined && checks.length > 0) {
    const chosen = checks.map((asked) =>
      DOCTOR_CHECKS.find(({ id, name }) => id === asked.toUpperCase() || name === asked),
    );
    const stranger = checks[chosen.indexOf(undefined)];
    if (stranger !== undefined)
      return err({ message: `there is no check "${stranger}"`, hint: 'masterplan doctor --list', exit: EXIT.usage });
    return ok(chosen.filter((one) => one !== undefined));
  }
  const level = THOROUGHNESS.indexOf(thoroughness);
  return ok(DOCTOR_CHECKS.filter(({ from }) => THOROUGHNESS.indexOf(from) <= level));
}

/** Makes checks on what was looked up. */
export function look(context: Context, world: WorldFacts, checks: readonly DoctorCheck[]): Made[] {
  return checks.flatMap((check): Made[] => {
    switch (check.scope) {
      case 'run':
        return world.runs.flatMap((run) =>
          made(check, () => check.look(run, world), run.slug, runFix(context, check.fix, run, world)),
        );
      case 'legacy':
        return world.legacy.flatMap((legacy) =>
          made(check, () => check.look(legacy, world), legacy.bundle.slug, undefined),
        );
      case 'repository':
      case 'machine': {
        const { fix: mend } = check;
        return made(
          check,
          () => check.look(world),
          undefined,
          mend === undefined ? undefined : () => mend.apply(context, world, world),
        );
      }
      default:
        return check satisfies never;
    }
  });
}

function runFix(
  context: Context,
  mend: { readonly apply: (context: Context, run: RunFacts, world: WorldFacts) => Promise<void> } | undefined,
  run: RunFacts,
  world: WorldFacts,
): (() => Promise<void>) | undefined {
  return mend === undefined ? undefined : () => mend.apply(context, run, world);
}

/** The findings of one check on one subject. A check that fails is a finding itself, and keeps no other from being made. */
function made(
  check: DoctorCheck,
  find: () => readonly Found[],
  run: string | undefined,
  apply: (() => Promise<void>) | undefined,
): Made[] {
  const { id, name, severity, todo } = check;
  const about = 'fix' in check ? check.fix?.about : undefined;
  const of = { check: id, name, ...(run === undefined ? {} : { run }) };
  try {
    return find().map(({ file, line, message, hint, byHand }) => ({
      check,
      finding: {
        ...of,
        severity,
        ...(file === undefined ? {} : { file }),
        ...(line === undefined || line === 0 ? {} : { line }),
        message,
        hint: hint === undefined || hint === '' ? todo : hint,
        ...(about === undefined || byHand === true ? {} : { fix: about }),
      },
      apply: byHand === true ? undefined : apply,
    }));
  } catch (error) {
    const message = `the check could not be made: ${error instanceof Error ? error.message : String(error)}`;
    return [
      {
        check,
        finding: { ...of, severity: 'warning', message, hint: 'a defect of masterplan: please tell us' },
        apply: undefined,
      },
    ];
  }
}

async function fix(
  { check, name, run }: DoctorFinding,
  about: string,
  apply: (() => Promise<void>) | undefined,
): Promise<DoctorFix> {
  const of = { check, name, ...(run === undefined ? {} : { run }), about };
  if (apply === undefined) return { ...of, outcome: 'shown' };
  try {
    await apply();
    return { ...of, outcome: 'fixed' };
  } catch (error) {
    if (!(error instanceof Error) || ![NotFixed.name, 'FileError', 'LogError'].includes(error.name)) throw error;
    return { ...of, outcome: 'not-fixed', why: error.message };
  }
}

const WEIGHT: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

function bySeverity(a: DoctorFinding, b: DoctorFinding): number {
  return (
    WEIGHT[a.severity] - WEIGHT[b.severity] ||
    (a.run ?? '').localeCompare(b.run ?? '') ||
    a.check.localeCompare(b.check)
  );
}
