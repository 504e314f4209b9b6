import type { Edit } from '../../base/finding.ts';
import type { Block } from '../markdown/blocks.ts';
import { contentEnd, inLog, type Page } from './page.ts';

/**
 * Bullets are `-` and numbers end in a full stop. Of two lists that follow each other nothing changes: their markers are all
 * that keeps them apart. Numbers stay as they are, for other places may name them.
 */
export function listMarkers({ outline }: Page): readonly Edit[] {
  const edits: Edit[] = [];
  const { text } = outline.source;
  const visit = (blocks: readonly Block[]): void => {
    blocks.forEach((block, i) => {
      if (block.kind === 'list') {
        if (blocks[i - 1]?.kind !== 'list' && blocks[i + 1]?.kind !== 'list') edits.push(...markers(text, block));
        for (const item of block.children) visit(item.children);
      }
    });
  };
  visit(outline.blocks.filter(({ start }) => !inLog(outline, start)));
  return edits;
}

function markers(text: string, list: Block): readonly Edit[] {
  const edits: Edit[] = [];
  for (const { start } of list.children) {
    const at = /^\d{1,9}/.exec(text.slice(start, start + 9))?.[0].length ?? 0;
    const wanted = at === 0 ? '-' : '.';
    const mark = text[start + at];
    const end = contentEnd(text, lineFeed(text, start));
    // `* ---` would be a rule as `- ---`.
    if (at === 0 && /^[-*_ \t]*$/.test(text.slice(start + 1, Math.min(end, start + 1000)))) return [];
    if (mark !== wanted) edits.push({ start: start + at, end: start + at + 1, text: wanted });
  }
  return edits;
}

function lineFeed(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at;
}
