import type { Block } from '../../markdown/blocks.ts';
import { pieces, withoutComments } from '../../markdown/inline.ts';
import type { Outline } from '../../markdown/outline.ts';
import type { Source } from '../../markdown/source.ts';
import { PLAN_KINDS } from '../../model.ts';
import type { Remark, Rule } from '../rule.ts';

/** GEN-001: text of a template that nobody has filled in, wherever a person reads it; code is left alone. */
export const placeholderLeft: Rule = {
  id: 'GEN-001',
  name: 'placeholder-left',
  about: 'Text of a template is left where its author should have written something.',
  severity: 'warning',
  severities: { approval: 'error', execution: 'error' },
  fix: 'none',
  kinds: PLAN_KINDS,
  *check({ draft, compiled }) {
    const { outline } = draft;
    // What a reader has already complained about in its own words.
    const told = [...draft.remarks, ...compiled.findings].filter(({ rule }) => rule === 'GEN-001');
    const known = told.map(({ span }) => span).sort((a, b) => a.start - b.start);
    let next = 0;
    let count = 0;
    for (const { start, end } of placesIn(outline)) {
      while (next < known.length && (known[next] as { end: number }).end <= start) next++;
      const other = known[next];
      if (other !== undefined && other.start < end) continue;
      // Whoever has copied a whole template knows it by now.
      if (++count > MAX_PLACES) return;
      const text = outline.source.shadow.slice(start, end).replace(/\s+/g, ' ');
      const shown = text.length > 60 ? `${text.slice(0, 57)}…` : text;
      const remark: Remark = {
        span: outline.source.span(start, end),
        message: `${shown} is text of a template that nobody has filled in.`,
        hint: 'Write what belongs here, or remove the line.',
      };
      yield remark;
    }
  },
};

const MAX_PLACES = 1000;

interface Place {
  readonly start: number;
  readonly end: number;
}

function* placesIn(outline: Outline): Iterable<Place> {
  const links = linkLabels(outline.source.shadow);
  let log = 0;
  for (const block of outline.blocks) {
    while (log < outline.logs.length && (outline.logs[log] as Place).end <= block.start) log++;
    const inside = outline.logs[log];
    if (inside !== undefined && inside.start <= block.start) continue;
    yield* placesOf(outline.source, block, links);
  }
}

// Block quotes are left out: they hold what others said, and what a template says about itself.
function* placesOf(source: Source, block: Block, links: ReadonlySet<string>): Iterable<Place> {
  if (block.kind === 'paragraph' || block.kind === 'heading') {
    const text = withoutComments(source.shadow.slice(block.start, block.end));
    if (!MAYBE.test(text)) return;
    for (const { start, end } of placesInText(text, links))
      yield { start: block.start + start, end: block.start + end };
  } else if (block.kind === 'list' || block.kind === 'item') {
    for (const child of block.children) yield* placesOf(source, child, links);
  }
}

