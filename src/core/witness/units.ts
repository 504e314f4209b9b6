import { type Assertion, assertionsIn } from './assertions.ts';
import type { Language } from './language.ts';
import { languageOf } from './languages/index.ts';
import { argumentsIn, chainAt, closing, lineAt, mask, type Masked } from './mask.ts';

/** A test, a group of tests, or what stands in a test file outside of both. */
export interface Unit {
  readonly path: string;
  readonly name: string;
  readonly kind: 'test' | 'group' | 'rest';
  readonly line: number;
  /** Declaration with its attributes, without comments. */
  readonly header: string;
  /** All of it, without comments, and without the tests that stand in it. */
  readonly code: string;
  readonly bare: string;
  /** The beginning and end in the file. */
  readonly from: number;
  readonly to: number;
  readonly assertions: readonly Assertion[];
  /** Something says that it does not run, and what. */
  readonly skipped: string | undefined;
  /** Conditions in which it stands. */
  readonly guarded: number;
  /** It ends before it asserts anything. */
  readonly leaves: string | undefined;
  /** Something says that only it runs. */
  readonly singled: string | undefined;
}

/** A source text with all that is known of it. */
export interface Source {
  readonly path: string;
  readonly language: Language;
  readonly text: string;
  readonly masked: Masked;
  readonly units: readonly Unit[];
}

const read = new Map<string, Source>();
const MOST = 256;

/** Reads a file; `undefined` where its language is not known. `check`: it decides whether work counts, so it is read like a test. */
export function sourceOf(path: string, text: string, check: boolean): Source | undefined {
  const language = languageOf(path, text);
  if (language === undefined) return undefined;
  const key = `${check ? '!' : ''}${path}\n${text}`;
  const known = read.get(key);
  if (known !== undefined) return known;
  const masked = mask(text, language.syntax);
  const source: Source = {
    path,
    language,
    text,
    masked,
    units: check || language.inline === true ? unitsIn(path, masked, language, check) : [],
  };
  if (read.size >= MOST) read.clear();
  read.set(key, source);
  return source;
}

interface Place {
  readonly name: string;
  readonly group: boolean;
  readonly from: number;
  readonly body: number;
  readonly to: number;
  readonly header: string;
}

function unitsIn(path: string, masked: Masked, language: Language, check: boolean): Unit[] {
  const places = new Map<number, Place>();
  for (const form of language.tests) {
    for (const match of masked.code.matchAll(form.pattern)) {
      const at = match.index + (/^[\s]*/.exec(match[0])?.[0].length ?? 0);
      if (masked.bare[at] !== masked.code[at] && masked.code[at] !== '"') continue;
      const attributes = form.extent === 'call' ? '' : attributesAbove(masked.code, match.index);
      const declared = attributes + match[0];
      if (form.header !== undefined && !form.header.test(declared)) continue;
      const place = extentOf(form.extent, masked, at, match.index + match[0].length, match[1]);
      if (place === undefined) continue;
      const header = form.extent === 'call' ? place.header : declared + place.header;
      const from = at - (form.extent === 'call' ? 0 : attributes.trimStart().length);
      const known = places.get(at);
      if (known === undefined || known.group)
        places.set(at, { ...place, header, from: Math.max(0, from), group: form.group === true });
    }
  }
  const all = [...places.values()].sort((a, b) => a.from - b.from || b.to - a.to);
  const units = all.map((place): Unit =>
    unit(
      path,
      masked,
      language,
      place,
      all.filter(
        (other) =>
          other !== place &&
          !other.group &&
          other.from >= place.from &&
          other.to <= place.to &&
          other.to - other.from < place.to - place.from,
      ),
    ),
  );
  if (check) {
    const tests = all.filter((one) => !one.group);
    const whole: Place = { name: '', group: true, from: 0, body: 0, to: masked.code.length, header: '' };
    const inner = [...tests, ...uncalled(path, masked, language, tests)].sort((a, b) => a.from - b.from);
    units.push(unit(path, masked, language, whole, inner, 'rest'));
  }
  return units;
}

