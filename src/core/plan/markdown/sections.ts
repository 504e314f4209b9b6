import { blockFrom, type Body, type Heading, type Outline } from './outline.ts';

/** A section of a document: a heading and what stands below it, with the sections inside it. */
export interface Section extends Body {
  /** The title without letter and number, lower case, without what stands in parentheses: what sections are known by. */
  readonly key: string;
  /** The title without letter and number, as written. */
  readonly title: string;
  /** `A`, `B.1`, `3` of a lettered or numbered title; letters differ between documents of one kind. */
  readonly letter: string | undefined;
  readonly parent: Section | undefined;
  readonly children: readonly Section[];
  /** Top-level blocks that stand before the first section inside: from {@link Body.from} up to here. */
  readonly ownTo: number;
}

/** Headings as a tree; nothing inside a log is part of it. Linear. */
export function sectionsOf(outline: Outline): readonly Section[] {
  const roots: Section[] = [];
  const open: Open[] = [];
  for (const heading of outline.headings) {
    closeDown(open, heading.level, heading.start, outline);
    if (heading.log) {
      closeDown(open, 0, heading.start, outline);
      continue;
    }
    const parent = open.at(-1);
    if (parent !== undefined) parent.ownTo ??= heading.block;
    const section = begin(heading, parent?.section);
    (parent === undefined ? roots : (parent.section.children as Section[])).push(section.section);
    open.push(section);
  }
  closeDown(open, 0, outline.source.text.length, outline);
  return roots;
}

/** Every section of a tree, parents before their children, in document order. */
export function* everySection(sections: readonly Section[]): Iterable<Section> {
  for (const section of sections) {
    yield section;
    yield* everySection(section.children);
  }
}

/** The first section, at any depth, whose key one of the patterns matches; patterns are tried in order. */
export function sectionNamed(sections: readonly Section[], ...names: readonly RegExp[]): Section | undefined {
  for (const name of names) {
    for (const section of everySection(sections)) if (name.test(section.key)) return section;
  }
  return undefined;
}

interface Open {
  readonly section: Section & { end: number; to: number; ownTo: number };
  ownTo: number | undefined;
}

function begin(heading: Heading, parent: Section | undefined): Open {
  const { letter, title } = labelOf(heading.title);
  return {
    ownTo: undefined,
    section: {
      heading,
      key: keyOfTitle(title),
      title,
      letter,
      parent,
      children: [],
      end: heading.end,
      from: heading.block + 1,
      to: heading.block + 1,
      ownTo: heading.block + 1,
    },
  };
}

function closeDown(open: Open[], level: number, at: number, outline: Outline): void {
  while (open.length > 0 && (open.at(-1) as Open).section.heading.level >= level) {
    const { section, ownTo } = open.pop() as Open;
    section.end = at;
    section.to = blockFrom(outline, at);
    section.ownTo = ownTo ?? section.to;
  }
}

const LABEL =
  /^(?:(?:section|part|appendix)\s+)?([A-Z](?:\.\d{1,3}){0,3}|\d{1,3}(?:\.\d{1,3}){0,3})\s*(?:[):—–]|\.(?=\s)|-(?=\s))\s*(?=\S)/i;

/** `B.1 Affected Packages`, `C) Goals`, `Part 2: Tasks`, `3. Scope` taken apart. */
function labelOf(title: string): { readonly letter: string | undefined; readonly title: string } {
  const head = title.slice(0, 2000);
  const match =
    LABEL.exec(head) ?? /^([A-Z]\.\d{1,3}(?:\.\d{1,3})?|\d{1,3}\.\d{1,3}(?:\.\d{1,3})?)\s+(?=\S)/.exec(head);
  return match === null
    ? { letter: undefined, title }
    : { letter: (match[1] as string).toUpperCase(), title: title.slice(match[0].length) };
}

/** The words that a section is known by. */
export function keyOfTitle(title: string): string {
  return title
    .slice(0, 2000)
    .toLowerCase()
    .replace(/\([^()]*\)/g, ' ')
    .replace(/&/g, ' and ')
    .replace(/[^\p{L}\p{N}'/+.#]+/gu, ' ')
    .replace(/[.\s]+$/, '')
    .trim();
}
