import type { Chance } from './chance.ts';
import type { Writer } from './documents.ts';
import { code, earlier, noun, numbers, order, path, sentence, sentences } from './words.ts';

/* Plans that say what must hold: modules, requirements, pull requests, behavioural contracts. */

export const master: Writer = (units, chance) =>
  [
    '---\nkind: master\nslug: measured\nstatus: draft\n---\n',
    '# A system for measuring\n',
    `## System Overview\n\n${sentences(6, chance)}\n`,
    '## [ ] Phase 0: Scaffolding\n\n### [ ] 1. Project setup and shared contracts\n',
    `${sentences(2, chance)}\n\n### Files\n\n- \`src/contracts.ts\` — shared types\n\n### Verification\n\n- [ ] \`npm test\`\n`,
    ...numbers(units).map((n) => {
      const needs = earlier(n, 2, chance);
      return [
        `## [ ] Phase ${n} of ${units}: ${noun(chance)} ${n}\n`,
        `### Scope\n\n${sentences(3, chance)}\n\nNot in scope: ${order(chance)}\n`,
        '### Interfaces\n',
        `- **Provides**: \`${noun(chance)}${n}()\` and \`${noun(chance)}${n}Of(id)\``,
        ...[0, ...needs].map((need) => `- **Depends on**: Phase ${need} (\`${noun(chance)}${need}()\`)`),
        `\n### Data & state\n\nTable \`${noun(chance)}_${n}\` in \`${path(n, chance)}\`.\n`,
        `### Key design decisions\n\n- ${sentences(2, chance)}\n- ${sentences(1, chance)}\n`,
        `### Complexities & edge cases\n\n- ${sentences(1, chance)}\n- ${sentences(1, chance)}\n`,
        '### Verification\n\n- [ ] Module is implemented and its tests pass\n- [ ] Merged back into the base branch\n',
      ].join('\n');
    }),
    '## Dependencies & parallelization\n\n- **Sequential**: Phase 0 → then all others\n',
    `## Shared engineering standards\n\n### Error handling\n\n${sentences(3, chance)}\n`,
    '## Testing strategy\n\n### Unit testing\n\nEvery module.\n\n### Integration testing\n\nAll of them together.\n\n### E2E testing\n\nThe journeys.\n',
    '## Verification\n\n- [ ] All modules are implemented and merged\n- [ ] Integration tests pass between the modules\n- [ ] E2E tests pass for the journeys that matter\n\n## Log\n',
  ].join('\n');

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return [columns, columns.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

export const functional: Writer = (units, chance) => {
  const all = numbers(units);
  const criteria = all.flatMap((n) => [`AC-${2 * n - 1}`, `AC-${2 * n}`]);
  return [
    '---\nkind: functional\nslug: measured\nstatus: draft\n---\n',
    '# Implementation Plan: A plan for measuring\n',
    '**Task**: MEA-42\n**Branch**: MEA-42_measuring\n**Feature**: Measuring\n**Created**: 2031-02-03\n',
    `## Feature Overview\n\n${sentences(4, chance)}\n`,
    '## Functional Requirements\n',
    ...all.map((n) =>
      [
        `### FR-${n}: ${order(chance)}\n`,
        `**Agent hint**: backend\n\n**Description**: ${sentences(2, chance)}\n`,
        `**Inputs**:\n\n${table(
          ['Field', 'Type', 'Constraints'],
          [
            [noun(chance), 'text', 'Required'],
            [noun(chance), 'number', `1 to ${n}`],
          ],
        )}\n`,
        `**Behaviour**:\n\n1. ${sentences(1, chance)}\n2. ${sentences(1, chance)}\n3. The price follows BR-${(n % 20) + 1}\n`,
        `**Success Criteria**:\n\n- ${sentences(1, chance)}\n- ${sentences(1, chance)}\n`,
        `**Error Cases**:\n\n${table(
          ['Condition', 'Expected Behaviour'],
          [
            [order(chance), sentences(1, chance)],
            [order(chance), sentences(1, chance)],
          ],
        )}\n`,
      ].join('\n'),
    ),
    `## Business Rules\n\n${table(
      ['Rule', 'Description'],
      numbers(Math.max(20, Math.ceil(units / 4))).map((n) => [`BR-${n}`, sentences(1, chance)]),
    )}\n`,
    `## Integration Points\n\n### Dependencies\n\n${table(['System', "What's Needed", 'Notes'], [[noun(chance), sentences(1, chance), 'Exists']])}\n`,
    '## Acceptance Criteria\n',
    ...criteria.map(
      (id, at) =>
        `### ${id}: ${order(chance)} (FR-${(at >> 1) + 1})\n\n**Given** the ${noun(chance)} holds ${at} rows\n**When** somebody asks for the ${noun(chance)}\n**Then** the answer is 200 and holds ${at} rows\n`,
    ),
    `## Test Scenarios\n\n### All of it\n\n${table(
      ['Scenario', 'Inputs', 'Expected Outcome'],
      all.map(() => [order(chance), noun(chance), sentences(1, chance)]),
    )}\n`,
    `## Work Streams\n\n${table(
      ['Stream', 'Agent', 'Command', 'Requirements', 'Depends On', 'Parallel With'],
      all.map((n) => {
        const needs = earlier(n, 2, chance).map((need) => `WS-${need}`);
        return [
          `WS-${n}: ${order(chance)}`,
          'software-engineer',
          '`/implement`',
          `FR-${n}`,
          needs.join(', ') || '—',
          '—',
        ];
      }),
    )}\n`,
    `## Non-Functional Requirements\n\n${table(['Requirement', 'Target', 'Notes'], [['NFR-1: Refresh', '< 1 s', '—']])}\n`,
    `## Out of Scope\n\n- ${sentences(1, chance)}\n\n## Open Questions\n\n- [ ] ${sentence(chance)}\n`,
    `## Assumption Register\n\n${table(
      ['#', 'Assumption', 'Impact if Wrong', 'Resolved?'],
      numbers(Math.ceil(units / 4)).map((n) => [
        `A-${n}`,
        sentences(1, chance),
        sentences(1, chance),
        'Ask the harbour',
      ]),
    )}\n`,
    '## Codebase Notes\n\n**Similar features exist**: yes\n**Available dependencies**: none\n**External services**: none\n',
    `## SE Verification Contract\n\n${table(
      ['FR', 'AC', 'Observable Behaviour', 'Verified?'],
      criteria.map((id, at) => [`FR-${(at >> 1) + 1}`, id, sentences(1, chance), '[ ]']),
    )}\n`,
    `## Test Mandate\n\n${table(
      ['AC', 'Test Type', 'Scenario', 'Expected'],
      criteria.map((id) => [id, 'Unit', order(chance), sentences(1, chance)]),
    )}\n`,
    `## Review Contract\n\n${table(
      ['FR', 'AC', 'What to Check', 'Pass Criteria'],
      criteria.map((id, at) => [`FR-${(at >> 1) + 1}`, id, sentences(1, chance), sentences(1, chance)]),
    )}\n`,
  ].join('\n');
};

export const macro: Writer = (units, chance) => {
  const all = numbers(units);
  const blocks = numbers(Math.max(3, Math.ceil(units / 10)));
  const needs = all.map((n) => earlier(n, 2, chance));
  return [
    '---\nkind: macro\nslug: measured\nstatus: draft\n---\n',
    '# Measuring: Macro Plan\n',
    `## A) Executive Summary\n\n${sentences(6, chance)}\n`,
    '## B) High-Level Objectives and Model Scoping\n\n### Objectives\n',
    ...numbers(4).map((n) => `${n}. ${order(chance)}`),
    `\n### Non-Goals\n\n- ${order(chance)}\n\n### Analysis Questions\n\n1. Which ${noun(chance)} is the slowest of all?\n`,
    `### Model Scoping\n\n${table(
      ['Component', 'Modeled', 'Simplified', 'Omitted', 'Justification'],
      blocks.map((n) => [`${noun(chance)} ${n}`, order(chance), '—', order(chance), sentences(1, chance)]),
    )}\n`,
    '## C) Concept Model\n',
    ...blocks.map((n) =>
      [
        `**${n}. Block ${n}** — ${order(chance)}.`,
        `- **Observes:** ${order(chance)}`,
        `- **Controls:** ${order(chance)}`,
        `- **Owns:** state ${n}`,
        `- **Invariants:** ${sentences(1, chance)}`,
        `- **Events:** \`Event${n}\` (endogenous)`,
        '- **Extension friction:** 2 files\n',
      ].join('\n'),
    ),
    `### System Invariants\n\n- State and statistics are kept apart\n`,
    `### State Ownership\n\n${table(
      ['Mutable State', 'Owner'],
      blocks.map((n) => [`state ${n}`, `Block ${n}`]),
    )}\n`,
    `### Real-System Correspondence\n\n${table(
      ['Building Block', 'Kiel', 'Panama'],
      blocks.map((n) => [`Block ${n}`, noun(chance), 'N/A']),
    )}\n`,
    `## D) Architectural Evolution\n\n${sentences(5, chance)}\n`,
    '## E) PR Series\n',
    ...all.map((n) =>
      [
        `### PR ${n}: ${order(chance)}\n`,
        '#### Tier 1: Human Review Summary\n',
        '- **Extension Type:** Policy template',
        `- **Building Block Change:** Changes Block ${(n % blocks.length) + 1}`,
        `- **Motivation:** ${sentences(1, chance)}`,
        `- **Scope:**\n  - In: ${order(chance)}\n  - Out: ${order(chance)}`,
        `- **Behavioral Guarantees:**\n  - BC-${n}-1: ${sentences(1, chance)}\n  - BC-${n}-2: ${sentences(1, chance)}`,
        `- **Depends On:** ${needs[n - 1]?.map((need) => `PR ${need}`).join(', ') || 'None'}`,
        `- **Risks:** ${sentences(1, chance)}`,
        '- **Cross-Cutting:** none',
        '- **Validation Gate:** None\n',
        '#### Tier 2: Implementation Guide\n',
        `- **Architectural Impact:** ${sentences(1, chance)}`,
        `- **Files Changed:** New: \`${path(n, chance)}\` (~80 LOC). Modified: \`${path(n, chance)}\` (~10 LOC).`,
        `- **CLI Changes:** Added: \`--${noun(chance)}-${n}\``,
        `- **Test Categories:**\n  - Unit: ${order(chance)}`,
        '- **Documentation Updates:** `README.md` (flags)',
        '- **Extension Friction:** 2 files',
        '- **Parallel Development:** anything else',
        `- **Why Independently Reviewable:** ${sentences(1, chance)}`,
        `- **Why No Dead Code:** ${sentences(1, chance)}`,
        '- **LOC Estimate:** ~90\n',
      ].join('\n'),
    ),
    '## F) Frozen Interfaces\n',
    ...blocks.map(
      (n) =>
        `\`\`\`ts\n// src/block-${n}.ts:1-9 — frozen PR ${n}\nexport interface Block${n} {\n  next(): void;\n}\n\`\`\`\n`,
    ),
    '## G) Dependency DAG\n\n```text',
    ...all.flatMap((n) => needs[n - 1]?.map((need) => `PR ${need} → PR ${n}`) ?? []),
    '```\n',
    `## H) Risk Register\n\n${table(
      ['Decision', 'Assumption', 'Validation Method', 'Cost if Wrong', 'Gate'],
      all.map((n) => [
        order(chance),
        sentences(1, chance),
        'Compare. **Success:** error below 3 % **Abort:** measure again',
        `PR ${n} rework`,
        `Before PR ${n}`,
      ]),
    )}\n`,
  ].join('\n');
};

const STEPS = (n: number, chance: Chance): string => {
  const run = `Run: \`npx vitest run test/${noun(chance)}-${n}.test.ts\``;
  return [
    `**Step 1: Write the failing test**\n\n${code('ts', 4, chance)}\n`,
    `**Step 2: Run the test and see it fail**\n\n${run}\nExpected: FAIL (no such module)\n`,
    `**Step 3: Implement it**\n\n${code('ts', 6, chance)}\n`,
    `**Step 4: Run the test and see it pass**\n\n${run}\nExpected: PASS\n`,
    '**Step 5: Run the linter**\n\nRun: `npx eslint src`\nExpected: no findings\n',
    `**Step 6: Commit**\n\n\`\`\`bash\ngit add src test\ngit commit -m "feat(${noun(chance)}): part ${n} (BC-${n})"\n\`\`\`\n`,
  ].join('\n');
};

export const micro: Writer = (units, chance) => {
  const all = numbers(units);
  return [
    '---\nkind: micro\nslug: measured\nstatus: draft\n---\n',
    '# Measuring — Implementation Plan\n',
    '**Goal:** Measure the ledger.\n\n**The problem today:** Nobody knows how long it takes.\n',
    '**What this PR adds:**\n1. A command that measures.\n2. A table of what it found.\n',
    '**Why this matters:** People wait.\n\n**Architecture:** One module, `src/measure.ts`.\n',
    '**Source:** PR 4 in `docs/macro.md`\n\n**Closes:** Fixes #77\n\n**Behavioral Contracts:** See Part 1, Section B\n',
    `## Part 1: Design Validation\n\n### A) Executive Summary\n\n${sentences(4, chance)}\n`,
    '### B) Behavioral Contracts\n\n**Positive Contracts:**\n',
    ...all.map(
      (n) =>
        `BC-${n}: ${order(chance)}\n- GIVEN a ${noun(chance)} with ${n} rows\n- WHEN the user runs \`measure ${n}\`\n- THEN stdout MUST hold ${n} lines\n- MECHANISM ${sentences(1, chance)}\n`,
    ),
    `### C) Component Interaction\n\n${sentences(3, chance)}\n`,
    `### D) Deviation Log\n\n${table(['Source Says', 'Micro Plan Does', 'Reason'], [['CSV', 'CSV', 'No deviation']])}\n`,
    `### E) Review Guide\n\n${sentences(2, chance)}\n`,
    `## Part 2: Executable Implementation\n\n### F) Implementation Overview\n\n${sentences(2, chance)}\n\n### G) Task Breakdown\n`,
    ...all.map((n) =>
      [
        `#### Task ${n}: ${order(chance)}\n`,
        `**Contracts Implemented:** BC-${n}\n`,
        `**Files:**\n- Create: \`${path(n, chance)}\`\n- Test: \`test/${noun(chance)}-${n}.test.ts\`\n`,
        STEPS(n, chance),
      ].join('\n'),
    ),
    `### H) Test Strategy\n\n${table(
      ['Contract', 'Task', 'Test Type', 'Test Name'],
      all.map((n) => [`BC-${n}`, `Task ${n}`, 'Unit', order(chance)]),
    )}\n`,
    `### I) Risk Analysis\n\n${table(
      ['Risk', 'Likelihood', 'Impact', 'Mitigation', 'Task'],
      all.map((n) => [order(chance), 'Low', 'High', sentences(1, chance), `Task ${n}`]),
    )}\n`,
    '## Part 3: Quality Assurance\n\n### J) Sanity Checklist\n\n- [ ] Every contract stands in a task and in the test strategy\n',
    `## Appendix\n\n### K) File-Level Details\n`,
    ...all.map((n) => `**\`src/core/${noun(chance)}-${n}.ts\`:** ${sentences(2, chance)}\n`),
  ].join('\n');
};
