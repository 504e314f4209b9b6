import { annotationsAmong, annotationsIn, type Annotation, labelOf, type Vocabulary } from '../../annotations.ts';
import type { Block } from '../../markdown/blocks.ts';
import { plainText, withoutComments } from '../../markdown/inline.ts';
import { blockFrom, itemStart, type Outline } from '../../markdown/outline.ts';
import { keyOfTitle, type Section } from '../../markdown/sections.ts';
import { type Table, tablesIn } from '../../markdown/tables.ts';
import type { Field, Statement } from './model.ts';

/** Longest stretch that is turned into plain text: a statement longer than this is none. */
const MAX_TEXT = 20_000;

/** A stretch of the document as a reader sees it, a line for each line, without markers of lists. */
export function readable({ source }: Outline, start: number, end: number): string {
  const text = withoutComments(source.shadow.slice(start, Math.min(end, start + MAX_TEXT)));
  return text
    .split('\n')
    .map((line) => plainText(line.replace(/^\s*(?:[-*+]|\d{1,9}[.)])\s+/, '')))
    .filter((line) => line !== '')
    .join('\n');
}

/** The items of the lists among some blocks, those nested in them as part of their item. */
export function itemsAmong(outline: Outline, blocks: readonly Block[]): readonly Statement[] {
  const { source } = outline;
  return blocks
    .filter(({ kind }) => kind === 'list')
    .flatMap((list) =>
      list.children.map((item): Statement => {
        const from = itemStart(source, item);
        return { text: readable(outline, from, item.end), span: source.span(item.start, source.lineEnd(from)) };
      }),
    )
    .filter(({ text }) => text !== '');
}

/** The tables among some top-level blocks that stand in no block quote: what is quoted is never read. */
export function ownTables(outline: Outline, from: number, to: number): readonly Table[] {
  const found: Table[] = [];
  for (let i = from; i < to; i++) if (outline.blocks[i]?.kind !== 'quote') found.push(...tablesIn(outline, i, i + 1));
  return found;
}

/** The position of the first column whose name matches, or -1. */
export function column(table: Table, name: RegExp): number {
  return table.columns.findIndex((one) => name.test(one));
}

/** A paragraph that only labels what follows: bold as a whole, or ending with a colon. */
function labelParagraph(outline: Outline, block: Block): string | undefined {
  if (block.kind !== 'paragraph' || block.end - block.start > 160) return undefined;
  const text = outline.source.shadow.slice(block.start, block.end).trim();
  if (text.includes('\n')) return undefined;
  return /^(?:\*\*|__).{1,120}(?:\*\*|__):?$/.test(text) || /^[A-Z].{1,120}:$/.test(text)
    ? labelOf(plainText(text))
    : undefined;
}

/** What stands below a small heading or label inside a section: blocks, and the value on the label's own line. */
export interface Part {
  readonly blocks: readonly Block[];
  readonly inline: Statement | undefined;
}

/** The part of a section that a heading (any depth) or a label with this name opens. */
export function partOf(outline: Outline, section: Section, name: RegExp): Part | undefined {
  const child = below(section).find(({ key }) => name.test(key));
  if (child !== undefined) return { blocks: outline.blocks.slice(child.from, child.to), inline: undefined };
  let found: Block[] | undefined;
  for (let i = section.from; i < section.to; i++) {
    const block = outline.blocks[i] as Block;
    const label = labelParagraph(outline, block);
    if (found !== undefined && (block.kind === 'heading' || label !== undefined))
      return { blocks: found, inline: undefined };
    if (found !== undefined) found.push(block);
    else if (label !== undefined && name.test(keyOfTitle(label))) found = [];
  }
  if (found !== undefined) return { blocks: found, inline: undefined };
  for (const annotation of annotationsIn(outline, section.from, section.to)) {
    if (!name.test(keyOfTitle(annotation.label))) continue;
    const text = plainText(annotation.value);
    const end = annotation.start + annotation.value.length;
    const inline = text === '' ? undefined : { text, span: outline.source.span(annotation.at, end) };
    return { blocks: annotation.following, inline };
  }
  return undefined;
}

/** All sections inside a section. */
export function below(section: Section): readonly Section[] {
  return section.children.flatMap((child) => [child, ...below(child)]);
}

