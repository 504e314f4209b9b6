import { isPlaceholder } from '../../commands.ts';
import { plainText, withoutComments } from '../../markdown/inline.ts';
import type { Outline } from '../../markdown/outline.ts';
import type { Section } from '../../markdown/sections.ts';
import { cellOf, tablesIn } from '../../markdown/tables.ts';
import { fencesIn, textIn } from '../../markdown/text.ts';
import { leadingId, type References } from './ids.ts';
import type { AcceptanceCriterion, Clause, Reference } from './model.ts';
import { bulletsIn, type PlacedSection, rowsOf } from './parts.ts';

/** Reads the acceptance criteria: sections or, where a document has none, list items and table rows. */
export function readCriteria(
  outline: Outline,
  placed: readonly PlacedSection[],
  references: References,
): readonly AcceptanceCriterion[] {
  const found: AcceptanceCriterion[] = [];
  for (const { section, part } of placed) {
    if (part !== 'criteria' && part !== 'requirements' && part !== undefined) continue;
    const leading = leadingId(section.title, 'AC');
    if (leading === undefined) continue;
    const { heading } = section;
    const inHeading = references.in(
      outline.source.shadow.slice(heading.start, heading.end),
      heading.start,
      'FR',
      'NFR',
      'BR',
    );
    const clauses = clausesIn(outline, section);
    const title = leading.rest.replace(/\s*[([](?:N?FR|BR)[-_ ]?\d[^()[\]]*[)\]]\s*/gi, ' ').trim();
    found.push({
      id: leading.id,
      written: leading.written,
      title: title.replace(/^[:—–-]\s*/, ''),
      head: { start: heading.start, end: heading.end },
      start: heading.start,
      end: section.end,
      requirements: inHeading.length > 0 ? inHeading : citedBelow(outline, section, references),
      clauses,
      sentence: sentenceOf(clauses) || title,
      form: 'section',
    });
  }
  return found.length > 0 ? found : briefCriteria(outline, placed, references);
}

/** `**Requirements**: FR-1` below the heading; failing that, the requirement that the criterion stands in. */
function citedBelow(outline: Outline, section: Section, references: References): readonly Reference[] {
  const { shadow } = outline.source;
  for (const { text, start } of textIn(outline, section.from, section.to)) {
    const key =
      /^[ \t]*(?:\*\*|__)?(?:requirements?|fr|frs|traces?(?: to)?|covers|verifies|for)(?:\*\*|__)?:?(?:\*\*|__)?:?[ \t]+(?=[^\n]*FR)/im.exec(
        text.slice(0, 4000),
      );
    if (key === null) continue;
    const from = key.index + key[0].length;
    const line = text.slice(from).split('\n', 1)[0] as string;
    const found = references.in(line, start + from, 'FR', 'NFR', 'BR');
    if (found.length > 0) return found;
  }
  for (let { parent } = section; parent !== undefined; { parent } = parent) {
    if (leadingId(parent.title, 'FR') === undefined) continue;
    const { start, end } = parent.heading;
    return references.in(shadow.slice(start, end), start, 'FR').slice(0, 1);
  }
  return [];
}

const OPENS =
  /^[ \t>]{0,40}(?:(?:[-*+]|\d{1,3}[.)])[ \t]{1,4})?(?:\*\*|__|[*_`])?(given|when|then|and|but)\b(?:\*\*|__|[*_`])?[ \t]*:?(?:\*\*|__)?[ \t]*/i;
const BOLD = /(?:\*\*|__)(given|when|then)\b:?(?:\*\*|__):?/gi;

interface Draft {
  word: Clause['word'];
  text: string;
  start: number;
  end: number;
}

