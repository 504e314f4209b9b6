import type { Rule } from '../rule.ts';

/** PP-06: a phase without a list of files or of verification. */
export const phaseParts: Rule<'phased'> = {
  id: 'PP-06',
  name: 'phase-needs-files-verification',
  about: 'A phase lacks its list of files or of verification.',
  severity: 'error',
  fix: 'stub',
  kinds: ['phased'],
  *check({ draft }) {
    for (const unit of draft.units) {
      if (unit.phase === undefined) continue;
      const { number, hasFiles, hasVerification } = unit.phase;
      const span = draft.outline.source.span(unit.heading.start, unit.heading.end);
      if (!hasFiles) {
        const message = `Phase ${number} lists no files: it may change anything.`;
        yield { span, message, hint: 'Write `### Files` with bullets such as - `src/a.ts` — why' };
      }
      if (!hasVerification) {
        const message = `Phase ${number} has no verification.`;
        yield { span, message, hint: 'Write `### Verification` with bullets such as - [ ] `npm test`' };
      }
    }
  },
};
