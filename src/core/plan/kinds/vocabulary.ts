import type { Draft } from '../draft.ts';
import { FUNCTIONAL_SECTIONS } from './functional/sections.ts';
import { IMPLEMENTATION_SECTIONS } from './implementation/sections.ts';
import { macroSectionsOf } from './macro/sections.ts';
import { MASTER_SECTIONS } from './master/sections.ts';
import { microSections } from './micro/sections.ts';
import { PHASED_SECTIONS } from './phased/sections.ts';
import type { SectionSpec } from './section-spec.ts';
import { TASK_SECTIONS } from './task-sections.ts';

/**
 * The sections that a document may be expected to have, in the order in which plans of its kind have them. Where a kind
 * has forms, those of the form that the document is in.
 */
export function sectionSpecsOf(draft: Draft): readonly SectionSpec[] {
  switch (draft.kind) {
    case 'phased':
      return PHASED_SECTIONS;
    case 'master':
      return MASTER_SECTIONS;
    case 'task':
      return TASK_SECTIONS;
    case 'implementation':
      return IMPLEMENTATION_SECTIONS;
    case 'functional':
      return FUNCTIONAL_SECTIONS;
    case 'macro':
      return macroSectionsOf(draft as Draft<'macro'>);
    case 'micro':
      return microSections((draft as Draft<'micro'>).detail.compact);
  }
}
