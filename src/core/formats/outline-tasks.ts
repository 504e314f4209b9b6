import { linesIn } from './lines.ts';
import type { ForeignFile } from './format.ts';

/** A numbered box of a task list: `- [ ] 1.2 Write the parser`. */
export interface NumberedTask {
  /** `1.2`, as written. */
  readonly id: string;
  readonly done: boolean;
  /** Their mark: `~` and `-` are in progress for some, `/` and `>` for others. */
  readonly word: string;
  readonly mark: number;
  /** `- [ ]* 2.3 …`: may be left out. */
  readonly optional: boolean;
  /** `(P)`. */
  readonly parallel: boolean;
  /** Where the title stands, and the rest of its line. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly textEnd: number;
  readonly needs: DeclaredNumbers | undefined;
  /** Lines below it that belong to it, with their places. */
  readonly details: readonly { readonly text: string; readonly start: number; readonly end: number }[];
  readonly lineStart: number;
  readonly blockEnd: number;
  readonly indent: number;
  /** The heading above. */
  readonly group: string | undefined;
}

/** What a `(depends on 1.1)` in the line says; nothing else counts then. */
export interface DeclaredNumbers {
  readonly start: number;
  readonly end: number;
  readonly ids: readonly string[];
}

const BOX = /^([ \t]{0,12}[-*+][ \t]{1,4}\[)([ xX~/>!?-])\](\*?)[ \t]+(.*)$/;
/** A box whose bullet was lost, as happens to those that agents edit; it counts only with a number. */
const BARE = /^([ \t]{0,3}\[)([ xX~/>!?-])\](\*?)[ \t]+(?=\d)(.*)$/;
const NUMBER =
  /^(?:\*\*|~~)?(?:Task[ \t]+)?(\d{1,5}(?:\.\d{1,5}){0,3}[a-z]?)(?:[.):]|[ \t]+[–—-](?=[ \t]))?(?:\*\*)?(?=\s|$)[ \t]*(\(P\)[ \t]*)?(.*)$/i;
/** Headings above boxes that say when all is done, and are no tasks. */
const CHECKS =
  /^(?:\W{0,4})(?:success criteria|definition of done|acceptance|(?:validation |completion )?checklist|notes?\b)/i;
const ITEM = /^[ \t]*(?:[-*+]|\d{1,4}[.)])[ \t]/;
const DEPENDS = /\s*\((?:depends?|needs)\b:?\s*(?:on\b:?\s*)?([\d.,\sTand]{1,2000}|none|nothing)\)/i;

/**
 * Reads the boxes of a task list. A box without a number belongs to the numbered one above it when it is indented
 * below that; otherwise it is a task by its place: `unnumbered` says what it is then called.
 */
export function numberedTasks(
  file: ForeignFile,
  cut: (text: string) => string,
  unnumbered?: (index: number) => string,
): {
  readonly title: string;
  readonly tasks: readonly NumberedTask[];
  readonly lead: string;
  /** Boxes below a heading such as `Definition of Done`. */
  readonly checks: readonly string[];
} {
  const checks: string[] = [];
  const tasks: NumberedTask[] = [];
  const lead: string[] = [];
  let title = '';
  let group: string | undefined;
  let open:
    | {
        task: Omit<NumberedTask, 'details' | 'blockEnd'>;
        details: { text: string; start: number; end: number }[];
        end: number;
      }
    | undefined;
  const close = (): void => {
    if (open !== undefined) tasks.push({ ...open.task, details: open.details, blockEnd: open.end });
    open = undefined;
  };
  for (const line of linesIn(file.text)) {
    const heading = line.hidden ? null : /^(#{1,6})\s+(.*?)\s*#*$/.exec(line.text.slice(0, 1000));
    if (heading !== null) {
      close();
      if ((heading[1] as string).length === 1 && title === '') title = heading[2] as string;
      else group = heading[2] as string;
      continue;
    }
    const box = line.hidden ? null : (BOX.exec(line.text) ?? BARE.exec(line.text));
    const rest = box?.[4] ?? '';
    const number = box === null ? null : NUMBER.exec(rest);
    const indent = /^[ \t]*/.exec(line.text)?.[0].length ?? 0;
    if (box !== null && number === null && group !== undefined && CHECKS.test(group)) {
      close();
      checks.push(rest.trim());
      continue;
    }
    const own =
      box !== null &&
      (number !== null || (unnumbered !== undefined && (open === undefined || indent <= open.task.indent)));
    if (box !== null && own) {
      close();
      const words = number?.[3] ?? rest;
      const textStart = line.start + line.text.length - words.length;
      const found = DEPENDS.exec(words);
      const head = cut(words.slice(0, found?.index ?? words.length)).trimEnd();
      open = {
        task: {
          id: number?.[1] ?? unnumbered?.(tasks.length + 1) ?? '',
          done: /[xX]/.test(box[2] as string),
          word: box[2] as string,
          mark: line.start + (box[1] as string).length,
          optional: box[3] === '*',
          parallel: number?.[2] !== undefined || /\(P\)\s*$/.test(words),
          start: textStart,
          end: textStart + head.length,
          text: words,
          textEnd: textStart + words.trimEnd().length,
          needs:
            found === null
              ? undefined
              : {
                  start: textStart + found.index,
                  end: textStart + found.index + found[0].length,
                  ids: (found[1] as string).match(/\d+(?:\.\d+)*/g) ?? [],
                },
          lineStart: line.start,
          indent,
          group,
        },
        details: [],
        end: line.end,
      };
      continue;
    }
    if (line.text.trim() === '') continue;
    // What a list says behind a task belongs to it, also where somebody forgot to indent it.
    if (
      open !== undefined &&
      (indent > open.task.indent ||
        (line.hidden && indent > 0) ||
        (!line.hidden && box === null && ITEM.test(line.text)))
    ) {
      open.details.push({
        text: line.text.slice(Math.min(indent, open.task.indent + 2)),
        start: line.start,
        end: line.end,
      });
      open.end = line.end;
      continue;
    }
    close();
    if (!line.hidden && tasks.length === 0 && group === undefined) lead.push(line.text);
  }
  close();
  return { title, tasks, lead: lead.join('\n').trim(), checks };
}

/** The text behind the number without its `(depends on …)`. */
export function wholeText({ needs, text, textEnd }: Pick<NumberedTask, 'needs' | 'text' | 'textEnd'>): string {
  const whole = text.trimEnd();
  if (needs === undefined) return whole;
  const offset = textEnd - whole.length;
  return `${whole.slice(0, needs.start - offset)}${whole.slice(needs.end - offset)}`.trimEnd();
}
