import type { Edit, Span } from '../../../base/finding.ts';
import type { Draft, DraftUnit } from '../../draft.ts';
import { linesOf } from '../../markdown/text.ts';
import type { Section } from '../../markdown/sections.ts';

/** Where a unit's heading stands. */
export function headOf(draft: Draft<'macro'>, at: number): Span {
  const { heading } = draft.units[at] as DraftUnit;
  return draft.outline.source.span(heading.start, heading.end);
}

/** Where a section's heading stands. */
export function headingOf(draft: Draft<'macro'>, { heading }: Section): Span {
  return draft.outline.source.span(heading.start, heading.end);
}

/** A value that is no value: text of a template, a dash, nothing. */
export function isEmpty(text: string | undefined): boolean {
  return text === undefined || /^[\s\-—–.…?]*$/.test(text) || isStub(text);
}

/** Text of a template that nobody has filled in. */
export function isStub(text: string): boolean {
  return /^\s*(?:\[[^[\]]{1,200}\]|<[^<>]{1,200}>|\{[^{}]{1,200}\}|TBD|TODO)\W{0,3}$/i.test(text);
}

/** "None", "no new ones", "n/a", a dash. */
export function saysNone(text: string): boolean {
  return /^\W{0,4}(?:none|no\b|nothing|n\/a|not applicable)/i.test(text) || /^[\s\-—–]*$/.test(text);
}

/** How long a section is, its heading and the rule below it left out. */
export function lengthOf(
  { outline }: Draft<'macro'>,
  start: number,
  end: number,
): { readonly raw: number; readonly rendered: number } {
  const { source } = outline;
  const text = source.shadow.slice(start, end);
  const lead = /^\s*/.exec(text)?.[0].length ?? 0;
  const tail = /\s+(?:-{3,}|\*{3,}|_{3,})?\s*$/.exec(text.slice(-400))?.[0].length ?? 0;
  return linesOf(source, start + lead, Math.max(start + lead, end - tail));
}

/** An insertion in the document's own line ends. */
export function insert(draft: Draft<'macro'>, at: number, text: string): Edit {
  const { text: whole } = draft.outline.source;
  // The first line says how lines end; looking further would read the whole document for every insertion.
  const first = whole.indexOf('\n');
  return { start: at, end: at, text: first > 0 && whole[first - 1] === '\r' ? text.replaceAll('\n', '\r\n') : text };
}

/** Lower case, without marks and articles: for comparing names. */
export function nameKey(text: string): string {
  return text
    .toLowerCase()
    .replace(/\([^()]{0,200}\)/g, ' ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .replace(/\b(?:the|a|an)\b/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Whether a text is about the thing of this name: it holds the name, or all of its longer words. */
export function speaksOf(text: string, name: string): boolean {
  const said = ` ${nameKey(text)} `;
  const wanted = nameKey(name);
  if (wanted === '') return false;
  if (said.includes(` ${wanted} `) || said.includes(` ${wanted}s `)) return true;
  const words = wanted.split(' ').filter((word) => word.length > 2);
  return words.length > 1 && words.every((word) => said.includes(` ${word} `) || said.includes(` ${word}s `));
}
