import { readVerify } from '../commands.ts';
import type { DraftCommand, DraftPath } from '../draft-parts.ts';
import type { Block } from '../markdown/blocks.ts';
import { pieces, plainText, withoutComments } from '../markdown/inline.ts';
import { boxAt, type Heading, itemStart, type Outline } from '../markdown/outline.ts';
import type { Box } from '../model.ts';
import { taskId } from '../needs.ts';

/** A task that is an item of a list: `- **T1 — Title** (files). What is to be done`, `- **Task 1** — files. Text`. */
export interface ListedTask {
  readonly id: string;
  readonly title: string;
  readonly item: Block;
  /** The first line; what a finding points at. */
  readonly head: { readonly start: number; readonly end: number; readonly box: Box | undefined };
  /** Paths that stand in parentheses behind the title, or are what the first sentence names. */
  readonly paths: readonly DraftPath[];
  /** The heading of the list's section. */
  readonly section: Heading;
  /** The heading of the wave that the section stands in, if it is none itself. */
  readonly wave: Heading | undefined;
}

/** Whether a heading opens a wave: `Wave 2 — Title`. */
export function isWave({ title }: Heading): boolean {
  return /^wave\s+#?\d/i.test(title.slice(0, 100));
}

const TASKS = /^(?:waves?|batch(?:es)?|phases?|stages?|tasks?|task list|the tasks|tasks by wave)\b/i;
const ID = /^\s*(?:\*\*|__)((?:task\s+#?\d{1,6}[a-z]?|t\d{1,6}(?:\.\d{1,4})?[a-z]?|w\d{1,4}-t\d{1,4}))(?![\w-])/i;

/** The tasks in the lists below headings of waves or tasks; none when an id comes twice. Linear. */
export function listedTasks(outline: Outline): readonly ListedTask[] {
  const found: ListedTask[] = [];
  const seen = new Set<string>();
  let waves = false;
  for (const { section, wave, from, to } of taskSections(outline)) {
    for (let i = from; i < to; i++) {
      const list = outline.blocks[i] as Block;
      if (list.kind !== 'list') continue;
      for (const item of list.children) {
        const task = readItem(outline, item, section, wave);
        if (task === undefined) continue;
        if (seen.has(task.id)) return [];
        seen.add(task.id);
        found.push(task);
        waves ||= wave !== undefined;
      }
    }
  }
  return waves || found.length > 1 ? found : [];
}

/** Stretches of top-level blocks that stand directly below a heading of a wave or of tasks. */
function* taskSections(
  outline: Outline,
): Iterable<{ section: Heading; wave: Heading | undefined; from: number; to: number }> {
  const { headings, blocks } = outline;
  let wave: Heading | undefined;
  for (const [i, heading] of headings.entries()) {
    if (wave !== undefined && heading.level <= wave.level) wave = undefined;
    if (heading.level > 1 && isWave(heading)) wave = heading;
    if (heading.level < 2 || heading.log || !TASKS.test(heading.title.slice(0, 100))) continue;
    yield { section: heading, wave, from: heading.block + 1, to: headings[i + 1]?.block ?? blocks.length };
  }
}

function readItem(outline: Outline, item: Block, section: Heading, wave: Heading | undefined): ListedTask | undefined {
  const { source } = outline;
  const first = item.children[0];
  if (first?.kind !== 'paragraph') return undefined;
  const at = itemStart(source, item);
  const box = boxAt(source, at);
  const from = box === undefined ? at : at + 3;
  const text = withoutComments(source.shadow.slice(from, Math.min(first.end, from + 20_000)));
  const match = ID.exec(text.slice(0, 200));
  const id = match === null ? undefined : taskId((match[1] as string).replace(/^task\s+#?/i, ''));
  if (match === null || id === undefined) return undefined;
  const close = text.indexOf(match[0].trimStart().slice(0, 2), match[0].length);
  if (close < 0 || close > 600) return undefined;
  const bold = plainText(text.slice(match[0].length, close)).replace(/^[\s:.)—–-]+|[\s:.]+$/g, '');
  const rest = text.slice(close + 2);
  const restAt = from + close + 2;
  const head = { start: item.start, end: Math.min(source.lineEnd(from), first.end), box };
  const named = bold === '' ? sentenceOf(rest) : undefined;
  const title = bold === '' ? plainText(named ?? '').replace(/^[\s:.)—–-]+|[\s:.]+$/g, '') : bold;
  const files = named ?? parenthesisOf(rest);
  return {
    id,
    title: title.slice(0, 300) || id,
    item,
    head,
    paths: files === undefined ? [] : pathsIn(source, files, restAt + rest.indexOf(files)),
    section,
    wave,
  };
}

/** Commands behind "Verified by", "Verify with" or "Verify:" in the text of an item. */
export function verifiedBy({ source }: Outline, item: Block): readonly DraftCommand[] {
  const first = item.children[0];
  if (first?.kind !== 'paragraph') return [];
  const text = withoutComments(source.shadow.slice(first.start, Math.min(first.end, first.start + 20_000)));
  const match = /\b(?:verified (?:by|with)|verify(?: with| by|:)|proven by)\s{1,3}/i.exec(text);
  if (match === null) return [];
  const start = match.index + match[0].length;
  const value = text.slice(start);
  return readVerify(source, {
    key: 'verify',
    label: 'verify',
    at: first.start + match.index,
    value,
    start: first.start + start,
    following: [],
    section: false,
  }).commands;
}

/** What stands in parentheses right behind the title. */
function parenthesisOf(text: string): string | undefined {
  const open = /^\s{0,3}\(/.exec(text);
  const close = open === null ? -1 : text.indexOf(')', open[0].length);
  return open === null || close < 0 ? undefined : text.slice(open[0].length, close);
}

/** The text up to the first full stop outside of code. */
function sentenceOf(text: string): string {
  for (const piece of pieces(text)) {
    const stop = piece.code ? null : /[.;](?=\s|$)/.exec(piece.text);
    if (stop !== null) return text.slice(0, piece.start + stop.index);
  }
  return text;
}

/** Code spans that are paths: `lib/a.ts`, `README.md`, `src/db/`. */
function pathsIn(source: Outline['source'], text: string, start: number): readonly DraftPath[] {
  return pieces(text).flatMap((piece) => {
    if (!piece.code || !/^(?!~)\/?(?:[\w@.*-]{1,100}\/){0,20}(?:[\w@.*-]{1,100}\.[A-Za-z]{1,8})?$/.test(piece.text))
      return [];
    return piece.text === '' ? [] : [{ text: piece.text, span: source.span(start + piece.start, start + piece.end) }];
  });
}
