import { linesOf } from '../../markdown/text.ts';
import type { Section } from '../../markdown/sections.ts';
import type { Remark, Rule } from '../rule.ts';
import type { Draft } from '../../draft.ts';

const PART_1 = 120;
const INTERACTION = 40;
const INTERACTION_MOST = 60;

/** MI-02: the part that people read must be short enough to be read. */
export const length: Rule<'micro'> = {
  id: 'MI-02',
  name: 'part1-length',
  about: 'Part 1 has 120 lines or more, or the component interaction more than 40.',
  severity: 'warning',
  fix: 'none',
  kinds: ['micro'],
  *check({ draft, detail }) {
    const { design, interaction } = detail.parts;
    if (design !== undefined) {
      const remark = tooLong(draft, design, PART_1 - 1, `fewer than ${PART_1}`);
      if (remark !== undefined) yield remark;
    }
    if (interaction !== undefined) {
      const remark = tooLong(draft, interaction, INTERACTION, `${INTERACTION}, ${INTERACTION_MOST} at most`);
      if (remark !== undefined) yield remark;
    }
  },
};

function tooLong({ outline }: Draft<'micro'>, section: Section, most: number, limit: string): Remark | undefined {
  const { source } = outline;
  const { rendered, raw } = linesOf(source, section.heading.end, section.end);
  if (rendered <= most) return undefined;
  return {
    span: source.span(section.heading.start, section.heading.end),
    message: `"${section.title}" has ${rendered} lines (${raw} with blank ones); it should have ${limit}.`,
    hint: 'Move details into the tasks or the appendix: a reviewer reads this part as a whole.',
  };
}
