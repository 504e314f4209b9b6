import type { Block } from './blocks.ts';
import type { Source } from './source.ts';

/** A fenced code block taken apart. */
export interface Fence {
  /** First word of the info string. */
  readonly language: string;
  /** Content without the indentation of the fence. */
  readonly code: string;
  readonly closed: boolean;
}

/** Reads a fence: its language, its content, and whether it was closed. */
export function readFence(source: Source, block: Block): Fence {
  const lines = source.text.slice(block.start, block.end).split(/\r\n|\n|\r/);
  const language = /^(?:`{3,}|~{3,})[ \t]*([^\s`{]*)/.exec(lines[0] as string)?.[1] ?? '';
  const indent = block.start - source.lineStart(block.start);
  const closed = isClosed(source, block);
  const body = lines.slice(1, closed ? -1 : undefined).map((line) => {
    let cut = 0;
    while (cut < indent && (line[cut] === ' ' || line[cut] === '\t')) cut++;
    return line.slice(cut);
  });
  return { language, code: body.join('\n'), closed };
}

/** Whether a fence has a closing line: one of nothing but its own marks, as many or more. */
export function isClosed({ shadow }: Source, block: Block): boolean {
  const mark = shadow[block.start];
  let size = 0;
  while (shadow[block.start + size] === mark) size++;
  const line = shadow.lastIndexOf('\n', block.end - 1) + 1;
  if (line <= block.start) return false;
  const last = shadow.slice(line, block.end).trim();
  return last.length >= size && last === (mark as string).repeat(last.length);
}
