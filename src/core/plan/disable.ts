import type { Finding } from '../base/finding.ts';
import { finding } from './draft.ts';
import type { Outline } from './markdown/outline.ts';
import type { Source } from './markdown/source.ts';
import { fencesIn } from './markdown/text.ts';

/** What the comments of a document let through. */
export interface Disables {
  /** Whether a finding is still shown; remembers which comments were needed. */
  readonly keeps: (finding: Finding) => boolean;
  /**
   * Findings about the comments themselves (GEN-022), once all others were asked about: those without a reason, those that
   * name no rule of `known`, and those that let nothing through. Rules of `silent` were not asked.
   */
  readonly useless: (known: ReadonlySet<string>, silent: ReadonlySet<string>) => readonly Finding[];
}

interface Comment {
  readonly start: number;
  readonly end: number;
  readonly form: '' | '-next-line' | '-file';
  readonly ids: readonly string[];
  readonly reason: boolean;
  /** The line it holds for; -1 for the whole document, 0 for none. */
  line: number;
  readonly used: Set<string>;
}

/** Of a document without comments. */
export const ALLOWS_EVERYTHING: Disables = { keeps: () => true, useless: () => [] };

/**
 * `<!-- masterplan-disable-next-line GEN-013 -- reason -->` holds for the next line that is neither blank nor such a
 * comment; `masterplan-disable` for the line that it stands in, behind text, else likewise for the next one;
 * `masterplan-disable-file` for the whole document. Comments in code are none; one without a reason disables nothing.
 */
export function disablesOf(outline: Outline): Disables {
  const { source } = outline;
  if (!source.shadow.includes('masterplan-disable')) return ALLOWS_EVERYTHING;
  const comments = commentsIn(outline);
  const everywhere = new Map<string, Comment>();
  const lines = new Map<number, Map<string, Comment>>();
  for (const comment of comments) {
    if (!comment.reason) continue;
    const at = comment.line < 0 ? everywhere : (lines.get(comment.line) ?? new Map<string, Comment>());
    if (comment.line > 0) lines.set(comment.line, at);
    for (const id of comment.ids) if (!at.has(id)) at.set(id, comment);
  }
  return {
    keeps: ({ rule, span }) => {
      const comment = lines.get(span.line)?.get(rule) ?? everywhere.get(rule);
      comment?.used.add(rule);
      return comment === undefined;
    },
    useless: (known, silent) => comments.flatMap((comment) => remarks(source, comment, known, silent)),
  };
}

function remarks(
  source: Source,
  { start, end, ids, reason, used }: Comment,
  known: ReadonlySet<string>,
  silent: ReadonlySet<string>,
): readonly Finding[] {
  const span = source.span(start, end);
  const say = (message: string, hint: string): readonly Finding[] => [
    finding('GEN-022', 'warning', span, message, hint),
  ];
  if (ids.length === 0) {
    const hint = 'Write `<!-- masterplan-disable-next-line GEN-013 -- reason -->`.';
    return say('This comment names no rule, so it disables nothing.', hint);
  }
  if (!reason)
    return say('This comment gives no reason, so it disables nothing.', `Write ${ids.join(', ')} -- and why.`);
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length > 0) {
    const which = unknown.slice(0, 5).join(', ');
    return say(`There is no rule ${which}.`, 'Name rules by their ids; `masterplan rules` lists them.');
  }
  const idle = ids.filter((id) => !used.has(id) && !silent.has(id));
  if (idle.length === 0) return [];
  return say(`This comment disables ${idle.slice(0, 5).join(', ')}, which finds nothing there.`, 'Remove it.');
}

const WORDS = /^<!--\s{0,99}masterplan-disable(-next-line|-file)?(?![\w-])/;
const ID = /[\s,]{0,9}([A-Za-z]{2,4}-\d{1,4})(?![\w-])/y;
const REASON = /\s{0,99}--\s{0,99}(?!-?>)\S/y;

/** Longer comments are read no further than this. */
const MAX_COMMENT = 4000;

function commentsIn(outline: Outline): readonly Comment[] {
  const { source } = outline;
  const { shadow } = source;
  const code = [...fencesIn(outline, 0, outline.blocks.length)];
  const found: Comment[] = [];
  let fence = 0;
  let close = 0;
  for (let start = shadow.indexOf('<!--'); start >= 0;) {
    if (close < start + 4) close = shadow.indexOf('-->', start + 4);
    if (close < 0) break;
    const end = close + 3;
    while (fence < code.length && (code[fence] as { end: number }).end <= start) fence++;
    const quoted = (code[fence]?.start ?? Infinity) <= start || shadow[start - 1] === '`';
    const comment = quoted
      ? undefined
      : readComment(shadow.slice(start, Math.min(close, start + MAX_COMMENT)), start, end);
    if (comment !== undefined) found.push(comment);
    // What opens inside code closes nowhere in particular.
    start = shadow.indexOf('<!--', quoted ? start + 4 : end);
  }
  for (let i = found.length - 1; i >= 0; i--) {
    const comment = found[i] as Comment;
    comment.line = lineOf(source, comment, found[i + 1]);
  }
  return found;
}

function readComment(text: string, start: number, end: number): Comment | undefined {
  const words = WORDS.exec(text);
  if (words === null) return undefined;
  const ids: string[] = [];
  let at = words[0].length;
  for (ID.lastIndex = at; ids.length < 100; at = ID.lastIndex) {
    const match = ID.exec(text);
    if (match === null) break;
    ids.push((match[1] as string).toUpperCase());
  }
  REASON.lastIndex = at;
  const form = (words[1] ?? '') as Comment['form'];
  return { start, end, form, ids, reason: REASON.test(text), line: 0, used: new Set() };
}

function lineOf(source: Source, { start, end, form }: Comment, next: Comment | undefined): number {
  if (form === '-file') return -1;
  const { shadow } = source;
  const before = shadow.slice(source.lineStart(start), start);
  if (form === '' && /[^\s>*+-]/.test(before)) return source.span(start, start).line;
  let at = end;
  while (at < shadow.length && /\s/.test(shadow[at] as string)) at++;
  if (next !== undefined && next.start === at && next.line > 0) return next.line;
  return at >= shadow.length ? 0 : source.span(at, at).line;
}
