import { parser } from '@lezer/markdown';

export type BlockKind =
  | 'heading'
  | 'paragraph'
  | 'fence'
  | 'code'
  | 'list'
  | 'item'
  | 'quote'
  | 'html'
  | 'rule'
  | 'other';

/** A block of the document's CommonMark tree. */
export interface Block {
  readonly kind: BlockKind;
  readonly start: number;
  readonly end: number;
  /** Level of a heading, 0 for everything else. */
  readonly level: number;
  /** True for a heading underlined with `===` or `---`. */
  readonly setext: boolean;
  readonly children: readonly Block[];
}

// Inline parsing is left out: nothing here needs emphasis or links as nodes, and it is the part that hostile text
// (100,000 brackets or asterisks) could make slow. What is needed of it (code spans, comments) is in inline.ts.
const blocksOnly = parser.configure({
  remove: [
    'Escape',
    'Entity',
    'InlineCode',
    'HTMLTag',
    'Emphasis',
    'HardBreak',
    'Link',
    'Image',
    'LinkEnd',
    'LinkReference',
  ],
});

const KINDS: ReadonlyMap<string, readonly [BlockKind, number]> = new Map<string, readonly [BlockKind, number]>([
  ...[1, 2, 3, 4, 5, 6].map((level) => [`ATXHeading${level}`, ['heading', level]] as const),
  ['SetextHeading1', ['heading', 1]],
  ['SetextHeading2', ['heading', 2]],
  ['Paragraph', ['paragraph', 0]],
  ['FencedCode', ['fence', 0]],
  ['CodeBlock', ['code', 0]],
  ['BulletList', ['list', 0]],
  ['OrderedList', ['list', 0]],
  ['ListItem', ['item', 0]],
  ['Blockquote', ['quote', 0]],
  ['HTMLBlock', ['html', 0]],
  ['CommentBlock', ['html', 0]],
  ['ProcessingInstructionBlock', ['html', 0]],
  ['HorizontalRule', ['rule', 0]],
]);

/** Lists deeper than this are kept as text: no plan has steps of steps of steps of … this deep. */
const MAX_DEPTH = 24;

interface Building {
  readonly kind: BlockKind;
  readonly start: number;
  readonly end: number;
  readonly level: number;
  readonly setext: boolean;
  readonly children: Block[];
}

/** Parses Markdown into its blocks. Works without recursion, so that depth cannot exhaust the stack. */
export function parseBlocks(text: string): readonly Block[] {
  const top: Block[] = [];
  const open: Building[] = [];
  const cursor = blocksOnly.parse(text).cursor();
  if (!cursor.firstChild()) return top;
  for (;;) {
    const name = cursor.name;
    const found = KINDS.get(name);
    let entered = false;
    if (found !== undefined) {
      const [kind, level] = found;
      const setext = name.startsWith('Setext');
      const block: Building = { kind, start: cursor.from, end: cursor.to, level, setext, children: [] };
      (open.at(-1)?.children ?? top).push(block);
      if (kind === 'list' || kind === 'item' || kind === 'quote') {
        open.push(block);
        entered = open.length <= MAX_DEPTH && cursor.firstChild();
        if (!entered) open.pop();
      }
    }
    if (entered) continue;
    while (!cursor.nextSibling()) {
      if (!cursor.parent() || open.length === 0) return top;
      open.pop();
    }
  }
}
