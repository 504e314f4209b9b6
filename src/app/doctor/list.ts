import type { DoctorCheck } from './check.ts';
import { DOCTOR_CHECKS } from './registry.ts';

/** A check as `doctor --list` and docs/doctor.md show it. */
export type ListedCheck = Pick<
  DoctorCheck,
  'id' | 'name' | 'scope' | 'severity' | 'from' | 'about' | 'todo' | 'seed'
> & {
  readonly fix?: string;
};

/** Every check, in the order of their numbers. */
export function listChecks(): readonly ListedCheck[] {
  return DOCTOR_CHECKS.map((check) => {
    const { id, name, scope, severity, from, about, todo, seed } = check;
    const fix = 'fix' in check ? check.fix?.about : undefined;
    return {
      id,
      name,
      scope,
      severity,
      from,
      about,
      todo,
      ...(seed === undefined ? {} : { seed }),
      ...(fix === undefined ? {} : { fix }),
    };
  }).sort((a, b) => (a.id < b.id ? -1 : 1));
}
