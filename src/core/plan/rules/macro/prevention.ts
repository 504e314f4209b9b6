import type { Rule } from '../rule.ts';
import { headingOf, insert } from './shared.ts';

/** What has gone wrong in plans before, how a checklist speaks of it, and our words for it. */
const ITEMS: readonly (readonly [RegExp, string])[] = [
  [/scaffold|dead code|unused/i, 'No scaffolding: everything a pull request brings is exercised when it is merged'],
  [
    /doc(?:s|umentation)?\b[^.]{0,40}\b(?:drift|stale|same|update)|drift/i,
    'No documentation drift: documents change in the pull request that makes them wrong',
  ],
  [
    /test (?:infra|infrastructure|helpers?|utilit)|duplicat|shared test/i,
    'No second test infrastructure: shared helpers come first',
  ],
  [
    /golden|snapshot|baseline|fixture/i,
    'No stale recorded outputs: whoever changes them records them anew and says why',
  ],
  [
    /type catalog|fidelity|without invariant|invariant tests|anti-?pattern/i,
    'No type catalog, no fidelity for its own sake, no recorded output without an invariant',
  ],
  [/exogenous|endogenous|new events/i, 'New events are classified as exogenous or endogenous'],
  [/\bstate\b.{0,20}\bstatistics\b|\bstatistics\b.{0,20}\bstate\b/i, 'State and statistics are kept apart'],
  [
    /scoping|banks|modell?ed|simplif/i,
    'Model scoping: what is modeled, simplified and omitted follows from the questions',
  ],
];

/** MA-27: the checklist of what has gone wrong before. */
export const prevention: Rule<'macro'> = {
  id: 'MA-27',
  name: 'checklist-8',
  about: 'Fewer than the eight items of the prevention checklist are addressed.',
  severity: 'warning',
  fix: 'stub',
  kinds: ['macro'],
  *check({ draft, detail }) {
    const section = detail.sections.prevention;
    if (section === undefined) return;
    const { source } = draft.outline;
    const said = [
      source.shadow.slice(section.heading.start, Math.min(section.end, section.heading.start + 200_000)),
      ...(detail.sections.concept === undefined
        ? []
        : [source.shadow.slice(detail.sections.concept.heading.start, detail.sections.concept.end).slice(0, 50_000)]),
    ];
    const missing = ITEMS.filter(([pattern], i) => {
      // A scoping table and a sentence in the concept model address their items where they belong.
      const where = i === 6 ? said.join('\n') : (said[0] as string);
      return !pattern.test(where) && !(i === 7 && (detail.scoping?.length ?? 0) > 0);
    }).map(([, words]) => words);
    if (missing.length === 0) return;
    const body = source.shadow.slice(section.heading.start, section.end);
    const at = section.heading.start + body.replace(/\s+(?:-{3,}\s*)?$/, '').length;
    const list = missing.map((words) => `- [ ] ${words}`).join('\n');
    const own = `- [ ] ${ITEMS[0]?.[1] ?? ''}`;
    const tight = /^\s*[-*+] \[[ xX]\] .*$/.test(body.trimEnd().split('\n').at(-1) ?? own);
    yield {
      span: headingOf(draft, section),
      message: `${missing.length} of the 8 items are not addressed: ${missing.map((words) => words.split(':')[0]).join('; ')}.`,
      hint: 'Add each item, with how this plan prevents it.',
      fix: {
        kind: 'stub',
        title: 'Add the missing items',
        edits: [insert(draft, at, `${tight ? '\n' : '\n\n'}${list}`)],
      },
    };
  },
};
