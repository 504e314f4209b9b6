import { type Assertion, literalsOf } from './assertions.ts';
import { short, type WitnessFinding, type WitnessRule } from './change.ts';
import type { Leave } from './leave.ts';
import { isTestPath, stemOf } from './paths.ts';
import { STRENGTH } from './strength.ts';
import type { Sources } from './tests.ts';
import type { Source } from './units.ts';

interface Line {
  /** Code without comments. */
  readonly code: string;
  /** Code without what stands in strings, too. */
  readonly bare: string;
  readonly raw: string;
  readonly number: number;
}

/** What the source does when it is tested, and what new lines switch off. */
export function judgeSources(sources: Sources, leave: Leave): WitnessFinding[] {
  const findings: WitnessFinding[] = [];
  const answers = answersOf(sources);
  for (const source of sources.after.values()) {
    const before = sources.before.get(source.path);
    const added = addedLines(source, before);
    if (added.length === 0) continue;
    const test = sources.isCheck(source.path);
    const at = (
      rule: WitnessRule,
      what: string,
      line: number,
      severity: WitnessFinding['severity'] = 'error',
    ): void => {
      findings.push({ rule, severity, path: source.path, line, what });
    };
    if (!test) {
      rigged(source, added, leave, at);
      stubs(source, before, added, at);
      const equal = EQUAL_TO_ALL.exec(source.masked.code);
      if (equal !== null && (before === undefined || !EQUAL_TO_ALL.test(before.masked.code)))
        at(
          'rigged',
          `it calls itself equal to everything: \`${short(equal[0])}\``,
          source.masked.code.slice(0, equal.index).split('\n').length,
        );
      if (answers.length > 0) known(source, added, answers, leave, at);
      const reads = added.find(({ code }) =>
        /(?:readFile\w*|open|read_to_string|include_str!|require|import|from|ReadAllText|file_get_contents|File\.read|ioutil\.ReadFile|os\.ReadFile|embed)\b[^\n]*["'`](?:[^"'`\n]*\/)?(?:tests?|__tests__|__snapshots__|specs?|testdata|fixtures)\/[^"'`\n]*["'`]/.test(
          code,
        ),
      );
      if (reads !== undefined && !/\b(?:config|build|script|tool)/i.test(source.path) && !BESIDE.test(source.path))
        at('rigged', `the source reads what belongs to tests: \`${short(reads.code)}\``, reads.number);
    } else {
      mocks(source, before, sources, at);
      if (before !== undefined) standIns(source, before, at);
    }
    if (
      test ||
      /(?:^|\/)(?:setup|bootstrap|conftest|sitecustomize|usercustomize|globalSetup|test[-_]?(?:setup|helper|utils?))/i.test(
        source.path,
      )
    ) {
      for (const pattern of source.language.subversive) {
        // A program that stands in a string is not run by the tests as their own.
        const { code, bare } = source.masked;
        const match =
          [...code.matchAll(new RegExp(pattern.source, `${pattern.flags.replace('g', '')}g`))].find((each) => {
            const at = each.index + (/^\s*/.exec(each[0])?.[0].length ?? 0);
            return bare[at] === code[at];
          }) ?? null;
        if (match === null || (before !== undefined && pattern.test(before.masked.code))) continue;
        const line = source.text.slice(0, match.index).split('\n').length;
        if (source.language.name === 'shell' && /^\s*(?:exit\s+0|set \+e)/.test(match[0]) && before === undefined)
          continue;
        if (
          /process\.on|atexit|trap|exit\s*\(\s*0?\s*\)|sys\.exit|exit 0/.test(match[0]) &&
          before === undefined &&
          source.units.every((unit) => unit.kind === 'rest') &&
          source.units.some((unit) => unit.assertions.length > 0) &&
          !/setup|conftest|bootstrap|helper/i.test(source.path)
        )
          continue;
        at(
          'repointed',
          `the run of the tests is interfered with: \`${short(match[0])}\``,
          line,
          /collection_modifyitems/.test(match[0]) &&
            !/skip|deselect|\[:\]|xfail|items\.(?:clear|remove)/.test(source.masked.code)
            ? 'warning'
            : 'error',
        );
      }
    }
  }
  findings.push(...suppressions(sources, leave), ...cosmetic(sources, leave));
  return findings;
}