const MAYBE = /[[{…]|\.\.\.|TBD|TODO|XXX|JIRAPRJ|YYYY/;
const MARK =
  /\[([^[\]\n]{1,300}(?:\n[^[\]\n]{1,300})?)\]|\{([A-Za-z][A-Za-z _-]{0,80})\}|\.{3}|…|\b(?:TBD|TODO|XXX)\b|\bJIRAPRJ-\d{1,6}\b|\bYYYY-MM-DD\b/g;

function* placesInText(text: string, links: ReadonlySet<string>): Iterable<Place> {
  for (const piece of pieces(text)) {
    if (piece.code) {
      if (isCodePlaceholder(piece.text)) yield { start: piece.start, end: piece.end };
      continue;
    }
    for (const match of piece.text.matchAll(MARK)) {
      const start = piece.start + match.index;
      const end = start + match[0].length;
      if (isLeft(text, start, end, match, links)) yield { start, end };
    }
  }
}

function isLeft(
  text: string,
  start: number,
  end: number,
  match: RegExpMatchArray,
  links: ReadonlySet<string>,
): boolean {
  const before = text.slice(Math.max(0, start - 60), start);
  const after = text.slice(end, end + 60);
  const inner = match[1];
  if (inner !== undefined) return isBracket(inner.replace(/\s+/g, ' '), before, after, links);
  if (match[2] !== undefined) return !/[\p{L}\p{N}$/\\.#_:-]$/u.test(before) && !/^[\p{L}\p{N}/_.-]/u.test(after);
  switch (match[0]) {
    case 'TODO':
    case 'XXX':
      return isValue(before, after) || (opens(before) && /^(?:\s*:|\([\w ]{1,30}\):)/.test(after));
    case 'TBD':
      return !/["'“‘/]$|\b(?:no|not|without|any|every|each|of|all|or|zero)\s$/i.test(before) && !/^["'”’/]/.test(after);
    case '...':
    case '…':
    case 'YYYY-MM-DD':
      return isValue(before, after);
    default:
      return true;
  }
}

/** Whether something is all that is said in its line, cell, list item or behind its key. */
function isValue(before: string, after: string): boolean {
  return opens(before) && /^[*_"]{0,3}[ \t]*(?:[|\n)]|$)/.test(after);
}

function opens(before: string): boolean {
  return /(?:^|[\n|(]|:[*_]{0,3}|(?:^|\n)[ \t]*(?:[-*+]|\d{1,4}[.)]))[ \t]*(?:\[[ xX]\][ \t]+)?[*_"]{0,3}$/.test(
    before,
  );
}

/** Words that open a remark in brackets; no template asks for anything with them. */
const REMARK =
  /^(?:see|cf|sic|ie|eg|e\.g|i\.e|note|from|per|via|was|as|in|on|at|by|for|if|when|not|no|and|or|but|new|modified|unchanged|removed|added|deleted|deprecated|draft|done|open|closed|blocked|optional|required|breaking|internal|external|external|wip|p\d|us\d)\b/i;

/** Single words that templates put in brackets. */
const NOUN =
  /^(?:name|title|description|desc|details?|date|author|owner|path|file|files?name|files|paths|component|module|feature|goal|reason|rationale|command|commands|value|type|number|id|ids|role|summary|text|link|url|version|branch|estimate|time|duration|status|priority|criterion|criteria|requirements?|task|tasks|step|steps|action|example|context|problem|solution|risk|mitigation|impact|scope|topic|section|package|interface|function|method|class|test|tests|what|why|how|who|when|where)$/i;

function isBracket(inner: string, before: string, after: string, links: ReadonlySet<string>): boolean {
  const words = inner.trim();
  // Links, footnotes, citations, indices, types, generics: `a[i]`, `map[string]int`, `[]T`, `[text](url)`, `[1]`.
  if (/[\p{L}\p{N}_\])!\\$]$/u.test(before) || /^(?:[[(\p{L}\p{N}_]|:(?:\s|$)(?!\s*$))/u.test(after)) return false;
  if (inner !== words || links.has(words.toLowerCase()) || !/^[\p{L}"'<]/u.test(words)) return false;
  if (/[=;{}\\@|`]|->|=>|::|\.\.|^https?:|\b[a-z]+[A-Z]|\w\(/.test(words) || REMARK.test(words)) return false;
  const alone = isValue(before, after);
  const count = words.split(/[\s/]+/).length;
  if (count === 1)
    return NOUN.test(words) || (alone && /^[a-z][a-z-]{2,}$/i.test(words) && words !== words.toUpperCase());
  if (/^[^,]{1,24}(?:, ?[^,\s]{1,24}){1,20}$/.test(words) && !alone) return false;
  // Labels: `[P1 HIGH]`, `[WS-1]`.
  if (words === words.toUpperCase()) return alone && count > 2;
  return (
    alone || count >= 3 || NOUN.test(words.split(/\s/)[0] as string) || NOUN.test(words.split(/\s/).at(-1) as string)
  );
}

/** In code, only words that no program is made of: `[path of a file]`. */
function isCodePlaceholder(code: string): boolean {
  return code.length < 200 && /^\[[a-z]+(?:,? [a-z]+){1,20}\]$/i.test(code.trim()) && !/\s-|[=]/.test(code);
}

/** Labels of `[label]: url` lines: brackets with these words are links. */
function linkLabels(shadow: string): ReadonlySet<string> {
  const labels = new Set<string>();
  if (!shadow.includes(']:')) return labels;
  for (const [, label] of shadow.matchAll(/^ {0,3}\[([^[\]\n]{1,200})\]:[ \t]{0,9}\S/gm))
    labels.add((label as string).toLowerCase());
  return labels;
}
