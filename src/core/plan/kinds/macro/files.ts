import type { DraftPath } from '../../draft-parts.ts';
import type { Block } from '../../markdown/blocks.ts';
import { pieces } from '../../markdown/inline.ts';
import { itemStart, type Outline } from '../../markdown/outline.ts';
import type { Section } from '../../markdown/sections.ts';
import type { Entry } from './entries.ts';
import type { MacroIds } from './ids.ts';
import { ownTables } from './parts.ts';
import type { Field } from './model.ts';

const PATH = /^\.{0,2}\/?[\w.@~*{}+,-]{1,200}(?:\/[\w.@~*{}+,-]{0,200}){0,40}$/;

/** Whether code such as `sim/bundle.go` or `docs/` is a path, not a name, flag or call. */
export function isPath(code: string): boolean {
  if (code === '**') return true;
  if (!PATH.test(code) || code.startsWith('--')) return false;
  if (code.includes('/')) return /[A-Za-z]/.test(code);
  return /^[\w-]{1,100}(?:\.[\w-]{1,60}){0,3}\.(?!\d)[A-Za-z][A-Za-z0-9]{0,9}$/.test(code)
    ? !/^[A-Z]\w*\.[A-Z]/.test(code)
    : /^(?:[A-Z][A-Za-z]*file|LICENSE|README|NOTICE|CHANGELOG|CODEOWNERS|VERSION|\.[a-z][\w.-]{1,60})$/.test(code);
}

/** The path of a place such as `src/a.ts:12-40`. */
function withoutLines(code: string): string {
  return code
    .trim()
    .replace(/#L\d.*$/, '')
    .replace(/:\d+(?:[-–,:]\d+){0,20}$/, '');
}

/**
 * The paths in a stretch of text. With `leads`, only code with which a line begins: what comes behind it explains.
 */
function pathsIn({ source }: Outline, start: number, end: number, leads: boolean): readonly DraftPath[] {
  const text = source.shadow.slice(start, Math.min(end, start + 50_000));
  if (!text.includes('`')) return [];
  return pieces(text).flatMap((piece): readonly DraftPath[] => {
    const code = piece.code ? withoutLines(piece.text) : '';
    if (code === '' || !isPath(code)) return [];
    if (leads) {
      const before = text.slice(text.lastIndexOf('\n', piece.start) + 1, piece.start);
      if (
        !/^[\s>]*(?:(?:[-*+]|\d{1,3}[.)])\s+)?(?:\[[ xX]\]\s+)?[*_]*(?:(?:create|modify|new|modified|test|tests|delete|update|rewrite|add)d?\s*:?\s*[*_]*\s*)?(?:`[^`]{1,200}`\s*(?:,|and|\+|\/|→|->)\s*){0,20}$/i.test(
          before,
        )
      )
        return [];
      if (
        /^[^\n]{0,60}(?:\n[ \t]*[-*][ \t]+)?[^\n]{0,20}\bno changes? (?:is |are )?(?:needed|required)/i.test(
          source.shadow.slice(start + piece.end, start + piece.end + 160),
        )
      )
        return [];
    }
    return [{ text: code, span: source.span(start + piece.start, start + piece.end) }];
  });
}

const INVENTORY = /^(?:files?|path|paths|primary files)$|^files? \(|^files? (?:changed|affected|touched)/;

/** The paths that an entry says it changes: its Files Changed, its inventories of files, and lists that begin with paths. */
export function filesOfEntry(outline: Outline, entry: Entry, fields: readonly Field[]): readonly DraftPath[] {
  const found: DraftPath[] = [];
  for (const field of fields) {
    if (field.name === 'files') found.push(...pathsOfField(outline, field));
    else if (field.name === 'tests') for (const block of field.blocks) found.push(...leadingPaths(outline, block));
  }
  for (const table of ownTables(outline, entry.from, entry.to)) {
    const at = table.columns.findIndex((name) => INVENTORY.test(name));
    if (at < 0) continue;
    for (const row of table.rows) {
      const cell = row.cells[at];
      if (cell !== undefined) found.push(...pathsIn(outline, cell.start, cell.end, false));
    }
  }
  for (let i = entry.from; i < entry.to && entry.item === undefined; i++) {
    const block = outline.blocks[i] as Block;
    if (block.kind === 'paragraph') found.push(...boldPaths(outline, block));
  }
  return found;
}

function pathsOfField(outline: Outline, field: Field): readonly DraftPath[] {
  const inline = pathsIn(outline, field.span.start, field.span.end, false);
  // Below a heading such as "Key changes" the items explain; the paths they begin with are what changes.
  return [...inline, ...field.blocks.flatMap((block) => leadingPaths(outline, block))];
}

function leadingPaths(outline: Outline, block: Block): readonly DraftPath[] {
  if (block.kind === 'list') {
    return block.children.flatMap((item) => {
      const first = item.children[0];
      const end = first?.kind === 'paragraph' ? first.end : item.start;
      const own = pathsIn(outline, itemStart(outline.source, item), end, true);
      return [
        ...own,
        ...item.children.filter(({ kind }) => kind === 'list').flatMap((list) => leadingPaths(outline, list)),
      ];
    });
  }
  return [];
}

// `**`sim/bundle.go` (~40 LOC):**` on a line of its own opens what changes in that file.
function boldPaths(outline: Outline, block: Block): readonly DraftPath[] {
  const { shadow } = outline.source;
  return shadow
    .slice(block.start, block.end)
    .split('\n')
    .some((line) => /^\s*\*\*`/.test(line))
    ? pathsIn(outline, block.start, block.end, true).filter(({ span }) =>
        /\*\*\s*(?:`[^`]*`\s*(?:,|and|\+)\s*)*$/.test(
          shadow.slice(Math.max(block.start, span.start - 200), span.start),
        ),
      )
    : [];
}

/** The paths that tables of the whole document give to pull requests: proofs that parallel work shares no file. */
export function filesByTable(
  outline: Outline,
  entries: readonly Entry[],
  ids: MacroIds,
  elsewhere: readonly Section[],
): ReadonlyMap<string, readonly DraftPath[]> {
  const found = new Map<string, DraftPath[]>();
  let next = 0;
  for (const table of ownTables(outline, 0, outline.blocks.length)) {
    const files = table.columns.findIndex((name) => /\bfiles?\b/.test(name));
    const unit = table.columns.findIndex((name) =>
      /^(?:prs?|pull requests?|worktree|work ?stream|track|unit|issue|wp|work package)\b/.test(name),
    );
    if (files < 0 || unit < 0 || files === unit) continue;
    while (next < entries.length && (entries[next] as Entry).end <= table.start) next++;
    const within = entries[next];
    if (within !== undefined && within.form !== 'row' && within.start <= table.start) continue;
    if (elsewhere.some((section) => section.heading.start < table.start && table.end <= section.end)) continue;
    for (const row of table.rows) {
      const named = ids.namedIn(row.cells[unit]?.text ?? '');
      const cell = row.cells[files];
      if (named.length !== 1 || cell === undefined) continue;
      const paths = pathsIn(outline, cell.start, cell.end, false);
      const list = found.get(named[0] as string);
      if (list === undefined) found.set(named[0] as string, [...paths]);
      else list.push(...paths);
    }
  }
  return found;
}
