import { headOf } from '../phased/write.ts';

/** An empty master plan to fill in; everything in brackets is a finding (GEN-001) until it is replaced. */
export function masterTemplate(title: string, slug: string): string {
  const parts = [
    ...headOf('master', title, [`slug: ${slug}`, 'status: draft']),
    ...LEAD,
    ...module(1, 'first'),
    ...module(2, 'second'),
    ...TAIL,
  ];
  return `${parts.join('\n\n')}\n`;
}

const LEAD = [
  '## System Overview',
  '[What the system is for, what it does, and what it is built with]',
  '## [ ] Phase 0: Scaffolding',
  '### [ ] 1. Project setup and shared contracts',
  '[Layout, build and tooling; the types, schemas and interfaces that modules share]',
  '### Files',
  '- `[path of the shared contracts]` — [what they define]',
  '### Verification',
  '- [ ] `[command that builds and tests the empty project]`',
];

function module(number: number, which: string): readonly string[] {
  return [
    `## [ ] Phase ${number} of 2: [Name of the ${which} module]`,
    '### Scope',
    '[What this module does and answers for]',
    'Not in scope: [what belongs to another module]',
    '### Interfaces',
    '- **Provides**: [types, functions, endpoints that others may use]\n- **Depends on**: Phase 0 [what of it]',
    '### Data & state',
    '[Tables, stores and directories that this module owns, or "None"]',
    '### Key design decisions',
    '- [A choice that its agent must follow, and why]',
    '### Complexities & edge cases',
    '- [What is hard, risky or easily forgotten]',
    '### Verification',
    '- [ ] Module is implemented and its tests pass\n- [ ] Merged back into the base branch',
  ];
}

const TAIL = [
  '## Dependencies & parallelization',
  '- **Sequential**: Phase 0 → then all others\n- **Parallel**: Phases 1 and 2 can run in parallel',
  '## Shared engineering standards',
  '### Error handling',
  '[What every module does with errors; leave out standards that do not apply]',
  '## Testing strategy',
  '### Unit testing',
  '[What every module tests on its own]',
  '### Integration testing',
  '[What is tested across modules, and with what]',
  '### E2E testing',
  '[The journeys that must work when all modules are merged]',
  '## Verification',
  '- [ ] All modules are implemented and merged\n- [ ] Integration tests pass between the modules\n- [ ] E2E tests pass for the journeys that matter',
  '## Log',
];
