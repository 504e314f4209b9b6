import type { Block } from '../../markdown/blocks.ts';
import { plainText, withoutComments } from '../../markdown/inline.ts';
import { blockFrom, boxAt, type Heading, itemStart, type Outline } from '../../markdown/outline.ts';
import { everySection, type Section } from '../../markdown/sections.ts';
import type { Box } from '../../model.ts';
import { taskHeading } from '../task.ts';
import type { MicroPart } from './model.ts';

/** What opens a task: a heading, a bold line or an item of a list, whatever its level. */
export interface TaskHead {
  readonly id: string;
  readonly title: string;
  /** The line that opens it. */
  readonly start: number;
  readonly end: number;
  readonly box: Box | undefined;
  /** What belongs to it, its own block included where that is no heading. */
  readonly blocks: readonly Block[];
  readonly to: number;
  /** As a heading, for what wants one. */
  readonly heading: Heading;
  /** It is a line above a list of plain keys: `IT-2: Move the parser`, `- Files: …`, `- Depends on: IT-1`. */
  readonly labelled: boolean;
}

interface Opening {
  readonly id: string;
  readonly title: string;
  readonly start: number;
  readonly end: number;
  readonly box: Box | undefined;
  readonly level: number;
  /** Position of its top-level block. */
  readonly block: number;
  /** The list item it is, if it is one. */
  readonly item: Block | undefined;
  readonly heading: Heading | undefined;
  /** Where it ends at the latest. */
  readonly until?: number;
}

/** Sections in which a heading that begins with "Task 3" is about a task, and does not open one. */
const ELSEWHERE: readonly MicroPart[] = [
  'contracts',
  'interaction',
  'deviations',
  'review',
  'tests',
  'risks',
  'checklist',
  'appendix',
];

/** The tasks of a plan in document order. */
export function taskHeads(
  outline: Outline,
  parts: Partial<Record<MicroPart, Section>>,
  sections: readonly Section[],
): readonly TaskHead[] {
  const elsewhere = ELSEWHERE.flatMap((part) => parts[part] ?? []);
  const openings = headingTasks(outline).filter(
    ({ start }) => !elsewhere.some((section) => start > section.heading.start && start < section.end),
  );
  const known = new Set(openings.map(({ id }) => id));
  const from = openings[0]?.block ?? parts.tasks?.from ?? 0;
  const inText = lineTasks(outline, from, elsewhere).filter(({ id }) => !known.has(id));
  const all = [...openings, ...inText].sort((a, b) => a.start - b.start);
  const numbered = all.length > 0 ? all : numberedTasks(outline, parts.tasks);
  if (numbered.length > 0) return bodies(outline, numbered);
  const phases = phaseTasks(sections);
  return bodies(outline, phases.length > 0 ? phases : labelledTasks(outline, elsewhere));
}

function headingTasks(outline: Outline): Opening[] {
  return outline.headings.flatMap((heading) => {
    const found = taskHeading(heading);
    return found === undefined ? [] : [ofHeading(heading, found.id, found.title)];
  });
}

function ofHeading(heading: Heading, id: string, title: string): Opening {
  const { start, end, box, level, block } = heading;
  return { id, title, start, end, box, level, block, item: undefined, heading };
}

/** `**Task 2: …**` in a line of its own, `1. **Task: …**`, `- [ ] Task 3: …`; without a number, the item's own counts. */
function lineTasks(outline: Outline, from: number, elsewhere: readonly Section[]): Opening[] {
  const { blocks, source } = outline;
  const found: Opening[] = [];
  const skip = (at: number): boolean => elsewhere.some((one) => at > one.heading.start && at < one.end);
  for (let i = from; i < blocks.length; i++) {
    const block = blocks[i] as Block;
    if (block.kind === 'paragraph') {
      if (!source.shadow.startsWith('**', block.start) && !source.shadow.startsWith('__', block.start)) continue;
      const line = firstLine(outline, block.start);
      if (!/^\s*(?:\*\*|__)\s?task\b/i.test(line) || skip(block.start)) continue;
      const opened = opening(line, undefined);
      if (opened !== undefined) {
        const end = source.lineEnd(block.start);
        found.push({
          ...opened,
          start: block.start,
          end,
          box: undefined,
          level: 7,
          block: i,
          item: undefined,
          heading: undefined,
        });
      }
    } else if (block.kind === 'list' && !skip(block.start)) {
      for (const item of block.children) {
        const at = itemStart(source, item);
        const box = boxAt(source, at);
        const line = firstLine(outline, box === undefined ? at : at + 3);
        if (!/^\s*(?:\*\*|__)?\s?task\b/i.test(line)) continue;
        const number = /^\d{1,9}/.exec(source.shadow.slice(item.start, item.start + 10))?.[0];
        const opened = opening(line, number);
        if (opened === undefined) continue;
        const end = source.lineEnd(item.start);
        found.push({ ...opened, start: item.start, end, box, level: 7, block: i, item, heading: undefined });
      }
    }
  }
  return found;
}

