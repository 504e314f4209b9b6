import type { Placed } from '../placed.ts';

/** One entry of a list: a bullet of Markdown or YAML, or a section inside a section. */
export interface BundleEntry {
  readonly start: number;
  readonly end: number;
  /** Its first words: of a mapping, the value of its first key. */
  readonly title: string;
  /** All of it, as written. */
  readonly text: string;
  /** Values by key, of a mapping or of bold labels. */
  readonly fields: ReadonlyMap<string, string>;
}

/** A key of YAML with what belongs to it, or a section of Markdown. */
export interface BundlePart {
  readonly key: string;
  /** The line that names it. */
  readonly start: number;
  readonly end: number;
  /** What stands behind the key, or as prose in the section; `''` where there is nothing. */
  readonly value: string;
  readonly entries: readonly BundleEntry[];
  /** Said to be empty: `[]`, `none`. */
  readonly none: boolean;
}

/**
 * What a bundle is made for. `findings`: what research, planning or implementation found out, for the next phase;
 * `compressed`: a document cut down to what matters, with numbers about it in front matter; `handover`: where work stands, for
 * whoever goes on with it.
 */
export type BundleForm = 'findings' | 'compressed' | 'handover';

/** A context bundle: what an agent found out, compressed for the one that starts with an empty context. */
export interface ContextBundle {
  readonly form: BundleForm;
  /** By key, `mission.goal` for a key inside another. */
  readonly parts: ReadonlyMap<string, BundlePart>;
  /** `research`, `plan`, `implementation`, in lower case, as far as it says. */
  readonly type: Placed<string> | undefined;
  /** `2026-03-01`: the day that it was made or last changed. */
  readonly day: Placed<string> | undefined;
  /** Tokens as it states them, and as its length lets one guess. */
  readonly compressed: Placed<number> | undefined;
  readonly guessed: number;
  /** How many times shorter it is than what it was made of. */
  readonly ratio: Placed<number> | undefined;
  readonly findings: BundlePart | undefined;
  readonly decisions: readonly BundleEntry[];
  readonly nextActions: readonly BundleEntry[];
  /** Paths of the files that it is about, as written. */
  readonly keyFiles: readonly string[];
  /** Where a finding about the whole is shown. */
  readonly head: { readonly start: number; readonly end: number };
}
