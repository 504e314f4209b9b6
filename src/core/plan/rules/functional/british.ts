import { proseOf, spanIn, unquoted } from './shared.ts';
import type { Rule } from '../rule.ts';

/** American stems and their British spelling; what follows the stem stays. */
const STEMS: ReadonlyMap<string, string> = new Map([
  ['behavior', 'behaviour'],
  ['color', 'colour'],
  ['favor', 'favour'],
  ['honor', 'honour'],
  ['labor', 'labour'],
  ['neighbor', 'neighbour'],
  ['flavor', 'flavour'],
  ['organiz', 'organis'],
  ['authoriz', 'authoris'],
  ['sanitiz', 'sanitis'],
  ['normaliz', 'normalis'],
  ['initializ', 'initialis'],
  ['serializ', 'serialis'],
  ['synchroniz', 'synchronis'],
  ['customiz', 'customis'],
  ['optimiz', 'optimis'],
  ['minimiz', 'minimis'],
  ['maximiz', 'maximis'],
  ['summariz', 'summaris'],
  ['categoriz', 'categoris'],
  ['prioritiz', 'prioritis'],
  ['recogniz', 'recognis'],
  ['finaliz', 'finalis'],
  ['utiliz', 'utilis'],
  ['analyz', 'analys'],
  ['center', 'centre'],
  ['fulfill', 'fulfil'],
  ['enrollment', 'enrolment'],
  ['catalog', 'catalogue'],
  ['canceled', 'cancelled'],
  ['canceling', 'cancelling'],
  ['labeled', 'labelled'],
  ['labeling', 'labelling'],
  ['modeled', 'modelled'],
  ['modeling', 'modelling'],
  ['traveled', 'travelled'],
  ['defense', 'defence'],
  ['gray', 'grey'],
]);

const AMERICAN =
  /(?<![\p{L}\p{N}_./#@-])(?:(?:behavior|color|favor|honor|labor|neighbor|flavor)(?:s|ed|ing|al|ful|able|ite|ites|hood)?|(?:un|re|de)?(?:organiz|authoriz|sanitiz|normaliz|initializ|serializ|synchroniz|customiz|optimiz|minimiz|maximiz|summariz|categoriz|prioritiz|recogniz|finaliz|utiliz)(?:e|es|ed|er|ers|ing|ation|ations)|analyz(?:e|es|ed|er|ing)|centers?|fulfills?|enrollments?|catalogs?|cancel(?:ed|ing)|label(?:ed|ing)|model(?:ed|ing)|traveled|defense|gray)(?![\p{L}\p{N}_-]|[./]\w|\()/giu;

function spelling(word: string): string | undefined {
  const lower = word.toLowerCase();
  for (const [american, british] of STEMS) {
    const at = lower.indexOf(american);
    if (at < 0 || at > 2) continue;
    const tail = lower.slice(at + american.length);
    // `fulfilled` is the same on both sides; `catalogs` is not.
    const result = lower.slice(0, at) + (british.endsWith('tre') && tail === 's' ? 'centres' : british + tail).slice(0);
    if (word === word.toUpperCase()) return result.toUpperCase();
    return word[0] === lower[0] ? result : (result[0] as string).toUpperCase() + result.slice(1);
  }
  return undefined;
}

/** FP-30: a word is spelt the American way; plans are written in British English. */
export const british: Rule<'functional'> = {
  id: 'FP-30',
  name: 'british',
  about: 'A word is spelt the American way; plans are written in British English.',
  severity: 'info',
  fix: 'auto',
  kinds: ['functional'],
  *check({ draft, detail }) {
    for (const block of proseOf(draft, detail)) {
      for (const match of unquoted(block.text).matchAll(AMERICAN)) {
        const word = match[0];
        const british = spelling(word);
        if (british === undefined) continue;
        const span = spanIn(draft, block, match.index, word.length);
        const fix = {
          kind: 'auto' as const,
          title: `Write ${british}`,
          edits: [{ start: span.start, end: span.end, text: british }],
        };
        yield { span, message: `"${word}" is "${british}" in British English.`, hint: `Write "${british}".`, fix };
      }
    }
  },
};
