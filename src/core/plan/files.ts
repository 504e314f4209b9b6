import type { Finding } from '../base/finding.ts';
import type { Annotation } from './annotations.ts';
import type { Block } from './markdown/blocks.ts';
import { isPlaceholder } from './commands.ts';
import { finding } from './draft.ts';
import type { DraftPath } from './draft-parts.ts';
import { pieces, plainText, withoutComments } from './markdown/inline.ts';
import { boxAt, itemStart } from './markdown/outline.ts';
import type { Source } from './markdown/source.ts';
import { columnOf, tablesIn } from './markdown/tables.ts';

/** What a Files value says. */
export interface Files {
  readonly paths: readonly DraftPath[];
  /** The document says in so many words that no file is changed. */
  readonly none: boolean;
  readonly remarks: readonly Finding[];
}

interface Reading {
  paths: DraftPath[];
  none: boolean;
  remarks: Finding[];
}

/** Reads the value of a Files annotation: a comma list in the line, or the bullets below it. */
export function readFiles(source: Source, annotation: Annotation): Files {
  if (annotation.section) return readFilesSection(source, annotation.following);
  const reading: Reading = { paths: [], none: false, remarks: [] };
  if (annotation.value.trim() !== '') readLine(source, annotation.value, annotation.start, reading);
  if (reading.paths.length === 0 && !reading.none) {
    const below = annotation.following[0];
    if (below !== undefined) readBlock(source, below, reading);
  }
  return reading;
}

/** Reads the blocks of a `### Files` section. */
export function readFilesSection(source: Source, blocks: readonly Block[]): Files {
  const reading: Reading = { paths: [], none: false, remarks: [] };
  for (const block of blocks) readBlock(source, block, reading);
  return reading;
}

function readBlock(source: Source, block: Block, reading: Reading): void {
  if (block.kind === 'paragraph' && readTable(source, block, reading)) return;
  if (block.kind === 'paragraph')
    readLine(source, withoutComments(source.shadow.slice(block.start, block.end)), block.start, reading);
  if (block.kind !== 'list') return;
  for (const item of block.children) {
    // `- Modify: a.ts`, an empty line, `- [ ] Step 1` is one list to CommonMark: the steps end the files.
    if (boxAt(source, itemStart(source, item)) !== undefined) break;
    readItem(source, item, reading);
  }
}

/** A table of files: the column that is named so, else the first. */
function readTable(source: Source, block: Block, reading: Reading): boolean {
  if (!/^[ \t]*\|/.test(source.shadow.slice(block.start, block.start + 200))) return false;
  const table = tablesIn({ source, blocks: [block] }, 0, 1)[0];
  if (table === undefined) return false;
  const at = Math.max(0, columnOf(table, 'file', 'files', 'path', 'paths'));
  for (const { cells } of table.rows) {
    const cell = cells[at];
    if (cell !== undefined) readLine(source, cell.raw, cell.start, reading);
  }
  return true;
}

