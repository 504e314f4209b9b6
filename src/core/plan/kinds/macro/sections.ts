import type { Draft } from '../../draft.ts';
import type { SectionSpec } from '../section-spec.ts';
import { sectionKey } from './vocabulary.ts';

/** The sections of a macro plan, in the order of the template; documents letter them as they like. */
export const MACRO_SECTIONS: readonly SectionSpec[] = [
  {
    title: 'Executive Summary',
    key: sectionKey('summary'),
    need: 'always',
    stub: '[What is added, why, and how it fits in: under 15 lines]',
  },
  {
    title: 'High-Level Objectives and Model Scoping',
    key: sectionKey('objectives'),
    need: 'always',
    stub: '### Objectives\n\n1. [what is possible afterwards]\n\n### Non-Goals\n\n- [what stays as it is]',
  },
  {
    title: 'Concept Model',
    key: sectionKey('concept'),
    need: 'always',
    stub: '**1. [Name of a building block]** — [its one responsibility]',
  },
  {
    title: 'Architectural Evolution',
    key: sectionKey('evolution'),
    need: 'should',
    stub: '[From what it is today to what it becomes]',
  },
  {
    title: 'PR Series',
    key: sectionKey('series'),
    need: 'always',
    stub: '### PR 1: [what it brings]\n\n- **Extension Type:** [policy template, subsystem module, backend swap or tier composition]\n- **Scope:** [what is in, and what is out]\n- **Depends On:** [pull requests that must be merged first]',
  },
  {
    title: 'Frozen Interfaces',
    key: sectionKey('frozen'),
    need: 'may',
    stub: '[Signatures that are merged and stay as they are]',
  },
  {
    title: 'Dependency DAG',
    key: sectionKey('dag'),
    need: 'should',
    stub: '[Which pull request waits for which: `PR 1 → PR 2`]',
  },
  {
    title: 'Risk Register',
    key: sectionKey('risks'),
    need: 'always',
    stub: '| Decision | Assumption | Validation Method | Cost if Wrong | Gate |\n|---|---|---|---|---|\n| [decision] | [what must be true] | [how it is checked] | [pull requests of rework] | [before which pull request] |',
  },
  {
    title: 'Cross-Cutting Infrastructure',
    key: sectionKey('crossCutting'),
    need: 'should',
    stub: '- [Tests, documents, CI: each with the pull request that does it]',
  },
  {
    title: 'Extension Friction Assessment',
    key: sectionKey('friction'),
    need: 'may',
    stub: '[How many files one more variant takes]',
  },
  {
    title: 'Design Bug Prevention',
    key: sectionKey('prevention'),
    need: 'should',
    stub: '- [ ] [what has gone wrong before, and how this plan prevents it]',
  },
  { title: 'Revision Notes', key: sectionKey('revisions'), need: 'may', stub: '- YYYY-MM-DD: [what changed, and why]' },
  {
    title: 'Appendix: Repository Recon',
    key: sectionKey('recon'),
    need: 'may',
    stub: '[What was found in the repository, with file and line]',
  },
];

// Nothing is asked of a plan of parallel worktrees.
const LEAN: readonly SectionSpec[] = MACRO_SECTIONS.map((spec) => ({ ...spec, need: 'may' }));

/**
 * The sections that one document may be expected to have: a plan of parallel worktrees over unrelated fixes has neither
 * objectives nor a concept model, and is none the worse for it.
 */
export function macroSectionsOf(draft: Draft<'macro'>): readonly SectionSpec[] {
  const { pulls } = draft.detail;
  return pulls.length > 0 && pulls.every(({ lean }) => lean) ? LEAN : MACRO_SECTIONS;
}
