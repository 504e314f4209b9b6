import { BUNDLE_CHECKS } from './checks/bundle.ts';
import { CONFIG_CHECKS, MACHINE_CHECKS, PLAN_CHECKS } from './checks/config.ts';
import { BRANCH_CHECKS, GIT_CHECKS } from './checks/git.ts';
import { LEGACY_CHECKS } from './checks/legacy.ts';
import { LOG_CHECKS } from './checks/log.ts';
import { PROGRESS_CHECKS, RUNTIME_CHECKS, RUNTIME_WORLD_CHECKS } from './checks/runtime.ts';
import type { DoctorCheck } from './check.ts';

/** Every doctor check, by its number. */
export const DOCTOR_CHECKS: readonly DoctorCheck[] = [
  ...LOG_CHECKS,
  ...BUNDLE_CHECKS,
  ...RUNTIME_CHECKS,
  ...RUNTIME_WORLD_CHECKS,
  ...PROGRESS_CHECKS,
  ...BRANCH_CHECKS,
  ...GIT_CHECKS,
  ...CONFIG_CHECKS,
  ...MACHINE_CHECKS,
  ...LEGACY_CHECKS,
  ...PLAN_CHECKS,
];
