import { argumentsIn, chainAt, closing, type Masked } from './mask.ts';
import type { Language } from './language.ts';
import { LAX, STRENGTH, strengthOfName } from './strength.ts';

/** One place at which a test can fail. */
export interface Assertion {
  /** Where it begins, in the text of its file. */
  readonly at: number;
  /** What it is about and what it expects, order and blanks aside. */
  readonly key: string;
  /** The name of the matcher or function. */
  readonly name: string;
  readonly negated: boolean;
  readonly args: readonly string[];
  readonly strength: number;
  /** Numbers, strings and words like `true` in it. */
  readonly literals: readonly string[];
  /** How it is written, on one line. */
  readonly text: string;
}

/** The assertions between two positions of a file, in their order. */
export function assertionsIn(masked: Masked, language: Language, from: number, to: number): Assertion[] {
  const found = new Map<number, Assertion & { readonly end: number }>();
  const put: Put = (at, end, name, negated, args, strength) => {
    if (at < from || at >= to || masked.bare[at] !== masked.code[at]) return;
    if ([...found.values()].some((one) => one.at <= at && at < one.end)) return;
    const text = masked.code.slice(at, end).replace(/\s+/g, ' ').trim();
    const short = text.length > 160 ? `${text.slice(0, 157)}...` : text;
    found.set(at, { at, end, name, text: short, ...meaning(name, negated, args, strength) });
  };
  if (language.name === 'shell') shellAssertions(masked, from, to, put);
  for (const head of language.chains) for (const at of hits(masked, head, from, to)) chain(masked, at, language, put);
  for (const head of language.calls) for (const at of hits(masked, head, from, to)) call(masked, at, language, put);
  for (const head of language.statements) for (const at of hits(masked, head, from, to)) statement(masked, at, to, put);
  for (const head of language.failures)
    for (const at of hits(masked, head, from, to)) failure(masked, at, from, language, put);
  return [...found.values()].sort((a, b) => a.at - b.at);
}

/** What an assertion means, in whatever style it is written. */
function meaning(
  name: string,
  negated: boolean,
  args: readonly string[],
  strength: number,
): Pick<Assertion, 'args' | 'key' | 'literals' | 'negated' | 'strength'> {
  const plain = args.map(flat);
  const nothing = plain.filter((arg) => NOTHING.test(arg));
  const matcher = name.slice(name.lastIndexOf('.') + 1).replace(/[_!?]/g, '');
  const absent = /^(?:to)?(?:be)?(?:assert|xctassert|refute|shouldbe|is)*(?:null|nil|none|undefined|noerror)$/i.test(
    matcher,
  );
  const present = /(?:not|non)(?:be)?(?:null|nil|none|undefined)$|^(?:to)?(?:be)?(?:defined|exists?)$/i.test(matcher);
  const compares = plain.length === 2 && nothing.length === 1 && (strength >= STRENGTH.weak || negated);
  if (absent || present || compares) {
    const [subject = ''] = plain.filter((arg) => !NOTHING.test(arg));
    const gone = present
      ? negated && /^refute/i.test(matcher) === false && !/^(?:assert|xctassert)not/i.test(matcher)
      : !negated || /^(?:assert|xctassert)is/i.test(matcher);
    const missing = absent && /^refute/i.test(matcher) ? false : gone;
    return {
      args: [subject],
      key: `${missing ? '!' : ''}${subject}`,
      literals: literalsOf(subject),
      negated: missing,
      strength: missing ? STRENGTH.part : STRENGTH.weak,
    };
  }
  const same =
    (plain.length >= 2 && plain[0] === plain[1]) ||
    plain.some((arg) => /(?:\|\||\bor\b)\s*(?:true|True|1)\s*$|^(?:true|True|1)\s*(?:\|\||or\b)/.test(arg));
  const lax = args.some((arg) => LAX.test(arg)) ? Math.min(strength, STRENGTH.part) : strength;
  return {
    args: plain,
    key: `${negated ? '!' : ''}${[...plain].sort().join(' ~ ')}`,
    literals: args.flatMap(literalsOf),
    negated,
    strength: same || isTrivial(plain) ? STRENGTH.trivial : lax,
  };
}

