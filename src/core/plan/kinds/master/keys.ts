import type { BriefPart } from './model.ts';

/** What the sections of a master plan are known by, in British and American spelling and as people shorten them. */
export const OVERVIEW_KEY =
  /^(?:system |project |product |architecture )?overview$|^system (?:summary|description)$|^system$/;
export const ORCHESTRATION_KEY =
  /^(?:module |phase )?dependenc(?:y|ies)(?: (?:and|map|graph|order)(?: (?:parall?eli[sz]ation|parallelism|order|ordering|sequencing|orchestration|sequence))?)?$|^parall?eli[sz]ation(?: and dependencies)?$|^orchestration$|^(?:execution|implementation|module) order$|^sequencing(?: and parall?eli[sz]ation)?$/;
export const STANDARDS_KEY =
  /^(?:shared |common |global |cross cutting )?(?:engineering |coding |development )?standards(?: and conventions)?$|^(?:shared|common) (?:engineering )?(?:conventions|guidelines)$/;
export const TESTING_KEY = /^(?:testing|test) (?:strategy|approach|philosophy|plan)$|^testing$/;
export const VERIFICATION_KEY = /^(?:(?:global|final|overall|system) )?verification$/;

/** The parts of a brief by the words of their headings. */
export const PART_KEYS: Readonly<Record<BriefPart, RegExp>> = {
  scope: /^scope(?: and (?:responsibilities|boundaries|purpose))?$|^responsibilities$|^purpose(?: and scope)?$/,
  interfaces:
    /^(?:public |module |key |external )?interfaces?(?: and (?:contracts?|dependencies))?$|^interface contracts?$|^apis? and interfaces?$/,
  data: /^data(?: and state| state|\/state| model| and storage| and persistence)?$|^state(?: and data)?$|^state and storage$/,
  decisions: /^(?:key )?(?:design |architectural |architecture |technical )?(?:decisions|choices)$/,
  complexities:
    /^complexit(?:y|ies)(?: and (?:edge cases|risks))?$|^edge cases(?: and complexit(?:y|ies))?$|^(?:risks|challenges)(?: and edge cases)?$/,
  verification: /^verification$|^verify$|^acceptance(?: criteria)?$|^definition of done$/,
};

/** Headings inside a brief that say what is not part of it. */
export const EXCLUDED_KEY =
  /^(?:explicitly )?(?:not in|out of|outside)(?: the)? scope$|^non goals$|^exclusions?$|^not included$/;

/** How we write the parts. */
export const PART_TITLES: Readonly<Record<BriefPart, string>> = {
  scope: 'Scope',
  interfaces: 'Interfaces',
  data: 'Data & state',
  decisions: 'Key design decisions',
  complexities: 'Complexities & edge cases',
  verification: 'Verification',
};

/** The part that a heading with this key opens. */
export function partOf(key: string): BriefPart | undefined {
  for (const [part, pattern] of Object.entries(PART_KEYS) as [BriefPart, RegExp][]) if (pattern.test(key)) return part;
  return undefined;
}
