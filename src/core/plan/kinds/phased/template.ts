import { headOf } from './write.ts';

/** An empty phased plan to fill in; everything in brackets is a finding (GEN-001) until it is replaced. */
export function phasedTemplate(title: string, slug: string): string {
  return `${[...headOf('phased', title, [`slug: ${slug}`, 'status: draft']), ...BODY].join('\n\n')}\n`;
}

const BODY = [
  '## Context',
  '[What is there already, what is wanted, and why; what was found goes into the appendix]',
  '## [ ] Phase 1 of 2: [The first thing that works when this phase is done]',
  '### [ ] 1. [The first change, as an order]',
  '[What is changed and why, in which files; code where it is not obvious]',
  '### [ ] 2. [Its tests]',
  '[What they try, and where they stand]',
  '### Files',
  '- `[path of a file that changes]` — [why]\n- `[path of its test]` — [what it tries]',
  '### Verification',
  '- [ ] `[command that fails until this phase is done]`',
  '## [ ] Phase 2 of 2: [The next thing that works]',
  '### [ ] 3. [The next change]',
  '[What is changed and why, in which files]',
  '### Files',
  '- `[path of a file that changes]` — [why]',
  '### Verification',
  '- [ ] `[command that fails until this phase is done]`',
  '## Verification',
  '- [ ] `[command that proves the whole]`',
  '## Log',
];
