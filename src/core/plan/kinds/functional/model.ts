/** What only plans of kind `functional` have. */
export interface FunctionalDetail {
  readonly placeholder?: never;
}
