import type { Outline } from '../../markdown/outline.ts';
import type { Section } from '../../markdown/sections.ts';
import { cellOf } from '../../markdown/tables.ts';
import type { References } from './ids.ts';
import type { Assumption, Question, Reference } from './model.ts';
import { bulletsIn, placedCell, rowsIn, textOfCell } from './parts.ts';

/** Whether the words of a "Resolved?" cell say that nobody needs to be asked any more. */
function isResolved(text: string): boolean {
  if (/^(?:not|un)[ -]?(?:yet|confirmed|resolved)/i.test(text.trim())) return false;
  return /^\W{0,3}(?:confirmed|yes|resolved|agreed|accepted|verified|approved|✅|✓|☑|\[x\])/iu.test(text.trim());
}

/** Entries that say that there is none. */
const NONE = /^(?:none|n\/a|no (?:open questions?|assumptions?)|nothing|[-—–])(?:\b|$)/i;

/** The entries of the Assumption Register: its rows, or, where it has none, its list items. */
export function readAssumptions(
  outline: Outline,
  section: Section | undefined,
  references: References,
): readonly Assumption[] {
  if (section === undefined) return [];
  const rows = rowsIn(outline, section);
  if (rows.length === 0) return listed(outline, section, references);
  return rows.flatMap((one, i): Assumption[] => {
    const { table, row } = one;
    const text = textOfCell(one, 'assumption', 'description', 'statement') || (row.cells[1]?.text ?? '');
    if (text === '') return [];
    const written = /^A-?0{0,9}(\d{1,6}[a-z]?)\b/i.exec(row.cells[0]?.text ?? '')?.[1];
    const cell = cellOf(table, row, 'resolved', 'status', 'resolution', 'confirmed');
    const resolution = placedCell(cell);
    return [
      {
        id: `A-${written ?? i + 1}`,
        text,
        impact: textOfCell(one, 'impact if wrong', 'impact', 'risk'),
        resolution,
        resolved: cell?.box?.ticked === true || isResolved(resolution?.text ?? ''),
        names: namedIn(outline, row, references),
        start: row.start,
        end: row.end,
      },
    ];
  });
}

/** Assumptions that stand in a list: `- [ ] A-1: one process writes the file`. Settled is what is ticked, struck out or begins or ends so. */
function listed(outline: Outline, section: Section, references: References): readonly Assumption[] {
  return bulletsIn(outline, section).flatMap((bullet, i): Assumption[] => {
    const leading = /^A-?0{0,9}(\d{1,6}[a-z]?)\b[\s:.)—–-]*/i.exec(bullet.text);
    const text = bullet.text.slice(leading?.[0].length ?? 0);
    if (text === '' || NONE.test(text)) return [];
    // `… (confirmed by Ada)`, `… — confirmed`: the last words in brackets or behind a dash.
    const last = /(?:\(([^()]{1,200})\)|\s[—–-]\s([^—–]{1,200}))\W{0,3}$/.exec(text.slice(-400));
    return [
      {
        id: `A-${leading?.[1] ?? i + 1}`,
        text,
        impact: '',
        resolution: undefined,
        resolved: bullet.box?.ticked === true || isSettled(bullet.text) || isResolved(last?.[1] ?? last?.[2] ?? ''),
        names: namedIn(outline, bullet, references),
        start: bullet.start,
        end: bullet.end,
      },
    ];
  });
}

/** The list items and rows of Open Questions in their order; "None" is no question. */
export function readQuestions(
  outline: Outline,
  section: Section | undefined,
  references: References,
): readonly Question[] {
  if (section === undefined) return [];
  const bullets = bulletsIn(outline, section).map((bullet): Question => ({
    ...bullet,
    id: writtenId(bullet.text),
    resolved: bullet.box?.ticked === true || isSettled(bullet.text),
    names: namedIn(outline, bullet, references),
  }));
  const rows = rowsIn(outline, section).map((one): Question => {
    const { table, row } = one;
    const numbered = /^#?(?:Q-?)?\d{1,6}\W?$/i.test(row.cells[0]?.text ?? '');
    const text = textOfCell(one, 'question', 'open question') || (row.cells[numbered ? 1 : 0]?.text ?? '');
    const box = row.cells.find((cell) => cell.box !== undefined)?.box;
    const status = textOfCell(one, 'status', 'resolved', 'state', 'answered');
    const answer = textOfCell(one, 'answer', 'resolution', 'decision');
    return {
      id: writtenId(row.cells[0]?.text ?? ''),
      text,
      box,
      resolved:
        box?.ticked === true ||
        isSettled(text) ||
        isResolved(status) ||
        /^(?:answered|closed|decided|done)\b/i.test(status) ||
        (cellOf(table, row, 'status', 'resolved', 'state', 'answered') === undefined && isAnswer(answer)),
      names: namedIn(outline, row, references),
      start: row.start,
      end: row.end,
    };
  });
  const found = [...bullets, ...rows]
    .filter(({ text }) => text !== '' && !NONE.test(text))
    .sort((a, b) => a.start - b.start);
  // Where they are numbered, each of them once, these are their names; else their places are.
  const own = new Set(found.flatMap(({ id }) => (id === '' ? [] : [id]))).size === found.length;
  return found.map((one, i) => (own ? one : { ...one, id: `Q-${i + 1}` }));
}

function writtenId(text: string): string {
  const number = /^Q-?0{0,9}(\d{1,6}[a-z]?)\b/i.exec(text)?.[1];
  return number === undefined ? '' : `Q-${number}`;
}

/** An answer that says something: not a dash, "open" or "to be decided". */
function isAnswer(text: string): boolean {
  return /\w/.test(text) && !/^\W{0,3}(?:open|pending|tb[adc]|todo|unknown|none|n\/a|not yet|to be)\b/i.test(text);
}

function isSettled(text: string): boolean {
  return text.startsWith('~~') || /^(?:resolved|answered|decided)\b/i.test(text);
}

function namedIn(
  outline: Outline,
  { start, end }: { readonly start: number; readonly end: number },
  references: References,
): readonly Reference[] {
  return references.in(outline.source.shadow.slice(start, end), start, 'FR', 'NFR', 'BR', 'AC', 'WS');
}
