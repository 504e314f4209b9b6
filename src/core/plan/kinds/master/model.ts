import type { Span } from '../../../base/finding.ts';
import type { Block } from '../../markdown/blocks.ts';
import type { Heading } from '../../markdown/outline.ts';
import type { Section } from '../../markdown/sections.ts';
import type { DraftPath } from '../../draft-parts.ts';
import type { Labelled } from './labelled.ts';

/** The parts that a module's brief is made of, in the order in which they are written. */
export const BRIEF_PARTS = ['scope', 'interfaces', 'data', 'decisions', 'complexities', 'verification'] as const;

export type BriefPart = (typeof BRIEF_PARTS)[number];

/** One part of a brief: the stretch below a heading, or a paragraph with the part's name as its label. */
export interface Part {
  /** Where it begins, heading or label included, and ends. */
  readonly start: number;
  readonly end: number;
  /** Without a heading, the part is a labelled paragraph. */
  readonly heading: Heading | undefined;
  readonly blocks: readonly Block[];
  /** Something but comments and placeholders stands in it. */
  readonly filled: boolean;
}

/** A name of something that a module provides or needs: a type, a function, an endpoint. */
export interface Name {
  /** As written, without backticks. */
  readonly text: string;
  /** What names are compared by: no parameters, no type arguments. */
  readonly key: string;
  readonly span: Span;
}

/** One thing that a module says it depends on. */
export interface Dependency {
  readonly text: string;
  readonly span: Span;
  /** Numbers of the phases that it names, by number or title. */
  readonly phases: readonly number[];
  readonly names: readonly Name[];
  /** It says itself that nothing of this plan is meant: existing code, a package, a service outside. */
  readonly outside: boolean;
}

/** A table, directory or store that a module says is its own. */
export interface Owned {
  readonly kind: 'path' | 'state';
  readonly text: string;
  readonly key: string;
  readonly span: Span;
}

/** A module of a master plan: a brief, from which its agent writes a plan of its own. */
export interface Module {
  /** Position among the units of the draft. */
  readonly unit: number;
  readonly number: number;
  /** The M of `Phase N of M`. */
  readonly total: number | undefined;
  readonly title: string;
  readonly heading: Heading;
  readonly start: number;
  readonly end: number;
  readonly parts: Readonly<Partial<Record<BriefPart, Part>>>;
  /** The `Provides` and `Depends on` of its interfaces, as they stand. */
  readonly labels: readonly Labelled<'provides' | 'depends'>[];
  readonly provides: readonly Name[];
  readonly dependencies: readonly Dependency[];
  readonly owns: readonly Owned[];
  /** Paths that its brief names as its own: they are its scope. */
  readonly paths: readonly DraftPath[];
}

/** "All of `after` wait for all of `before`", by phase numbers, and where the document says so. */
export interface StatedOrder {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly span: Span;
}

/** `## Dependencies & parallelization`. */
export interface Orchestration {
  readonly section: Section;
  readonly sequential: readonly StatedOrder[];
  readonly parallel: readonly { readonly numbers: readonly number[]; readonly span: Span }[];
  /** Numbers of the phases that each note names. */
  readonly notes: readonly (readonly number[])[];
  /** Every phase that any line names; "all others" names all. */
  readonly named: ReadonlySet<number>;
}

/** What only plans of kind `master` have. */
export interface MasterDetail {
  readonly overview: Section | undefined;
  /** Position of Phase 0 among the units; `undefined` without one. */
  readonly foundation: number | undefined;
  readonly modules: readonly Module[];
  readonly orchestration: Orchestration | undefined;
  readonly standards: Section | undefined;
  readonly testing: Section | undefined;
  /** The plan's own `## Verification`. */
  readonly verification: Section | undefined;
}
