import type { Finding } from '../../../base/finding.ts';
import type { DraftUnit } from '../../draft.ts';
import type { Block } from '../../markdown/blocks.ts';
import { plainText, withoutComments } from '../../markdown/inline.ts';
import { boxAt, boxesOf, type Heading, itemStart, type Outline } from '../../markdown/outline.ts';
import { everySection, type Section } from '../../markdown/sections.ts';
import type { Source } from '../../markdown/source.ts';
import { taskId } from '../../needs.ts';
import { taskHeading } from '../task.ts';
import { append } from '../../append.ts';
import { effortOf } from './effort.ts';
import { minutesOf, readFields, restOf, type Values } from './fields.ts';
import type { Found, ReadUnits } from './found.ts';
import type { Field, Room, SpecPhase, SpecTask } from './model.ts';
import { looseList } from './loose-lists.ts';
import { phaseOf } from './phases.ts';
import { hasFields } from './signs.ts';
import { tableTasks } from './task-table.ts';

const TASKS =
  /^(?:(?:implementation|project|work|development|ordered) )?(?:tasks?|task list|tasks list|task breakdown|tasks breakdown|breakdown|work breakdown|steps|phases)$|^(?:implementation|task|migration|rollout|refactoring|execution|fix) (?:plan|phases|tasks|steps|order)$|^tasks and (?:phases|milestones|estimates)$/;

/** Sections among the tasks that hold none, whatever lists they have. */
const NO_TASKS =
  /^(?:notes?|overview|summary|goals?|objectives?|dependenc(?:y|ies)|dependency graph|order|execution order|parallel\S*|risks?|checkpoints?|validation|verification|deliverables?|acceptance|acceptance criteria|success criteria|exit criteria|definition of done|rollback|task qualities|references?)\b/;

/** The tasks of a document, and whether they are more than an order of work. */
export interface ReadTasks extends ReadUnits {
  readonly first: Heading | undefined;
  /** Rows of a table, stages, or items of which none has a field: nobody would miss the fields of a specification. */
  readonly plain: boolean;
}

/** Reads the numbered tasks of a specification, in phases or not. */
export function readSpecification(outline: Outline, sections: readonly Section[], remarks: Finding[]): ReadTasks {
  const named = [...everySection(sections)].filter(({ key, heading }) => TASKS.test(key) && heading.level > 1);
  const phases = [...everySection(sections)].filter(
    ({ heading, parent }) =>
      phaseOf(outline, heading) !== undefined &&
      (parent === undefined || phaseOf(outline, parent.heading) === undefined),
  );
  const stages = stageUnits(outline, phases, remarks);
  if (stages !== undefined) return { ...stages, section: undefined, first: phases[0]?.heading, plain: true };
  const regions: readonly (readonly Section[])[] = [...named.map((one) => [one]), phases, sections];
  for (const [i, region] of regions.entries()) {
    // Outside a section of tasks and outside phases, only a heading that says so is a task.
    const found = findTasks(outline, region, i === regions.length - 1, remarks);
    if (found.tasks.length === 0) continue;
    const section = i < named.length ? region[0] : phases[0];
    const first = section?.heading ?? outline.headings.find((heading) => taskHeading(heading) !== undefined);
    const settled = settle(outline, found.tasks, found.phases);
    const stated = settled.tasks.some(({ fields }) => fields.some(({ role }) => role !== 'other'));
    return { ...settled, section, first, plain: found.table || !stated };
  }
  return { units: [], tasks: [], phases: [], section: named[0], first: named[0]?.heading, plain: false };
}

/** Waves that are units themselves: each with files or a validation of its own, and one at least without tasks. */
function stageUnits(
  outline: Outline,
  phases: readonly Section[],
  remarks: Finding[],
): Omit<ReadUnits, 'section'> | undefined {
  const waves = phases.filter(({ heading }) => /^wave\b/i.test(heading.title));
  if (waves.length < 2 || waves.length < phases.length) return undefined;
  if (!waves.every(({ heading, children }) => children.length === 0 && hasFields(outline, heading))) return undefined;
  const tasks = ({ from, to }: Section): boolean =>
    outline.blocks.slice(from, to).some((block) => isOrdered(outline.source, block));
  if (waves.every(tasks)) return undefined;
  const found: Found[] = [];
  for (const wave of waves) {
    const places: Place[] = [];
    collectPlaces(outline, wave, [], places);
    append(found, headingTasks(outline, places, stageHead, remarks));
  }
  return settle(outline, found, []);
}

