import type { Edit } from '../../base/finding.ts';
import type { Block } from '../markdown/blocks.ts';
import { tablesIn } from '../markdown/tables.ts';
import { contentEnd, inLog, type Page } from './page.ts';

/**
 * One blank line between blocks, none in front of the first. Around HTML nothing changes: a comment may be about the line
 * below it. Inside lists blank lines say whether they are loose, so that only many become one.
 */
export function blankLines({ outline, lines, newline }: Page): readonly Edit[] {
  const { source, blocks, frontMatter } = outline;
  const { text } = source;
  const edits: Edit[] = [];
  let before: Block | undefined;
  for (const block of blocks) {
    const line = source.lineStart(block.start);
    const start =
      before === undefined
        ? contentEnd(text, frontMatter.end)
        : before.kind === 'fence' || before.kind === 'code' || before.kind === 'quote'
          ? contentEnd(text, source.lineEnd(before.end))
          : before.end;
    const last = before;
    before = block;
    if (block.kind === 'html' || last?.kind === 'html' || inLog(outline, line - 1) || line < start) continue;
    const mark = last === undefined && frontMatter.end === 0 && text.startsWith('\uFEFF') ? 1 : 0;
    const gap = text.slice(start + mark, line);
    // Of an empty item or quote only the marker is there.
    if (!/^[ \t\r\n]*$/.test(gap) || (gap.replace(/\r\n/g, '').includes('\r') && gap !== '')) continue;
    const wanted = last === undefined && frontMatter.end === 0 ? '' : newline + newline;
    if (gap !== wanted) edits.push({ start: start + mark, end: line, text: wanted });
  }
  return [...edits, ...manyBlank(lines, blocks)];
}

/** Blank lines that follow a blank line, inside of lists. */
function manyBlank(lines: Page['lines'], blocks: readonly Block[]): readonly Edit[] {
  const edits: Edit[] = [];
  let next = 0;
  lines.forEach(({ start, end, kept }, i) => {
    while (next < blocks.length && (blocks[next] as Block).end <= start) next++;
    const block = blocks[next];
    const above = lines[i - 1];
    const below = lines[i + 1];
    if (kept || start !== end || block?.kind !== 'list' || block.start >= start || above === undefined) return;
    if (above.kept || above.start !== above.end || below === undefined || below.kept) return;
    edits.push({ start, end: below.start, text: '' });
  });
  return edits;
}

/** A table stands apart from text above and below it. */
export function tableSpacing({ outline, newline }: Page): readonly Edit[] {
  const { source, blocks } = outline;
  const { text } = source;
  const edits: Edit[] = [];
  blocks.forEach((block, i) => {
    if (block.kind !== 'paragraph' || inLog(outline, block.start)) return;
    for (const table of tablesIn(outline, i, i + 1)) {
      if (table.start > block.start) {
        const line = source.lineStart(table.start);
        edits.push({ start: line, end: line, text: newline });
      }
      const below = source.lineEnd(table.end) + 1;
      if (below < block.end && text.slice(below, block.end).trim() !== '')
        edits.push({ start: below, end: below, text: newline });
    }
  });
  return edits;
}
