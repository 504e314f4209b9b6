import type { Finding } from '../../../base/finding.ts';
import { type Annotation, annotationsAmong } from '../../annotations.ts';
import type { DraftGate, DraftUnit } from '../../draft.ts';
import type { IdGrammar } from '../../id-grammar.ts';
import type { Block } from '../../markdown/blocks.ts';
import { plainText } from '../../markdown/inline.ts';
import { blockFrom, boxesOf, type Heading, type Outline, sectionOf } from '../../markdown/outline.ts';
import { statusOfWords } from '../../read.ts';
import { LABELS, minutesOf, readFields, restOf, sentencesOf } from './fields.ts';
import type { ReadUnits } from './found.ts';
import type { SpecPhase, SpecTask } from './model.ts';
import { phaseOf } from './phases.ts';

const GROUP = /^task\s+group\s+#?(\d{1,6})(?![\d.]*\s*[-–—]\s*\d)\s*(?:[:.)—–-]+\s*|$)(.*)$/i;

/** The task group that a heading opens: `Task Group 3: Title`. */
export function groupHeading(
  heading: Heading,
): { readonly heading: Heading; readonly number: number; readonly title: string } | undefined {
  const match = GROUP.exec(heading.title.slice(0, 2000));
  if (match === null) return undefined;
  const number = Number(match[1]);
  return { heading, number, title: (match[2] as string).trim() || `Task group ${number}` };
}

/** How task groups are named: `Task Group 3`, `Groups 1-4`, `G3`, `3`. */
export const GROUP_IDS: IdGrammar = {
  pattern: String.raw`(?:(?:task\s+)?groups?\s*#?\d{1,6}|tasks?\s*#?\d{1,6}|#?g?\d{1,6})`,
  normalise(text) {
    const number = /^(?:(?:task\s+)?groups?\s*|tasks?\s*|g)?#?g?(\d{1,6})$/i.exec(text.trim())?.[1];
    return number === undefined ? undefined : `G${Number(number)}`;
  },
};

/** A plan of task groups as read: its units, and the check lists that close its phases. */
export interface ReadGroups extends ReadUnits {
  readonly first: Heading | undefined;
  readonly gates: readonly DraftGate[];
}

/** Reads the task groups of a document; each is one unit, its boxes what is to be done. */
export function readGroups(outline: Outline, remarks: Finding[]): ReadGroups | undefined {
  const heads = outline.headings.flatMap((heading) => groupHeading(heading) ?? []);
  if (heads.length === 0) return undefined;
  const phases: SpecPhase[] = [];
  const above = phasesAbove(outline, heads, phases);
  const closing: { phase: number | undefined; annotation: Annotation }[] = [];
  const read = heads.map((head, i) => {
    const next = heads[i + 1]?.heading.start ?? outline.source.text.length;
    return readGroup(outline, head, next, above[i] as Above, phases, remarks, closing);
  });
  const units = read.map(({ unit }) => unit);
  const tasks = read.map(({ task }) => task);
  return {
    units,
    tasks,
    phases,
    section: undefined,
    first: heads[0]?.heading,
    gates: closing.flatMap(({ phase, annotation }) => gateOf(outline, phase, annotation, tasks, phases) ?? []),
  };
}

interface Above {
  readonly phase: number | undefined;
  /** Title of the closest heading above, be it a phase or not: `Database Layer`. */
  readonly title: string | undefined;
}

function phasesAbove(
  outline: Outline,
  heads: readonly { readonly heading: Heading }[],
  phases: SpecPhase[],
): readonly Above[] {
  const open: { heading: Heading; phase: number | undefined }[] = [];
  const found: Above[] = [];
  // A heading of a phase may stand on the level of its groups.
  let beside: { heading: Heading; phase: number } | undefined;
  for (const heading of outline.headings) {
    if (beside !== undefined && heading.level < beside.heading.level) beside = undefined;
    while (open.length > 0 && (open.at(-1) as { heading: Heading }).heading.level >= heading.level) open.pop();
    if (heads[found.length]?.heading === heading) {
      const title = open.findLast((one) => one.heading.level > 1)?.heading.title;
      const phase = open.findLast((one) => one.phase !== undefined)?.phase;
      found.push({
        phase: phase ?? (beside?.heading.level === heading.level ? beside.phase : undefined),
        title,
      });
    }
    const phase = phaseOf(outline, heading);
    const at = phase === undefined ? undefined : phases.push(phase) - 1;
    if (at !== undefined) beside = { heading, phase: at };
    open.push({ heading, phase: at });
  }
  return found;
}

