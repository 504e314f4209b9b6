import type { Rule } from '../rule.ts';

/** MS-01: without a foundation that is merged first, modules have no contract to build on. */
export const foundationFirst: Rule<'master'> = {
  id: 'MS-01',
  name: 'phase0-present-first',
  about: 'A master plan has no Phase 0, or it does not stand before the first module.',
  severity: 'error',
  fix: 'none',
  kinds: ['master'],
  *check({ draft, detail }) {
    const { source } = draft.outline;
    const hint = 'Write `## [ ] Phase 0: Scaffolding` before the first module: layout, tooling, shared contracts.';
    const first = draft.units[0];
    if (first === undefined) return;
    if (detail.foundation === undefined) {
      const span = source.span(first.heading.start, first.heading.end);
      yield { span, message: 'No Phase 0 lays the ground for the modules.', hint };
    } else if (detail.foundation > 0) {
      const unit = draft.units[detail.foundation] ?? first;
      const span = source.span(unit.heading.start, unit.heading.end);
      yield { span, message: `Phase 0 stands behind phase ${first.phase?.number ?? 1}.`, hint };
    }
  },
};
