import type { Finding } from '../../../base/finding.ts';
import { append } from '../../append.ts';
import { type Annotation, annotationsIn } from '../../annotations.ts';
import { readVerification, readVerify } from '../../commands.ts';
import { contextOf, MAX_CONTEXT } from '../../context.ts';
import { type Draft, type DraftNeeds, type DraftUnit, finding, type RuleEdge } from '../../draft.ts';
import type { DraftCommand } from '../../draft-parts.ts';
import type { Block } from '../../markdown/blocks.ts';
import { plainText } from '../../markdown/inline.ts';
import type { Outline } from '../../markdown/outline.ts';
import { everySection, type Section } from '../../markdown/sections.ts';
import type { Criterion } from '../../model.ts';
import { newDraft, type Reading } from '../../read.ts';
import { minutes, titleOf } from '../task.ts';
import { crossCuttingOf, freezesOf, frictionsOf, frozenOf, preventionOf, revisionsOf } from './around.ts';
import { aimsOf, blocksOf, correspondenceOf, ownersOf, scopingOf } from './concept.ts';
import { arrowsOf } from './dag.ts';
import { entriesOf, type Entry } from './entries.ts';
import { filesByTable, filesOfEntry } from './files.ts';
import { gatesOf } from './gates.ts';
import { MacroIds } from './ids.ts';
import { type Arrow, type MacroDetail, type MacroSections, type PullRequest, fieldOf } from './model.ts';
import { isFirst, needsIn, needsInIntro, needsInTitle } from './needs.ts';
import { loopOf, readPull } from './pull-request.ts';
import { risksOf } from './risks.ts';
import { isAbout, macroSections } from './vocabulary.ts';

/** Reads a document as a plan of kind `macro`: every pull request one task whose micro plan is written first. */
export function readMacroPlan(reading: Reading): Draft<'macro'> {
  const { outline } = reading;
  const every = [...everySection(reading.sections)];
  const entries = entriesOf(outline, every);
  const ids = new MacroIds(
    entries.map(({ id }) => id),
    new Map(
      entries.flatMap(({ id, alias }): readonly [string, string][] => (alias === undefined ? [] : [[alias, id]])),
    ),
  );
  const all = outside(every, entries);
  const sections = macroSections(all);
  const pulls = entries.map((entry) => readPull(outline, entry));
  const arrows = statedOrder(outline, all, sections, ids);
  const remarks: Finding[] = [];
  const verify = globalVerification(outline, all, ids, remarks);
  const elsewhere = all.filter((section) => isAbout(section, 'recon') || isAbout(section, 'dag'));
  const files = filesByTable(
    outline,
    entries,
    ids,
    elsewhere.filter((section) => isAbout(section, 'recon')),
  );
  const criteria = criteriaOf(pulls);
  const declared = new Set(criteria.keys());
  const needs = needsOf(entries, pulls, arrows, ids, outline);
  const units = entries.map((entry, i): DraftUnit => {
    const pull = pulls[i] as PullRequest;
    const own = entryVerification(outline, entry, pull, remarks);
    append(own, verify.byUnit.get(entry.id) ?? []);
    const loop = loopOf(outline, entry, pull.fields);
    const estimate = fieldOf(pull, 'estimate');
    const agent = /^[A-Za-z0-9][\w.-]{0,63}/.exec(fieldOf(pull, 'agent')?.text ?? '')?.[0].replace(/[.-]+$/, '');
    return {
      id: entry.id,
      unit: unitName(entry.id),
      title: entry.title || entry.id,
      heading: { ...entry.head, box: undefined },
      start: entry.start,
      end: entry.end,
      wave: entry.above.findLast((title) => /^(?:phase|wave|stage)\b/i.test(title)),
      needs: needs[i] as readonly DraftNeeds[],
      group: entry.alias === undefined ? undefined : 'worktrees',
      paths: distinct([
        ...(entry.form === 'row' ? [] : filesOfEntry(outline, entry, pull.fields)),
        ...(files.get(entry.id) ?? []),
      ]),
      verify: own,
      criteria: criteriaOfPull(pull),
      criterionIds: [
        ...new Set(pull.guarantees.flatMap(({ id }) => (id !== undefined && declared.has(id) ? [id] : []))),
      ],
      nonCommitting: false,
      agent: agent !== undefined && !/^(?:none|any|default)$/i.test(agent) ? agent : undefined,
      estimate: estimate === undefined ? undefined : minutes(estimate.text),
      boxes: [],
      phase: undefined,
      planFirst: 'micro',
      ...(loop === undefined ? {} : { loop }),
    };
  });
  const risks = risksOf(outline, sections.risks, ids, units.length);
  const freezes = freezesOf(outline, all, ids);
  const { gates, edges } = gatesOf(outline, all, risks, freezes, units, ids);
  const blocks = blocksOf(outline, sections.concept);
  const detail: MacroDetail = {
    sections,
    ...aimsOf(outline, all, sections),
    scoping: scopingOf(outline),
    blocks,
    owners: ownersOf(outline, sections.concept),
    correspondence: correspondenceOf(outline, all, sections),
    risks,
    frozen: frozenOf(outline, sections.frozen),
    crossCutting: crossCuttingOf(outline, sections.crossCutting, ids),
    freezes,
    frictions: frictionsOf(outline, sections, blocks, pulls),
    prevention: preventionOf(outline, sections.prevention),
    revisions: revisionsOf(outline, all),
    pulls,
    arrows,
    ids,
  };
  return newDraft(
    'macro',
    reading,
    {
      units,
      order: 'document',
      ids: ids.grammar,
      edges: [...foundations(outline, entries, units), ...edges],
      gates,
      criteria: [...criteria.values()],
      context: macroContext(outline, sections, entries[0], remarks),
      title: titleOf(outline).replace(/\s*[:—–-]\s*macro(?:-level)? (?:implementation )?plan$/i, ''),
      verify: verify.all,
      boxes: [],
      remarks,
    },
    detail,
  );
}

