import { annotationsIn, labelOf } from '../../annotations.ts';
import type { Draft } from '../../draft.ts';
import { plainText } from '../../markdown/inline.ts';
import type { Outline } from '../../markdown/outline.ts';
import { everySection, type Section, sectionNamed } from '../../markdown/sections.ts';
import { type Cell, cellOf, columnOf, tablesIn } from '../../markdown/tables.ts';
import { bodyText, linesOfSection } from './lists.ts';
import type { ImplementationDetail, Risk, Said } from './model.ts';
import { numberOf } from './phases.ts';

/** The table of risks. */
export function readRisks(
  outline: Outline,
  sections: readonly Section[],
): { readonly risksSection: Section | undefined; readonly risks: readonly Risk[] } {
  const section = sectionNamed(
    sections,
    /^(?:key |main |project )?risks?(?: and (?:mitigations?|rollback|issues))?$|^risk (?:analysis|assessment|table|register|matrix)$|^risks?\b.{0,30}\bmitigations?$/,
  );
  if (section === undefined) return { risksSection: undefined, risks: [] };
  const risks: Risk[] = [];
  const { source } = outline;
  const said = (cell: Cell | undefined): Said | undefined =>
    cell === undefined ? undefined : { text: cell.text, span: source.span(cell.start, cell.end) };
  for (const table of tablesIn(outline, section.from, section.to)) {
    if (columnOf(table, 'risk') < 0) continue;
    for (const row of table.rows) {
      const risk = said(cellOf(table, row, 'risk'));
      if (risk === undefined || risk.text === '') continue;
      risks.push({
        risk,
        likelihood: said(cellOf(table, row, 'likelihood', 'probability', 'chance')),
        impact: said(cellOf(table, row, 'impact', 'severity')),
        mitigation: said(cellOf(table, row, 'mitigation', 'mitigations', 'response', 'prevention')),
      });
    }
  }
  return { risksSection: section, risks };
}

/** How the change is undone. */
export function readRollback(outline: Outline, sections: readonly Section[]): ImplementationDetail['rollback'] {
  const section = sectionNamed(sections, /^rollback(?:\s|$)/, /^(?:back ?out|revert)(?: plan| procedure)?$/);
  if (section === undefined) return undefined;
  return { section, steps: linesOfSection(outline, section), text: bodyText(outline, section) };
}

/** What is validated behind each phase. */
export function readCheckpoints(outline: Outline, sections: readonly Section[]): ImplementationDetail['checkpoints'] {
  const section = sectionNamed(
    sections,
    /^(?:validation |phase |quality )?checkpoints?$|^(?:phase validation|validation gates|phase gates)$/,
  );
  if (section === undefined) return undefined;
  const lines = linesOfSection(outline, section).map((line) => {
    const phase = /^(?:after\s+)?(?:phase|stage)\s+#?(\d{1,6}|[IVX]{1,5}|[A-Z])\b/i.exec(line.text)?.[1];
    return { ...line, phase: phase === undefined ? undefined : numberOf(phase) };
  });
  return { section, lines };
}

/** The boxes by which people agree to the plan. */
export function readApproval(outline: Outline, sections: readonly Section[]): ImplementationDetail['approval'] {
  const section = sectionNamed(sections, /^approvals?(?: checklist| and sign off| gates?)?$|^sign[ -]?offs?$/);
  if (section === undefined) return undefined;
  return { section, boxes: linesOfSection(outline, section).filter(({ box }) => box !== undefined) };
}

/** The section that hands the plan on. */
export function nextPhase(sections: readonly Section[]): Section | undefined {
  return sectionNamed(sections, /^next (?:phase|steps?|actions?)$/, /^hand ?-?off$/);
}

/** What the work always, never, or only after a question does. */
export function readBoundaries(outline: Outline, sections: readonly Section[]): ImplementationDetail['boundaries'] {
  const found = { always: [] as Said[], ask: [] as Said[], never: [] as Said[] };
  const section = sectionNamed(sections, /^boundaries$/);
  if (section === undefined) return found;
  const { source } = outline;
  for (const { label, value, start, following } of annotationsIn(outline, section.from, section.to, BOUNDARIES)) {
    const into =
      label === 'always'
        ? found.always
        : label === 'never'
          ? found.never
          : label.startsWith('ask')
            ? found.ask
            : undefined;
    if (into === undefined) continue;
    const plain = plainText(value);
    if (plain !== '' && !NOBODY.test(plain)) into.push({ text: plain, span: source.span(start, start + value.length) });
    const lists = { ...outline, blocks: following };
    for (const line of linesOfSection(lists, { from: 0, to: following.length })) {
      if (!NOBODY.test(line.text)) into.push({ text: line.text, span: line.span });
    }
  }
  return found;
}