/** Programs that are no product: they start tests, or measure. */
const BESIDE = /(?:^|\/)(?:scripts?|tools?|bench(?:es|marks?)?|perf|hack)\//;

type At = (rule: WitnessRule, what: string, line: number, severity?: WitnessFinding['severity']) => void;

function addedLines(source: Source, before: Source | undefined): Line[] {
  const counts = new Map<string, number>();
  for (const line of before?.text.split('\n') ?? []) counts.set(line.trim(), (counts.get(line.trim()) ?? 0) + 1);
  const code = source.masked.code.split('\n');
  const bare = source.masked.bare.split('\n');
  return source.text.split('\n').flatMap((raw, i): Line[] => {
    const key = raw.trim();
    const left = counts.get(key) ?? 0;
    if (left > 0) {
      counts.set(key, left - 1);
      return [];
    }
    return key === '' ? [] : [{ code: code[i] ?? '', bare: bare[i] ?? '', raw, number: i + 1 }];
  });
}

function rigged(source: Source, added: readonly Line[], leave: Leave, at: At): void {
  const old = /\b(?:log|logger|debug|silent|verbose|level)\b/i;
  for (const line of added) {
    const pattern = [
      ...source.language.rigged,
      /\b(?:getenv|environ|env|ENV|Getenv|GetEnvironmentVariable)\b[^\n]{0,12}["'.[(]+MASTERPLAN_\w+/,
    ].find((each) => each.test(line.code));
    if (pattern === undefined || inRegex(line, line.code.search(pattern))) continue;
    // What starts tests may tell them something; only what looks at it behaves differently.
    const told = /\benv(?:iron)?\b[^\n=]*[\])\w]\s*=(?![=>])/.test(line.code) && BESIDE.test(source.path);
    if (told && !/\b(?:NODE_ENV|CI|JEST_WORKER_ID|PYTEST_CURRENT_TEST)\b/.test(line.code)) continue;
    if (
      /(?:^|\/)(?:[\w.-]*config[\w.-]*|webpack|rollup|vite|babel|jest)[\w.-]*\.\w+$/i.test(source.path) ||
      leave.matches(/\btest (?:mode|environment|env)\b|in tests\b|during tests|under test|NODE_ENV/i)
    ) {
      at('rigged', `it looks whether it is being tested: \`${short(line.code)}\``, line.number, 'warning');
      continue;
    }
    // Traces and callers are looked at for other reasons too.
    const about =
      /stack|trace|caller|frame|argv|Args/i.test(pattern.source) &&
      !/test|spec|jest|mocha|pytest|junit|phpunit/i.test(line.code);
    if (about) continue;
    at(
      'rigged',
      `it behaves differently when it is tested: \`${short(line.code)}\``,
      line.number,
      old.test(line.code) ? 'warning' : 'error',
    );
  }
}

/** Whether a regular expression is open at a position of a line: what it looks for is nothing that the program asks. */
function inRegex({ code, bare }: Line, at: number): boolean {
  return bare[at] !== code[at] && bare.slice(0, at).trimEnd().endsWith('/');
}

function stubs(source: Source, before: Source | undefined, added: readonly Line[], at: At): void {
  for (const line of added) {
    const found = source.language.stubs.find((pattern) => pattern.test(line.code));
    if (found === undefined) continue;
    if (source.language.name === 'python') {
      // Abstract methods are written like that, and `pass` is a statement like any other.
      if (!/NotImplementedError/.test(line.code)) continue;
      const abstract = /\b(?:ABC|abstractmethod|Protocol|abstract|Base|Interface)\b/i.test(source.text);
      if (abstract || before?.text.includes('NotImplementedError') === true) continue;
    }
    if (
      /\babstract\b|unsupported/i.test(line.code) ||
      /\b(?:abstract class|interface|trait)\b/.test(source.masked.code)
    )
      continue;
    at('empty', `the work is a stub: \`${short(line.code)}\``, line.number);
    return;
  }
}

/** A pair that a test asserts: for this input, that answer. */
interface Answer {
  readonly inputs: readonly string[];
  readonly expected: string;
  readonly callee: string;
}

