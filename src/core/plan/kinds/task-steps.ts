import { isPlainCommand } from '../commands.ts';
import type { DraftCommand } from '../draft-parts.ts';
import type { Block } from '../markdown/blocks.ts';
import { readFence } from '../markdown/fence.ts';
import { pieces, plainText, withoutComments } from '../markdown/inline.ts';
import { boxAt, itemStart, type Outline } from '../markdown/outline.ts';
import { isShell, splitShell } from '../shell.ts';
import { expectsFailure, isMutation } from './micro/step-kinds.ts';

/**
 * The commands by which the steps of a task prove it, for tasks without a `**Verify:**` line: what `Run:` lines, and the
 * shell fences of steps such as `- [ ] **Step 4: Run the tests**`, run with success. What is run before anything was
 * done, what is expected to fail and what changes the history proves nothing.
 */
export function provenBySteps(outline: Outline, from: number, to: number): readonly DraftCommand[] {
  const steps = new Steps(outline);
  for (let i = from; i < to; i++) steps.block(outline.blocks[i] as Block);
  return steps.done();
}

/** `Step 4: `, `4. `, `**` in front of what a step says. */
const LABEL = /^(?:[\s*_]|step\s+\d{1,4}(?:\.\d{1,4})?[a-z]?\s*[:.)—–-]*|\d{1,4}[.)])*/i;
const RUNS = /^(?:re-?run|run|verify|verification|check|confirm|validate|execute|test|lint|final|full|smoke)\b/i;
const RUNS_TOO = /\b(?:and (?:verify|run|test|check|confirm)|run (?:the )?(?:\w+ )?tests?|verify syntax)\b/i;
const FAILS = /\b(?:fails?|failing|failure|red)\b/i;
const NOTHING =
  /^\W{0,4}(?:expect(?:s|ed)?:? )?(?:0|zero|nothing|none|no (?:output|match(?:es)?|hits?|results?|lines?|occurrences?))(?:\W|$)/i;

/** What shows something and succeeds whatever it shows. */
const SHOWS =
  /^(?:echo|printf|pwd|date|cat|head|tail|wc|sed -n|git (?:status|log|diff(?! --(?:check|exit-code|quiet))|show))\b[^&|;]*$/;

interface Pending {
  readonly run: string;
  readonly start: number;
  readonly end: number;
}

class Steps {
  readonly #outline: Outline;
  readonly #found = new Map<string, DraftCommand>();
  #pending: Pending[] = [];
  /** The step that is being read runs commands, and is not expected to fail. */
  #runs = false;
  /** A step has been read that does something: what came before is a look at how things are. */
  #worked = false;
  #steps = 0;
  /** A line said nothing but `Run:`, so that the next fence is what is run. */
  #asked = false;

  constructor(outline: Outline) {
    this.#outline = outline;
  }

  done(): readonly DraftCommand[] {
    this.#settle(undefined);
    return [...this.#found.values()];
  }

  block(block: Block): void {
    const { source } = this.#outline;
    if (block.kind === 'fence') this.#fence(block);
    else if (block.kind === 'paragraph')
      this.#text(withoutComments(source.shadow.slice(block.start, block.end)), block.start);
    else if (block.kind === 'heading') this.#step(source.shadow.slice(block.start, block.end), block.start);
    else if (block.kind === 'list') for (const item of block.children) this.#item(item);
  }

  #item(item: Block): void {
    const { source } = this.#outline;
    const from = itemStart(source, item);
    if (boxAt(source, from) === undefined) {
      for (const child of item.children) this.block(child);
      return;
    }
    const [first, ...rest] = item.children;
    const end = first?.kind === 'paragraph' ? first.end : from + 3;
    const line = Math.min(source.lineEnd(from), end);
    this.#step(source.shadow.slice(from + 3, line), from + 3);
    if (line < end) this.#text(withoutComments(source.shadow.slice(line + 1, end)), line + 1);
    for (const child of first?.kind === 'paragraph' ? rest : item.children) this.block(child);
  }