/** What a part says: its list items; without a list its paragraphs and the value on its line. */
export function statementsOf(outline: Outline, part: Part | undefined): readonly Statement[] {
  if (part === undefined) return [];
  const items = itemsAmong(outline, part.blocks);
  if (items.length > 0) return items;
  const { source } = outline;
  const paragraphs = part.blocks
    .filter(({ kind }) => kind === 'paragraph')
    .map(({ start, end }): Statement => ({ text: readable(outline, start, end), span: source.span(start, end) }));
  return part.inline === undefined ? paragraphs : [part.inline, ...paragraphs];
}

/** How the labels of one kind of entry are understood. */
export interface Labels {
  readonly name: (label: string) => string | undefined;
  readonly plain: Vocabulary;
}

/**
 * The fields of an entry that stands between two top-level blocks: key lines, items with nested lists, small headings, and
 * tables of two columns. In document order.
 */
export function fieldsIn(outline: Outline, from: number, to: number, labels: Labels): readonly Field[] {
  const found: Field[] = [];
  for (const annotation of annotationsIn(outline, from, to, labels.plain)) {
    const field = annotation.section ? undefined : fromAnnotation(outline, annotation, labels);
    if (field !== undefined) found.push(field);
  }
  for (let i = from; i < to; i++) {
    const block = outline.blocks[i] as Block;
    if (block.kind !== 'heading' || block.setext) continue;
    const title = plainText(
      outline.source.shadow
        .slice(block.start, block.end)
        .replace(/^#{1,6}\s*/, '')
        .slice(0, 200),
    );
    const name = labels.name(labelOf(title)) ?? labels.name(keyOfTitle(title));
    if (name === undefined) continue;
    let end = i + 1;
    while (end < to && outline.blocks[end]?.kind !== 'heading') end++;
    const blocks = outline.blocks.slice(i + 1, end).filter(({ kind }) => kind !== 'rule');
    const last = blocks.at(-1)?.end ?? block.end;
    const span = outline.source.span(block.start, block.end);
    found.push({ name, text: readable(outline, block.end, last), span, start: block.start, end: last, blocks });
  }
  for (const table of ownTables(outline, from, to)) found.push(...rowsAsFields(outline, table, labels));
  return found.sort((a, b) => a.start - b.start);
}

/** {@link fieldsIn} for the blocks of a list item. */
export function fieldsAmong(outline: Outline, blocks: readonly Block[], labels: Labels): readonly Field[] {
  return annotationsAmong(outline, blocks, labels.plain).flatMap(
    (annotation) => fromAnnotation(outline, annotation, labels) ?? [],
  );
}

function fromAnnotation(outline: Outline, annotation: Annotation, labels: Labels): Field | undefined {
  const name = labels.name(annotation.label);
  if (name === undefined) return undefined;
  const inline = plainText(annotation.value);
  // A list of keys below a line that has its value is the entry itself, not part of that value.
  const values = annotation.following.filter((block) => inline === '' || !opensWithKey(outline, block));
  const lineEnd = annotation.start + annotation.value.length;
  const end = values.at(-1)?.end ?? lineEnd;
  const lists = values.map((block) => readable(outline, block.start, block.end));
  const text = [inline, ...lists].filter((one) => one !== '').join('\n');
  return { name, text, span: outline.source.span(annotation.at, lineEnd), start: annotation.at, end, blocks: values };
}

function opensWithKey({ source }: Outline, block: Block): boolean {
  if (block.kind !== 'list') return false;
  const first = block.children[0];
  return (
    first !== undefined &&
    /^\s*(?:[-*+]|\d{1,9}[.)])\s+\*\*[A-Za-z][A-Za-z /-]{1,40}(?::\*\*|\*\*\s*:)/.test(
      source.shadow.slice(first.start, first.start + 80),
    )
  );
}

