import { inertLine, oneLine } from '../task-inert.ts';
import { IMPLEMENTATION_SECTIONS } from './sections.ts';

/** An empty specification to fill in; everything in brackets is a finding (GEN-001) until it is replaced. */
export function implementationTemplate(title: string, slug: string): string {
  const head = ['---', 'kind: implementation', `slug: ${slug}`, 'status: draft', '---'].join('\n');
  const parts = [
    head,
    `# Implementation Specification: ${inertLine(oneLine(title))}`,
    '**Source:** [path of the research]',
  ];
  for (const { title: name, stub } of IMPLEMENTATION_SECTIONS) parts.push(`## ${name}`, OWN.get(name) ?? stub);
  return `${parts.join('\n\n')}\n`;
}

/** What a whole draft holds beyond the stub of a section. */
const OWN: ReadonlyMap<string, string> = new Map([
  [
    'Solution',
    [
      '### Approach',
      '[What is built, and how it works, in two or three paragraphs]',
      '### Components',
      '1. **[Component]:** [What it does]',
      '### Data Flow',
      '[How information moves through them]',
      '### Integration Points',
      '- [What it touches outside]',
      '### Alternatives Considered',
      '- **[Alternative]:** [Why not chosen]',
      '### Tradeoffs',
      '- **Chosen:** [Benefit] but [cost]',
    ].join('\n\n'),
  ],
  [
    'Tasks',
    [
      '### Phase 1: [Name] (est: [1-2] hours)',
      task(1, 'None'),
      task(2, 'Task 1'),
      '### Phase 2: [Name] (est: [1-2] hours)',
      task(3, 'Task 2'),
    ].join('\n\n'),
  ],
  [
    'Acceptance Criteria',
    [
      ['### Functional Requirements', '- [ ] [Behavior that works]\n- [ ] [Edge case that is handled]'],
      ['### Non-Functional Requirements', '- [ ] [Target met, with a number and its unit]'],
      ['### Testing Requirements', '- [ ] `[command that runs the tests]`'],
      ['### Documentation Requirements', '- [ ] [Document that is updated]'],
    ]
      .flat()
      .join('\n\n'),
  ],
  [
    'Validation Checkpoints',
    '- Phase 1: [What must be true before phase 2]\n- Phase 2: [What must be true at the end]',
  ],
]);

function task(number: number, needs: string): string {
  return [
    `${number}. **[Task]:** [What to do to what]`,
    '   - Files: `[path/to/file]`, `[path/to/test]`',
    '   - Changes: [What is different afterwards]',
    '   - Tests: `[command that fails until this is done]`',
    `   - Depends on: ${needs}`,
  ].join('\n');
}
