import { withoutParentheses } from './labelled.ts';

/** Phases that a text names: `Phase 2`, `Phases 1, 3–5`, `the Billing module`. */
export interface Mention {
  /** `others`: whatever the same clause does not name. */
  readonly numbers: readonly number[] | 'others';
  readonly start: number;
  readonly end: number;
}

/** Titles of modules by their number, for texts that name modules by title. */
export type Titles = readonly { readonly number: number; readonly words: string }[];

/** Title words are looked for in plans of at most this many modules. */
const MAX_TITLED = 200;

/** The words that a text may call a module by: its title, with or without "module" behind it. */
export function titlesOf(modules: readonly { readonly number: number; readonly title: string }[]): Titles {
  if (modules.length > MAX_TITLED) return [];
  return modules.flatMap(({ number, title }) => {
    const words = title
      .slice(0, 120)
      .toLowerCase()
      .replace(/\s+/g, ' ')
      .replace(/^the /, '')
      .replace(/ (?:module|service|component|subsystem|layer)$/, '')
      .trim();
    return words.length < 3 ? [] : [{ number, words }];
  });
}

// "Phase 1, 2 endpoints" names one phase; "Phases 1 and 2 needs" two.
const NUMBER = String.raw`\d{1,6}(?![\w]|\.\d|\s{1,3}(?!(?:needs|depends|requires|waits|is|was|has|follows|blocks|precedes|builds|uses)\b)[a-z]{3,30}s\b)`;
const JOIN = String.raw`\s{0,3}(?:,\s{0,3}(?:and|or)\s|,|and\s|or\s|&|\+|\/|to\s|through\s|\.\.\.?|[-–—])\s{0,3}`;
const PHASES = new RegExp(
  String.raw`\b(?:phases?|modules?)\s{1,3}#?(\d{1,6}(?![\w]|\.\d)(?:${JOIN}#?${NUMBER}){0,400})|\bP(\d{1,6})\b`,
  'gi',
);

/** The phases that a text names by number, ranges unrolled, in the order of the text. */
export function phasesIn(text: string): readonly Mention[] {
  const found: Mention[] = [];
  for (const match of text.matchAll(PHASES)) {
    if (match[2] !== undefined && match[0][0] !== 'P') continue;
    const start = match.index;
    found.push({ numbers: numbersOf(match[1] ?? (match[2] as string)), start, end: start + match[0].length });
  }
  return found;
}

/** `1, 3–5 and 7` → 1, 3, 4, 5, 7. */
function numbersOf(list: string): readonly number[] {
  const numbers: number[] = [];
  let range = false;
  for (const match of list.matchAll(/\d+|[-–—]|\bto\b|through|\.\./g)) {
    if (!/\d/.test(match[0])) {
      range = true;
      continue;
    }
    const number = Number(match[0]);
    const last = numbers.at(-1);
    if (range && last !== undefined) for (let n = last + 1; n < number && n < last + 1000; n++) numbers.push(n);
    numbers.push(number);
    range = false;
  }
  return numbers;
}

/** The modules that a text names, by number or by title, in the order of the text. */
export function mentionsIn(text: string, titles: Titles): readonly Mention[] {
  const found = [...phasesIn(text), ...titledIn(text, titles)];
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  return found.filter((one, i) => i === 0 || one.start >= (found[i - 1] as Mention).end);
}

function titledIn(text: string, titles: Titles): readonly Mention[] {
  if (titles.length === 0) return [];
  const lower = text.slice(0, 4000).toLowerCase();
  if (lower.length !== Math.min(4000, text.length)) return [];
  const found: Mention[] = [];
  for (const { number, words } of titles) {
    for (let at = lower.indexOf(words), n = 0; at >= 0 && n < 50; at = lower.indexOf(words, at + words.length), n++) {
      const end = at + words.length;
      if (/[\w-]/.test(lower[at - 1] ?? ' ') || /[\w-]/.test(lower[end] ?? ' ')) continue;
      // One word names a module only where it says so: "the billing module", not "billing records".
      const kind = /^\s+(?:module|service|component|subsystem|layer)\b/.exec(lower.slice(end, end + 20));
      if (!words.includes(' ') && kind === null && !stands(lower, at, end)) continue;
      found.push({ numbers: [number], start: at, end: end + (kind?.[0].length ?? 0) });
    }
  }
  return found;
}

/** Between arrows, commas and ends, a word alone is a name. */
function stands(text: string, at: number, end: number): boolean {
  return (
    /(?:^|[→>,;:|(]|\b(?:and|then|after|before|on))\s*$/.test(text.slice(Math.max(0, at - 12), at)) &&
    /^\s*(?:$|[→\-=,;.|)]|(?:and|then|after|before)\b)/.test(text.slice(end, end + 12))
  );
}

