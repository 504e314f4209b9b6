import type { Source } from '../../markdown/source.ts';
import type { Effort } from './model.ts';

const NUMBER = String.raw`\d{1,5}(?:\.\d{1,3})?`;
const UNIT = String.raw`(?:hours?|hrs?|hr|h|minutes?|mins?|min|m|days?|d|weeks?|w)`;
const RANGE = new RegExp(
  String.raw`(${NUMBER})\s{0,3}(?:(${UNIT})\s{0,3})?(?:-|–|—|to|\.\.)\s{0,3}(${NUMBER})\s{0,3}[- ]?(${UNIT})(?![\p{L}\p{N}])`,
  'iu',
);
const SINGLE = new RegExp(
  String.raw`(${NUMBER})\+?\s{0,3}-?(${UNIT})(?:\s{0,3}(\d{1,2})\s{0,3}(?:minutes?|mins?|min|m))?(?![\p{L}\p{N}])`,
  'iu',
);

/** Longest stretch of a value in which hours are looked for. */
const MAX = 600;

/**
 * The first duration of a text, in minutes: `2-4 hours`, `(est: 2 h)`, `1h 30m`, `Medium (3–4 hours)`, `90 min`, `1 day` of
 * eight hours. `undefined` when there is none.
 */
export function effortOf(source: Source, text: string, start: number): Effort | undefined {
  const head = text.slice(0, MAX);
  const range = RANGE.exec(head);
  const single = SINGLE.exec(head);
  const match = range !== null && (single === null || range.index <= single.index) ? range : single;
  if (match === null) return undefined;
  const span = source.span(start + match.index, start + match.index + match[0].length);
  const found = match[0];
  if (match === range) {
    const unit = perUnit(match[4] as string);
    const low = Number(match[1]) * (match[2] === undefined ? unit : perUnit(match[2]));
    const high = Number(match[3]) * unit;
    return { text: found, span, low: Math.round(Math.min(low, high)), high: Math.round(Math.max(low, high)) };
  }
  const value = Math.round(Number(match[1]) * perUnit(match[2] as string) + Number(match[3] ?? 0));
  return { text: found, span, low: value, high: value };
}

/** The middle of an effort, in whole minutes. */
export function middle({ low, high }: Pick<Effort, 'low' | 'high'>): number {
  return Math.round((low + high) / 2);
}

/** Hours as people write them: `7 hours`, `2-4 hours`, `30 min`. */
export function hoursText(low: number, high: number): string {
  if (high > 0 && high < 60) return low === high ? `${low} min` : `${low}-${high} min`;
  const hours = (minutes: number): string => String(Math.round((minutes / 60) * 100) / 100);
  return low === high ? `${hours(low)} ${low === 60 ? 'hour' : 'hours'}` : `${hours(low)}-${hours(high)} hours`;
}

function perUnit(word: string): number {
  const letter = (word[0] as string).toLowerCase();
  if (letter === 'm') return 1;
  if (letter === 'd') return 480;
  return letter === 'w' ? 2400 : 60;
}
