import { type Annotation, annotationsAmong } from '../../annotations.ts';
import { append } from '../../append.ts';
import type { DraftNeeds, DraftUnit } from '../../draft.ts';
import type { DraftCommand, DraftPath } from '../../draft-parts.ts';
import { plainText } from '../../markdown/inline.ts';
import type { Outline } from '../../markdown/outline.ts';
import type { Box } from '../../model.ts';
import type { Finding } from '../../../base/finding.ts';
import { minutes } from '../task.ts';
import { citationsIn } from './ids.ts';
import type { Citation, Contract, MicroFile, MicroRun, MicroStep, MicroTask } from './model.ts';
import { expectsSuccess, isMutation } from './step-kinds.ts';
import { readSteps } from './steps.ts';
import { fileLabel, readTaskFiles } from './task-files.ts';
import type { TaskHead } from './task-heads.ts';

/** A task as a unit, and what only micro plans say of it. */
export interface ReadTask {
  readonly unit: DraftUnit;
  readonly task: MicroTask;
  readonly remarks: readonly Finding[];
}

const CONTRACTS =
  /^(?:(?:behaviou?ral )?contracts?(?: implemented| covered| addressed| satisfied| verified)?|implements(?: contracts?)?|covers|bcs?(?: implemented| covered)?)$/;

const PLAIN = new Set(['contracts implemented', 'contracts', 'contract', 'implements', 'files', 'covers']);

/** What all tasks of a plan are read with. */
export interface TaskReading {
  readonly outline: Outline;
  /** By id; their THENs become what tasks want to be true. */
  readonly contracts: ReadonlyMap<string, Contract>;
  readonly known: ReadonlySet<string>;
  /** All boxes of the document, in its order. */
  readonly boxes: readonly Box[];
  /** How many contracts may still be cited: thousands of tasks that each name thousands would fill the memory. */
  citations: number;
}

/** Reads one task. */
export function readTask(reading: TaskReading, head: TaskHead): ReadTask {
  const { outline, contracts, known } = reading;
  const { source } = outline;
  const remarks: Finding[] = [];
  const annotations = annotationsAmong(outline, head.blocks, PLAIN);
  const files: MicroFile[] = [];
  const paths: DraftPath[] = [];
  let none = false;
  for (const annotation of annotations) {
    const label = fileLabel(annotation);
    if (label === undefined) continue;
    const read = readTaskFiles(source, annotation, label.use);
    append(files, read.files);
    append(paths, read.paths);
    append(remarks, read.remarks);
    none ||= read.none;
  }
  const { citations, foundation } = cited(reading, head, annotations);
  const read = readSteps(outline, head.blocks, head);
  append(remarks, read.remarks);
  const ids = [...new Set(citations.map(({ id }) => id))].filter((id) => known.has(id));
  // What a task only lays the ground for is not yet true when it is done.
  const thens = (foundation ? [] : ids).flatMap((id) => contracts.get(id)?.clauses.then?.text ?? []);
  const boxes = boxesBetween(reading.boxes, head.start, head.to);
  const unit: DraftUnit = {
    id: head.id,
    unit: `task:${head.id.replace(/^T(?=\d)/, '')}`,
    title: withoutCitations(head.title),
    heading: { start: head.start, end: head.end, box: head.box },
    start: head.start,
    end: Math.max(head.end, head.to),
    wave: undefined,
    needs: needsOf(outline, head, annotations),
    group: undefined,
    paths,
    verify: verifyOf(read.steps, read.loose),
    criteria: [...new Set([...thens, ...read.criteria])],
    criterionIds: ids,
    nonCommitting: none,
    agent: agentOf(annotations),
    estimate: estimateOf(annotations),
    boxes,
    phase: undefined,
  };
  return { unit, task: { citations, foundation, files, steps: read.steps }, remarks };
}

/** `Create the cache (BC-1, BC-4)` → `Create the cache`. */
function withoutCitations(title: string): string {
  const bare = title
    .replace(/\s*[([]\s*(?:(?:implements|covers|contracts?:?)\s+)?BC-[^()[\]]{0,300}[)\]]\s*$/i, '')
    .replace(/\s+[—–:-]{1,2}\s*BC-[A-Z0-9.-]{1,30}(?:\s*,\s*BC-[A-Z0-9.-]{1,30}){0,20}\s*$/i, '');
  return bare.trim() === '' ? title : bare;
}

/** The boxes of a stretch of the document. */
function boxesBetween(boxes: readonly Box[], start: number, end: number): readonly Box[] {
  let low = 0;
  let high = boxes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((boxes[middle] as Box).mark.start < start) low = middle + 1;
    else high = middle;
  }
  let to = low;
  while (to < boxes.length && (boxes[to] as Box).mark.start < end) to++;
  return boxes.slice(low, to);
}