function firstLine({ source }: Outline, at: number): string {
  return withoutComments(source.shadow.slice(at, Math.min(source.lineEnd(at), at + 2000)));
}

function opening(
  line: string,
  number: string | undefined,
): { readonly id: string; readonly title: string } | undefined {
  const plain = plainText(line);
  const bare = /^task\s*[:.)—–-]\s*(\S.*)$/i.exec(plain);
  if (bare !== null) return number === undefined ? undefined : { id: `T${Number(number)}`, title: bare[1] as string };
  // In running text, "Task 2 needs …" is a remark: a task's name stands behind a colon, a stop or a dash, or the line is bold.
  const separated = /^task\s+#?[\w.-]{1,40}(?:\s*\([^()]{0,60}\))?\s*(?:[:.)—–]|\s-{1,2}\s|$)/i.test(plain);
  if (!separated && !/^\s*(?:\*\*|__)[^*]{1,300}(?:\*\*|__)\s*$/.test(line)) return undefined;
  return taskHeading(pseudo(plain, 0, 0, 0));
}

/** Numbered headings or items of the section of tasks, when nothing in the plan is called a task. */
function numberedTasks(outline: Outline, tasks: Section | undefined): readonly Opening[] {
  if (tasks === undefined) return [];
  const { source, blocks } = outline;
  const found: Opening[] = [];
  for (const section of everySection(tasks.children)) {
    if (section.parent !== tasks) continue;
    const match = /^(\d{1,6})[.):]\s+(\S.*)$/.exec(section.heading.title.slice(0, 2000));
    if (match !== null) found.push(ofHeading(section.heading, `T${Number(match[1])}`, match[2] as string));
  }
  if (found.length > 0) return found;
  for (let i = tasks.from; i < tasks.ownTo; i++) {
    const block = blocks[i] as Block;
    if (block.kind !== 'list') continue;
    for (const item of block.children) {
      const number = /^\d{1,6}/.exec(source.shadow.slice(item.start, item.start + 8))?.[0];
      if (number === undefined) continue;
      const at = itemStart(source, item);
      const box = boxAt(source, at);
      const title = plainText(firstLine(outline, box === undefined ? at : at + 3)).replace(/[:.]$/, '');
      const end = source.lineEnd(item.start);
      if (title !== '')
        found.push({
          id: `T${Number(number)}`,
          title,
          start: item.start,
          end,
          box,
          level: 7,
          block: i,
          item,
          heading: undefined,
        });
    }
  }
  return found;
}

const LABELLED = /^(?:\*\*)?([A-Z]{1,4}-?\d{1,4}[a-z]?)(?:\*\*)?\s{0,2}[:—–]\s{1,2}(\S[^\n]{0,1000})$/;
const NO_TASK = /^(?:BC|NC|EC|BN|AC|FR|NFR|BR|INV|PR|WP|R|D)-?\d/;
const KEYED =
  /^(?:[-*+]|\d{1,3}[.)])[ \t]{1,4}(?:\*\*)?(?:files|depends on|dependencies|needs|contracts|verification|verify)\b/im;

/** Without tasks of any form, lines with an id above a list of keys: at least two of them. */
function labelledTasks(outline: Outline, elsewhere: readonly Section[]): readonly Opening[] {
  const { blocks, source } = outline;
  const found: Opening[] = [];
  for (let i = 0; i + 1 < blocks.length; i++) {
    const block = blocks[i] as Block;
    const list = blocks[i + 1] as Block;
    if (block.kind !== 'paragraph' || list.kind !== 'list' || block.end - block.start > 1200) continue;
    const match = LABELLED.exec(source.shadow.slice(block.start, block.end).trim());
    if (match === null || NO_TASK.test(match[1] as string)) continue;
    if (!KEYED.test(source.shadow.slice(list.start, Math.min(list.end, list.start + 4000)))) continue;
    if (elsewhere.some(({ heading, end }) => block.start > heading.start && block.start < end)) continue;
    let to = i + 2;
    while (to < blocks.length && goesOn(outline, blocks[to] as Block)) to++;
    const title = plainText((match[2] as string).replace(/\*\*\s*$/, ''));
    const { start, end } = block;
    const until = blocks[to]?.start ?? source.text.length;
    const id = match[1] as string;
    found.push({
      id,
      title,
      start,
      end,
      box: undefined,
      level: 7,
      block: i,
      item: undefined,
      heading: undefined,
      until,
    });
  }
  return found.length > 1 ? found : [];
}