const NOTHING = /^(?:null|undefined|nil|None)$/;

type Put = (at: number, end: number, name: string, negated: boolean, args: readonly string[], strength: number) => void;

function* hits(masked: Masked, pattern: RegExp, from: number, to: number): Generator<number> {
  const search = new RegExp(pattern.source, pattern.flags);
  search.lastIndex = from;
  for (let match = search.exec(masked.code); match !== null && match.index < to; match = search.exec(masked.code)) {
    yield match.index;
    if (match[0] === '') search.lastIndex++;
  }
}

const NEGATIONS = new Set([
  'not',
  'not_to',
  'to_not',
  'should_not',
  'NotTo',
  'ToNot',
  'ShouldNot',
  'isNot',
  'Not',
  'notTo',
  'never',
]);
const OPENERS = /^(?:to|not_to|to_not|should|should_not|must|wont|To|NotTo|ToNot|Should|ShouldNot)$/;

function chain(masked: Masked, at: number, language: Language, put: Put): void {
  const read = chainAt(masked.bare, at);
  let { end } = read;
  const cut = ([a, b]: readonly [number, number]): string[] => argumentsIn(masked.code, masked.bare, a, b);
  const parts = [...read.parts];
  const last = parts.at(-1);
  // RSpec: `expect(x).to eq 5` goes on without a bracket.
  if (
    language.commands === true &&
    last !== undefined &&
    last.args === undefined &&
    (OPENERS.test(last.name) || /^(?:must|wont)_/.test(last.name))
  ) {
    const [line] = /^[ \t]*[^\n]*/.exec(masked.bare.slice(end)) as RegExpExecArray;
    // `it { is_expected.to eq 5 }`: the block ends with the line.
    const rest = unclosed(line);
    const stop = end + rest.length;
    if (/^(?:must|wont)_/.test(last.name)) {
      put(
        at,
        stop,
        last.name,
        last.name.startsWith('wont'),
        [masked.code.slice(end, stop).trim()],
        strengthOfName(last.name.slice(5)),
      );
      return;
    }
    const [, gap = '', name = ''] = /^([ \t]*)([\w.]+)/.exec(rest) ?? [];
    const after = end + gap.length + name.length;
    const args =
      masked.bare[after] === '('
        ? cut([after + 1, closing(masked.bare, after) - 1])
        : [masked.code.slice(after, stop).trim()];
    end = stop;
    parts.push({ name });
    const implied = read.parts[0]?.name === 'is_expected' ? ['subject'] : [];
    const subject = read.parts[0]?.args === undefined ? implied : cut(read.parts[0].args);
    const negated = NEGATIONS.has(last.name);
    put(
      at,
      end,
      name,
      negated,
      [...subject, ...args.filter((arg) => arg !== '')],
      negated ? Math.min(STRENGTH.some, strengthOfName(name)) : strengthOfName(name),
    );
    return;
  }
  const named = parts.filter(
    (part) =>
      (part.name !== '' &&
        !/^(?:resolves|rejects|eventually|and|which|with|to|be|been|is|that|has|have|a|an|of|the)$/.test(part.name)) ||
      part.args !== undefined,
  );
  const matcher = named.length > 1 ? named.at(-1) : undefined;
  const subject = parts[0]?.args === undefined ? [] : cut(parts[0].args);
  const head = parts[0]?.name ?? '';
  if (/^(?:should|Should)$/.test(head)) {
    const line = masked.code
      .slice(masked.code.lastIndexOf('\n', at) + 1, at)
      .trim()
      .replace(/\.$/, '');
    subject.splice(0, subject.length, line);
  }
  if (matcher === undefined) {
    // Hamcrest and Gomega: `assertThat(x, is(5))`, `Expect(x, Equal(5))`; alone, `assertThat(x)` asks for nothing.
    const [, expected] = subject;
    const [, name = '', inner = ''] = /^(\w+)\s*\(([^]*)\)$/.exec(expected ?? '') ?? [];
    if (name === '')
      return put(at, end, head, false, subject, expected === undefined ? STRENGTH.trivial : STRENGTH.exact);
    const negated = name === 'not';
    return put(at, end, name, negated, [subject[0] ?? '', inner], strengthOfName(name));
  }
  // What nobody waits for fails after the test has passed.
  if (parts.some(({ name }) => name === 'rejects' || name === 'resolves') && !isAwaited(masked, at))
    return put(at, end, matcher.name, false, subject, STRENGTH.trivial);
  const negated = parts.some((part) => NEGATIONS.has(part.name));
  let args = matcher.args === undefined ? [] : cut(matcher.args);
  let { name } = matcher;
  // Gomega again: `Expect(x).To(Equal(5))`.
  const [, inner = '', of = ''] = OPENERS.test(name) ? (/^(\w+)\s*\(([^]*)\)$/.exec(args[0] ?? '') ?? []) : [];
  if (inner !== '') {
    name = inner;
    args = of.trim() === '' ? [] : [of.trim()];
  }
  const truth =
    args.length === 0 ? /^(?:isTrue|true|beTrue|BeTrue|isFalse|false|beFalse|BeFalse)$/.exec(name)?.[0] : undefined;
  if (truth !== undefined) return judged(at, end, name, negated !== /false/i.test(truth), subject[0] ?? '', put);
  // Not called, called once: how often it was called, in other words.
  const times = /^(?:to)?(?:have)?(?:been)?(?:be)?called(once)?$/i.exec(name.replaceAll('_', ''));
  if (times !== null && args.length === 0 && (negated || times[1] !== undefined))
    return put(at, end, 'calledTimes', false, [...subject, negated ? '0' : '1'], STRENGTH.exact);
  const strength = strengthOfName(name);
  const constant = /^(?:true|false|null|undefined|nil|None|True|False)$/.test(args[0] ?? '');
  put(
    at,
    end,
    name,
    negated,
    [...subject, ...args],
    negated ? Math.min(STRENGTH.some, strength) : constant ? Math.min(strength, STRENGTH.part) : strength,
  );
}

