/** What only plans of kind `implementation` have. */
export interface ImplementationDetail {
  readonly placeholder?: never;
}
