import { type Annotation, annotationsAmong } from '../../annotations.ts';
import { append } from '../../append.ts';
import { readVerify } from '../../commands.ts';
import type { DraftNeeds, DraftUnit } from '../../draft.ts';
import type { DraftCommand, DraftPath } from '../../draft-parts.ts';
import { plainText } from '../../markdown/inline.ts';
import type { Outline } from '../../markdown/outline.ts';
import type { Box } from '../../model.ts';
import type { Finding } from '../../../base/finding.ts';
import { minutes } from '../task.ts';
import { citationsIn } from './ids.ts';
import type { Citation, CommitMessage, Contract, MicroFile, MicroRun, MicroStep, MicroTask } from './model.ts';
import { commitsNothing, expectsSuccess, isMutation } from './step-kinds.ts';
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

const LABELLED = new Set([...PLAIN, 'depends on', 'dependencies', 'needs', 'verification', 'verify']);

/** What all tasks of a plan are read with. */
export interface TaskReading {
  readonly outline: Outline;
  /** By id; their THENs become what tasks want to be true. */
  readonly contracts: ReadonlyMap<string, Contract>;
  readonly known: ReadonlySet<string>;
  /** All boxes of the document, in its order. */
  readonly boxes: readonly Box[];
  /** There is no other task: what nobody names is its work. */
  readonly only: boolean;
  /** How many contracts may still be cited: thousands of tasks that each name thousands would fill the memory. */
  citations: number;
}

/** Reads one task. */
export function readTask(reading: TaskReading, head: TaskHead): ReadTask {
  const { outline, contracts, known } = reading;
  const { source } = outline;
  const remarks: Finding[] = [];
  const annotations = annotationsAmong(outline, head.blocks, head.labelled ? LABELLED : PLAIN);
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
  const text = bodyOf(outline, head);
  if (files.length === 0 && paths.length === 0) append(paths, markedFiles(outline, head, text, files));
  if (files.length === 0 && paths.length === 0) append(paths, testFiles(outline, head, annotations, files));
  const read = readSteps(outline, head.blocks, head);
  const { citations, foundation, implied } = cited(reading, head, annotations, read.steps);
  append(remarks, read.remarks);
  const ids = [...new Set(citations.map(({ id }) => id))].filter((id) => known.has(id));
  // What a task only lays the ground for is not yet true when it is done.
  const later = foundation || (implied && failsOnly(read.steps));
  const partly = new Set(
    citations.filter(({ end }) => PARTLY.test(source.shadow.slice(end, end + 20))).map(({ id }) => id),
  );
  const thens = (later ? [] : ids).flatMap((id) => (partly.has(id) ? [] : promised(contracts.get(id))));
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
    verify: head.labelled ? keyed(source, annotations, remarks) : verifyOf(read.steps, read.loose),
    criteria: criteriaOf(thens, read, annotations, source),
    criterionIds: ids,
    nonCommitting: none || read.steps.some(({ title }) => commitsNothing(title) && !/\b(?:if|unless)\b/i.test(title)),
    agent: agentOf(annotations),
    estimate: estimateOf(annotations),
    boxes,
    phase: undefined,
  };
  const lead = leads(outline, head, read.steps[0]?.head.start);
  const task = { citations, foundation, implied, lead, mentions: mentionsIn(text), files, steps: read.steps };
  return { unit, task, remarks };
}

