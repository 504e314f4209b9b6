/** How comments and strings are written in a language. */
export interface Syntax {
  readonly line: readonly string[];
  readonly block: readonly (readonly [open: string, close: string])[];
  readonly strings: readonly StringForm[];
  /** A `/` where an operand is expected begins a regular expression. */
  readonly regex?: boolean;
  /** A line comment begins only where a word could (`#` in shells). */
  readonly wordComments?: boolean;
}

export interface StringForm {
  readonly open: string;
  readonly close: string;
  /** It may go on over line ends. */
  readonly multi?: boolean;
  /** A backslash means nothing in it. */
  readonly raw?: boolean;
  /** It holds one character; anything longer is something else (lifetimes of Rust). */
  readonly single?: boolean;
}

/** A text three times, each as long as it was and with its line ends where they were. */
export interface Masked {
  /** Without comments. */
  readonly code: string;
  /** Without comments and without what stands in strings; the quotes stay. */
  readonly bare: string;
  /** Only what stands in comments. */
  readonly comments: string;
}

/** Takes a source text apart into code, strings and comments. Never fails: what it does not understand is code. */
export function mask(text: string, syntax: Syntax): Masked {
  const code: string[] = [];
  const bare: string[] = [];
  const comments: string[] = [];
  const put = (piece: string, as: 'code' | 'string' | 'comment'): void => {
    const blank = piece.replace(/[^\n]/g, ' ');
    code.push(as === 'comment' ? blank : piece);
    bare.push(as === 'code' ? piece : blank);
    comments.push(as === 'comment' ? piece : blank);
  };
  let from = 0;
  let at = 0;
  const flush = (): void => {
    if (at > from) put(text.slice(from, at), 'code');
  };
  while (at < text.length) {
    const comment = commentAt(text, at, syntax);
    if (comment !== undefined) {
      flush();
      put(text.slice(at, comment), 'comment');
      from = at = comment;
      continue;
    }
    const string = stringAt(text, at, syntax);
    if (string !== undefined) {
      at += string.open;
      flush();
      put(text.slice(at, string.end - string.close), 'string');
      from = string.end - string.close;
      at = string.end;
      continue;
    }
    at++;
  }
  flush();
  return { code: code.join(''), bare: bare.join(''), comments: comments.join('') };
}

function commentAt(text: string, at: number, syntax: Syntax): number | undefined {
  for (const [open, close] of syntax.block) {
    if (!text.startsWith(open, at)) continue;
    const end = text.indexOf(close, at + open.length);
    return end < 0 ? text.length : end + close.length;
  }
  for (const open of syntax.line) {
    if (!text.startsWith(open, at)) continue;
    if (syntax.wordComments === true && at > 0 && !/[\s;(]/.test(text[at - 1] as string)) continue;
    const end = text.indexOf('\n', at);
    return end < 0 ? text.length : end;
  }
  return undefined;
}

function stringAt(
  text: string,
  at: number,
  syntax: Syntax,
): { readonly open: number; readonly close: number; readonly end: number } | undefined {
  for (const form of syntax.strings) {
    if (!text.startsWith(form.open, at)) continue;
    if (form.single === true) {
      const [literal] = /^'(?:\\(?:u\{?[0-9a-fA-F]+\}?|x..|.)|[^'\\\n])'/u.exec(text.slice(at, at + 14)) ?? [];
      return literal === undefined ? undefined : { open: 1, close: 1, end: at + literal.length };
    }
    let end = at + form.open.length;
    while (end < text.length) {
      if (text[end] === '\\' && form.raw !== true) end += 2;
      else if (text.startsWith(form.close, end))
        return { open: form.open.length, close: form.close.length, end: end + form.close.length };
      else if (text[end] === '\n' && form.multi !== true) return undefined;
      else end++;
    }
    return form.multi === true ? { open: form.open.length, close: 0, end: text.length } : undefined;
  }
  if (
    syntax.regex === true &&
    text[at] === '/' &&
    /(?:^|[=(,:[!&|?{};\n>]|\breturn)\s*$/.test(text.slice(Math.max(0, at - 40), at))
  ) {
    const [regex] = /^\/(?:\\.|\[(?:\\.|[^\]\n\\])*\]|[^/\n\\[])+\/[a-z]*/.exec(text.slice(at, at + 2000)) ?? [];
    if (regex !== undefined) return { open: 1, close: 1, end: at + regex.length };
  }
  return undefined;
}

/** Where what opens at `open` closes again: the position after the bracket, or the end of the text. */
export function closing(bare: string, open: number): number {
  let depth = 0;
  for (let at = open; at < bare.length; at++) {
    const character = bare[at] as string;
    if (character === '(' || character === '[' || character === '{') depth++;
    else if (character === ')' || character === ']' || character === '}') {
      depth--;
      if (depth <= 0) return at + 1;
    }
  }
  return bare.length;
}

/** The parts between the commas of a list that stand in no further brackets, as they are written. */
export function argumentsIn(code: string, bare: string, from: number, to: number): string[] {
  const parts: string[] = [];
  let depth = 0;
  let begin = from;
  for (let at = from; at < to; at++) {
    const character = bare[at] as string;
    if (character === '(' || character === '[' || character === '{') depth++;
    else if (character === ')' || character === ']' || character === '}') depth--;
    else if (character === ',' && depth === 0) {
      parts.push(code.slice(begin, at).trim());
      begin = at + 1;
    }
  }
  const last = code.slice(begin, to).trim();
  if (last !== '' || parts.length > 0) parts.push(last);
  return parts.filter((part) => part !== '');
}

/** A chain of names and calls: `expect(a).not.toBe(b)`. */
export interface Chain {
  readonly parts: readonly { readonly name: string; readonly args?: readonly [from: number, to: number] }[];
  readonly end: number;
}

/** Reads a chain that begins at `at` with a name. */
export function chainAt(bare: string, at: number): Chain {
  const parts: { name: string; args?: readonly [number, number] }[] = [];
  const name = /[\w$]+[!?]?/y;
  const next = (from: number): number => {
    name.lastIndex = from;
    const [word] = name.exec(bare) ?? [''];
    parts.push({ name: word });
    return from + word.length;
  };
  let end = next(at);
  for (;;) {
    const [gap] = /^\s*/.exec(bare.slice(end, end + 400)) as RegExpExecArray;
    const here = end + gap.length;
    const last = parts.at(-1) as { name: string; args?: readonly [number, number] };
    if (bare[here] === '(' && !gap.includes('\n')) {
      const close = closing(bare, here);
      if (last.args === undefined) last.args = [here + 1, close - 1];
      else parts.push({ name: '', args: [here + 1, close - 1] });
      end = close;
      continue;
    }
    if (bare[here] === '`' && gap === '') {
      const close = bare.indexOf('`', here + 1);
      if (close < 0) break;
      if (last.args === undefined) last.args = [here + 1, close];
      end = close + 1;
      continue;
    }
    const [joint] = /^(?:\?\.|\.|->|::|!\.)\s*(?=[\w$])/.exec(bare.slice(here, here + 200)) ?? [];
    if (joint === undefined) break;
    end = next(here + joint.length);
  }
  return { parts, end };
}

/** The number of the line in which a position lies, from 1. */
export function lineAt(text: string, at: number): number {
  let line = 1;
  for (let i = text.indexOf('\n'); i >= 0 && i < at; i = text.indexOf('\n', i + 1)) line++;
  return line;
}
