import type { Span } from '../../../base/finding.ts';
import type { Draft } from '../../draft.ts';
import type { Contract } from '../../kinds/micro/model.ts';
import type { Source } from '../../markdown/source.ts';

/** The line that opens the task at this position. */
export function taskSpan({ outline, units }: Draft<'micro'>, at: number): Span {
  const head = units[at]?.heading;
  return outline.source.span(head?.start ?? 0, head?.end ?? 0);
}

/** The line that opens a contract. */
export function contractSpan({ outline }: Draft<'micro'>, { head }: Contract): Span {
  return outline.source.span(head.start, head.end);
}

/** The title, where something is missing of which nothing is there. */
export function titleSpan({ outline }: Draft<'micro'>): Span {
  const title = outline.headings[0];
  return title === undefined
    ? outline.source.span(0, outline.source.lineEnd(0))
    : outline.source.span(title.start, title.end);
}

/** Where the line that holds `offset` ends, in front of its line end, whatever kind that is. */
export function endOfLine(source: Source, offset: number): number {
  const end = source.lineEnd(offset);
  return end > offset && source.text[end - 1] === '\r' ? end - 1 : end;
}

/** Whether some text of a template stands between two offsets: then GEN-001 says what is missing, and says it better. */
export function placeholders({ remarks }: Draft<'micro'>): (start: number, end: number) => boolean {
  const places = remarks
    .filter(({ rule }) => rule === 'GEN-001')
    .map(({ span }) => span.start)
    .sort((a, b) => a - b);
  return (start, end) => {
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((places[middle] as number) < start) low = middle + 1;
      else high = middle;
    }
    const next = places[low];
    return next !== undefined && next < end;
  };
}

/** `BC-1, BC-2, BC-3 and 4 more`. */
export function listed(ids: readonly string[]): string {
  return ids.length > 6 ? `${ids.slice(0, 5).join(', ')} and ${ids.length - 5} more` : ids.join(', ');
}
