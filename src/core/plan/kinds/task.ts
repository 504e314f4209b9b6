import type { Finding } from '../../base/finding.ts';
import { type Annotation, annotationsAmong, annotationsIn } from '../annotations.ts';
import { isPlaceholder, readVerification, readVerify } from '../commands.ts';
import { contextOf } from '../context.ts';
import { type Draft, type DraftNeeds, type DraftUnit, finding } from '../draft.ts';
import type { DraftCommand, DraftPath } from '../draft-parts.ts';
import { readFiles } from '../files.ts';
import type { Block } from '../markdown/blocks.ts';
import { plainText, withoutComments } from '../markdown/inline.ts';
import { type Box, type Loop, PLAN_KINDS, type PlanKind } from '../model.ts';
import { taskId } from '../needs.ts';
import { blockFrom, boxesOf, type Heading, type Outline, sectionOf } from '../markdown/outline.ts';
import { append } from '../append.ts';
import { newDraft, type Reading } from '../read.ts';
import { isEffort } from '../route.ts';
import type { TaskNotes } from './task-model.ts';
import { isWave, type ListedTask, listedTasks, verifiedBy } from './task-list.ts';
import { provenBySteps } from './task-steps.ts';

/** A heading that opens a task. */
export interface TaskHeading {
  readonly heading: Heading;
  readonly id: string;
  readonly title: string;
  /** The other ids of a heading that stands for several tasks. */
  readonly covers?: readonly string[];
}

const SEPARATOR = String.raw`(?:\s*[:.)]\s+|\s*[:.)]$|\s*[—–]\s*|\s+-{1,2}\s+|$)`;
const NAMED = new RegExp(
  String.raw`^task\s+#?((?!\d+\s*[-–—]\s*\d)[a-z]{0,12}\d{0,9}(?:[-.][a-z]{0,12}\d{1,9}){0,4}[a-z]?)(?:\s*\([^()]{0,40}\))?(?:${SEPARATOR}|\s+(?=\S))(.*)$`,
  'i',
);
const CODED = new RegExp(String.raw`^(w\d{1,6}-t\d{1,6}|t\d{1,6}(?:\.\d{1,6})?[a-z]?)${SEPARATOR}(.*)$`, 'i');
const NUMBERED = /^(\d{1,6})[.)]\s+(\S.*)$/;

/** The task that a heading opens by its words alone: `Task 3: x`, `W1-T2 — x`, `T3: x`. */
export function taskHeading(heading: Heading): TaskHeading | undefined {
  const text = heading.title.slice(0, 2000);
  const match = NAMED.exec(text) ?? CODED.exec(text);
  const id = match === null ? undefined : taskId(match[1] as string);
  if (match === null || id === undefined) return undefined;
  return { heading, id, title: (match[2] as string).trim() || id };
}

const RANGE = new RegExp(
  String.raw`^tasks?\s+#?(\d{1,4})\s{0,3}(?:[-–—]|to|through)\s{0,3}#?(\d{1,4})(?:\s*:\s+|\s*[—–]\s*|\s+-{1,2}\s+)(\S.*)$`,
  'i',
);

/**
 * Adds headings that stand for several tasks at once, `### Tasks 6-9: The other components`: one unit that has the first
 * number, unless the tasks have headings of their own.
 */
function withRanges(outline: Outline, named: readonly TaskHeading[]): readonly TaskHeading[] {
  const own = new Set(named.map(({ id }) => id));
  const levels = new Set(named.map(({ heading }) => heading.level));
  const found: TaskHeading[] = [];
  for (const heading of named.length === 0 ? [] : outline.headings) {
    const match = levels.has(heading.level) ? RANGE.exec(heading.title.slice(0, 2000)) : null;
    if (match === null) continue;
    const from = Number(match[1]);
    const to = Number(match[2]);
    if (to <= from || to - from > 99) continue;
    const numbers = Array.from({ length: to - from + 1 }, (_, i) => `T${from + i}`);
    if (numbers.some((id) => own.has(id))) continue;
    for (const id of numbers) own.add(id);
    const title = `${(match[3] as string).trim()} (tasks ${from} to ${to})`;
    found.push({ heading, id: `T${from}`, title, covers: numbers.slice(1) });
  }
  return found.length === 0 ? named : [...named, ...found].sort((a, b) => a.heading.start - b.heading.start);
}

