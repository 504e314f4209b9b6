import { type Block, parseBlocks } from './blocks.ts';
import { type FrontMatter, readFrontMatter } from './front-matter.ts';
import { plainText, withoutComments } from './inline.ts';
import type { Box } from '../model.ts';
import type { Source } from './source.ts';
import { tablesIn } from './tables.ts';

/** A heading of the document's top level; those inside quotes and lists are text. */
export interface Heading {
  readonly level: number;
  /** Plain text without the box. */
  readonly title: string;
  readonly box: Box | undefined;
  readonly start: number;
  readonly end: number;
  /** Position among the top-level blocks. */
  readonly block: number;
  /** Position among the outline's headings. */
  readonly index: number;
  /** True for `## Log`, whose content is never read. */
  readonly log: boolean;
  /** A box was meant (`[]`, `[ x]`) but nobody can tick it. */
  readonly brokenBox: boolean;
}

/** A document cut along its headings. */
export interface Outline {
  readonly source: Source;
  readonly frontMatter: FrontMatter;
  readonly blocks: readonly Block[];
  /** Headings in document order, those below a `## Log` left out: nothing in a log is ever read as plan. */
  readonly headings: readonly Heading[];
  /** Where `## Log` sections stand, heading included. */
  readonly logs: readonly { readonly start: number; readonly end: number }[];
}

/** Parses a document into top-level blocks and headings. */
export function outlineOf(source: Source): Outline {
  const frontMatter = readFrontMatter(source);
  const blank = source.shadow.slice(0, frontMatter.end).replace(/[^\n]/g, ' ');
  const blocks = parseBlocks(blank + source.shadow.slice(frontMatter.end));
  const headings: Heading[] = [];
  const logs: { start: number; end: number }[] = [];
  let inLog = false;
  blocks.forEach((block, i) => {
    if (block.kind !== 'heading' || isKeyLine(source, block)) return;
    if (inLog && block.level > 2) return;
    const heading = readHeading(source, block, i, headings.length);
    if (inLog) (logs.at(-1) as { end: number }).end = heading.start;
    inLog = heading.log;
    if (inLog) logs.push({ start: heading.start, end: source.text.length });
    headings.push(heading);
  });
  return { source, frontMatter, blocks, headings, logs };
}

// `**Files:** x` directly above `---` is an underlined heading to CommonMark, but nobody means one.
function isKeyLine(source: Source, block: Block): boolean {
  return block.setext && /^\s*(?:\*\*|__)[A-Za-z]/.test(source.shadow.slice(block.start, block.start + 80));
}

function readHeading(source: Source, block: Block, position: number, index: number): Heading {
  let text = withoutComments(source.shadow.slice(block.start, block.end));
  let from = block.start;
  if (block.setext) {
    text = text.slice(0, text.lastIndexOf('\n'));
  } else {
    const marks = /^#{1,6}[ \t]*/.exec(text)?.[0].length ?? 0;
    from += marks;
    text = withoutClosingMarks(text.slice(marks));
  }
  const box = boxAt(source, from);
  if (box !== undefined) text = text.slice(3);
  const broken = box === undefined ? BROKEN_BOX.exec(text) : null;
  if (broken !== null) text = text.slice(broken[0].length);
  const title = plainText(text);
  const log = block.level === 2 && title.toLowerCase() === 'log';
  return {
    level: block.level,
    title,
    box,
    start: block.start,
    end: block.end,
    block: position,
    index,
    log,
    brokenBox: broken !== null,
  };
}

const BROKEN_BOX = /^\s*\[[ \t]{0,3}[-xX]?[ \t]{0,3}\][ \t]*(?=[^\s(])/;

/** `Title ##` → `Title`, without a regular expression that could go back and forth over a long run. */
function withoutClosingMarks(text: string): string {
  const trimmed = text.trimEnd();
  let end = trimmed.length;
  while (trimmed[end - 1] === '#') end--;
  return end < trimmed.length && (end === 0 || /\s/.test(trimmed[end - 1] as string)) ? trimmed.slice(0, end) : trimmed;
}

const BOX = /\[([ xX])\](?=\s|$)/y;

/** The box that begins at `offset`, if there is one. */
export function boxAt(source: Source, offset: number): Box | undefined {
  BOX.lastIndex = offset;
  const match = BOX.exec(source.shadow);
  if (match === null) return undefined;
  return { ticked: match[1] !== ' ', mark: source.span(offset + 1, offset + 2) };
}

const MARKER = /(?:[-*+]|\d{1,9}[.)])[ \t]{1,4}/y;

/** Where the text of a list item begins, behind its marker. */
export function itemStart(source: Source, item: Block): number {
  MARKER.lastIndex = item.start;
  return item.start + (MARKER.exec(source.shadow)?.[0].length ?? 1);
}

/** The boxes of headings, list items and table cells among these blocks, in document order. Code and quotes hold none. */
export function boxesOf(outline: Outline, from: number, to: number): readonly Box[] {
  const boxes: Box[] = [];
  const { source, blocks } = outline;
  for (let i = from; i < to; i++) {
    const block = blocks[i] as Block;
    if (block.kind === 'heading') {
      const box = block.setext ? undefined : readHeading(source, block, i, -1).box;
      if (box !== undefined) boxes.push(box);
    } else {
      listBoxes(source, block, boxes);
    }
    if (mayHoldCells(source, block)) {
      for (const { rows } of tablesIn(outline, i, i + 1)) {
        for (const { cells } of rows) for (const { box } of cells) if (box !== undefined) boxes.push(box);
      }
    }
  }
  return boxes;
}

function mayHoldCells({ shadow }: Source, { kind, start, end, setext }: Block): boolean {
  if (kind === 'fence' || kind === 'html' || kind === 'code' || (kind === 'heading' && !setext)) return false;
  // Cut first: a search to the next bar of the document would be made again for each block in front of it.
  const text = shadow.slice(start, end);
  return text.includes('|') && /\[[ xX]\]/.test(text);
}

function listBoxes(source: Source, block: Block, boxes: Box[]): void {
  if (block.kind === 'item') {
    const first = block.children[0];
    const box =
      first?.kind === 'paragraph' || first === undefined ? boxAt(source, itemStart(source, block)) : undefined;
    if (box !== undefined) boxes.push(box);
  }
  // As deep as the tree was kept: parseBlocks bounds it.
  if (block.kind === 'item' || block.kind === 'list')
    for (const child of block.children) listBoxes(source, child, boxes);
}

/** Position of the first top-level block that begins at or after `offset`. */
export function blockFrom(outline: Outline, offset: number): number {
  const { blocks } = outline;
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((blocks[middle] as Block).start < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A stretch of a document: a heading and everything up to the next heading of its level or above, or a log. */
export interface Body {
  readonly heading: Heading;
  readonly end: number;
  /** Top-level blocks of the body: from, to. */
  readonly from: number;
  readonly to: number;
}

/** The section that a heading opens, ending before `limit` at the latest. */
export function sectionOf(outline: Outline, heading: Heading, limit: number): Body {
  const { headings, source } = outline;
  let end = Math.min(limit, source.text.length);
  for (let i = heading.index + 1; i < headings.length; i++) {
    const next = headings[i] as Heading;
    if (next.start >= end) break;
    if (next.level <= heading.level || next.log) {
      end = next.start;
      break;
    }
  }
  return { heading, end, from: heading.block + 1, to: blockFrom(outline, end) };
}
