import { documentHead } from './task-render.ts';

/** An empty task plan to fill in; everything in brackets is a finding (GEN-001) until it is replaced. */
export function taskTemplate(title: string, slug: string): string {
  return `${[...documentHead(title, [`slug: ${slug}`, 'status: draft']), ...BODY].join('\n\n')}\n`;
}

const BODY = [
  '**Goal:** [what is true when this plan is done, in one sentence]',
  '## Background',
  '[what an agent must know that the repository does not say: decisions, constraints, words]',
  '## Tasks',
  '### [ ] Task 1: [the first change, as an order]',
  [
    '**Files:** `[path of a file that changes]`, `[path of its test]`',
    '**Verify:** `[command that fails until this is done]`',
    '**Needs:** none',
  ].join('\n'),
  '[what to do, and why it is done so]',
  '- [ ] [a step that can be seen to be done]',
  '### [ ] Task 2: [the next change]',
  [
    '**Files:** `[path of a file that changes]`',
    '**Verify:** `[command that fails until this is done]`',
    '**Needs:** T1',
  ].join('\n'),
  '[what to do, and why it is done so]',
  '## Verification',
  '- [ ] `[command that proves the whole]`',
  '## Log',
];
