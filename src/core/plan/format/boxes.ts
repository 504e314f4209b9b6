import type { Edit } from '../../base/finding.ts';
import { boxesOf } from '../markdown/outline.ts';
import { inLog, type Page } from './page.ts';

/** A ticked box is `[x]`. */
export function boxMarks({ outline }: Page): readonly Edit[] {
  const { text } = outline.source;
  return boxesOf(outline, 0, outline.blocks.length).flatMap(({ mark: { start, end } }) =>
    text[start] === 'X' && !inLog(outline, start) ? [{ start, end, text: 'x' }] : [],
  );
}
