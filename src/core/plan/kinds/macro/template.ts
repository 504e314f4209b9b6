/** An empty macro plan to fill in; everything in brackets is a finding (GEN-001) until it is replaced. */
export function macroTemplate(title: string, slug: string): string {
  const head = ['---', 'kind: macro', `slug: ${slug}`, 'status: draft', '---'].join('\n');
  return `${[head, `# ${title.replace(/\s+/g, ' ').trim()}`, ...BODY].join('\n\n')}\n`;
}

const TYPES = '[policy template, subsystem module, backend swap or tier composition]';

function pull(number: number, needs: string): readonly string[] {
  return [
    `### PR ${number}: [what it brings, in a few words]`,
    '#### Tier 1: what people read before they approve',
    [
      `- **Extension Type:** ${TYPES}`,
      '- **Building Block Change:** [which block of the concept model it adds or changes]',
      '- **Motivation:** [why now, and why on its own]',
      '- **Scope:**',
      '  - In: [what it does]',
      '  - Out: [what somebody might expect of it, and where that happens]',
      '- **Behavioral Guarantees:**',
      `  - BC-${number}-1: [what can be observed once it is merged]`,
      `- **Depends On:** ${needs}`,
      '- **Risks:** [what could go wrong, and what catches it]',
      '- **Cross-Cutting:** [documents, CI, shared tests that it changes]',
      '- **Validation Gate:** [row of the risk register that must have been validated, or none]',
    ].join('\n'),
    '#### Tier 2: what whoever writes the micro plan needs',
    [
      '- **Architectural Impact:** [what is connected differently]',
      '- **Files Changed:** `[path of a file]`, `[path of its test]`',
      '- **CLI Changes:** [flags added, changed, removed, or none]',
      '- **Test Categories:** [unit, integration, invariant: what each shows]',
      '- **Documentation Updates:** [which documents, or none]',
      '- **Extension Friction:** [how many files one more variant takes afterwards]',
      '- **Parallel Development:** [what can be worked on at the same time]',
      '- **Why Independently Reviewable:** [what makes it a whole]',
      '- **Why No Dead Code:** [what exercises each part on the day it is merged]',
      '- **LOC Estimate:** [number of lines without tests]',
    ].join('\n'),
  ];
}

const BODY: readonly string[] = [
  '## A) Executive Summary',
  '[What is added, why it matters, how it fits in, in how many pull requests: under 15 lines, readable alone]',
  '## B) High-Level Objectives and Model Scoping',
  '### Objectives',
  ['1. [what is possible afterwards]', '2. [the second of three to seven]', '3. [the third]'].join('\n'),
  '### Non-Goals',
  '- [what stays as it is, on purpose]',
  '### Analysis Questions',
  '1. [what this work helps to find out]',
  '### Model Scoping',
  [
    '| Component | Modeled | Simplified | Omitted | Justification |',
    '|---|---|---|---|---|',
    '| [part] | [what behaves as in reality] | [what behaves more simply] | [what is left out] | [which behaviour is lost, and why the questions can be answered without it] |',
  ].join('\n'),
  '## C) Concept Model',
  ...[1, 2, 3].map((number) =>
    [
      `**${number}. [Name of a building block]** — [its one responsibility]\n`,
      '- **Observes:** [what it reads]',
      '- **Controls:** [what it decides]',
      '- **Owns:** [what state only it changes]',
      '- **Invariants:** [what always holds]',
      '- **Events:** [what it produces and consumes, exogenous or endogenous]',
      '- **Extension friction:** [how many files one more variant takes]',
    ].join('\n'),
  ),
  '### Interaction Model',
  '[who calls or informs whom, in one line or drawing]',
  '### System Invariants',
  '- [what holds whatever is configured; state and statistics are kept apart]',
  '### Extension Points',
  '- [where variants are added, the default, and the first other one]',
  '### State Ownership',
  ['| Mutable State | Owner |', '|---|---|', '| [state] | [the one block that changes it] |'].join('\n'),
  '### Real-System Correspondence',
  [
    '| Building Block | [a real system] | [another] |',
    '|---|---|---|',
    '| [name of a block] | [what it is there, or N/A] | [what it is there, or N/A] |',
  ].join('\n'),
  '## D) Architectural Evolution',
  '[From what it is today to what it becomes, block by block; what stays unchanged; what each simplification costs and how to lift it]',
  '## E) PR Series',
  ...pull(1, 'none'),
  ...pull(2, 'PR 1'),
  '## F) Frozen Interfaces',
  '[Signatures of what is merged and stays as it is, each in a block whose first line names its file and pull request; without any, say so]',
  '## G) Dependency DAG',
  ['```text', 'PR 1 → PR 2', '```'].join('\n'),
  '## H) Risk Register',
  [
    '| Decision | Assumption | Validation Method | Cost if Wrong | Gate |',
    '|---|---|---|---|---|',
    '| [decision] | [what must be true] | [how it is checked] **Success:** [a number and a comparison] **Abort:** [what is done instead] | [pull requests of rework] | Before PR 1 |',
  ].join('\n'),
  '## I) Cross-Cutting Infrastructure',
  ['- [test infrastructure] — PR 1', '- [documents] — PR 2', '- [CI] — PR 1'].join('\n'),
  '### Interface Freeze Schedule',
  '[which interface is frozen by which pull request, after which two implementations; or none]',
  '## J) Extension Friction Assessment',
  [
    '| Boundary | Files for one more variant | Target |',
    '|---|---|---|',
    '| [boundary] | [number of files] | [number of files] |',
  ].join('\n'),
  '## K) Design Bug Prevention',
  [
    '- [ ] No scaffolding: [how everything is exercised when it is merged]',
    '- [ ] No documentation drift: [which pull request changes which document]',
    '- [ ] No second test infrastructure: [which shared helpers come first]',
    '- [ ] No stale recorded (golden) outputs: [who records them anew, and when]',
    '- [ ] No type catalog, no fidelity for its own sake, no recorded output without an invariant: [how]',
    '- [ ] New events are classified as exogenous or endogenous: [which]',
    '- [ ] State and statistics are kept apart: [how]',
    '- [ ] Model scoping follows from the analysis questions: [how]',
  ].join('\n'),
  '## Revision Notes',
  '- YYYY-MM-DD: [what changed, and why]',
  '## Appendix: Repository Recon',
  [
    '- Confirmed: [fact, with file and line]',
    '- Inferred: [what is likely, and from what]',
    '- Uncertain: [what must be found out, and by whom]',
  ].join('\n'),
];
