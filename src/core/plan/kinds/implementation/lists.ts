import type { Block } from '../../markdown/blocks.ts';
import { plainText, withoutComments } from '../../markdown/inline.ts';
import { boxAt, itemStart, type Outline } from '../../markdown/outline.ts';
import type { Section } from '../../markdown/sections.ts';
import { withoutGlyph } from './fields.ts';
import type { Line } from './model.ts';

/** The items of the lists of a section, at any depth, with their boxes; their text without markers. */
export function linesOfSection(outline: Outline, section: Pick<Section, 'from' | 'to'>): readonly Line[] {
  const found: Line[] = [];
  for (let i = section.from; i < section.to; i++) collect(outline, outline.blocks[i] as Block, found);
  return found;
}

function collect(outline: Outline, block: Block, found: Line[]): void {
  const { source } = outline;
  if (block.kind === 'item') {
    const from = itemStart(source, block);
    const box = boxAt(source, from);
    const first = block.children[0];
    const end = first?.kind === 'paragraph' ? first.end : from;
    const text = withoutComments(source.shadow.slice(box === undefined ? from : from + 3, end));
    const plain = withoutGlyph(plainText(text));
    if (plain !== '') found.push({ text: plain, span: source.span(block.start, Math.max(block.start, end)), box });
  }
  if (block.kind === 'item' || block.kind === 'list')
    for (const child of block.children) collect(outline, child, found);
}

/** The section as text, without its heading. */
export function bodyText({ source, blocks }: Outline, section: Pick<Section, 'from' | 'end' | 'heading'>): string {
  const start = blocks[section.from]?.start ?? section.end;
  return start >= section.end ? '' : withoutComments(source.shadow.slice(start, section.end)).trimEnd();
}
