import type { DraftUnit } from '../../draft.ts';
import type { Section } from '../../markdown/sections.ts';
import type { Values } from './fields.ts';
import type { Room, SpecPhase, SpecTask } from './model.ts';

/** The units of a plan with what belongs to them, as every form is read. */
export interface ReadUnits {
  readonly units: readonly DraftUnit[];
  readonly tasks: readonly SpecTask[];
  readonly phases: readonly SpecPhase[];
  readonly section: Section | undefined;
}

/** A task as found, before its number is settled. */
export interface Found {
  readonly number: string | undefined;
  readonly numberAt: { readonly start: number; readonly end: number } | undefined;
  readonly title: string;
  /** What is said behind the title. */
  readonly text: string;
  readonly head: DraftUnit['heading'];
  readonly start: number;
  readonly end: number;
  readonly phase: number | undefined;
  /** True for the first task of its list. */
  readonly opens: boolean;
  readonly values: Values;
  readonly boxes: DraftUnit['boxes'];
  readonly room: Room | undefined;
}
