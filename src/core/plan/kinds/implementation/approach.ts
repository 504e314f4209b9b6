import { textIn } from '../../markdown/text.ts';
import { plainText } from '../../markdown/inline.ts';
import type { Outline } from '../../markdown/outline.ts';
import { everySection, type Section } from '../../markdown/sections.ts';
import type { Draft } from '../../draft.ts';
import type { Approach } from './model.ts';
import { headerValue } from './parts.ts';

const STATED: readonly (readonly [Approach, RegExp])[] = [
  ['debug', /^(?:debug|debugging|bug ?-?fix|fix|bug)\b/i],
  ['refactor', /^refactor/i],
  ['infra', /^(?:infra|infrastructure|deployment|migration of infrastructure|ops|platform)\b/i],
  ['feature', /^(?:feature|new feature|enhancement)\b/i],
];

const TITLES: readonly (readonly [Approach, RegExp])[] = [
  [
    'debug',
    /\b(?:bug ?-?fix|fix(?:es|ing)?\b.{0,60}\b(?:bug|crash|leak|race|regression|deadlock|error|failure|timeout)|debug(?:ging)?(?: plan)?|hot ?-?fix|fix specification)\b|^fix(?:ing)?\s/i,
  ],
  [
    'refactor',
    /\brefactor(?:ing|ed|s)?\b|\brestructur(?:e|ing)\b|\bextract(?:ing)? .{1,60}\b(?:into|from) .{0,40}\b(?:module|class|package|service|library)\b/i,
  ],
  [
    'infra',
    /\binfrastructure\b|\b(?:kubernetes|terraform|helm|deployment pipeline|ci\/cd|cluster|load balancer|dns|vpc|node pool|postgres upgrade|database upgrade)\b.{0,60}|\b(?:change|rollout) plan\b/i,
  ],
];

/** Section keys that only a plan of one approach has. */
const SECTIONS: readonly (readonly [Approach, RegExp])[] = [
  [
    'debug',
    /^(?:confirmed )?root cause(?: analysis)?$|^(?:bug )?reproduction(?: steps)?$|^(?:steps to reproduce|how to reproduce|reproduce)$|^fix(?: design)?$|^prevention$/,
  ],
  [
    'infra',
    /^(?:plan )?rollout(?: plan| strategy)?$|^safety gates$|^communication plan$|^monitoring(?: strategy| plan)?$|^maintenance window$/,
  ],
  ['refactor', /^(?:current state|desired state|target state)$|^safety checklist$|^incremental steps$/],
];

/** What a plan is about: as it says itself, as its title says, as its sections say; else a feature. */
export function approachOf(
  outline: Outline,
  sections: readonly Section[],
  header: Draft['header'],
  title: string,
): { readonly approach: Approach; readonly approachStated: boolean } {
  const stated = headerValue(
    outline,
    header,
    'approach',
    'plan type',
    'approach type',
    'type of change',
    'change type',
  );
  const own = stated === undefined ? undefined : STATED.find(([, words]) => words.test(stated))?.[0];
  if (own !== undefined) return { approach: own, approachStated: true };
  const named = TITLES.find(([, words]) => words.test(title.slice(0, 500)))?.[0];
  if (named !== undefined) return { approach: named, approachStated: true };
  const keys = [...everySection(sections)].map(({ key }) => key);
  for (const [approach, words] of SECTIONS) {
    const count = new Set(keys.filter((key) => words.test(key))).size;
    if (count >= 2) return { approach, approachStated: true };
  }
  const first = sections
    .flatMap((one) => (one.heading.level === 1 ? one.children : [one]))
    .find(({ key }) => /^(?:overview|context|summary)$/.test(key));
  if (first !== undefined) {
    for (const block of textIn(outline, first.from, Math.min(first.from + 2, first.to))) {
      const text = plainText(block.text.slice(0, 600));
      if (/\bthis (?:plan |specification |change )?(?:is a |describes a )?refactor(?:ing|s)?\b/i.test(text))
        return { approach: 'refactor', approachStated: true };
      if (
        /\bthis (?:plan |specification |change )?(?:is a |describes a )?(?:bug ?fix|fixes a bug|debugging plan)\b/i.test(
          text,
        )
      )
        return { approach: 'debug', approachStated: true };
      if (/\bthis (?:plan |specification |change )?(?:is an? |describes an? )?infrastructure change\b/i.test(text))
        return { approach: 'infra', approachStated: true };
    }
  }
  return { approach: 'feature', approachStated: false };
}
