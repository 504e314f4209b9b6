import { labelOf } from '../../annotations.ts';
import type { Block } from '../../markdown/blocks.ts';
import { plainText, withoutComments } from '../../markdown/inline.ts';
import { itemStart, type Outline, boxAt } from '../../markdown/outline.ts';
import { everySection, type Section } from '../../markdown/sections.ts';
import { cellOf, type Cell, type Table, type TableRow, tablesIn } from '../../markdown/tables.ts';
import type { Box } from '../../model.ts';
import type { FunctionalPart, Placed, Row } from './model.ts';
import { FUNCTIONAL_SECTIONS } from './sections.ts';

/** Every section of a document with the part of a functional plan that it is or stands in. */
export interface PlacedSection {
  readonly section: Section;
  /** The nearest part around it, itself included. */
  readonly part: FunctionalPart | undefined;
}

const ENTRY = /^\[?(?:FR|AC|WS)[-_ ]?\d/i;

/** Says of every section which part of the plan it stands in; sections of a requirement or criterion are no parts. */
export function placeSections(sections: readonly Section[]): {
  readonly placed: readonly PlacedSection[];
  readonly parts: ReadonlyMap<FunctionalPart, Section>;
} {
  const around = new Map<Section, { part: FunctionalPart | undefined; entry: boolean }>();
  const parts = new Map<FunctionalPart, Section>();
  const placed: PlacedSection[] = [];
  for (const section of everySection(sections)) {
    const above = section.parent === undefined ? undefined : around.get(section.parent);
    const entry = above?.entry === true || ENTRY.test(section.title);
    const own = entry ? undefined : FUNCTIONAL_SECTIONS.find(({ key }) => key.test(section.key.slice(0, 200)))?.part;
    // Below `## Acceptance Criteria`, a heading `### Security` groups criteria.
    const part = above?.part === undefined || above.part === 'requirements' ? (own ?? above?.part) : above.part;
    if (part !== undefined && part === own && !parts.has(part)) parts.set(part, section);
    around.set(section, { part, entry });
    placed.push({ section, part });
  }
  return { placed, parts };
}

/** A named stretch of a section: `**Inputs**:` and what follows up to the next name. */
export interface NamedPart {
  readonly name: string;
  readonly start: number;
  /** Where its content begins. */
  readonly from: number;
  readonly end: number;
}

const KEY =
  /^[ \t]*(?:(?:\*\*|__)([A-Za-z][A-Za-z /'&-]{0,40}?)(?: ?\([^()\n]{0,60}\))?(:?)(?:\*\*|__)[ \t]*(:?)|([A-Za-z][A-Za-z /'-]{0,40}?):)(?=\s|$)/;

/** Cuts a section along the labels in `names` (see labelOf) and its headings; the first of each name counts. */
export function namedParts(
  outline: Outline,
  section: { readonly from: number; readonly to: number; readonly end: number },
  names: ReadonlyMap<string, string>,
): ReadonlyMap<string, NamedPart> {
  const { source, blocks } = outline;
  const cuts: { name: string | undefined; start: number; from: number }[] = [];
  const line = (start: number, end: number): void => {
    const match = KEY.exec(source.shadow.slice(start, Math.min(end, start + 200)));
    if (match === null) return;
    const bold = match[1] !== undefined;
    const name = names.get(labelOf(match[1] ?? (match[4] as string)));
    if (name === undefined && (!bold || (match[2] === '' && match[3] === ''))) return;
    cuts.push({ name, start, from: start + match[0].length });
  };
  for (let i = section.from; i < section.to; i++) {
    const block = blocks[i] as Block;
    if (block.kind === 'heading' && !block.setext) {
      const title = plainText(
        source.shadow.slice(block.start, Math.min(block.end, block.start + 200)).replace(/^#+/, ''),
      );
      cuts.push({ name: names.get(labelOf(title)), start: block.start, from: block.end });
    } else if (block.kind === 'paragraph' || block.kind === 'heading') {
      for (let at = block.start; at < block.end; at = source.lineEnd(at) + 1)
        line(at, Math.min(source.lineEnd(at), block.end));
    } else if (block.kind === 'list') {
      for (const item of block.children) {
        const first = item.children[0];
        if (first?.kind === 'paragraph') line(first.start, Math.min(source.lineEnd(first.start), first.end));
      }
    }
  }
  const found = new Map<string, NamedPart>();
  cuts.forEach(({ name, start, from }, i) => {
    if (name !== undefined && !found.has(name)) {
      found.set(name, { name, start, from, end: cuts[i + 1]?.start ?? section.end });
    }
  });
  return found;
}

/** The text of a named part: what stands behind its name, up to the first empty line or list, as a reader sees it. */
export function textOfPart(outline: Outline, part: NamedPart): Placed | undefined {
  return itemsOfPart(outline, part)[0];
}

/** What a part lists: its list items or, without a list, its paragraphs. Tables and code are left out. */
export function itemsOfPart(
  outline: Outline,
  part: { readonly from: number; readonly end: number },
): readonly Placed[] {
  const found: Placed[] = [];
  const { blocks } = outline;
  for (let i = blockHolding(outline, part.from); i < blocks.length; i++) {
    const block = blocks[i] as Block;
    if (block.start >= part.end) break;
    collectItems(outline, block, part, found);
  }
  return found;
}

function collectItems(
  outline: Outline,
  block: Block,
  part: { readonly from: number; readonly end: number },
  found: Placed[],
): void {
  if (block.end <= part.from || block.start >= part.end) return;
  if (block.kind === 'list' || block.kind === 'item' || block.kind === 'quote') {
    for (const child of block.children) collectItems(outline, child, part, found);
  } else if (block.kind === 'paragraph' || (block.kind === 'heading' && block.setext)) {
    const start = Math.max(block.start, part.from);
    const placed = placedText(outline, start, Math.min(block.end, part.end));
    if (placed !== undefined) found.push(placed);
  }
}

/** A stretch of source as plain text, without the lines of tables; `undefined` when nothing is left. */
export function placedText(outline: Outline, start: number, end: number): Placed | undefined {
  const { shadow } = outline.source;
  const raw = withoutComments(shadow.slice(start, end));
  const lines = raw.split('\n');
  const bar = lines.findIndex((one) => one.trimStart().startsWith('|'));
  const text = bar < 0 ? raw : lines.slice(0, bar).join('\n');
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const from = start + text.indexOf(trimmed);
  return { text: plainText(trimmed.replace(/^\[[ xX]\]\s/, '')), start: from, end: from + trimmed.length };
}

/** Position of the top-level block that holds an offset, or of the first one behind it. */
export function blockHolding({ blocks }: Outline, offset: number): number {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((blocks[middle] as Block).end <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A bullet of a list section. */
export interface Bullet extends Placed {
  readonly box: Box | undefined;
}

/** All list items of a section, nested ones included, each with its box. */
export function bulletsIn(
  outline: Outline,
  section: { readonly from: number; readonly to: number },
): readonly Bullet[] {
  const found: Bullet[] = [];
  const visit = (block: Block): void => {
    if (block.kind === 'item') {
      const first = block.children[0];
      if (first?.kind === 'paragraph') {
        const placed = placedText(outline, first.start, first.end);
        if (placed !== undefined)
          found.push({ ...placed, box: boxAt(outline.source, itemStart(outline.source, block)) });
      }
    }
    if (block.kind === 'list' || block.kind === 'item') for (const child of block.children) visit(child);
  };
  for (let i = section.from; i < section.to; i++) visit(outline.blocks[i] as Block);
  return found;
}

/** A cell as placed text. */
export function placedCell(cell: Cell | undefined): Placed | undefined {
  return cell === undefined ? undefined : { text: cell.text, start: cell.start, end: cell.end };
}

/** Text of the cell below the first of these columns; empty without. */
export function textOfCell({ table, row }: Row, ...names: readonly string[]): string {
  return cellOf(table, row, ...names)?.text ?? '';
}

/** Every row of every table of a section, those without a single filled cell left out. */
export function rowsIn(outline: Outline, section: Section | undefined): readonly Row[] {
  if (section === undefined) return [];
  return tablesIn(outline, section.from, section.to).flatMap((table) => rowsOf(table));
}

/** The rows of a table that hold anything. */
export function rowsOf(table: Table): readonly Row[] {
  return table.rows.filter(isFilled).map((row) => ({ table, row }));
}

function isFilled(row: TableRow): boolean {
  return row.cells.some(({ text }) => text !== '');
}
