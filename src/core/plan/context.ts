import type { Finding } from '../base/finding.ts';
import { finding } from './draft.ts';
import type { Heading, Outline } from './markdown/outline.ts';

/** What every brief quotes is at most this long: it is paid for once for each attempt. */
export const MAX_CONTEXT = 24_000;

/** Headings that only group what follows; their text is not background for every task. */
const GROUP =
  /^(?:waves?|phases?|stages?|parts?|batch|milestones?|groups?|tracks?|tasks|task list|implementation(?: tasks| steps)?|work)\b/i;

/** Whether a heading of this title only groups the units below it. */
export function groupsUnits(title: string): boolean {
  return GROUP.test(title);
}

/**
 * The lead sections, as written: everything between the title and the first unit or the heading that groups it. Cut at
 * a line end when too long.
 */
export function contextOf(outline: Outline, firstUnit: Heading | undefined, remarks: Finding[]): string {
  const { source, headings, frontMatter } = outline;
  let end = firstUnit?.start ?? outline.logs[0]?.start ?? source.text.length;
  if (firstUnit !== undefined) {
    const group = headings.findLast((heading) => heading.start < firstUnit.start && heading.level < firstUnit.level);
    if (group !== undefined && group.level > 1 && GROUP.test(group.title)) end = group.start;
  }
  let start = frontMatter.end;
  const title = headings[0];
  if (title !== undefined && title.level === 1 && title.end <= end) {
    const before = source.text.slice(start, title.start).replace(/^\uFEFF/, '');
    if (before.trim() === '') start = title.end;
  }
  // A log is no part of what was approved: nothing in it may reach an agent.
  for (const log of outline.logs) if (log.start >= start && log.start < end) end = log.start;
  let text = source.text.slice(start, Math.max(start, end)).replace(/^\uFEFF/, '');
  if (text.length > MAX_CONTEXT) {
    const cut = text.lastIndexOf('\n', MAX_CONTEXT);
    text = text.slice(0, cut > 0 ? cut : MAX_CONTEXT);
    const span = source.span(start + text.length, start + text.length);
    const message = `What stands before the first task is longer than ${MAX_CONTEXT} characters; briefs quote it up to here.`;
    remarks.push(
      finding('GEN-020', 'warning', span, message, 'Move details into the tasks that need them, or into a file.'),
    );
  }
  return text.replace(/^(?:[ \t]*(?:---+[ \t]*)?\r?\n)+/, '').trimEnd();
}
