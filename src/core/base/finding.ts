/** How much a finding weighs: an `error` refuses, a `warning` is shown, `info` explains. */
export type Severity = 'error' | 'warning' | 'info';

/** A stretch of a source text. Offsets are UTF-16 code units, `end` exclusive; lines and columns count from 1. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** One replacement of a stretch of text: `start` = `end` inserts, an empty `text` removes. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * How a finding can be mended. `auto` says the same in the right form; `stub` inserts a part with placeholders, which are
 * then findings themselves; `suggest` is a guess that only the author can confirm and is shown, never applied.
 */
export interface Fix {
  readonly kind: 'auto' | 'stub' | 'suggest';
  /** What applying it does, as an order: "Number the steps from 1". */
  readonly title: string;
  readonly edits: readonly Edit[];
}

/** One remark about a text or a bundle: what is wrong, where, and what to do next. */
export interface Finding {
  /** Stable id of the rule, such as `GEN-005`. */
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  /** What to type or change next. */
  readonly hint: string;
  readonly span: Span;
  readonly fix?: Fix;
}
