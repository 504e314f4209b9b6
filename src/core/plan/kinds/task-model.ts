import type { Span } from '../../base/finding.ts';

/** What only task plans have, beside their units. */
export interface TaskDetail {
  /** One for each unit, in the same order. */
  readonly tasks: readonly TaskNotes[];
}

/** What a task says that its unit does not hold. */
export interface TaskNotes {
  /** Words of all its keys, known or not, lower case. */
  readonly labels: readonly string[];
  /** Its keys that mean nothing to us, and where they stand. */
  readonly keys: readonly { readonly label: string; readonly span: Span }[];
  /** What it says of Codex, if anything: `ok` when it may be given to it. */
  readonly codex: { readonly ok: boolean; readonly span: Span } | undefined;
}
