import type { CompanionRule } from '../../rule.ts';
import { commitSections } from './sections.ts';
import { commitSubject } from './subject.ts';

/** Rules about commit messages. */
export const COMMIT_RULES: readonly CompanionRule<'commit'>[] = [commitSubject, commitSections];
