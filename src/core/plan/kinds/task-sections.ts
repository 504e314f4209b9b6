import type { SectionSpec } from './section-spec.ts';

/**
 * The sections of a task plan around its tasks. None of them is required: most task plans say what they want in a few key
 * lines, and whatever stands before the first task is quoted in the briefs under whatever title.
 */
export const TASK_SECTIONS: readonly SectionSpec[] = [
  {
    title: 'Background',
    key: /^(?:background|context|overview|summary|motivation|goals?|problem(?: statement)?)$/,
    need: 'may',
    stub: '[What an agent must know that the repository does not say]',
  },
  {
    title: 'Verification',
    key: /^(?:(?:global|final|overall) )?verification$|^regression gate$/,
    need: 'may',
    stub: '- [ ] `[command that proves the whole]`',
  },
];