function clausesIn(outline: Outline, section: { readonly from: number; readonly to: number }): readonly Clause[] {
  const drafts: Draft[] = [];
  for (const { kind, text, start } of textIn(outline, section.from, section.to)) {
    // An underlined heading is a paragraph that a line of dashes follows.
    if (kind === 'paragraph' || !text.startsWith('#'))
      readClauses(text.replace(/\n[ \t]*(?:-+|=+)[ \t]*$/, ''), start, drafts);
  }
  if (drafts.length === 0) {
    for (const fence of fencesIn(outline, section.from, section.to)) {
      if (!/^(?:|gherkin|cucumber|feature|text)$/i.test(fence.language)) continue;
      const from = outline.source.lineEnd(fence.start) + 1;
      readClauses(
        outline.source.shadow.slice(from, fence.end).replace(/\n[ \t]*(?:`{3,}|~{3,})[ \t]*$/, ''),
        from,
        drafts,
      );
    }
  }
  return drafts.map(finish);
}

function finish({ word, text, start, end }: Draft): Clause {
  const plain = plainText(text);
  return { word, text: plain, start, end, until: end };
}

function readClauses(text: string, start: number, into: Draft[]): void {
  let at = 0;
  for (const line of text.split('\n')) {
    readLine(line, start + at, into);
    at += line.length + 1;
  }
}

function readLine(line: string, start: number, into: Draft[]): void {
  const end = start + line.trimEnd().length;
  const opens = OPENS.exec(line.slice(0, 400));
  const word = opens?.[1]?.toLowerCase();
  const last = into.at(-1);
  if (opens === null || word === undefined || word === 'and' || word === 'but') {
    // A further line, or a further condition, belongs to the clause above.
    if (last !== undefined && line.trim() !== '') {
      last.text = `${last.text.trimEnd()}${word === undefined ? ' ' : `, ${word} `}${line.slice(opens?.[0].length ?? 0).trim()}`;
      last.end = end;
    }
    return;
  }
  if (word !== 'given' && word !== 'when' && word !== 'then') return;
  const rest = line.slice(opens[0].length);
  pushSplit(word, rest, start + opens[0].length, end, into);
}

/** `**Given** x **When** y **Then** z`, or `Given x, when y, then z`, in one line. */
function pushSplit(word: Clause['word'], text: string, start: number, end: number, into: Draft[]): void {
  let open: Draft = { word, text: '', start, end };
  let from = 0;
  const cut = (next: Clause['word'], at: number, length: number): void => {
    open.text = text.slice(from, at);
    open.end = start + at;
    into.push(open);
    from = at + length;
    open = { word: next, text: '', start: start + from, end };
  };
  const bold = [...text.matchAll(BOLD)];
  for (const match of bold) cut((match[1] as string).toLowerCase() as Clause['word'], match.index, match[0].length);
  if (bold.length === 0 && word !== 'then') {
    let wanted = word === 'given' ? 'when' : 'then';
    for (const match of text.matchAll(/[,;.][ \t]{1,4}(when|then)[ \t:]/gi)) {
      if ((match[1] as string).toLowerCase() !== wanted) continue;
      cut(wanted as Clause['word'], match.index, match[0].length);
      if (wanted === 'then') break;
      wanted = 'then';
    }
  }
  open.text = text.slice(from);
  into.push(open);
}

/** The criterion as a reader says it: `Given a, when b, then c.`; an outcome alone is the sentence. */
export function sentenceOf(clauses: readonly Clause[]): string {
  const filled = clauses.filter(({ text }) => text !== '' && !isPlaceholder(text));
  const [first, second] = filled;
  if (first === undefined) return '';
  if (second === undefined && first.word === 'then') return first.text;
  const sentence = filled.map(({ word, text }) => `${word} ${text.replace(/[.,;]+$/, '')}`).join(', ');
  return `${sentence[0]?.toUpperCase()}${sentence.slice(1)}.`;
}

/** Takes `Given a, when b, then c` apart; `undefined` when the text is no such sentence. */
export function clausesOfSentence(text: string): readonly Clause[] | undefined {
  const drafts: Draft[] = [];
  readClauses(text.replace(/\s+/g, ' ').trim(), 0, drafts);
  const words = drafts.map(({ word }) => word).join(' ');
  return words === 'given when then' ? drafts.map(finish) : undefined;
}

function briefCriteria(
  outline: Outline,
  placed: readonly PlacedSection[],
  references: References,
): readonly AcceptanceCriterion[] {
  const found: AcceptanceCriterion[] = [];
  const { shadow } = outline.source;
  const add = (text: string, form: 'item' | 'row', start: number, end: number, clauses: readonly Clause[]): void => {
    const leading = leadingId(text, 'AC');
    if (leading === undefined) return;
    found.push({
      id: leading.id,
      written: leading.written,
      title: leading.rest
        .replace(/\s*\((?:N?FR|BR)[-_ ]?\d[^()]*\)\s*/gi, ' ')
        .replace(/^[\s:—–-]+/, '')
        .trim(),
      head: { start, end: Math.min(end, outline.source.lineEnd(start)) },
      start,
      end,
      requirements: references.in(shadow.slice(start, end), start, 'FR', 'NFR', 'BR'),
      clauses,
      sentence: sentenceOf(clauses) || leading.rest,
      form,
    });
  };
  for (const { section, part } of placed) {
    if (part !== 'criteria') continue;
    for (const bullet of bulletsIn(outline, { from: section.from, to: section.ownTo })) {
      const drafts: Draft[] = [];
      const raw = withoutComments(shadow.slice(bullet.start, bullet.end));
      const given = /\b(?:given|when)\b/i.exec(raw.slice(0, 2000));
      if (given !== null) {
        const from =
          given.index - (/(?:\*\*|__)$/.exec(raw.slice(Math.max(0, given.index - 2), given.index))?.[0].length ?? 0);
        readClauses(raw.slice(from), bullet.start + from, drafts);
      }
      add(bullet.text, 'item', bullet.start, bullet.end, drafts.map(finish));
    }
    for (const table of tablesIn(outline, section.from, section.ownTo)) {
      for (const { row } of rowsOf(table)) {
        const id = row.cells.find(({ text }) => leadingId(text, 'AC') !== undefined);
        if (id === undefined) continue;
        const clauses = (['given', 'when', 'then'] as const).flatMap((word): Clause[] => {
          const cell = cellOf(table, row, word);
          return cell === undefined || cell.text === ''
            ? []
            : [{ word, text: cell.text, start: cell.start, end: cell.end, until: cell.end }];
        });
        add(id.text, 'row', row.start, row.end, clauses);
      }
    }
  }
  return found;
}