/** `BC-4 (partial — the field exists, but nobody fills it)` */
const PARTLY = /^[*_`]{0,2}\s?\(?part(?:ial|ly)\b/i;

/** What is true once a contract is kept: its THEN, or all that it says if it has no clauses. */
function promised(contract: Contract | undefined): readonly string[] {
  if (contract === undefined) return [];
  const { clauses, name } = contract;
  if (clauses.then !== undefined) return [clauses.then.text];
  return Object.keys(clauses).length === 0 && name !== '' ? [name] : [];
}

/** Whether all that a task runs, but linters, is meant to fail: it only writes the tests. */
export function failsOnly(steps: readonly MicroStep[]): boolean {
  const runs = steps.flatMap((step) => (step.kind === 'lint' ? [] : step.runs));
  return runs.length > 0 && runs.every(({ fails }) => fails);
}

/** The commands behind the plain keys of a labelled task. */
function keyed(source: Outline['source'], annotations: readonly Annotation[], remarks: Finding[]): DraftCommand[] {
  const found: DraftCommand[] = [];
  for (const annotation of annotations) {
    if (annotation.key !== 'verify') continue;
    const read = readVerify(source, annotation);
    append(found, read.commands);
    append(remarks, read.remarks);
  }
  return found;
}

/** How much of a task is looked through for paths and contracts that stand in its sentences. */
const MAX_BODY = 20_000;

function bodyOf({ source }: Outline, head: TaskHead): string {
  return source.shadow.slice(head.end, Math.min(Math.max(head.end, head.to), head.end + MAX_BODY));
}

const CODE_PATH = /`([\w@.-]{1,80}(?:\/[\w@.*-]{1,80}){0,12})(?::\d[\d,:–-]{0,40})?`/g;

function mentionsIn(body: string): readonly string[] {
  const found = new Set<string>();
  for (const [, path = ''] of body.matchAll(CODE_PATH)) {
    if (/^[^.][^/]*\.(?:md|mdx|rst|txt|ya?ml|json|toml)$|\/[^/]*\.[A-Za-z]\w{0,9}$/i.test(path) && found.size < 200)
      found.add(path);
  }
  return [...found];
}

const MARKED =
  /^[ \t]{0,6}(?:[-*+]|\d{1,3}[.)])[ \t]{1,4}(?:\[[ xX]\][ \t]{1,4})?\*\*(create|add|edit|modify|update|delete|remove):?\*\*:?[ \t]{1,4}`([\w@.-]{1,80}(?:\/[\w@.*-]{1,80}){0,12})`/gim;

/** `**File 1: \`src/a.ts\`**` above what is done to it. */
const NUMBERED_FILE =
  /^[ \t]{0,3}(?:\*\*|__)(?:(new|test|modified|delete) )?file[ \t]{1,3}\d{1,3}(?: ?\([^()\n]{0,60}\))?[ \t]{0,3}[:.—–-](?:\*\*|__)?[ \t]{0,4}`([\w@.-]{1,80}(?:\/[\w@.*-]{1,80}){0,12})`/gim;

/** `1. **Edit** \`docs/a.md\``: without a list of files, items that say in bold what becomes of one. */
function markedFiles({ source }: Outline, head: TaskHead, body: string, files: MicroFile[]): readonly DraftPath[] {
  return [...body.matchAll(MARKED), ...body.matchAll(NUMBERED_FILE)].flatMap((match): readonly DraftPath[] => {
    const [whole, word = '', path = ''] = match;
    if (!/[/.]/.test(path)) return [];
    const end = head.end + match.index + whole.length - 1;
    const span = source.span(end - path.length, end);
    const use = /^(?:create|add|new)/i.test(word) ? 'create' : /^(?:delete|remove)/i.test(word) ? 'delete' : 'modify';
    files.push({ path, use, span });
    return [{ text: path, span }];
  });
}

const TEST_IN = /^[ \t]{0,3}`[^`\n]{1,200}`[ \t]{1,3}in[ \t]{1,3}`([\w@.-]{1,80}(?:\/[\w@.*-]{1,80}){0,12}\.\w{1,10})`/;

/** `**Test:** \`refuses\` in \`test/door.ts\``: of a task that only writes this test. */
function testFiles(
  { source }: Outline,
  head: TaskHead,
  annotations: readonly Annotation[],
  files: MicroFile[],
): readonly DraftPath[] {
  const first = annotations[0];
  if (first === undefined || !/^tests?$/.test(first.label) || source.shadow.slice(head.end, first.at).trim() !== '')
    return [];
  if (annotations.some(({ label }) => /^(?:impl|implement|implementation|changes?|code)$/.test(label))) return [];
  const match = TEST_IN.exec(first.value.slice(0, 1000));
  if (match === null) return [];
  const path = match[1] as string;
  const end = first.start + match[0].length - 1;
  const span = source.span(end - path.length, end);
  files.push({ path, use: 'test', span });
  return [{ text: path, span }];
}

