import type { Outline } from '../../markdown/outline.ts';

/** What tells a micro plan from plans of other kinds. */
export interface MicroSigns {
  /** A line that opens a contract or names those that a task implements, or a heading that announces contracts. */
  readonly contracts: boolean;
  /** Tasks that are lines instead of headings, or a section that announces tasks. */
  readonly lineTasks: boolean;
  /** The headings of at least two of the three Parts. */
  readonly layout: boolean;
  /** At least two of the header lines that no other kind has. */
  readonly header: boolean;
  /** Three or more of the sections that no other kind has. */
  readonly sections: boolean;
  /** The title says that it is one. */
  readonly titled: boolean;
  /** Headings of more than one pull request: a plan of pull requests. */
  readonly series: boolean;
}

const CONTRACT_LINE =
  /^[ \t]{0,8}(?:#{1,6}[ \t]{1,4}|[-*+][ \t]{1,4}|\d{1,3}[.)][ \t]{1,4}|\|[ \t]{0,4}|>[ \t]{0,4})?[*_`]{0,3}BC-[A-Z0-9]/m;
const TASK_LINE =
  /^[ \t]{0,4}(?:(?:[-*+]|\d{1,3}[.)])[ \t]{1,4}(?:\[[ xX]\][ \t]{1,4})?)?(?:\*\*|__)?Task(?:[ \t]{1,2}#?\d{1,4})?[ \t]{0,2}[:.—–]/m;
const IMPLEMENTED = /^[ \t]{0,4}(?:[-*+][ \t]{1,4})?(?:\*\*|__)Contracts? Implemented\b/im;
const HEADER = [
  /\bthe problem today\b/i,
  /\bwhat this PR (?:adds|changes|removes|does|fixes)\b/i,
  /\bwhy this matters\b/i,
];

const SECTIONS = [
  /\btargeted recon\b/i,
  /\b(?:behaviou?ral|expanded) contracts\b/i,
  /\bdetailed implementation plan\b/i,
  /\b(?:cli exercise|exercisability) proof\b/i,
  /\bdeviation log\b/i,
  /\breview guide\b/i,
  /\btest matrix\b/i,
  /\bsanity checklist\b/i,
];

/** Looks for the signs of a micro plan; linear. */
export function microSigns({ headings, source }: Outline): MicroSigns {
  const text = source.shadow;
  const titles = headings.map(({ title }) => title.slice(0, 300));
  const has = (pattern: RegExp): boolean => titles.some((title) => pattern.test(title));
  const parts = [/\bdesign validation\b/i, /\bexecutable implementation\b/i, /\bquality assurance\b/i].filter(has);
  const lead = text.slice(0, 30_000);
  return {
    contracts: CONTRACT_LINE.test(text) || IMPLEMENTED.test(text) || has(/\bbehaviou?ral contracts\b/i),
    lineTasks:
      TASK_LINE.test(text) || has(/^(?:[A-K][).:]\s*)?(?:(?:tdd|implementation) )?tasks?(?: breakdown| list)?$/i),
    layout: parts.length > 1,
    header: HEADER.filter((pattern) => pattern.test(lead)).length > 1,
    sections: SECTIONS.filter(has).length > 2,
    titled: /\bmicro[- ]?(?:design |implementation |level )?plan\b|\bmicro-?plan\b/i.test(titles[0] ?? ''),
    series: titles.filter((title) => /^PR[ -]?#?\d/i.test(title)).length > 1,
  };
}
