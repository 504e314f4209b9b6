/** What only plans of kind `master` have. */
export interface MasterDetail {
  readonly placeholder?: never;
}
