import type { Fix, Span } from '../../../base/finding.ts';
import type { Draft, DraftUnit } from '../../draft.ts';
import type { ImplementationDetail, Room } from '../../kinds/implementation/model.ts';
import type { Section } from '../../markdown/sections.ts';
import { newlineOf } from '../newline.ts';

/** The plan of an implementation with numbered tasks: what the rules about its sections and fields are for. */
export function isSpecification({ form }: ImplementationDetail): boolean {
  return form === 'specification';
}

/** What a finding about a unit points at. */
export function unitSpan({ outline }: Draft, { heading }: DraftUnit): Span {
  return outline.source.span(heading.start, heading.end);
}

/** What a finding about a section points at. */
export function headingSpan({ outline }: Draft, { heading }: Section): Span {
  return outline.source.span(heading.start, heading.end);
}

/** The first line of the document: for what is missing from all of it. */
export function titleSpan({ outline }: Draft): Span {
  const first = outline.headings[0];
  return first === undefined
    ? outline.source.span(0, outline.source.lineEnd(0))
    : outline.source.span(first.start, first.end);
}

/** Inserts `Label: value` as a line of its own among the fields of a task. */
export function insertField(
  { outline }: Draft,
  room: Room | undefined,
  label: string,
  value: string,
  kind: Fix['kind'],
): { readonly fix?: Fix } {
  if (room === undefined) return {};
  const newline = newlineOf(outline.source);
  const prefix = room.prefix.replaceAll('\n', newline);
  const text = `${newline}${prefix}${room.bold ? `**${label}:**` : `${label}:`} ${value}`;
  return { fix: { kind, title: `Write \`${label}: ${value}\``, edits: [{ start: room.at, end: room.at, text }] } };
}

/** Inserts blocks of text behind what stands in a section, an empty line around them. */
export function insertBelow({ outline }: Draft, at: number, text: string, title: string): { readonly fix: Fix } {
  const { source } = outline;
  const newline = newlineOf(source);
  const end = trimmedEnd(source.shadow, at);
  return {
    fix: {
      kind: 'stub',
      title,
      edits: [{ start: end, end, text: `${newline}${newline}${text.replaceAll('\n', newline)}` }],
    },
  };
}

/** Where the text before `at` ends, without blank lines and rules. */
export function trimmedEnd(text: string, at: number): number {
  let end = at;
  while (end > 0 && /\s/.test(text[end - 1] as string)) end--;
  const line = text.lastIndexOf('\n', end - 1) + 1;
  if (/^[ \t]{0,3}(?:-[ \t]*){3,40}$/.test(text.slice(line, Math.min(end, line + 90)))) {
    end = line;
    while (end > 0 && /\s/.test(text[end - 1] as string)) end--;
  }
  return end;
}

const COMMON = new Set(
  'about after again also been before being between both cannot could does done from have into just more most much must need needs only other over same should some such than that their them then there these they this those through under until very want were what when where which while will with within without would your'.split(
    ' ',
  ),
);

/** The words of a text that say what it is about: four letters or more, their endings cut. */
export function telling(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}]{4,40}/gu)) {
    if (!COMMON.has(word)) found.add(word.length > 5 ? word.replace(/(?:ions?|ings?|ies|ed|es|s)$/, '') : word);
  }
  return found;
}
