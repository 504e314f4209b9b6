import type { Writer } from './documents.ts';
import { code, earlier, noun, numbers, order, path, sentences } from './words.ts';

/* Plans whose units are tasks with files and commands. */

export const task: Writer = (units, chance) =>
  [
    '# A plan for measuring\n',
    '**Goal:** find out how long it takes.\n',
    '## Tasks\n',
    ...numbers(units).map((n) => {
      const needs = earlier(n, 3, chance).map((need) => `T${need}`);
      return [
        `### Task ${n}: ${order(chance)}\n`,
        `**Files:** \`${path(n, chance)}\`, \`${path(n, chance)}\``,
        `**Needs:** ${needs.length === 0 ? 'none' : needs.join(', ')}`,
        `**Verify:** \`npx vitest run test/${noun(chance)}-${n}.test.ts\`\n`,
        `${sentences(2, chance)}\n`,
        `- [ ] **Step 1:** write the test that fails\n- [ ] **Step 2:** ${order(chance)}\n`,
        `${code('ts', 3, chance)}\n`,
      ].join('\n');
    }),
    '## Verification\n\n- [ ] `npm test`\n',
  ].join('\n');

export const phased: Writer = (units, chance) => {
  let step = 0;
  return [
    '---\nkind: phased\nslug: measured\nstatus: draft\n---\n',
    '# A plan for measuring\n',
    `## Context\n\n${sentences(6, chance)}\n`,
    ...numbers(units).map((n) =>
      [
        `## [ ] Phase ${n} of ${units}: ${order(chance)}\n`,
        ...numbers(3).map(
          () => `### [ ] ${++step}. ${order(chance)}\n\n${sentences(2, chance)}\n\n${code('ts', 2, chance)}\n`,
        ),
        `### Files\n`,
        ...numbers(3).map(() => `- \`${path(n, chance)}\` — ${order(chance)}`),
        `\n### Verification\n`,
        `- [ ] \`npx vitest run test/${noun(chance)}-${n}.test.ts\``,
        `- [ ] \`npx tsc -b src\`\n`,
      ].join('\n'),
    ),
    '## Verification\n\n- [ ] `npm test`\n\n## Log\n',
  ].join('\n');
};

export const implementation: Writer = (units, chance) => {
  const phases = Math.max(1, Math.ceil(units / 8));
  let at = 0;
  return [
    '---\nkind: implementation\nslug: measured\nstatus: draft\n---\n',
    '# Implementation Specification: A plan for measuring\n',
    '**Source:** docs/research/measuring.md\n',
    `## Context\n\n${sentences(5, chance)}\n`,
    `## Solution\n\n### Approach\n\n${sentences(5, chance)}\n`,
    '### Components\n',
    ...numbers(phases).map((n) => `${n}. **${noun(chance)} ${n}:** ${sentences(1, chance)}`),
    `\n### Data Flow\n\n${sentences(2, chance)}\n`,
    `### Integration Points\n\n- ${sentences(1, chance)}\n`,
    `### Alternatives Considered\n\n- **Another ${noun(chance)}:** ${sentences(1, chance)}\n`,
    `### Tradeoffs\n\n- **Chosen:** fewer parts but ${sentences(1, chance)}\n`,
    '## Tasks\n',
    ...numbers(phases).map((phase) =>
      [
        `### Phase ${phase}: ${order(chance)} (est: 2-3 hours)\n`,
        ...numbers(Math.min(8, units - at)).map(() => {
          const n = ++at;
          const needs = earlier(n, 2, chance).map((need) => `Task ${need}`);
          return [
            `${n}. **${order(chance)}:** ${sentences(1, chance)}`,
            `   - Files: \`${path(n, chance)}\`, \`test/${noun(chance)}-${n}.test.ts\``,
            `   - Changes: ${sentences(1, chance)}`,
            `   - Tests: \`npx vitest run test/${noun(chance)}-${n}.test.ts\``,
            `   - Depends on: ${needs.length === 0 ? 'None' : needs.join(', ')}\n`,
          ].join('\n');
        }),
      ].join('\n'),
    ),
    '## Acceptance Criteria\n\n### Functional Requirements\n',
    ...numbers(Math.ceil(units / 2)).map(() => `- [ ] ${sentences(1, chance)}`),
    '\n### Non-Functional Requirements\n\n- [ ] Answers within 200 ms at the 95th percentile\n',
    '### Testing Requirements\n\n- [ ] `npm test`\n\n### Documentation Requirements\n\n- [ ] `docs/cli.md` says so\n',
    '## Risks & Mitigation\n\n| Risk | Likelihood | Impact | Mitigation |\n|---|---|---|---|',
    ...numbers(Math.ceil(units / 3)).map(() => `| ${sentences(1, chance)} | Low | Medium | ${sentences(1, chance)} |`),
    '\n## Rollback Plan\n\n1. Revert the commits\n2. Verify: `npm test`\n',
    '## Validation Checkpoints\n',
    ...numbers(phases).map((n) => `- Phase ${n}: ${sentences(1, chance)}`),
    '\n## Design Decisions\n',
    ...numbers(phases).map((n) =>
      [
        `### Decision ${n}: ${order(chance)}\n`,
        `**Context:** ${sentences(1, chance)}\n`,
        `**Options considered:**\n\n- Option A: ${sentences(1, chance)}\n- Option B: ${sentences(1, chance)}\n`,
        `**Decision:** Option A\n\n**Rationale:** ${sentences(1, chance)}\n`,
        `**Tradeoffs accepted:** ${sentences(1, chance)}\n`,
      ].join('\n'),
    ),
    '## Estimated Effort\n\n- Total: 40 hours\n',
    '## Approval\n\n- [ ] Technical lead reviewed\n- [ ] Stakeholder approved\n- [ ] Ready for implementation\n',
    '## Next Phase\n\nmasterplan carries it out.\n',
  ].join('\n');
};
