import { literalsOf } from './assertions.ts';
import type { Leave } from './leave.ts';
import type { Source, Unit } from './units.ts';

/**
 * Says of literals that became others whether the source made the same change of words. `given`: the text in which they stand, whose
 * other words are the test's own.
 */
export type Follow = (lost: readonly string[], gained: readonly string[], given: string) => boolean;

/** The programs of a change, before and after it. */
interface Sides {
  readonly before: ReadonlyMap<string, Source>;
  readonly after: ReadonlyMap<string, Source>;
  isCheck(path: string): boolean;
}

/**
 * What the source of a change renamed or reworded: a test that expects the new words follows it. A word counts when no changed
 * source holds it any more, or did before. Numbers, constants and words that say yes or no are values, and no wording. What the
 * task names is asked for, and stays so. An expectation that only grew may grow by any words of the source and of the test.
 */
export function followOf(sources: Sides, leave: Leave): Follow {
  const wordsOf = (side: Sides['before']): Set<string> =>
    new Set(
      [...side.values()].filter(({ path }) => !sources.isCheck(path)).flatMap(({ masked }) => words(masked.code)),
    );
  const [old, now] = [wordsOf(sources.before), wordsOf(sources.after)];
  return (lost, gained, text) => {
    if (leave.fixed || gained.length === 0) return false;
    if (lost.length > 0 && lost.every((literal) => gained.some((other) => hasMore(literal, other)))) return true;
    if ([...lost, ...gained].some((literal) => VALUE.test(literal))) return false;
    if (lost.some((literal) => isString(literal) && leave.mentions(literal.slice(1, -1)))) return false;
    const [gone, come] = [lost.flatMap(words), gained.flatMap(words)];
    const [left, fresh] = [without(gone, come), without(come, gone)];
    if ([...left, ...fresh].some((word) => VALUE.test(word))) return false;
    const wording = fresh.filter((word) => word.length > 2 && !NUMBER.test(word));
    const given = new Set(without(words(text), come));
    const grows = left.length === 0;
    if (grows && gone.length >= MANY && wording.length > 0) return true;
    return (
      wording.length > 0 &&
      lost.every((literal) => {
        const own = without(words(literal), come);
        const vanished = own.filter((word) => !NUMBER.test(word) && old.has(word) && !now.has(word));
        // A name made of parts goes as a whole, when one of them is no name any more.
        const name = !/\s/.test(literal) && vanished.length > 0 && !fresh.some((word) => NUMBER.test(word));
        return name || vanished.length === own.length;
      }) &&
      wording.every((word) => (now.has(word) && (grows || !old.has(word))) || (grows && given.has(word))) &&
      // A number in a new wording is one that the test gives itself.
      fresh.every((word) => wording.includes(word) || given.has(word) || (!NUMBER.test(word) && now.has(word)))
    );
  };
}

/** Whether a text of several lines has all lines of another one in their order, and more. */
function hasMore(old: string, now: string): boolean {
  const lines = (text: string): string[] =>
    text
      .slice(1, -1)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  const [had, has] = [lines(old), lines(now)];
  let at = 0;
  for (const line of has) if (line === had[at]) at++;
  return had.length > 2 && at === had.length;
}

/** Words of a text that may grow by any others. */
const MANY = 8;

/** Words of which one for another is another meaning. */
const VALUE =
  /^(?:true|false|null|nil|undefined|nan|infinity|not?|yes|never|none|nothing|without|except|ok|passe[ds]|passed|fail(?:s|ed|ure)?|errors?|missing|(?:in)?valid|(?:in)?correct|(?:un)?known|(?:un)?able|allow(?:s|ed)?|den(?:y|ied)|refused?|forbidden|accept(?:s|ed)?|reject(?:s|ed)?|grant(?:s|ed)?|success\w*|(?:en|dis)abled)$/i;
const NUMBER = /^\d/;

function isString(literal: string): boolean {
  return literal.startsWith("'") && literal.length > 3;
}

function words(text: string): string[] {
  return text.match(/\p{L}[\p{L}\d]*|\d+(?:\.\d+)?/gu) ?? [];
}

function without(list: readonly string[], others: readonly string[]): string[] {
  const rest = [...others];
  return list.filter((word) => {
    const at = rest.indexOf(word);
    if (at < 0) return true;
    rest.splice(at, 1);
    return false;
  });
}

/** Names in test data that became other names everywhere: old → new. */
export type Renames = ReadonlyMap<string, string>;

/** Times that a name has to be replaced before it is a renaming. */
const OFTEN = 3;

/**
 * The words in strings that pairs of old and new tests replace by others throughout. Plain words of much the same length alone: an
 * umlaut, a capital or a very long name may be what a test is about.
 */
export function renamesOf(pairs: readonly (readonly [Unit, Unit])[]): Renames {
  const became = new Map<string, Map<string, number>>();
  for (const [one, other] of pairs) {
    const [old, now] = [named(one), named(other)];
    if (old.length !== now.length) continue;
    for (const [i, word] of old.entries()) {
      const then = now[i] as string;
      if (then === word || now.includes(word) || old.includes(then)) continue;
      const known = became.get(word) ?? new Map<string, number>();
      became.set(word, known.set(then, (known.get(then) ?? 0) + 1));
    }
  }
  const found = new Map<string, string>();
  for (const [word, others] of became) {
    const [[then, count] = ['', 0], ...more] = [...others];
    if (more.length > 0 || count < OFTEN || [...found.values()].includes(then) || !plain(word, then)) continue;
    found.set(word, then);
  }
  return found;
}

function plain(word: string, then: string): boolean {
  const shape = [/^[a-z]{2,14}$/, /^[A-Z][a-z]{1,13}$/].find((each) => each.test(word));
  return (
    shape?.test(then) === true &&
    Math.max(word.length, then.length) <= 2.5 * Math.min(word.length, then.length) &&
    ![word, then].some((each) => VALUE.test(each))
  );
}

/** The words of the strings of a test. */
function named({ code }: Unit): string[] {
  return literalsOf(code)
    .filter((literal) => literal.startsWith("'"))
    .flatMap(words);
}

const WORD = /\p{L}[\p{L}\d]*/gu;

/** The test as it would be if nothing but names had changed. */
export function renamed(unit: Unit, renames: Renames): Unit {
  if (renames.size === 0) return unit;
  const put = (text: string): string =>
    text.replace(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g, (string) =>
      string.replace(WORD, (word) => renames.get(word) ?? word),
    );
  return {
    ...unit,
    name: unit.name.replace(WORD, (word) => renames.get(word) ?? word),
    code: put(unit.code),
    header: put(unit.header),
    assertions: unit.assertions.map((one) => {
      const key = put(one.key);
      const mark = one.negated && key.startsWith('!') ? '!' : '';
      return {
        ...one,
        args: one.args.map(put),
        key: mark + key.slice(mark.length).split(' ~ ').sort().join(' ~ '),
        literals: one.literals.map(put),
        text: put(one.text),
      };
    }),
  };
}
