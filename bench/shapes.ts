import { lintDraft } from '../src/core/plan/lint.ts';
import { PLAN_KINDS, type PlanKind } from '../src/core/plan/model.ts';
import { readDraft } from '../src/core/plan/parse.ts';
import { smallDocument } from './lib/documents.ts';
import { processorTime } from './lib/measure.ts';
import { options, print, type Row } from './lib/report.ts';
import { SHAPES } from './lib/shapes.ts';

/*
 * Hostile shapes: documents of which nearly all is one thing (a heading again and again, a line of 100 kB, a table of
 * thousands of rows …), by themselves, behind a small plan and inside it, read and linted as every kind. Twice the size
 * must not take much more than twice as long. `--shape "pr rows"` and `--kind macro` look at one.
 */

const { json, bytes, kind: onlyKind, shape: onlyShape } = options({ bytes: 100_000 }, ['kind', 'shape']);
/** Growth for twice the size beyond which something is done for each and each again. */
const MOST = 3;
/** Shorter times than this say nothing. */
const LEAST = 40;

function take(text: string, kind: PlanKind): number {
  return processorTime(() => {
    const read = readDraft(text, kind);
    if (read.ok) lintDraft(read.value.draft, read.value.compiled, { most: Infinity });
  });
}

let tried = 0;
let slowest = 0;
const rows: Row[] = [];
for (const kind of PLAN_KINDS) {
  if (onlyKind !== '' && kind !== onlyKind) continue;
  const small = smallDocument(kind, 3, 5);
  for (const [shape, make] of Object.entries(SHAPES)) {
    if (onlyShape !== '' && shape !== onlyShape) continue;
    const places: Readonly<Record<string, (size: number) => string>> = {
      alone: (size) => `# Title\n\n${make(size)}`,
      behind: (size) => `${small}\n\n${make(size)}`,
      inside: (size) => small.replace(/\n\n/, () => `\n\n${make(size)}\n\n`),
    };
    for (const [place, at] of Object.entries(places)) {
      tried++;
      const twice = take(at(2 * bytes), kind);
      slowest = Math.max(slowest, twice);
      if (twice < LEAST || twice < MOST * take(at(bytes), kind)) continue;
      // Once more, and twice each: a collection of garbage may have come in between.
      const one = Math.min(take(at(bytes), kind), take(at(bytes), kind));
      const two = Math.min(take(at(2 * bytes), kind), take(at(2 * bytes), kind));
      if (two >= LEAST && two > MOST * one)
        rows.push({ kind, shape, place, ms: one, 'twice ms': two, growth: two / one });
    }
  }
}
print(
  {
    name: `hostile shapes of ${bytes / 1000} and ${(2 * bytes) / 1000} kB`,
    rows,
    goals: [{ what: `shapes that grow by more than ${MOST}x`, value: rows.length, atMost: 0 }],
    notes: [`${tried} tried; the slowest took ${slowest.toFixed(0)} ms`],
  },
  json,
);
