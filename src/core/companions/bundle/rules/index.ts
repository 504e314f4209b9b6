import type { CompanionRule } from '../../rule.ts';
import { bundleFields } from './fields.ts';
import { bundleSize } from './size.ts';
import { findingsCount } from './findings-count.ts';
import { nextAction } from './next-action.ts';

/** Rules about context bundles. */
export const BUNDLE_RULES: readonly CompanionRule<'bundle'>[] = [bundleFields, bundleSize, findingsCount, nextAction];
