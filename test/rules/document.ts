import { listRules, type ListedRule } from '../../src/app/lint-rules.ts';
import { PLAN_KINDS } from '../../src/core/plan/model.ts';

/** Headings of the families, by the first part of a rule's id. */
const FAMILIES: Readonly<Record<string, string>> = {
  KIND: 'What kind of plan it is',
  GEN: 'Plans of every kind',
  TK: 'Task plans',
  PP: 'Phased plans',
  MS: 'Master plans',
  IS: 'Implementation plans',
  FP: 'Functional plans',
  MA: 'Macro plans',
  MI: 'Micro plans',
  BU: 'Context bundles',
  CM: 'Commit messages',
  CV: 'Convergence reviews',
};

const FIXES: Readonly<Record<ListedRule['fix'], string>> = {
  auto: '`--fix` mends it',
  stub: '`--fix` adds the missing part with placeholders in brackets',
  suggest: 'shown as a suggestion, never applied',
  none: 'by hand',
};

const HEAD = `# Rules

<!-- Made by \`npm run rules\` from the rules in src/core/plan/rules/ and src/core/companions/. Do not edit. -->

What \`masterplan lint\` finds. Every rule has an id that never changes and a name for people; both can be used wherever
a rule is meant. \`masterplan lint --rules\` lists them, \`masterplan lint --explain <rule>\` describes one.

An **error** makes \`lint\` fail; a **warning** does when there are more of them than \`--max-warnings\`; an **info** explains.
Where a rule weighs differently at a stage (\`draft\`, \`approval\`, \`execution\`, \`done\`: from the plan's status, or
\`--stage\`) or for a kind, its section says so. Errors of rules marked † also keep \`masterplan run\` from starting.

To set a rule for a repository, in [.masterplan.yaml](configuration.md):

    lint:
      rules:
        GEN-018: off

for one run of lint, \`--rule GEN-018=off\`; for one place of a plan, with a reason, on a line of its own above it:

    <!-- masterplan-disable-next-line GEN-018 -- the migration ran in spring -->

\`masterplan-disable-file\` in place of \`masterplan-disable-next-line\` does it for the whole plan. A comment without a reason
disables nothing. In a context bundle that is YAML, the comment stands behind a \`#\`. Commit messages and the states of reviews
have no comments.
`;

/** docs/rules.md as the rules say it. */
export function rulesDocument(): string {
  const families = new Map<string, ListedRule[]>();
  for (const rule of listRules()) {
    const family = rule.id.slice(0, rule.id.indexOf('-'));
    families.set(family, [...(families.get(family) ?? []), rule]);
  }
  // The families in the order above; whoever is not named there comes last.
  const order = [...Object.keys(FAMILIES), ...families.keys()];
  const sorted = [...families].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  return [
    HEAD,
    ...sorted.map(([family, rules]) => {
      const inOrder = rules.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const rows = inOrder.map(
        ({ id, name, severity, fix, refuses }) =>
          `| [${id}](#${id.toLowerCase()}) | ${name} | ${severity}${refuses === true ? ' †' : ''} | ${fix === 'none' ? '' : fix} |`,
      );
      const table = ['| rule | name | severity | fix |', '|---|---|---|---|', ...rows].join('\n');
      return [`## ${FAMILIES[family] ?? family}\n\n${table}\n`, ...inOrder.map(sectionOf)].join('\n');
    }),
  ].join('\n');
}

function sectionOf({ id, name, about, severity, severities, fix, kinds, refuses }: ListedRule): string {
  const elsewhere = Object.entries(severities ?? {}).map(([where, one]) => `${one} (${where})`);
  return [
    `### ${id}`,
    '',
    about,
    '',
    `- Name: \`${name}\``,
    `- Severity: ${[severity, ...elsewhere].join(', ')}${refuses === true ? '; an error of it keeps a plan from being run' : ''}`,
    `- Kinds: ${kinds.length === PLAN_KINDS.length ? 'every kind of plan' : kinds.join(', ')}`,
    `- Fix: ${FIXES[fix]}`,
    '',
  ].join('\n');
}
