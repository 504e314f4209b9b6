import type { Finding } from '../base/finding.ts';
import type { Result } from '../base/result.ts';
import type { Portable } from '../plan/portable.ts';

/** The formats of other tools that can be read and written. */
export type FormatName =
  | 'spec-kit'
  | 'task-master'
  | 'openspec'
  | 'kiro'
  | 'superpowers'
  | 'beads'
  | 'backlog'
  | 'gsd'
  | 'ccpm';

/** A file as it is handed in and out: nothing here touches a disk. */
export interface ForeignFile {
  /** Relative to the repository, or to the directory that was searched; `/` between folders. */
  readonly path: string;
  readonly text: string;
}

/** A plan that was found among some files. */
export interface Sighting {
  readonly format: FormatName;
  /** The directory or file that is the plan: `specs/001-login`, `.beads/issues.jsonl`; empty for the place searched. */
  readonly root: string;
  /** What the plan calls itself, for its slug: the name of its folder or file. */
  readonly name: string;
  /** Paths of all files that belong to it, those with tasks first. */
  readonly files: readonly string[];
  /** How sure: 0 to 1; below 0.5 it only comes near. */
  readonly score: number;
  /** What was seen, and what a plan of this format has beside it. */
  readonly signs: readonly string[];
  readonly missing: readonly string[];
}

/** A finding with the file that it points into. */
export interface Placed extends Finding {
  readonly file: string;
}

/** What is kept of a foreign plan so that it can be given back: every file, byte for byte. */
export interface Kept {
  readonly files: readonly ForeignFile[];
}

/** A plan of another tool, as far as masterplan understands it, and with everything that it does not. */
export interface Foreign {
  readonly format: FormatName;
  readonly plan: Portable;
  /** Their id by ours. */
  readonly ids: Readonly<Record<string, string>>;
  /** Their word for the status of a unit, by our id. */
  readonly statuses: Readonly<Record<string, string>>;
  readonly kept: Kept;
  readonly findings: readonly Placed[];
  /** Where each unit stands, by our id. */
  readonly places: Readonly<Record<string, { readonly file: string; readonly start: number }>>;
  /** Paths of the documents beside the tasks, with what they are: a person reads them for context. */
  readonly documents: readonly { readonly path: string; readonly title: string }[];
}

/** Files to write. */
export interface Written {
  readonly files: readonly ForeignFile[];
  /** Their id by ours. */
  readonly ids: Readonly<Record<string, string>>;
  /** What the format cannot say, or what was not written back, in sentences. */
  readonly notes: readonly string[];
}

/** How plans of another tool are found, read and written. Pure; no method throws on any text. */
export interface Format {
  readonly name: FormatName;
  /** As its makers write it. */
  readonly title: string;
  /** Where its plans lie. */
  readonly place: string;
  /** The plans among these files, surest first. */
  detect(files: readonly ForeignFile[]): readonly Sighting[];
  /** Reads the files of one sighting. Refused when no task could be read, or going on would lose something. */
  read(files: readonly ForeignFile[]): Result<Foreign, readonly Placed[]>;
  /**
   * What the tool's own program says of the files of one sighting, errors being what it refuses; {@link read} says the same
   * with less weight, because a plan that its tool refuses can still be taken over.
   */
  readonly check?: (files: readonly ForeignFile[]) => readonly Placed[];
  /**
   * Writes a plan. With what was kept of an import, the kept files come back with the titles, needs and statuses of
   * `plan` and otherwise byte for byte as they were; without, new files are made, with paths below `root`.
   */
  write(plan: Portable, target: { readonly kept?: Kept; readonly name: string }): Written;
}
