import type { Finding } from '../base/finding.ts';
import type { Annotation } from './annotations.ts';
import type { Block } from './markdown/blocks.ts';
import { finding } from './draft.ts';
import type { DraftCommand } from './draft-parts.ts';
import { readFence } from './markdown/fence.ts';
import { pieces, plainText, withoutComments } from './markdown/inline.ts';
import { boxAt, itemStart } from './markdown/outline.ts';
import type { Source } from './markdown/source.ts';
import { isShell, splitLine, splitShell } from './shell.ts';

/** What a Verify value or a Verification section asks for. */
export interface Verification {
  readonly commands: readonly DraftCommand[];
  /** Sentences that no program can check: they go into the brief. */
  readonly criteria: readonly string[];
  readonly remarks: readonly Finding[];
}

/** Reads the value of a Verify annotation: inline code, the fence or list below it, or prose. */
export function readVerify(source: Source, annotation: Annotation): Verification {
  if (annotation.section) return readVerification(source, annotation.following);
  const collected = new Collector(source);
  const value = annotation.value.trim();
  if (value !== '' && !isPlaceholder(value)) collected.text(annotation.value, annotation.start);
  // Lists and fences below a value belong to it only if the value leaves room for them.
  const open = collected.commands.length === 0 && (value === '' || value.endsWith(':') || isPlaceholder(value));
  for (const block of annotation.following) {
    if (block.kind === 'fence' ? collected.commands.length > 0 && !open : !open) break;
    if (!collected.block(block, true)) break;
  }
  if (isPlaceholder(value)) collected.placeholder(value, annotation);
  return collected;
}

/** Reads the blocks of a Verification section: every list item and fence counts. */
export function readVerification(source: Source, blocks: readonly Block[]): Verification {
  const collected = new Collector(source);
  for (const block of blocks) collected.block(block, false);
  return collected;
}

/** The commands that a sentence names where a command would stand: `Run \`npm run bench\`. Success: below 5 ms.` */
export function commandsIn(source: Source, text: string, start: number): readonly DraftCommand[] {
  const collected = new Collector(source);
  collected.text(text, start);
  return collected.commands;
}

/** `<command>`, `[…]`, `{…}`, `...`, `TBD`: text of a template that nobody has filled in; `[ -f x ]` is a test of the shell. */
export function isPlaceholder(text: string): boolean {
  if (text.length > 400) return false;
  const inner = text.includes('`') ? text.trim().replace(/^`+|`+$/g, '') : text.trim();
  return /^(?:<[^<>]*>|\[(?!\s)[^[\]]*\]|\{(?!\s)[^{}]*\}|\.{3}|…|TBD|TODO|XXX)[.:]?$/i.test(inner);
}

