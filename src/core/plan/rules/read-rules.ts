import type { RuleInfo } from './rule.ts';

/** Findings that readers make while they read a value: no check of their own, but as documented and settable as any rule. */
export const READ_RULES: readonly RuleInfo[] = [
  {
    id: 'KIND-01',
    name: 'kind-unknown',
    about:
      'The document is no plan of any kind, its front matter names a kind that does not exist, or it is not what it is said to be.',
    severity: 'error',
    fix: 'none',
    refuses: true,
  },
  {
    id: 'GEN-020',
    name: 'long-context',
    about: 'What stands before the first unit is longer than a brief quotes.',
    severity: 'warning',
    fix: 'none',
  },
  {
    id: 'GEN-021',
    name: 'too-many-needs',
    about: 'The units of the plan have more needs than a plan can hold.',
    severity: 'error',
    fix: 'none',
    refuses: true,
  },
  {
    id: 'GEN-022',
    name: 'useless-disable',
    about: 'A comment that should disable a rule gives no reason, names no rule that exists, or lets nothing through.',
    severity: 'warning',
    fix: 'none',
  },
  {
    id: 'TK-01',
    name: 'hostile-path',
    about: 'A path leaves the repository, names the folders of git, or could be taken for something else.',
    severity: 'error',
    fix: 'none',
    refuses: true,
  },
  {
    id: 'TK-02',
    name: 'needs-remark',
    about: 'Words in a list of needs name no unit and are read as a remark.',
    severity: 'info',
    fix: 'none',
  },
  {
    id: 'TK-03',
    name: 'not-a-path',
    about: 'A word in a list of files is no path, or the list is too long.',
    severity: 'warning',
    fix: 'none',
    refuses: true,
  },
  {
    id: 'TK-04',
    name: 'group-name',
    about: 'The value of a parallel group is no name.',
    severity: 'warning',
    fix: 'none',
  },
  {
    id: 'TK-05',
    name: 'fence-not-run',
    about: 'A code block among verify commands is of a language that is not run.',
    severity: 'info',
    fix: 'none',
  },
  {
    id: 'TK-06',
    name: 'no-estimate',
    about: 'The value of an estimate is no duration.',
    severity: 'info',
    fix: 'none',
  },
];