const stageHead: HeadOf = (heading) => {
  const match = /^wave\s+#?(\d{1,6})\s*(?:[:.—–-]\s*|$)(.*)$/i.exec(heading.title.slice(0, 2000));
  return match === null ? undefined : { number: match[1] as string, title: (match[2] as string) || heading.title };
};

interface Place {
  readonly block: Block;
  readonly phase: number | undefined;
  /** Set for headings. */
  readonly heading: Heading | undefined;
}

function findTasks(
  outline: Outline,
  region: readonly Section[],
  headingsOnly: boolean,
  remarks: Finding[],
): { tasks: readonly Found[]; phases: readonly SpecPhase[]; table: boolean } {
  const phases: SpecPhase[] = [];
  const places: Place[] = [];
  for (const section of region) collectPlaces(outline, section, phases, places);
  const named = places.some(({ heading }) => heading !== undefined && taskHeading(heading) !== undefined);
  if (named) return { tasks: headingTasks(outline, places, namedHead, remarks), phases, table: false };
  if (headingsOnly) return { tasks: [], phases, table: false };
  const first = places.find(
    ({ heading, block }) =>
      (heading !== undefined && numberedHead(heading) !== undefined) || isOrdered(outline.source, block),
  );
  if (first?.heading !== undefined) {
    return { tasks: headingTasks(outline, places, numberedHead, remarks), phases, table: false };
  }
  if (first !== undefined) return { tasks: listTasks(outline, places, isOrdered, remarks), phases, table: false };
  const bullets = listTasks(
    outline,
    places,
    (source, block) => block.kind === 'list' && holdsTasks(source, block),
    remarks,
  );
  if (bullets.length > 0) return { tasks: bullets, phases, table: false };
  return { tasks: tableTasks(outline, places, remarks), phases, table: true };
}

function collectPlaces(outline: Outline, section: Section, phases: SpecPhase[], places: Place[]): void {
  const { blocks } = outline;
  // The number of the last item of an ordered list.
  let last = 0;
  const visit = (one: Section, above: number | undefined, whole: boolean): void => {
    const phase = phaseOf(outline, one.heading);
    const at = phase === undefined ? above : phases.push(phase) - 1;
    // `#### Notes` below the heading of a task is part of the task.
    if (!whole && phase === undefined && NO_TASKS.test(one.key)) return;
    const opens = namedHead(one.heading) !== undefined || numberedHead(one.heading) !== undefined;
    places.push({ block: blocks[one.heading.block] as Block, phase: at, heading: one.heading });
    for (let i = one.from; i < one.ownTo; i++) {
      const block = blocks[i] as Block;
      for (const part of (last > 0 ? looseList(outline.source, block, last + 1) : undefined) ?? [block]) {
        places.push({ block: part, phase: at, heading: undefined });
        const item = isOrdered(outline.source, part) ? part.children.at(-1) : undefined;
        if (item !== undefined) last = ordinal(outline.source, item) ?? 0;
      }
    }
    for (const child of one.children) visit(child, at, opens || (whole && one !== section));
  };
  visit(section, undefined, true);
}

/** A heading that opens a task: its number and its title. */
type HeadOf = (heading: Heading) => { readonly number: string; readonly title: string } | undefined;

const namedHead: HeadOf = (heading) => {
  const task = taskHeading(heading);
  return task === undefined ? undefined : { number: task.id.replace(/^T(?=\d)/, ''), title: task.title };
};

const numberedHead: HeadOf = (heading) => {
  const match = /^(\d{1,6}(?:\.\d{1,6}){0,3})[.):]?\s+(\S.*)$/.exec(heading.title.slice(0, 2000));
  return match === null || heading.level < 3 ? undefined : { number: match[1] as string, title: match[2] as string };
};

