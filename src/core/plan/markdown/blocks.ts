import { htmlBegins, htmlEnds } from './html-block.ts';
import { isBlank, isDigit, LineCursor } from './line-cursor.ts';

/**
 * The block structure of CommonMark: containers (quotes, lists, items) and leaves (headings, paragraphs, fences, …). Inline
 * Markdown is not parsed; what is needed of it is in inline.ts.
 *
 * Written here because plans come from anywhere, and a line of 40,000 list markers costs the parsers we tried ten seconds:
 * this one is linear, for containers deeper than {@link MAX_DEPTH} are text. The tests compare it with `@lezer/markdown`.
 */
export type BlockKind = 'heading' | 'paragraph' | 'fence' | 'code' | 'list' | 'item' | 'quote' | 'html' | 'rule';

/** A block of the document's CommonMark tree. */
export interface Block {
  readonly kind: BlockKind;
  /** Offset of its first character that is not a blank; of a list item, of its marker. */
  readonly start: number;
  /** Offset behind its last character that is not a blank; of a fence, behind its closing line. */
  readonly end: number;
  /** Level of a heading, 0 for everything else. */
  readonly level: number;
  /** True for a heading underlined with `===` or `---`. */
  readonly setext: boolean;
  readonly children: readonly Block[];
}

/** Parses text whose lines end in `\n` into its blocks. */
export function parseBlocks(text: string): readonly Block[] {
  return new Scanner(text).scan();
}

/** Quotes, lists and items inside each other; nobody's plan has steps of steps of … this deep. */
const MAX_DEPTH = 48;

interface Open {
  kind: BlockKind | 'document';
  start: number;
  end: number;
  level: number;
  setext: boolean;
  children: Open[];
  /** Items: columns that their content is indented by. Fences: indentation of the opening line. */
  indent: number;
  /** Fences: the character; lists: the marker character. */
  mark: number;
  /** Fences: how many characters. HTML: which of CommonMark's seven conditions ends it. */
  size: number;
}

interface Marker {
  readonly mark: number;
  readonly indent: number;
}

const HASH = 0x23;
const EQUALS = 0x3d;
const LESS = 0x3c;
const GREATER = 0x3e;
const BACKTICK = 0x60;
const TILDE = 0x7e;
const STAR = 0x2a;
const PLUS = 0x2b;
const DASH = 0x2d;
const UNDERSCORE = 0x5f;

class Scanner {
  readonly #line: LineCursor;
  readonly #document: Open;
  /** The open blocks, outermost first. */
  #open: Open[];

  constructor(text: string) {
    this.#line = new LineCursor(text);
    this.#document = block('document', 0);
    this.#open = [this.#document];
  }

  scan(): readonly Block[] {
    const { length } = this.#line.text;
    for (let at = 0; at < length; at = this.#line.end + 1) {
      this.#line.begin(at);
      this.#readLine();
    }
    this.#close(1);
    return this.#document.children as readonly Block[];
  }