/** "Every one of `after` waits for every one of `before`", as a text says it. */
export interface Order {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly start: number;
  readonly end: number;
}

type Token =
  | {
      readonly kind: 'mention';
      readonly numbers: readonly number[] | 'others';
      readonly start: number;
      readonly end: number;
    }
  | { readonly kind: 'forward' | 'backward' | 'not' | 'stop'; readonly start: number; readonly end: number };

const WORDS = new RegExp(
  [
    String.raw`(?<others>\b(?:all|every|each)\s+(?:of\s+)?(?:the\s+)?(?:others?|other\s+(?:phases?|modules?)|remaining(?:\s+(?:phases|modules))?|modules?|phases?|feature\s+modules)\b|\beverything(?:\s+else)?\b|\b(?:the\s+)?(?:rest|others|remaining\s+(?:phases|modules))\b)`,
    String.raw`(?<forward>→|➜|⇒|⟶|-{1,2}>|=>|\bthen\b|\bfollowed by\b|\bbefore\b|\bprecedes?\b|\b(?:un)?blocks?\b|\benables?\b|\bused by\b|\bconsumed by\b)`,
    String.raw`(?<backward>←|<-{1,2}|\bafter\b|\bonce\b|\bdepends?\s+(?:up)?on\b|\bdepending\s+on\b|\brequires?\b|\bneeds?\b|\bwaits?\s+(?:for|on)\b|\bblocked by\b|\bbuilds?\s+(?:up)?on\b|\bfollows\b)`,
    String.raw`(?<not>\b(?:not|no|never|without|neither|cannot|independent(?:ly)?)\b|n't\b)`,
    String.raw`(?<stop>[.;](?=\s|$))`,
    String.raw`(?<number>(?<![\w.#-])#?\d{1,6}(?![\w]|\.\d))`,
  ].join('|'),
  'gi',
);

const JOINED = /^\s*(?:,|and|or|&|\+|\/|,\s*and|,\s*or|\|\|?|∥)?\s*(?:the\s*)?$/i;

/** How much of one stretch is read: an orchestration line longer than this is an essay. */
const MAX_LENGTH = 4000;