function headingTasks(
  outline: Outline,
  places: readonly Place[],
  headOf: HeadOf,
  remarks: Finding[],
): readonly Found[] {
  const { source } = outline;
  const found: Found[] = [];
  for (let i = 0; i < places.length; i++) {
    const { heading, phase } = places[i] as Place;
    const head = heading === undefined ? undefined : headOf(heading);
    if (heading === undefined || head === undefined) continue;
    const blocks: Block[] = [];
    for (i++; i < places.length; i++) {
      const next = places[i] as Place;
      // A deeper heading is part of the task: `#### Files`.
      if (next.heading !== undefined && (headOf(next.heading) !== undefined || next.heading.level <= heading.level))
        break;
      blocks.push(next.block);
    }
    i--;
    const values = readFields(outline, blocks, remarks);
    const end = blocks.at(-1)?.end ?? heading.end;
    const at = numberAt(source, heading.start, heading.end, head.number);
    found.push({
      number: head.number,
      numberAt: at,
      ...titled(outline, head.title, heading.start, values),
      text: proseOf(source, blocks),
      head: heading,
      start: heading.start,
      end: afterBlank(source, end),
      phase,
      opens: found.length === 0 || found.at(-1)?.phase !== phase,
      values,
      boxes: [...(heading.box === undefined ? [] : [heading.box]), ...boxesAmong(outline, blocks)],
      room: roomBelow(source, values.fields) ?? { at: heading.end, prefix: '\n', bold: true },
    });
  }
  return found;
}

function listTasks(
  outline: Outline,
  places: readonly Place[],
  isList: (source: Source, block: Block) => boolean,
  remarks: Finding[],
): readonly Found[] {
  const { source } = outline;
  const found: Found[] = [];
  for (let i = 0; i < places.length; i++) {
    const { block, phase } = places[i] as Place;
    if (!isList(source, block)) continue;
    const markers = block.children.map((item) => ordinal(source, item));
    // `1. 1. 1.` is how some people write what is shown as 1, 2, 3.
    const lazy = markers.length > 1 && markers.every((marker) => marker === markers[0]);
    const trailing: Block[] = [];
    // Bullets that are indented too little for their item stand behind the list.
    for (; i + 1 < places.length; i++) {
      const next = places[i + 1] as Place;
      if (next.heading !== undefined || isList(source, next.block)) break;
      if (next.block.kind !== 'rule') trailing.push(next.block);
    }
    block.children.forEach((item, n) => {
      const marker = markers[n];
      const number = marker === undefined ? undefined : lazy ? (markers[0] as number) + n : marker;
      const last = n === block.children.length - 1;
      found.push(readItem(outline, item, last ? ownTrailing(source, trailing) : [], number, phase, n === 0, remarks));
    });
  }
  return found;
}

/** Of what stands behind a list, what still belongs to its last item: bullets of fields, not closing remarks. */
function ownTrailing(source: Source, blocks: readonly Block[]): readonly Block[] {
  const first = blocks[0];
  if (
    first?.kind !== 'list' ||
    !/^[-*+]\s+(?:\*\*)?[A-Za-z][\w /]{0,40}:/.test(source.shadow.slice(first.start, first.start + 80))
  )
    return [];
  return [first];
}

function readItem(
  outline: Outline,
  item: Block,
  trailing: readonly Block[],
  marker: number | undefined,
  phase: number | undefined,
  opens: boolean,
  remarks: Finding[],
): Found {
  const { source } = outline;
  const [first, ...rest] = item.children;
  const from = itemStart(source, item);
  const box = boxAt(source, from);
  const textFrom = box === undefined ? from : from + 3;
  const paragraph = first?.kind === 'paragraph' ? first : undefined;
  const textEnd = paragraph?.end ?? textFrom;
  const lineEnd = Math.max(textFrom, Math.min(source.lineEnd(textFrom), textEnd));
  const head = headOfLine(withoutComments(source.shadow.slice(textFrom, lineEnd)));
  const below: Block[] =
    paragraph !== undefined && lineEnd < textEnd
      ? [{ ...paragraph, start: lineEnd + 1, end: textEnd, children: [] }]
      : [];
  const blocks = [...below, ...(paragraph === undefined && first !== undefined ? [first] : []), ...rest, ...trailing];
  const values = readFields(outline, blocks, remarks);
  const number = head.number ?? (marker === undefined ? undefined : String(marker));
  const indent = source.text.slice(source.lineStart(item.start), item.start).replace(/\S/g, ' ');
  const pad = ' '.repeat(Math.max(2, (box === undefined ? from : itemStart(source, item)) - item.start));
  return {
    number,
    numberAt:
      head.number === undefined ? digitsAt(source, item.start) : numberAt(source, textFrom, lineEnd, head.number),
    ...titled(outline, head.title, textFrom, values, head.tail),
    text: head.text,
    head: { start: item.start, end: lineEnd, box },
    start: item.start,
    end: trailing.at(-1)?.end ?? item.end,
    phase,
    opens,
    values,
    boxes: boxesAmong(outline, [item, ...trailing]),
    room: roomBelow(source, values.fields) ?? { at: textEnd, prefix: `${indent}${pad}- `, bold: false },
  };
}

