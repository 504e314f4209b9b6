import type { Box } from '../../model.ts';
import type { Section } from '../../markdown/sections.ts';
import type { Table, TableRow } from '../../markdown/tables.ts';

/** The sections that a functional plan is made of, by our names for them. */
export type FunctionalPart =
  | 'overview'
  | 'api'
  | 'requirements'
  | 'rules'
  | 'integration'
  | 'criteria'
  | 'scenarios'
  | 'streams'
  | 'quality'
  | 'security'
  | 'environment'
  | 'schema'
  | 'out-of-scope'
  | 'questions'
  | 'assumptions'
  | 'notes'
  | 'gates'
  | 'se-verification'
  | 'test-mandate'
  | 'review-contract';

/** Plain text and where its source stands (UTF-16 offsets). */
export interface Placed {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** One id that the text names: `FR-001 (storage)` is id `FR-1`, written `FR-001`, facet `storage`. */
export interface Reference {
  readonly id: string;
  readonly written: string;
  /** The part of the requirement that is meant, if only a part is. */
  readonly facet: string | undefined;
  readonly start: number;
  readonly end: number;
}

/** One row of a table that somebody reads as a sentence about something. */
export interface Row {
  readonly table: Table;
  readonly row: TableRow;
}

/** What may go wrong, and what is expected then. */
export interface ErrorCase {
  readonly condition: Placed;
  readonly expected: Placed;
}

/** `### FR-1: Name` and what stands below it. A part that is absent is `undefined`; one that is empty is an empty list. */
export interface FunctionalRequirement {
  readonly id: string;
  readonly written: string;
  readonly title: string;
  readonly head: { readonly start: number; readonly end: number };
  readonly start: number;
  readonly end: number;
  /** Where its own text ends: before the first requirement or criterion that stands inside it. */
  readonly ownEnd: number;
  readonly hint: Placed | undefined;
  readonly description: Placed | undefined;
  readonly inputs: readonly Placed[] | undefined;
  readonly behaviour: readonly Placed[] | undefined;
  readonly success: readonly Placed[] | undefined;
  readonly errors: readonly ErrorCase[] | undefined;
  /** Business rules that it names. */
  readonly rules: readonly Reference[];
  /** False for requirements given as a list item or a table row, which have no room for parts. */
  readonly full: boolean;
}

/** Given, When and Then of a criterion as they stand. */
export interface Clause extends Placed {
  readonly word: 'given' | 'when' | 'then';
  /** End of the last line that belongs to it. */
  readonly until: number;
}

/** `### AC-1: title — case (FR-1)`. */
export interface AcceptanceCriterion {
  readonly id: string;
  readonly written: string;
  readonly title: string;
  readonly head: { readonly start: number; readonly end: number };
  readonly start: number;
  readonly end: number;
  readonly requirements: readonly Reference[];
  readonly clauses: readonly Clause[];
  /** The criterion as one sentence. */
  readonly sentence: string;
  /** `section`, or the shorter forms some documents use. */
  readonly form: 'section' | 'item' | 'row';
}

/** What a stream is about: its agent, its command and, failing both, its name say so. */
export type StreamRole = 'environment' | 'schema' | 'contract' | 'backend' | 'frontend' | 'observability' | 'other';

/** One row of the Work Streams table, or one `### WS-1: Name` section. */
export interface Stream {
  readonly id: string;
  readonly written: string;
  readonly title: string;
  readonly role: StreamRole;
  readonly head: { readonly start: number; readonly end: number };
  readonly box: Box | undefined;
  readonly row: Row | undefined;
  readonly section: Section | undefined;
  readonly agent: Placed | undefined;
  readonly command: Placed | undefined;
  readonly requirements: readonly Reference[];
  readonly requirementsCell: Placed | undefined;
  /** The cell as written; resolved when the plan is compiled. */
  readonly dependsOn: Placed | undefined;
  readonly parallel: readonly Reference[];
  readonly parallelCell: Placed | undefined;
}

/** A row with an id and words: a business rule, an assumption. */
export interface Named {
  readonly id: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A target that the whole has to meet. */
export interface Quality {
  /** Without one, nothing can refer to it. */
  readonly id: string | undefined;
  readonly title: Placed;
  readonly target: Placed | undefined;
  readonly row: TableRow | undefined;
  readonly start: number;
  readonly end: number;
}

/** A row of Integration Points. */
export interface Integration {
  readonly group: 'dependency' | 'consumer' | 'call' | 'other';
  readonly system: string;
  readonly purpose: string;
  readonly notes: string;
  readonly start: number;
  readonly end: number;
}

/** A row of Test Scenarios. */
export interface Scenario {
  readonly area: string;
  readonly scenario: string;
  readonly inputs: string;
  readonly expected: string;
  readonly start: number;
  readonly end: number;
}

/** A row of Security Considerations. */
export interface Concern {
  readonly concern: string;
  readonly applies: Placed;
  readonly notes: Placed | undefined;
}

/** A row of Schema Changes. */
export interface SchemaChange {
  readonly change: Placed;
  /** `expand`, `backfill`, `contract` or whatever the cell says, lower case. */
  readonly phase: Placed;
  readonly after: Placed | undefined;
}

/** A row of the Assumption Register. */
export interface Assumption extends Named {
  readonly impact: string;
  readonly resolution: Placed | undefined;
  readonly resolved: boolean;
  /** Everything that the row names. */
  readonly names: readonly Reference[];
}

/** A bullet of Open Questions. */
export interface Question extends Placed {
  /** `Q-2`: as written, where all of them are numbered; else by its place. */
  readonly id: string;
  readonly box: Box | undefined;
  readonly resolved: boolean;
  readonly names: readonly Reference[];
}

/** One row of a contract between the plan and a role. */
export interface ContractRow extends Row {
  readonly requirements: readonly Reference[];
  readonly criteria: readonly Reference[];
  /** The criterion cell as written; `—` says that the row belongs to none. */
  readonly criterionCell: Placed | undefined;
  /** What is to be seen, tested or checked. */
  readonly text: string;
  readonly box: Box | undefined;
}

/** SE Verification Contract, Test Mandate or Review Contract. */
export interface Contract {
  readonly section: Section;
  readonly tables: readonly Table[];
  readonly rows: readonly ContractRow[];
}

/** What the lines at the top say. */
export interface FunctionalHeader {
  readonly task: Placed | undefined;
  readonly branch: Placed | undefined;
  readonly feature: Placed | undefined;
  readonly stack: Placed | undefined;
  readonly created: Placed | undefined;
}

/** What only plans of kind `functional` have. */
export interface FunctionalDetail {
  readonly header: FunctionalHeader;
  /** The first section of each kind. */
  readonly parts: ReadonlyMap<FunctionalPart, Section>;
  readonly requirements: readonly FunctionalRequirement[];
  readonly qualities: readonly Quality[];
  readonly rules: readonly Named[];
  readonly integrations: readonly Integration[];
  readonly criteria: readonly AcceptanceCriterion[];
  readonly scenarios: readonly Scenario[];
  readonly streams: readonly Stream[];
  readonly concerns: readonly Concern[];
  readonly environment: readonly Row[];
  readonly schema: readonly SchemaChange[];
  /** The steps of Deploy Ordering. */
  readonly deployOrder: readonly Placed[];
  readonly outOfScope: readonly Placed[];
  readonly questions: readonly Question[];
  readonly assumptions: readonly Assumption[];
  /** `**Similar features exist**: …` lines of Codebase Notes, by lower-case label. */
  readonly notes: readonly { readonly label: string; readonly value: Placed }[];
  readonly endpoints: readonly Row[];
  readonly shapes: readonly Row[];
  readonly seVerification: Contract | undefined;
  readonly testMandate: Contract | undefined;
  readonly reviewContract: Contract | undefined;
}