function tokensOf(raw: string, titles: Titles): readonly Token[] {
  const text = withoutParentheses(raw.slice(0, MAX_LENGTH)).replace(/[*_`]/g, ' ');
  const tokens: Token[] = mentionsIn(text, titles).map((mention) => ({ kind: 'mention', ...mention }));
  const taken = [...tokens];
  let next = 0;
  for (const match of text.matchAll(WORDS)) {
    const start = match.index;
    const end = start + match[0].length;
    while (next < taken.length && (taken[next] as Token).end <= start) next++;
    if (next < taken.length && (taken[next] as Token).start < end) continue;
    const { others, forward, backward, not, number } = match.groups ?? {};
    if (others !== undefined) tokens.push({ kind: 'mention', numbers: 'others', start, end });
    else if (number !== undefined) {
      if (!isBareMention(text, start, end)) continue;
      tokens.push({ kind: 'mention', numbers: [Number(number.replace('#', ''))], start, end });
    } else {
      const kind =
        forward !== undefined ? 'forward' : backward !== undefined ? 'backward' : not !== undefined ? 'not' : 'stop';
      tokens.push({ kind, start, end });
    }
  }
  return tokens.sort((a, b) => a.start - b.start);
}

/** `1 → 3 → 4`, `1, 2 and 3`: a number is a phase where only numbers, arrows and commas stand around it. */
function isBareMention(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 8), start);
  const after = text.slice(end, end + 8);
  return (
    /(?:^|[→➜⇒>,;:&+/|]|\b(?:and|then|or|after|before|with))\s*$/i.test(before) &&
    /^\s*(?:$|[→➜⇒,;.&+/|]|[-=]{1,2}>|(?:and|then|or|after|before|in|can)\b)/i.test(after)
  );
}

/** Reads who comes before whom out of a sentence such as `Phase 0 → then all others` or `Phase 2 after Phases 1 and 3`. */
export function ordersIn(text: string, all: readonly number[], titles: Titles): readonly Order[] {
  const found: Order[] = [];
  for (const clause of clausesOf(tokensOf(text, titles))) readClause(text, clause, all, found);
  return found;
}

function clausesOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const clauses: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'stop') clauses.push([]);
    else (clauses.at(-1) as Token[]).push(token);
  }
  return clauses.filter((clause) => clause.length > 0);
}

interface Group {
  numbers: number[];
  others: boolean;
  start: number;
  end: number;
}

function readClause(text: string, tokens: readonly Token[], all: readonly number[], found: Order[]): void {
  let left: Group | undefined;
  let how: 'forward' | 'backward' | undefined;
  let group: Group | undefined;
  /** `After Phase 1, Phases 2 and 3`: what comes first is what is waited for. */
  let inverted = false;
  let negated = false;
  const named = new Set(
    tokens.flatMap((one) => (one.kind === 'mention' && one.numbers !== 'others' ? one.numbers : [])),
  );
  const members = ({ numbers, others }: Group): readonly number[] =>
    others ? [...numbers, ...all.filter((number) => !named.has(number))] : numbers;
  const close = (): void => {
    if (left !== undefined && group !== undefined && how !== undefined && !negated) {
      const [first, second] = how === 'forward' ? [left, group] : [group, left];
      found.push({
        before: members(first),
        after: members(second),
        start: Math.min(left.start, group.start),
        end: Math.max(left.end, group.end),
      });
    }
  };
  const fresh = (): void => {
    left = group = how = undefined;
    inverted = negated = false;
  };
  tokens.forEach((token, i) => {
    if (token.kind === 'not') negated = true;
    else if (token.kind === 'mention') {
      if (group !== undefined && JOINED.test(text.slice(group.end, token.start))) {
        const comma = text.slice(group.end, token.start).includes(',');
        if (inverted && comma) {
          left = group;
          group = undefined;
          how = 'forward';
          inverted = false;
        } else if (comma && how !== undefined && startsAnew(tokens, i, how, left as Group | undefined)) {
          close();
          fresh();
        } else {
          add(group, token);
          return;
        }
      } else if (group !== undefined) {
        const same = token.numbers !== 'others' && token.numbers.every((one) => group?.numbers.includes(one));
        if (same) {
          group.end = token.end;
          return;
        }
        if (inverted) {
          left = group;
          how = 'forward';
          inverted = false;
        } else {
          close();
          left = how = undefined;
          negated = false;
        }
        group = undefined;
      }
      group = { numbers: [], others: false, start: token.start, end: token.end };
      add(group, token);
    } else if (token.kind === 'forward' || token.kind === 'backward') {
      if (group === undefined) {
        // `Phase 0 → then all others` has two words for one thing; `After Phase 1, …` begins with its word.
        if (left === undefined && token.kind === 'backward') inverted = true;
        return;
      }
      if (inverted) {
        // `Once Phase 1 is merged, then Phase 2`.
        left = group;
        how = 'forward';
        inverted = false;
        group = undefined;
        return;
      }
      close();
      left = group;
      group = undefined;
      how = token.kind as 'forward' | 'backward';
    }
  });
  close();
}

function add(group: Group, token: Token & { kind: 'mention' }): void {
  if (token.numbers === 'others') group.others = true;
  else group.numbers.push(...token.numbers);
  group.end = token.end;
}

/** `Phase 3 after Phase 1, Phase 4 after Phase 2`: the comma ends the first statement. */
function startsAnew(
  tokens: readonly Token[],
  at: number,
  how: 'forward' | 'backward',
  left: Group | undefined,
): boolean {
  const token = tokens[at] as Token;
  let next = at + 1;
  while (tokens[next]?.kind === 'mention') next++;
  if (tokens[next]?.kind !== how) return false;
  if (how === 'backward') return true;
  return (
    token.kind === 'mention' && token.numbers !== 'others' && token.numbers.some((one) => left?.numbers.includes(one))
  );
}

/** The sets that a sentence such as `Phases 1, 2, 3 can run in parallel` puts side by side. */
export function setsIn(text: string, all: readonly number[], titles: Titles): readonly (readonly number[])[] {
  const sets: number[][] = [];
  for (const clause of clausesOf(tokensOf(text, titles))) {
    let set: number[] = [];
    let skipping = false;
    const named = new Set(
      clause.flatMap((one) => (one.kind === 'mention' && one.numbers !== 'others' ? one.numbers : [])),
    );
    clause.forEach((token, i) => {
      if (token.kind === 'mention') {
        const before = clause[i - 1];
        if (skipping && before?.kind === 'mention' && text.slice(before.end, token.start).includes(','))
          skipping = false;
        if (skipping) return;
        if (token.numbers === 'others') set.push(...all.filter((number) => !named.has(number)));
        else set.push(...token.numbers);
      } else if (token.kind === 'backward') skipping = true;
      else {
        skipping = false;
        if (token.kind === 'not' && set.length > 0 && /parallel|concurrent|same time/i.test(text.slice(token.end)))
          set = [];
        else if (token.kind === 'forward') {
          sets.push(set);
          set = [];
        }
      }
    });
    sets.push(set);
  }
  const filled = sets.filter((set) => set.length > 0);
  // `Worktree A: Phase 1; Worktree B: Phase 2` is one set, a module a clause.
  return filled.length > 1 && filled.every((set) => set.length === 1) ? [filled.flat()] : filled;
}
