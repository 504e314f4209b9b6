import type { Block } from './markdown/blocks.ts';
import { pieces, plainText, withoutComments } from './markdown/inline.ts';
import { type Outline, boxAt, itemStart } from './markdown/outline.ts';

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
  /** The key's own words: lower case, single blanks, without marks, colon and parentheses. */
  readonly label: string;
  /** Where the key begins. */
  readonly at: number;
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
  ['files to modify', 'files'],
  ['files to create', 'files'],
  ['files to edit', 'files'],
  ['files to update', 'files'],
  ['files to touch', 'files'],
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

/** Labels that are keys even when they are written plainly, without bold. */
export type Vocabulary = ReadonlySet<string>;

const NO_WORDS: Vocabulary = new Set();

/** The words of a label: case, hyphens, underscores and runs of blanks do not matter. */
export function labelOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/\([^()]*\)/g, ' ')
    .replace(/[\s_*-]+/g, ' ')
    .replace(/[:.\s]+$/, '')
    .trim();
}

interface Found {
  key: Key;
  label: string;
  from: number;
  to: number;
}

/**
 * Reads the annotations among some top-level blocks: in paragraphs, and in list items without a box. A label of
 * `vocabulary` (see {@link labelOf}) counts at the beginning of a line even when it is not bold.
 */
export function annotationsIn(
  outline: Outline,
  from: number,
  to: number,
  vocabulary: Vocabulary = NO_WORDS,
): readonly Annotation[] {
  return annotationsAmong(outline, outline.blocks.slice(from, to), vocabulary);
}

