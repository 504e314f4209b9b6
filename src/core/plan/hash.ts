import { sha256 } from '../base/sha256.ts';
import { canonicalText } from '../base/text.ts';
import { annotationsIn } from './annotations.ts';
import type { Box } from './model.ts';
import { marksOf } from './markdown/marks.ts';
import { boxesOf, outlineOf, type Outline } from './markdown/outline.ts';
import { Source } from './markdown/source.ts';

/**
 * The hash that an approval of this document is bound to: its canonical text with every box open, without its `## Log`
 * without its status lines and without what a heading says of being done (`— ✅ …`). What happens while a plan is carried out changes none of these.
 */
export function planHash(source: string): string {
  return outlineHash(outlineOf(new Source(source)));
}

const STATUS: ReadonlySet<string> = new Set(['status']);

/** {@link planHash} of a document that is already cut into blocks. */
export function outlineHash(outline: Outline): string {
  const { source, frontMatter, logs, blocks } = outline;
  const gone = [...frontMatter.status, ...logs];
  const cuts: { start: number; end: number; by: string }[] = gone.map(({ start, end }) => ({ start, end, by: '' }));
  for (const { ticked, mark } of boxesOf(outline, 0, blocks.length)) {
    if (ticked) cuts.push({ start: mark.start, end: mark.end, by: ' ' });
  }
  // Marks are boxes in another dress.
  for (const { start, end } of marksOf(outline)) cuts.push({ start, end, by: '⬜' });
  const lead = outline.headings.find((heading) => heading.level > 1)?.block ?? blocks.length;
  for (const { label, start, value } of annotationsIn(outline, 0, lead, STATUS)) {
    if (label === 'status') cuts.push({ start, end: start + value.length, by: '' });
  }
  for (const heading of outline.headings) {
    const done = /[ \t]+[—–-][ \t]+✅[^\n]*$/.exec(source.shadow.slice(heading.start, heading.end));
    if (done !== null) cuts.push({ start: heading.start + done.index, end: heading.end, by: '' });
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
