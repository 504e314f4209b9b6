import type { Outline } from '../../markdown/outline.ts';
import { everySection, type Section, sectionNamed } from '../../markdown/sections.ts';
import { linesOfSection } from './lists.ts';
import type { AcceptanceGroup } from './model.ts';

const SECTION =
  /^(?:(?:overall|global|final|project|feature) )?(?:acceptance criteria|acceptance|success criteria|definition of done)$/;

const NAMES: readonly (readonly [AcceptanceGroup['name'], RegExp])[] = [
  ['non-functional', /^non ?functional|^nfrs?\b|^quality|^compatib|^reliab|^usab|^operab/],
  ['functional', /^function|^behaviou?r|^features?\b|^core\b|^user/],
  ['testing', /^test|^qa\b|^verification|^validation/],
  ['documentation', /^doc/],
  ['security', /^secur|^privacy/],
  ['performance', /^perform|^latency|^scal|^load\b/],
];

/** The section of acceptance criteria that stands outside the tasks. */
export function acceptanceSection(sections: readonly Section[]): Section | undefined {
  const top = [...everySection(sections)].filter(({ key, heading }) => SECTION.test(key) && heading.level <= 2);
  return (
    top.find(({ key }) => key.startsWith('acceptance') || key.includes('acceptance')) ??
    top[0] ??
    sectionNamed(sections, SECTION)
  );
}

/** The groups of acceptance criteria; what stands above the first heading is a group of its own. */
export function acceptanceGroups(outline: Outline, section: Section | undefined): readonly AcceptanceGroup[] {
  if (section === undefined) return [];
  const groups: AcceptanceGroup[] = [];
  const lead = linesOfSection(outline, { from: section.from, to: section.ownTo });
  const { source } = outline;
  const span = (one: Section) => source.span(one.heading.start, one.heading.end);
  if (lead.length > 0) groups.push({ name: 'other', title: section.title, span: span(section), criteria: lead });
  for (const child of section.children) {
    const key = child.key.replace(/-/g, ' ');
    groups.push({
      name: NAMES.find(([, words]) => words.test(key))?.[0] ?? 'other',
      title: child.title,
      span: span(child),
      criteria: linesOfSection(outline, child),
    });
  }
  return groups;
}
