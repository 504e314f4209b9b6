import type { Block } from './blocks.ts';
import { type Fence, readFence } from './fence.ts';
import { withoutComments } from './inline.ts';
import type { Outline } from './outline.ts';
import type { Source } from './source.ts';

/** A paragraph or heading, wherever it stands: what a person reads as text. Offsets run parallel to the source. */
export interface TextBlock {
  readonly kind: 'heading' | 'paragraph';
  /** Comments are blanked out; fences, code blocks and HTML never are part of it. */
  readonly text: string;
  readonly start: number;
}

/** The paragraphs and headings among some top-level blocks, those in lists and quotes included, in document order. */
export function textIn({ source, blocks }: Outline, from: number, to: number): readonly TextBlock[] {
  let read = TEXTS.get(blocks);
  if (read === undefined) TEXTS.set(blocks, (read = readText(source, blocks)));
  const { texts, first } = read;
  const start = first[Math.max(0, from)] ?? texts.length;
  const end = first[Math.max(0, to)] ?? texts.length;
  return start === 0 && end === texts.length ? texts : texts.slice(start, end);
}

interface Texts {
  readonly texts: readonly TextBlock[];
  /** By position of a top-level block: how many texts stand before it. */
  readonly first: readonly number[];
}

/** Two dozen rules read the text of a document: it is taken out of the tree once. */
const TEXTS = new WeakMap<readonly Block[], Texts>();

function readText(source: Source, blocks: readonly Block[]): Texts {
  const texts: TextBlock[] = [];
  const first = blocks.map((block) => {
    const before = texts.length;
    collectText(source, block, texts);
    return before;
  });
  return { texts, first };
}

// As deep as the tree was kept: parseBlocks bounds it.
function collectText(source: Source, { kind, start, end, children }: Block, texts: TextBlock[]): void {
  if (kind === 'paragraph' || kind === 'heading') {
    texts.push({ kind, text: withoutComments(source.shadow.slice(start, end)), start });
  } else if (kind !== 'html') for (const child of children) collectText(source, child, texts);
}

/** A fence and where it stands. */
export interface PlacedFence extends Fence {
  readonly start: number;
  readonly end: number;
}

/** The fences among some top-level blocks, those in lists and quotes included, in document order. */
export function* fencesIn(outline: Outline, from: number, to: number): Iterable<PlacedFence> {
  for (let i = from; i < to; i++) yield* fencesOf(outline.source, outline.blocks[i] as Block);
}

function* fencesOf(source: Source, block: Block): Iterable<PlacedFence> {
  if (block.kind === 'fence') yield { ...readFence(source, block), start: block.start, end: block.end };
  else for (const child of block.children) yield* fencesOf(source, child);
}

/** How long a stretch is: `raw` counts all of its lines, `rendered` those that show something on the page. */
export function linesOf(
  source: Source,
  start: number,
  end: number,
): { readonly raw: number; readonly rendered: number } {
  const lines = withoutComments(source.shadow.slice(start, end)).trimEnd().split('\n');
  const rendered = lines.filter(
    (line) => /\S/.test(line) && !/^[ \t]*(?:`{3,}|~{3,})/.test(line) && !/^[ \t|:*_-]+$/.test(line),
  ).length;
  return { raw: lines.length, rendered };
}
