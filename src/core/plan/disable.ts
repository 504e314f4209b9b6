import type { Finding } from '../base/finding.ts';
import type { Outline } from './markdown/outline.ts';

const COMMENT =
  /<!--\s*masterplan-disable(-next-line|-file)?\s+([A-Za-z]{2,4}-\d{1,4}(?:[\s,]+[A-Za-z]{2,4}-\d{1,4})*)\s+--\s+(\S[^]*?)\s*-->/g;

/**
 * Which findings the document's own comments let through. `<!-- masterplan-disable-next-line GEN-013 -- reason -->` holds
 * for the next line that is not blank, `masterplan-disable-file` for the whole document. A comment without a reason
 * disables nothing.
 */
export function disabledIn({ source }: Outline): (finding: Finding) => boolean {
  const { shadow } = source;
  if (!shadow.includes('masterplan-disable')) return () => true;
  const everywhere = new Set<string>();
  const lines = new Map<number, Set<string>>();
  for (const match of shadow.matchAll(COMMENT)) {
    const ids = (match[2] as string).toUpperCase().split(/[\s,]+/);
    if (match[1] === '-file') {
      for (const id of ids) everywhere.add(id);
      continue;
    }
    const end = match.index + match[0].length;
    const next = end + (/\S/.exec(shadow.slice(end))?.index ?? 0);
    const { line } = source.span(next, next);
    const set = lines.get(line) ?? new Set();
    for (const id of ids) set.add(id);
    lines.set(line, set);
  }
  return ({ rule, span }) => !everywhere.has(rule) && lines.get(span.line)?.has(rule) !== true;
}
