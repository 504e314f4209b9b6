import type { Finding } from '../base/finding.ts';
import { applyEdits } from './markdown/edits.ts';

/** Fixes build on each other (a phase added must be numbered); who needs more rounds than this never comes to rest. */
const MAX_ROUNDS = 12;

/** What mending a document did. */
export interface Fixed {
  readonly text: string;
  /** How many edits were applied, over all rounds. */
  readonly applied: number;
  /** The findings of the mended text. */
  readonly findings: readonly Finding[];
}

/**
 * Applies the fixes of kind `auto` and `stub` until no finding has one left; `lint` is asked again after each round. A fix
 * whose edits overlap those of another waits for the next round, as a whole. Mending the result changes nothing.
 */
export function fixText(text: string, lint: (text: string) => readonly Finding[]): Fixed {
  let findings = lint(text);
  let applied = 0;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const chosen = apart(findings);
    if (chosen.length === 0) break;
    const next = applyEdits(text, chosen);
    if (next.text === text) break;
    text = next.text;
    applied += next.applied;
    findings = lint(text);
  }
  return { text, applied, findings };
}

function apart(findings: readonly Finding[]) {
  const fixes = findings.flatMap(({ fix }) => (fix === undefined || fix.kind === 'suggest' ? [] : [fix.edits]));
  const taken: { start: number; end: number }[] = [];
  return fixes.flatMap((edits) => {
    const free = edits.every((edit) => taken.every(({ start, end }) => edit.end < start || edit.start > end));
    if (!free) return [];
    for (const edit of edits) taken.push(edit);
    return edits;
  });
}