/** Whether a block below a labelled task still belongs to it: no heading, no rule, no line that opens something else. */
function goesOn({ source }: Outline, block: Block): boolean {
  if (block.kind === 'list' || block.kind === 'fence') return true;
  if (block.kind !== 'paragraph') return false;
  const text = source.shadow.slice(block.start, Math.min(block.end, block.start + 80));
  return !text.startsWith('**') && !/^[A-Z]{1,4}-?\d{1,4}[a-z]?\s{0,2}[:—–]/.test(text);
}

const CHECKLIST = /^(?:implementation|execution)(?: checklist| phases| plan| order| sequence| steps)?$/;
const PHASE = /^(?:phase|step|part)\s+(\d{1,6})\s*[:.)—–-]\s*(\S.*)$/i;

/** Without tasks of any form, the phases of an implementation checklist. */
function phaseTasks(sections: readonly Section[]): readonly Opening[] {
  for (const section of everySection(sections)) {
    if (!CHECKLIST.test(section.key)) continue;
    const found = section.children.flatMap(({ heading }) => {
      const match = PHASE.exec(heading.title.slice(0, 2000));
      return match === null ? [] : [ofHeading(heading, `T${Number(match[1])}`, match[2] as string)];
    });
    if (found.length > 0) return found;
  }
  return [];
}

/** A heading for a line that is none. */
function pseudo(title: string, start: number, end: number, block: number): Heading {
  return { level: 7, title, box: undefined, start, end, block, index: -1, log: false, brokenBox: false };
}

const STEP = /^(?:step\b|(?:run|expected|test|impl(?:ementation)?|verify|verification|lint|commit|files)\b.{0,40}$)/i;

/** Joins each opening with what stands below it: up to the next task, or to the end of the section that it stands in. */
function bodies(outline: Outline, openings: readonly Opening[]): readonly TaskHead[] {
  const { headings, source, blocks } = outline;
  const heads: TaskHead[] = [];
  let at = 0;
  openings.forEach((one, i) => {
    while (at < headings.length && (headings[at] as Heading).start <= one.start) at++;
    let level = one.level;
    // A line stands in the section of the last heading above it, steps of the task before left out.
    for (let k = at - 1; one.heading === undefined && k >= 0 && k > at - 200; k--) {
      const above = headings[k] as Heading;
      if (STEP.test(above.title)) continue;
      level = above.level;
      break;
    }
    const next = openings[i + 1]?.start ?? source.text.length;
    let to = Math.min(next, one.until ?? next);
    for (let k = at; k < headings.length; k++) {
      const heading = headings[k] as Heading;
      if (heading.start >= to) break;
      if (heading.log || (heading.level <= level && !/^step\b/i.test(heading.title))) {
        to = heading.start;
        break;
      }
    }
    const first = one.heading === undefined ? one.block : one.block + 1;
    const toBlock = blockFrom(outline, to);
    const own = one.item === undefined ? blocks.slice(first, toBlock) : itemBlocks(blocks, one, toBlock);
    heads.push({
      id: one.id,
      title: one.title,
      start: one.start,
      end: one.end,
      box: one.box,
      blocks: own,
      to: one.item === undefined ? to : Math.max(one.item.end, own.at(-1)?.end ?? 0),
      heading: one.heading ?? pseudo(one.title, one.start, one.end, one.block),
      labelled: one.until !== undefined,
    });
  });
  return heads;
}

/** What stands in an item, and, when it is the last of its list, what stands below the list. */
function itemBlocks(blocks: readonly Block[], { item, block }: Opening, to: number): readonly Block[] {
  const list = blocks[block] as Block;
  const last = list.children.at(-1) === item;
  return [...(item as Block).children, ...(last ? blocks.slice(block + 1, to) : [])];
}
