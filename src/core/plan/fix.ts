import type { Edit, Finding } from '../base/finding.ts';
import { applyEdits } from './markdown/edits.ts';

/**
 * Fixes build on each other (a phase added must be numbered), and of those for one place only one is applied a round; who
 * has not fewer of them left after that many rounds never comes to rest.
 */
const PATIENCE = 12;

/** What mending a document did. */
export interface Fixed {
  readonly text: string;
  /** How many edits were applied, over all rounds. */
  readonly applied: number;
  /** The findings of the mended text. */
  readonly findings: readonly Finding[];
}

/** Whether a finding can be mended without asking its author. */
export function isFixable({ fix }: Finding): boolean {
  return fix !== undefined && fix.kind !== 'suggest';
}

/**
 * Applies the fixes of kind `auto` and `stub` until no finding has one left; `lint` is asked again after each round. A fix
 * whose edits overlap those of another waits for the next round, as a whole. Mending the result changes nothing: rules
 * whose fixes undo each other mend nothing at all.
 */
export function fixText(text: string, lint: (text: string) => readonly Finding[]): Fixed {
  const untouched: Fixed = { text, applied: 0, findings: lint(text) };
  let fixed = untouched;
  for (let round = 0; round < MAX_RESTARTS; round++) {
    const { barred, ...next } = mend(fixed, lint);
    const rests = !barred || next.text === fixed.text;
    fixed = next;
    if (rests) return fixed;
    // A rule that was barred may have something to do in what the others made: only a text at rest is a result.
  }
  return untouched;
}

/** Texts that are not at rest after that many restarts stay as they were. */
const MAX_RESTARTS = 5;

function mend(start: Fixed, lint: (text: string) => readonly Finding[]): Fixed & { readonly barred: boolean } {
  const barred = new Set<string>();
  for (;;) {
    const fixed = attempt(start, lint, barred);
    // Each time round at least one rule more is barred, so this ends.
    if (fixed !== undefined) return { ...fixed, barred: barred.size > 0 };
  }
}

/** Mends to the end; `undefined`, with more rules barred, when there is none. */
function attempt(start: Fixed, lint: (text: string) => readonly Finding[], barred: Set<string>): Fixed | undefined {
  let { text, applied, findings } = start;
  // Texts by the round that they stood at the beginning of, and the rules that mended in each round.
  const seen = new Map([[text, 0]]);
  const rounds: ReadonlySet<string>[] = [];
  let least = Infinity;
  let patience = PATIENCE;
  for (;;) {
    const left = findings.filter((one) => isFixable(one) && !barred.has(one.rule));
    const { edits, rules } = apart(left);
    if (edits.length === 0) return { text, applied, findings };
    patience = left.length < least ? PATIENCE : patience - 1;
    least = Math.min(least, left.length);
    const next = applyEdits(text, edits);
    rounds.push(rules);
    const circle = seen.get(next.text) ?? (patience === 0 ? rounds.length - 1 : undefined);
    if (circle !== undefined) {
      for (const guilty of rounds.slice(circle)) for (const rule of guilty) barred.add(rule);
      return undefined;
    }
    seen.set(next.text, rounds.length);
    text = next.text;
    applied += next.applied;
    findings = lint(text);
  }
}

/** Fixes that do not touch each other, in the order of the document, each as a whole or not at all. */
function apart(findings: readonly Finding[]): { edits: readonly Edit[]; rules: ReadonlySet<string> } {
  const fixes = findings.flatMap(({ rule, fix }) => {
    if (fix === undefined || fix.edits.length === 0) return [];
    const edits = fix.edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
    return [{ rule, edits, start: (edits[0] as Edit).start }];
  });
  fixes.sort((a, b) => a.start - b.start);
  const taken: Edit[] = [];
  const rules = new Set<string>();
  for (const { rule, edits } of fixes) {
    if (!edits.every((edit) => isFree(taken, edit))) continue;
    rules.add(rule);
    for (const edit of edits) taken.splice(placeOf(taken, edit.start), 0, edit);
  }
  return { edits: taken, rules };
}

/** Whether an edit touches none of those taken, which are sorted and apart. */
function isFree(taken: readonly Edit[], { start, end }: Edit): boolean {
  const at = placeOf(taken, start);
  const before = taken[at - 1];
  const after = taken[at];
  return (before === undefined || before.end < start) && (after === undefined || end < after.start);
}

/** How many of the edits begin at or before an offset. */
function placeOf(taken: readonly Edit[], start: number): number {
  let low = 0;
  let high = taken.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((taken[middle] as Edit).start <= start) low = middle + 1;
    else high = middle;
  }
  return low;
}