/** `**Task 3: Title (2h):** text` taken apart. */
export function headOfLine(line: string): {
  readonly number: string | undefined;
  readonly title: string;
  readonly text: string;
  /** The bold part, as written: hours may stand in it. */
  readonly tail: string;
} {
  line = line.slice(0, 2000);
  const bold = /^\s*(?:\*\*|__)(.{1,400}?)(?:\*\*|__)(?:\s*\([^()]{0,100}\))?\s*(?:[:—–-]\s*)?(.*)$/s.exec(line);
  const lead = bold === null ? line : (bold[1] as string);
  const rest = bold === null ? '' : plainText(bold[2] as string);
  const label = /^\s*(?:task\s+)#?(\d{1,6}(?:\.\d{1,6}){0,3}[a-z]?)\s*(?:[:.)—–-]+\s*|$)(.*)$/is.exec(
    lead.slice(0, 2000),
  );
  const coded = label ?? /^\s*T(\d{1,6}(?:\.\d{1,6}){0,3})\s*(?:[:.)—–-]+\s*|$)(.*)$/s.exec(lead.slice(0, 2000));
  const own = plainText(coded === null ? lead : (coded[2] as string))
    .replace(/^(.{0,400}?)\s*:$/, '$1')
    .trim();
  // `**Task 1:** Add the table` has its title behind the label.
  const [title, text] = own === '' ? splitSentence(rest) : [own, rest];
  return { number: coded?.[1], title, text, tail: line.slice(0, 600) };
}

function splitSentence(text: string): readonly [string, string] {
  const match = /^(.{10,200}?[.!?])\s+(\S.*)$/s.exec(text.slice(0, 4000));
  return match === null ? [text, ''] : [(match[1] as string).replace(/\.$/, ''), match[2] as string];
}

/** The title without the hours and needs that may stand in parentheses behind it; both are noted. */
function titled(
  outline: Outline,
  title: string,
  start: number,
  values: Values,
  line: string = title,
): { title: string } {
  const { source } = outline;
  const end = source.lineEnd(start);
  for (const match of line.slice(0, 2000).matchAll(/\(([^()]{1,200})\)/g)) {
    const inside = match[1] as string;
    if (values.estimate === undefined && /\d\s*-?(?:h|m|d)/i.test(inside)) {
      const written = source.shadow.slice(start, end).indexOf(match[0]);
      values.estimate = effortOf(source, inside, written < 0 ? start : start + written + 1);
    }
    const needs = /^(?:.*[,;]\s*)?(?:deps?|depends on|needs|after|blocked by)\b:?\s*(.+)$/i.exec(inside)?.[1];
    if (values.needs.length === 0 && needs !== undefined) {
      values.needs.push({ text: needs, span: source.span(start, end) });
    }
  }
  const bare = title.replace(
    /\s*\((?:est\w*[.:]?\s*|~|≈)?\s*\d[\d.\s–—-]*\s*(?:h|hr|hrs|hours?|m|min|mins|minutes?|d|days?)\s*\)\s*:?$/i,
    '',
  );
  return { title: bare === '' ? title : bare };
}

function ordinal(source: Source, item: Block): number | undefined {
  const match = /^(\d{1,9})[.)]/.exec(source.shadow.slice(item.start, item.start + 12));
  return match === null ? undefined : Number(match[1]);
}

function isOrdered(source: Source, block: Block): boolean {
  return block.kind === 'list' && /\d/.test(source.shadow[block.start] ?? '');
}

