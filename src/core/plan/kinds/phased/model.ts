import type { Heading } from '../../markdown/outline.ts';
import type { Section } from '../../markdown/sections.ts';

/** What only plans of kind `phased` have. */
export interface PhasedDetail {
  /** The heading that opens steps of a plan without phases: such a plan reads as one phase. */
  readonly loose: Heading | undefined;
  readonly context: Section | undefined;
  /** The plan's own `## Verification`. */
  readonly verification: Section | undefined;
}