/** Whether somebody waits for what an expression of JavaScript promises, or takes it. */
function isAwaited({ bare }: Masked, at: number): boolean {
  const before = bare.slice(Math.max(0, at - 200), at).trimEnd();
  return /(?:\b(?:await|return|yield)|=>|[([,=?:&|])$/.test(before);
}

/** A line up to the brace that closes what was opened before it. */
function unclosed(line: string): string {
  let depth = 0;
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '{') depth++;
    else if (line[at] === '}' && --depth < 0) return line.slice(0, at).trimEnd();
  }
  return line;
}

function call(masked: Masked, at: number, language: Language, put: Put): void {
  const [name] = /^[\w.$#]+!?/.exec(masked.bare.slice(at, at + 200)) ?? [''];
  let open = at + name.length;
  while (/\s/.test(masked.bare[open] ?? '')) open++;
  if (masked.bare[open] === '<') open = masked.bare.indexOf('(', open);
  let args: string[];
  let end: number;
  if (/[([{]/.test(masked.bare[open] ?? '')) {
    end = closing(masked.bare, open);
    args = argumentsIn(masked.code, masked.bare, open + 1, end - 1);
  } else {
    const feed = masked.bare.indexOf('\n', open);
    end = feed < 0 ? masked.bare.length : feed;
    args = argumentsIn(masked.code, masked.bare, open, end);
  }
  if (language.name === 'go')
    args = args.filter((arg, i) => i > 0 || !/^(?:t|tt|b|tb|s\.T\(\)|suite\.T\(\))$/.test(arg));
  const last = name.slice(name.lastIndexOf('.') + 1);
  const plain = last.replace(/[_!#]/g, '').toLowerCase();
  if (
    /^(?:assert|asserttrue|true|ok|assertok|xctassert|xctasserttrue|istrue|expect|require|check|expecttrue|asserttrue|requiretrue|debugassert|propassert|be|refute|assertfalse|false|xctassertfalse|isfalse|notok)$/.test(
      plain,
    ) &&
    (args.length < 2 || isMessage(args[1] ?? ''))
  )
    return judged(
      at,
      end,
      last,
      /^(?:refute|assertfalse|false|xctassertfalse|isfalse|notok)$/.test(plain),
      args[0] ?? '',
      put,
    );
  if (/^(?:rejects|doesnotreject)$/.test(plain) && language.name === 'javascript' && !isAwaited(masked, at))
    return put(at, end, last, false, args, STRENGTH.trivial);
  const negated = /^(?:assertnot|not|refute|xctassertnot)/.test(plain);
  // A message behind what is compared is no part of it.
  const told = args.length > 2 && isMessage(args.at(-1) ?? '') ? args.slice(0, -1) : args;
  const strength = strengthOfName(last);
  const constant = told.some((arg) => /^(?:true|false|null|undefined|nil|None|True|False)$/.test(arg));
  put(at, end, last, negated, told, constant ? Math.min(strength, STRENGTH.part) : strength);
}

function statement(masked: Masked, at: number, to: number, put: Put): void {
  let end = at;
  for (; end < to; end++) {
    const character = masked.bare[end];
    if (character === '(' || character === '[' || character === '{') end = closing(masked.bare, end) - 1;
    else if (character === ';' || (character === '\n' && masked.bare[end - 1] !== '\\')) break;
  }
  const [word] = /^\w+/.exec(masked.bare.slice(at, at + 20)) ?? [''];
  const [condition = ''] = argumentsIn(masked.code, masked.bare, at + word.length, end);
  // Python: a tuple that holds something is true.
  const whole = condition.trim();
  if (
    /^\([^]*\)$/.test(whole) &&
    closing(whole, 0) === whole.length &&
    splitPlain(whole.slice(1, -1)).filter((part) => part.trim() !== '').length > 1
  )
    return put(at, end, 'assert', false, [whole], STRENGTH.trivial);
  judged(at, end, 'assert', false, condition, put);
}

/** A condition that must hold. */
function judged(at: number, end: number, name: string, inverted: boolean, written: string, put: Put): void {
  let condition = stripped(written);
  let negated = inverted;
  const [, inner] = /^(?:!(?!=)|not\s+)([^]*)$/.exec(condition) ?? [];
  if (inner !== undefined && !/&&|\|\||\band\b|\bor\b/.test(inner)) {
    condition = stripped(inner);
    negated = !negated;
  }
  const parts = compared(condition);
  if (parts === undefined) {
    const [, subject = '', method = '', given = ''] = /^([^]*?)\.(\w+)\s*\(([^]*)\)$/.exec(condition) ?? [];
    if (method === 'Is' && subject === 'errors')
      return put(at, end, name, negated, splitPlain(given), negated ? STRENGTH.some : STRENGTH.exact);
    if (/^(?:equals|eq|DeepEqual|Equal|isEqual|is_equal|EqualValues)$/.test(method)) {
      const args = /^(?:reflect|bytes|cmp|slices|maps|strings)$/.test(subject) ? splitPlain(given) : [subject, given];
      return put(at, end, name, negated, args, negated ? STRENGTH.some : STRENGTH.exact);
    }
    const strength =
      /(?:\bisinstance|\binstanceof\b|\btypeof\b|\.is_(?:some|ok|none|err)\b|\bis_a\?|\bnil\?|\bcallable\()/.test(
        condition,
      )
        ? STRENGTH.weak
        : /^(?:matches!|re\.\w+)/.test(condition) ||
            /\b(?:includes?|contains?|has|match(?:es)?|test|startswith|endswith|startsWith|endsWith|every|all|some|any)\b/i.test(
              condition,
            )
          ? STRENGTH.part
          : STRENGTH.some;
    return put(at, end, name, negated, [condition], strength);
  }
  const { left, operator, right } = parts;
  const equal = /^(?:={2,3}|is|-eq|=)$/.test(operator);
  const differs = /^(?:!={1,2}|is not|-ne)$/.test(operator);
  const nothing = /^(?:null|undefined|nil|None|'undefined'|"undefined"|''|""|\[\]|\{\})$/;
  const existence = nothing.test(right) || nothing.test(left);
  const different = differs ? !negated : negated;
  const strength = existence
    ? STRENGTH.weak
    : equal || differs
      ? different
        ? STRENGTH.some
        : /^(?:True|true|False|false)$/.test(right)
          ? STRENGTH.part
          : STRENGTH.exact
      : /^(?:>|>=)$/.test(operator) && /^0$/.test(right)
        ? STRENGTH.some
        : STRENGTH.part;
  const order = equal || differs ? [left, right] : [left, `${operator} ${right}`];
  put(at, end, name, equal || differs ? different : negated, order, strength);
}

/** What fails by itself is as strong as the condition that it stands under. */
function failure(masked: Masked, at: number, from: number, language: Language, put: Put): void {
  const line = masked.code.lastIndexOf('\n', at - 1) + 1;
  const before = masked.code.slice(Math.max(line, from), at);
  const end = masked.code.indexOf('\n', at) < 0 ? masked.code.length : masked.code.indexOf('\n', at);
  const name = /^\w+(?:\.\w+)?/.exec(masked.code.slice(at, at + 40))?.[0] ?? 'fail';
  if (/^(?:unwrap|expect)/.test(name)) return put(at, at + name.length, name, false, [before.trim()], STRENGTH.weak);
  const condition =
    /\bif\s*\(?([^]*?)\)?\s*(?:\{|:|then)?\s*$/.exec(before)?.[1] ?? conditionAbove(masked, line, from, language);
  if (condition === undefined) return put(at, end, name, false, [], STRENGTH.some);
  // It fails when the condition holds, so what is asserted is its opposite. Go declares in the same breath: `if x := f(); x != 1`.
  judged(
    at,
    end,
    name,
    true,
    condition.slice(condition.lastIndexOf(';') + 1).replace(/^[^]*?\bdiff\s*!=\s*""$/, 'diff != "-"'),
    put,
  );
}

function conditionAbove(masked: Masked, line: number, from: number, language: Language): string | undefined {
  const indent = /^[ \t]*/.exec(masked.code.slice(line))?.[0].length ?? 0;
  let end = line - 1;
  for (let i = 0; i < 12 && end > from; i++) {
    const begin = masked.code.lastIndexOf('\n', end - 1) + 1;
    const text = masked.code.slice(begin, end);
    const here = /^[ \t]*/.exec(text)?.[0].length ?? 0;
    if (text.trim() !== '' && here < indent) {
      const [, condition] =
        /^\s*(?:\}\s*else\s+)?(?:if|unless|elif)\s*\(?([^]*?)\)?\s*(?:\{|:|;?\s*then)?\s*$/.exec(text) ?? [];
      if (condition === undefined && language.name !== 'shell') return undefined;
      // The bracket that was taken for that of the `if` may be that of a call: `if !errors.Is(err, ErrMissing) {`.
      const count = (mark: string): number => (condition ?? '').split(mark).length - 1;
      return count('(') > count(')') ? `${condition ?? ''})` : condition;
    }
    end = begin - 1;
  }
  return undefined;
}

const SHELL_CHECK =
  /(?:^[ \t]*|[;&|]\s*|[{(]\s+|\bif\s+|\bwhile\s+|!\s*)(\[\[?\s[^\n]*?\s\]\]?|test\s+[^\n;&|]+|(?:grep|egrep|fgrep|rg)\s+[^\n;&|]+|(?:diff|cmp)\s+[^\n;&|]+|assert\w*[^\n;&|]*|(?:exit|return)\s+[1-9]\d*|false\b|fail\b[^\n;&|]*|die\b[^\n;&|]*)/gm;

function shellAssertions(masked: Masked, from: number, to: number, put: Put): void {
  const search = new RegExp(SHELL_CHECK.source, SHELL_CHECK.flags);
  search.lastIndex = from;
  for (let match = search.exec(masked.code); match !== null && match.index < to; match = search.exec(masked.code)) {
    const text = (match[1] ?? '').trim();
    const at = match.index + match[0].length - (match[1] ?? '').length;
    const name = /^[\w[]+/.exec(text)?.[0] ?? '';
    const inner = text.replace(/^\[\[?\s*|\s*\]\]?$|^test\s+/g, '');
    const strength = /^(?:exit|return|false|fail|die)/.test(text)
      ? STRENGTH.some
      : /^(?:diff|cmp)\b/.test(text) ||
          /\s(?:={1,2}|-eq)\s/.test(inner) ||
          /^assert_?(?:equals?|output|same)/i.test(text)
        ? STRENGTH.exact
        : /^(?:grep|egrep|fgrep|rg)\b/.test(text) || /\s(?:!=|-ne|-gt|-ge|-lt|-le|=~)\s/.test(inner)
          ? STRENGTH.part
          : /^-[nz]\s/.test(inner)
            ? STRENGTH.weak
            : STRENGTH.some;
    const [rest = ''] = /^[^\n]*/.exec(masked.code.slice(at + text.length)) ?? [];
    const ignored =
      /^\s*\|\|\s*(?:(?:true|:|exit\s+0|return\s+0)\s*(?:[;}#]|$)|(?:echo|printf)\b(?![^\n]*(?:exit|return|fail|false|>>|&&)))/.test(
        rest,
      );
    const asked = ignored ? STRENGTH.trivial : strength;
    put(at, at + text.length, name, false, /^(?:exit|return|false)/.test(text) ? [] : [inner], asked);
  }
}

/** The two sides of a comparison at the top of an expression. */
function compared(
  condition: string,
): { readonly left: string; readonly operator: string; readonly right: string } | undefined {
  let depth = 0;
  let quote = '';
  for (let at = 0; at < condition.length; at++) {
    const character = condition[at] as string;
    if (quote !== '') {
      if (character === '\\') at++;
      else if (character === quote) quote = '';
      continue;
    }
    if (/["'`]/.test(character)) quote = character;
    else if (/[([{]/.test(character)) depth++;
    else if (/[)\]}]/.test(character)) depth--;
    else if (depth === 0) {
      const [operator] =
        /^(?:={2,3}|!={1,2}|<=|>=|(?<![-=<])<(?![<=])|(?<![-=>])>(?![>=])|\s(?:is not|is|not in|in|-eq|-ne|-gt|-lt|-ge|-le)(?=\s))/.exec(
          condition.slice(at),
        ) ?? [];
      if (operator === undefined) continue;
      return {
        left: flat(condition.slice(0, at)),
        operator: operator.trim(),
        right: flat(condition.slice(at + operator.length)),
      };
    }
  }
  return undefined;
}

function splitPlain(text: string): string[] {
  return argumentsIn(text, text, 0, text.length);
}

function stripped(text: string): string {
  let plain = text.trim();
  while (/^\([^]*\)$/.test(plain) && closing(plain, 0) === plain.length) plain = plain.slice(1, -1).trim();
  return plain;
}

function flat(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/["`]/g, "'")
    .replace(/^(?:await|yield|try!?)\s+/, '')
    .replace(/,\s*([)\]}])/g, '$1')
    .trim();
}

function isMessage(text: string): boolean {
  return /^(?:f|u|@|\$)?["'`]/.test(text);
}

const CONSTANT = /^(?:true|True|1|!0|'[^']+'|not False|!false|1 ={1,3} 1|true ={1,3} true|True is True)$/;

function isTrivial(args: readonly string[]): boolean {
  if (args.length === 1) return CONSTANT.test(args[0] ?? '');
  return (
    args.length >= 2 &&
    args.slice(0, 2).every((arg) => /^(?:true|false|True|False|null|nil|None|-?\d[\d.]*|'[^']*')$/.test(arg)) &&
    args[0] === args[1]
  );
}

/** Numbers, strings and constants in a piece of code, each in one spelling. */
export function literalsOf(code: string): string[] {
  const found: string[] = [];
  for (const [literal] of code.matchAll(
    /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|(?<![\w.$])-?(?:0[xXbBoO][\da-fA-F_]+|\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?)|\b(?:true|false|True|False|nil|null|None|NaN|Infinity|undefined)\b/g,
  )) {
    if (/^["'`]/.test(literal)) found.push(`'${literal.slice(1, -1)}'`);
    else found.push(/^-?\d/.test(literal) ? literal.replaceAll('_', '') : literal.toLowerCase());
  }
  return found;
}