function answersOf(sources: Sources): Answer[] {
  const all: Assertion[] = [];
  for (const side of [sources.before, sources.after])
    for (const source of side.values()) for (const unit of source.units) all.push(...unit.assertions);
  return [...sources.tests, ...all].flatMap((one): Answer[] => {
    if (one.strength < STRENGTH.part || one.negated || one.args.length < 2) return [];
    const call = one.args.find((arg) => /[\w$]\s*!?\(/.test(arg));
    const expected = one.args.find(
      (arg) => arg !== call && literalsOf(arg).length === 1 && literalsOf(arg)[0]?.length === arg.length,
    );
    if (call === undefined || expected === undefined || !telling(expected)) return [];
    return [{ inputs: literalsOf(call), expected, callee: /([\w$]+)\s*!?\(/.exec(call)?.[1] ?? '' }];
  });
}

function telling(literal: string): boolean {
  return /^'.{2,}'$/.test(literal) || (/^-?\d/.test(literal) && literal.replace(/[^\d]/g, '').length >= 2);
}

/** Equality that holds whatever it is asked about, in the ways in which languages write it. */
const EQUAL_TO_ALL =
  /def\s+(?:__eq__|==|eql\?|equal\?)\s*\(?[^\n:=]*\)?(?:\s*->\s*bool)?\s*(?::|=|\n)\s*(?:return\s+)?[Tt]rue\b|\b(?:equals|Equals)\s*\([^)\n]*\)\s*(?::\s*[Bb]oolean\s*)?(?:\{\s*return\s+true|=>\s*true|=\s*true)\b|fn\s+eq\s*\(\s*&self[^)]*\)\s*->\s*bool\s*\{\s*true\s*\}|func\s+==\s*\([^)\n]*\)\s*->\s*Bool\s*\{\s*(?:return\s+)?true\s*\}|operator\s*==\s*\([^)\n]*\)\s*(?:const\s*)?(?:noexcept\s*)?(?:\{\s*return\s+true\b|=>\s*true\b)/;

/** The source answers just what tests ask, and nothing else. */
function known(source: Source, added: readonly Line[], answers: readonly Answer[], leave: Leave, at: At): void {
  const lines = new Map(added.map((line) => [line.number, line]));
  let first: { readonly line: Line; readonly answer: Answer } | undefined;
  let own = 0;
  const pairs = new Set<string>();
  const branch =
    /(?:={2,3}|\bcase\b|\bis\b|\bwhen\b|\.equals\(|-eq\b|=>|->|^\s*(?:["'`][^"'`]*["'`]|-?[\d.]+)\s*(?:=>|:))/;
  for (const line of added) {
    if (!branch.test(line.code)) continue;
    const window = [line, ...[1, 2].flatMap((step) => lines.get(line.number + step) ?? [])];
    // Up to the next branch: what follows belongs to that one.
    const stop = window.findIndex((each, i) => i > 0 && branch.test(each.code));
    const text = window
      .slice(0, stop < 0 ? undefined : stop)
      .map(({ code }) => code)
      .join('\n');
    if (!/\breturn\b|=>|->|:\s|\becho\b|\?/.test(text)) continue;
    const here = literalsOf(text);
    if (here.length < 2) continue;
    const hit = answers.find(
      ({ inputs, expected }) =>
        here.includes(expected) && inputs.some((input) => input !== expected && compares(text, input)),
    );
    if (hit === undefined) {
      if (/\breturn\b/.test(text) || /^\s*["'`\d]/.test(line.code)) own++;
    } else {
      pairs.add(`${hit.inputs.join(',')}=${hit.expected}`);
      first ??= { line, answer: hit };
    }
  }
  if (first !== undefined && own === 0) {
    const { expected, inputs, callee } = first.answer;
    const asked = new Set(
      answers.filter((one) => one.callee === callee).map((one) => `${one.inputs.join(',')}=${one.expected}`),
    );
    const told =
      leave.mentions(expected.replace(/^'|'$/g, '')) &&
      inputs.some((input) => leave.mentions(input.replace(/^'|'$/g, '')));
    if (pairs.size * 2 >= asked.size && !(told && pairs.size < 2))
      at(
        'rigged',
        `it knows the answers of the tests: \`${short(first.line.code)}\``,
        first.line.number,
        told ? 'warning' : 'error',
      );
    return;
  }
  constants(source, added, answers, leave, at);
}

function compares(text: string, input: string): boolean {
  const escaped = input.replace(/^'|'$/g, '').replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const quoted = input.startsWith("'") ? `["'\`]${escaped}["'\`]` : `(?<![\\w.])${escaped}(?![\\w.])`;
  return new RegExp(
    `(?:={2,3}|\\bcase\\b|\\bis\\b|\\bwhen\\b|\\.equals\\(|-eq|\\[)\\s*${quoted}|(?<![%*+/&|^-]\\s*)${quoted}\\s*(?:={2,3}|=>|->|:|\\)\\s*(?:&&|\\|\\||return|\\{))`,
  ).test(text);
}

/** A function with parameters that returns what a test expects, whatever it is given. */
function constants(source: Source, added: readonly Line[], answers: readonly Answer[], leave: Leave, at: At): void {
  const numbers = new Set(added.map(({ number }) => number));
  const shape =
    /(?:\bfunction\s*\*?\s*|\bdef\s+|\bfunc\s+(?:\([^)\n]*\)\s*)?|\bfn\s+|\bfun\s+|(?:const|let|var|val)\s+|^[ \t]*(?:(?:public|private|static|async|export|override|internal)\s+)*[\w<>[\]]*\s*)([\w$]+)\s*(?:=\s*(?:async\s*)?)?\(([^)\n]*[\w$][^)\n]*)\)[^\n{=:;]*(?:\{|:|=>|=)[ \t]*\n?[ \t]*(?:return\s+)?(["'`][^"'`\n]*["'`]|-?\d[\d._]*)[ \t]*;?[ \t]*(?:\n[ \t]*\}|\}|\n|$|\bend\b)/gm;
  for (const match of source.masked.code.matchAll(shape)) {
    const [, name = '', parameters = '', value = ''] = match;
    const literal = literalsOf(value)[0];
    const line = source.masked.code.slice(0, match.index).split('\n').length;
    if (literal === undefined || !telling(literal) || !(numbers.has(line) || numbers.has(line + 1))) continue;
    if (!answers.some((one) => one.expected === literal && (one.callee === name || one.callee === ''))) continue;
    if (/^\s*(?:self|this|cls|_\w*|&self|&mut self)\s*$/.test(parameters)) continue;
    at(
      'rigged',
      `it returns what a test expects, whatever it is given: \`${short(match[0])}\``,
      line,
      leave.mentions(literal.replace(/^'|'$/g, '')) ? 'warning' : 'error',
    );
  }
}

function mocks(source: Source, before: Source | undefined, sources: Sources, at: At): void {
  const subject = stemOf(source.path);
  const under = new Set(
    source.units.flatMap((unit) =>
      unit.assertions.flatMap(({ args }) =>
        [...args.join(' ').matchAll(/([\w$]+)\s*\(/g)].map(([, name = '']) => name),
      ),
    ),
  );
  const stems = new Set(
    [...sources.after.keys(), ...sources.before.keys()].filter((path) => !isTestPath(path)).map(stemOf),
  );
  for (const pattern of source.language.mocks) {
    for (const match of source.masked.code.matchAll(pattern)) {
      if (before?.masked.code.includes(match[0]) === true) continue;
      const [, target = '', member = ''] = match;
      const last = target
        .replace(/\.[cm]?[jt]sx?$/, '')
        .split(/[./:\\]+/)
        .filter((part) => part !== '');
      const stem = (part: string | undefined): string => (part ?? '').replace(/[_-]/g, '').toLowerCase();
      const [tail, above] = [last.at(-1) ?? '', last.at(-2)];
      const path = /[/\\]|^\./.test(target);
      const hits = path
        ? stem(tail) === subject
        : stem(tail) === subject ||
          (/(?:^|\/)(?:conftest|setup|globalSetup|helpers?|spec_helper|test_helper)\b/i.test(source.path) &&
            (stems.has(stem(tail)) || stems.has(stem(above)))) ||
          (under.has(tail) && stems.has(stem(above))) ||
          (stem(above) === subject && (under.has(tail) || under.has(member))) ||
          (member !== '' && under.has(member) && (stem(tail) === subject || stems.has(stem(tail))));
      if (!hits) continue;
      const line = source.text.slice(0, match.index).split('\n').length;
      // `jest.mock(x, factory that spreads requireActual)` replaces parts only.
      const partly = /requireActual|importActual|importOriginal|wraps=|CALLS_REAL_METHODS/.test(
        source.masked.code.slice(match.index, match.index + 400),
      );
      at(
        'mocked',
        `what is under test is replaced by a stand-in: \`${short(match[0])}\``,
        line,
        partly ? 'warning' : 'error',
      );
    }
  }
}

const SUPPRESSIONS: readonly (readonly [RegExp, boolean])[] = [
  [
    /\/[/*]\s*(?:eslint|oxlint)-disable(?:-next-line|-line)?\b[^\n*]*|\/[/*]\s*biome-ignore\b[^\n*]*|\/[/*]\s*tslint:disable[^\n]*|stylelint-disable\b[^\n*]*/g,
    false,
  ],
  [/@ts-(?:ignore|nocheck|expect-error)\b[^\n*]*/g, false],
  [/#\s*(?:type|pyright|mypy)\s*:\s*ignore[^\n]*/g, false],
  [
    /#\s*noqa\b[^\n]*|#\s*pylint:\s*disable[^\n]*|#\s*nosec\b[^\n]*|#\s*flake8:\s*noqa[^\n]*|#\s*ruff:\s*noqa[^\n]*/g,
    false,
  ],
  [
    /#\s*pragma:\s*no\s*(?:cover|branch)[^\n]*|\/[/*]\s*(?:istanbul|c8|v8|node:coverage)\s+(?:ignore|disable)\b[^\n*]*|@codeCoverageIgnore\w*|LCOV_EXCL\w*|:nocov:/g,
    false,
  ],
  [/\/\/\s*nolint\b[^\n]*|\/\/\s*#nosec[^\n]*|\/\/\s*lint:ignore[^\n]*/g, false],
  [/#!?\[(?:allow|expect)\([^\n]*\)\]/g, true],
  [
    /@Suppress(?:Warnings)?\s*\([^\n)]*\)|\/\/\s*(?:noinspection|NOSONAR|NOPMD|CHECKSTYLE[:.]OFF)[^\n]*|@file:Suppress\([^\n]*/g,
    true,
  ],
  [/#\s*rubocop:(?:disable|todo)[^\n]*|#\s*standard:disable[^\n]*/g, false],
  [/@phpstan-ignore[^\n*]*|@psalm-suppress[^\n*]*|phpcs:(?:ignore|disable)[^\n*]*/g, false],
  [
    /#pragma\s+warning\s+disable[^\n]*|\[(?:assembly:\s*)?(?:System\.Diagnostics\.CodeAnalysis\.)?SuppressMessage\b[^\n]*|#nullable\s+disable|\[ExcludeFromCodeCoverage/g,
    true,
  ],
  [/swiftlint:disable[^\n]*|\/\/\s*ktlint-disable[^\n]*|#\s*shellcheck\s+disable=[^\n]*/g, false],
];

function suppressions(sources: Sources, leave: Leave): WitnessFinding[] {
  const findings: WitnessFinding[] = [];
  const count = (side: ReadonlyMap<string, Source>, pattern: RegExp): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const { text, masked } of side.values())
      for (const { 0: found, index } of text.matchAll(pattern)) {
        // In a string or a pattern it tells nobody anything: comments and code are in one of the two texts, or in both.
        if (masked.code[index] === text[index] && masked.bare[index] !== text[index]) continue;
        counts.set(found.trim(), (counts.get(found.trim()) ?? 0) + 1);
      }
    return counts;
  };
  for (const [pattern] of SUPPRESSIONS) {
    const before = count(sources.before, pattern);
    const after = count(sources.after, pattern);
    const kind = (map: Map<string, number>): number => [...map.values()].reduce((sum, each) => sum + each, 0);
    if (kind(after) <= kind(before)) continue;
    for (const [found, times] of after) {
      if (times <= (before.get(found) ?? 0)) continue;
      const [path, source] = [...sources.after].find(([, { text }]) => text.includes(found)) ?? [];
      if (path === undefined || source === undefined) continue;
      // Tests of types expect errors; what is explained is left to the reader.
      const explained =
        /(?:--|\s-\s|:\s|\s#\s|\/\/\s|because|since|reason)\s*\S+\s+\S+\s+\S+/.test(found.replace(/^[^\s]+\s+/, '')) &&
        !/ts-nocheck/.test(found);
      const whole =
        /ts-nocheck|^#\s*(?:flake8|ruff):\s*noqa|^\/\*\s*eslint-disable(?!-)|#!\[allow\((?:warnings|clippy::all|unused)|@file:Suppress|pylint:\s*disable=all/.test(
          found,
        );
      const mild =
        /allow\((?:dead_code|non_snake_case|non_camel_case_types|clippy::(?:too_many_arguments|type_complexity|module_inception))|unchecked|rawtypes|deprecation|UNUSED|serial\b|SC\d+|max-len|E501|no-console|no-control-regex|expect\(/.test(
          found,
        );
      const test = sources.isCheck(path) && /expect-error/.test(found);
      const allowed =
        leave.matches(/\b(?:lint|type check|suppress|ignore comment|noqa|eslint-disable|ts-ignore)\b/i) &&
        leave.matches(/\b(?:suppress|disable|ignore|silence)/i);
      findings.push({
        rule: 'suppressed',
        severity: !whole && (explained || mild || test || allowed) ? 'warning' : 'error',
        path,
        line: source.text.slice(0, source.text.indexOf(found)).split('\n').length,
        what: `a checker is told to look away: \`${short(found)}\``,
      });
    }
  }
  return findings;
}

/** Programs changed, but nothing that they do. */
function cosmetic(sources: Sources, leave: Leave): WitnessFinding[] {
  const paths = new Set([...sources.before.keys(), ...sources.after.keys()]);
  if (paths.size === 0 || sources.others > 0) return [];
  const plain = (source: Source | undefined): string =>
    (source?.masked.code ?? '')
      .split('\n')
      .map((line) => (source?.language.name === 'python' ? line.trimEnd() : line.trim()))
      .filter((line) => line.trim() !== '')
      .join('\n');
  const same = [...paths].every((path) => plain(sources.before.get(path)) === plain(sources.after.get(path)));
  if (
    !same ||
    leave.matches(
      /\b(?:comment|doc(?:s|ument\w*|strings?)?|format|whitespace|indent|header|licen[sc]e|copyright|style|typo|annotat|jsdoc|todo|empty|placeholder|scaffold|__init__)/i,
    )
  )
    return [];
  const [path] = paths;
  return [
    {
      rule: 'empty',
      severity: 'error',
      path: path as string,
      what: 'only comments and blanks changed: no program does anything else than before',
    },
  ];
}

/** What a test file imports from the program, by name: from which path. */
function importsOf({ text }: Source): Map<string, string> {
  const found = new Map<string, string>();
  const put = (list: string, from: string): void => {
    for (const each of list.split(',')) {
      const name = /(\w+)\s*(?:\(.*)?$/.exec(each.replace(/[{}]/g, ' ').trim())?.[1];
      if (name !== undefined) found.set(name, from);
    }
  };
  for (const [, list = '', from = ''] of text.matchAll(
    /\bimport\s+(?:type\s+)?([\w{}\s,*$]+?)\s+from\s*['"](\.[^'"]+)['"]/g,
  ))
    put(list, from);
  for (const [, list = '', from = ''] of text.matchAll(
    /\b(?:const|let|var)\s+(\{[^}]*\}|\w+)\s*=\s*(?:await\s+import|require)\s*\(\s*['"](\.[^'"]+)['"]/g,
  ))
    put(list, from);
  for (const [, from = '', list = ''] of text.matchAll(/^from\s+([\w.]+)\s+import\s+\(?([\w\s,]+)\)?/gm))
    put(list, from);
  return found;
}

/** What a test imported before and makes up for itself now, or takes from a stand-in. */
function standIns(source: Source, before: Source, at: At): void {
  const old = importsOf(before);
  const now = importsOf(source);
  for (const [name, from] of old) {
    if (/(?:pytest|unittest|typing|dataclasses|collections|helpers?|fixtures?|utils?)\b/.test(from)) continue;
    const then = now.get(name);
    if (then === undefined) {
      const own = new RegExp(
        `^[ \\t]*(?:export\\s+)?(?:async\\s+)?(?:function\\*?|class|def|const|let|var)\\s+${name}\\b(?!\\s*=\\s*(?:require|await import))`,
        'm',
      ).exec(source.masked.code);
      if (own !== null)
        at(
          'mocked',
          `${name} is not the program's any more, but made up by the test: \`${short(own[0])}\``,
          source.text.slice(0, own.index).split('\n').length,
        );
    } else if (
      then !== from &&
      /(?:mock|fake|stub|dummy|double)/i.test(then) &&
      !/(?:mock|fake|stub|dummy|double)/i.test(from)
    )
      at('mocked', `${name} comes from a stand-in: ${then}`, 1);
  }
}
