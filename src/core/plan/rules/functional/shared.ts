import type { Span } from '../../../base/finding.ts';
import type { Draft } from '../../draft.ts';
import { parentId } from '../../kinds/functional/ids.ts';
import type { FunctionalDetail, FunctionalPart, Placed, Stream } from '../../kinds/functional/model.ts';
import { type TextBlock, textIn } from '../../markdown/text.ts';
import type { Edge } from '../../model.ts';

/** The span of anything that knows where it stands. */
export function spanAt(draft: Draft, { start, end }: { readonly start: number; readonly end: number }): Span {
  return draft.outline.source.span(start, end);
}

/** What a document ends its lines with. */
export function lineEndOf(draft: Draft): string {
  return draft.outline.source.hasCrlf ? '\r\n' : '\n';
}

/** Where the text of a stretch ends, without the blank lines and rules behind it. */
export function trimmedEnd({ outline }: Draft, start: number, end: number): number {
  const text = outline.source.shadow.slice(start, end).trimEnd();
  return (
    start +
    (/\n[ \t]{0,3}-{3,}$/.test(text.slice(-100)) ? text.replace(/\n[ \t]{0,3}-{3,}$/, '').trimEnd() : text).length
  );
}

/** The prose of a document below its header lines, without that of some parts and of logs. */
export function* proseOf(
  { outline }: Draft,
  { parts }: FunctionalDetail,
  ...without: readonly FunctionalPart[]
): Iterable<TextBlock> {
  const first = outline.headings.find(({ level }) => level > 1);
  const holes = [
    ...without.flatMap((name) => parts.get(name) ?? []).map(({ heading, end }) => ({ start: heading.start, end })),
    ...outline.logs,
  ].sort((a, b) => a.start - b.start);
  let next = 0;
  let behind = 0;
  for (const block of textIn(outline, first?.block ?? 0, outline.blocks.length)) {
    for (let hole = holes[next]; hole !== undefined && hole.start <= block.start; hole = holes[++next])
      behind = Math.max(behind, hole.end);
    if (block.start >= behind) yield block;
  }
}

/** Where a match in a block of text stands in the document. */
export function spanIn(draft: Draft, block: TextBlock, index: number, length: number): Span {
  return draft.outline.source.span(block.start + index, block.start + index + length);
}

/** A text with everything between double quotes and backticks blanked out, offsets kept. */
export function unquoted(text: string): string {
  if (!/["“`]/.test(text)) return text;
  return text.replace(/`[^`\n]{0,300}`|"[^"\n]{0,300}"|“[^”\n]{0,300}”/g, (one) => ' '.repeat(one.length));
}

/** Ids of requirements that some references cover, whole or in part. */
export function covered(ids: Iterable<string>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const id of ids) found.add(id).add(parentId(id));
  return found;
}

/** Which streams each stream waits for, however far away; `undefined` when there are too many to be worth it. */
export function reachability(
  streams: readonly Stream[],
  edges: readonly Edge[],
  origin?: Edge['origin'],
): readonly ReadonlySet<number>[] | undefined {
  if (streams.length > 200) return undefined;
  const at = new Map(streams.map(({ id }, i) => [id, i]));
  const needs: Set<number>[] = streams.map(() => new Set());
  for (const { from, to, origin: said } of edges) {
    const a = at.get(from);
    const b = at.get(to);
    if (a !== undefined && b !== undefined && (origin === undefined || said === origin)) needs[b]?.add(a);
  }
  return streams.map((_, i) => {
    const found = new Set<number>();
    const open = [...(needs[i] as Set<number>)];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (found.has(next)) continue;
      found.add(next);
      open.push(...(needs[next] as Set<number>));
    }
    return found;
  });
}

/** Whether a cell says "nothing". */
export function isNothing(text: string): boolean {
  return /^(?:[-—–]*|none|n\/a|nothing)$/i.test(text.trim());
}

/** An edit that adds an id to a cell that lists ids. */
export function addToCell(
  cell: Placed,
  id: string,
): { readonly start: number; readonly end: number; readonly text: string } {
  if (cell.text === '') return { start: cell.start, end: cell.start, text: `${id} ` };
  return isNothing(cell.text)
    ? { start: cell.start, end: cell.end, text: id }
    : { start: cell.end, end: cell.end, text: `, ${id}` };
}

const COMMON = new Set(
  'the and for with when that this not has have are was but from into its than then any all who can will should must error errors user users system fails failure failed returns return request invalid given value'.split(
    ' ',
  ),
);

/** The words of a text that say what it is about, in a form that plural and ending do not change. */
export function wordsOf(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [word] of text
    .slice(0, 2000)
    .toLowerCase()
    .matchAll(/[\p{L}\p{N}]{3,40}/gu)) {
    if (!COMMON.has(word))
      found.add(word.length > 5 ? word.replace(/(?:ions?|ing|ies|ed|es|s)$/, '') : word.replace(/s$/, ''));
  }
  return found;
}

/** How many of some words are among others, as a share. */
export function shareOf(words: ReadonlySet<string>, among: ReadonlySet<string>): number {
  let count = 0;
  for (const word of words) if (among.has(word)) count++;
  return words.size === 0 ? 0 : count / words.size;
}