function unit(
  path: string,
  masked: Masked,
  language: Language,
  place: Place,
  inner: readonly Place[],
  kind: Unit['kind'] = place.group ? 'group' : 'test',
): Unit {
  const without = (text: string): string => {
    let out = '';
    let at = place.from;
    for (const each of inner) {
      if (each.from < at) continue;
      out += text.slice(at, each.from);
      at = each.to;
    }
    return out + text.slice(at, place.to);
  };
  const code = without(masked.code);
  const bare = without(masked.bare);
  const own =
    kind === 'group'
      ? []
      : assertionsIn(masked, language, place.from, place.to).filter(
          ({ at }) => !inner.some((each) => at >= each.from && at < each.to),
        );
  const match = (patterns: readonly RegExp[], text: string): string | undefined =>
    patterns.map((each) => each.exec(text)?.[0].trim()).find((each) => each !== undefined);
  const first = own[0]?.at ?? place.to;
  const ahead = masked.code.slice(place.body, kind === 'rest' ? place.to : first);
  return {
    path,
    name: place.name,
    kind,
    line: lineAt(masked.code, place.from),
    header: place.header,
    code,
    bare,
    from: place.from,
    to: place.to,
    assertions: own,
    skipped: kind === 'rest' ? undefined : match(language.skipped, place.header),
    guarded: kind === 'rest' ? 0 : conditionsAround(masked, place.from, language),
    leaves: kind === 'group' ? undefined : match(language.leaves, kind === 'rest' ? code : bare === '' ? ahead : bare),
    singled: kind === 'rest' ? undefined : match(language.singled, place.header),
  };
}

function extentOf(
  extent: 'call' | 'braces' | 'indent' | 'end',
  masked: Masked,
  at: number,
  after: number,
  named: string | undefined,
): Omit<Place, 'group' | 'from'> | undefined {
  const { code, bare } = masked;
  const name = (named ?? /["'`]([^"'`\n]*)["'`]/.exec(code.slice(at, at + 400))?.[1] ?? '')
    .replace(/^[`"]|[`"]$/g, '')
    .trim();
  if (extent === 'call') {
    const { parts, end } = chainAt(bare, at);
    const call = parts.findLast((part) => part.args !== undefined);
    if (call?.args === undefined) return undefined;
    const args = argumentsIn(code, bare, call.args[0], call.args[1]);
    const title = args[0] ?? '';
    const isTitle =
      /^["'`]/.test(title) ||
      (args.length > 1 && /^[\w.]+$/.test(title)) ||
      (title.startsWith('{') && code.startsWith('Deno', at));
    if (!isTitle) return undefined;
    // Options between the title and the function belong to the declaration; the function does not.
    const options = args.slice(1).filter((arg) => arg.startsWith('{') || /^\w+\s*:/.test(arg));
    const [object] = title.startsWith('{') ? [title.slice(0, 200)] : [''];
    return {
      name: title.replace(/^["'`]|["'`]$/g, ''),
      body: call.args[0] + title.length,
      to: end,
      header: `${code.slice(at, call.args[0])}${title === object ? '' : title}${options.length > 0 || object !== '' ? `, ${(options.length > 0 ? options.join(', ') : object).slice(0, 300)}` : ''}`,
    };
  }
  if (extent === 'braces') {
    let open = after - 1;
    if (bare[open] === '(') open = closing(bare, open);
    for (; open < bare.length && bare[open] !== '{'; open++) {
      if (bare[open] === '(') open = closing(bare, open) - 1;
      else if (bare[open] === ';') return undefined;
    }
    if (open >= bare.length) return undefined;
    return { name, body: open + 1, to: closing(bare, open), header: code.slice(after, open) };
  }
  const line = code.lastIndexOf('\n', at) + 1;
  const indent = /^[ \t]*/.exec(code.slice(line, line + 200))?.[0].length ?? 0;
  if (extent === 'indent') {
    let colon = after;
    if (bare[after - 1] === '(') colon = closing(bare, after - 1);
    const body = bare.indexOf('\n', colon);
    if (body < 0) return { name, body: colon, to: code.length, header: code.slice(after, colon) };
    const to = indented(bare, body + 1, indent);
    return { name, body: body + 1, to, header: code.slice(after, colon) };
  }
  const feed = code.indexOf('\n', at);
  const first = code.slice(at, feed < 0 ? code.length : feed);
  if (feed < 0 || /\}\s*$/.test(first) || /\bend\s*$/.test(first))
    return { name, body: at, to: feed < 0 ? code.length : feed, header: first };
  const end = new RegExp(`^[ \\t]{0,${indent}}(?:end\\b|\\})[^\\n]*`, 'gm');
  end.lastIndex = feed + 1;
  const close = end.exec(bare);
  return { name, body: feed + 1, to: close === null ? code.length : close.index + close[0].length, header: first };
}

/** The first line from `at` on that is indented no further than `indent`. */
function indented(bare: string, at: number, indent: number): number {
  let begin = at;
  let end = at;
  while (begin < bare.length) {
    const feed = bare.indexOf('\n', begin);
    const stop = feed < 0 ? bare.length : feed;
    const line = bare.slice(begin, stop);
    if (
      line.trim() !== '' &&
      (/^[ \t]*/.exec(line) as RegExpExecArray)[0].length <= indent &&
      !/^[ \t]*[)\]}"']/.test(line)
    )
      return end;
    if (line.trim() !== '') end = stop;
    begin = stop + 1;
  }
  return bare.length;
}

