/** What only plans of kind `micro` have. */
export interface MicroDetail {
  readonly placeholder?: never;
}