/** Bullets are tasks when they have boxes or say that they are. */
function holdsTasks(source: Source, list: Block): boolean {
  return list.children.every((item) => {
    const from = itemStart(source, item);
    const box = boxAt(source, from) !== undefined;
    const text = source.shadow.slice(box ? from + 3 : from, from + 60).trimStart();
    return box || /^(?:\*\*)?(?:task\s+#?\d|T\d)/i.test(text);
  });
}

function digitsAt(source: Source, start: number): { readonly start: number; readonly end: number } | undefined {
  const digits = /^\d{1,9}/.exec(source.shadow.slice(start, start + 10))?.[0];
  return digits === undefined ? undefined : { start, end: start + digits.length };
}

function numberAt(source: Source, start: number, end: number, number: string) {
  const at = source.shadow.slice(start, Math.min(end, start + 200)).indexOf(number);
  return at < 0 ? undefined : { start: start + at, end: start + at + number.length };
}

function roomBelow(source: Source, fields: readonly Field[]): Room | undefined {
  const last = fields.at(-1);
  if (last === undefined) return undefined;
  const line = source.text.slice(source.lineStart(last.span.start), last.span.start);
  const bold = /^(?:\*\*|__)/.test(source.text.slice(last.span.start, last.span.start + 2));
  // A heading such as `#### Files` is no line to add to.
  if (source.text[last.span.start] === '#') return { at: last.end, prefix: '\n', bold: true };
  if (line.length > 200 || /[^\s\-*+>]/.test(line)) return undefined;
  const inList = last.end > last.span.end && line.trim() === '';
  return { at: last.end, prefix: inList ? `\n${line}` : line, bold };
}

function boxesAmong(outline: Outline, blocks: readonly Block[]): DraftUnit['boxes'] {
  return boxesOf({ ...outline, blocks }, 0, blocks.length);
}

function proseOf(source: Source, blocks: readonly Block[]): string {
  const first = blocks[0];
  return first?.kind === 'paragraph'
    ? plainText(source.shadow.slice(first.start, Math.min(first.end, first.start + 4000)))
    : '';
}

function afterBlank(source: Source, end: number): number {
  return Math.min(source.text.length, source.lineEnd(end) + 1);
}

/** Gives the tasks their ids: as numbered, or in order where numbering begins anew in every list. */
function settle(outline: Outline, found: readonly Found[], phases: readonly SpecPhase[]): Omit<ReadUnits, 'section'> {
  const { source } = outline;
  const written = found.map(({ number }) => (number === undefined ? undefined : taskId(number)));
  const numbers = new Set(written);
  const restarts = found.filter(({ opens }, i) => opens && (written[i] === 'T1' || i === 0)).length > 1;
  const inOrder = written.includes(undefined) || (restarts && numbers.size < found.length);
  const ids = written.map((id, i) => (inOrder || id === undefined ? `T${i + 1}` : id));
  return {
    units: found.map((task, i): DraftUnit => {
      const { values, head, start, end, title, boxes } = task;
      const id = ids[i] as string;
      const phase = task.phase === undefined ? undefined : phases[task.phase];
      return {
        id,
        unit: `task:${id.replace(/^T(?=\d)/, '')}`,
        title: title === '' ? id : title,
        heading: head,
        start,
        end,
        wave: phase === undefined ? undefined : phaseTitle(phase),
        needs: values.needs,
        group: undefined,
        paths: values.paths,
        verify: values.verify,
        criteria: values.criteria,
        nonCommitting: values.nonCommitting,
        agent: values.agent,
        estimate: minutesOf(values.estimate),
        boxes,
        phase: undefined,
        ...restOf(values),
      };
    }),
    tasks: found.map((task): SpecTask => {
      const { number, phase, text, values, room } = task;
      return {
        number,
        numberSpan: task.numberAt === undefined ? undefined : source.span(task.numberAt.start, task.numberAt.end),
        phase,
        fields: values.fields,
        text,
        estimate: values.estimate,
        status: undefined,
        priority: undefined,
        waveSpan: undefined,
        orderWave: undefined,
        room,
      };
    }),
    phases,
  };
}

/** How needs name a phase. */
export function phaseTitle({ number, title }: SpecPhase): string {
  return number === undefined ? title : `Phase ${number}: ${title}`;
}
