import type { PlanKind } from '../model.ts';
import type { Block } from '../markdown/blocks.ts';
import { type Outline, outlineOf } from '../markdown/outline.ts';
import { Source } from '../markdown/source.ts';

/** One line: `start` to `end` without its line end. */
export interface Line {
  readonly start: number;
  readonly end: number;
  /** Its bytes are its author's: code, HTML and comments, quotes, front matter, the log. */
  readonly kept: boolean;
}

/** A document as the passes of the formatter look at it. */
export interface Page {
  readonly kind: PlanKind;
  readonly outline: Outline;
  readonly lines: readonly Line[];
  /** The line end that is inserted. */
  readonly newline: '\n' | '\r\n';
}

const VERBATIM: ReadonlySet<Block['kind']> = new Set<Block['kind']>(['fence', 'code', 'html', 'quote']);

/** Cuts a document into blocks and lines; `newline` is what most lines of the unformatted text end in. Linear. */
export function pageOf(text: string, kind: PlanKind, newline = newlineOf(text)): Page {
  const outline = outlineOf(new Source(text));
  const { source, frontMatter, blocks, logs } = outline;
  const regions: { start: number; end: number }[] = [];
  if (frontMatter.end > 0) regions.push({ start: 0, end: frontMatter.end });
  for (const block of blocks) verbatim(block, regions);
  for (const { start, end } of logs) regions.push({ start: source.lineEnd(start) + 1, end });
  regions.sort((a, b) => a.start - b.start);
  const lines: Line[] = [];
  let next = 0;
  let keptTo = 0;
  for (let at = 0; at <= text.length;) {
    const end = source.lineEnd(at);
    for (; next < regions.length && (regions[next] as Line).start <= end; next++)
      keptTo = Math.max(keptTo, (regions[next] as Line).end);
    lines.push({ start: at, end: contentEnd(text, end), kept: keptTo > at });
    at = end + 1;
  }
  return { kind, outline, lines, newline };
}

function verbatim(block: Block, regions: { start: number; end: number }[]): void {
  if (VERBATIM.has(block.kind)) regions.push({ start: block.start, end: block.end });
  else for (const child of block.children) verbatim(child, regions);
}

/** Where a line ends, seen from its line feed: a carriage return belongs to the line end. */
export function contentEnd(text: string, lineFeed: number): number {
  return text[lineFeed] === '\n' && text[lineFeed - 1] === '\r' ? lineFeed - 1 : lineFeed;
}

/** The line end that most lines of a text have. */
export function newlineOf(text: string): '\n' | '\r\n' {
  let windows = 0;
  let unix = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    if (text[at - 1] === '\r') windows++;
    else unix++;
  }
  return windows > unix ? '\r\n' : '\n';
}

/** Whether an offset lies in a log: what a machine writes is its own. */
export function inLog({ logs }: Outline, at: number): boolean {
  let low = 0;
  let high = logs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((logs[middle] as { end: number }).end <= at) low = middle + 1;
    else high = middle;
  }
  const log = logs[low];
  return log !== undefined && at >= log.start;
}
