import type { Edit } from '../../../base/finding.ts';
import type { DraftUnit } from '../../draft.ts';
import { namedPull, withoutStatus } from './entries.ts';

/**
 * The edit that marks a pull request as completed where its plan names it: ` — ✅ COMPLETED 2030-01-31` behind its title.
 * None when it is marked already. `date` is an ISO date; `unit` was read from `source`.
 */
export function markPrDone(source: string, unit: DraftUnit, date: string): Edit[] {
  const { start } = unit.heading;
  const line = source.slice(start, lineEnd(source, start)).trimEnd();
  const shown = stretch(line);
  const text = line.slice(shown.from, shown.to);
  // Only what is written behind the name of the pull request is a status.
  const { title, done } = withoutStatus(text);
  if (done || namedPull(plain(text))?.done === true) return [];
  const tail = text.slice(title.length).trim();
  const end = start + shown.to;
  const from = tail === '' || title === '' ? end : start + shown.from + text.indexOf(title) + title.length;
  return [{ start: from, end, text: ` — ✅ COMPLETED ${date}` }];
}

function lineEnd(source: string, at: number): number {
  const end = source.indexOf('\n', at);
  return end < 0 ? source.length : end;
}

/** The part of a line in which the title stands: a heading without its closing marks, the first cell, the bold words. */
function stretch(line: string): { readonly from: number; readonly to: number } {
  const row = /^\s*\|?\s*/.exec(line)?.[0] ?? '';
  if (row.includes('|')) {
    const bar = line.indexOf('|', row.length);
    return { from: row.length, to: row.length + line.slice(row.length, bar < 0 ? undefined : bar).trimEnd().length };
  }
  const heading = /^#{1,6}\s+/.exec(line)?.[0];
  if (heading !== undefined) {
    const closing = /\s+#{1,6}$/.exec(line.slice(-80))?.[0].length ?? 0;
    return { from: heading.length, to: line.length - closing };
  }
  const bold = /^(\s*(?:(?:[-*+]|\d{1,9}[.)])\s+)?(?:\[[ xX]\]\s+)?(?:\*\*|__))([^*\n]{1,400}?)(:?)(?:\*\*|__)/.exec(
    line,
  );
  if (bold === null) return { from: 0, to: line.length };
  const from = (bold[1] as string).length;
  return { from, to: from + (bold[2] as string).length };
}

function plain(text: string): string {
  return text.replace(/[*_`]+/g, '').trim();
}
