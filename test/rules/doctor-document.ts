import { listChecks, type ListedCheck } from '../../src/app/doctor/list.ts';

/** Headings, by the first digit of a number. */
const AREAS: Readonly<Record<string, string>> = {
  1: 'Logs, and what is made from them',
  2: 'Documents of a bundle',
  3: 'Locks, requests, worktrees and processes',
  4: 'How far runs are',
  5: 'git',
  6: 'Configuration and agents',
  7: 'The machine',
  8: 'Bundles of older tools',
  9: 'Plans before any run',
};

/** Checks of the seed's release 7.1 that have none here, and why. */
const GONE: readonly (readonly [string, string])[] = [
  [
    '#15, #16, #17',
    'groups of tasks are a matter of the plan: rules TK-… and GEN-012 of `masterplan lint`, before anything runs',
  ],
  ['#20, #21', 'there is no cache of who may do a task: the event that starts an attempt says who and why'],
  ['#23', 'no prose chooses a model: which one an attempt had is in the log, and `masterplan stats` counts it'],
  ['#25, #27, #33, #37', 'retired there, or never made'],
  ['#26', 'no conversation is compacted: the program that carries a run on has none'],
  ['#30, #31, #36, #46', 'they looked at the text of the tool itself; ours is compiled and tested'],
  ['#35', 'how a plan is written is looked at by `masterplan lint`'],
  ['#51, #52', 'no model writes breadcrumbs or summaries: what happened is written by code'],
];

/** Modules of the seed's release 9.9 that have none here, and why. */
const GONE_LATER: readonly (readonly [string, string])[] = [
  [
    'coord-drift',
    'nothing is coordinated through labels and branches of a forge; a bundle that says so is read as legacy',
  ],
  ['plan-doc-cruft', 'what stands in a plan besides is found by `masterplan lint` (unknown sections)'],
];

/** docs/doctor.md as the checks say it. */
export function doctorDocument(): string {
  const checks = listChecks();
  const areas = new Map<string, ListedCheck[]>();
  for (const check of checks) {
    const area = check.id.charAt(3);
    areas.set(area, [...(areas.get(area) ?? []), check]);
  }
  const cell = (text: string): string => text.replaceAll('|', String.raw`\|`);
  const sections = [...areas].map(
    ([area, list]) => `## ${AREAS[area] ?? ''}

| number | name | severity | from | what it finds | what to do | \`--fix\` |
|---|---|---|---|---|---|---|
${list.map(({ id, name, severity, from, about, todo, fix }) => `| ${id} | ${name} | ${severity} | ${from} | ${cell(about)} | ${cell(todo)} | ${cell(fix ?? '')} |`).join('\n')}
`,
  );
  const here = (prefix: string): Map<string, string[]> => {
    const map = new Map<string, string[]>();
    for (const { id, seed } of checks) {
      for (const one of (seed ?? '').split(', ').filter((text) => text.startsWith(prefix))) {
        const key = one.slice(prefix.length);
        map.set(key, [...(map.get(key) ?? []), id]);
      }
    }
    return map;
  };
  const rows = (map: Map<string, string[]>, sort: (a: string, b: string) => number): string =>
    [...map]
      .sort(([a], [b]) => sort(a, b))
      .map(([key, ids]) => `| ${key} | ${ids.join(', ')} |`)
      .join('\n');
  return `# Doctor

<!-- Made by \`npm run rules\` from the checks in src/app/doctor/checks/. Do not edit. -->

\`masterplan doctor\` looks after bundles, plans, git, worktrees, processes, disk, agents, configuration and environment: ${checks.length}
checks, each with a number and a name that never change. On a healthy machine it prints one line.

- **Severity**: an *error* endangers work or keeps a run from going on; a *warning* should be mended; an *info* explains. The exit
  code is 4 when there is an error; with \`--strict\`, also when there is a warning; 1 when a fix could not be applied.
- **Thoroughness** (\`--complexity\`): \`low\` looks for what endangers work, \`medium\` (the default, unless the configuration names a complexity) for all that should be mended, \`high\`
  also for a lack of rigour. The column *from* says at which a check begins.
- **\`--fix\`** applies safe fixes alone: what is made from the log is made anew, what is proven to be of no use is removed. \`--fix
  --dry-run\` shows them and changes nothing. A fix of a run holds the lock of the run: one that somebody carries on is left
  alone. Applied twice, the second time does nothing. Bundles of older tools are never written.
- **\`--check\`** makes one check, by number or name; \`--json\` and \`--format sarif\` are for programs. Every line of
  every log is checked; what a snapshot provably holds is not folded a second time ([decision 0062](decisions/0062-a-snapshot-is-proven.md)).

${sections.join('\n')}
## Checks of the seed

Of its release 7.1, by their numbers:

| there | here |
|---|---|
${rows(here('7.1 '), (a, b) => Number(a.slice(1)) - Number(b.slice(1)))}

Of its release 9.9, by their modules:

| there | here |
|---|---|
${rows(here('9.9 '), (a, b) => a.localeCompare(b))}

Those that make no sense where a program carries plans out:

| there | why there is none here |
|---|---|
${[...GONE, ...GONE_LATER].map(([there, why]) => `| ${there} | ${cell(why)} |`).join('\n')}
`;
}

/** What the document has to account for. */
export const SEED_MODULES: readonly string[] = [
  'adversary-lane-health',
  'codex-auth',
  'coord-drift',
  'dangling-run',
  'goals',
  'index-staleness',
  'legacy-bundle',
  'owner-sentinel',
  'pi-agent-registration',
  'plan-doc-cruft',
  'plan-index-schema',
  'plugin-registry-drift',
  'rejected-idea-kb',
  'scalar-cap',
  'spec-assumptions',
  'stale-lock',
  'stalled-bundle',
  'state-schema',
  'worktree-integrity',
];