/** {@link annotationsIn} for any blocks that follow each other, such as those inside a list item. */
export function annotationsAmong(
  outline: Outline,
  blocks: readonly Block[],
  vocabulary: Vocabulary = NO_WORDS,
): readonly Annotation[] {
  const found: Annotation[] = [];
  blocks.forEach((block, i) => {
    if (block.kind === 'paragraph' || (block.kind === 'heading' && block.setext)) {
      readParagraph(outline, block, (isEmpty) => followers(blocks, i, isEmpty, outline, vocabulary), found, vocabulary);
    } else if (block.kind === 'heading') {
      readHeading(outline, block, blocks, i, found);
    } else if (block.kind === 'list') {
      for (const item of block.children) readItem(outline, item, found, vocabulary);
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
  const label = labelOf(title);
  found.push({ key: keyOf(label), label, at: block.start, value: '', start: block.end, following, section: true });
}

function readItem(outline: Outline, item: Block, found: Annotation[], vocabulary: Vocabulary): void {
  const [first, ...rest] = item.children;
  if (first?.kind !== 'paragraph' || boxAt(outline.source, itemStart(outline.source, item)) !== undefined) return;
  const below = rest.filter((block) => block.kind !== 'html');
  readParagraph(
    outline,
    first,
    () => below.filter((block) => block.kind === 'list' || block.kind === 'fence'),
    found,
    vocabulary,
    true,
  );
}

function readParagraph(
  outline: Outline,
  block: Block,
  following: (isEmpty: boolean) => readonly Block[],
  found: Annotation[],
  vocabulary: Vocabulary,
  inItem = false,
): void {
  const text = withoutComments(outline.source.shadow.slice(block.start, block.end));
  const keys = keysIn(text, vocabulary, inItem);
  keys.forEach((key, i) => {
    const next = keys[i + 1];
    const raw = text.slice(key.to, next?.from ?? text.length);
    const value = raw.trimEnd();
    found.push({
      key: key.key,
      label: key.label,
      at: block.start + key.from,
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
const PLAIN_KEY = /^[ \t]*([A-Z][A-Za-z]*(?:[ -][A-Za-z]+){0,3})(?: ?\([^()\n]{0,60}\))?:(?=\s|$)/gm;

/** `needs: T1`, plainly and in lower case: a key only beside others, for prose has such lines too. */
const LOWER_KEY = /^[ \t]{0,8}([a-z][A-Za-z]{0,20}(?:[ -][A-Za-z]{1,20}){0,3}):(?=\s|$)/gm;

/** `- files: a.ts`, `- spec_refs: …`: tools that write plans put their keys into bullets as they stand in JSON. */
const ITEM_KEY = /^[ \t]{0,8}([a-z]{2,20}(?:[ _-][a-z]{1,20}){0,3}):(?=\s|$)/;

function keysIn(text: string, vocabulary: Vocabulary, inItem = false): readonly Found[] {
  const bold = text.includes('**') || text.includes('__');
  if (!bold && !text.includes(':')) return [];
  // Code spans cannot hold a key; blanked, so that offsets stay.
  let masked = text.includes('`') ? '' : text;
  for (const piece of masked === '' ? pieces(text) : []) {
    masked += piece.code ? codeMask(text.slice(piece.start, piece.end)) : piece.text;
  }
  const found: Found[] = [];
  for (const match of bold ? masked.matchAll(BOLD_KEY) : []) {
    const label = labelOf(match[1] as string);
    const key = keyOf(label);
    const opens = opensLine(masked, match.index);
    // In the middle of a line, or closed by a full stop, only a key that we know is one.
    if (!opens && (key === 'other' || !/[\s|·;,.]/.test(masked[match.index - 1] as string))) continue;
    if (match[2] === '.' && key !== 'other') continue;
    found.push({ key, label, from: match.index, to: match.index + match[0].length });
  }
  const keyed = new Set(found.map(({ from }) => from));
  for (const match of bold ? masked.matchAll(BOLD_WHOLE) : []) {
    if (!opensLine(masked, match.index) || keyed.has(match.index)) continue;
    const label = labelOf(match[1] as string);
    const key = keyOf(label);
    const colon = match.index + match[0].indexOf(':') + 1;
    found.push({ key, label, from: match.index, to: colon });
  }
  const own = inItem ? ITEM_KEY.exec(masked.slice(0, 200)) : null;
  const label = labelOf(own?.[1] ?? '');
  if (own !== null && (keyOf(label) !== 'other' || vocabulary.has(label))) {
    found.push({ key: keyOf(label), label, from: 0, to: own[0].length });
  }
  for (const match of masked.matchAll(PLAIN_KEY)) {
    const label = labelOf(match[1] as string);
    const key = keyOf(label);
    if (key !== 'other' || vocabulary.has(label))
      found.push({ key, label, from: match.index, to: match.index + match[0].length });
  }
  const lower = [...masked.matchAll(LOWER_KEY)].flatMap((match): readonly Found[] => {
    const label = labelOf(match[1] as string);
    const key = keyOf(label);
    if (key === 'other' || (own !== null && match.index === 0)) return [];
    return [{ key, label, from: match.index, to: match.index + match[0].length }];
  });
  if (found.length + lower.length > 1) found.push(...lower);
  return found.sort((a, b) => a.from - b.from);
}

function codeMask(code: string): string {
  return code.includes('\n') ? code.replace(/[^\n]/g, '`') : '`'.repeat(code.length);
}

function opensLine(text: string, at: number): boolean {
  let i = at - 1;
  while (i >= 0 && (text[i] === ' ' || text[i] === '\t')) i--;
  return i < 0 || text[i] === '\n';
}

function followers(
  blocks: readonly Block[],
  at: number,
  isEmpty: boolean,
  outline: Outline,
  vocabulary: Vocabulary,
): readonly Block[] {
  const found: Block[] = [];
  for (let i = at + 1; i < blocks.length; i++) {
    const block = blocks[i] as Block;
    if (block.kind === 'list' || block.kind === 'fence') found.push(block);
    else if (block.kind === 'paragraph' && isEmpty && found.length === 0) {
      if (keysIn(outline.source.shadow.slice(block.start, block.end), vocabulary).some((key) => key.from === 0)) break;
      found.push(block);
    } else if (block.kind !== 'html') break;
  }
  return found;
}