const BOUNDARIES: ReadonlySet<string> = new Set(['always', 'ask first', 'never']);
const NOBODY = /^\(?(?:none|n\/a|nothing|-|—)(?:[\s.,;:()]|$)/i;

/** What was measured before the work began. */
export function readBaseline(outline: Outline, sections: readonly Section[]): ImplementationDetail['baseline'] {
  const section = sectionNamed(sections, /^baseline(?: audit| metrics| measurements?)?$/);
  if (section === undefined) return [];
  return tablesIn(outline, section.from, section.to).flatMap((table) =>
    table.rows.map((row) => ({
      metric: row.cells[0]?.text ?? '',
      command: (cellOf(table, row, 'command', 'how')?.text ?? '').slice(0, 2000),
      result: (cellOf(table, row, 'result', 'value', 'baseline')?.text ?? '').slice(0, 2000),
    })),
  );
}

const RESEARCH_KEYS = new Set([
  'source',
  'research',
  'research bundle',
  'research summary',
  'bundle',
  'based on',
  'spec',
  'findings',
  'from research',
  'read',
]);
const RESEARCH_WORD = /research|\.agents\/bundles\/|findings|investigation|discovery/gi;
const RESEARCH_FILE = /^[\w./@-]*\.(?:md|ya?ml|json)$|\.agents\/bundles\/./i;

/** Paths of the document that name research, as far as they are paths. */
function* researchPaths(text: string): Iterable<{ readonly text: string; readonly start: number }> {
  let last = 0;
  for (const { index } of text.matchAll(RESEARCH_WORD)) {
    if (index < last) continue;
    let start = index;
    while (start > index - 200 && /[\w./@-]/.test(text[start - 1] ?? '')) start--;
    let end = index;
    while (end < index + 200 && /[\w./@-]/.test(text[end] ?? '')) end++;
    last = end;
    const path = text.slice(start, end).replace(/\.+$/, '');
    if (RESEARCH_FILE.test(path)) yield { text: path, start };
  }
}

/** Everything that names the research a plan rests on: header lines, links, paths, a summary of it. */
export function readResearch(outline: Outline, sections: readonly Section[], header: Draft['header']): readonly Said[] {
  const { source, frontMatter } = outline;
  const found: Said[] = [];
  for (const { label, value, start } of header) {
    const text = plainText(value);
    if (RESEARCH_KEYS.has(label) && text !== '') found.push({ text, span: source.span(start, start + value.length) });
  }
  for (const [key, { value, span }] of frontMatter.entries) {
    if (RESEARCH_KEYS.has(labelOf(key))) found.push({ text: value, span });
  }
  for (const { text, start } of researchPaths(source.shadow)) {
    if (found.length >= MAX_RESEARCH) break;
    found.push({ text, span: source.span(start, start + text.length) });
  }
  for (const section of everySection(sections)) {
    if (
      !/^(?:research|research (?:summary|findings|context|question)|findings|root cause(?: analysis)?)$/.test(
        section.key,
      )
    )
      continue;
    found.push({ text: section.title, span: source.span(section.heading.start, section.heading.end) });
  }
  return found;
}

const MAX_RESEARCH = 50;

/** A value of the header or the front matter by one of its names. */
export function headerValue(
  { frontMatter }: Outline,
  header: Draft['header'],
  ...names: readonly string[]
): string | undefined {
  for (const name of names) {
    const line = header.find(({ label }) => label === name);
    if (line !== undefined && plainText(line.value) !== '') return plainText(line.value).replace(/^`|`$/g, '');
    const entry =
      frontMatter.entries.get(name.replaceAll(' ', '_')) ?? frontMatter.entries.get(name.replaceAll(' ', '-'));
    if (entry !== undefined) return entry.value;
  }
  return undefined;
}
