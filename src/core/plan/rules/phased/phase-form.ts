import type { Edit } from '../../../base/finding.ts';
import type { Draft, DraftUnit } from '../../draft.ts';
import { phaseHeading } from '../../kinds/phased.ts';
import type { Rule } from '../rule.ts';
import { headingAt, headOf, isLoose, PHASES_OF } from './parts.ts';

const WORD =
  /^phase\s+(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[ivx]{1,5}|[a-z])(?:\s+of\s+\S{1,12})?\s*(?:[:—–]|-\s|$)/i;

/** PP-01: a phase heading without its box or its `of M`; plans that never have an "of M" are of an older form. */
export const phaseForm: Rule<'phased' | 'master'> = {
  id: 'PP-01',
  name: 'phase-heading-form',
  about: 'A phase heading lacks its box or its "of M", or its number is no number.',
  severity: 'error',
  fix: 'auto',
  kinds: PHASES_OF,
  *check({ draft }) {
    if (isLoose(draft)) return;
    const older = draft.units.every(({ phase }) => phase?.total === undefined);
    const count = draft.units.filter(({ phase }) => phase !== undefined && phase.number > 0).length;
    for (const unit of draft.units) {
      if (unit.phase === undefined) continue;
      const { number, total } = unit.phase;
      const foundation = draft.kind === 'master' && number === 0;
      // A box that nobody can tick is GEN-010's.
      const broken = headingAt(draft.outline, unit.start)?.brokenBox === true;
      const box = unit.heading.box !== undefined || broken;
      const counted = total !== undefined || foundation;
      const lacks = [...(box ? [] : ['its box']), ...(counted ? [] : ['"of M"'])];
      if (lacks.length === 0) continue;
      const of = foundation ? '' : ` of ${total ?? count}`;
      const hint = `Write \`## [ ] Phase ${number}${of}: ${unit.title.slice(0, 60)}\`.`;
      const message = `The heading of phase ${number} lacks ${lacks.join(' and ')}.`;
      const edits = mend(draft, unit, !box, counted ? undefined : count);
      yield {
        span: headOf(draft, unit),
        message,
        hint,
        ...(older ? { severity: 'warning' as const } : {}),
        ...(edits.length === 0 ? {} : { fix: { kind: 'auto' as const, title: 'Complete the heading', edits } }),
      };
    }
    yield* unread(draft);
  },
};

function mend(draft: Draft, { heading, title }: DraftUnit, box: boolean, total: number | undefined): readonly Edit[] {
  const text = draft.outline.source.shadow.slice(heading.start, heading.end);
  const match = /^(#{1,6}[ \t]{0,20})((?:\[[ xX]\][ \t]{0,20})?(?:\*\*|__)?(?:phase|module)\s{1,20}#?\d{1,6})/i.exec(
    text,
  );
  if (match === null || title === '') return [];
  const [whole, marks] = match;
  const before = heading.start + (marks?.length ?? 0);
  const behind = heading.start + whole.length;
  return [
    ...(box ? [{ start: before, end: before, text: /\s$/.test(marks ?? '') ? '[ ] ' : ' [ ] ' }] : []),
    ...(total === undefined ? [] : [{ start: behind, end: behind, text: ` of ${total}` }]),
  ];
}

/** `## Phase Two: x` beside phases with numbers: what stands below it would be part of the phase above. */
function* unread({ outline, units }: Draft) {
  const levels = new Set(units.map(({ start }) => headingAt(outline, start)?.level));
  for (const heading of outline.headings) {
    if (!WORD.test(heading.title.slice(0, 200)) || phaseHeading(heading) !== undefined) continue;
    if (heading.box === undefined && !levels.has(heading.level)) continue;
    yield {
      span: outline.source.span(heading.start, heading.end),
      message: `"${heading.title.slice(0, 60)}" has no number and is not read as a phase.`,
      hint: 'Write the number in digits: `## [ ] Phase 2 of 3: Title`.',
    };
  }
}
