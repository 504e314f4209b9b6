import { sha256 } from '../base/sha256.ts';
import { canonicalText } from '../base/text.ts';
import type { Box } from './model.ts';
import { boxesOf, outlineOf, type Outline } from './outline.ts';
import { Source } from './source.ts';

/**
 * The hash that an approval of this document is bound to: its canonical text with every box open, without its `## Log`
 * and without the status line of its front matter. What happens while a plan is carried out changes none of these.
 */
export function planHash(source: string): string {
  return outlineHash(outlineOf(new Source(source)));
}

/** {@link planHash} of a document that is already cut into blocks. */
export function outlineHash(outline: Outline): string {
  const { source, frontMatter, logs, blocks } = outline;
  const gone = [...frontMatter.status, ...logs];
  const cuts: { start: number; end: number; by: string }[] = gone.map(({ start, end }) => ({ start, end, by: '' }));
  for (const { ticked, mark } of boxesOf(outline, 0, blocks.length)) {
    if (ticked) cuts.push({ start: mark.start, end: mark.end, by: ' ' });
  }
  cuts.sort((a, b) => a.start - b.start);
  const kept: string[] = [];
  let at = 0;
  for (const cut of cuts) {
    if (cut.start < at) continue;
    kept.push(source.text.slice(at, cut.start), cut.by);
    at = cut.end;
  }
  kept.push(source.text.slice(at));
  // A log is appended behind blank lines that were not there when the plan was approved.
  return sha256(canonicalText(kept.join('').trimEnd()));
}

/** Ticks boxes: the source with exactly these marks changed to `x`, byte-identical everywhere else. */
export function tick(source: string, boxes: readonly Box[]): string {
  const marks = boxes.map(({ mark }) => mark.start).sort((a, b) => a - b);
  const kept: string[] = [];
  let at = 0;
  for (const mark of marks) {
    // Boxes come from a parse of this very text; one of another text must not overwrite whatever stands there now.
    if (mark < at || !/^\[[ xX]\]$/.test(source.slice(mark - 1, mark + 2))) continue;
    kept.push(source.slice(at, mark), source[mark] === ' ' ? 'x' : (source[mark] as string));
    at = mark + 1;
  }
  kept.push(source.slice(at));
  return kept.join('');
}
