import type { Block } from './blocks.ts';
import { pieces, plainText, withoutComments } from './inline.ts';
import { type Outline, boxAt, itemStart } from './outline.ts';

/** What the annotations of a task are about; every spelling of a key leads to one of these. */
export type Key =
  | 'agent'
  | 'codex'
  | 'estimate'
  | 'files'
  | 'group'
  | 'needs'
  | 'non-committing'
  | 'routing'
  | 'verify'
  | 'other';

/** One `**Key:** value` of a document, with the list or fence that follows it. */
export interface Annotation {
  readonly key: Key;
  /** The value, comments blanked out; offsets run parallel to the source from `start` on. */
  readonly value: string;
  readonly start: number;
  /** Blocks that directly follow the value: lists and fences, and a paragraph when the value itself is empty. */
  readonly following: readonly Block[];
  /** True when the key is a heading of its own, `#### Files`, and the value all that stands below it. */
  readonly section: boolean;
}

const KEYS: ReadonlyMap<string, Key> = new Map<string, Key>([
  ['agent', 'agent'],
  ['codex', 'codex'],
  ['estimate', 'estimate'],
  ['estimated time', 'estimate'],
  ['estimated effort', 'estimate'],
  ['effort', 'estimate'],
  ['files', 'files'],
  ['file', 'files'],
  ['files touched', 'files'],
  ['files to change', 'files'],
  ['parallel group', 'group'],
  ['needs', 'needs'],
  ['depends on', 'needs'],
  ['deps', 'needs'],
  ['dependencies', 'needs'],
  ['dependency', 'needs'],
  ['depends', 'needs'],
  ['blocked by', 'needs'],
  ['after', 'needs'],
  ['non committing', 'non-committing'],
  ['routing', 'routing'],
  ['verify', 'verify'],
  ['verification', 'verify'],
  ['verification greps', 'verify'],
  ['verification commands', 'verify'],
  ['verify commands', 'verify'],
  ['verify command', 'verify'],
]);

/** The key that a label means: case, hyphens and blanks do not matter. */
export function keyOf(label: string): Key {
  return (
    KEYS.get(
      label
        .toLowerCase()
        .replace(/[\s_-]+/g, ' ')
        .trim(),
    ) ?? 'other'
  );
}

interface Found {
  key: Key;
  from: number;
  to: number;
}

/** Reads the annotations among some top-level blocks: in paragraphs, and in list items without a box. */
export function annotationsIn(outline: Outline, from: number, to: number): readonly Annotation[] {
  const found: Annotation[] = [];
  const blocks = outline.blocks.slice(from, to);
  blocks.forEach((block, i) => {
    if (block.kind === 'paragraph' || (block.kind === 'heading' && block.setext)) {
      readParagraph(outline, block, (isEmpty) => followers(blocks, i, isEmpty, outline), found);
    } else if (block.kind === 'heading') {
      readHeading(outline, block, blocks, i, found);
    } else if (block.kind === 'list') {
      for (const item of block.children) readItem(outline, item, found);
    }
  });
  return found;
}

const SECTIONS = /^(?:files|verify|verification|needs|depends on|blocked by):?$/i;

