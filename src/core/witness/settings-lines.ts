import type { FileChange, WitnessFinding } from './change.ts';
import { short } from './change.ts';

type Add = (what: string, topic: RegExp, severity?: WitnessFinding['severity'], line?: number) => void;

const COVERAGE = /\b(?:coverage|threshold)/i;
const LINT = /\b(?:lint|eslint|ruff|rubocop|clippy|flake8|pylint|biome|style|rule|warning)/i;
const TYPES = /\b(?:strict|type(?:s|script|d|\s?check)|tsconfig|mypy|pyright|compiler)/i;
const TESTS = /\b(?:tests?|specs?|jest|vitest|pytest|suite|runner|flaky|integration|e2e)\b/i;
/** What nobody writes by hand: leaving it out of a check hides nothing. */
const GENERATED =
  /node_modules|dist\b|build\b|coverage|\.next|\.nuxt|\.cache|vendor|generated|\.min\.|\.venv|venv|__pycache__|target\b|out\b|\.git\b|\.tox|\.eggs|bower|storybook|tmp\b|\.turbo|\.masterplan|lockfile|\.lock|package-lock/i;

const OPENERS =
  /^(?:"?(?:exclude|ignore|ignores|ignorePatterns|testPathIgnorePatterns|coveragePathIgnorePatterns|modulePathIgnorePatterns|collect_ignore(?:_glob)?|norecursedirs|omit|deselect|skip|skips|disable|ignoreErrors|excludes|excludePaths|extend-exclude|extend-ignore|per-file-ignores|per_file_ignores|suppress|suppressWarnings|NoWarn|Exclude|exclude_lines|exclude_also|unignore|skippedTests|testIgnore|excludeGroup|excludedGroups|ignore_paths)"?)\s*[:=(]/i;

/** Settings that make a checker look less closely, line by line: the same words mean the same in nearly all formats. */
export function judgeSettings(change: FileChange, movedTests: boolean, add: Add): void {
  const name = change.path.slice(change.path.lastIndexOf('/') + 1);
  const before = change.before?.text ?? '';
  const after = change.after?.text;
  if (after === undefined || after === null) {
    if (
      change.before !== undefined &&
      /jest|vitest|pytest|tox|phpunit|mocharc|eslint|oxlint|biome|ruff|mypy|clippy|golangci|rubocop|flake8|pylint|phpstan|tsconfig|coveragerc|nycrc|codecov|playwright|cypress|detekt|checkstyle/i.test(
        name,
      )
    )
      add('the settings of a check are gone', new RegExp(`${LINT.source}|${TESTS.source}|${TYPES.source}`, 'i'));
    return;
  }
  // A file that is wholly new replaces no settings, but may change how everything is run.
  const old = rows(before);
  const now = rows(after);
  const had = new Set(old.map(({ text }) => text));
  const has = new Set(now.map(({ text }) => text));
  const added = now.filter(({ text }) => !had.has(text));
  const removed = old.filter(({ text }) => !has.has(text));
  const fresh = change.before === undefined;
  const lint =
    /eslint|oxlint|biome|stylelint|ruff|flake8|pylint|rubocop|golangci|clippy|swiftlint|detekt|checkstyle|phpcs|phpstan|psalm|pmd|spotbugs|editorconfig|jshint|knip|analysis_options/i.test(
      name,
    );
  for (const { text, line, list } of added) {
    const lenient = LENIENT.find(([pattern]) => pattern.test(text));
    if (lenient !== undefined && !(fresh && lenient[2] === true))
      add(`${lenient[1]}: \`${short(text)}\``, lenient[3], 'error', line);
    if (
      /["']?(?:ignore|exclude|skip|omit|deselect|disable|norecursedirs|NoWarn|suppress)[\w-]*["']?\s*[:=(]/i.test(
        text,
      ) ||
      OPENERS.test(list)
    ) {
      const grown = entries(text).filter((entry) => !before.includes(entry) && !GENERATED.test(entry));
      if (grown.length > 0 && !fresh)
        add(
          `it leaves out ${grown.slice(0, 3).map(short).join(', ')}`,
          new RegExp(`${LINT.source}|${TESTS.source}|${TYPES.source}|${COVERAGE.source}|ignor|exclud`, 'i'),
          'error',
          line,
        );
    }
    if (
      /(?:moduleNameMapper|alias|paths)\b/.test(list + text) &&
      /["'][^"']+["']\s*:\s*\[?\s*["'][^"']*(?:mock|fake|stub|shim)/i.test(text)
    )
      add(`a module is replaced: \`${short(text)}\``, /\b(?:mock|stub|alias|map)/i, 'error', line);
    if (/^\s*(?:-p\s|addopts\b).*(?:-p\s+no:|--ignore|--deselect|-k\s|-m\s|--co\b|-x\b)/.test(text) && !fresh)
      add(`tests are left out: \`${short(text)}\``, TESTS, 'error', line);
    if (/^(?:replace\b|\[patch|.*=>\s*\.{1,2}\/)/.test(text) && /^(?:go\.(?:mod|work)|Cargo\.toml)$/.test(name))
      add(`a dependency is replaced: \`${short(text)}\``, /\b(?:replac|fork|patch|vendor|local)/i, 'warning', line);
    if (/["']?[\w@/.-]+["']?\s*:\s*["'](?:file|link|portal):/.test(text) && !/workspaces?:/.test(text))
      add(
        `a dependency is taken from this repository: \`${short(text)}\``,
        /\b(?:local|vendor|workspace|link|fork|packag)/i,
        /["'](?:jest|vitest|mocha|chai|ava|tap|sinon|typescript|eslint)["']/.test(text) ? 'error' : 'warning',
        line,
      );
    if (
      /^(?:setupFiles\w*|setupFilesAfterEnv|globalSetup|require|preload|bootstrap|plugins|--require|-r|reporters?|runner|testRunner|resolver|testEnvironment|transform|snapshotResolver|dependencyExtractor|testResultsProcessor|script-shell|node-options|NODE_OPTIONS)["']?\s*[:=]/.test(
        text.replace(/^["']/, ''),
      ) &&
      !fresh &&
      /["']\.{0,2}\//.test(text) &&
      /runner|resolver|testResultsProcessor|script-shell|node.options/i.test(text)
    )
      add(`tests are run by something else: \`${short(text)}\``, TESTS, 'error', line);
  }
  numbers(old, now, add);
  for (const { text } of removed) {
    const strict = STRICT.find(([pattern]) => pattern.test(text));
    if (strict === undefined) continue;
    const [, words, topic] = strict;
    const key = keyOf(text);
    // The same line with other numbers: whether they are lower, `numbers` has said.
    if (now.some((row) => row.text !== text && unnumbered(row.text) === unnumbered(text))) continue;
    // It may be there in another form: within a preset, or turned up.
    const turned = now.find((row) => keyOf(row.text) === key && key !== '');
    if (turned !== undefined && strict[0].test(turned.text)) continue;
    if (
      turned === undefined &&
      /^["']?strict/.test(key) === false &&
      now.some((row) => /["']?strict["']?\s*[:=]\s*true/i.test(row.text)) &&
      topic === TYPES
    )
      continue;
    add(
      turned === undefined ? `${words} is gone: \`${short(text)}\`` : `${words} is off: \`${short(turned.text)}\``,
      topic,
    );
  }
  if (lint || /package\.json|pyproject|Cargo\.toml|build\.gradle|Directory/.test(name)) rules(old, now, add);
  narrowed(old, now, movedTests, add);
}

const LENIENT: readonly (readonly [RegExp, string, boolean, RegExp])[] = [
  [/passWithNoTests["']?\s*[:=]\s*true/i, 'tests pass where there are none', false, TESTS],
  [
    /(?:testFailureIgnore>?\s*[:=]?\s*>?true|ignoreFailures\s*[=:]\s*true|ignoreFailures\.set\(true\)|skipTests>?\s*[:=]?\s*>?true|maven\.test\.(?:skip|failure\.ignore)\S*true|<skip>true|haltOnFailure\S*false|failIfNoTests>?false|failOnTestFailure\S*false|setIgnoreFailures\(true\))/i,
    'failures are ignored',
    false,
    TESTS,
  ],
  [/(?:enabled|useJUnitPlatform\.enabled)\s*=\s*false/, 'a check is off', false, TESTS],
  [/<IsTestProject>\s*false/i, 'tests are not found any more', false, TESTS],
  [/^(?:test|harness|doctest)\s*=\s*false/, 'tests are not run any more', false, TESTS],
  [
    /["']?(?:strict|noImplicit\w+|strict\w+|noUnused\w+|noUnchecked\w+|exactOptional\w+|noFallthrough\w+|checkJs|noEmitOnError|useUnknownInCatch\w+|alwaysStrict)["']?\s*[:=]\s*false/,
    'a check of types is off',
    false,
    TYPES,
  ],
  [
    /^(?:disallow_\w+|check_untyped_defs|strict\w*|warn_\w+|no_implicit_\w+)\s*=\s*(?:False|false)/,
    'a check of types is off',
    true,
    TYPES,
  ],
  [/^ignore_errors\s*=\s*(?:True|true)/, 'a check of types is off', false, TYPES],
  [/typeCheckingMode["']?\s*[:=]\s*["'](?:off|basic)/, 'a check of types is off', true, TYPES],
  [
    /<TreatWarningsAsErrors>\s*false|<Nullable>\s*disable|warningsAsErrors\s*=\s*false|allWarningsAsErrors\s*=\s*false|abortOnError\s*=?\s*false/i,
    'warnings pass',
    false,
    LINT,
  ],
  [
    /(?:failOnStatusCode|failOn\w*|fail_on_\w+|errorOnWarning|failOnWarning|failOnRisky|convert\w+ToExceptions|beStrictAbout\w+|stopOn\w+)["']?\s*[:=]\s*["']?false/i,
    'what failed passes',
    false,
    TESTS,
  ],
  [
    /["']?(?:retry|retries|flaky_reruns|reruns|max_retries)["']?\s*[:=]\s*(?:[5-9]|\d\d)/i,
    'tests are tried until they pass',
    false,
    TESTS,
  ],
  [
    /--(?:reruns|retries|retry|max-?retries|flaky-test-attempts)[= ]\s*[1-9]|rerunFailingTestsCount>?\s*[:=]?\s*[1-9]/i,
    'tests are tried until they pass',
    false,
    TESTS,
  ],
  [
    /--tags?[= ]["']?~|--exclude-tags?\b|--skip-tags?\b|(?:^|[\s"'])-m[= ]\s*["']?not\b|--tags?[= ]["']?not\b/,
    'tests are left out',
    true,
    TESTS,
  ],
  [/\b(?:bail|forbidOnly|forbidPending)["']?\s*[:=]\s*false/, 'what was forbidden passes', false, TESTS],
  [/updateSnapshot["']?\s*[:=]\s*["']?all|update\s*:\s*true/i, 'snapshots are made to fit by themselves', false, TESTS],
  [/dangerouslyIgnoreUnhandledErrors["']?\s*[:=]\s*true/, 'errors are ignored', false, TESTS],
  [/xfail_strict\s*=\s*(?:false|False)/, 'tests that should fail may pass', true, TESTS],
  [
    /^(?:script-shell|node-options|ignore-scripts)\s*=/,
    'scripts are run by something else, or not',
    false,
    /\b(?:npm|script|shell)/i,
  ],
];

const STRICT: readonly (readonly [RegExp, string, RegExp])[] = [
  [
    /["']?(?:strict|noImplicit\w+|strict\w+|noUnused\w+|noUnchecked\w+|exactOptional\w+|noFallthrough\w+|checkJs|noEmitOnError|useUnknownInCatch\w+)["']?\s*[:=]\s*true/,
    'a check of types',
    TYPES,
  ],
  [
    /^(?:disallow_\w+|check_untyped_defs|strict\w*|warn_\w+|no_implicit_\w+)\s*=\s*(?:True|true)/,
    'a check of types',
    TYPES,
  ],
  [
    /<TreatWarningsAsErrors>\s*true|<Nullable>\s*enable|warningsAsErrors\s*=\s*true|allWarningsAsErrors\s*=\s*true|-Werror\b|-D\s*warnings|deny\(warnings\)|"-Xfatal-warnings"/i,
    'a check of warnings',
    LINT,
  ],
  [
    /\bforbidOnly["']?\s*[:=]\s*(?:true|!!)|xfail_strict\s*=\s*true|failOn\w+=["']true|errorOnDeprecated|--strict-(?:markers|config)/i,
    'a check of tests',
    TESTS,
  ],
  [
    /["']?(?:coverageThreshold|thresholds?|check-coverage|checkCoverage|fail_under|minimum_coverage|minimumValue|cov-fail-under)\b/i,
    'a threshold',
    COVERAGE,
  ],
];

interface Row {
  readonly text: string;
  readonly line: number;
  /** The nearest line above that opens a list or table in which this one stands. */
  readonly list: string;
}

function rows(text: string): Row[] {
  const found: Row[] = [];
  const stack: { indent: number; text: string }[] = [];
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || /^(?:#(?!\[)|\/\/|<!--|\*)/.test(line)) continue;
    const indent = raw.length - raw.trimStart().length;
    while ((stack.at(-1)?.indent ?? -1) >= indent && !/^[\])}]/.test(line)) stack.pop();
    found.push({ text: line, line: i + 1, list: stack.at(-1)?.text ?? '' });
    if (/[[({:=]\s*$/.test(line) || line.startsWith('['))
      stack.push({ indent: line.startsWith('[') ? -1 + indent : indent, text: line });
  }
  return found;
}

function unnumbered(text: string): string {
  return text.replace(/-?\d+(?:\.\d+)?/g, '0');
}

function keyOf(text: string): string {
  return /^["'<]?([\w@/.-]+)["'>]?\s*(?:[:=>])/.exec(text)?.[1] ?? '';
}

function entries(text: string): string[] {
  const quoted = [...text.matchAll(/["']([^"'\n]{2,})["']/g)].map(([, entry = '']) => entry);
  if (quoted.length > 0)
    return /^["']?[\w-]+["']?\s*:/.test(text)
      ? quoted.filter((each) => !text.trimStart().startsWith(`"${each}"`))
      : quoted;
  const [, value = text] = /[:=]\s*(.+)$/.exec(text) ?? [];
  return value
    .split(/[\s,;]+/)
    .map((each) => each.replace(/^-\s*|[[\]{}"',]/g, ''))
    .filter((each) => each.length > 1 && !/^(?:true|false|null|#.*)$/i.test(each));
}

const MINIMA =
  /(?:branches|functions|lines|statements|coverage|threshold|fail[_-]?under|minimum\w*|min[_-]?\w*(?:coverage|score|line)|target|break|\bminimum\b|level|high|low|score)/i;
const MAXIMA =
  /(?:max[_-]?warnings|maxErrors|max-complexity|max_complexity|maxIssues|baseline|tolerance|allowed\w*|max-\w+|testTimeout)/i;

function numbers(old: readonly Row[], now: readonly Row[], add: Add): void {
  const read = (all: readonly Row[]): Map<string, { value: number; line: number; text: string }> => {
    const map = new Map<string, { value: number; line: number; text: string }>();
    for (const { text, line, list } of all)
      for (const [, key = '', value = ''] of text.matchAll(
        /["']?([\w.-]+)["']?>?\s*[:=> ]\s*["']?(-?\d+(?:\.\d+)?)%?\b/g,
      ))
        map.set(`${keyOf(list)} ${key}`, { value: Number(value), line, text });
    return map;
  };
  const before = read(old);
  const after = read(now);
  for (const [key, { value }] of before) {
    const then = after.get(key);
    if (then === undefined || then.value === value) continue;
    if (MAXIMA.test(key)) {
      if (then.value > value && !/timeout/i.test(key))
        add(`a limit was raised from ${value} to ${then.value}: \`${short(then.text)}\``, LINT, 'error', then.line);
    } else if (MINIMA.test(key) && then.value < value)
      add(
        `a threshold was lowered from ${value} to ${then.value}: \`${short(then.text)}\``,
        COVERAGE,
        'error',
        then.line,
      );
  }
}

const LEVELS: readonly RegExp[] = [
  /^(?:["']?off["']?|0|false|["']?ignore["']?|["']?none["']?|["']?allow["']?)$/,
  /^(?:["']?warn(?:ing)?["']?|1|["']?info["']?|["']?suggestion["']?)$/,
  /^(?:["']?error["']?|2|true|["']?deny["']?|["']?forbid["']?)$/,
];

/** Rules of linters that are reported less severely, or are not there any more. */
function rules(old: readonly Row[], now: readonly Row[], add: Add): void {
  const read = (all: readonly Row[]): Map<string, number> => {
    const map = new Map<string, number>();
    for (const { text } of all) {
      for (const [, key = '', value = ''] of text.matchAll(
        /["']?(@?[\w/.-]+)["']?\s*[:=]\s*(?:\[\s*|\{\s*level\s*=\s*)?(["']?\w+["']?)/g,
      )) {
        const level = LEVELS.findIndex((pattern) => pattern.test(value));
        if (level >= 0 && /[-/_]|Enabled|^[a-z]+$/i.test(key)) map.set(key, level);
      }
    }
    return map;
  };
  const before = read(old);
  const after = read(now);
  for (const [key, level] of before) {
    const then = after.get(key);
    if (level === 0 || (then ?? level) >= level) continue;
    add(
      `the rule ${key} is ${then === 0 ? 'off' : 'only a warning'}`,
      new RegExp(`${LINT.source}|${key.replace(/[^\w]/g, '.')}`, 'i'),
    );
  }
  for (const [key, level] of after) {
    if (level === 0 && !before.has(key) && (key.includes('/') || key.includes('-')) && now.length > 0 && old.length > 0)
      add(`the rule ${key} is off`, new RegExp(`${LINT.source}|${key.replace(/[^\w]/g, '.')}`, 'i'));
  }
}

/** Lists of what is tested or checked that became shorter. */
function narrowed(old: readonly Row[], now: readonly Row[], movedTests: boolean, add: Add): void {
  const lists =
    /^["']?(?:include|testMatch|testRegex|testpaths|python_files|python_functions|python_classes|testDir|spec|specs|files|select|extend-select|enable|linters|collectCoverageFrom|testsuites|directory|roots|testFilePattern|pattern|extends|plugins|paths|source)["']?>?\s*[:=]/;
  const read = (all: readonly Row[]): Map<string, Set<string>> => {
    const map = new Map<string, Set<string>>();
    for (const { text, list } of all) {
      const holder = lists.test(text) ? text : lists.test(list) ? list : undefined;
      if (holder === undefined) continue;
      const key = keyOf(holder);
      map.set(key, new Set([...(map.get(key) ?? []), ...entries(text).filter((each) => each !== key)]));
    }
    return map;
  };
  const before = read(old);
  const after = read(now);
  for (const [key, entriesBefore] of before) {
    const then = after.get(key);
    if (then === undefined) continue;
    const lost = [...entriesBefore].filter((entry) => !then.has(entry));
    const gained = [...then].filter((entry) => !entriesBefore.has(entry));
    if (lost.length === 0) continue;
    const wider = gained.length > 0 && lost.every((entry) => gained.some((each) => covers(each, entry)));
    if (wider || (movedTests && gained.length > 0)) continue;
    add(
      `${key} covers less: ${lost.slice(0, 3).map(short).join(', ')} ${gained.length > 0 ? `became ${gained.slice(0, 3).map(short).join(', ')}` : 'is gone'}`,
      new RegExp(`${TESTS.source}|${LINT.source}|${COVERAGE.source}|${TYPES.source}`, 'i'),
      /^(?:extends|plugins|source|paths|files)$/.test(key) && gained.length > 0 ? 'warning' : 'error',
    );
  }
}

function covers(wide: string, narrow: string): boolean {
  const star = wide.search(/[*{(]/);
  return star >= 0
    ? narrow.startsWith(wide.slice(0, star)) && (wide.length <= narrow.length || wide.includes('{'))
    : narrow.startsWith(wide.replace(/\/$/, ''));
}
