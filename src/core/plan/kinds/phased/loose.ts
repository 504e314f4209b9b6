import type { Finding } from '../../../base/finding.ts';
import { append } from '../../append.ts';
import { readVerification } from '../../commands.ts';
import type { DraftUnit } from '../../draft.ts';
import type { DraftStep } from '../../draft-parts.ts';
import { readFilesSection } from '../../files.ts';
import type { Block } from '../../markdown/blocks.ts';
import { plainText } from '../../markdown/inline.ts';
import { blockFrom, boxAt, boxesOf, type Heading, itemStart, type Outline, sectionOf } from '../../markdown/outline.ts';

const STEPS = /^(?:implementation )?steps:?$/i;
const STEP = /^(?:step\s+)?(\d{1,6})[.):]\s*(.*)$/i;

/** The heading under which the steps of a plan without phases stand: `## Steps`, or the first step itself. */
export function looseSteps(outline: Outline): Heading | undefined {
  return (
    outline.headings.find(({ title, level }) => level > 1 && STEPS.test(title)) ??
    outline.headings.find(({ title, box }) => box !== undefined && STEP.test(title.slice(0, 200)))
  );
}

/** Reads such a plan as one phase: its steps, and the files and checks that the document lists for the whole. */
export function readLoose(outline: Outline, heading: Heading, title: string, remarks: Finding[]): DraftUnit {
  const { source, headings } = outline;
  let { end } = sectionOf(outline, heading, source.text.length);
  const steps: DraftStep[] = STEP.test(heading.title.slice(0, 200)) ? [stepOf(outline, heading)] : [];
  // Steps may stand as high as the heading above them, and the files of the whole belong to the phase.
  for (const one of headings.slice(heading.index + 1)) {
    const isStep = STEP.test(one.title.slice(0, 200));
    const isFiles = FILES.test(one.title);
    if (one.start >= end) {
      if (one.start > end || one.log || !(isStep || isFiles)) break;
      end = sectionOf(outline, one, source.text.length).end;
    }
    if (isStep) steps.push(stepOf(outline, one));
  }
  const to = blockFrom(outline, end);
  const blocks = outline.blocks.slice(heading.block + 1, to);
  if (steps.length === 0) append(steps, listed(outline, blocks));
  const files = bodyOf(outline, FILES);
  const checks = bodyOf(outline, /^(?:(?:global|final|overall) )?verification$|^verify$/i);
  const readFiles = readFilesSection(source, files ?? []);
  append(remarks, readFiles.remarks);
  const readChecks = readVerification(source, checks ?? []);
  return {
    id: 'P1',
    unit: 'phase:1',
    title: title || 'Phase 1',
    heading,
    start: heading.start,
    end,
    wave: undefined,
    needs: [],
    group: undefined,
    paths: readFiles.paths,
    verify: readChecks.commands,
    criteria: readChecks.criteria,
    nonCommitting: readFiles.none,
    agent: undefined,
    estimate: undefined,
    boxes: [...(heading.box === undefined ? [] : [heading.box]), ...boxesOf(outline, heading.block + 1, to)],
    phase: {
      number: 1,
      total: undefined,
      steps,
      hasFiles: (files?.length ?? 0) > 0,
      hasVerification: (checks?.length ?? 0) > 0,
    },
  };
}

const FILES = /^files(?: to (?:change|modify|touch|create))?:?$/i;

function stepOf({ source }: Outline, heading: Heading): DraftStep {
  const match = STEP.exec(heading.title.slice(0, 2000));
  return {
    number: match === null ? undefined : Number(match[1]),
    title: match?.[2] ?? heading.title,
    box: heading.box,
    span: source.span(heading.start, heading.end),
  };
}

/** `## Implementation Steps` with a list: each of its outermost items is a step. */
function listed({ source }: Outline, blocks: readonly Block[]): readonly DraftStep[] {
  return blocks.flatMap((block) => {
    if (block.kind !== 'list') return [];
    return block.children.map((item) => {
      const from = itemStart(source, item);
      const box = boxAt(source, from);
      const end = Math.min(source.lineEnd(from), item.end);
      const number = /^(\d{1,6})[.)]/.exec(source.shadow.slice(item.start, item.start + 8))?.[1];
      return {
        number: number === undefined ? undefined : Number(number),
        title: plainText(source.shadow.slice(box === undefined ? from : from + 3, end).slice(0, 2000)),
        box,
        span: source.span(item.start, Math.max(item.start, end)),
      };
    });
  });
}

function bodyOf(outline: Outline, name: RegExp): readonly Block[] | undefined {
  const heading = outline.headings.find((one) => one.level > 1 && name.test(one.title));
  if (heading === undefined) return undefined;
  const { from, to } = sectionOf(outline, heading, outline.source.text.length);
  return outline.blocks.slice(from, to);
}
