import type { Draft } from '../../draft.ts';
import { IMPLEMENTATION_SECTIONS } from '../../kinds/implementation/sections.ts';
import type { SectionSpec } from '../../kinds/section-spec.ts';
import { everySection, type Section } from '../../markdown/sections.ts';
import type { Rule } from '../rule.ts';
import { headingSpan, insertBelow, isSpecification, titleSpan } from './shared.ts';

/** IS-01: a section that a specification is handed on with is missing, or nothing stands in it. */
export const specSections: Rule<'implementation'> = {
  id: 'IS-01',
  name: 'sections',
  about: 'A section that every specification has is missing or empty.',
  severity: 'error',
  fix: 'stub',
  kinds: ['implementation'],
  *check({ draft, detail }) {
    if (!isSpecification(detail)) return;
    const all = [...everySection(draft.sections)].filter(({ heading }) => heading.level > 1);
    const strict = detail.approach === 'infra' || detail.approach === 'refactor';
    const found = IMPLEMENTATION_SECTIONS.map((spec) => sectionOf(all, spec));
    for (const [i, spec] of IMPLEMENTATION_SECTIONS.entries()) {
      if (spec.required === 'risky' && !strict) continue;
      const section = found[i];
      if (section === undefined) {
        if (spec.title === 'Tasks' && draft.units.length > 0) continue;
        if (draft.header.some(({ label, value }) => spec.key.test(label) && value.trim() !== '')) continue;
        const before = found.slice(0, i).findLast((one) => one !== undefined);
        const at = before === undefined ? topOf(draft) : endOf(before);
        yield {
          span: before === undefined ? titleSpan(draft) : headingSpan(draft, before),
          message: `There is no section "${spec.title}".`,
          hint: `Write \`## ${spec.title}\`${before === undefined ? '' : ` behind "${before.title}"`}.`,
          ...insertBelow(draft, at, `## ${spec.title}\n\n${spec.stub}`, `Insert a section "${spec.title}" to fill in`),
        };
      } else if (isEmpty(draft, section)) {
        yield {
          span: headingSpan(draft, section),
          message: `Nothing stands in section "${section.title}".`,
          hint: 'Fill it in, or say in a sentence why there is nothing to say.',
          ...insertBelow(draft, section.heading.end, spec.stub, `Insert what "${spec.title}" holds, to fill in`),
        };
      }
    }
  },
};

function sectionOf(all: readonly Section[], { key }: SectionSpec): Section | undefined {
  const found = all.filter((section) => key.test(section.key.slice(0, 300)));
  return found.find(({ heading }) => heading.level === 2) ?? found[0];
}

/** A section is inserted at the level of sections, never inside one that is deeper. */
function endOf(section: Section): number {
  let outer = section;
  while (outer.parent !== undefined && outer.parent.heading.level > 1) outer = outer.parent;
  return outer.end;
}

function topOf({ outline, sections }: Draft): number {
  const first = sections[0];
  if (first?.heading.level !== 1) return outline.headings[0]?.start ?? outline.source.text.length;
  return first.children[0]?.heading.start ?? first.end;
}

function isEmpty({ outline }: Draft, { from, to }: Section): boolean {
  return outline.blocks.slice(from, to).every(({ kind }) => kind === 'rule' || kind === 'html');
}
