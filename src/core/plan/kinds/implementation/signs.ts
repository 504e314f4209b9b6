import { annotationsIn } from '../../annotations.ts';
import type { Block } from '../../markdown/blocks.ts';
import { boxesOf, type Heading, type Outline, sectionOf } from '../../markdown/outline.ts';
import { columnOf, type Table, tablesIn } from '../../markdown/tables.ts';
import { LABELS, roleOf } from './fields.ts';
import { groupHeading } from './groups.ts';
import { phaseOf } from './phases.ts';
import { titledRow } from './wave-ids.ts';

/** What is seen of a plan whose units stand below headings that other documents have as well. */
export interface WorkSigns {
  /** Items of work, `### Feature 1: x` or `### 1. x`, of a document that is a plan, or with needs, files or criteria. */
  readonly items: boolean;
  /** A numbered order of work below `## Implementation Order` and the like. */
  readonly order: boolean;
  /** The document says itself that it is a plan. */
  readonly plan: boolean;
  /** Waves with files or a validation each, `### Wave 1: Title`. */
  readonly waves: boolean;
  /** A table of units with what each of them depends on, below `## Tasks` or a heading of the same meaning. */
  readonly table: boolean;
  /** Task groups of which one at least is work to be done, and no report of it. */
  readonly groups: boolean;
}

/** Sections of items of work; in other documents the same words head descriptions. */
export const ITEMS =
  /^(?:(?:proposed |planned |required )?(?:work items?|features|changes|improvements|enhancements|fixes|stor(?:y|ies)|user stories)|what (?:needs (?:updating|to (?:change|be done))|to (?:do|change|build)))$/i;

/** Sections whose table lists the units of a plan. */
export const TABLES =
  /^(?:(?:implementation |work )?(?:tasks?|tickets?|issues?|beads?|work items?|stor(?:y|ies))(?: (?:list|table|summary|manifest|breakdown|overview|graph))?|work breakdown(?: structure)?|manifest)$/i;

/** Whether a table lists units: an id, a title, and what each depends on, in two rows at least. */
export function listsUnits(table: Table): boolean {
  return (
    table.rows.length > 1 &&
    table.columns.some((name) => /^(?:depend(?:s on|s|encies)|deps|needs|blocked by)$/.test(name)) &&
    columnOf(table, 'id', '#', 'task', 'ticket', 'issue', 'bead', 'story', 'no', 'no.') >= 0 &&
    columnOf(table, 'title', 'name', 'task', 'description', 'summary', 'ticket', 'issue', 'what') >= 0
  );
}

const ORDER =
  /^(?:(?:implementation|execution|migration|rollout|refactoring|fix|task|work) (?:plan|phases|tasks|steps|order|sequence)|order of (?:work|execution))$/i;

/** Sections that only a specification has. */
export const SPEC_SECTIONS: readonly RegExp[] = [
  /^risks?(?: (?:&|and) mitigations?)?$/i,
  /^rollback(?: plan| procedure)?$/i,
  /^risk assessment$/i,
  /^design decisions?(?:$|:)/i,
  /^estimated effort$/i,
  /^approval$/i,
  /^validation checkpoints$/i,
];

/** Looks at the headings of a document once, and into the sections that may hold work. */
export function workSigns(outline: Outline): WorkSigns {
  const plan = saysPlan(outline);
  let items = false;
  let order = false;
  let groups = false;
  let table = false;
  let waves = 0;
  for (const heading of outline.headings) {
    if (/^wave\s+#?\d/i.test(heading.title.slice(0, 40)) && hasFields(outline, heading)) waves++;
    if (groupHeading(heading) !== undefined) groups ||= isWork(outline, heading);
    if (heading.level < 2 || heading.title.length > 120) continue;
    const title = heading.title.replace(/\s*\([^()]{0,80}\)$/, '').trim();
    if (ITEMS.test(title)) items ||= holdsItems(outline, heading, plan);
    if (TABLES.test(title)) {
      const end = outline.headings[heading.index + 1]?.block ?? outline.blocks.length;
      table ||= tablesIn(outline, heading.block + 1, end).some(listsUnits);
    }
    if (ORDER.test(title)) order ||= holdsOrder(outline, heading);
  }
  return { items, order, plan, groups, table, waves: waves > 1 };
}

function saysPlan({ headings, frontMatter, source }: Outline): boolean {
  if (/^plan\b/i.test(frontMatter.entries.get('type')?.value ?? '')) return true;
  const title = headings[0];
  if (title?.level === 1 && /\bplan\b/i.test(title.title)) return true;
  return /^\*\*Type:\*\*[^\n]{0,40}\bplan\b/im.test(source.shadow.slice(frontMatter.end, frontMatter.end + 4000));
}

/** Whether the headings right below this one are units: two at least, and half of them with fields unless it is a plan. */
function holdsItems(outline: Outline, section: Heading, plan: boolean): boolean {
  let units = 0;
  let stated = 0;
  for (let at = section.index + 1; at < outline.headings.length; at++) {
    const heading = outline.headings[at] as Heading;
    if (heading.level <= section.level) break;
    if (heading.level !== section.level + 1 || titledRow(heading.title) === undefined) continue;
    units++;
    if (hasFields(outline, heading)) stated++;
  }
  return units > 1 && (plan || stated * 2 >= units);
}

/** Whether a section states needs, files or criteria of a unit. */
export function hasFields(outline: Outline, heading: Heading): boolean {
  const limit = outline.headings[heading.index + 1]?.start ?? outline.source.text.length;
  const { from, to } = sectionOf(outline, heading, limit);
  return annotationsIn(outline, from, to, LABELS).some((one) => /^(?:needs|files|criteria|verify)$/.test(roleOf(one)));
}

function isWork(outline: Outline, heading: Heading): boolean {
  const limit = outline.headings[heading.index + 1]?.start ?? outline.source.text.length;
  const { from, to } = sectionOf(outline, heading, limit);
  return boxesOf(outline, from, to).length > 0 || hasFields(outline, heading);
}

/** Whether at least three numbered items, or rows of a table of steps, stand below a heading: in phases or not. */
function holdsOrder(outline: Outline, section: Heading): boolean {
  const { blocks, headings, source } = outline;
  let end = blocks.length;
  for (let at = section.index + 1; at < headings.length; at++) {
    const heading = headings[at] as Heading;
    if (heading.level <= section.level) {
      end = heading.block;
      break;
    }
    // Below other headings stand descriptions, not the order of work.
    if (phaseOf(outline, heading) === undefined) {
      end = heading.block;
      break;
    }
  }
  let count = 0;
  for (let i = section.block + 1; i < end; i++) {
    const block = blocks[i] as Block;
    if (block.kind === 'list' && /\d/.test(source.shadow[block.start] ?? '')) count += block.children.length;
    // `**Day 2**`, `3. Lay the cable`: what goes on with the numbers below a label is a paragraph to CommonMark.
    else if (block.kind === 'paragraph' && count > 0)
      count += source.shadow.slice(block.start, block.end).match(/\n {0,3}\d{1,4}[.)] /g)?.length ?? 0;
  }
  if (count >= 3) return true;
  return tablesIn(outline, section.block + 1, end).some(
    ({ columns, rows }) =>
      rows.length > 2 && columns.some((name) => /^(?:task|action|feature|work|item)s?$/.test(name.trim())),
  );
}