/** Whether a sentence or code stands between the title and the first step. */
function leads({ source }: Outline, head: TaskHead, step: number | undefined): boolean {
  const first = head.blocks.find(({ start }) => start >= head.end);
  if (first === undefined || (step !== undefined && first.start >= step)) return false;
  return (
    (first.kind === 'paragraph' || first.kind === 'fence') &&
    !/^\s*(?:\*\*|__)/.test(source.shadow.slice(first.start, first.start + 4))
  );
}

/** What must be true when a task is done; without contracts and commands, what its tests are said to show. */
function criteriaOf(
  thens: readonly string[],
  { criteria, steps, loose }: ReturnType<typeof readSteps>,
  annotations: readonly Annotation[],
  { shadow }: Outline['source'],
): readonly string[] {
  const found = [...new Set([...thens, ...criteria])];
  if (found.length > 0 || loose.length > 0 || steps.some(({ runs }) => runs.length > 0)) return found;
  return annotations
    .filter(({ label }) => TESTS.test(label))
    .flatMap(({ following }) => following.filter(({ kind }) => kind === 'list'))
    .flatMap((list) => list.children)
    .slice(0, 40)
    .map(({ start, end }) =>
      plainText(shadow.slice(start, Math.min(end, start + 1000)).replace(/^\s*[-*+\d.)]+\s+/, '')),
    );
}

const TESTS = /^tests?(?: cases?)?$/;

/** `Create the cache (BC-1, BC-4)` → `Create the cache`. */
function withoutCitations(title: string): string {
  const bare = title
    .replace(
      /^\s*[([]?BC-[A-Z0-9.-]{1,30}(?:\s*(?:,|\+|&|\band\b|\/)\s*BC-[A-Z0-9.-]{1,30}){0,20}[)\]]?\s*(?:[—–:]|-{1,2}\s)\s*(?=\S)/i,
      '',
    )
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
  steps: readonly MicroStep[],
): Pick<MicroTask, 'citations' | 'foundation' | 'implied'> {
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
    foundation ||=
      /\(\s{0,2}(?:documentation|docs) for\b|\bfoundation\s{0,2}\)|^[\s(*_]*(?:foundation|all\b|every\b|groundwork|enabl|prerequisite|supports?\b)/i.test(
        text,
      );
    if (/^[\s(*_]*all(?: of)?(?: the)?(?: behaviou?ral)?(?: contracts| bcs)?\W*$/i.test(text)) {
      if (known.size <= reading.citations)
        for (const id of known) citations.push({ id, start, end: start + text.length });
    }
  }
  const implied = citations.length === 0;
  if (implied) append(citations, impliedBy(reading, head, annotations, steps));
  reading.citations = Math.max(0, reading.citations - citations.length);
  return { citations, foundation, implied };
}

/** Of a task that names no contract: those that its tests name, or else its commit; all of them if it is the only task. */
function impliedBy(
  { outline, known, only, citations }: TaskReading,
  head: TaskHead,
  annotations: readonly Annotation[],
  steps: readonly MicroStep[],
): readonly Citation[] {
  if (only && known.size <= citations) return [...known].map((id) => ({ id, start: head.start, end: head.end }));
  const { shadow } = outline.source;
  const tested = annotations
    .filter(({ label }) => TESTS.test(label))
    .flatMap(({ value, start, following }) => {
      const to = Math.max(start + value.length, following.findLast(({ kind }) => kind === 'list')?.end ?? 0);
      const text = shadow.slice(start, Math.min(to, start + MAX_BODY));
      return /\bBC-/.test(text) ? citationsIn(text, start, known, citations) : [];
    });
  const found = tested.length > 0 ? tested : steps.flatMap(({ commit }) => committed(commit, known, citations));
  return found.filter(({ id }) => known.has(id));
}

/** The contracts that a commit message names: in its first line, else in the lines below. */
function committed(commit: CommitMessage | undefined, known: ReadonlySet<string>, most: number): readonly Citation[] {
  if (commit === undefined) return [];
  const { text, rest, start, end } = commit;
  const words = /\bBC-/.test(text) ? text : rest.slice(0, MAX_BODY);
  return /\bBC-/.test(words) ? citationsIn(words, start, known, most).map(({ id }) => ({ id, start, end })) : [];
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
    if (!NAMES_TASKS.test(plain) && !(head.labelled && /^[A-Z]{1,4}-?\d/.test(plain))) continue;
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