/** Headings such as `### 4. Title`, which are tasks only in a document that is a task plan by other signs. */
export function numberedHeadings(outline: Outline): readonly TaskHeading[] {
  const byLevel = new Map<number, TaskHeading[]>();
  for (const heading of outline.headings) {
    const match = NUMBERED.exec(heading.title.slice(0, 2000));
    if (match === null || heading.level === 1) continue;
    const found = { heading, id: `T${Number(match[1])}`, title: (match[2] as string).trim() };
    const level = byLevel.get(heading.level);
    if (level === undefined) byLevel.set(heading.level, [found]);
    else level.push(found);
  }
  return [...byLevel.values()].sort((a, b) => b.length - a.length)[0] ?? [];
}

/** Keys that other documents have below numbered headings as well: `**Estimated Time:**` of a checklist. */
const COMMON: ReadonlySet<Annotation['key']> = new Set<Annotation['key']>(['other', 'estimate', 'agent']);

/** Whether at least this share of the headings are followed by an annotation of a task; a share of 0 means one. */
export function areAnnotated(outline: Outline, headings: readonly TaskHeading[], share: number): boolean {
  const enough = Math.max(1, Math.ceil(headings.length * share));
  let count = 0;
  return headings.some(({ heading }, i) => {
    const limit = headings[i + 1]?.heading.start ?? outline.source.text.length;
    const { from, to } = sectionOf(outline, heading, limit);
    if (annotationsIn(outline, from, to).some(({ key }) => (share > 0 ? !COMMON.has(key) : key !== 'other'))) count++;
    return count >= enough;
  });
}

/** Reads a document as a plan of kind `task`. */
export function readTaskPlan(reading: Reading, hand: boolean): Draft<'task'> {
  const { outline } = reading;
  const named = withRanges(
    outline,
    outline.headings.flatMap((heading) => taskHeading(heading) ?? []),
  );
  const headings = named.length > 0 || !hand ? named : numberedHeadings(outline);
  const remarks: Finding[] = [];
  const units: DraftUnit[] = [];
  const tasks: TaskNotes[] = [];
  const waves = waveTitles(outline, headings);
  headings.forEach((found, i) => {
    units.push(readTask(outline, found, headings[i + 1]?.heading, waves[i], remarks, tasks));
  });
  const listed = headings.length > 0 ? [] : listedTasks(outline);
  for (const task of listed) units.push(readListed(outline, task, remarks, tasks));
  const { verify, boxes } = readGlobal(outline, units, remarks);
  return newDraft(
    'task',
    reading,
    {
      units,
      order: 'document',
      title: titleOf(outline),
      context: contextOf(outline, headings[0]?.heading ?? listed[0]?.section, remarks),
      verify,
      boxes,
      remarks,
    },
    { tasks },
  );
}

/** The document's title: front matter, else its first top heading, without what is only a label. */
export function titleOf(outline: Outline): string {
  if (outline.frontMatter.title !== undefined) return outline.frontMatter.title;
  const heading = outline.headings.find(({ level }) => level === 1);
  if (heading === undefined || taskHeading(heading) !== undefined) return '';
  return heading.title.replace(/^(?:implementation plan|plan)\s*[:—–-]\s+/i, '');
}

// The closest heading of a wave above each task, else the closest heading that is higher than the task itself.
function waveTitles(outline: Outline, headings: readonly TaskHeading[]): readonly (string | undefined)[] {
  const above: Heading[] = [];
  const titles: (string | undefined)[] = [];
  // The heading of a wave may stand on the level of its tasks.
  let beside: Heading | undefined;
  let next = 0;
  for (const heading of outline.headings) {
    if (beside !== undefined && heading.level < beside.level) beside = undefined;
    if (heading.level > 1 && isWave(heading)) beside = heading;
    while (above.length > 0 && (above.at(-1) as Heading).level >= heading.level) above.pop();
    if (headings[next]?.heading === heading) {
      const wave =
        above.findLast((one) => one.level > 1 && isWave(one)) ?? (beside?.level === heading.level ? beside : undefined);
      titles.push((wave ?? above.findLast((one) => one.level > 1 || outline.headings[0] !== one))?.title);
      next++;
    }
    above.push(heading);
  }
  return titles;
}

interface Values {
  needs: DraftNeeds[];
  paths: DraftPath[];
  verify: DraftCommand[];
  criteria: string[];
  group: string | undefined;
  wave: number | undefined;
  agent: string | undefined;
  codex: boolean;
  estimate: number | undefined;
  nonCommitting: boolean;
  planFirst: PlanKind | undefined;
  loop: Loop | undefined;
}