class Collector {
  readonly commands: DraftCommand[] = [];
  readonly criteria: string[] = [];
  readonly remarks: Finding[] = [];
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  /** Reads one block; false when it is no part of the value (the steps that follow, for example). */
  block(block: Block, strict: boolean): boolean {
    if (block.kind === 'fence') return this.#fence(block);
    if (block.kind === 'paragraph') {
      this.text(withoutComments(this.#source.shadow.slice(block.start, block.end)), block.start);
      return true;
    }
    if (block.kind !== 'list') return !strict;
    return block.children.every((item) => this.#item(item, strict));
  }

  #item(item: Block, strict: boolean): boolean {
    const [first, ...rest] = item.children;
    let from = itemStart(this.#source, item);
    const boxed = boxAt(this.#source, from) !== undefined;
    if (boxed) from += 3;
    const end = first?.kind === 'paragraph' ? first.end : from;
    const text = withoutComments(this.#source.shadow.slice(from, end));
    // Below a `**Verify:**` line, a box with prose is the first of the task's steps.
    if (strict && boxed && !text.trimStart().startsWith('`')) return false;
    this.text(text, from);
    for (const block of rest) if (block.kind === 'fence') this.#fence(block);
    return true;
  }

  #fence(block: Block): boolean {
    const fence = readFence(this.#source, block);
    if (!isShell(fence.language)) {
      const hint = 'Write commands in a fence tagged `sh`, or in backticks.';
      const span = this.#source.span(block.start, this.#source.lineEnd(block.start));
      this.remarks.push(
        finding('TK-05', 'info', span, `A \`${fence.language}\` block is not run as verification.`, hint),
      );
      return true;
    }
    const span = this.#source.span(block.start, block.end);
    for (const run of splitShell(fence.code, fence.language)) {
      if (!isPlaceholder(run)) this.commands.push({ run, span, expects: undefined });
    }
    return true;
  }

  /** Reads a value or an item: code spans that stand where a command would stand are commands, the rest is prose. */
  text(text: string, start: number): void {
    if (isPlainCommand(text)) {
      const at = start + text.length - text.trimStart().length;
      const span = this.#source.span(at, at + text.trim().length);
      for (const run of splitLine(text)) this.commands.push({ run, span, expects: undefined });
      return;
    }
    const parts = pieces(text);
    let prose = '';
    let count = 0;
    let last: { run: string; start: number; end: number } | undefined;
    let tail = '';
    const flush = (): void => {
      if (last === undefined) return;
      const expects = expectation(tail);
      const span = this.#source.span(start + last.start, start + last.end);
      this.commands.push({ run: last.run, span, expects });
      last = undefined;
    };
    for (const part of parts) {
      const leads =
        part.code &&
        ((leadsToCommand(prose, count === 0) && isCommand(part.text, parts.length === 1)) ||
          (showsIt(prose) && isRunnable(part.text)));
      if (leads) {
        tail = tail.replace(LEAD_IN, '');
        flush();
        last = { run: part.text.trim(), start: part.start, end: part.end };
        count++;
        prose = '';
        tail = '';
      } else {
        prose += part.code ? `\`${part.text}\`` : part.text;
        if (prose.length > MAX_PROSE) prose = endOf(prose);
        tail += part.code ? `\`${part.text}\`` : part.text;
      }
    }
    const expects = last === undefined ? undefined : expectation(tail);
    flush();
    const plain = plainText(text);
    if (plain !== '' && !isPlaceholder(plain) && (count === 0 || expects !== undefined)) this.criteria.push(plain);
  }

  placeholder(value: string, annotation: Annotation): void {
    const span = this.#source.span(annotation.start, annotation.start + annotation.value.length);
    this.remarks.push(
      finding(
        'GEN-001',
        'warning',
        span,
        `${value} is text of a template, not a value.`,
        'Write the commands instead.',
      ),
    );
  }
}

// "…, then run" in front of the next command is no part of what is expected of this one.
const LEAD_IN = /(?:\s|[,;:·—–]|\b(?:and|then|also|finally|next|runs?|execute|check|with)\b){1,20}$/i;

/** Prose is cut back when it is longer, so that a long line full of code spans is not gone through for each of them. */
const MAX_PROSE = 1000;
/** How much of the prose before a code span says whether it is a command. */
const MAX_LEAD = 200;

/** The end of a text with single blanks: more than is looked at, for blanks around it will go. */
function endOf(prose: string): string {
  return prose.replace(/\s+/g, ' ').slice(-2 * MAX_LEAD);
}

/** Prose after which a code span is a command: nothing, a separator, "and", "then run", the end of a sentence. */
function leadsToCommand(prose: string, first: boolean): boolean {
  const text = endOf(prose).trim().slice(-MAX_LEAD);
  if (/^(?:[,;:·|+&•—–-]|&&|\(|\.)*$/.test(text)) return true;
  const lead =
    /^(?:[,;:·.)\s—–-]|\([^()]*\))*(?:(?:and|then|also|plus|or|finally|first|next)\b[ ,]*)*(?:(?:re-?)?runs?|running|execute|check|exercise|with|via|command|commands|tests?|build|lint|typecheck)?:?$/i;
  if (lead.test(text)) return true;
  return !first && /[.;:]$/.test(text);
}

/**
 * A sentence about what is to be so, behind which stands what shows it: `Integration tests pass across modules: \`make it\``,
 * `All green (\`npm test\`)`, `The project builds with \`make\``.
 */
function showsIt(prose: string): boolean {
  const text = endOf(prose).trim().slice(-MAX_LEAD);
  if (!/(?:[:(=—–-]|→|=>|\b(?:with|via|using|running|under|by|runs?))$/i.test(text)) return false;
  return CHECKED.test(text) && !TOLD.test(text);
}

/** What can be shown by a command. */
const CHECKED =
  /\b(?:tests?|testing|suite|pass|passes|passed|passing|succeeds?|green|clean|cleanly|builds?|compiles?|lint|lints|linter|linting|types?|typechecks?|errors?|warnings?|coverage|e2e|end-to-end|smoke|integration|works?|checks?|checked|verify|verified|verifies|verification|formatted|starts|journeys?|benchmarks?|demo)\b/i;
/** Sentences that speak of a command, and do not ask for it to be run. */
const TOLD =
  /\b(?:documents?|documented|docs|readme|mentions?|mentioned|describes?|described|replaces?|replaced|instead|no longer|never|removed?|removes|deprecated|renamed?|formerly|manual|manually|by hand|like|such as|e\.g)\b/i;

/** Code that is a command wherever it stands: a program that everybody knows and what it is told, or a script by its path. */
function isRunnable(code: string): boolean {
  const text = code.trim();
  if (text.length > 20_000 || text.includes('\n') || isPlaceholder(text)) return false;
  return (
    (PROGRAM.test(text) && /\s/.test(text)) ||
    /^(?:make|true|tox|nox|pytest|vitest|jest|ctest|tsc|eslint|mypy|just|rake|rspec)(?=\s|$)/.test(text) ||
    /^(?:\.{0,2}\/)?(?:[\w.-]+\/)*[\w.-]+\.(?:sh|bash)(?=\s|$)/.test(text) ||
    /^\.{1,2}\/[\w./-]+(?=\s|$)/.test(text)
  );
}

const PROGRAM =
  /^(?:! )?(?:(?:npm|pnpm|yarn|bun|npx|node|deno|python3?|pytest|cargo|go|make|mvn|gradle|dotnet|bundle|rspec|vitest|jest|tsc|eslint|mypy|ruff|grep|rg|git|bash|sh|diff|jq|cd|curl|docker|uv|poetry|swift|xcodebuild|terraform|kubectl|php|composer|ruby|flutter|bazel)(?=\s)|test(?= (?:-[a-z]|!|"))|\[\s|\.{1,2}\/[\w./-]{1,200}(?=\s|$))/;
/** What no sentence has: an option, a path, a quoted word, a shell's operator, the word that such programs are told. */
const ARGUMENT =
  /\s(?:-{1,2}[A-Za-z]|["']|[\w@.*-]{0,100}\/|[\w*-]{1,100}\.[a-z]{1,5}(?=\s|$)|&&|\|)|^\S+ (?:test|build|lint|check|ci|vet|clippy|verify|typecheck)(?=\s|$)|^(?:npm|pnpm|yarn|bun) run \S+|^make [\w-]+$/;
const SENTENCE =
  /\w[.!](?:\s|$)|(?<![\w./-])(?:pass(?:es)?|succeeds?|green|works?|should|must|returns|shows|prints|exits|reports|is|are|the|that)(?=[\s,.]|$)/i;

/** Whether a text without backticks is a command as it stands: `node --test a.mjs ; npm test`. */
export function isPlainCommand(text: string): boolean {
  const line = text.trim();
  if (line.includes('\n') || line.includes('`') || line.length > 20_000 || !PROGRAM.test(line)) return false;
  if (!ARGUMENT.test(line)) return false;
  // What stands in quotes is no part of a sentence.
  return !SENTENCE.test(line.slice(0, 2000).replace(/"[^"]*"|'[^']*'/g, '""'));
}

/** A lone word such as `events.jsonl` inside prose names a thing; a word alone in its line is a command. */
function isCommand(code: string, alone: boolean): boolean {
  const text = code.trim();
  if (text === '' || isPlaceholder(text)) return false;
  if (/\s/.test(text)) return !text.startsWith('**');
  if (/^\.{0,2}\/?[\w-]+(?:\/[\w.-]+)+$/.test(text)) return alone || /^\.{1,2}\/|\.(?:sh|bash)$/.test(text);
  return alone || /^(?:make|true|tox|nox|pytest|vitest|jest|ctest|tsc|eslint|mypy|just|rake|rspec)$/.test(text);
}

/** What is said after a command about its outcome, beyond that it should pass. */
function expectation(tail: string): string | undefined {
  const text = plainText(tail).replace(/^[\s),;:.·—–→>-]+|[\s.;,·]+$/g, '');
  if (
    text === '' ||
    /^(?:and|then|or|passes|pass|all (?:tests )?pass|passes cleanly|succeeds|is green|green|is clean|clean|exits? (?:with )?(?:code )?0)$/i.test(
      text,
    )
  ) {
    return undefined;
  }
  return /^\(.*\)$/.test(text) ? undefined : text;
}

/** A single search, and words that say that it should find nothing. */
const SEARCH = /^(?:git\s+grep|[ef]?grep|rg|ag)\s[^|;&\n]*$/;
const NOTHING =
  /^\W*(?:0|zero|no|none|nothing|empty)(?:\s+(?:(?:more|remaining|further)\s+)?(?:match(?:es)?|hits?|results?|output|lines?|occurrences?))?\W*$/i;

/**
 * The command that exits with 0 when what the document expects is so. A search that is to find nothing exits with 1 then, so it is
 * turned round; every other expectation is left to the reader.
 */
export function commandToRun({ run, expects }: Pick<DraftCommand, 'run' | 'expects'>): string {
  return expects !== undefined && SEARCH.test(run) && NOTHING.test(expects.slice(0, 200)) ? `! ${run}` : run;
}
