import { inertMarkdown, oneLine } from '../task-inert.ts';
import { outlineOf } from '../../markdown/outline.ts';
import { type Section, sectionsOf } from '../../markdown/sections.ts';
import { Source } from '../../markdown/source.ts';
import { readHeader } from './header.ts';
import type { HeaderKey, MicroPart } from './model.ts';
import { PART_KEYS } from './parts.ts';

const LABELS: readonly (readonly [HeaderKey, string, string])[] = [
  ['goal', 'Goal', '[what the pull request achieves, in one sentence]'],
  ['problem', 'The problem today', '[what users or developers cannot do now]'],
  ['adds', 'What this PR adds', '[two to four things that are there afterwards]'],
  ['why', 'Why this matters', '[what becomes possible]'],
  ['architecture', 'Architecture', '[files and modules that change, and how they fit]'],
  ['source', 'Source', '[issue, macro plan or design document it comes from]'],
  ['closes', 'Closes', '[issues that the pull request closes]'],
];

/** What the lead sections of a plan become in a micro plan. */
export interface Lead {
  readonly header: readonly string[];
  readonly parts: Partial<Record<MicroPart, readonly string[]>>;
}

/** Parts that are written from units and criteria, not from the lead sections. */
const OWN: ReadonlySet<MicroPart> = new Set(['contracts', 'tasks', 'tests']);
const GROUPS: ReadonlySet<MicroPart> = new Set(['design', 'implementation', 'quality']);

/** Sorts the Markdown of lead sections into the header and the sections of a micro plan; what fits none is the summary. */
export function leadOf(context: string): Lead {
  const clean = context.replace(/\r\n?/g, '\n').slice(0, 200_000);
  // A leading line feed keeps a rule at the top of the text from being read as front matter.
  const outline = outlineOf(new Source(`\n${clean}`));
  const { source, headings } = outline;
  const sections = sectionsOf(outline);
  const first = headings[0]?.start ?? source.text.length;
  const { values } = readHeader(outline, sections, first);
  const header = [...LABELS.map(([key, label, stub]) => `**${label}:** ${lineOf(values[key]?.text) || stub}`)];
  header.push('**Behavioral Contracts:** See Part 1, Section B');
  const parts: Partial<Record<MicroPart, string[]>> = {};
  const add = (part: MicroPart, text: string): void => {
    const tame = inertMarkdown(text, 3);
    if (tame !== '') (parts[part] ??= []).push(tame);
  };
  let rest = source.text.slice(0, first);
  const known = Object.values(values).sort((a, b) => b.start - a.start);
  for (const { start, end } of known) if (start < first) rest = rest.slice(0, start) + rest.slice(Math.min(end, first));
  add('summary', rest);
  const place = (section: Section): void => {
    const part = (Object.keys(PART_KEYS) as MicroPart[]).find((name) => PART_KEYS[name].test(section.key));
    const own = source.text.slice(section.heading.end, section.children[0]?.heading.start ?? section.end);
    if (part !== undefined && OWN.has(part)) return;
    if (section.heading.level === 1 || (part !== undefined && GROUPS.has(part))) {
      add('summary', own);
      section.children.forEach(place);
    } else if (part === undefined) add('summary', source.text.slice(section.heading.start, section.end));
    else add(part, source.text.slice(section.heading.end, section.end));
  };
  sections.forEach(place);
  return { header, parts };
}

function lineOf(text: string | undefined): string {
  return oneLine(text ?? '').slice(0, 2000);
}
