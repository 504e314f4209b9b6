/** One section that a kind knows, by whatever title documents give it. */
export interface SectionSpec {
  /** The title that we write. */
  readonly title: string;
  /** What it is known by: matched against {@link Section.key} as a whole, so anchor it. */
  readonly key: RegExp;
  /**
   * `always`: a plan of the kind without it, or with nothing in it, is a finding (GEN-007, an error); `should`: the same as
   * a warning; `may`: only its place in the order is looked at.
   */
  readonly need: 'always' | 'should' | 'may';
  /** What is inserted below the heading when it is missing: a stub with placeholders. */
  readonly stub: string;
}
