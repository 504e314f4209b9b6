import { inertLine, oneLine, opensUnit } from '../task-inert.ts';
import { head, layOut } from './layout.ts';

/** A micro plan to fill in: every section of the full form; what stands in brackets is a finding until it is replaced. */
export function microTemplate(title: string, slug: string): string {
  const line = inertLine(title);
  const shown = oneLine(title) === '' ? '' : opensUnit(line) ? `Plan: ${line}` : line;
  const body = layOut({ contracts: CONTRACTS, tasks: TASKS, tests: TESTS });
  return `${[...head(shown, [`slug: ${slug}`, 'status: draft']), ...HEADER, ...body].join('\n\n')}\n`;
}

const HEADER = [
  '**Goal:** [what the pull request achieves, in one sentence]',
  '**The problem today:** [what users or developers cannot do now]',
  '**What this PR adds:**\n\n1. [the first thing that is there afterwards]\n2. [the second thing that is there afterwards]',
  '**Why this matters:** [what becomes possible]',
  '**Architecture:** [files and modules that change, and how they fit]',
  '**Source:** [issue, macro plan or design document it comes from]',
  '**Closes:** [issues that the pull request closes]',
  '**Behavioral Contracts:** See Part 1, Section B',
];

const contract = (n: number, name: string): string =>
  [
    `BC-${n}: [${name}]\n`,
    '- GIVEN [the state before]',
    '- WHEN [what happens]',
    '- THEN [what MUST be observable afterwards]',
    '- MECHANISM [how, in one sentence]',
  ].join('\n');

const CONTRACTS = [
  '**Positive Contracts:**',
  contract(1, 'name of what must happen'),
  '**Negative Contracts:**',
  contract(2, 'name of what must not happen'),
  '**Error Handling Contracts:**',
  contract(3, 'name of what happens when it goes wrong'),
];

const step = (n: number, title: string, ...body: readonly string[]): readonly string[] => [
  `**Step ${n}: ${title}**`,
  ...body,
];

const task = (n: number): readonly string[] => [
  `#### Task ${n}: [a change, as an order]`,
  `**Contracts Implemented:** BC-${n}`,
  '**Files:**\n\n- Create: `[path of a new file]`\n- Modify: `[path of a file that changes]`\n- Test: `[path of the test]`',
  ...step(1, 'Write the failing test', '[the complete test, as code in a fence]'),
  ...step(2, 'Run the test and see it fail', 'Run: `[command of the test]`\nExpected: FAIL ([why it fails])'),
  ...step(3, 'Implement it', '[the complete change, as code in a fence]'),
  ...step(4, 'Run the test and see it pass', 'Run: `[command of the test]`\nExpected: PASS'),
  ...step(5, 'Run the linter', 'Run: `[command of the linter]`\nExpected: no findings'),
  ...step(6, 'Commit', `\`\`\`bash\ngit add [paths]\ngit commit -m "[type(scope): summary] (BC-${n})"\n\`\`\``),
];

const TASKS = [1, 2, 3].flatMap(task);

const TESTS = [
  [
    '| Contract | Task | Test Type | Test Name |',
    '|---|---|---|---|',
    ...[1, 2, 3].map((n) => `| BC-${n} | Task ${n} | [type of test] | [name of the test] |`),
  ].join('\n'),
];
