/** What only plans of kind `macro` have. */
export interface MacroDetail {
  readonly placeholder?: never;
}
