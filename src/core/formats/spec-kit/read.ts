import type { ForeignFile } from '../format.ts';
import { type Line, linesIn } from '../lines.ts';

/** A task line of a `tasks.md` and what stands below it. */
export interface SpecTask {
  readonly id: string;
  readonly done: boolean;
  /** Offset of the mark between the brackets. */
  readonly mark: number;
  readonly parallel: boolean;
  readonly story: string | undefined;
  /** Where the title stands: the description, or its beginning, without its `(depends on …)`. */
  readonly start: number;
  readonly end: number;
  /** The whole description in its line. */
  readonly text: string;
  readonly textEnd: number;
  /** What stands between the brackets. */
  readonly word: string;
  /** Ids that a line below it calls its dependencies. */
  readonly also: readonly string[];
  /** Its `(depends on …)`, if it has one. */
  readonly needs: DeclaredNeeds | undefined;
  /** Lines below it that belong to it, without their indentation. */
  readonly details: readonly string[];
  readonly lineStart: number;
  /** Behind the last line that belongs to it. */
  readonly blockEnd: number;
  /** Position of its phase. */
  readonly phase: number;
}

/** What a `(depends on …)` says. */
export interface DeclaredNeeds {
  readonly start: number;
  readonly end: number;
  readonly ids: readonly string[];
  /** True when nothing else counts: `(depends only on T003)`, `(depends on nothing)`. */
  readonly only: boolean;
}

export interface SpecPhase {
  readonly title: string;
  /** Stories wait for the last phase that is none, and not for each other. */
  readonly story: boolean;
  /** `**Goal**: …` and other key lines. */
  readonly notes: readonly string[];
  readonly end: number;
}

export interface TasksFile {
  readonly title: string;
  readonly phases: readonly SpecPhase[];
  readonly tasks: readonly SpecTask[];
  /** Lines that look like tasks but are none. */
  readonly odd: readonly Line[];
  /** What the section `Dependencies` says of tasks: `T008 blocks T009`. */
  readonly relations: readonly { readonly id: string; readonly needs: string }[];
  /** … and of stories, by their numbers: `User Story 2: Depends on US1`. */
  readonly stories: readonly { readonly story: number; readonly needs: number }[];
}

const TASK =
  /^([ \t]{0,8}[-*+] \[)([ xX~/>!?-])\] +(\*\*)?(T\d{1,7}[a-z]?)(\*\*)?[:.]?((?: {0,3}(?:`?\[P\]`?|`?\[US ?\d{1,4}\]`?|\*\*\[P\]\*\*)){0,4})[ \t:—–-]{0,4}(.*)$/i;
/** The same with its id in brackets, as some write it, and with any words as marks: `- [ ] [T001] [P1] [Setup] [deps:T000] …`. */
const BRACKETED =
  /^([ \t]{0,8}[-*+] \[)([ xX~/>!?-])\] +(\[)(T\d{1,7}[a-z]?)(\])[:.]?((?: {0,3}`?\[(?:deps?:[^\]\n]{0,400}|[A-Za-z][\w-]{0,30}|US ?\d{1,4})\]`?(?!\()){0,6})[ \t:—–-]{0,4}(.*)$/i;

/** The parts of a line that is a task. */
export function taskLine(text: string): RegExpExecArray | null {
  return TASK.exec(text) ?? BRACKETED.exec(text);
}

const ODD = /^[ \t]{0,8}[-*+] (?:\[[^\]]{0,3}\] ?)?\*{0,2}T\d{1,7}\b/;
const DEPENDS =
  /\s*\((?:depends?|depending|dependent|deps|blocked by|requires|needs|after)\b:?\s*(only\s+)?(?:on\b:?\s*)?([^()]{0,2000})\)/i;

/** The same without parentheses, at the end of the line and with nothing but ids. */
const DEPENDS_TAIL =
  /\s*(?:[—–;,|-]{1,2}|\[)\s*(?:depends on|deps|blocked by|requires|needs|after)\b:?\s*(only\s+)?(T\d[T\d,&\sa-z–-]{0,400})\]?\.?\s*$/i;
const ALSO =
  /^\s*(?:[-*+]\s+)?(?:\*\*)?(?:depends on|depends|dependencies|dependency|deps|blocked by|needs|requires)(?:\*\*)?\s*:(?:\*\*)?\s*(.{1,2000})$/i;