/** A key line that closes a phase, not the group that it happens to stand in. */
const CLOSING =
  /^(?:phase|stage|milestone)\b.*\b(?:checklist|complete|completion|criteria|checkpoint|gate)$|^(?:completion|exit) (?:checklist|criteria)$/;

function readGroup(
  outline: Outline,
  { heading, number, title }: { readonly heading: Heading; readonly number: number; readonly title: string },
  next: number,
  above: Above,
  phases: readonly SpecPhase[],
  remarks: Finding[],
  closing: { phase: number | undefined; annotation: Annotation }[],
): { readonly unit: DraftUnit; readonly task: SpecTask } {
  const { source } = outline;
  const section = sectionOf(outline, heading, next);
  const all = outline.blocks.slice(section.from, section.to);
  const end = closingAt(outline, all, section.from, above.phase, closing) ?? section.end;
  const to = end === section.end ? section.to : blockFrom(outline, end);
  const blocks = outline.blocks.slice(section.from, to);
  const values = readFields(outline, blocks, remarks);
  const phase = above.phase === undefined ? undefined : phases[above.phase];
  const own = annotationsAmong(outline, blocks, LABELS);
  const status = own.find(({ label }) => label === 'status');
  return {
    unit: {
      id: `G${number}`,
      unit: `group:${number}`,
      title,
      heading,
      start: heading.start,
      end,
      wave: phase?.number === undefined ? above.title : `Phase ${phase.number}: ${phase.title}`,
      needs: values.needs,
      group: undefined,
      paths: values.paths,
      verify: values.verify,
      criteria: values.criteria,
      nonCommitting: values.nonCommitting,
      agent: values.agent,
      estimate: minutesOf(values.estimate),
      boxes: [...(heading.box === undefined ? [] : [heading.box]), ...boxesOf(outline, section.from, to)],
      phase: undefined,
      ...restOf(values),
    },
    task: {
      number: String(number),
      numberSpan: source.span(heading.start, heading.end),
      phase: above.phase,
      fields: values.fields,
      text: '',
      estimate: values.estimate,
      status:
        status === undefined || status.value.trim() === ''
          ? undefined
          : {
              value: statusOfWords(status.value),
              text: plainText(status.value),
              span: source.span(status.start, status.start + status.value.length),
            },
      priority: values.fields.find(({ label }) => label === 'priority')?.text,
      waveSpan: undefined,
      orderWave: undefined,
      room: roomOf(values.fields.at(0) === undefined ? undefined : own, heading),
    },
  };
}

/** Behind the key lines at the top of a group. */
function roomOf(own: readonly Annotation[] | undefined, heading: Heading): SpecTask['room'] {
  const lines = own?.filter(({ following, section }) => following.length === 0 && !section) ?? [];
  const last = lines.at(-1);
  if (last === undefined) return { at: heading.end, prefix: '\n', bold: true };
  return { at: last.start + last.value.length, prefix: '', bold: true };
}

/** Where the check list begins that closes a phase, if one stands in the section of its last group. */
function closingAt(
  outline: Outline,
  blocks: readonly Block[],
  _from: number,
  phase: number | undefined,
  closing: { phase: number | undefined; annotation: Annotation }[],
): number | undefined {
  for (const [i, block] of blocks.entries()) {
    if (block.kind !== 'paragraph') continue;
    const head = outline.source.shadow.slice(block.start, block.start + 200);
    const label = /^\s*(?:\*\*|__)([^*_\n]{3,120}?):?(?:\*\*|__):?/.exec(head)?.[1];
    if (label === undefined || !CLOSING.test(label.toLowerCase().trim())) continue;
    const following = blocks.slice(i + 1).filter(({ kind }) => kind === 'list');
    closing.push({
      phase,
      annotation: {
        key: 'other',
        label,
        at: block.start,
        value: '',
        start: block.end,
        following: following.slice(0, 1),
        section: false,
      },
    });
    return block.start;
  }
  return undefined;
}

function gateOf(
  outline: Outline,
  at: number | undefined,
  { label, at: start, start: end, following }: Annotation,
  tasks: readonly SpecTask[],
  phases: readonly SpecPhase[],
): DraftGate | undefined {
  const phase = at === undefined ? undefined : phases[at];
  if (at === undefined || phase === undefined) return undefined;
  const members = (wanted: number): readonly number[] => tasks.flatMap((task, i) => (task.phase === wanted ? [i] : []));
  const before = members(at + 1);
  return {
    id: `phase-${phase.number ?? at + 1}`,
    kind: 'checkpoint',
    title: label,
    after: members(at),
    before,
    criteria: sentencesOf(outline.source, { value: '', following }),
    onFail: undefined,
    span: outline.source.span(start, end),
  };
}
