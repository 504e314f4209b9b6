import type { Block } from '../../markdown/blocks.ts';
import { plainText, withoutComments } from '../../markdown/inline.ts';
import { itemStart } from '../../markdown/outline.ts';
import type { Source } from '../../markdown/source.ts';

/** A stretch of prose: a paragraph, or the part of one that belongs to a label. Offsets run parallel to the source. */
export interface Stretch {
  readonly text: string;
  readonly start: number;
  /** It is the text of an item of a numbered list. */
  readonly ordered: boolean;
}

/** What stands behind and below one label: `**Depends on**: …`, `#### Depends on`. */
export interface Labelled<N extends string = string> {
  readonly name: N;
  /** Where the label stands, marks included. */
  readonly start: number;
  readonly end: number;
  readonly stretches: readonly Stretch[];
}

/** The labels that are looked for: the plain words, anchored, and what they are called. */
export type Labels<N extends string> = readonly (readonly [name: N, words: RegExp])[];

/**
 * Reads labels wherever people write them: bold or plain, with colon or dash, at the beginning of a paragraph, of a line or
 * of a list item, or as a heading. A label holds the rest of its paragraph and the lists below it.
 */
export function labelledIn<N extends string>(
  source: Source,
  blocks: readonly Block[],
  labels: Labels<N>,
): readonly Labelled<N>[] {
  const walk = new Walk(source, labels);
  walk.blocks(blocks, undefined, false);
  return walk.found;
}

/** Every paragraph among these blocks, those in lists included; code, quotes and HTML left out. */
export function stretchesIn(source: Source, blocks: readonly Block[]): readonly Stretch[] {
  const found: Stretch[] = [];
  const visit = (list: readonly Block[], item: Block | undefined): void => {
    list.forEach((block, i) => {
      if (block.kind === 'paragraph') {
        const from = item !== undefined && i === 0 ? itemStart(source, item) : block.start;
        found.push(stretchOf(source, from, block.end, item !== undefined && isOrdered(source, item)));
      } else if (block.kind === 'list') for (const one of block.children) visit(one.children, one);
    });
  };
  visit(blocks, undefined);
  return found;
}

interface Entry<N extends string> {
  name: N;
  start: number;
  end: number;
  stretches: Stretch[];
}

class Walk<N extends string> {
  readonly found: Entry<N>[] = [];
  readonly #source: Source;
  readonly #labels: Labels<N>;

  constructor(source: Source, labels: Labels<N>) {
    this.#source = source;
    this.#labels = labels;
  }

  blocks(blocks: readonly Block[], open: Entry<N> | undefined, ordered: boolean): void {
    let current = open;
    for (const block of blocks) {
      if (block.kind === 'heading') {
        const title = this.#source.shadow.slice(block.start, Math.min(block.end, block.start + 120));
        const name = this.#nameOf(plainText(title.replace(/^#{1,6}[ \t]*/, '')).replace(/:$/, ''));
        current = name === undefined ? undefined : this.#open(name, block.start, block.end);
      } else if (block.kind === 'paragraph') current = this.#paragraph(block, current, ordered);
      else if (block.kind === 'list') {
        // A label inside an item ends with the item.
        for (const item of block.children) this.blocks(item.children, current, isOrdered(this.#source, item));
      }
    }
  }

  #paragraph(block: Block, open: Entry<N> | undefined, ordered: boolean): Entry<N> | undefined {
    const { shadow } = this.#source;
    let current = open;
    let from = block.start;
    const flush = (to: number): void => {
      if (current !== undefined && /\S/.test(shadow.slice(from, to))) {
        current.stretches.push(stretchOf(this.#source, from, to, ordered));
      }
    };
    for (let at = block.start; at < block.end; at = this.#source.lineEnd(at) + 1) {
      const label = this.#labelAt(at);
      if (label === undefined) continue;
      flush(at);
      current = this.#open(label.name, label.start, label.end);
      from = label.end;
    }
    flush(block.end);
    return current;
  }

  #open(name: N, start: number, end: number): Entry<N> {
    const entry = { name, start, end, stretches: [] };
    this.found.push(entry);
    return entry;
  }

  #labelAt(at: number): { name: N; start: number; end: number } | undefined {
    const line = this.#source.shadow.slice(at, Math.min(this.#source.lineEnd(at), at + 160));
    const match = LABEL.exec(line);
    if (match === null) return undefined;
    const [whole, box, open, words, inner, close, outer] = match;
    // Without bold, only a colon makes a label; with bold, its own end does.
    if (open === undefined && inner === undefined) return undefined;
    if (open !== undefined && close === undefined && inner === undefined && outer === undefined) return undefined;
    const name = this.#nameOf(words as string);
    if (name === undefined) return undefined;
    return { name, start: at + (box?.length ?? 0), end: at + whole.length };
  }

  #nameOf(words: string): N | undefined {
    const plain = words
      .replace(/\([^()]*\)/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
    return this.#labels.find(([, pattern]) => pattern.test(plain))?.[0];
  }
}

const LABEL =
  /^([ \t]*(?:\[[ xX]\][ \t]{1,4})?)(\*\*|__)?([A-Za-z](?:[A-Za-z '’/&-]){0,50}(?:\([^()\n]{0,60}\))?)(:)?(\*\*|__)?([ \t]{0,4}(?::|[—–](?=\s)|-(?=\s)))?/;

function isOrdered({ shadow }: Source, item: Block): boolean {
  return /\d/.test(shadow[item.start] ?? '');
}

function stretchOf({ shadow }: Source, start: number, end: number, ordered: boolean): Stretch {
  return { text: withoutComments(shadow.slice(start, end)), start, ordered };
}

/** A text cut into sentences at full stops, semicolons and blank lines; a full stop inside code or a name ends none. */
export function sentencesOf(text: string): readonly { readonly text: string; readonly start: number }[] {
  const found: { text: string; start: number }[] = [];
  let from = 0;
  for (const match of text.matchAll(/[.;!?](?=\s|$)/g)) {
    found.push({ text: text.slice(from, match.index + 1), start: from });
    from = match.index + 1;
  }
  if (from < text.length) found.push({ text: text.slice(from), start: from });
  return found;
}

/** Blanks out what stands in parentheses, keeping every offset; what is never closed stays. */
export function withoutParentheses(text: string): string {
  if (!text.includes('(')) return text;
  let result = '';
  let depth = 0;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '(') {
      if (depth === 0) {
        result += text.slice(from, i);
        from = i;
      }
      depth++;
    } else if (char === ')' && depth > 0) {
      depth--;
      if (depth === 0) {
        result += ' '.repeat(i + 1 - from);
        from = i + 1;
      }
    }
  }
  return result + text.slice(from);
}
