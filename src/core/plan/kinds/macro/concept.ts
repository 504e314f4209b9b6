import type { Outline } from '../../markdown/outline.ts';
import type { Section } from '../../markdown/sections.ts';
import { type Table } from '../../markdown/tables.ts';
import {
  type Aspect,
  ASPECTS,
  type BuildingBlock,
  type Correspondence,
  type Field,
  type MacroSections,
  type ScopingRow,
  type StateOwner,
  type Statement,
} from './model.ts';
import { column, itemsAmong, leadsIn, type Labels, partOf, statementsOf, ownTables } from './parts.ts';
import { ASPECT_VOCABULARY, aspectOf } from './vocabulary.ts';

const LABELS: Labels = { name: aspectOf, plain: ASPECT_VOCABULARY };

/** The building blocks of the concept model, in each of the forms in use. */
export function blocksOf(outline: Outline, concept: Section | undefined): readonly BuildingBlock[] {
  if (concept === undefined) return [];
  const { source } = outline;
  const leads = leadsIn(outline, concept, LABELS);
  const contracts = new Set(leads.filter(({ fields }) => new Set(fields.map(({ name }) => name)).size > 1));
  // Once some entries are blocks by their contract, a numbered neighbour of the same form without one is a block too.
  const forms = new Set([...contracts].filter(({ numbered }) => numbered).map(({ form }) => form));
  const found = leads
    .filter((lead) => contracts.has(lead) || (lead.numbered && forms.has(lead.form)))
    .map((lead): BuildingBlock => ({
      name: lead.title,
      span: source.span(lead.start, lead.lineEnd),
      end: lead.end,
      aspects: aspectsOf(lead.fields),
      style: lead.fields.some(({ start }) =>
        /^\s*[-*+]\s/.test(source.shadow.slice(source.lineStart(start), start + 1)),
      )
        ? 'list'
        : 'lines',
    }));
  if (found.length > 0) return found;
  for (const table of ownTables(outline, concept.from, concept.to)) {
    const aspects = table.columns.map((name) => aspectOf(name));
    if (aspects.filter((one) => one !== undefined).length < 2) continue;
    return table.rows.map((row): BuildingBlock => {
      const cells = row.cells.flatMap((cell, i): readonly [Aspect, Statement][] => {
        const aspect = aspects[i];
        return aspect === undefined || cell.text === ''
          ? []
          : [[aspect, { text: cell.text, span: source.span(cell.start, cell.end) }]];
      });
      return {
        name: row.cells[0]?.text ?? '',
        span: source.span(row.start, row.end),
        end: row.end,
        aspects: new Map(cells),
        style: 'table',
      };
    });
  }
  return [];
}

function aspectsOf(fields: readonly Field[]): ReadonlyMap<Aspect, Statement> {
  const found = new Map<Aspect, Statement>();
  for (const { name, text, span } of fields) {
    const aspect = ASPECTS.find((one) => one === name);
    if (aspect !== undefined && !found.has(aspect) && text.trim() !== '') found.set(aspect, { text, span });
  }
  return found;
}

/** Who owns what, by the map of states. */
export function ownersOf(outline: Outline, concept: Section | undefined): readonly StateOwner[] {
  const table =
    concept === undefined
      ? undefined
      : ownTables(outline, concept.from, concept.to).find(
          (one) => column(one, /\bowner\b|^owned by$/) >= 0 && column(one, /\bstate\b/) >= 0,
        );
  if (table === undefined) return [];
  const state = column(table, /\bstate\b/);
  const owner = column(table, /\bowner\b|^owned by$/);
  return table.rows
    .map(({ cells, start, end }) => ({
      state: cells[state]?.text ?? '',
      owner: cells[owner]?.text ?? '',
      span: outline.source.span(start, end),
    }))
    .filter((row) => row.state !== '');
}

/** The table of building blocks against real systems, wherever it stands. */
export function correspondenceOf(
  outline: Outline,
  all: readonly Section[],
  { concept }: MacroSections,
): Correspondence | undefined {
  const own = all.find(({ key }) => /\bcorrespondence\b/.test(key));
  const table = own === undefined ? fromConcept(outline, concept) : ownTables(outline, own.from, own.to)[0];
  if (table === undefined) return undefined;
  const { source } = outline;
  const blocks = table.rows.flatMap(({ cells }): readonly Statement[] => {
    const [first] = cells;
    return first === undefined || first.text === ''
      ? []
      : [{ text: first.text, span: source.span(first.start, first.end) }];
  });
  return {
    blocks,
    columns: table.columns.length,
    span: source.span(table.start, source.lineEnd(table.start)),
    end: table.end,
  };
}

function fromConcept(outline: Outline, concept: Section | undefined): Table | undefined {
  if (concept === undefined) return undefined;
  return ownTables(outline, concept.from, concept.to).find(
    (table) =>
      /^(?:building )?(?:block|component|concept)s?$/.test(table.columns[0] ?? '') &&
      table.columns.length > 2 &&
      !table.columns.some((name) => aspectOf(name) !== undefined || /model|owner|target|friction|files/.test(name)),
  );
}

/** The table of what is modeled, simplified and omitted. */
export function scopingOf(outline: Outline): readonly ScopingRow[] | undefined {
  const table = ownTables(outline, 0, outline.blocks.length).find(
    (one) => column(one, /^modell?ed\b/) >= 0 && column(one, /^simplifi/) >= 0,
  );
  if (table === undefined) return undefined;
  const simplified = column(table, /^simplifi/);
  const reason = column(table, /justification|^why\b|reason|rationale/);
  return table.rows.map(({ cells, start, end }) => ({
    component: cells[0]?.text ?? '',
    simplified: cells[simplified]?.text ?? '',
    justification: reason < 0 ? '' : (cells[reason]?.text ?? ''),
    span: outline.source.span(start, end),
  }));
}

const NON_GOALS = /\bnon goals?\b|^out of scope$|^what (?:this|it) does not\b/;

/** Objectives, what is no objective, and the questions that the work is to answer. */
export function aimsOf(
  outline: Outline,
  all: readonly Section[],
  { objectives }: MacroSections,
): {
  readonly objectives: readonly Statement[];
  readonly nonGoals: readonly Statement[];
  readonly questions: readonly Statement[];
} {
  const anywhere = (name: RegExp): readonly Statement[] => {
    const own = objectives === undefined ? undefined : partOf(outline, objectives, name);
    if (own !== undefined) return statementsOf(outline, own);
    const section = all.find(({ key }) => name.test(key) && !/\bobjectives\b/.test(key));
    return section === undefined
      ? []
      : statementsOf(outline, { blocks: outline.blocks.slice(section.from, section.to), inline: undefined });
  };
  return {
    objectives: objectivesOf(outline, objectives),
    nonGoals: anywhere(NON_GOALS),
    questions: anywhere(/\banalysis questions?\b|^questions\b/),
  };
}

function objectivesOf(outline: Outline, section: Section | undefined): readonly Statement[] {
  if (section === undefined) return [];
  const part = partOf(outline, section, /^(?:high level |crisp |the )?(?:objectives|goals)\b(?!.*non goals)/);
  if (part !== undefined) return statementsOf(outline, part);
  // Without a heading of their own, the objectives are the first list of the section.
  const own = outline.blocks.slice(section.from, section.ownTo);
  const first = own.findIndex(({ kind }) => kind === 'list');
  return first < 0 ? [] : itemsAmong(outline, own.slice(first, first + 1));
}
