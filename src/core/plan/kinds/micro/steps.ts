import { type Annotation, labelOf } from '../../annotations.ts';
import { append } from '../../append.ts';
import { readVerify } from '../../commands.ts';
import type { Finding } from '../../../base/finding.ts';
import type { Block } from '../../markdown/blocks.ts';
import { readFence } from '../../markdown/fence.ts';
import { pieces, plainText, withoutComments } from '../../markdown/inline.ts';
import { boxAt, itemStart, type Outline } from '../../markdown/outline.ts';
import type { Source } from '../../markdown/source.ts';
import { isShell, splitShell } from '../../shell.ts';
import { commitIn, commitOfText } from './commit.ts';
import type { CommitMessage, MicroRun, MicroStep, StepKind } from './model.ts';
import { expectsFailure, isLint, keyKind, looksBefore, stepKind } from './step-kinds.ts';

/** What the steps of a task hold. */
export interface Steps {
  readonly steps: readonly MicroStep[];
  /** Commands that stand in front of the first step. */
  readonly loose: readonly MicroRun[];
  /** Sentences of Verify values that no program checks. */
  readonly criteria: readonly string[];
  readonly remarks: readonly Finding[];
}

interface OpenRun {
  command: string;
  span: MicroRun['span'];
  expected: string | undefined;
}

interface OpenStep {
  number: number | undefined;
  title: string;
  kind: StepKind;
  head: { start: number; end: number };
  end: number;
  runs: OpenRun[];
  fences: number;
  prose: string[];
  commit: CommitMessage | undefined;
  compact: boolean;
}

