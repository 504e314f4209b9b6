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

const TAB = 0x09;
const LF = 0x0a;
const SPACE = 0x20;
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

const HTML_OPEN: readonly RegExp[] = [
  /<(?:script|pre|textarea|style)(?:\s|>|$)/iy,
  /<!--/y,
  /<[?]/y,
  /<![A-Za-z]/y,
  /<!\[CDATA\[/y,
  /<[/]?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[123456]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)(?:\s|[/]?>|$)/imy,
];
// A whole tag alone on its line. Attributes are looked at loosely: a line that is text to one reading and HTML to the
// other holds nothing that a plan is made of.
const HTML_TAG = /<(?:[A-Za-z][A-Za-z0-9-]*(?:[ \t][^<>\n]*)?\/?|\/[A-Za-z][A-Za-z0-9-]*[ \t]*)>[ \t]*$/my;
const HTML_CLOSE: readonly RegExp[] = [/<\/(?:script|pre|textarea|style)>/i, /-->/, /\?>/, />/, /\]\]>/];

class Scanner {
  readonly #text: string;
  readonly #document: Open;
  /** The open blocks, outermost first. */
  #open: Open[];
  #lineEnd = 0;
  #pos = 0;
  #column = 0;
  /** Columns of a tab that a container has used only in part. */
  #tabRest = 0;

  constructor(text: string) {
    this.#text = text;
    this.#document = block('document', 0);
    this.#open = [this.#document];
  }

  scan(): readonly Block[] {
    const { length } = this.#text;
    for (let at = 0; at < length; at = this.#lineEnd + 1) {
      const end = this.#text.indexOf('\n', at);
      this.#lineEnd = end < 0 ? length : end;
      this.#pos = at;
      this.#column = 0;
      this.#tabRest = 0;
      this.#line();
    }
    this.#close(1);
    return this.#document.children as readonly Block[];
  }

  #line(): void {
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
    const nonspace = this.#nonspace();
    const blank = nonspace === this.#lineEnd;
    const last = this.#open.at(-1) as Open;
    if (matched < this.#open.length && !blank && last.kind === 'paragraph') {
      last.end = this.#trimmedEnd(nonspace);
      return;
    }
    this.#close(matched);
    tip = this.#open.at(-1) as Open;
    switch (tip.kind) {
      case 'paragraph':
        tip.end = this.#trimmedEnd(nonspace);
        break;
      case 'code':
        if (!blank) tip.end = this.#lineEnd;
        break;
      case 'fence':
        tip.end = this.#lineEnd;
        break;
      case 'html':
        tip.end = this.#lineEnd;
        if (this.#htmlEnds(tip)) this.#close(this.#open.length - 1);
        break;
      case 'heading':
      case 'rule':
        this.#close(this.#open.length - 1);
        break;
      default:
        if (!blank) this.#add('paragraph', nonspace).end = this.#trimmedEnd(nonspace);
    }
  }

