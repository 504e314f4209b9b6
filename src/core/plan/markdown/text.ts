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
export function* textIn(outline: Outline, from: number, to: number): Iterable<TextBlock> {
  for (let i = from; i < to; i++) yield* textOf(outline.source, outline.blocks[i] as Block);
}

function* textOf(source: Source, block: Block): Iterable<TextBlock> {
  if (block.kind === 'paragraph' || block.kind === 'heading') {
    yield { kind: block.kind, text: withoutComments(source.shadow.slice(block.start, block.end)), start: block.start };
  } else if (block.kind !== 'html') for (const child of block.children) yield* textOf(source, child);
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
