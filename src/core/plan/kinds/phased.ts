import type { Finding } from '../../base/finding.ts';
import { readVerification } from '../commands.ts';
import { contextOf } from '../context.ts';
import type { Draft, DraftUnit } from '../draft.ts';
import type { DraftStep } from '../draft-parts.ts';
import { readFilesSection } from '../files.ts';
import { boxesOf, type Heading, type Outline, sectionOf } from '../markdown/outline.ts';
import { readGlobal, titleOf } from './task.ts';
import { append } from '../append.ts';
import { everySection, type Section, sectionNamed } from '../markdown/sections.ts';
import { newDraft, type Reading } from '../read.ts';
import { looseSteps, readLoose } from './phased/loose.ts';

/** A heading that opens a phase. */
export interface PhaseHeading {
  readonly heading: Heading;
  readonly number: number;
  readonly total: number | undefined;
  readonly title: string;
}

const PHASE = /^phase\s+#?(\d{1,6})(?:\s+(?:of|\/)\s+(\d{1,6})|\/(\d{1,6}))?\s*(?:(?:[:—–-]|\.(?!\d))\s*|$)(.*)$/i;

/** The phase that a heading opens: `Phase 2 of 3: Title`, or the older `Phase 2: Title`. */
export function phaseHeading(heading: Heading): PhaseHeading | undefined {
  const match = heading.level > 3 ? null : PHASE.exec(heading.title.slice(0, 2000));
  if (match === null) return undefined;
  const total = match[2] ?? match[3];
  const number = Number(match[1]);
  return {
    heading,
    number,
    total: total === undefined ? undefined : Number(total),
    title: (match[4] as string).trim() || `Phase ${number}`,
  };
}

/** Reads a document as a plan of kind `phased`: every phase one task that needs the phase before it. */
export function readPhasedPlan(reading: Reading): Draft<'phased'> {
  const { outline, sections } = reading;
  const phases = outline.headings.flatMap((heading) => phaseHeading(heading) ?? []);
  const remarks: Finding[] = [];
  const title = titleOf(outline);
  const loose = phases.length === 0 ? looseSteps(outline) : undefined;
  const units =
    loose === undefined
      ? phases.map((phase, i) => readPhase(outline, phase, phases[i + 1]?.heading, remarks))
      : [readLoose(outline, loose, title, remarks)];
  const { verify, boxes } = readGlobal(outline, units, remarks);
  return newDraft(
    'phased',
    reading,
    {
      units,
      order: 'chain',
      title,
      context: contextOf(outline, phases[0]?.heading ?? loose, remarks),
      verify,
      boxes,
      remarks,
    },
    {
      loose,
      context: sectionNamed(
        sections,
        /^(?:context|background|overview|goal|summary)(?: and (?:goals?|motivation|context))?$/,
      ),
      verification: verificationOf(sections, units),
    },
  );
}

/** The `## Verification` of the whole plan: the last one outside every phase. */
function verificationOf(sections: readonly Section[], units: readonly DraftUnit[]): Section | undefined {
  let found: Section | undefined;
  let next = 0;
  for (const section of everySection(sections)) {
    while (next < units.length && (units[next] as DraftUnit).end <= section.heading.start) next++;
    const inside = next < units.length && (units[next] as DraftUnit).start <= section.heading.start;
    if (!inside && section.heading.level <= 2 && /^(?:(?:global|final|overall) )?verification$/.test(section.key))
      found = section;
  }
  return found;
}

/** Reads one phase: its steps, its files, its verification. */
export function readPhase(
  outline: Outline,
  phase: PhaseHeading,
  next: Heading | undefined,
  remarks: Finding[],
): DraftUnit {
  const { heading } = phase;
  const { source } = outline;
  const section = sectionOf(outline, heading, next?.start ?? source.text.length);
  const inside: Heading[] = [];
  for (let i = heading.index + 1; i < outline.headings.length; i++) {
    const one = outline.headings[i] as Heading;
    if (one.start >= section.end) break;
    inside.push(one);
  }
  const files = part(outline, inside, section.end, /^files(?: to (?:change|modify|touch))?$/i);
  const checks = part(outline, inside, section.end, /^verification$|^verify$/i);
  const readFiles = readFilesSection(source, files ?? []);
  const readChecks = readVerification(source, checks ?? []);
  append(remarks, readFiles.remarks);
  append(remarks, readChecks.remarks);
  return {
    id: `P${phase.number}`,
    unit: `phase:${phase.number}`,
    title: phase.title,
    heading,
    start: heading.start,
    end: section.end,
    wave: undefined,
    needs: [],
    group: undefined,
    paths: readFiles.paths,
    verify: readChecks.commands,
    criteria: readChecks.criteria,
    nonCommitting: readFiles.none,
    agent: undefined,
    estimate: undefined,
    boxes: [...(heading.box === undefined ? [] : [heading.box]), ...boxesOf(outline, section.from, section.to)],
    phase: {
      number: phase.number,
      total: phase.total,
      steps: inside.flatMap((one) => step(outline, one) ?? []),
      hasFiles: (files?.length ?? 0) > 0,
      hasVerification: (checks?.length ?? 0) > 0,
    },
  };
}

// The blocks below the phase's heading of this name; sections of one name are read as one.
function part(outline: Outline, inside: readonly Heading[], limit: number, name: RegExp) {
  const found = inside.filter((heading) => name.test(heading.title.replace(/:$/, '')));
  if (found.length === 0) return undefined;
  return found.flatMap((heading) => {
    const { from, to } = sectionOf(outline, heading, limit);
    return outline.blocks.slice(from, to);
  });
}

/** Parts of a phase that someone gave a box. */
const PARTS = /^(?:files|verification|verify|notes?):?$/i;

function step(outline: Outline, heading: Heading): DraftStep | undefined {
  const match = /^(?:step\s+)?(\d{1,6})[.):]\s*(.*)$/i.exec(heading.title.slice(0, 2000));
  if (match === null && (heading.box === undefined || PARTS.test(heading.title))) return undefined;
  return {
    number: match === null ? undefined : Number(match[1]),
    title: match?.[2] ?? heading.title,
    box: heading.box,
    span: outline.source.span(heading.start, heading.end),
  };
}
