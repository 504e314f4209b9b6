import type { SectionSpec } from '../section-spec.ts';

/** The sections of a phased plan around its phases. The verification of the whole is PP-13's. */
export const PHASED_SECTIONS: readonly SectionSpec[] = [
  {
    title: 'Context',
    key: /^(?:context|background|overview|summary|motivation|goals?|problem(?: statement)?)(?: and (?:context|goals?|motivation))?$/,
    need: 'should',
    stub: '[What is there already, what is wanted, and why]',
  },
  {
    title: 'Verification',
    key: /^(?:(?:global|final|overall) )?verification$/,
    need: 'may',
    stub: '- [ ] `[command that proves the whole]`',
  },
];
