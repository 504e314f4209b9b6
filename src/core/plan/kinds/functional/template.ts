import { oneLine } from '../task-inert.ts';
import { FUNCTIONAL_SECTIONS } from './sections.ts';

/** An empty functional plan to fill in; everything in brackets is a finding (GEN-001) until it is replaced. */
export function functionalTemplate(title: string, slug: string): string {
  const name = oneLine(title) || '[Feature]';
  const parts = [
    `---\nkind: functional\nslug: ${oneLine(slug)}\nstatus: draft\n---`,
    `# Implementation Plan: ${name}`,
    ['**Task**: [ABC-123]', '**Branch**: [ABC-123_short_name]', `**Feature**: ${name}`, '**Created**: [date]'].join(
      '\n',
    ),
  ];
  for (const { part, title: heading, stub } of FUNCTIONAL_SECTIONS) {
    const body = part === 'requirements' ? REQUIREMENT : stub;
    if (!CONDITIONAL.has(part)) parts.push(`## ${heading}`, body);
  }
  return `${parts.join('\n\n')}\n`;
}

/** These stand only where the feature needs them: lint says when. */
const CONDITIONAL: ReadonlySet<string> = new Set(['api', 'security', 'environment', 'schema', 'gates']);

const REQUIREMENT = [
  '### FR-1: [Name]',
  '**Agent hint**: [backend, frontend, fullstack, database, api or observability]',
  '**Description**: [What the system does, as its user sees it]',
  '**Inputs**:',
  '| Field | Type | Constraints |\n|---|---|---|\n| [field] | [type] | [constraints] |',
  '**Behaviour**:',
  '1. [What happens first]\n2. [What happens then]',
  '**Success Criteria**:',
  '- [What can be observed when it worked]',
  '**Error Cases**:',
  '| Condition | Expected Behaviour |\n|---|---|\n| [condition] | [what the user gets to see] |',
].join('\n\n');
