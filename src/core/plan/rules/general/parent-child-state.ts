import type { Block } from '../../markdown/blocks.ts';
import { boxAt, boxesOf, itemStart, sectionOf } from '../../markdown/outline.ts';
import type { Source } from '../../markdown/source.ts';
import { type Box, PLAN_KINDS } from '../../model.ts';
import type { Remark, Rule } from '../rule.ts';

/** GEN-011: something is ticked or said to be done while a part of it is open. */
export const parentChildState: Rule = {
  id: 'GEN-011',
  name: 'parent-child-state',
  about: 'A box is ticked, or the document said to be done, while boxes inside are open.',
  severity: 'warning',
  severities: { done: 'error' },
  fix: 'suggest',
  kinds: PLAN_KINDS,
  *check({ draft }) {
    const { outline, status } = draft;
    const { source, blocks, headings, logs } = outline;
    if (status?.value === 'done') {
      const open = boxesOf(outline, 0, blocks.length).filter((box) => !box.ticked && !inLog(logs, box));
      if (open.length > 0) {
        const message = `The document is said to be done, but ${open.length} of its boxes ${open.length > 1 ? 'are' : 'is'} open; the first stands in line ${open[0]?.mark.line}.`;
        yield { span: status.span, message, hint: 'Tick what is done, or correct the status.' };
      }
    }
    for (const heading of headings) {
      if (heading.box?.ticked !== true) continue;
      const { from, to } = sectionOf(outline, heading, source.text.length);
      const open = boxesOf(outline, from, to).filter((box) => !box.ticked);
      if (open.length > 0) yield contradiction(heading.box, open.length, open[0] as Box);
    }
    for (const block of blocks) yield* inLists(source, block);
  },
};

function inLog(logs: readonly { readonly start: number; readonly end: number }[], { mark }: Box): boolean {
  return logs.some(({ start, end }) => mark.start >= start && mark.start < end);
}

function contradiction(box: Box, count: number, first: Box): Remark {
  return {
    span: box.mark,
    message: `This is ticked, but ${count} ${count > 1 ? 'boxes' : 'box'} below it ${count > 1 ? 'are' : 'is'} open; the first stands in line ${first.mark.line}.`,
    hint: 'Tick what is done below, or untick this.',
    fix: {
      kind: 'suggest',
      title: 'Untick it',
      edits: [{ start: box.mark.start, end: box.mark.end, text: ' ' }],
    },
  };
}

function* inLists(source: Source, block: Block): Iterable<Remark> {
  if (block.kind !== 'list') return;
  for (const item of block.children) {
    const inside = item.children.filter((child) => child.kind === 'list');
    if (inside.length === 0) continue;
    const box = boxAt(source, itemStart(source, item));
    if (box?.ticked === true) {
      const { count, first } = openIn(source, inside);
      // What is wrong inside is told at the outermost box alone, so that nothing is counted twice.
      if (first !== undefined) {
        yield contradiction(box, count, first);
        continue;
      }
    }
    for (const child of inside) yield* inLists(source, child);
  }
}

function openIn(source: Source, lists: readonly Block[]): { count: number; first: Box | undefined } {
  let count = 0;
  let first: Box | undefined;
  for (const list of lists) {
    for (const item of list.children) {
      const box = boxAt(source, itemStart(source, item));
      const below = openIn(
        source,
        item.children.filter((child) => child.kind === 'list'),
      );
      const open = box !== undefined && !box.ticked;
      first ??= open ? box : below.first;
      count += below.count + (open ? 1 : 0);
    }
  }
  return { count, first };
}
