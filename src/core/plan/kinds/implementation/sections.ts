import type { SectionSpec } from '../section-spec.ts';

/**
 * A section of a specification. `need` is `may` throughout, because rows with waves and task groups have none of them: what
 * a specification must have is looked at by IS-01, which knows the form and the approach.
 */
export interface SpecSection extends SectionSpec {
  /** `always`, or only where a change is risky: a refactoring, a change of infrastructure. */
  readonly required: 'always' | 'risky';
}

/** The sections of an implementation specification, in the order in which we write them. */
export const IMPLEMENTATION_SECTIONS: readonly SpecSection[] = [
  {
    title: 'Context',
    key: /^(?:context|overview|background|summary|problem(?: statement)?|motivation|research summary|why)(?:\s.{0,80})?$/,
    need: 'may',
    required: 'always',
    stub: '[Why this is done, from the research]',
  },
  {
    title: 'Solution',
    key: /^(?:(?:proposed |target )?solution(?: architecture| design| overview)?|approach|architecture|design|technical design|proposed (?:design|approach|fix|change)|fix design|fix|desired state|change design)$/,
    need: 'may',
    required: 'always',
    stub: '### Approach\n\n[What is built, and how]\n\n### Alternatives Considered\n\n- **[Alternative]:** [Why not chosen]',
  },
  {
    title: 'Tasks',
    key: /^(?:implementation |project |work |development )?(?:tasks?|task list|task breakdown|work breakdown|steps|phases)$|^(?:implementation|task|migration|rollout|refactoring|execution|fix) (?:plan|phases|tasks|steps|order)$|^(?:phase|stage) \d{1,4}\b.{0,200}$|^task \d{1,4}\b.{0,200}$/,
    need: 'may',
    required: 'always',
    stub: '### Phase 1: [Name] (est: [1-2] hours)\n\n1. **[Task]:** [What to do]\n   - Files: `[path/to/file]`\n   - Changes: [What changes]\n   - Tests: [How to validate]\n   - Depends on: None',
  },
  {
    title: 'Acceptance Criteria',
    key: /^(?:(?:overall|global|final|project|feature) )?(?:acceptance criteria|acceptance|success criteria|definition of done)$/,
    need: 'may',
    required: 'always',
    stub: '### Functional Requirements\n\n- [ ] [Behavior that works]\n\n### Testing Requirements\n\n- [ ] [Tests that pass]',
  },
  {
    title: 'Risks & Mitigation',
    key: /^(?:key |main |project )?risks?(?: and .{1,60})?$|^risk (?:analysis|assessment|table|register|matrix)$/,
    need: 'may',
    required: 'always',
    stub: '| Risk | Likelihood | Impact | Mitigation |\n|---|---|---|---|\n| [What could go wrong] | Low | Medium | [How it is prevented] |',
  },
  {
    title: 'Rollback Plan',
    key: /^rollback(?:\s.{0,80})?$|^(?:back ?out|revert)(?: plan| procedure)?$/,
    need: 'may',
    required: 'risky',
    stub: '1. [How the change is reverted]\n2. Verify: [How one sees that it is reverted]',
  },
  {
    title: 'Validation Checkpoints',
    key: /^(?:validation |phase |quality )?checkpoints?$|^(?:phase validation|validation gates|phase gates)$/,
    need: 'may',
    required: 'risky',
    stub: '- Phase 1: [What must be true before the next phase]',
  },
  {
    title: 'Design Decisions',
    key: /^(?:(?:key|main|architecture|architectural|technical) )?(?:design )?decisions?(?:\s.{0,200})?$/,
    need: 'may',
    required: 'always',
    stub: '### Decision 1: [What was decided]\n\n**Context:** [Why a decision was needed]\n\n**Options considered:**\n\n- Option A: [Pros and cons]\n- Option B: [Pros and cons]\n\n**Decision:** [The option chosen]\n\n**Rationale:** [Why it fits best]\n\n**Tradeoffs accepted:** [What is given up]',
  },
  {
    title: 'Estimated Effort',
    key: /^(?:estimated |total )?effort(?: estimates?| summary| estimation)?$|^(?:time )?estimates?$|^estimated time$|^estimation$/,
    need: 'may',
    required: 'always',
    stub: '- Total: [hours]\n- Research: [hours]\n- Planning: [hours]\n- Implementation: [hours]',
  },
  {
    title: 'Approval',
    key: /^approvals?(?:\s.{0,60})?$|^sign[ -]?offs?$/,
    need: 'may',
    required: 'always',
    stub: '- [ ] Technical lead reviewed\n- [ ] Stakeholder approved\n- [ ] Ready for implementation',
  },
  {
    title: 'Next Phase',
    key: /^next (?:phase|steps?|actions?)$|^hand ?-?off$/,
    need: 'may',
    required: 'always',
    stub: '[Who carries this specification out, and with what]',
  },
];