function readTask(
  outline: Outline,
  { heading, id, title, covers }: TaskHeading,
  next: Heading | undefined,
  wave: string | undefined,
  remarks: Finding[],
  notes: TaskNotes[],
): DraftUnit {
  const { source } = outline;
  const section = sectionOf(outline, heading, next?.start ?? source.text.length);
  const annotations = annotationsIn(outline, section.from, section.to, TASK_LABELS);
  const reading = readValues(outline, annotations, remarks, notes);
  if (reading.verify.length === 0) append(reading.verify, provenBySteps(outline, section.from, section.to));
  const inTitle = /\((?:[^()]*[,;]\s*)?(?:deps?|depends on|needs|blocked by)\b:?\s*([^()]*)\)\s*$/i.exec(title);
  if (reading.needs.length === 0 && inTitle !== null) {
    reading.needs.push({ text: inTitle[1] as string, span: source.span(heading.start, heading.end) });
  }
  reading.wave ??= numberIn(/\(wave\s+#?(\d{1,6})\)\s*$/i.exec(title));
  const boxes = [...(heading.box === undefined ? [] : [heading.box]), ...boxesOf(outline, section.from, section.to)];
  const named = title === id ? firstSentence(outline, outline.blocks[section.from], section.to > section.from) : '';
  const unit = unitOf(id, named === '' ? title : named, reading, wave, {
    heading,
    start: heading.start,
    end: section.end,
    boxes,
  });
  return covers === undefined ? unit : { ...unit, covers };
}

/** A task that is an item of a list: its bullets are its key lines, its boxes what is inside it. */
function readListed(outline: Outline, task: ListedTask, remarks: Finding[], notes: TaskNotes[]): DraftUnit {
  const { item, head, id, title, section, wave } = task;
  const annotations = annotationsAmong(outline, item.children, TASK_LABELS);
  const reading = readValues(outline, annotations, remarks, notes);
  if (reading.paths.length === 0) append(reading.paths, task.paths);
  if (reading.verify.length === 0) append(reading.verify, verifiedBy(outline, item));
  return unitOf(id, title, reading, (wave ?? section).title, {
    heading: head,
    start: item.start,
    end: item.end,
    boxes: boxesOf({ ...outline, blocks: [item] }, 0, 1),
  });
}

function readValues(
  outline: Outline,
  annotations: readonly Annotation[],
  remarks: Finding[],
  notes: TaskNotes[],
): Values {
  const reading: Values = {
    needs: [],
    paths: [],
    verify: [],
    criteria: [],
    group: undefined,
    wave: undefined,
    agent: undefined,
    codex: false,
    estimate: undefined,
    nonCommitting: false,
    planFirst: undefined,
    loop: undefined,
  };
  for (const annotation of annotations) readAnnotation(outline, annotation, reading, remarks);
  notes.push(notesOf(outline, annotations, reading.codex));
  return reading;
}

function unitOf(
  id: string,
  title: string,
  reading: Values,
  wave: string | undefined,
  place: Pick<DraftUnit, 'heading' | 'start' | 'end' | 'boxes'>,
): DraftUnit {
  return {
    id,
    unit: `task:${id.replace(/^T(?=\d)/, '')}`,
    title,
    ...place,
    wave: wave ?? (reading.wave === undefined ? undefined : `Wave ${reading.wave}`),
    ...(reading.wave === undefined ? {} : { declaredWave: reading.wave }),
    needs: reading.needs,
    group: reading.group,
    paths: reading.paths,
    verify: reading.verify,
    criteria: reading.criteria,
    nonCommitting: reading.nonCommitting,
    agent: reading.agent ?? (reading.codex ? 'codex' : undefined),
    estimate: reading.estimate,
    phase: undefined,
    ...(reading.planFirst === undefined ? {} : { planFirst: reading.planFirst }),
    ...(reading.loop === undefined ? {} : { loop: reading.loop }),
  };
}

/** The first sentence of a paragraph, for a task whose heading is nothing but its number; empty when a key stands there. */
function firstSentence({ source }: Outline, block: Block | undefined, inside: boolean): string {
  if (!inside || block?.kind !== 'paragraph') return '';
  const text = plainText(withoutComments(source.shadow.slice(block.start, Math.min(block.end, block.start + 2000))));
  const sentence = /^(.{10,200}?)[.;:](?:\s|$)/s.exec(text)?.[1] ?? text;
  return /^[A-Z][\w -]{0,40}:/.test(text) || sentence.length > 200 ? '' : sentence.replace(/\s+/g, ' ');
}

function numberIn(match: RegExpExecArray | null): number | undefined {
  return match === null ? undefined : Number(match[1]);
}

function notesOf({ source }: Outline, annotations: readonly Annotation[], ok: boolean): TaskNotes {
  const codex = annotations.find(({ key }) => key === 'codex' || key === 'routing');
  return {
    labels: annotations.map(({ label }) => label),
    keys: annotations.flatMap(({ key, label, at, start }) =>
      key === 'other' && !TASK_LABELS.has(label) ? [{ label, span: source.span(at, start) }] : [],
    ),
    codex: codex && { ok, span: source.span(codex.at, codex.start + codex.value.length) },
  };
}

function readAnnotation(outline: Outline, annotation: Annotation, into: Values, remarks: Finding[]): void {
  const { source } = outline;
  const { key, value, start } = annotation;
  const span = source.span(start, start + value.length);
  const plain = plainText(value);
  if (annotation.label === 'plan first') {
    into.planFirst = kindNamed(/^[a-z+-]+/i.exec(plain)?.[0] ?? '') ?? into.planFirst;
    return;
  }
  if (annotation.label === 'loop') {
    into.loop = loopOf(plain);
    return;
  }
  if (annotation.label === 'wave') into.wave = numberIn(/^(?:wave\s+)?#?(\d{1,6})\b/i.exec(plain)) ?? into.wave;
  if (key === 'other') return;
  if (key === 'files') {
    const files = readFiles(source, annotation);
    append(into.paths, files.paths);
    into.nonCommitting ||= files.none;
    append(remarks, files.remarks);
    return;
  }
  if (key === 'verify') {
    const read = readVerify(source, annotation);
    append(into.verify, read.commands);
    append(into.criteria, read.criteria);
    append(remarks, read.remarks);
    return;
  }
  if (key === 'needs') {
    const items = annotation.following.filter((block) => block.kind === 'list' || block.kind === 'paragraph');
    const below =
      plain === '' ? items.map((block) => listText(source.shadow.slice(block.start, block.end))).join(', ') : '';
    const text = value.trim() === '' ? below : value;
    if (isPlaceholder(plain)) unreadable(plain);
    else into.needs.push({ text, span });
    return;
  }
  if (plain === '' || isPlaceholder(plain)) {
    if (plain !== '') unreadable(plain);
    return;
  }
  switch (key) {
    case 'group':
      readGroup(plain, value);
      break;
    case 'codex':
    case 'routing': {
      const word = (key === 'codex' ? /^["'\s]*(\w+)/ : /\bcodex\b["'\s:]*(\w+)/i).exec(plain)?.[1]?.toLowerCase();
      into.codex = word === 'ok' || word === 'true' || word === 'yes';
      break;
    }
    case 'agent': {
      const name = /^[A-Za-z0-9][\w.-]{0,63}/.exec(plain)?.[0].replace(/[.-]+$/, '');
      if (name === undefined || /^(?:none|any|default)$/i.test(name)) break;
      into.agent = name;
      break;
    }
    case 'estimate':
      if (isEffort(plain)) break;
      into.estimate = minutes(plain);
      if (into.estimate === undefined) {
        const message = `"${plain.slice(0, 60)}" is no estimate.`;
        remarks.push(finding('TK-06', 'info', span, message, 'Write minutes or hours: `20 min`, `2h`, `1-2 h`.'));
      }
      break;
    case 'non-committing':
      into.nonCommitting = /^(?:true|yes|ok)\b/i.test(plain);
      break;
  }

  function readGroup(text: string, raw: string): void {
    if (/^[(_\s]*(?:none|no|n\/a|—|–|-+)(?:[\s)_.,;(—–-]|$)/i.test(text)) return;
    const depends = /^(?:depends on|needs|after|deps?:?)\s+(.*)$/i.exec(text);
    if (depends !== null) {
      into.needs.push({ text: depends[1] as string, span });
      return;
    }
    const name = /^([A-Za-z0-9][\w.-]{0,63})(?:\s*(?:[(#—–]|$)|\s+#)/.exec(plainText(raw))?.[1];
    if (name === undefined) {
      const message = `"${text.slice(0, 60)}" is no name of a parallel group and is ignored.`;
      remarks.push(finding('TK-04', 'warning', span, message, 'Write one word, such as `wave-1`, or `none`.'));
    } else into.group = name.toLowerCase();
  }

  function unreadable(text: string): void {
    const message = `${text.slice(0, 60)} is text of a template, not a value.`;
    remarks.push(finding('GEN-001', 'warning', span, message, 'Fill it in, or remove the line.'));
  }
}

const KINDS: ReadonlySet<string> = new Set(PLAN_KINDS);

function kindNamed(word: string): PlanKind | undefined {
  const name = word.toLowerCase();
  return KINDS.has(name) ? (name as PlanKind) : undefined;
}

/** More rounds than this are no bound. */
const MAX_ROUNDS = 1000;

/**
 * A loop in the words `up to 3 rounds, until <what holds>, abort when <what holds>`; `undefined` without a number of
 * rounds, for a loop without a bound is none that can be run.
 */
export function loopOf(text: string): Loop | undefined {
  const plain = text.slice(0, 2000);
  const count =
    /\b(?:up to|at most|max(?:imum)?(?: of)?|no more than)\s{1,3}(\d{1,6})\b/i.exec(plain) ??
    /\b(\d{1,6})\s{1,3}(?:rounds?|times|iterations?|passes)\b/i.exec(plain);
  const rounds = Number(count?.[1] ?? 0);
  if (rounds < 1 || rounds > MAX_ROUNDS) return undefined;
  const abort = /[,;.]?\s{0,3}\b(?:abort|give up|stop)(?: (?:when|if|once))?\b:?\s{0,3}/i.exec(plain);
  const until = /\buntil\b:?\s{0,3}/i.exec(plain);
  const from = until === null ? -1 : until.index + until[0].length;
  const clause = (start: number, end: number): string => plain.slice(start, end).replace(/^[\s,;]+|[\s,;.]+$/g, '');
  return {
    rounds,
    until: from < 0 ? '' : clause(from, abort !== null && abort.index >= from ? abort.index : plain.length),
    abort:
      abort === null
        ? ''
        : clause(
            abort.index + abort[0].length,
            until !== null && until.index > abort.index ? until.index : plain.length,
          ),
  };
}

function listText(text: string): string {
  return text.replace(/^\s*(?:[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?/gm, '').replace(/\n\s*/g, ', ');
}

/** Minutes of `20 min`, `2h`, `1.5 hours`, `1h 30m`, `1 day` (8 hours), `2-4 h` (the middle); `undefined` if unclear. */
export function minutes(text: string): number | undefined {
  const clean = text.replace(/^[~≈<>\s]+|^(?:about|ca\.?|around)\s+/i, '').slice(0, 100);
  const range = /^(\d{1,5}(?:\.\d{1,3})?)\s*(?:-|–|—|to)\s*(\d{1,5}(?:\.\d{1,3})?)\s*([a-z]+)/i.exec(clean);
  if (range !== null) {
    const unit = unitMinutes(range[3] as string);
    return unit === undefined ? undefined : Math.round(((Number(range[1]) + Number(range[2])) / 2) * unit);
  }
  let total = 0;
  let rest = clean;
  for (let n = 0; n < 3; n++) {
    const part = /^\s*(\d{1,5}(?:\.\d{1,3})?)\s*([a-z]+)\b/i.exec(rest);
    const unit = part === null ? undefined : unitMinutes(part[2] as string);
    if (part === null || unit === undefined) break;
    total += Number(part[1]) * unit;
    rest = rest.slice(part[0].length);
  }
  return total > 0 ? Math.round(total) : undefined;
}

function unitMinutes(word: string): number | undefined {
  if (/^m(?:in(?:ute)?s?)?$/i.test(word)) return 1;
  if (/^h(?:(?:ou)?rs?)?$/i.test(word)) return 60;
  if (/^d(?:ays?)?$/i.test(word)) return 480;
  return undefined;
}

/** Labels that only task documents know, beside the keys of every kind. */
export const TASK_LABELS: ReadonlySet<string> = new Set(['plan first', 'loop', 'wave']);

/** Whether a heading outside all units opens the document's own verification. */
export function isGlobalVerification(title: string): boolean {
  return GLOBAL.test(title);
}

const GLOBAL = /^(?:(?:global|final|overall) )?verification(?: \(.*\))?$|^regression gate(?: \(.*\))?$/i;

/** The document's own Verification section, outside every task. */
export function readGlobal(
  outline: Outline,
  units: readonly DraftUnit[],
  remarks: Finding[],
): { verify: readonly DraftCommand[]; boxes: readonly Box[] } {
  const verify: DraftCommand[] = [];
  const boxes: Box[] = [];
  let next = 0;
  for (const heading of outline.headings) {
    while (next < units.length && (units[next] as DraftUnit).start <= heading.start) next++;
    if (heading.level > 2 || !GLOBAL.test(heading.title) || heading.start < (units[next - 1]?.end ?? 0)) continue;
    const limit = units[next]?.start ?? outline.source.text.length;
    const section = sectionOf(outline, heading, limit);
    const read = readVerification(outline.source, outline.blocks.slice(section.from, section.to));
    append(verify, read.commands);
    append(remarks, read.remarks);
    if (heading.box !== undefined) boxes.push(heading.box);
    append(boxes, boxesOf(outline, section.from, blockFrom(outline, section.end)));
  }
  return { verify, boxes };
}