function readHeading(outline: Outline, block: Block, blocks: readonly Block[], at: number, found: Annotation[]): void {
  const title = plainText(
    outline.source.shadow
      .slice(block.start, block.end)
      .replace(/^#{1,6}\s*/, '')
      .slice(0, 60),
  );
  if (!SECTIONS.test(title)) return;
  const following: Block[] = [];
  for (let i = at + 1; i < blocks.length && blocks[i]?.kind !== 'heading'; i++) following.push(blocks[i] as Block);
  found.push({ key: keyOf(title.replace(/:$/, '')), value: '', start: block.end, following, section: true });
}

function readItem(outline: Outline, item: Block, found: Annotation[]): void {
  const [first, ...rest] = item.children;
  if (first?.kind !== 'paragraph' || boxAt(outline.source, itemStart(outline.source, item)) !== undefined) return;
  readParagraph(outline, first, () => rest.filter((block) => block.kind === 'list' || block.kind === 'fence'), found);
}

function readParagraph(
  outline: Outline,
  block: Block,
  following: (isEmpty: boolean) => readonly Block[],
  found: Annotation[],
): void {
  const text = withoutComments(outline.source.shadow.slice(block.start, block.end));
  const keys = keysIn(text);
  keys.forEach((key, i) => {
    const next = keys[i + 1];
    const raw = text.slice(key.to, next?.from ?? text.length);
    const value = raw.trimEnd();
    found.push({
      key: key.key,
      value,
      start: block.start + key.to,
      following: next === undefined ? following(value.trim() === '') : [],
      section: false,
    });
  });
}

const BOLD_KEY =
  /(?:\*\*|__)([A-Za-z](?:[A-Za-z]|[ _-](?=[A-Za-z])){0,39})(?: ?\([^()*\n]{0,60}\))?(?:([:.])(?:\*\*|__)|(?:\*\*|__)[ \t]*:)/g;
const BOLD_WHOLE =
  /(?:\*\*|__)([A-Za-z](?:[A-Za-z]|[ _-](?=[A-Za-z])){0,39}):[ \t]*(?=[^*_\s])[^*\n]{1,200}(?:\*\*|__)/g;
const PLAIN_KEY = /^[ \t]*([A-Z][A-Za-z]*(?:[ -][A-Za-z]+){0,2}):(?=\s|$)/gm;

function keysIn(text: string): readonly Found[] {
  const bold = text.includes('**') || text.includes('__');
  if (!bold && !text.includes(':')) return [];
  // Code spans cannot hold a key; blanked, so that offsets stay.
  let masked = text.includes('`') ? '' : text;
  for (const piece of masked === '' ? pieces(text) : []) {
    masked += piece.code ? text.slice(piece.start, piece.end).replace(/[^\n]/g, '`') : piece.text;
  }
  const found: Found[] = [];
  for (const match of bold ? masked.matchAll(BOLD_KEY) : []) {
    const key = keyOf(match[1] as string);
    const opens = opensLine(masked, match.index);
    // In the middle of a line, or closed by a full stop, only a key that we know is one.
    if (!opens && (key === 'other' || !/[\s|·;,.]/.test(masked[match.index - 1] as string))) continue;
    if (match[2] === '.' && key !== 'other') continue;
    found.push({ key, from: match.index, to: match.index + match[0].length });
  }
  for (const match of bold ? masked.matchAll(BOLD_WHOLE) : []) {
    const key = keyOf(match[1] as string);
    if (!opensLine(masked, match.index) || found.some((other) => other.from === match.index)) continue;
    const colon = match.index + match[0].indexOf(':') + 1;
    found.push({ key, from: match.index, to: colon });
  }
  for (const match of masked.matchAll(PLAIN_KEY)) {
    const key = keyOf(match[1] as string);
    if (key !== 'other') found.push({ key, from: match.index, to: match.index + match[0].length });
  }
  return found.sort((a, b) => a.from - b.from);
}

function opensLine(text: string, at: number): boolean {
  let i = at - 1;
  while (i >= 0 && (text[i] === ' ' || text[i] === '\t')) i--;
  return i < 0 || text[i] === '\n';
}

function followers(blocks: readonly Block[], at: number, isEmpty: boolean, outline: Outline): readonly Block[] {
  const found: Block[] = [];
  for (let i = at + 1; i < blocks.length; i++) {
    const block = blocks[i] as Block;
    if (block.kind === 'list' || block.kind === 'fence') found.push(block);
    else if (block.kind === 'paragraph' && isEmpty && found.length === 0) {
      if (keysIn(outline.source.shadow.slice(block.start, block.end)).some((key) => key.from === 0)) break;
      found.push(block);
    } else if (block.kind !== 'html') break;
  }
  return found;
}
