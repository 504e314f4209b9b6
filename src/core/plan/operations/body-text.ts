import type { DraftUnit } from '../draft.ts';
import type { Document } from './document.ts';
import { valueOf } from './edits.ts';

/* What the text of a unit becomes where it goes on as part of another one. */

/** Text of which nothing is done yet. */
export function opened(text: string): string {
  return text.replace(/^(\s*(?:[-*+]|\d{1,9}[.)]|#{1,6})\s+)\[[xX]\]/gm, '$1[ ]');
}

/** What a unit says below its head, without what it needs, and without commands that are there already, where they stand on lines of their own. */
export function withoutCommands(document: Document, unit: DraftUnit, known: readonly string[]): string {
  const lines = withoutNeeds(document, unit).split('\n');
  return lines
    .filter((line) => {
      const command = /^\s*[-*+]\s+(?:\[[ xX]\]\s+)?(`+)\s*(.+?)\s*\1\s*$/.exec(line)?.[2];
      return command === undefined || !known.includes(command);
    })
    .join('\n');
}

/** Text as a quotation: what it says of fields and boxes is said by nobody. */
export function quotedText(text: string): string {
  return text
    .split('\n')
    .map((line) => (line.trim() === '' ? '>' : `> ${line}`))
    .join('\n');
}

/** Text with its headings and boxes as plain words. */
export function inertText(text: string): string {
  return text
    .replace(/^(\s*[-*+]\s+)\[[ xX]\]\s+/gm, '$1')
    .replace(/^#{1,6}\s+(.*)$/gm, '$1:')
    .replace(/^/gm, '> ');
}

/** What a unit says below its head, without the lines that say nothing but what it needs. */
export function withoutNeeds(document: Document, unit: DraftUnit): string {
  const { text } = document;
  let body = text.slice(unit.heading.end, unit.end);
  for (const need of unit.needs.toReversed()) {
    const value = valueOf(document, need);
    const start = text.lastIndexOf('\n', value.start - 1) + 1;
    const alone =
      /^\s*(?:[-*+]\s+)?(?:\*\*|__)?[A-Za-z][\w -]{0,30}:?(?:\*\*|__)?:?\s*$/.test(text.slice(start, value.start)) &&
      /^[ \t]*(?:\n|$)/.test(text.slice(value.end));
    if (!alone || start < unit.heading.end) continue;
    const from = start - unit.heading.end;
    body = body.slice(0, from) + body.slice(value.end - unit.heading.end).replace(/^[ \t]*\n/, '');
  }
  return body;
}