  #readLine(): void {
    // 1. Which of the open blocks go on in this line?
    let matched = 1;
    for (; matched < this.#open.length; matched++) {
      const goesOn = this.#continues(this.#open[matched] as Open);
      if (goesOn === 'done') return;
      if (!goesOn) break;
    }
    const all = matched === this.#open.length;
    let tip = this.#open[matched - 1] as Open;
    // 2. Which new ones begin?
    if (!all || !(tip.kind === 'fence' || tip.kind === 'html' || tip.kind === 'code')) {
      for (;;) {
        const begun = this.#begin(tip, matched, all);
        if (begun === undefined) break;
        matched = this.#open.length;
        tip = begun;
        if (tip.kind !== 'quote' && tip.kind !== 'item') break;
      }
    }
    // 3. The rest of the line is text.
    const nonspace = this.#line.nonspace();
    const blank = nonspace === this.#line.end;
    const last = this.#open.at(-1) as Open;
    if (matched < this.#open.length && !blank && last.kind === 'paragraph') {
      last.end = this.#line.trimmedEnd(nonspace);
      return;
    }
    this.#close(matched);
    tip = this.#open.at(-1) as Open;
    switch (tip.kind) {
      case 'paragraph':
        tip.end = this.#line.trimmedEnd(nonspace);
        break;
      case 'code':
        if (!blank) tip.end = this.#line.end;
        break;
      case 'fence':
        tip.end = this.#line.end;
        break;
      case 'html':
        tip.end = this.#line.end;
        if (htmlEnds(tip.size, this.#line.text.slice(this.#line.pos, this.#line.end)))
          this.#close(this.#open.length - 1);
        break;
      case 'heading':
      case 'rule':
        this.#close(this.#open.length - 1);
        break;
      default:
        if (!blank) this.#add('paragraph', nonspace).end = this.#line.trimmedEnd(nonspace);
    }
  }

  #continues(open: Open): boolean | 'done' {
    const nonspace = this.#line.nonspace();
    const blank = nonspace === this.#line.end;
    const indent = this.#line.indentTo(nonspace);
    switch (open.kind) {
      case 'list':
        return true;
      case 'quote':
        if (indent > 3 || this.#line.code(nonspace) !== GREATER) return false;
        this.#line.enterQuote(nonspace);
        open.end = nonspace + 1;
        return true;
      case 'item':
        if (blank) {
          if (open.children.length === 0) return false;
          this.#line.jump(nonspace);
          return true;
        }
        if (indent < open.indent) return false;
        this.#line.advance(open.indent);
        return true;
      case 'fence': {
        if (indent <= 3 && this.#closesFence(open, nonspace)) {
          open.end = this.#line.trimmedEnd(nonspace);
          this.#close(this.#open.indexOf(open));
          return 'done';
        }
        this.#line.advance(Math.min(indent, open.indent));
        return true;
      }
      case 'html':
        return !(blank && open.size >= 5);
      case 'code':
        if (indent >= 4) this.#line.advance(4);
        else if (blank) this.#line.jump(nonspace);
        else return false;
        return true;
      case 'paragraph':
        return !blank;
      default:
        return false;
    }
  }

  /** Opens the block that begins here, if one does. `matched`: how many open blocks this line goes on in. */
  #begin(tip: Open, matched: number, all: boolean): Open | undefined {
    const nonspace = this.#line.nonspace();
    if (nonspace === this.#line.end) return undefined;
    const indent = this.#line.indentTo(nonspace);
    const inParagraph = tip.kind === 'paragraph';
    if (indent > 3) {
      // Indented code cannot interrupt a paragraph, nor the paragraph that this line may lazily go on with.
      if (inParagraph || (this.#open.at(-1) as Open).kind === 'paragraph') return undefined;
      this.#close(matched);
      this.#line.advance(4);
      const code = this.#add('code', nonspace);
      code.end = this.#line.end;
      return code;
    }
    const char = this.#line.code(nonspace);
    const deep = this.#open.length > MAX_DEPTH;
    switch (char) {
      case GREATER: {
        if (deep) return undefined;
        this.#close(matched);
        const quote = this.#add('quote', nonspace);
        quote.end = nonspace + 1;
        this.#line.enterQuote(nonspace);
        return quote;
      }
      case HASH: {
        const level = this.#line.run(nonspace, HASH);
        const after = this.#line.code(nonspace + level);
        if (level > 6 || !(isBlank(after) || nonspace + level === this.#line.end)) return undefined;
        this.#close(matched);
        const heading = this.#add('heading', nonspace);
        heading.level = level;
        heading.end = this.#line.trimmedEnd(nonspace);
        this.#line.jump(this.#line.end);
        return heading;
      }
      case BACKTICK:
      case TILDE: {
        const size = this.#line.run(nonspace, char);
        if (size < 3) return undefined;
        const info = char === BACKTICK ? this.#line.text.indexOf('`', nonspace + size) : -1;
        if (info >= 0 && info < this.#line.end) return undefined;
        this.#close(matched);
        const fence = this.#add('fence', nonspace);
        fence.mark = char;
        fence.size = size;
        fence.indent = indent;
        fence.end = this.#line.end;
        this.#line.jump(this.#line.end);
        return fence;
      }
      case LESS: {
        const size = htmlBegins(
          this.#line.text,
          nonspace,
          inParagraph || (!all && (this.#open.at(-1) as Open).kind === 'paragraph'),
        );
        if (size < 0) return undefined;
        this.#close(matched);
        const html = this.#add('html', nonspace);
        html.size = size;
        return html;
      }
      case EQUALS:
      case DASH:
        if (inParagraph && this.#isRunLine(nonspace, char)) {
          tip.kind = 'heading';
          tip.level = char === EQUALS ? 1 : 2;
          tip.setext = true;
          tip.end = this.#line.trimmedEnd(nonspace);
          this.#line.jump(this.#line.end);
          return tip;
        }
    }
    if ((char === STAR || char === DASH || char === UNDERSCORE) && this.#isRule(nonspace, char)) {
      this.#close(matched);
      const rule = this.#add('rule', nonspace);
      rule.end = this.#line.trimmedEnd(nonspace);
      this.#line.jump(this.#line.end);
      return rule;
    }
    if (deep) return undefined;
    const marker = this.#marker(nonspace, indent, inParagraph);
    if (marker === undefined) return undefined;
    this.#close(matched);
    const parent = this.#open.at(-1) as Open;
    if (parent.kind !== 'list' || parent.mark !== marker.mark) {
      this.#add('list', nonspace).mark = marker.mark;
    }
    const item = this.#add('item', nonspace);
    item.indent = marker.indent;
    item.end = this.#line.pos;
    return item;
  }

  /** Reads a list marker and moves to the content behind it. */
  #marker(nonspace: number, indent: number, inParagraph: boolean): Marker | undefined {
    let at = nonspace;
    let mark = this.#line.code(at);
    if (mark === STAR || mark === DASH || mark === PLUS) at++;
    else {
      while (at < nonspace + 10 && isDigit(this.#line.code(at))) at++;
      const digits = at - nonspace;
      mark = this.#line.code(at);
      if (digits === 0 || digits > 9 || (mark !== 0x2e && mark !== 0x29)) return undefined;
      if (inParagraph && Number(this.#line.text.slice(nonspace, at)) !== 1) return undefined;
      at++;
    }
    if (at < this.#line.end && !isBlank(this.#line.code(at))) return undefined;
    if (inParagraph && this.#line.skip(at) === this.#line.end) return undefined;
    const width = at - nonspace;
    this.#line.jump(at);
    const content = this.#line.nonspace();
    const spaces = this.#line.indentTo(content);
    const padded = content !== this.#line.end && spaces >= 1 && spaces <= 4;
    this.#line.advance(padded ? spaces : Math.min(1, spaces));
    return { mark, indent: indent + width + (padded ? spaces : 1) };
  }

  #add(kind: BlockKind, start: number): Open {
    for (;;) {
      const last = this.#open.at(-1) as Open;
      if (last.kind === 'document' || last.kind === 'quote' || last.kind === (kind === 'item' ? 'list' : 'item')) break;
      this.#close(this.#open.length - 1);
    }
    const added = block(kind, start);
    (this.#open.at(-1) as Open).children.push(added);
    this.#open.push(added);
    return added;
  }

  /** Closes all but the first `keep` open blocks. */
  #close(keep: number): void {
    while (this.#open.length > keep) {
      const closed = this.#open.pop() as Open;
      const parent = this.#open.at(-1) as Open;
      if (closed.end > parent.end) parent.end = closed.end;
    }
  }

  #closesFence(fence: Open, at: number): boolean {
    const size = this.#line.run(at, fence.mark);
    return size >= fence.size && this.#line.skip(at + size) === this.#line.end;
  }

  #isRunLine(at: number, char: number): boolean {
    return this.#line.skip(at + this.#line.run(at, char)) === this.#line.end;
  }

  #isRule(at: number, char: number): boolean {
    let count = 0;
    for (let i = at; i < this.#line.end; i++) {
      const code = this.#line.code(i);
      if (code === char) count++;
      else if (!isBlank(code)) return false;
    }
    return count >= 3;
  }
}

function block(kind: Open['kind'], start: number): Open {
  return { kind, start, end: start, level: 0, setext: false, children: [], indent: 0, mark: 0, size: 0 };
}