function rowsAsFields(outline: Outline, table: Table, labels: Labels): readonly Field[] {
  if (table.columns.length !== 2) return [];
  const rows = [table.header, ...table.rows];
  const named = rows.map((row) => labels.name(labelOf(row.cells[0]?.text ?? '')));
  if (named.filter((name) => name !== undefined).length < 2) return [];
  return rows.flatMap((row, i): readonly Field[] => {
    const name = named[i];
    const value = row.cells[1];
    if (name === undefined || value === undefined) return [];
    const text = value.text.replace(/<br\s{0,2}\/?>/gi, '\n');
    return [{ name, text, span: outline.source.span(row.start, row.end), start: row.start, end: row.end, blocks: [] }];
  });
}

/** Positions of the top-level blocks between two offsets. */
export function blocksBetween(
  outline: Outline,
  start: number,
  end: number,
): { readonly from: number; readonly to: number } {
  return { from: blockFrom(outline, start), to: blockFrom(outline, end) };
}

/** Something in a section that opens an entry of its own: a bold line, an item that begins in bold, or a heading. */
export interface Lead {
  readonly title: string;
  readonly numbered: boolean;
  readonly start: number;
  readonly lineEnd: number;
  readonly end: number;
  readonly fields: readonly Field[];
  readonly form: 'heading' | 'line' | 'item';
}

const BOLD_LEAD =
  /^(?:\*\*|__)\s*(?:(?:block|decision|risk)\s+)?(?:([A-Z]{0,2}-?\d{1,3}|[A-Z])[.):]\s+)?([^*\n]{2,200}?)\s*:?(?:\*\*|__)/i;

/** The entries of a section, each with its fields; an entry ends where the next one or a heading begins. */
export function leadsIn(outline: Outline, section: Section, labels: Labels): readonly Lead[] {
  const { source, blocks } = outline;
  const opened: { title: string; numbered: boolean; block: number; item: Block | undefined; form: Lead['form'] }[] = [];
  const stops: number[] = [section.to];
  for (let i = section.from; i < section.to; i++) {
    const block = blocks[i] as Block;
    const head = source.shadow.slice(block.start, Math.min(block.end, block.start + 400));
    if (block.kind === 'heading') {
      const title = plainText(head.replace(/^#{1,6}\s*/, '').split('\n')[0] as string);
      const match = /^(?:block\s+)?(?:[A-Z]{0,2}[.-]?\d{1,3}(?:\.\d{1,3})?[.):]?\s+|[A-Z][.):]\s+)(\S.*)$/i.exec(title);
      opened.push({
        title: (match?.[1] ?? title).replace(/\s+[—–]\s.*$/, ''),
        numbered: match !== null,
        block: i,
        item: undefined,
        form: 'heading',
      });
      stops.push(i);
    } else if (block.kind === 'paragraph') {
      const match = BOLD_LEAD.exec(head);
      if (match === null || labels.name(labelOf(match[2] as string)) !== undefined) continue;
      opened.push({
        title: plainText(match[2] as string),
        numbered: match[1] !== undefined,
        block: i,
        item: undefined,
        form: 'line',
      });
      stops.push(i);
    } else if (block.kind === 'list') {
      for (const item of block.children) {
        if (!item.children.some(({ kind }) => kind === 'list')) continue;
        const from = itemStart(source, item);
        const match = BOLD_LEAD.exec(source.shadow.slice(from, from + 400));
        if (match === null || labels.name(labelOf(match[2] as string)) !== undefined) continue;
        opened.push({
          title: plainText(match[2] as string),
          numbered: /^\d/.test(source.shadow.slice(item.start, item.start + 1)) || match[1] !== undefined,
          block: i,
          item,
          form: 'item',
        });
      }
    }
  }
  stops.sort((a, b) => a - b);
  let next = 0;
  return opened.map(({ title, numbered, block, item, form }): Lead => {
    if (item !== undefined) {
      const fields = fieldsAmong(outline, item.children.slice(1), labels);
      return { title, numbered, start: item.start, lineEnd: source.lineEnd(item.start), end: item.end, fields, form };
    }
    while ((stops[next] as number) <= block && next < stops.length - 1) next++;
    const to = stops[next] as number;
    const { start } = blocks[block] as Block;
    const end = blocks[to - 1]?.end ?? start;
    // The lead's own paragraph holds a field when the list is written as lines.
    const fields = fieldsIn(outline, form === 'heading' ? block + 1 : block, to, labels);
    return { title, numbered, start, lineEnd: source.lineEnd(start), end, fields, form };
  });
}
