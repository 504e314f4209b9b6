import { describe, expect, test } from 'vitest';

import { isOfKind } from '../../../../src/core/plan/draft.ts';
import { parsePlan, readDraft } from '../../../../src/core/plan/parse.ts';

const PLAN = `# Implementation Plan: Widgets

## Functional Requirements

### FR-1: Make a widget

**Description**: Somebody makes a widget.

### FR-2: Show it

**Description**: Somebody sees it.

## Work Streams

| Stream | Agent | Command | Requirements | Depends On | Parallel With |
|---|---|---|---|---|---|
| WS-1: Widgets | — | /implement | FR-1 | — | — |
| WS-2: Page | — | /implement | FR-2 | WS-1 | — |
`;

function read(sections: string) {
  const text = `${PLAN}\n${sections}`;
  const found = readDraft(text, 'functional');
  const parsed = parsePlan(text, { fileName: 'plan.md', kind: 'functional' });
  if (!found.ok || !isOfKind(found.value.draft, 'functional') || !parsed.ok) throw new Error('was not read');
  const { questions, assumptions } = found.value.draft.detail;
  return {
    questions: questions.map(({ id, text: said, resolved }) => `${id} ${resolved ? 'settled' : 'open'} ${said}`),
    assumptions: assumptions.map(({ id, text: said, resolved }) => `${id} ${resolved ? 'settled' : 'open'} ${said}`),
    gates: parsed.value.gates.map(({ id, before }) => `${id} before ${before.join(' ')}`),
  };
}

describe('open questions', () => {
  test('are rows of a table, too, under their own numbers', () => {
    const { questions, gates } = read(`## Open Questions

| ID | Question | Raised by | Status |
|---|---|---|---|
| Q-4 | How many widgets may there be (FR-1)? | Ada | Open |
| Q-7 | Which colour (FR-2)? | Ada | Resolved: red |
| Q-9 | Who sees it (FR-2)? | Ada | Not resolved |
`);
    expect(questions).toEqual([
      'Q-4 open How many widgets may there be (FR-1)?',
      'Q-7 settled Which colour (FR-2)?',
      'Q-9 open Who sees it (FR-2)?',
    ]);
    expect(gates).toEqual(['Q-4 before WS-1', 'Q-9 before WS-2']);
  });

  test('of a table with answers are those without one, and are numbered by their place where they have no number', () => {
    const { questions } = read(`## Open Questions

| Question | Answer |
|---|---|
| How many? | ten |
| Which colour? | — |
| Who sees it? | to be decided |
| None |  |
`);
    expect(questions).toEqual(['Q-1 settled How many?', 'Q-2 open Which colour?', 'Q-3 open Who sees it?']);
  });
});

test('assumptions that stand in a list are asked about like those of a table', () => {
  const { assumptions, gates } = read(`## Assumption Register

- [ ] A-1: one process writes the file (FR-1)
- [x] A-2: nobody sorts them (FR-2)
- A-3: there is one page (FR-2) — confirmed by Ada
- A-4: it fits on it (FR-2) — not confirmed
- None
`);
  expect(assumptions).toEqual([
    'A-1 open one process writes the file (FR-1)',
    'A-2 settled nobody sorts them (FR-2)',
    'A-3 settled there is one page (FR-2) — confirmed by Ada',
    'A-4 open it fits on it (FR-2) — not confirmed',
  ]);
  expect(gates).toEqual(['A-1 before WS-1', 'A-4 before WS-2']);
});
