import type { PlanKind } from '../plan/model.ts';
import type { ImportKind } from '../run/import-event.ts';
import type { TaskClaims } from './completion.ts';

/** What its own records say of one task. */
export type RecordedClaims = Pick<TaskClaims, 'stated' | 'against' | 'commits'>;

/** Something that can become a bundle of ours, as far as its own bytes tell. */
export interface Importable {
  readonly kind: ImportKind;
  /** A path relative to the repository, a branch, or an address. */
  readonly from: string;
  /** The name that it asks for. */
  readonly slug: string;
  /** The document that is carried out, as it will stand in the bundle. */
  readonly plan: string;
  readonly planKind?: PlanKind;
  /** What the plan was made from, where it is not the original's own bytes: its errors are those to compare with. */
  readonly verbatim: boolean;
  readonly schema?: string;
  readonly status?: string;
  /** It says of itself that nothing is left to do. */
  readonly over: boolean;
  /** Milliseconds since 1970, as it says itself. */
  readonly began?: number;
  readonly last?: number;
  readonly events?: number;
  /** The branch that its work is on, if it says one. */
  readonly branch?: string;
  /** By the ids of the plan. */
  readonly claims: ReadonlyMap<string, RecordedClaims>;
  readonly waived: ReadonlySet<string>;
  /** What was remarkable, and kept nothing from being understood. */
  readonly remarks: readonly string[];
}

/** What of it was not understood: such a thing is never imported. */
export interface NotUnderstood {
  readonly file: string;
  /** From 1; 0: the file as a whole. */
  readonly line: number;
  readonly message: string;
}
