import type { Edit } from '../../base/finding.ts';
import type { PlanKind } from '../model.ts';
import { tablesIn } from '../markdown/tables.ts';
import type { Document } from './document.ts';

/*
 * What a document says of a unit elsewhere: in lists of ids that are cells, or values of a line. Sentences and drawings are not edited: they
 * are told of.
 */

/** A line that names a unit that is gone. */
export interface Mention {
  readonly id: string;
  readonly line: number;
  readonly text: string;
}

/** How an id of a plan may be spelled. */
export function spellings(id: string): RegExp {
  const [, series = '', digits = ''] = /^(T|P|PR-|WP-|WS-|GH-)(\d+)$/.exec(id) ?? [];
  const number = `0{0,3}${digits}`;
  const forms: Readonly<Record<string, string>> = {
    T: `(?:T|tasks? #?)${number}`,
    P: `(?:P|phases? )${number}`,
    'PR-': `PRs?[ -]?#?${number}`,
    'WP-': `(?:WP[ -]?|work packages? )${number}`,
    'WS-': `(?:(?:M-)?WS[ -]?|(?:work )?streams? )${number}`,
    'GH-': `(?:GH-|#)${number}`,
  };
  const form = forms[series] ?? id.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(String.raw`(?<![\w.-])${form}(?![\w]|[.-]\w)`, 'gi');
}

/** One entry of a list of ids: `WS-3`, `PR 2 (contract)`, `hb-7x.2`. */
const ENTRY = String.raw`(?:[A-Za-z][\w-]{0,20}[ -]?)?#?[\w.-]{0,20}\d[\w.]{0,8}(?:\s*\([^()]{0,80}\))?`;
const BETWEEN = String.raw`(?:\s*[,;+&]\s*(?:and\s+)?|\s+and\s+)`;
const LIST = new RegExp(String.raw`^\W{0,3}${ENTRY}(?:${BETWEEN}${ENTRY}){0,200}\W{0,3}$`);
const VALUE = new RegExp(
  String.raw`^(\s*(?:[-*+]\s+)?[^\n|]{1,80}?:(?:\*\*|__)?\s+)(${ENTRY}(?:${BETWEEN}${ENTRY}){0,200}?)(\s*(?:\.|\([^\n]*\)|—[^\n]*)?\s*)$`,
);

/** A list of ids without one of them, or with another one in its place; `undefined`: it does not name it, `''`: nothing would be left. */
function listWithout(list: string, id: string, into: string | undefined): string | undefined {
  if (!LIST.test(list.trim()) || !spellings(id).test(list)) return undefined;
  const pieces = list.split(new RegExp(`(${BETWEEN})`));
  const kept: string[] = [];
  for (let i = 0; i < pieces.length; i += 2) {
    const entry = pieces[i] as string;
    const names = spellings(id).test(entry);
    const other =
      names && into !== undefined ? entry.replace(spellings(id), into).replace(/\s*\([^()]*\)$/, '') : entry;
    const known = into !== undefined && kept.some((one) => spellings(into).test(one));
    if (names && (into === undefined || known)) continue;
    if (into !== undefined && !names && spellings(into).test(entry) && known) continue;
    if (kept.length > 0) kept.push(pieces[i - 1] ?? ', ');
    kept.push(other);
  }
  return kept.join('').trim();
}

/** Edits after which lists of ids elsewhere name a unit no more that is gone, or name the one that took it over. */
export function mentionEdits(
  { text, draft: { outline, units } }: Document,
  id: string,
  into: string | undefined,
): Edit[] {
  const edits: Edit[] = [];
  const rows = new Set(units.map(({ heading }) => heading.start));
  for (const table of tablesIn(outline, 0, outline.blocks.length)) {
    for (const row of table.rows) {
      const isUnit = row.cells.some(({ start }) => rows.has(start)) || rows.has(row.start);
      row.cells.forEach((cell, i) => {
        const list = listWithout(cell.raw, id, into);
        if (list === undefined) return;
        if (list !== '') edits.push({ start: cell.start, end: cell.end, text: list });
        // A row about nothing else.
        else if (i === 0 && !isUnit) edits.push(lineOf(text, row.start));
        else edits.push({ start: cell.start, end: cell.end, text: '—' });
      });
    }
  }
  let fenced = false;
  let start = 0;
  for (const line of text.split('\n')) {
    const at = start;
    start += line.length + 1;
    if (/^\s*(?:```|~~~)/.test(line)) fenced = !fenced;
    if (fenced || line.includes('|') || !spellings(id).test(line)) continue;
    const [, lead = '', value = '', tail = ''] = VALUE.exec(line) ?? [];
    const list = value === '' || spellings(id).test(lead) ? undefined : listWithout(value, id, into);
    if (list === undefined) continue;
    const fewer = list.split(new RegExp(BETWEEN)).length < value.split(new RegExp(BETWEEN)).length || list === '';
    const counted = fewer
      ? lead.replace(/\((\d+)( \w+)/, (_, n: string, of: string) => `(${Number(n) - 1}${of}`)
      : lead;
    if (list === '' && /^\s*\**wave\b/i.test(lead)) edits.push(lineOf(text, at));
    else edits.push({ start: at, end: at + line.length, text: `${counted}${list === '' ? 'None' : list}${tail}` });
  }
  return edits;
}

function lineOf(text: string, at: number): Edit {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', at);
  return { start, end: end < 0 ? text.length : end + 1, text: '' };
}

/** Lines that still name a unit that is gone, but those of the unit that took it over. */
export function mentionsOf(document: Document, id: string, into: string | undefined): Mention[] {
  const found: Mention[] = [];
  const other = document.draft.units.find((unit) => unit.id === into);
  let start = 0;
  document.text.split('\n').forEach((text, i) => {
    const at = start;
    start += text.length + 1;
    if (other !== undefined && other.start <= at && at < other.end) return;
    if (spellings(id).test(text)) found.push({ id, line: i + 1, text: text.trim() });
  });
  return found;
}

const COUNTED: Readonly<Record<PlanKind, string>> = {
  task: 'tasks?',
  micro: 'tasks?',
  implementation: 'tasks?|issues?|tickets?',
  functional: '(?:work )?streams?',
  macro: '(?:pull requests?|PRs?|work packages?)',
  phased: 'phases?',
  master: 'modules?',
};

/** Edits after which sentences that stand outside of all units, and count all of them, say how many there are now. */
export function countEdits({ text, draft }: Document, before: number, now: number): Edit[] {
  const counted = new RegExp(String.raw`(?<![\w.-])${before}(?= (?:${COUNTED[draft.kind]})(?:\(s\))?(?![\w-]))`, 'gi');
  const edits: Edit[] = [];
  let fenced = false;
  let start = 0;
  for (const line of text.split('\n')) {
    const at = start;
    start += line.length + 1;
    if (/^\s*(?:```|~~~)/.test(line)) fenced = !fenced;
    if (fenced || line.includes('|') || draft.units.some((unit) => unit.start <= at && at < unit.end)) continue;
    // "Wave 2 (4 tasks, parallel)" counts those of a wave.
    if (/\bwave\s+\d/i.test(line)) continue;
    for (const { index } of line.matchAll(counted))
      edits.push({ start: at + index, end: at + index + String(before).length, text: String(now) });
  }
  return edits;
}
