import { annotationsIn, keyOf, labelOf } from '../annotations.ts';
import { readVerify, type Verification } from '../commands.ts';
import type { Edit } from '../../base/finding.ts';
import { applyEdits } from '../markdown/edits.ts';
import { isClosed } from '../markdown/fence.ts';
import { plainText, withoutComments } from '../markdown/inline.ts';
import { outlineOf } from '../markdown/outline.ts';
import { Source } from '../markdown/source.ts';
import { isGlobalVerification, TASK_LABELS, taskHeading } from './task.ts';

// Texts that come from elsewhere are put into a document here so that nothing in them can be read as part of the plan: no
// unit, no annotation, no log, no fence that swallows what follows. Each way of writing is tried by reading it back.

/** One line of Markdown that reads as exactly this text, runs of blanks being one. */
export function inertLine(text: string): string {
  const wanted = oneLine(text);
  const reads = (line: string): boolean => plainText(withoutComments(line)) === wanted && !/(?:^|\s)#+$/.test(line);
  return ways(wanted).find(reads) ?? codeSpan(wanted);
}

/** A list item's text that reads as this criterion and as no command. */
export function inertCriterion(text: string): string | undefined {
  const wanted = oneLine(text);
  if (wanted === '') return undefined;
  const reads = (line: string): boolean => {
    const read = readItem(line);
    return read?.commands.length === 0 && read.criteria.length === 1 && read.criteria[0] === wanted;
  };
  return ways(wanted).find(reads) ?? `It holds: ${inertLine(text)}`;
}

/** Whether a list item of this text below `**Verify:**` is this command, and nothing else. */
export function readsAsCommand(line: string, run: string): boolean {
  const read = readItem(line);
  return read?.criteria.length === 0 && read.commands.length === 1 && read.commands[0]?.run === run;
}

function readItem(line: string): Verification | undefined {
  const outline = outlineOf(new Source(`**Verify:**\n\n- ${line}\n\n**Needs:** none\n`));
  const [verify, needs, ...others] = annotationsIn(outline, 0, outline.blocks.length, TASK_LABELS);
  if (verify?.key !== 'verify' || needs?.key !== 'needs' || others.length > 0) return undefined;
  return readVerify(outline.source, verify);
}

/** On one line, without what no document can hold. */
export function oneLine(text: string): string {
  return text
    .replace(/\0/g, '\uFFFD')
    .replace(/[\s\uFEFF]+/g, ' ')
    .trim();
}

/** A code span that holds this text, whatever backticks are in it. */
export function codeSpan(text: string): string {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  const marks = '`'.repeat(longest + 1);
  const pad = text.startsWith('`') || text.endsWith('`') || (text.startsWith(' ') && text.endsWith(' ')) ? ' ' : '';
  return `${marks}${pad}${text}${pad}${marks}`;
}

function ways(text: string): readonly string[] {
  return [
    text,
    text.replace(/[\\`[\]<]/g, '\\$&').replace(/\(/g, '\\('),
    text
      .split(' ')
      .map((word) => (/[*_`\\[\]<>#]/.test(word) ? codeSpan(word) : word))
      .join(' '),
    codeSpan(text),
  ];
}

/**
 * Markdown that can stand below a heading of level `level`: its headings are deeper, its key lines are text, its fences
 * are closed. What cannot be tamed so is quoted, for nothing in a block quote is read.
 */
export function inertMarkdown(text: string, level: number): string {
  const clean = text
    .replace(/\r\n?/g, '\n')
    .replace(/\0/g, '\uFFFD')
    .replace(/\uFEFF/g, '');
  const trimmed = clean.replace(/^(?:[ \t]*\n)+/, '').trimEnd();
  if (trimmed === '') return '';
  const tamed = withoutKeys(withoutUnits(trimmed, level));
  if (isInert(tamed, level)) return tamed;
  return trimmed
    .split('\n')
    .map((line) => (line === '' ? '>' : `> ${line}`))
    .join('\n');
}

// A leading line feed keeps a rule at the top of the text from being read as front matter.
const outlined = (text: string) => outlineOf(new Source(`\n${text}`));

function withoutUnits(text: string, level: number): string {
  const { source, blocks } = outlined(text);
  const headings = blocks.filter((block) => block.kind === 'heading');
  const highest = headings.reduce((least, block) => Math.min(least, block.level), 6);
  const shift = Math.max(0, level + 1 - highest);
  const edits: Edit[] = headings.map((block) => {
    const own = source.shadow.slice(block.start, block.end);
    const words = (block.setext ? own.slice(0, own.lastIndexOf('\n')) : own.replace(/^#{1,6}[ \t]*/, ''))
      .replace(/\s+/g, ' ')
      .trim();
    const deep = Math.min(6, block.level + shift + (isSpecial(words) && block.level + shift <= 2 ? 1 : 0));
    return {
      start: block.start,
      end: block.end,
      text: opensUnit(words) ? bold(words) : `${'#'.repeat(deep)} ${words}`,
    };
  });
  const last = blocks.at(-1);
  if (last?.kind === 'fence' && !isClosed(source, last)) {
    const marks = /^(?:`+|~+)/.exec(source.shadow.slice(last.start, last.end))?.[0] ?? '```';
    edits.push({ start: source.text.length, end: source.text.length, text: `\n${marks}` });
  }
  return applyEdits(source.text, edits).text.slice(1);
}

function isSpecial(words: string): boolean {
  const title = plainText(words);
  return title.toLowerCase() === 'log' || isGlobalVerification(title);
}

/** Whether a heading of these words opens a task or stands for an annotation. */
export function opensUnit(words: string): boolean {
  const title = plainText(words.replace(/^\[[ xX]?\]\s*/, ''));
  if (keyOf(labelOf(title)) !== 'other' || words.startsWith('**')) return true;
  const [heading] = outlineOf(new Source(`### ${words}`)).headings;
  return heading === undefined || taskHeading(heading) !== undefined;
}

function bold(words: string): string {
  return `**${words.replace(/[*#:]+$/g, '').replace(/\*/g, '')}**`;
}

function withoutKeys(text: string): string {
  const outline = outlined(text);
  const edits: Edit[] = [];
  for (const { key, label, at, start, section } of annotationsIn(outline, 0, outline.blocks.length, TASK_LABELS)) {
    if (section || (key === 'other' && !TASK_LABELS.has(label))) continue;
    const colon = outline.source.shadow.lastIndexOf(':', start - 1);
    if (colon > at) edits.push({ start: colon, end: colon, text: '\\' });
  }
  return applyEdits(outline.source.text, edits).text.slice(1);
}

function isInert(text: string, level: number): boolean {
  const mark = '#'.repeat(level);
  const { headings, blocks, logs, source, ...rest } = outlined(`${mark} x\n\n${text}\n\n${mark} Task 2: y\n`);
  const outline = { headings, blocks, logs, source, ...rest };
  const inside = headings.slice(1, -1);
  const last = headings.at(-1);
  return (
    last?.title === 'Task 2: y' &&
    logs.length === 0 &&
    inside.every(
      (heading) =>
        heading.level > level &&
        taskHeading(heading) === undefined &&
        (heading.level > 2 || !isGlobalVerification(heading.title)),
    ) &&
    annotationsIn(outline, 0, blocks.length, TASK_LABELS).every(
      ({ key, label }) => key === 'other' && !TASK_LABELS.has(label),
    )
  );
}