  #step(title: string, start: number): void {
    this.#settle(undefined);
    const words = plainText(title.slice(0, 400))
      .replace(/^[\s#]+/, '')
      .replace(LABEL, '');
    const runs = RUNS.test(words) || RUNS_TOO.test(words);
    this.#runs = runs && !FAILS.test(words.replace(/\bno (?:new )?failures?\b/gi, ''));
    this.#worked ||= !runs;
    this.#steps++;
    if (this.#runs) this.#inline(title, start);
  }

  /** Commands that stand in the words of a step: "Run `npm test` and see it pass". */
  #inline(text: string, start: number): void {
    if (!text.includes('`') || text.length > 20_000) return;
    for (const piece of pieces(text)) {
      if (!piece.code || !isPlainCommand(piece.text)) continue;
      this.#pending.push({ run: piece.text.trim(), start: start + piece.start, end: start + piece.end });
    }
  }

  #text(text: string, start: number): void {
    const expected = /^\s*(?:[*_]{0,2})expect(?:ed|s)?(?: output| result)?(?:[*_]{0,2}):(?:[*_]{0,2})\s*(.*)$/is.exec(
      text.slice(0, 2000),
    );
    if (expected !== null) {
      this.#settle(expected[1] as string);
      return;
    }
    const bold = /^\s*\*\*(?=step\s+\d)/i.test(text);
    if (bold) this.#step(text.split('\n', 1)[0] as string, start);
    let at = 0;
    for (const line of text.split('\n')) {
      const outcome = /^\s*(?:[*_]{0,2})expected(?:[*_]{0,2}):(?:[*_]{0,2})\s*(.*)$/i.exec(line.slice(0, 2000));
      if (outcome !== null) this.#settle(outcome[1] as string);
      else if (/^\s*(?:[*_]{0,2})run(?:[*_]{0,2}):/i.test(line)) {
        this.#settle(undefined);
        this.#asked = /:[\s*_]*$/.test(line.slice(-20));
        for (const piece of line.length > 20_000 ? [] : pieces(line)) {
          if (!piece.code || piece.text.trim() === '') continue;
          this.#pending.push({ run: piece.text.trim(), start: start + at + piece.start, end: start + at + piece.end });
          break;
        }
      } else if (this.#runs && /^\s*`/.test(line)) this.#inline(line, start + at);
      at += line.length + 1;
    }
  }

  #fence(block: Block): void {
    const asked = this.#asked;
    this.#asked = false;
    if (!this.#runs && !asked) return;
    const fence = readFence(this.#outline.source, block);
    if ((fence.language === '' && !asked) || !isShell(fence.language)) return;
    this.#settle(undefined);
    // `# Expected: …` below a command says what comes of it.
    let lines: string[] = [];
    const take = (): void => {
      for (const run of splitShell(lines.join('\n'), fence.language)) {
        this.#pending.push({ run, start: block.start, end: block.end });
      }
      lines = [];
    };
    for (const line of fence.code.split('\n')) {
      const expected = /^\s*#\s*expected:\s*(.*)$/i.exec(line.slice(0, 2000));
      if (expected === null) lines.push(line);
      else {
        take();
        this.#settle(expected[1] as string);
      }
    }
    take();
  }

  /** Keeps what is waiting, unless it is expected to fail; behind a bare `Run:` line nothing need be expected. */
  #settle(expected: string | undefined): void {
    const { source } = this.#outline;
    const proves = (this.#worked || this.#steps === 0) && (expected === undefined || !expectsFailure(expected));
    for (const { run, start, end } of this.#pending) {
      if (!proves || this.#found.has(run) || isMutation(run) || SHOWS.test(run) || findsNothing(run, expected))
        continue;
      this.#found.set(run, { run, span: source.span(start, end), expects: undefined });
    }
    this.#pending = [];
  }
}

/** `grep` that is to find nothing ends with an error: as a command it would prove the contrary. */
function findsNothing(run: string, expected: string | undefined): boolean {
  if (!/^(?:grep|rg|git grep|diff|ls)\b/.test(run)) return false;
  const note = /\s#\s*(.{1,200})$/.exec(run.slice(-400))?.[1];
  return [expected, note].some((text) => text !== undefined && NOTHING.test(text.slice(0, 80)));
}