/** `pr:17`, `wp:2`, `gh:236`: the unit that an id stands for. */
function unitName(id: string): string {
  return id.replace(/^([A-Z]+)-/, (_, series: string) => `${series.toLowerCase()}:`);
}

/** The sections that are part of no entry. */
function outside(every: readonly Section[], entries: readonly Entry[]): readonly Section[] {
  let next = 0;
  return every.filter(({ heading }) => {
    while (next < entries.length && (entries[next] as Entry).end <= heading.start) next++;
    const entry = entries[next];
    return entry === undefined || heading.start < entry.start;
  });
}

function distinct(paths: DraftUnit['paths']): DraftUnit['paths'] {
  const seen = new Set<string>();
  return paths.filter(({ text }) => !seen.has(text) && seen.add(text));
}

/** What sections on the order of pull requests state; without one, what stands around the series. */
function statedOrder(
  outline: Outline,
  all: readonly Section[],
  sections: MacroSections,
  ids: MacroIds,
): readonly Arrow[] {
  const about = all.filter((section) => isAbout(section, 'dag'));
  const top = about.filter(
    (section, i) =>
      !about.slice(0, i).some((other) => other.end >= section.end && other.heading.start < section.heading.start),
  );
  if (top.length > 0) return top.flatMap((section) => arrowsOf(outline, section.from, section.to, ids));
  return sections.series === undefined ? [] : arrowsOf(outline, sections.series.from, sections.series.ownTo, ids);
}

/** Needs of each entry: what it says itself, else what the order section says, else what the heading above it says. */
function needsOf(
  entries: readonly Entry[],
  pulls: readonly PullRequest[],
  arrows: readonly Arrow[],
  ids: MacroIds,
  outline: Outline,
): readonly (readonly DraftNeeds[])[] {
  const byTarget = new Map<string, Arrow[]>();
  for (const arrow of arrows) {
    const list = byTarget.get(arrow.to);
    if (list === undefined) byTarget.set(arrow.to, [arrow]);
    else list.push(arrow);
  }
  const intros = new Map<number, string>();
  return entries.map((entry, i) => {
    const { id, above, head, title } = entry;
    const { declared } = pulls[i] as PullRequest;
    const own = declared === undefined ? undefined : needsIn(declared, ids);
    if (own !== undefined) return [own];
    const drawn = (byTarget.get(id) ?? []).filter(({ from }) => ids.has(from));
    const first = drawn[0];
    if (first !== undefined)
      return [{ text: [...new Set(drawn.map(({ from }) => from))].join(', '), span: first.span }];
    const named = [title, ...above].flatMap((one) => needsInTitle(one, ids)).filter((one) => one !== id);
    if (named.length === 0 && entry.below !== undefined) {
      const { start, from, to } = entry.below;
      let intro = intros.get(start);
      if (intro === undefined) intros.set(start, (intro = introOf(outline, from, to)));
      const before = entries[i - 1];
      const previous = before?.below?.start === start ? before.id : undefined;
      named.push(...needsInIntro(above.at(-1) ?? '', intro, previous, ids).filter((one) => one !== id));
    }
    return named.length === 0
      ? []
      : [{ text: [...new Set(named)].join(', '), span: outline.source.span(head.start, head.end) }];
  });
}

// What a heading says of everything below it: its paragraphs, as a reader sees them.
function introOf({ source, blocks }: Outline, from: number, to: number): string {
  return blocks
    .slice(from, Math.min(to, from + 20))
    .filter(({ kind }) => kind === 'paragraph')
    .map(({ start, end }) => plainText(source.shadow.slice(start, Math.min(end, start + 1000))))
    .join('\n');
}

/** A pull request that is to be merged first comes before all others. */
function foundations(outline: Outline, entries: readonly Entry[], units: readonly DraftUnit[]): readonly RuleEdge[] {
  const at = entries.findIndex(({ head }) => isFirst(outline.source.shadow.slice(head.start, head.end)));
  if (at < 0) return [];
  return units.flatMap((_, to): readonly RuleEdge[] => (to === at ? [] : [{ from: at, to, why: 'foundation' }]));
}

