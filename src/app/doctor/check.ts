import type { Severity } from '../../core/base/finding.ts';
import type { Context } from '../context.ts';
import type { LegacyFacts, RunFacts, WorldFacts } from './facts.ts';

/** How thorough doctor is: `low` looks for what endangers work, `medium` for what should be mended, `high` also for lack of rigour. */
export const THOROUGHNESS = ['low', 'medium', 'high'] as const;
export type Thoroughness = (typeof THOROUGHNESS)[number];

/** Something that a check found. */
export interface Found {
  /** What is wrong, as a sentence without the name of the run. */
  readonly message: string;
  /** Relative to the repository. */
  readonly file?: string;
  /** From 1; 0 and absent: the whole file. */
  readonly line?: number;
  /** What to type or do, where it is more than the check says of itself. */
  readonly hint?: string;
  /** The fix of the check can not mend this one. */
  readonly byHand?: true;
}

interface Info {
  /** `DR-101`: never changes, and is never used again. */
  readonly id: string;
  readonly name: string;
  readonly severity: Severity;
  /** Least thoroughness at which it is made. */
  readonly from: Thoroughness;
  /** What it detects, in one sentence. */
  readonly about: string;
  /** What to do about it. */
  readonly todo: string;
  /** Checks of the seed that it takes the place of: `7.1 #10`, `9.9 stale-lock`. */
  readonly seed?: string;
}

/** What a safe fix does; `apply` runs with the run's lock held where the check is about a run. */
interface FixOf<Subject> {
  readonly about: string;
  readonly apply: (context: Context, subject: Subject, world: WorldFacts) => Promise<void>;
}

export interface RunCheck extends Info {
  readonly scope: 'run';
  readonly look: (run: RunFacts, world: WorldFacts) => readonly Found[];
  readonly fix?: FixOf<RunFacts>;
}

export interface LegacyCheck extends Info {
  readonly scope: 'legacy';
  readonly look: (legacy: LegacyFacts, world: WorldFacts) => readonly Found[];
}

export interface WorldCheck extends Info {
  readonly scope: 'repository' | 'machine';
  readonly look: (world: WorldFacts) => readonly Found[];
  readonly fix?: FixOf<WorldFacts>;
}

export type DoctorCheck = RunCheck | LegacyCheck | WorldCheck;

/** Nothing, or one finding. */
export function foundIf(condition: boolean, found: () => Found): readonly Found[] {
  return condition ? [found()] : [];
}
