/** One line of a text, without its line end. */
export interface Line {
  readonly start: number;
  /** Behind the last character that is not a line end. */
  readonly end: number;
  readonly text: string;
  /** Inside a fence or an HTML comment that takes whole lines, or one of their marks. */
  readonly hidden: boolean;
}

/** Lines longer than this are cut for matching; nobody's task is. */
export const MAX_LINE = 20_000;

/** The lines of a Markdown text; what stands in fences and comments is marked. Linear. */
export function linesIn(text: string): readonly Line[] {
  const lines: Line[] = [];
  let fence: { mark: string; size: number } | undefined;
  let comment = false;
  // A byte order mark is no part of the first line.
  for (let at = text.startsWith('\uFEFF') ? 1 : 0; at <= text.length;) {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    const stop = end > at && text[end - 1] === '\r' ? end - 1 : end;
    const line = text.slice(at, Math.min(stop, at + MAX_LINE));
    let hidden = fence !== undefined || comment;
    if (comment) {
      if (line.includes('-->')) comment = false;
    } else {
      const run = /^\s{0,12}(`{3,}|~{3,})([^\n]*)$/.exec(line);
      const mark = run?.[1] ?? '';
      if (fence === undefined) {
        if (mark !== '' && !(mark.startsWith('`') && (run?.[2] ?? '').includes('`'))) {
          fence = { mark: mark[0] as string, size: mark.length };
          hidden = true;
        } else if (/^\s{0,3}<!--/.test(line) && !line.includes('-->')) {
          comment = true;
          hidden = true;
        }
      } else if (mark.startsWith(fence.mark) && mark.length >= fence.size && (run?.[2] ?? '').trim() === '') {
        fence = undefined;
      }
    }
    lines.push({ start: at, end: stop, text: line, hidden });
    if (end === text.length) break;
    at = end + 1;
  }
  return lines;
}

/** The line end that a text uses. */
export function lineEndOf(text: string): '\n' | '\r\n' {
  const at = text.indexOf('\n');
  return at > 0 && text[at - 1] === '\r' ? '\r\n' : '\n';
}

/** Text with `\n` line ends, brought to those of the text that it is put into. */
export function asIn(text: string, insert: string): string {
  return lineEndOf(text) === '\r\n' ? insert.replace(/\r?\n/g, '\r\n') : insert;
}

/** The part of a path behind its last `/`. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The part of a path in front of its last `/`; empty at the top. */
export function folderOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at < 0 ? '' : path.slice(0, at);
}

/** `login-form` → `Login form`. */
export function spoken(name: string): string {
  const words = name
    .replace(/^\d{4}-\d{2}-\d{2}-/, '')
    .replace(/^\d{1,4}(?:\.\d{1,4})?[-_.]/, '')
    .replace(/[-_]+/g, ' ')
    .trim();
  return words === '' ? name : words[0]?.toUpperCase() + words.slice(1);
}

/** A title of at most about 120 characters: the text, or its beginning up to where a sentence or clause ends. */
export function titlePart(text: string): string {
  if (text.length <= 120) return text;
  const head = text.slice(0, 120);
  for (const stop of ['. ', '; ', ': ', ' — ', ' – ', ' (', ', ', ' ']) {
    const at = head.lastIndexOf(stop);
    if (at >= 24 && balanced(head.slice(0, at))) return head.slice(0, at).trimEnd();
  }
  const at = head.lastIndexOf(' ');
  return at > 0 ? head.slice(0, at) : head;
}

function balanced(text: string): boolean {
  return (text.split('`').length - 1) % 2 === 0;
}

/** Text in one line: what may stand in a title or a list item. */
export function flat(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
