import type { Edit } from '../../../base/finding.ts';
import type { Block } from '../../markdown/blocks.ts';
import { itemStart } from '../../markdown/outline.ts';
import type { Source } from '../../markdown/source.ts';
import { PLAN_KINDS } from '../../model.ts';
import type { Remark, Rule } from '../rule.ts';

/** GEN-010: `[]`, `[ x]`, `[x]text` in a heading or a list item: read as a box that was meant, but that nothing can tick. */
export const checkboxSyntax: Rule = {
  id: 'GEN-010',
  name: 'checkbox-syntax',
  about: 'A box was meant, but is written so that nobody can tick it.',
  severity: 'warning',
  fix: 'auto',
  kinds: PLAN_KINDS,
  *check({ draft }) {
    const { source, blocks, headings, logs } = draft.outline;
    for (const heading of headings) {
      if (!heading.brokenBox) continue;
      const fix = mended(source, heading.start);
      const span = source.span(heading.start, heading.end);
      yield { span, ...SAYS, ...(fix === undefined ? {} : { fix }) };
    }
    let log = 0;
    for (const block of blocks) {
      while (log < logs.length && (logs[log] as { end: number }).end <= block.start) log++;
      if ((logs[log]?.start ?? Infinity) > block.start) yield* inLists(source, block);
    }
  },
};

const SAYS = { message: 'This is no box that can be ticked.', hint: 'Write `[ ]` or `[x]`, followed by a blank.' };

const HEADING_BOX = /^ {0,3}#{1,6}[ \t]*(\[[ \t]{0,3}([-xX]?)[ \t]{0,3}\])([ \t]*)/;

function mended(source: Source, start: number): Remark['fix'] | undefined {
  const match = HEADING_BOX.exec(source.shadow.slice(start, start + 200));
  if (match === null) return undefined;
  const at = start + match[0].length - (match[3] as string).length - (match[1] as string).length;
  return box(at, at + (match[1] as string).length, match[2] as string, match[3] === '' ? ' ' : '');
}

function box(start: number, end: number, mark: string, blank: string): Remark['fix'] {
  // What `[-]` means is known to its author alone: left out, half done, cancelled.
  const edits: Edit[] = [{ start, end, text: `[${/x/i.test(mark) ? 'x' : ' '}]${blank}` }];
  return { kind: mark === '-' ? 'suggest' : 'auto', title: 'Write it as a box', edits };
}

const ITEM_BOX = /^(\[(?:|[xX]|[-~]|[ \t]{1,3}[xX]?[ \t]{0,3}|[xX][ \t]{1,3})\])/;

// The tree is only as deep as parseBlocks keeps it.
function* inLists(source: Source, block: Block): Iterable<Remark> {
  if (block.kind === 'item') {
    const first = block.children[0];
    if (first === undefined || first.kind === 'paragraph') yield* inItem(source, itemStart(source, block));
  }
  if (block.kind === 'paragraph') yield* withoutBlank(source, block);
  if (block.kind === 'list' || block.kind === 'item') for (const child of block.children) yield* inLists(source, child);
}

function* inItem(source: Source, start: number): Iterable<Remark> {
  const match = ITEM_BOX.exec(source.shadow.slice(start, start + 12));
  if (match === null) return;
  const text = match[0];
  const next = source.shadow[start + text.length];
  const blank = next === undefined || /\s/.test(next);
  const mark = text.replace(/[^xX~-]/g, '').replace('~', '-');
  const right = /^\[[ xX]\]$/.test(text);
  if (right && blank) return;
  // `[x](url)`, `[]string`, `[ ]:`: links and types.
  if (!blank && (!right || /[([:\]`]/.test(next))) return;
  const end = start + text.length;
  const fix = box(start, end, mark, blank ? '' : ' ');
  yield { span: source.span(start, end), ...SAYS, ...(fix === undefined ? {} : { fix }) };
}

const STUCK = /^[ \t]*([-*+])(\[[ xX]\])(?=[ \t]+\S)/gm;

/** `-[ ] step`: without a blank behind the marker it is not even a list. */
function* withoutBlank(source: Source, { start, end }: Block): Iterable<Remark> {
  const text = source.shadow.slice(start, end);
  if (!/[-*+]\[/.test(text)) return;
  for (const match of text.matchAll(STUCK)) {
    const at = start + match.index + match[0].length - (match[2] as string).length;
    const title = 'Put a blank between the marker and the box';
    yield {
      span: source.span(at - 1, at + 3),
      ...SAYS,
      fix: { kind: 'auto', title, edits: [{ start: at, end: at, text: ' ' }] },
    };
  }
}