  #continues(open: Open): boolean | 'done' {
    const nonspace = this.#nonspace();
    const blank = nonspace === this.#lineEnd;
    const indent = this.#indentTo(nonspace);
    switch (open.kind) {
      case 'list':
        return true;
      case 'quote':
        if (indent > 3 || this.#code(nonspace) !== GREATER) return false;
        this.#enterQuote(nonspace);
        open.end = nonspace + 1;
        return true;
      case 'item':
        if (blank) {
          if (open.children.length === 0) return false;
          this.#jump(nonspace);
          return true;
        }
        if (indent < open.indent) return false;
        this.#advance(open.indent);
        return true;
      case 'fence': {
        if (indent <= 3 && this.#closesFence(open, nonspace)) {
          open.end = this.#trimmedEnd(nonspace);
          this.#close(this.#open.indexOf(open));
          return 'done';
        }
        this.#advance(Math.min(indent, open.indent));
        return true;
      }
      case 'html':
        return !(blank && open.size >= 5);
      case 'code':
        if (indent >= 4) this.#advance(4);
        else if (blank) this.#jump(nonspace);
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
    const nonspace = this.#nonspace();
    if (nonspace === this.#lineEnd) return undefined;
    const indent = this.#indentTo(nonspace);
    const inParagraph = tip.kind === 'paragraph';
    if (indent > 3) {
      // Indented code cannot interrupt a paragraph, nor the paragraph that this line may lazily go on with.
      if (inParagraph || (this.#open.at(-1) as Open).kind === 'paragraph') return undefined;
      this.#close(matched);
      this.#advance(4);
      const code = this.#add('code', nonspace);
      code.end = this.#lineEnd;
      return code;
    }
    const char = this.#code(nonspace);
    const deep = this.#open.length > MAX_DEPTH;
    switch (char) {
      case GREATER: {
        if (deep) return undefined;
        this.#close(matched);
        const quote = this.#add('quote', nonspace);
        quote.end = nonspace + 1;
        this.#enterQuote(nonspace);
        return quote;
      }
      case HASH: {
        const level = this.#run(nonspace, HASH);
        const after = this.#code(nonspace + level);
        if (level > 6 || !(isBlank(after) || nonspace + level === this.#lineEnd)) return undefined;
        this.#close(matched);
        const heading = this.#add('heading', nonspace);
        heading.level = level;
        heading.end = this.#trimmedEnd(nonspace);
        this.#jump(this.#lineEnd);
        return heading;
      }
      case BACKTICK:
      case TILDE: {
        const size = this.#run(nonspace, char);
        if (size < 3) return undefined;
        const info = char === BACKTICK ? this.#text.indexOf('`', nonspace + size) : -1;
        if (info >= 0 && info < this.#lineEnd) return undefined;
        this.#close(matched);
        const fence = this.#add('fence', nonspace);
        fence.mark = char;
        fence.size = size;
        fence.indent = indent;
        fence.end = this.#lineEnd;
        this.#jump(this.#lineEnd);
        return fence;
      }
      case LESS: {
        const size = this.#htmlBegins(
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
          tip.end = this.#trimmedEnd(nonspace);
          this.#jump(this.#lineEnd);
          return tip;
        }
    }
    if ((char === STAR || char === DASH || char === UNDERSCORE) && this.#isRule(nonspace, char)) {
      this.#close(matched);
      const rule = this.#add('rule', nonspace);
      rule.end = this.#trimmedEnd(nonspace);
      this.#jump(this.#lineEnd);
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
    item.end = this.#pos;
    return item;
  }

  /** Reads a list marker and moves to the content behind it. */
  #marker(nonspace: number, indent: number, inParagraph: boolean): Marker | undefined {
    let at = nonspace;
    let mark = this.#code(at);
    if (mark === STAR || mark === DASH || mark === PLUS) at++;
    else {
      while (at < nonspace + 10 && isDigit(this.#code(at))) at++;
      const digits = at - nonspace;
      mark = this.#code(at);
      if (digits === 0 || digits > 9 || (mark !== 0x2e && mark !== 0x29)) return undefined;
      if (inParagraph && Number(this.#text.slice(nonspace, at)) !== 1) return undefined;
      at++;
    }
    if (at < this.#lineEnd && !isBlank(this.#code(at))) return undefined;
    if (inParagraph && this.#skip(at) === this.#lineEnd) return undefined;
    const width = at - nonspace;
    this.#jump(at);
    const content = this.#nonspace();
    const spaces = this.#indentTo(content);
    const padded = content !== this.#lineEnd && spaces >= 1 && spaces <= 4;
    this.#advance(padded ? spaces : Math.min(1, spaces));
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

  #htmlBegins(at: number, inParagraph: boolean): number {
    const index = HTML_OPEN.findIndex((pattern) => {
      pattern.lastIndex = at;
      return pattern.test(this.#text);
    });
    if (index >= 0 || inParagraph) return index;
    HTML_TAG.lastIndex = at;
    return HTML_TAG.test(this.#text) ? 6 : -1;
  }

  #htmlEnds(html: Open): boolean {
    return html.size < 5 && (HTML_CLOSE[html.size] as RegExp).test(this.#text.slice(this.#pos, this.#lineEnd));
  }

  #closesFence(fence: Open, at: number): boolean {
    const size = this.#run(at, fence.mark);
    return size >= fence.size && this.#skip(at + size) === this.#lineEnd;
  }

  #isRunLine(at: number, char: number): boolean {
    return this.#skip(at + this.#run(at, char)) === this.#lineEnd;
  }

  #isRule(at: number, char: number): boolean {
    let count = 0;
    for (let i = at; i < this.#lineEnd; i++) {
      const code = this.#code(i);
      if (code === char) count++;
      else if (!isBlank(code)) return false;
    }
    return count >= 3;
  }

  #code(at: number): number {
    return at < this.#lineEnd ? this.#text.charCodeAt(at) : LF;
  }

  #run(at: number, char: number): number {
    let end = at;
    while (this.#code(end) === char) end++;
    return end - at;
  }

  #skip(at: number): number {
    let end = at;
    while (isBlank(this.#code(end))) end++;
    return end;
  }

  #nonspace(): number {
    return this.#skip(this.#pos);
  }

  #trimmedEnd(from: number): number {
    let end = this.#lineEnd;
    while (end > from && isBlank(this.#code(end - 1))) end--;
    return end;
  }

  /** Columns between here and `at`, all of them blank. */
  #indentTo(at: number): number {
    let column = this.#column;
    let i = this.#pos;
    if (this.#tabRest > 0 && i < at) {
      column += this.#tabRest;
      i++;
    }
    for (; i < at; i++) column += this.#code(i) === TAB ? 4 - (column % 4) : 1;
    return column - this.#column;
  }

  /** Moves over blanks by columns; a tab may be left half used. */
  #advance(columns: number): void {
    let left = columns;
    while (left > 0 && isBlank(this.#code(this.#pos))) {
      const width = this.#tabRest > 0 ? this.#tabRest : this.#code(this.#pos) === TAB ? 4 - (this.#column % 4) : 1;
      const used = Math.min(width, left);
      this.#column += used;
      left -= used;
      this.#tabRest = width - used;
      if (this.#tabRest === 0) this.#pos++;
    }
  }

  #jump(at: number): void {
    if (at <= this.#pos) return;
    this.#column += this.#indentTo(at);
    this.#pos = at;
    this.#tabRest = 0;
  }

  #enterQuote(at: number): void {
    this.#jump(at + 1);
    if (isBlank(this.#code(this.#pos))) this.#advance(1);
  }
}

function block(kind: Open['kind'], start: number): Open {
  return { kind, start, end: start, level: 0, setext: false, children: [], indent: 0, mark: 0, size: 0 };
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
