import type { Draft } from '../../draft.ts';
import { sectionSpecsOf } from '../../kinds/vocabulary.ts';
import { everySection, type Section } from '../../markdown/sections.ts';
import { PLAN_KINDS } from '../../model.ts';
import type { Rule } from '../rule.ts';

/** GEN-009: a section that plans of the kind do not have. It is kept and read by people; nothing is done with it. */
export const unknownSection: Rule = {
  id: 'GEN-009',
  name: 'unknown-section',
  about: 'A section has a title that plans of this kind do not know.',
  severity: 'info',
  fix: 'none',
  kinds: PLAN_KINDS,
  *check({ draft }) {
    const specs = sectionSpecsOf(draft);
    // A kind that requires nothing leaves its authors free.
    if (specs.every(({ need }) => need === 'may')) return;
    const level = usualLevel(draft);
    for (const section of everySection(draft.sections)) {
      if (section.heading.level !== level || specs.some(({ key }) => key.test(section.key))) continue;
      if (section.key === '' || isInside(section, specs)) continue;
      if (hasUnit(draft, section) || holdsKnown(section, specs)) continue;
      const { start, end } = section.heading;
      const message = `"${section.title}" is no section of a plan of kind ${draft.kind}; it is kept, but nothing is read in it.`;
      const hint = 'Leave it, or give it the title under which plans of this kind have it.';
      yield { span: draft.outline.source.span(start, end), message, hint };
    }
  },
};

/** The level of sections: that of the first heading that is known, else 2. */
function usualLevel(draft: Draft): number {
  const specs = sectionSpecsOf(draft);
  for (const section of everySection(draft.sections)) {
    if (section.heading.level > 1 && specs.some(({ key }) => key.test(section.key))) return section.heading.level;
  }
  return 2;
}

function hasUnit({ units }: Draft, { heading, end }: Section): boolean {
  let low = 0;
  let high = units.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((units[middle]?.start ?? 0) < heading.start) low = middle + 1;
    else high = middle;
  }
  const inside = units[low];
  const around = units[low - 1];
  return (inside !== undefined && inside.start < end) || (around !== undefined && around.end > heading.start);
}

/** Whether it is a part of a section that is known: what stands there is that section's affair. */
function isInside({ parent }: Section, specs: readonly { readonly key: RegExp }[]): boolean {
  for (let at = parent; at !== undefined; at = at.parent) {
    const { key } = at;
    if (at.heading.level > 1 && specs.some((spec) => spec.key.test(key))) return true;
  }
  return false;
}

function holdsKnown(section: Section, specs: readonly { readonly key: RegExp }[]): boolean {
  for (const child of everySection(section.children)) if (specs.some(({ key }) => key.test(child.key))) return true;
  return false;
}
