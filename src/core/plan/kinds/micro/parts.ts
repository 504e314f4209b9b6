import { everySection, type Section } from '../../markdown/sections.ts';
import type { Heading } from '../../markdown/outline.ts';
import type { MicroPart } from './model.ts';

/** By which titles each section is known; tried in this order, for "task breakdown" must not be taken for an overview. */
export const PART_KEYS: Readonly<Record<MicroPart, RegExp>> = {
  design: /^(?:part 1 ?)?(?:design validation|design|validation)$/,
  implementation: /^(?:part 2 ?)?(?:executable implementation|executable plan|implementation|implementation plan)$/,
  quality: /^(?:part 3 ?)?quality assurance$/,
  contracts: /^(?:behaviou?ral )?contracts?$|^(?:the |key )?behaviou?ral contracts?\b|^contracts? definitions?$/,
  interaction: /^(?:component|module|system) interactions?\b|^interactions?$|^component (?:diagram|model)$/,
  deviations: /^(?:plan )?deviations?(?: log| table)?$|^deviations? from\b/,
  review: /^review(?:er)?(?:'s)? (?:guide|notes)$|^guide for reviewers?$/,
  tasks: /^(?:task breakdown|(?:tdd |implementation |executable |ordered )?tasks?(?: list| breakdown)?)$/,
  overview: /^(?:implementation|file|files|change) overview$|^files? (?:overview|to change|changed)$/,
  tests: /^test(?:ing)? (?:strategy|plan|matrix|mapping)$|^tests$/,
  risks: /^risks?(?: analysis| register| assessment| table)?(?: and mitigations?)?$/,
  checklist:
    /^(?:sanity|quality|pre[ -]merge|pre[ -]commit|verification|self[ -]audit|final|review) checklist$|^checklist$|^sanity checks?$/,
  appendix: /^appendix\b|^file[ -]level (?:implementation )?details$/,
  summary: /^executive summary$|^summary$/,
};

/** The sections of a plan by what they are about; of several, the first. */
export function partsOf(sections: readonly Section[]): Partial<Record<MicroPart, Section>> {
  const found: Partial<Record<MicroPart, Section>> = {};
  const names = Object.keys(PART_KEYS) as MicroPart[];
  for (const section of everySection(sections)) {
    const part = names.find((name) => found[name] === undefined && isPart(section, name));
    if (part !== undefined && !isTitle(section.heading)) found[part] = section;
  }
  return found;
}

/** Whether a section is about one part of a plan: `Deviation Log`, and also `Part 3 — Deviation Log`. */
export function isPart({ key }: Section, part: MicroPart): boolean {
  return PART_KEYS[part].test(key) || PART_KEYS[part].test(key.replace(/^part \d{1,2} ?[a-k]? (?=\S)/, ''));
}

/** Whether a heading is the document's title; Parts may be headings of level 1 as well. */
export function isTitle({ index, level }: Heading): boolean {
  return index === 0 && level === 1;
}

/** Headings such as `Part 1: …`. */
const NUMBERED_PART = /^part\s+(?:\d|[ivx]{1,3}\b)/i;

/** Sections that the compact form has no use for. */
const FULL_ONLY: readonly MicroPart[] = [
  'summary',
  'interaction',
  'deviations',
  'review',
  'overview',
  'tests',
  'risks',
  'appendix',
];

/** How many of {@link FULL_ONLY} make a full plan of a document that only left out the headings of the Parts. */
const ENOUGH = 4;

/** Whether a plan has the short form: no Parts, and few of the sections that stand in them. */
export function isCompact(sections: readonly Section[], parts: Partial<Record<MicroPart, Section>>): boolean {
  for (const section of everySection(sections)) if (NUMBERED_PART.test(section.heading.title)) return false;
  if (parts.design !== undefined && parts.quality !== undefined) return false;
  return FULL_ONLY.filter((part) => parts[part] !== undefined).length < ENOUGH;
}