/** The lines of attributes directly above a declaration. */
function attributesAbove(code: string, at: number): string {
  let begin = code.lastIndexOf('\n', at - 1) + 1;
  if (code[at] === '\n') begin = at + 1;
  const last = begin;
  let depth = 0;
  for (let i = 0; i < 40 && begin > 0; i++) {
    const previous = code.lastIndexOf('\n', begin - 2) + 1;
    const line = code.slice(previous, begin - 1).trim();
    depth += (line.match(/[)\]}]/g)?.length ?? 0) - (line.match(/[([{]/g)?.length ?? 0);
    const attribute = /^(?:@|#\[|\[[A-Z])/.test(line);
    if (!attribute && depth <= 0) break;
    if (depth > 0 && i > 30) break;
    begin = previous;
    if (attribute && depth < 0) depth = 0;
  }
  return code.slice(begin, last);
}

const FUNCTION =
  /^[ \t]*(?:(?:pub(?:\([^)]*\))?|public|private|protected|internal|static|final|async|override|open|suspend|virtual|void|function\*?|def|func|fn|fun)[ \t]+)+(?:[\w.<>[\],?]+[ \t]+)?(\w+)[ \t]*(?=\()/gm;

/** Functions of a test file that nobody calls: a test that lost its name or its mark is one of them, and runs no more. */
function uncalled(path: string, masked: Masked, language: Language, tests: readonly Place[]): Place[] {
  const own = path.slice(path.lastIndexOf('/') + 1);
  if (/helper|util|support|common|base|fixture|conftest|shared|setup/i.test(own)) return [];
  if (tests.length === 0 && !/^test_|_test\.|\.test\.|\.spec\.|Tests?\.|Spec\./.test(own)) return [];
  const extent =
    language.name === 'python' ? 'indent' : language.name === 'ruby' || language.name === 'elixir' ? 'end' : 'braces';
  return [...masked.code.matchAll(FUNCTION)].flatMap((match): Place[] => {
    const [written, name = ''] = match;
    const at = match.index + (/^\s*/.exec(written)?.[0].length ?? 0);
    if (
      tests.some((test) => at >= test.from && at < test.to) ||
      /^(?:main|setup|teardown|setUp|tearDown|before\w*|after\w*)$/i.test(name)
    )
      return [];
    if (masked.code.match(new RegExp(`(?<![\\w$])${name}(?![\\w$])`, 'g'))?.length !== 1) return [];
    if (
      /@(?:Before|After|Bean|Provides|pytest\.fixture|fixture)|\[(?:SetUp|TearDown|OneTime)/.test(
        attributesAbove(masked.code, match.index),
      )
    )
      return [];
    const after = match.index + written.length + 1;
    const place = extentOf(extent, masked, at, after, name);
    if (place === undefined || isTable(masked.bare, place.body)) return [];
    return [{ ...place, from: at, group: false }];
  });
}

/** Whether the body of a function that begins here gives back rows of values: a table that a test goes through by the function's name. */
export function isTable(bare: string, body: number): boolean {
  return /^\s*(?:return|yield)\s*(?:(?:\[|array\s*\(|new\s+[\w<>[\]]*\s*\{)\s*(?:["'][^"'\n]*["']\s*=>\s*)?(?:\[|array\s*\(|new\s|\{)|(?:Stream|List|Arrays|Seq)\.?\w*\s*\(\s*(?:Arguments\.)?(?:of|arguments)\s*\()/.test(
    bare.slice(body, body + 300),
  );
}

/** How many conditions are open at a position of a file. */
function conditionsAround({ bare }: Masked, at: number, language: Language): number {
  const before = bare.slice(0, at);
  if (!/\b(?:if|unless)\b/.test(before)) return 0;
  if (language.name === 'python' || language.name === 'ruby' || language.name === 'elixir') {
    let indent = at - (before.lastIndexOf('\n') + 1);
    let count = 0;
    for (const line of before.split('\n').slice(0, -1).reverse()) {
      if (line.trim() === '') continue;
      const here = line.length - line.trimStart().length;
      if (here >= indent) continue;
      indent = here;
      if (/^\s*(?:if|elif|else|unless)\b/.test(line)) count++;
      if (indent === 0) break;
    }
    return count;
  }
  const open: boolean[] = [];
  for (const match of before.matchAll(/(\b(?:if|else)\b[^{};]*)?\{|\}/g)) {
    if (match[0] === '}') open.pop();
    else open.push(match[1] !== undefined);
  }
  return open.filter(Boolean).length;
}