/** Reads a `tasks.md` line by line. */
export function readTasks(file: ForeignFile, cut: (text: string) => string): TasksFile {
  const lines = linesIn(file.text);
  const phases: { title: string; story: boolean; notes: string[]; end: number }[] = [];
  const tasks: SpecTask[] = [];
  const odd: Line[] = [];
  let title = '';
  let current:
    | {
        task: Omit<SpecTask, 'details' | 'blockEnd' | 'also'> & { readonly marked: readonly string[] };
        details: string[];
        end: number;
        indent: number;
      }
    | undefined;
  const close = (): void => {
    if (current === undefined) return;
    const also = current.details.flatMap((detail) => expand(ALSO.exec(detail.slice(0, 4000))?.[1] ?? ''));
    const details = current.details.filter(
      (detail) => expand(ALSO.exec(detail.slice(0, 4000))?.[1] ?? '').length === 0,
    );
    const { marked, ...task } = current.task;
    tasks.push({ ...task, also: [...marked, ...also], details, blockEnd: current.end });
    current = undefined;
  };
  let inPhases = true;
  let inRelations = false;
  const relations: { id: string; needs: string }[] = [];
  const stories: { story: number; needs: number }[] = [];
  for (const line of lines) {
    const heading = line.hidden ? null : /^(#{1,6})\s+(.*?)\s*#*$/.exec(line.text.slice(0, 1000));
    if (heading !== null) {
      close();
      const level = (heading[1] as string).length;
      const words = heading[2] as string;
      if (level === 1 && title === '') title = words.replace(/^tasks?\s*:\s*/i, '');
      if (level === 2) {
        inPhases =
          !/^(?:dependenc|parallel example|implementation strategy|notes?\b|format\b|path conv|table of)/i.test(words);
        inRelations = /^\W{0,4}(?:task )?dependenc/i.test(words);
      }
      if (
        level === 2 ? /^phase\b/i.test(words) || inPhases : level === 3 && inPhases && /^phase\s+[\d.]/i.test(words)
      ) {
        phases.push({
          title: words,
          story: /\buser stor(?:y|ies)\s*\d|\bUS\d/i.test(words),
          notes: [],
          end: line.end,
        });
      }
      continue;
    }
    const match = line.hidden ? null : taskLine(line.text);
    if (match !== null) {
      close();
      const [, lead, mark, , id, , marks, text] = match as unknown as [
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
      ];
      const textStart = line.start + line.text.length - text.length;
      const found = DEPENDS.exec(text) ?? DEPENDS_TAIL.exec(text.slice(0, 4000));
      const cutAt = Math.min(cut(text.slice(0, found?.index ?? text.length)).length, found?.index ?? text.length);
      const last = phases.at(-1);
      if (last !== undefined) last.end = line.end;
      current = {
        task: {
          id: id.toUpperCase().replace(/[A-Z]$/, (letter) => (letter === 'T' ? letter : letter.toLowerCase())),
          done: /[xX]/.test(mark),
          word: mark,
          mark: line.start + lead.length,
          parallel: /\[P\]/i.test(marks),
          story: /\[US ?(\d{1,4})\]/i.exec(marks)?.[1],
          marked: expand(/\[deps?:([^\]]*)\]/i.exec(marks)?.[1] ?? ''),
          start: textStart,
          end: textStart + text.slice(0, cutAt).trimEnd().length,
          text,
          textEnd: textStart + text.trimEnd().length,
          needs: found === null ? undefined : declared(found, textStart),
          lineStart: line.start,
          phase: phases.length - 1,
        },
        details: [],
        end: line.end,
        indent: /^[ \t]*/.exec(lead)?.[0].length ?? 0,
      };
      continue;
    }
    const depth = /^[ \t]*/.exec(line.text)?.[0].length ?? 0;
    if (
      current !== undefined &&
      line.text.trim() !== '' &&
      (depth > current.indent || (line.hidden && current.end + 2 >= line.start))
    ) {
      current.details.push(line.text.slice(Math.min(depth, current.indent + 2)));
      current.end = line.end;
      const last = phases.at(-1);
      if (last !== undefined) last.end = line.end;
      continue;
    }
    if (line.text.trim() === '') continue;
    close();
    if (inRelations) readRelation(line, relations, stories);
    if (line.hidden) continue;
    if (ODD.test(line.text) && inPhases) odd.push(line);
    const note =
      /^\*\*(?:Goal|Purpose|Independent Test|Checkpoint|CRITICAL|⚠️ CRITICAL)\*\*\s*:|^\*\*(?:Goal|Purpose|Independent Test|Checkpoint):\*\*/.exec(
        line.text,
      );
    if (note !== null) phases.at(-1)?.notes.push(line.text);
  }
  close();
  return { title, phases, tasks, odd, relations: relations.slice(0, MAX_RELATIONS), stories };
}

