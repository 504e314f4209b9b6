import { blockFrom, type Outline } from '../../markdown/outline.ts';
import type { Section } from '../../markdown/sections.ts';
import { type Labelled, labelledIn, type Labels, type Stretch, stretchesIn } from './labelled.ts';
import { mentionsIn, ordersIn, setsIn, type Titles } from './mentions.ts';
import type { Orchestration, StatedOrder } from './model.ts';

const LABELS: Labels<'sequential' | 'parallel' | 'note'> = [
  [
    'sequential',
    /^(?:strictly |must be )?(?:sequential(?:ly)?|sequence|serial|order|execution order|ordering|blockers|blocking|critical path)(?: (?:phases|dependencies|order|constraints|blockers|work))?$/i,
  ],
  [
    'parallel',
    /^(?:can (?:be|run) )?(?:in )?(?:parallel|parallel?i[sz]able|concurrent|independent)(?: (?:phases|work ?streams|tracks|work|groups?|execution))?$/i,
  ],
  ['note', /^notes?$/i],
];

/** How many pairs of phases one section may put in order. */
const MAX_PAIRS = 100_000;
/** How much text of one section is read. */
const MAX_TEXT = 60_000;

/** Reads `## Dependencies & parallelization`: lines behind labels, and lines that say themselves who comes before whom. */
export function readOrchestration(
  outline: Outline,
  section: Section,
  all: readonly number[],
  titles: Titles,
): Orchestration {
  const { source } = outline;
  const to = blockFrom(outline, Math.min(section.end, section.heading.end + MAX_TEXT));
  const blocks = outline.blocks.slice(section.from, to);
  const labelled = labelledIn(source, blocks, LABELS);
  const sequential: StatedOrder[] = [];
  const parallel: { numbers: readonly number[]; span: StatedOrder['span'] }[] = [];
  const notes: (readonly number[])[] = [];
  const taken = new Set<number>();
  let pairs = 0;
  const order = (before: readonly number[], after: readonly number[], start: number, end: number): void => {
    pairs += before.length * after.length;
    if (pairs <= MAX_PAIRS) sequential.push({ before, after, span: source.span(start, end) });
  };
  const sequence = ({ text, start }: Stretch): boolean => {
    const orders = ordersIn(text, all, titles);
    for (const one of orders) order(one.before, one.after, start + one.start, start + one.end);
    return orders.length > 0;
  };
  for (const label of labelled) {
    for (const { start } of label.stretches) taken.add(start);
    if (label.name === 'sequential') {
      const said = label.stretches.map(sequence);
      if (!said.includes(true)) chain(label, titles, order);
    } else if (label.name === 'parallel') {
      for (const { text, start } of label.stretches) {
        for (const numbers of setsIn(text, all, titles)) {
          parallel.push({ numbers: [...new Set(numbers)], span: source.span(start, start + text.trimEnd().length) });
        }
        // "…, then Phase 4" and "Phase 4 after both" are said in either line.
        if (/→|->|=>|\bthen\b|\bafter\b|\bdepends? on\b|\bbefore\b/i.test(text))
          sequence({ text, start, ordered: false });
      }
    } else notes.push(label.stretches.flatMap(({ text }) => numbersIn(text, titles)));
  }
  const loose = stretchesIn(source, blocks).filter(
    ({ text, start }) =>
      !taken.has(start) && !labelled.some((label) => label.start >= start && label.start < start + text.length),
  );
  for (const stretch of loose) {
    if (/\bparallel|\bconcurrently|\bindependent/i.test(stretch.text)) {
      for (const numbers of setsIn(stretch.text, all, titles)) {
        if (numbers.length > 1)
          parallel.push({ numbers, span: source.span(stretch.start, stretch.start + stretch.text.length) });
      }
    } else sequence(stretch);
  }
  const text = source.shadow.slice(section.heading.end, Math.min(section.end, section.heading.end + MAX_TEXT));
  const everyone = labelled.some(({ stretches }) => stretches.some((one) => namesAll(one.text)));
  return {
    section,
    sequential,
    parallel,
    notes,
    named: new Set(everyone ? all : mentionedIn(text, sequential, parallel, titles)),
  };
}

function namesAll(text: string): boolean {
  return /\b(?:all|every|each)\s+(?:the\s+)?(?:others?|other|remaining|modules?|phases?)\b|\beverything else\b|\bthe (?:rest|others)\b/i.test(
    text,
  );
}

function mentionedIn(
  text: string,
  sequential: readonly StatedOrder[],
  parallel: Orchestration['parallel'],
  titles: Titles,
): readonly number[] {
  return [
    ...numbersIn(text, titles),
    ...sequential.flatMap(({ before, after }) => [...before, ...after]),
    ...parallel.flatMap(({ numbers }) => numbers),
  ];
}

function numbersIn(text: string, titles: Titles): readonly number[] {
  return mentionsIn(text, titles).flatMap(({ numbers }) => (numbers === 'others' ? [] : numbers));
}

/** `Sequential: Phases 1, 2 and 3, in this order`, or a numbered list of phases: each waits for the one before it. */
function chain(
  { stretches }: Labelled,
  titles: Titles,
  order: (before: readonly number[], after: readonly number[], start: number, end: number) => void,
): void {
  const steps = stretches.flatMap(({ text, start, ordered }) => {
    if (/\b(?:not|no|none|never)\b/i.test(text)) return [];
    const numbers = numbersIn(text, titles);
    const end = start + text.trimEnd().length;
    if (ordered) return numbers.length > 0 ? [{ numbers, start, end }] : [];
    // Without a word of order, a list names only who is concerned.
    if (
      !/\border\b|\bsequen|\bone (?:after|by)|\bserial/i.test(text) &&
      !/^(?:phases?|modules?|and|in|[\s\d,.#&()*_-])*$/i.test(text.slice(0, 400))
    )
      return [];
    return numbers.map((number) => ({ numbers: [number], start, end }));
  });
  steps.forEach((step, i) => {
    const before = steps[i - 1];
    if (before !== undefined) order(before.numbers, step.numbers, step.start, step.end);
  });
}
