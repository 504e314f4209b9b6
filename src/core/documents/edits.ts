import type { Edit } from '../base/finding.ts';
import { oneLine } from '../base/text.ts';
import { type Annotation, annotationsIn } from '../plan/annotations.ts';
import type { DocumentStatus } from '../plan/draft.ts';
import { applyEdits } from '../plan/markdown/edits.ts';
import { type Outline, outlineOf } from '../plan/markdown/outline.ts';
import { Source } from '../plan/markdown/source.ts';
import { statusOfWords } from '../plan/read.ts';
import { newlineOf } from '../plan/rules/newline.ts';
import type { PlanEvent } from './record.ts';

const STATUS: ReadonlySet<string> = new Set(['status']);

/** What a document says of its own status: the header line counts more than the front matter, as for lint. */
export function statusIn(
  outline: Outline,
): { readonly text: string; readonly value: DocumentStatus | undefined } | undefined {
  const text = headerLines(outline)[0]?.value.trim() ?? outline.frontMatter.entries.get('status')?.value;
  return text === undefined ? undefined : { text, value: statusOfWords(text) };
}

function headerLines(outline: Outline): readonly Annotation[] {
  const lead = outline.headings.find((heading) => heading.level > 1)?.block ?? outline.blocks.length;
  return annotationsIn(outline, 0, lead, STATUS).filter(({ label }) => label === 'status');
}

/**
 * The document with this status, and with this line at the end of its log: a missing status line or log is made. Of the
 * text around, not a byte changes.
 */
export function withStatusAndLog(text: string, status: DocumentStatus, line: string): string {
  const stated = applyEdits(text, statusEdits(outlineOf(new Source(text)), status)).text;
  return withLogLine(stated, line);
}

/** The document with one more line in its log. */
export function withLogLine(text: string, line: string): string {
  return applyEdits(text, [logEdit(outlineOf(new Source(text)), line)]).text;
}

function statusEdits(outline: Outline, status: DocumentStatus): readonly Edit[] {
  const { source, frontMatter } = outline;
  const edits: Edit[] = [];
  for (const { value, start } of headerLines(outline)) {
    const text = value.trim();
    const at = start + (text === '' ? 0 : value.indexOf(text));
    edits.push(...wordsEdit(text, at, status, /\s/.test(source.text[at - 1] ?? ' ')));
  }
  for (const { start } of frontMatter.status) {
    const line = source.shadow.slice(start, source.lineEnd(start));
    const match = /^(status[ \t]{0,80}:)([ \t]{0,80})("[^"]{0,200}"|'[^']{0,200}'|[^#]{0,200})/.exec(line);
    if (match === null) continue;
    const at = start + (match[1] ?? '').length + (match[2] ?? '').length;
    const words = (match[3] ?? '').trimEnd();
    // Nothing but a comment stands there.
    if (words === '' && line[at - start] === '#') edits.push({ start: at, end: at, text: `${status} ` });
    else edits.push(...wordsEdit(words, at, status, match[2] !== ''));
  }
  if (edits.length > 0 || frontMatter.status.length > 0) return edits;
  const nl = newlineOf(source);
  if (frontMatter.end > 0) {
    const at = source.lineStart(frontMatter.end);
    return [{ start: at, end: at, text: `status: ${status}${nl}` }];
  }
  const first = outline.headings[0];
  if (first?.level === 1) {
    const at = first.start + source.shadow.slice(first.start, first.end).trimEnd().length;
    return [{ start: at, end: at, text: `${nl}${nl}**Status:** ${status}` }];
  }
  const at = source.text.startsWith('\uFEFF') ? 1 : 0;
  return [{ start: at, end: at, text: `**Status:** ${status}${nl}${nl}` }];
}

/** Writes a status over the words that mean one; what stands behind them stays. Over all of it where nothing is understood. */
function wordsEdit(text: string, at: number, status: DocumentStatus, spaced: boolean): readonly Edit[] {
  const blank = spaced ? '' : ' ';
  const quote = /^(["'])(.*)\1$/.exec(text);
  if (quote !== null) return wordsEdit(quote[2] ?? '', at + 1, status, true);
  const value = statusOfWords(text);
  if (value === status && text.toLowerCase().startsWith(status)) return [];
  const head = /^[^\p{L}]{0,20}/u.exec(text)?.[0] ?? '';
  const start = /[✅☑⏳🔴⬜❌]/u.test(head) ? 0 : head.length;
  const run = /^[\p{L}]+(?:[ _-]+[\p{L}]+){0,5}/u.exec(text.slice(head.length, head.length + 200))?.[0] ?? '';
  if (value !== undefined) {
    for (const match of run.matchAll(/[\p{L}]+/gu)) {
      const end = match.index + match[0].length;
      if (statusOfWords(run.slice(0, end)) === value && !(end < LONGER.length && run.toLowerCase().startsWith(LONGER)))
        return [{ start: at + start, end: at + head.length + end, text: `${blank}${status}` }];
    }
  }
  return [{ start: at, end: at + text.length, text: `${blank}${status}` }];
}

/** The one alias that another one begins. */
const LONGER = 'ready for implementation';

function logEdit(outline: Outline, line: string): Edit {
  const { source, logs } = outline;
  const nl = newlineOf(source);
  const log = logs.at(-1);
  const end = log === undefined ? source.text.length : log.end;
  const place = source.text.slice(0, end).trimEnd().length;
  const atEnd = source.text.slice(place).includes('\n') ? '' : nl;
  if (log === undefined)
    return { start: place, end: place, text: `${place === 0 ? '' : nl + nl}## Log${nl}${nl}${line}${atEnd}` };
  const before = source.shadow.slice(source.lineStart(Math.max(0, place - 1)), place);
  const isLine = /^\s*[-*+]\s/.test(before) && source.lineStart(Math.max(0, place - 1)) > log.start;
  return { start: place, end: place, text: `${isLine ? nl : nl + nl}${line}${atEnd}` };
}

/** A line of the log: `- 2026-01-31 09:30 — Approved by ann@host`. The time is UTC, as in the record. */
export function logLine(event: PlanEvent | 'approved again', at: string, by: string, prompt?: string): string {
  const words = {
    created: 'Created',
    approved: 'Approved',
    started: 'Started',
    done: 'Done',
    superseded: 'Superseded',
  };
  const word = event === 'approved again' ? 'Approved again' : words[event];
  const asked = prompt === undefined || prompt.trim() === '' ? '' : ` (prompt: ${quoted(prompt)})`;
  return `- ${at.slice(0, 10)} ${at.slice(11, 16)} — ${word}${asked} by ${oneLine(by, 120)}`;
}

/** Somebody's words within one line: never a heading, a fence, a comment or the end of the quotation. */
function quoted(text: string): string {
  const flat = oneLine(text, 200)
    .replace(/["\u201c\u201d]/g, "'")
    .replaceAll('`', "'")
    .replaceAll('<!--', '<! --');
  return `"${flat}"`;
}
