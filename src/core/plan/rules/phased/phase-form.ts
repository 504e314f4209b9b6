import type { Rule } from '../rule.ts';

/** PP-01: a phase heading without its box or its `of M`, as older documents have it. */
export const phaseForm: Rule<'phased'> = {
  id: 'PP-01',
  name: 'phase-heading-form',
  about: 'A phase heading lacks its box or its "of M".',
  severity: 'warning',
  fix: 'auto',
  kinds: ['phased'],
  *check({ draft }) {
    for (const unit of draft.units) {
      if (unit.phase === undefined) continue;
      const { number, total } = unit.phase;
      const lacks = [
        ...(unit.heading.box === undefined ? ['its box'] : []),
        ...(total === undefined ? ['"of M"'] : []),
      ];
      if (lacks.length === 0) continue;
      const span = draft.outline.source.span(unit.heading.start, unit.heading.end);
      const hint = `Write \`## [ ] Phase ${number} of ${total ?? draft.units.length}: ${unit.title.slice(0, 60)}\`.`;
      yield { span, message: `The heading of phase ${number} lacks ${lacks.join(' and ')}.`, hint };
    }
  },
};
