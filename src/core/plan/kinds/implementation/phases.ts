import type { Heading, Outline } from '../../markdown/outline.ts';
import { effortOf } from './effort.ts';
import type { SpecPhase } from './model.ts';

const PHASE =
  /^(?:phase|stage|milestone|wave)\s+#?(\d{1,6}|[IVX]{1,5}|[A-Z])(?=$|[\s:.)(—–-])\s*(?:of\s+\d{1,6}\s*)?(?:[:—–-]|\.(?!\d))?\s*(.*)$/i;

/** The phase that a heading opens: `Phase 2: Core (est: 4-8 hours)`. */
export function phaseOf(outline: Outline, heading: Heading): SpecPhase | undefined {
  const match = PHASE.exec(heading.title.slice(0, 2000));
  if (match === null) return undefined;
  const { source } = outline;
  const line = source.shadow.slice(heading.start, heading.end).slice(0, 2000);
  const open = line.indexOf('(');
  const title = (match[2] as string).replace(/\s*\([^()]{0,200}\)\s*$/, '').trim();
  return {
    number: numberOf(match[1] as string),
    title: title === '' ? heading.title : title,
    span: source.span(heading.start, heading.end),
    effort: open < 0 ? undefined : effortOf(source, line.slice(open), heading.start + open),
  };
}

const ROMAN: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10 };

/** `3`, `III` and `C` are 3. */
export function numberOf(written: string): number | undefined {
  if (/^\d+$/.test(written)) return Number(written);
  const letters = written.toUpperCase();
  if (/^[IVX]+$/.test(letters)) {
    const values = letters.split('').map((letter) => ROMAN[letter] as number);
    return values.reduce((sum, value, i) => sum + (value < (values[i + 1] ?? 0) ? -value : value), 0);
  }
  return letters.length === 1 ? letters.charCodeAt(0) - 64 : undefined;
}