const OPERATION =
  /^[\s*_]*(?:(?:may|optionally|possibly|also|then) )?(?:create|creates|extend|extends|modify|modifies|test|tests|delete|remove|move|rename|add|update|edit|change|write|new|docs?|config|source|generated?|read|reads|reference|see)(?:[\s*_]*:[\s*_]*|[*_]+\s+|\s+(?=`))|^[\s*_]*[a-z]{3,20}(?:[ /][a-z]{2,20}){0,2}[\s*_]{0,4}:[\s*_]{1,6}(?=`)/i;
/** A word of another language in front of the first path: "erstelle `a.ts`". */
const ANY_WORD = /^[\s*_]*\p{L}{1,20}\s{1,3}(?=`[^`\s()]{0,200}[/.][^`\s()]{0,200}`)/u;
const READ_ONLY = /^[\s*_]*(?:(?:may|optionally|possibly|also|then) )?(?:read|reads|reference|see)\b/i;

function readItem(source: Source, item: Block, reading: Reading): void {
  const first = item.children[0];
  const from = itemStart(source, item);
  if (first?.kind === 'paragraph') {
    const text = withoutComments(source.shadow.slice(from, first.end));
    const operation = OPERATION.exec(text)?.[0] ?? '';
    if (READ_ONLY.test(operation)) return;
    readLine(source, text.slice(operation.length), from + operation.length, reading);
  }
  for (const child of item.children) if (child.kind === 'list') readBlock(source, child, reading);
}

const NONE = /^[\s(_*]*(?:none|nothing|no files|n\/a|—|–|-+)(?:[\s)_*.,;:—–-]|$)/i;

const MAX_ENTRIES = 2000;

/** Reads a comma list of paths; behind the path of an entry anything may follow as a note. */
function readLine(source: Source, text: string, start: number, reading: Reading): void {
  if (NONE.test(text)) {
    reading.none = true;
    return;
  }
  let inCode = false;
  let noted = false;
  for (const [n, entry] of entries(text).entries()) {
    if (n === MAX_ENTRIES) {
      const span = source.span(start + entry.start, start + entry.start + 1);
      const message = `This line names more than ${MAX_ENTRIES} paths; what follows here is not read.`;
      reading.remarks.push(finding('TK-03', 'error', span, message, 'Name directories ("src/db/") or globs instead.'));
      return;
    }
    const known = OPERATION.exec(entry.text)?.[0];
    const operation = known ?? (n === 0 ? ANY_WORD.exec(entry.text)?.[0] : undefined) ?? '';
    if (READ_ONLY.test(operation)) continue;
    const body = entry.text.slice(operation.length);
    const offset = start + entry.start + operation.length;
    const parts = pieces(body);
    const lead = parts[0];
    if (lead === undefined || plainText(body) === '') continue;
    const code = lead.code ? lead : lead.text.replace(/[\s*_([]/g, '') === '' ? parts[1] : undefined;
    if (code !== undefined) {
      // Once a note has begun (`path` — because of `that`, `this`), a code span must look like a path to be one.
      if (!noted || (/[/.]/.test(code.text) && !/[\s()=]/.test(code.text))) {
        addPath(source, code.text, offset + code.start, offset + code.end, reading);
      }
      inCode = true;
      noted ||= body.slice(code.end).replace(/[\s*_)\].]/g, '') !== '' && !/^[\s*_]*\(/.test(body.slice(code.end));
    } else if (!inCode || /^\s*\S+\s*$/.test(lead.text)) {
      // In a note a bare word is a path only when nothing else looks like it: "`package.json` — test command, ESM".
      if (!noted || /\/\S|\.[a-z][a-z0-9]{0,5}\s*$/i.test(lead.text))
        addPlain(source, lead.text, offset, reading, !inCode);
    }
  }
}

/** Cuts at commas, semicolons, "and", arrows and line ends that stand outside code and parentheses. */
function entries(text: string): readonly { text: string; start: number }[] {
  const found: { text: string; start: number }[] = [];
  let from = 0;
  let depth = 0;
  for (const piece of pieces(text)) {
    if (piece.code) continue;
    for (const match of piece.text.matchAll(/[(),;\n·]|\s(?:and|[+&]|→|->)\s/g)) {
      const mark = match[0];
      if (mark === '(') depth++;
      else if (mark === ')') depth = Math.max(0, depth - 1);
      else if (depth === 0 || mark === '\n') {
        const at = piece.start + match.index;
        found.push({ text: text.slice(from, at), start: from });
        from = at + mark.length;
        depth = 0;
      }
    }
  }
  found.push({ text: text.slice(from), start: from });
  return found;
}

function addPlain(source: Source, text: string, start: number, reading: Reading, complain: boolean): void {
  const match = /^[\s*_]*([^\s(]+)/.exec(text);
  const word = match?.[1];
  if (word === undefined || match === null) return;
  const at = start + match[0].length - word.length;
  const path = word.replace(/[*_]+$/, '');
  // Without backticks a word must look like a path, or notes would become files.
  if (/[/.*]/.test(path) || /^[A-Z][A-Za-z]*file$|^[A-Z]{3,}$/.test(path))
    addPath(source, path, at, at + path.length, reading);
  else if (isPlaceholder(text)) addPath(source, text.trim(), at, at + path.length, reading);
  else if (complain && reading.paths.length === 0) {
    const span = source.span(at, at + word.length);
    const message = `"${plainText(text).slice(0, 60)}" is not a path: it is not part of the task's scope.`;
    reading.remarks.push(
      finding('TK-03', 'warning', span, message, 'Write paths in backticks, directories with a "/" at the end.'),
    );
  }
}

function addPath(source: Source, text: string, start: number, end: number, reading: Reading): void {
  const span = source.span(start, end);
  const path = text
    .trim()
    .replace(/#L\d.*$/, '')
    .replace(/:\d+(?:[-–,:]\d+)*(?:-)?$/, '')
    .trimEnd();
  if (path === '' || isPlaceholder(path) || /[<>]/.test(path)) {
    const message = `\`${text.trim().slice(0, 60)}\` is text of a template, not a path.`;
    reading.remarks.push(
      finding('GEN-001', 'warning', span, message, 'Write the path of a file or directory instead.'),
    );
    return;
  }
  reading.paths.push({ text: path, span });
}
