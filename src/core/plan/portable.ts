import type { PlanKind } from './model.ts';

/** A plan without its grammar: what every kind and every foreign format can say, and what is carried between them. */
export interface Portable {
  readonly title: string;
  /** Markdown of the lead sections: goal, context, constraints. */
  readonly context: string;
  readonly units: readonly PortableUnit[];
  readonly requirements: readonly PortableText[];
  readonly criteria: readonly (PortableText & { readonly requirements: readonly string[] })[];
  /** Shell commands that prove the whole. */
  readonly verify: readonly string[];
}

/** Something with an id: `FR-1`, `AC-3`. `text` is Markdown without a heading. */
export interface PortableText {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

export interface PortableUnit {
  /** Unique in the plan: `T3`, `PR-17`, `1.2`. */
  readonly id: string;
  readonly title: string;
  /** Title of the phase, wave or group it stands in, if any. */
  readonly group: string | undefined;
  /** Markdown that says what to do, without heading and without what the fields below hold. */
  readonly body: string;
  readonly needs: readonly string[];
  readonly scope: readonly string[];
  /** Shell command lines. */
  readonly verify: readonly string[];
  /** Sentences that must be true, plain text. */
  readonly criteria: readonly string[];
  readonly criterionIds: readonly string[];
  readonly requirementIds: readonly string[];
  readonly agent: string | undefined;
  /** Minutes. */
  readonly estimate: number | undefined;
  readonly done: boolean;
  /** The kind of sub-plan that is to be written first, if the unit is a brief. */
  readonly planFirst: PlanKind | undefined;
}
