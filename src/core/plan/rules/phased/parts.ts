import type { Span } from '../../../base/finding.ts';
import type { Draft, DraftPhase, DraftUnit } from '../../draft.ts';
import type { DraftStep } from '../../draft-parts.ts';
import { blockFrom, type Heading, type Outline, sectionOf } from '../../markdown/outline.ts';
import type { Source } from '../../markdown/source.ts';
import { type TextBlock, textIn } from '../../markdown/text.ts';
import type { PlanKind } from '../../model.ts';

/** A phase that is carried out as written: every phase of a phased plan, and Phase 0 of a master plan. */
export interface WrittenPhase {
  readonly unit: DraftUnit;
  readonly phase: DraftPhase;
  /** What the heading itself is; `undefined` where the steps stand without a phase. */
  readonly heading: Heading | undefined;
}

/** The phases with steps of their own, in document order; a module is a brief and none of them. */
export function writtenPhases(draft: Draft): readonly WrittenPhase[] {
  return draft.units.flatMap((unit) => {
    const { phase, planFirst } = unit;
    if (phase === undefined || planFirst !== undefined) return [];
    return [{ unit, phase, heading: headingAt(draft.outline, unit.start) }];
  });
}

/** The heading that begins at an offset. */
export function headingAt({ headings }: Outline, start: number): Heading | undefined {
  let low = 0;
  let high = headings.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((headings[middle] as Heading).start < start) low = middle + 1;
    else high = middle;
  }
  const found = headings[low];
  return found?.start === start ? found : undefined;
}

/** Whether the units of a phased plan are only its steps, which stand under no phase. */
export function isLoose(draft: Draft): boolean {
  return draft.kind === 'phased' && (draft as Draft<'phased'>).detail.loose !== undefined;
}

/** The line ends of a document, for text that is put into it. */
export function lineEndOf(source: Source): string {
  return source.hasCrlf ? '\r\n' : '\n';
}

/** The span of what opens a unit. */
export function headOf(draft: Draft, unit: DraftUnit): Span {
  return draft.outline.source.span(unit.heading.start, unit.heading.end);
}

/** Offset behind the last visible character before `end`. */
export function contentEnd(source: Source, start: number, end: number): number {
  let text = source.shadow.slice(start, end).trimEnd();
  // A rule at the end parts this section from the next one.
  for (let rule = /\n[ \t]{0,3}(?:-{3,20}|\*{3,20})$/.exec(text.slice(-24)); rule !== null;) {
    text = text.slice(0, -rule[0].length).trimEnd();
    rule = /\n[ \t]{0,3}(?:-{3,20}|\*{3,20})$/.exec(text.slice(-24));
  }
  return start + text.length;
}

/** The heading inside a unit whose title matches, with the end of its section. */
export function partOf(
  outline: Outline,
  unit: DraftUnit,
  title: RegExp,
): { readonly heading: Heading; readonly end: number } | undefined {
  const own = headingAt(outline, unit.start);
  if (own === undefined) return undefined;
  for (let i = own.index + 1; i < outline.headings.length; i++) {
    const heading = outline.headings[i] as Heading;
    if (heading.start >= unit.end) return undefined;
    if (title.test(heading.title)) return { heading, end: sectionOf(outline, heading, unit.end).end };
  }
  return undefined;
}

export const FILES = /^files(?: to (?:change|modify|touch))?:?$/i;
export const VERIFICATION = /^(?:verification|verify):?$/i;

/** A step with the text below it. */
export interface WrittenStep {
  readonly step: DraftStep;
  readonly unit: DraftUnit;
  /** Where its body begins and ends. */
  readonly start: number;
  readonly end: number;
  readonly text: readonly TextBlock[];
  /** Top-level blocks of the body: from, to. */
  readonly from: number;
  readonly to: number;
}

/** Every step that is a heading, with its body: up to the next heading of its level or above. */
export function writtenSteps(draft: Draft): readonly WrittenStep[] {
  const { outline } = draft;
  return writtenPhases(draft).flatMap(({ unit, phase }) =>
    phase.steps.flatMap((step): WrittenStep[] => {
      const heading = headingAt(outline, step.span.start);
      if (heading === undefined) return [];
      const { from, to, end } = sectionOf(outline, heading, unit.end);
      return [{ step, unit, start: heading.end, end, text: [...textIn(outline, from, to)], from, to }];
    }),
  );
}

/** Blocks of a unit: from, to. */
export function blocksOf(outline: Outline, unit: DraftUnit): { readonly from: number; readonly to: number } {
  return { from: blockFrom(outline, unit.start), to: blockFrom(outline, unit.end) };
}

/** Kinds whose phases, or whose Phase 0, are carried out as written. */
export const PHASES_OF: readonly (PlanKind & ('phased' | 'master'))[] = ['phased', 'master'];
