import type { Rule } from '../rule.ts';

/** PP-03: steps outside every phase are nobody's work. */
export const stepsOutside: Rule<'phased'> = {
  id: 'PP-03',
  name: 'single-phase-still-phased',
  about: 'Steps stand outside every phase.',
  severity: 'error',
  fix: 'auto',
  kinds: ['phased'],
  *check({ draft }) {
    const { headings, source } = draft.outline;
    let next = 0;
    for (const heading of headings) {
      while (next < draft.units.length && (draft.units[next]?.start ?? 0) <= heading.start) next++;
      if (next > 0 && heading.start < (draft.units[next - 1]?.end ?? 0)) continue;
      if (
        !/^(?:implementation )?steps$/i.test(heading.title) &&
        !(heading.box !== undefined && /^\d+\./.test(heading.title))
      )
        continue;
      const span = source.span(heading.start, heading.end);
      const message = `"${heading.title.slice(0, 60)}" stands outside every phase and is not run.`;
      yield { span, message, hint: 'Put it under a phase: `## [ ] Phase 1 of 1: Title`.' };
    }
  },
};
