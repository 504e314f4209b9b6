/** How the units of a kind are named in text. */
export interface IdGrammar {
  /** Source of a case-insensitive regular expression without groups of its own that matches one written id. */
  readonly pattern: string;
  /** The only spelling of a written id; `undefined` when the text is none. */
  readonly normalise: (text: string) => string | undefined;
}