const STEP = /^step(?:\s+(\d{1,3})[a-z]?(?:\.\d{1,3})?)?\s*(?:[:.)—–]|-{1,2}\s|$)\s*(.*)$/i;
const STEP_BARE = /^step\s+(\d{1,3})[a-z]?\s+(\S.*)$/i;
const KEY =
  /^\s*(?:\*\*|__)?([A-Za-z](?:[A-Za-z]|[ _-](?=[A-Za-z])){0,30})(?: ?\([^()]{0,160}\))?(?::(?:\*\*|__)|(?:\*\*|__)\s?:|:(?=\s|$|`))/;
/** `**Change 2 — Print the counter (after line 20):**` */
const NUMBERED_KEY =
  /^\s*(?:\*\*|__)(?:change|edit|update|fix|addition|removal|file)\s+\d{1,3}\b.{0,300}(?:\*\*|__):?\s*$/i;
/** A Files line with its list below. */
const FILES = /^\s*(?:\*\*|__)?files?\b[^:`]{0,40}:(?:\*\*|__)?\s*$/i;

/** Reads the steps of a task: `**Step 1: …**`, headings, boxes, numbered items, or the keys of the compact form. */
export function readSteps(
  outline: Outline,
  blocks: readonly Block[],
  head: { readonly start: number; readonly end: number },
): Steps {
  const reader = new Reader(outline, blocks, head);
  reader.walk(blocks, 0);
  return reader.finish();
}

class Reader {
  readonly #source: Source;
  readonly #head: { readonly start: number; readonly end: number };
  /** Some line says "Step": then nothing else is one, and keys such as Test are part of a step. */
  readonly #named: boolean;
  readonly #steps: OpenStep[] = [];
  readonly #loose: OpenRun[] = [];
  readonly #criteria: string[] = [];
  readonly #remarks: Finding[] = [];
  #step: OpenStep | undefined;
  #inFiles = false;
  #wants: 'command' | 'expected' | undefined;
  #expectedSeen = false;

  constructor(outline: Outline, blocks: readonly Block[], head: { readonly start: number; readonly end: number }) {
    this.#source = outline.source;
    this.#head = head;
    this.#named = hasNamedSteps(outline.source, blocks, 0);
  }

  walk(blocks: readonly Block[], depth: number): void {
    for (const block of blocks) {
      switch (block.kind) {
        case 'heading':
          this.#heading(block);
          break;
        case 'paragraph':
          this.#paragraph(block, depth, block.start);
          break;
        case 'fence':
          this.#fence(block);
          break;
        case 'list':
          this.#list(block, depth);
          break;
        // Nothing in a quote is read: it holds what others said.
        case 'item':
          this.walk(block.children, depth);
          break;
        default:
      }
      if (this.#step !== undefined && block.kind !== 'rule') this.#step.end = Math.max(this.#step.end, block.end);
    }
  }

  finish(): Steps {
    return {
      steps: this.#steps.map(({ runs, prose, kind, ...step }) => {
        const done = runs.map((run) => closed(run, kind));
        return { ...step, kind: refined(kind, done), runs: done, prose: prose.join('\n') };
      }),
      loose: this.#loose.map((run) => closed(run, 'other')),
      criteria: this.#criteria,
      remarks: this.#remarks,
    };
  }

  #open(number: number | undefined, title: string, read: StepKind, start: number, end: number, compact: boolean): void {
    // What is looked at before anything is changed does not hold afterwards.
    const kind = looksBefore(title) && this.#steps.every((one) => one.kind === 'run-fail') ? 'run-fail' : read;
    const step: OpenStep = {
      number,
      title,
      kind,
      head: { start, end },
      end,
      runs: [],
      fences: 0,
      prose: [],
      commit: undefined,
      compact,
    };
    this.#steps.push(step);
    this.#step = step;
    this.#wants = undefined;
    this.#expectedSeen = false;
    this.#inFiles = false;
  }

  #heading(block: Block): void {
    const raw = this.#source.shadow.slice(block.start, Math.min(block.end, block.start + 2000));
    const title = plainText(raw.replace(/^#{1,6}\s*/, '').replace(/^\[[ xX]\]\s*/, ''));
    this.#inFiles = /^files?\b/i.test(title);
    const step = stepOf(title);
    if (step !== undefined) this.#open(step.number, step.title, stepKind(step.title), block.start, block.end, false);
    else {
      const kind = keyKind(labelOf(title));
      if (kind !== undefined) this.#open(undefined, title, kind, block.start, block.end, true);
      else this.#step?.prose.push(title);
    }
  }

  #list(block: Block, depth: number): void {
    const { shadow } = this.#source;
    const files = this.#inFiles;
    const ordered = /\d/.test(shadow[block.start] ?? '');
    for (const item of block.children) {
      const [first, ...rest] = item.children;
      const from = itemStart(this.#source, item);
      const box = boxAt(this.#source, from);
      if (box !== undefined) this.#inFiles = false;
      if (this.#inFiles) continue;
      if (first?.kind !== 'paragraph') {
        this.walk(item.children, depth + 1);
        continue;
      }
      const begin = Math.max(first.start, box === undefined ? from : from + 3);
      const line = withoutComments(shadow.slice(begin, Math.min(this.#source.lineEnd(begin), begin + 2000)));
      const plain = plainText(line);
      const step = stepOf(plain);
      const implied = !this.#named && depth === 0 && (ordered || box !== undefined) && !this.#inKey();
      if (step !== undefined || implied) {
        const { number, title } = step ?? {
          number: ordered ? Number.parseInt(shadow.slice(item.start, item.start + 6), 10) : undefined,
          title: plain,
        };
        this.#open(number, title, stepKind(title), item.start, this.#source.lineEnd(item.start), false);
        const lineEnd = this.#source.lineEnd(begin);
        if (step === undefined) this.#impliedLine(line, begin);
        if (lineEnd < first.end) this.#paragraph(first, depth + 1, lineEnd + 1);
      } else this.#paragraph(first, depth + 1, begin);
      this.walk(rest, depth + 1);
      if (this.#step !== undefined) this.#step.end = Math.max(this.#step.end, item.end);
    }
    if (files) this.#inFiles = false;
  }

  /** `5. Lint: \`ruff check\``: the item is the step and its command in one. */
  #impliedLine(line: string, at: number): void {
    const key = KEY.exec(line);
    const kind = key === null ? undefined : keyKind(labelOf(key[1] as string));
    if (key === null || kind === undefined) {
      this.#commands(line, at);
      this.#commit(line, at);
    } else this.#value(kind, line.slice(key[0].length), at + key[0].length);
  }

  #commit(line: string, at: number): void {
    const step = this.#step;
    if (step?.kind === 'commit' && line.includes('git commit')) step.commit ??= commitOfText(line, at);
  }

  /** Below `**Impl:**` a numbered list says what to do and has no steps of its own. */
  #inKey(): boolean {
    return this.#step?.compact === true;
  }

  #paragraph(block: Block, depth: number, from: number): void {
    const text = withoutComments(this.#source.shadow.slice(from, block.end));
    if (depth === 0) this.#inFiles = false;
    let at = from;
    for (const line of text.split('\n')) {
      this.#line(line.length > 8000 ? line.slice(0, 8000) : line, at, depth);
      at += line.length + 1;
    }
  }

  #line(line: string, at: number, depth: number): void {
    if (line.trim() === '' || at < this.#head.end) return;
    const step = depth === 0 && /\bstep\b/i.test(line.slice(0, 20)) ? stepOf(plainText(line)) : undefined;
    const end = at + line.trimEnd().length;
    if (step !== undefined) {
      this.#open(step.number, step.title, stepKind(step.title), at, end, false);
      return;
    }
    if (depth === 0 && FILES.test(line)) {
      this.#inFiles = true;
      return;
    }
    if (!this.#named && depth === 0 && NUMBERED_KEY.test(line.slice(0, 400))) {
      this.#open(undefined, plainText(line).replace(/:\s*$/, ''), 'impl', at, end, true);
      return;
    }
    const key = KEY.exec(line);
    if (key !== null) {
      const label = labelOf(key[1] as string);
      const value = line.slice(key[0].length).replace(/^\*\*|^__/, '');
      const start = at + line.length - value.length;
      if (/^(?:run|runs|command|commands|execute)$/.test(label)) return this.#run(value, start);
      if (
        /^expect(?:ed)?(?: (?:output|result|results|outcome|failure))?(?: (?:includes?|contains?|shows?|is))?$/.test(
          label,
        )
      )
        return this.#expect(value);
      // `**Test (verification):**` holds what is run, not a test that is written.
      const named = keyKind(label);
      const kind = named === 'test' && /\((?:verif|check|manual)/i.test(key[0]) ? 'run-pass' : named;
      const bold = /^\s*(?:\*\*|__)/.test(line);
      const opens =
        kind !== undefined &&
        (bold || (depth === 0 && !this.#named)) &&
        (!this.#named || /^(?:verify|verification|lint|commit)/.test(label));
      if (opens) {
        this.#open(undefined, plainText(key[0]).replace(/:\s*$/, ''), kind, at, end, true);
        this.#value(kind, value, start);
        return;
      }
    }
    this.#text(line, at);
  }

  /** What stands behind a key of the compact form. */
  #value(kind: StepKind, value: string, start: number): void {
    if (value.trim() === '') return;
    if (/^(?:run-|lint)/.test(kind)) this.#run(value, start, kind === 'run-pass');
    else if (kind === 'commit') (this.#step as OpenStep).commit = commitOfText(value, start);
    else this.#step?.prose.push(value.trim());
  }

  #run(value: string, start: number, criteria = false): void {
    const read = readVerify(this.#source, annotation(value, start));
    append(this.#remarks, read.remarks);
    const into = this.#step?.runs ?? this.#loose;
    this.#expectedSeen = false;
    if (read.commands.length > 0) {
      const tail = expectationIn(value);
      for (const { run, span } of read.commands) into.push({ command: run, span, expected: undefined });
      if (tail !== undefined) (into.at(-1) as OpenRun).expected = tail;
      this.#wants = undefined;
      return;
    }
    const plain = value.trim();
    if (plain === '') this.#wants = 'command';
    else if (
      /^(?:\$ )?[a-z./][\w./-]*(?:\s+\S|$)/.test(plain) &&
      !/[.!?]$/.test(plain) &&
      !value.includes('`') &&
      !criteria
    ) {
      const at = start + value.indexOf(plain);
      const command = plain.replace(/^\$ /, '');
      into.push({ command, span: this.#source.span(at, at + plain.length), expected: undefined });
    } else if (criteria) append(this.#criteria, read.criteria);
    else this.#step?.prose.push(plain);
  }

  #expect(value: string): void {
    const text = plainText(value);
    this.#expectedSeen = true;
    if (text === '') this.#wants = 'expected';
    else this.#expected(text);
  }

  #expected(text: string): void {
    this.#wants = undefined;
    const into = this.#step?.runs ?? this.#loose;
    for (let i = into.length - 1; i >= 0 && (into[i] as OpenRun).expected === undefined; i--) {
      (into[i] as OpenRun).expected = text;
    }
  }

  #text(line: string, at: number): void {
    if (this.#wants === 'expected') return this.#expected(plainText(line));
    this.#commands(line, at);
    this.#commit(line, at);
    this.#step?.prose.push(line.trim());
  }

  /** In a step that runs something, a line that is a command, or that says to run one. */
  #commands(line: string, at: number): void {
    const step = this.#step;
    const runs = this.#wants === 'command' || (step !== undefined && /^(?:run-|lint)/.test(step.kind));
    if (!runs || !line.includes('`')) return;
    const text = line.replace(/^\s*(?:[-*+]\s+)?/, '');
    const lead = /^(?:(?:then|and|next|now)[ ,]+)?(?:(?:re-?)?run|execute)(?: [a-z ]{1,40})?:?\s*(?=`)/i.exec(text);
    if (lead === null && !text.startsWith('`')) return;
    const value = text.slice(lead?.[0].length ?? 0);
    this.#run(value, at + line.length - value.length);
  }

  /** A message alone in a fence: `feat(store): keep pages (BC-2)`. */
  #bareCommit(block: Block): CommitMessage | undefined {
    const at = this.#source.lineEnd(block.start) + 1;
    const line = this.#source.shadow.slice(at, Math.min(this.#source.lineEnd(at), at + 300)).trimEnd();
    if (at >= block.end || !/^[a-z]{2,12}(?:\([^()]{1,60}\))?!?: \S/.test(line)) return undefined;
    const end = block.start + this.#source.shadow.slice(block.start, block.end).lastIndexOf('\n');
    const rest = this.#source.shadow.slice(at + line.length, Math.max(at + line.length, end));
    return { text: line, start: at, end: at + line.length, rest };
  }

  #fence(block: Block): void {
    const step = this.#step;
    const { shadow } = this.#source;
    if (this.#wants === 'expected') {
      this.#expected(plainText(readFence(this.#source, block).code.slice(0, 1000)) || 'output');
      return;
    }
    if (step !== undefined) step.fences++;
    const commit = step === undefined ? undefined : commitIn(this.#source, block.start, block.end);
    if (commit !== undefined && step !== undefined) step.commit ??= commit;
    else if (step?.kind === 'commit' && step.commit === undefined) step.commit = this.#bareCommit(block);
    const asked = this.#wants === 'command';
    this.#wants = undefined;
    if (!asked && (step === undefined || !/^(?:run-|lint)/.test(step.kind))) return;
    // Behind what was expected, a fence without a language shows output.
    if (
      !asked &&
      this.#expectedSeen &&
      /^(?:`+|~+)[ \t]*$/.test(
        shadow.slice(block.start, Math.min(this.#source.lineEnd(block.start), block.start + 200)),
      )
    )
      return;
    const fence = readFence(this.#source, block);
    if (!isShell(fence.language)) return;
    const span = this.#source.span(block.start, block.end);
    const into = step?.runs ?? this.#loose;
    this.#expectedSeen = false;
    for (const { code, expected } of stretches(fence.code)) {
      for (const command of splitShell(code, fence.language)) into.push({ command, span, expected });
    }
  }
}

const EXPECTED = /^\s*#\s*(?:expect(?:ed|s)?(?: output| result)?|should)\b\s*:?\s*(\S.*)$/i;

/** The code of a fence up to each `# Expected: …` comment, with what that comment says; linear. */
function stretches(code: string): readonly { readonly code: string; readonly expected: string | undefined }[] {
  if (!/#\s*(?:expect|should)/i.test(code)) return [{ code, expected: undefined }];
  const found: { code: string; expected: string | undefined }[] = [];
  let lines: string[] = [];
  for (const line of code.split('\n')) {
    const expected = EXPECTED.exec(line.slice(0, 1000))?.[1];
    if (expected === undefined) lines.push(line);
    else {
      found.push({ code: lines.join('\n'), expected: expected.trimEnd() });
      lines = [];
    }
  }
  if (lines.length > 0) found.push({ code: lines.join('\n'), expected: undefined });
  return found;
}

function annotation(value: string, start: number): Annotation {
  return { key: 'verify', label: 'run', at: start, value, start, following: [], section: false };
}

function stepOf(plain: string): { readonly number: number | undefined; readonly title: string } | undefined {
  const text = plain.slice(0, 2000);
  const match = STEP.exec(text) ?? STEP_BARE.exec(text);
  if (match === null || (match[1] === undefined && match[2] === '')) return undefined;
  const number = match[1] === undefined ? undefined : Number(match[1]);
  return { number, title: (match[2] as string) || `Step ${number}` };
}

function hasNamedSteps(source: Source, blocks: readonly Block[], depth: number): boolean {
  return blocks.some((block) => {
    if (block.kind === 'list' || block.kind === 'item') {
      return depth < 4 && hasNamedSteps(source, block.children, depth + 1);
    }
    if (block.kind !== 'paragraph' && block.kind !== 'heading') return false;
    const line = source.shadow.slice(block.start, Math.min(source.lineEnd(block.start), block.start + 60));
    return /\bstep\b/i.test(line) && stepOf(plainText(line.replace(/^[#\s]*(?:\[[ xX]\]\s*)?/, ''))) !== undefined;
  });
}

/** What the rest of a Run line says about the outcome: `— expect FAIL`, `→ PASS`. */
function expectationIn(value: string): string | undefined {
  const last = pieces(value).at(-1);
  if (last === undefined || last.code) return undefined;
  const text = plainText(last.text).replace(/^[\s,;:.(—–→=>-]+|[\s).;]+$/g, '');
  return /expect|pass|fail|error|succe|green|clean|→|=>/i.test(last.text) && text !== ''
    ? text.replace(/^expect(?:ed|s)?:?\s*/i, '')
    : undefined;
}

function closed(run: OpenRun, kind: StepKind): MicroRun {
  return { ...run, fails: kind === 'run-fail' || (run.expected !== undefined && expectsFailure(run.expected)) };
}

/** A step whose title says little is what its commands are. */
function refined(kind: StepKind, runs: readonly MicroRun[]): StepKind {
  if (runs.length === 0) return kind;
  if (kind === 'other') {
    if (runs.every((run) => run.fails)) return 'run-fail';
    return runs.every((run) => isLint(run.command)) ? 'lint' : 'run-pass';
  }
  return kind === 'run-pass' && runs.every((run) => run.fails) ? 'run-fail' : kind;
}
