import { nameKey } from '../../kinds/master/owned.ts';
import { providers } from '../../kinds/master/read.ts';
import { isPathWord } from '../../kinds/phased/paths.ts';
import { pieces } from '../../markdown/inline.ts';
import { textIn } from '../../markdown/text.ts';
import type { Draft } from '../../draft.ts';
import type { Rule, Subject } from '../rule.ts';
import { blocksOf } from '../phased/parts.ts';
import { nameOf } from './around.ts';

/** MS-07: what a module depends on is provided by a phase of this plan, or is said to be there already. */
export const providerExists: Rule<'master'> = {
  id: 'MS-07',
  name: 'provider-exists',
  about: 'A module depends on a phase that the plan does not have, or on an interface that nobody provides.',
  severity: 'error',
  fix: 'none',
  kinds: ['master'],
  *check({ draft, detail, facts }) {
    const numbers = new Set(draft.units.flatMap(({ phase }) => (phase === undefined ? [] : [phase.number])));
    const known = providers(detail.modules);
    const shared = sharedWords(draft, detail);
    for (const module of detail.modules) {
      for (const { phases, names, outside, span } of module.dependencies) {
        const gone = phases.find((number) => !numbers.has(number));
        if (gone !== undefined) {
          const message = `${nameOf(module)} depends on phase ${gone}, which this plan does not have.`;
          yield {
            span,
            message,
            hint: `Name one of the phases ${[...numbers].slice(0, 8).join(', ')}, or what is there already.`,
          };
          continue;
        }
        // Phase 0 is prose: whatever is said to come from it is believed.
        if (outside || phases.includes(0)) continue;
        for (const { text, key, span: where } of names) {
          if (!isInterface(text) || isKnown(key, known, shared)) continue;
          if (facts.symbols?.has(key) === true || facts.files?.has(text) === true) continue;
          const message = `${nameOf(module)} depends on ${text.slice(0, 60)}, which no module provides.`;
          const hint = 'Name the phase that provides it and list it there; write "existing" where it is there already.';
          yield { span: where, message, hint };
        }
      }
    }
  },
};

/** A type, a function, a route: not a package, a path or a command. */
function isInterface(text: string): boolean {
  if (isPathWord(text)) return false;
  return /^(?:GET|POST|PUT|PATCH|DELETE)\s+\//.test(text) ||
    /^[A-Za-z_][\w.]*(?:\(.*\)|<.*>)?$/.test(text.slice(0, 200))
    ? /[A-Z]|_|\(|^\w+\s\//.test(text)
    : false;
}

function isKnown(key: string, known: ReadonlyMap<string, unknown>, shared: ReadonlySet<string>): boolean {
  const dot = key.lastIndexOf('.');
  const parts = dot < 0 ? [key] : [key, key.slice(0, dot), key.slice(dot + 1)];
  return parts.some((part) => known.has(part) || shared.has(part));
}

/** Every name in backticks, and every word with a capital, that Phase 0 and the lead sections hold. */
function sharedWords(draft: Draft, { foundation, overview }: Subject<'master'>['detail']): ReadonlySet<string> {
  const { outline, units } = draft;
  const ranges = [
    ...(foundation === undefined ? [] : [blocksOf(outline, units[foundation] as (typeof units)[number])]),
    ...(overview === undefined ? [] : [overview]),
  ];
  const words = new Set<string>();
  for (const { from, to } of ranges) {
    for (const { text } of textIn(outline, from, to)) {
      for (const piece of pieces(text)) {
        if (piece.code) words.add(nameKey(piece.text.trim()));
        else for (const match of piece.text.matchAll(/\b[A-Z]\w{0,80}/g)) words.add(match[0]);
      }
    }
  }
  return words;
}
