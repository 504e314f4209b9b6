import type { Block } from '../../plan/markdown/blocks.ts';
import { plainText } from '../../plan/markdown/inline.ts';
import { itemStart, type Outline } from '../../plan/markdown/outline.ts';
import { type Section, sectionsOf } from '../../plan/markdown/sections.ts';
import { normalKey, saysNone } from './keyed-lines.ts';
import type { BundleEntry, BundlePart } from './model.ts';

/** Characters of an entry that are looked at. */
const LONGEST = 4000;
/** Blocks before the first section that are looked at. */
const MOST_HEAD = 20;
/** Sections inside sections. */
const DEEPEST = 3;

/** The sections of a Markdown bundle as parts: `## Mission` with `### Goal` is `mission` and `mission.goal`. */
export function sectionParts(outline: Outline): readonly BundlePart[] {
  const parts: BundlePart[] = [];
  let sections = sectionsOf(outline);
  const [title] = sections;
  if (title !== undefined && title.heading.level === 1) {
    // The title of the document is no part of it, but says what it is about.
    const { start, end } = title.heading;
    parts.push({ key: 'title', start, end, value: title.title, entries: [], none: false });
    sections = [...title.children, ...sections.slice(1)];
  }
  parts.push(...headParts(outline));
  for (const section of sections) addParts(outline, section, '', DEEPEST, parts);
  return parts;
}

/** Lines of the first paragraphs, before any section: `**Type:** research`. */
function headParts({ source, blocks, headings }: Outline): readonly BundlePart[] {
  const first = headings.find(({ level }) => level > 1)?.block ?? blocks.length;
  const parts: BundlePart[] = [];
  for (const block of blocks.slice(0, Math.min(first, MOST_HEAD))) {
    if (block.kind !== 'paragraph' && block.kind !== 'list') continue;
    for (let start = block.start; start < block.end; start = source.lineEnd(start) + 1) {
      const end = Math.min(source.lineEnd(start), block.end);
      const match = LABEL.exec(source.shadow.slice(start, Math.min(end, start + LONGEST)));
      if (match === null) continue;
      const value = plainText(match[2] as string);
      parts.push({ key: normalKey(match[1] as string), start, end, value, entries: [], none: saysNone(value) });
    }
  }
  return parts;
}

function addParts(outline: Outline, section: Section, above: string, depth: number, parts: BundlePart[]): void {
  const { source } = outline;
  const key = `${above}${normalKey(section.key)}`;
  const { start, end } = section.heading;
  const own = outline.blocks.slice(section.from, section.ownTo);
  const items = own.flatMap((block) => (block.kind === 'list' ? block.children : []));
  const prose = own.find(({ kind }) => kind !== 'list' && kind !== 'html');
  const value = prose === undefined ? '' : source.shadow.slice(prose.start, Math.min(prose.end, prose.start + LONGEST));
  parts.push({
    key,
    start,
    end,
    value,
    entries:
      items.length > 0
        ? items.map((item) => itemEntry(outline, item))
        : section.children.map((child) => sectionEntry(outline, child)),
    none:
      section.children.length === 0 &&
      (items.length === 1 ? isNone(outline, items[0] as Block) : items.length === 0 && saysNone(value.trim())),
  });
  if (depth > 1) for (const child of section.children) addParts(outline, child, `${key}.`, depth - 1, parts);
}

function isNone({ source }: Outline, item: Block): boolean {
  return saysNone(source.shadow.slice(itemStart(source, item), item.end).trim());
}

function itemEntry({ source }: Outline, item: Block): BundleEntry {
  const from = itemStart(source, item);
  const text = source.shadow.slice(from, Math.min(item.end, from + LONGEST));
  const title = plainText((text.split('\n', 1)[0] as string).replace(/^\[[ xX]\]\s{1,9}/, ''));
  return {
    start: item.start,
    end: Math.min(item.end, source.lineEnd(item.start)),
    title,
    text,
    fields: labelled(text),
  };
}

function sectionEntry({ source }: Outline, { heading, title, end }: Section): BundleEntry {
  const text = source.shadow.slice(heading.end, Math.min(end, heading.end + LONGEST));
  return { start: heading.start, end: heading.end, title, text, fields: labelled(text) };
}

const LABEL = /^[ \t]{0,40}(?:[-*+][ \t]{1,4})?(?:\*\*|__)?([A-Za-z][A-Za-z /]{0,40}):(?:\*\*|__)?(.*)$/;

/** What stands behind labels at the beginnings of lines: `- **Rationale:** words`. A line without one goes on with the last. */
function labelled(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let key: string | undefined;
  for (const line of text.split('\n')) {
    // Bullets below a label that says nothing itself are what it says, unless they are labels in bold.
    const below = key !== undefined && fields.get(key) === '' && /^[ \t]{0,40}[-*+][ \t]{1,4}(?!\*\*|__)/.test(line);
    const match = below ? null : LABEL.exec(line);
    if (match !== null) {
      key = normalKey(match[1] as string);
      fields.set(key, (match[2] as string).trim());
    } else if (key !== undefined) fields.set(key, `${fields.get(key) ?? ''} ${line.trim()}`.trim());
  }
  return fields;
}