function declared(match: RegExpExecArray, offset: number): DeclaredNeeds {
  const words = match[2] ?? '';
  const ids = expand(words);
  return {
    start: offset + match.index,
    end: offset + match.index + match[0].length,
    ids,
    only: match[1] !== undefined || (ids.length === 0 && /^(?:nothing|none)\b/i.test(words.trim())),
  };
}

const MAX_RELATIONS = 5000;
const BEFORE = /\b(?:blocks?|before|precedes?)\b/i;
const AFTER = /\b(?:depends? on|requires?|needs?|after|waits? for|blocked by|follows?)\b/i;
const ARROW = /\s(?:→|-{1,2}>|=>)\s/;

/** `T008 blocks T009, T015`, `T009 depends on T008`, `T001 → T002`; `User Story 2: Depends on US1`. */
function readRelation(
  line: Line,
  relations: { id: string; needs: string }[],
  stories: { story: number; needs: number }[],
): void {
  const text = line.text.slice(0, 2000);
  if (relations.length > MAX_RELATIONS) return;
  const pair = (needs: readonly string[], ids: readonly string[]): void => {
    for (const id of ids.slice(0, 200)) for (const need of needs.slice(0, 200)) relations.push({ id, needs: need });
  };
  if (ARROW.test(text)) {
    const steps = text.split(ARROW).map(expand);
    if (steps.every((step) => step.length > 0)) steps.slice(1).forEach((ids, i) => pair(steps[i] as string[], ids));
    return;
  }
  if (line.hidden) return;
  const story =
    /^\s*[-*+]?\s*(?:\*\*)?User Stor(?:y|ies) (\d{1,4})(?:\s*[-–]\s*(\d{1,4}))?[^*:]{0,200}(?:\*\*)?:(?:\*\*)?(.*)$/i.exec(
      text,
    );
  if (story !== null) {
    const said = /\b(?:depends? on|requires|needs|after)\b([^.;—–-]{0,120})/i.exec(story[3] as string)?.[1] ?? '';
    const from = Number(story[1]);
    const to = Math.min(Number(story[2] ?? story[1]), from + 100);
    for (const [, need] of said.matchAll(/\b(?:US ?|User Stor(?:y|ies) )(\d{1,4})\b/gi))
      for (let own = from; own <= to; own++)
        if (own !== Number(need)) stories.push({ story: own, needs: Number(need) });
    return;
  }
  const verb = BEFORE.exec(text) ?? AFTER.exec(text);
  if (verb === null || /\b(?:not|no|without|independent(?:ly)?)\b/i.test(text.slice(0, verb.index))) return;
  const [left, right] = [expand(text.slice(0, verb.index)), expand(text.slice(verb.index + verb[0].length))];
  if (BEFORE.test(verb[0]) && !AFTER.test(verb[0])) pair(left, right);
  else pair(right, left);
}

/** `T001, T003-T005` → each of them. */
function expand(words: string): string[] {
  const ids: string[] = [];
  for (const match of words.matchAll(/\bT(\d{1,7})([a-z]?)(?:\s*(?:-|–|—|to|through|\.\.)\s*T?(\d{1,7})\b)?/gi)) {
    const from = Number(match[1]);
    const to = match[3] === undefined ? from : Number(match[3]);
    if (match[3] === undefined || to < from || to - from > 2000)
      ids.push(`T${match[1]}${(match[2] ?? '').toLowerCase()}`);
    else for (let n = from; n <= to; n++) ids.push(`T${String(n).padStart((match[1] as string).length, '0')}`);
  }
  return ids;
}
