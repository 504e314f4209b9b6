import type { Span } from '../../../base/finding.ts';
import type { MacroIds } from './ids.ts';
import type { Block } from '../../markdown/blocks.ts';
import type { Section } from '../../markdown/sections.ts';

/** Something that the document says, as a reader sees it. */
export interface Statement {
  readonly text: string;
  readonly span: Span;
}

/** One key with its value, however it was written: bold line, list item, table row or small heading. */
export interface Field {
  readonly name: string;
  /** Value, nested lists included: plain text, a line for each item. */
  readonly text: string;
  /** Where the key stands, and the whole with its value. */
  readonly span: Span;
  readonly start: number;
  readonly end: number;
  /** Lists, fences and tables that belong to the value. */
  readonly blocks: readonly Block[];
}

/** Sections by what they are about; absent when the document has none. */
export interface MacroSections {
  readonly summary: Section | undefined;
  readonly recon: Section | undefined;
  readonly objectives: Section | undefined;
  readonly concept: Section | undefined;
  readonly risks: Section | undefined;
  readonly evolution: Section | undefined;
  readonly frozen: Section | undefined;
  readonly crossCutting: Section | undefined;
  readonly series: Section | undefined;
  readonly dag: Section | undefined;
  readonly friction: Section | undefined;
  readonly prevention: Section | undefined;
  readonly revisions: Section | undefined;
}

/** What a plan promises to model, and what it leaves out. */
export interface ScopingRow {
  readonly component: string;
  readonly simplified: string;
  readonly justification: string;
  readonly span: Span;
}

export type Aspect = 'observes' | 'controls' | 'owns' | 'invariants' | 'events' | 'friction';

export const ASPECTS: readonly Aspect[] = ['observes', 'controls', 'owns', 'invariants', 'events', 'friction'];

/** One building block of the concept model with its contract of six parts. */
export interface BuildingBlock {
  readonly name: string;
  readonly span: Span;
  readonly end: number;
  readonly aspects: ReadonlyMap<Aspect, Statement>;
  /** Where a missing aspect would be inserted, and what stands in front of a line there. */
  readonly style: 'list' | 'lines' | 'table';
}

export interface StateOwner {
  readonly state: string;
  readonly owner: string;
  readonly span: Span;
}

/** A table of building blocks against real systems. */
export interface Correspondence {
  readonly blocks: readonly Statement[];
  readonly columns: number;
  readonly span: Span;
  readonly end: number;
}

/** One architectural decision that could be wrong. */
export interface MacroRisk {
  /** Its number in the register (`R2` is `2`), by which other lists name it. */
  readonly number?: string;
  readonly title: string;
  readonly assumption: string | undefined;
  readonly validation: string | undefined;
  readonly success: string | undefined;
  readonly abort: string | undefined;
  readonly gate: string | undefined;
  readonly costText: string | undefined;
  /** Pull requests of rework if it is wrong; `undefined` when the text states no number. */
  readonly cost: number | undefined;
  readonly span: Span;
  /** Ids of the pull requests that its gate stands before, and of those that it follows. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Position of the first empty cell of each part, for a stub; only in tables. */
  readonly cells: ReadonlyMap<'cost' | 'validation' | 'gate', { readonly start: number; readonly end: number }>;
}

/** The signature of something already merged. */
export interface FrozenInterface {
  /** Names that it declares. */
  readonly names: readonly string[];
  readonly path: string | undefined;
  /** Id of the pull request that froze it, if the comment names one. */
  readonly by: string | undefined;
  readonly span: Span;
}

/** One item of cross-cutting infrastructure. */
export interface CrossCutting {
  readonly text: string;
  /** Ids of the pull requests that it names. */
  readonly units: readonly string[];
  /** Whether anything below the same heading names a pull request. */
  readonly placed: boolean;
  readonly form: 'item' | 'row';
  readonly span: Span;
}

/** When an interface is frozen. */
export interface Freeze {
  readonly name: string;
  readonly text: string;
  /** Ids of the pull requests that freeze it, and of those that build on it. */
  readonly after: readonly string[];
  readonly before: readonly string[];
  /** What it says of implementations. */
  readonly implementations: string;
  readonly span: Span;
}

/** How many files one more variant takes. */
export interface Friction {
  readonly what: string;
  readonly text: string;
  readonly count: number | undefined;
  readonly target: number | undefined;
  readonly span: Span;
}

/** One behavioural guarantee of a pull request. */
export interface Guarantee {
  /** `BC-17-1`, if it has an id. */
  readonly id: string | undefined;
  readonly text: string;
  readonly span: Span;
}

/** One pull request of the series; at the same position as its unit. */
export interface PullRequest {
  readonly id: string;
  /** How it is found: a heading, a bold line or list item, a row of a table. */
  readonly form: 'heading' | 'line' | 'row';
  /** True for an entry of a plan of parallel worktrees, which is lean by design. */
  readonly lean: boolean;
  readonly done: boolean;
  /** Behind the words of the title, where a status is written. */
  readonly titleEnd: number;
  readonly fields: readonly Field[];
  readonly guarantees: readonly Guarantee[];
  /** The needs that the entry itself states, as written. */
  readonly declared: Statement | undefined;
  /** Where Tier 1 stands, when the entry marks it. */
  readonly tier1: { readonly start: number; readonly end: number } | undefined;
}

/** "`from` comes before `to`", by ids, as a diagram, table or sentence states it. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly span: Span;
}

/** A dated note on what changed in the plan. */
export interface Revision {
  readonly date: string | undefined;
  readonly text: string;
  readonly span: Span;
}

/** What only plans of kind `macro` have. */
export interface MacroDetail {
  readonly sections: MacroSections;
  readonly objectives: readonly Statement[];
  readonly nonGoals: readonly Statement[];
  readonly questions: readonly Statement[];
  /** `undefined` without a table. */
  readonly scoping: readonly ScopingRow[] | undefined;
  readonly blocks: readonly BuildingBlock[];
  readonly owners: readonly StateOwner[];
  readonly correspondence: Correspondence | undefined;
  readonly risks: readonly MacroRisk[];
  readonly frozen: readonly FrozenInterface[];
  readonly crossCutting: readonly CrossCutting[];
  readonly freezes: readonly Freeze[];
  readonly frictions: readonly Friction[];
  /** Everything that the prevention checklist says, one text for each item or row. */
  readonly prevention: readonly Statement[];
  readonly revisions: readonly Revision[];
  readonly pulls: readonly PullRequest[];
  /** What the section on the order of pull requests states; empty without one. */
  readonly arrows: readonly Arrow[];
  /** How ids are matched with those of this plan. */
  readonly ids: MacroIds;
}

/** The value of a pull request's first field of this name. */
export function fieldOf(pull: PullRequest, ...names: readonly string[]): Field | undefined {
  return pull.fields.find(({ name }) => names.includes(name));
}
