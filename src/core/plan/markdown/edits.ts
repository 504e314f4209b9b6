import type { Edit } from '../../base/finding.ts';

/**
 * Applies edits to the text that their offsets were taken from; everything outside them stays byte for byte. Of two that
 * overlap, the one that begins first wins. Returns the text and how many edits were applied.
 */
export function applyEdits(text: string, edits: readonly Edit[]): { readonly text: string; readonly applied: number } {
  const sorted = edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
  const kept: string[] = [];
  let at = 0;
  let applied = 0;
  for (const edit of sorted) {
    if (edit.start < at || edit.end < edit.start || edit.end > text.length) continue;
    kept.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
    applied++;
  }
  kept.push(text.slice(at));
  return { text: kept.join(''), applied };
}