/** What must be true when it is done: its guarantees; without any, its tests. */
function criteriaOfPull(pull: PullRequest): readonly string[] {
  if (pull.guarantees.length > 0)
    return pull.guarantees.map(({ id, text }) => (id === undefined ? text : `${id}: ${text}`));
  const tests = fieldOf(pull, 'tests')?.text.split('\n') ?? [];
  return tests
    .map((text) => text.trim())
    .filter(
      (text) => /\p{L}/u.test(text) && !/^\W*(?:none|n\/a|no (?:new |further )?tests?)\b|^\[[^\]]*\]$/i.test(text),
    );
}

function criteriaOf(pulls: readonly PullRequest[]): ReadonlyMap<string, Criterion> {
  const found = new Map<string, Criterion>();
  for (const { guarantees } of pulls) {
    for (const { id, text, span } of guarantees) {
      if (id === undefined || found.has(id)) continue;
      found.set(id, {
        id,
        title: text.split(/(?<=[.:;])\s|\s\(/)[0]?.slice(0, 120) ?? id,
        text,
        requirements: [],
        span,
      });
    }
  }
  return found;
}

function entryVerification(outline: Outline, entry: Entry, pull: PullRequest, remarks: Finding[]): DraftCommand[] {
  const found: DraftCommand[] = [];
  if (entry.form === 'row' || entry.item !== undefined || !pull.fields.some(({ name }) => name === 'verify'))
    return found;
  for (const annotation of annotationsIn(outline, entry.from, entry.to)) {
    if (!isVerify(annotation)) continue;
    const read = readVerify(outline.source, annotation);
    append(found, read.commands);
    append(remarks, read.remarks);
  }
  return found;
}

function isVerify({ key }: Annotation): boolean {
  return key === 'verify';
}

/** The document's own Verification; what stands below "for PR 2:" is that pull request's. */
function globalVerification(outline: Outline, all: readonly Section[], ids: MacroIds, remarks: Finding[]) {
  const byUnit = new Map<string, DraftCommand[]>();
  const whole: DraftCommand[] = [];
  for (const section of all.filter(
    ({ key, heading }) => heading.level <= 2 && /^(?:(?:global|final|overall) )?verification$/.test(key),
  )) {
    let own: string | undefined;
    for (const block of outline.blocks.slice(section.from, section.to)) {
      if (block.kind === 'paragraph' || block.kind === 'heading') own = unitOfLabel(outline, block, ids);
      if (block.kind === 'heading') continue;
      const read = readVerification(outline.source, [block]);
      append(remarks, read.remarks);
      if (own === undefined) append(whole, read.commands);
      else byUnit.set(own, [...(byUnit.get(own) ?? []), ...read.commands]);
    }
  }
  return { byUnit, all: whole };
}

function unitOfLabel({ source }: Outline, block: Block, ids: MacroIds): string | undefined {
  const text = plainText(source.shadow.slice(block.start, Math.min(block.end, block.start + 300)));
  if (block.kind === 'paragraph' && !text.endsWith(':')) return undefined;
  const named = ids.namedIn(text);
  return named.length === 1 ? named[0] : undefined;
}

const QUOTED = ['summary', 'objectives', 'concept', 'frozen'] as const;

/**
 * What every brief quotes: what the work is for, the concept model and what is frozen. Of a plan in another form, whatever
 * stands before its first pull request.
 */
function macroContext(outline: Outline, sections: MacroSections, first: Entry | undefined, remarks: Finding[]): string {
  const quoted = QUOTED.flatMap((name) => sections[name] ?? []).sort((a, b) => a.heading.start - b.heading.start);
  const chosen = quoted.filter((section, i) => !quoted.slice(0, i).some((other) => other.end >= section.end));
  if (chosen.length === 0) {
    const heading = outline.headings.find(({ start }) => start >= (first?.start ?? Number.POSITIVE_INFINITY));
    return contextOf(outline, heading, remarks);
  }
  const { source } = outline;
  const text = chosen
    .map(({ heading, end }) => source.text.slice(heading.start, end).replace(/\s+(?:-{3,}\s*)?$/, ''))
    .join('\n\n');
  if (text.length <= MAX_CONTEXT) return text;
  const cut = text.lastIndexOf('\n', MAX_CONTEXT);
  const { heading } = chosen.at(-1) as Section;
  const message = `Summary, objectives, concept model and frozen interfaces are longer than ${MAX_CONTEXT} characters; briefs quote only as much.`;
  remarks.push(
    finding(
      'GEN-020',
      'warning',
      source.span(heading.start, heading.end),
      message,
      'Move details into the pull requests that need them.',
    ),
  );
  return text.slice(0, cut > 0 ? cut : MAX_CONTEXT).trimEnd();
}