function cited(
  reading: TaskReading,
  head: TaskHead,
  annotations: readonly Annotation[],
): { readonly citations: readonly Citation[]; readonly foundation: boolean } {
  const { outline, known } = reading;
  const { source } = outline;
  const citations: Citation[] = [];
  let foundation = false;
  const title = source.shadow.slice(head.start, Math.min(head.end, head.start + 2000));
  if (/\bBC-/i.test(title)) append(citations, citationsIn(title, head.start, known, reading.citations));
  for (const annotation of annotations) {
    if (!CONTRACTS.test(annotation.label)) continue;
    const below =
      annotation.value.trim() === ''
        ? annotation.following.find(({ kind }) => kind === 'list' || kind === 'paragraph')
        : undefined;
    const start = below?.start ?? annotation.start;
    const text = below === undefined ? annotation.value : source.shadow.slice(below.start, below.end);
    append(citations, citationsIn(text, start, known, reading.citations));
    foundation ||= /^[\s(*_]*(?:foundation|all\b|every\b|groundwork|enabl|prerequisite|supports?\b)/i.test(text);
    if (/^[\s(*_]*all(?: of)?(?: the)?(?: behaviou?ral)?(?: contracts| bcs)?\W*$/i.test(text)) {
      if (known.size <= reading.citations)
        for (const id of known) citations.push({ id, start, end: start + text.length });
    }
  }
  reading.citations = Math.max(0, reading.citations - citations.length);
  return { citations, foundation };
}

/** Needs that the task declares: only what names tasks, for "Dependencies" and "After" are also about other things. */
function needsOf({ source }: Outline, head: TaskHead, annotations: readonly Annotation[]): readonly DraftNeeds[] {
  const found: DraftNeeds[] = [];
  for (const { key, value, start, following } of annotations) {
    if (key !== 'needs') continue;
    const below = value.trim() === '' ? following.find(({ kind }) => kind === 'list') : undefined;
    const text =
      below === undefined
        ? value
        : source.shadow
            .slice(below.start, below.end)
            .replace(/^\s{0,12}[-*+]\s+/gm, '')
            .replaceAll('\n', ', ');
    const plain = plainText(text.slice(0, 2000));
    if (!NAMES_TASKS.test(plain)) continue;
    found.push({ text, span: source.span(start, start + value.length) });
  }
  const inTitle =
    /\((?:[^()]{0,200}[,;]\s*)?(?:deps?|depends on|needs|blocked by|after)\b:?\s*([^()]{0,200})\)\s*$/i.exec(
      head.title.slice(0, 2000),
    );
  if (found.length === 0 && inTitle !== null && NAMES_TASKS.test(inTitle[1] as string)) {
    found.push({ text: inTitle[1] as string, span: source.span(head.start, head.end) });
  }
  return found;
}

const NAMES_TASKS =
  /^(?:none|nothing|no|n\/a|nil|-+|[—–])(?:[\s.,;(]|$)|\btasks?\b|^[\s#(]{0,4}\d{1,4}\b(?!\.\d)|\bT\d{1,4}\b|\b(?:all|previous)\b/i;

/** The commands that must exit 0 once the task is done: never one that is meant to fail, or that changes the history. */
function verifyOf(steps: readonly MicroStep[], loose: readonly MicroRun[]): readonly DraftCommand[] {
  const found = new Map<string, DraftCommand>();
  const add = ({ command, span, expected, fails }: MicroRun): void => {
    if (fails || isMutation(command) || found.has(command)) return;
    const plain = expected === undefined || /^(?:all\s+)?(?:tests?\s+)?pass(?:es)?[.!]?$/i.test(expected);
    found.set(command, { run: command, span, expects: plain ? undefined : expected });
  };
  for (const { kind, runs } of steps) {
    if (kind === 'run-fail' || kind === 'commit') continue;
    for (const run of runs) {
      if (kind === 'run-pass' || kind === 'lint' || (run.expected !== undefined && expectsSuccess(run.expected)))
        add(run);
    }
  }
  for (const run of loose) add(run);
  return [...found.values()];
}

function agentOf(annotations: readonly Annotation[]): string | undefined {
  const value = annotations.find(({ key }) => key === 'agent')?.value;
  const name =
    value === undefined ? undefined : /^[A-Za-z0-9][\w.-]{0,63}/.exec(plainText(value))?.[0].replace(/[.-]+$/, '');
  return name === undefined || /^(?:none|any|default)$/i.test(name) ? undefined : name;
}

function estimateOf(annotations: readonly Annotation[]): number | undefined {
  const value = annotations.find(({ key }) => key === 'estimate')?.value;
  return value === undefined ? undefined : minutes(plainText(value));
}
