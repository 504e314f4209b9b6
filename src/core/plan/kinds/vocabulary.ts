import type { Draft } from '../draft.ts';
import type { PlanKind } from '../model.ts';
import { FUNCTIONAL_SECTIONS } from './functional/sections.ts';
import type { SectionSpec } from './section-spec.ts';
import { TASK_SECTIONS } from './task-sections.ts';

/** The sections that the grammar of each kind knows, in the order in which it writes them. */
const SECTIONS: Readonly<Partial<Record<PlanKind, readonly SectionSpec[]>>> = {
  task: TASK_SECTIONS,
  functional: FUNCTIONAL_SECTIONS,
};

/** The sections that a document of this kind may be expected to have; empty where the kind names none. */
export function sectionSpecsOf(draft: Draft): readonly SectionSpec[] {
  return SECTIONS[draft.kind] ?? [];
}
