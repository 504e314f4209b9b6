/** Something that a person wants otherwise in a plan, said as what it is: each becomes an edit of the plan's own text. */
export type PlanOperation =
  | {
      readonly do: 'add';
      readonly title: string;
      readonly needs: readonly string[];
      /** Tasks that are to wait for it. */
      readonly before: readonly string[];
      readonly scope: readonly string[];
      readonly verify: readonly string[];
      /** What to do, Markdown; empty: the title says it. */
      readonly text: string;
    }
  /** Tasks leave the plan; whoever needed one needs what it needed. */
  | { readonly do: 'drop'; readonly tasks: readonly string[] }
  /** The first part keeps the id; each part needs the one before it, unless they are beside each other. */
  | { readonly do: 'split'; readonly task: string; readonly parts: readonly Part[]; readonly beside: boolean }
  /** The first of the tasks keeps its id and takes over what the others were to do. */
  | { readonly do: 'merge'; readonly tasks: readonly string[]; readonly title: string | undefined }
  | { readonly do: 'scope'; readonly task: string; readonly paths: readonly string[] }
  | { readonly do: 'verify'; readonly task: string; readonly commands: readonly string[] }
  | { readonly do: 'title'; readonly task: string; readonly title: string }
  | { readonly do: 'add-need' | 'drop-need'; readonly task: string; readonly needs: readonly string[] };

/** One kind of operation. */
export type Of<D extends PlanOperation['do']> = Extract<PlanOperation, { do: D }>;

/** A part that a task is split into; what it does not say is as it was of the whole. */
export interface Part {
  readonly title: string;
  readonly scope: readonly string[] | undefined;
  readonly verify: readonly string[] | undefined;
}

/** Why a plan cannot be changed in this way, and what to do instead. */
export interface OperationRefusal {
  readonly message: string;
  readonly hint: string;
}

/** The hint of a refusal when a document has a form of its own. */
export const BY_HAND = 'edit the plan itself, then amend the run by it';
