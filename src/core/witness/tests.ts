import { type Assertion, literalsOf } from './assertions.ts';
import { type FileChange, short, type WitnessFinding } from './change.ts';
import { compareUnits } from './compare.ts';
import { type Follow, renamed, renamesOf } from './follow.ts';
import type { Leave } from './leave.ts';
import { isTestPath, stemOf } from './paths.ts';
import type { Pool } from './pool.ts';
import { shiftOf } from './shift.ts';
import { STRENGTH } from './strength.ts';
import { sourceOf, type Source, type Unit } from './units.ts';

/** The programs of a change, before and after it. */
export interface Sources {
  readonly before: ReadonlyMap<string, Source>;
  readonly after: ReadonlyMap<string, Source>;
  /** Test files, and what verify commands run themselves. */
  isCheck(path: string): boolean;
  /** Changed paths that are no program. */
  readonly others: number;
  /** Assertions of tests that did not change. */
  readonly tests: readonly Assertion[];
}

/** Reads what of a change is written in a language that the witness knows. */
export function sourcesOf(
  changes: readonly FileChange[],
  checks: ReadonlySet<string>,
): Pick<Sources, 'before' | 'after' | 'isCheck'> {
  const isCheck = (path: string): boolean => checks.has(path) || isTestPath(path);
  const before = new Map<string, Source>();
  const after = new Map<string, Source>();
  for (const change of changes) {
    for (const [side, into] of [
      [change.before, before],
      [change.after, after],
    ] as const) {
      if (side?.text === null || side === undefined || side.mode === '120000') continue;
      const source = sourceOf(change.path, side.text, isCheck(change.path));
      if (source !== undefined) into.set(change.path, source);
    }
  }
  return { before, after, isCheck };
}

/** What became of the tests that were there, and whether the new ones can fail. */
export function judgeTests(sources: Sources, leave: Leave, follows: Follow): WitnessFinding[] {
  const old = unitsOf(sources.before, sources);
  const now = unitsOf(sources.after, sources);
  const findings: WitnessFinding[] = [];
  const pairs: [Unit, Unit][] = [];
  const taken = new Set<Unit>();
  const pair = (one: Unit, other: Unit): void => {
    pairs.push([one, other]);
    taken.add(other);
  };
  const byName = new Map<string, Unit[]>();
  for (const each of now) byName.set(nameKey(each), [...(byName.get(nameKey(each)) ?? []), each]);
  let open: Unit[] = [];
  for (const each of old) {
    const same = (byName.get(nameKey(each)) ?? []).filter((other) => !taken.has(other));
    const match =
      same.find((other) => other.path === each.path && other.code === each.code) ??
      same.find((other) => other.path === each.path) ??
      (each.kind === 'rest'
        ? undefined
        : (same.find((other) => other.code === each.code) ?? same.find((other) => alike(each, other) > 0.3)));
    if (match === undefined) open.push(each);
    else pair(each, match);
  }
  const fresh = new Map(
    now.filter((each) => !taken.has(each) && each.kind !== 'rest').map((each) => [each, tokensOf(each)]),
  );
  open = open.filter((each) => {
    if (each.kind === 'rest') return true;
    let best: Unit | undefined;
    let most = 0.5;
    for (const [other, tokens] of fresh) {
      if (taken.has(other) || other.kind !== each.kind) continue;
      const likeness = jaccard(tokensOf(each), tokens) + (other.path === each.path ? 0.05 : 0);
      if (likeness > most) [best, most] = [other, likeness];
    }
    if (best === undefined) return true;
    pair(each, best);
    return false;
  });
  const known = new Set(old.map(({ code }) => code));
  const shift = shiftOf(sources.before, sources.after, (path) => sources.isCheck(path), leave);
  const pool = { ...poolOf(now.filter((each) => !known.has(each.code))), follows, shift };
  const changed = pairs.filter(
    ([one, other]) => one.code !== other.code || one.header !== other.header || one.path !== other.path,
  );
  const renames = renamesOf(changed);
  for (const [one, other] of changed) findings.push(...compareUnits(renamed(one, renames), other, leave, pool));
  const gone = removedDefinitions(sources);
  for (const each of open) {
    const finding = deleted(each, pool, gone, sources, leave);
    if (finding !== undefined) findings.push(finding);
  }
  const matched = new Set(pairs.map(([, other]) => other));
  const skippedBefore = new Set(old.filter(({ skipped }) => skipped !== undefined).map(nameKey));
  for (const each of now) if (!matched.has(each)) findings.push(...hollow(each, skippedBefore));
  return findings;
}

function unitsOf(side: ReadonlyMap<string, Source>, sources: Pick<Sources, 'isCheck'>): Unit[] {
  return [...side.values()].flatMap((source) =>
    source.units.filter((unit) => unit.kind !== 'rest' || sources.isCheck(unit.path)),
  );
}

function nameKey(unit: Unit): string {
  return unit.kind === 'rest'
    ? `rest ${unit.path}`
    : `${unit.kind} ${unit.name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '')
        .replace(/^(?:test|should)/, '')}`;
}

function alike(one: Unit, other: Unit): number {
  return jaccard(tokensOf(one), tokensOf(other));
}

const tokens = new WeakMap<Unit, ReadonlyMap<string, number>>();

function tokensOf(unit: Unit): ReadonlyMap<string, number> {
  let known = tokens.get(unit);
  if (known === undefined) {
    const counts = new Map<string, number>();
    for (const [token] of unit.code.matchAll(/[\w$]+|[^\s\w$]{1,2}/g))
      if (/[\w$]/.test(token)) counts.set(token, (counts.get(token) ?? 0) + 1);
    known = counts;
    tokens.set(unit, known);
  }
  return known;
}

function jaccard(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number {
  let shared = 0;
  let all = 0;
  for (const [token, count] of one) {
    shared += Math.min(count, other.get(token) ?? 0);
    all += count;
  }
  for (const count of other.values()) all += count;
  return all === shared ? 1 : shared / (all - shared);
}

/** How far apart, in characters, literals that belong together may stand. */
const NEAR = 200;

function poolOf(units: readonly Unit[]): Omit<Pool, 'follows' | 'shift'> {
  const keys = new Set(
    units.flatMap((unit) => unit.assertions.filter(({ strength }) => strength > 0).map(({ key }) => key)),
  );
  const texts = units.map((unit) => ({
    unit,
    text: `${unit.header}\n${unit.code}`.replace(/["`]/g, "'"),
    strength: Math.max(0, ...unit.assertions.map(({ strength }) => strength)),
  }));
  return {
    asserts: (key) => keys.has(key),
    holds: (literals, strength, besides) =>
      texts.some(({ unit, text, strength: has }) => {
        if (unit === besides) return false;
        // A table may stand above the test that goes through it.
        const strong =
          has >= strength || texts.some((other) => other.unit.path === unit.path && other.strength >= strength);
        if (!strong || literals.length === 0) return false;
        const [rarest, ...rest] = [...new Set(literals)].sort((a, b) => b.length - a.length) as [string, ...string[]];
        for (let at = find(text, rarest, 0); at >= 0; at = find(text, rarest, at + 1)) {
          const around = text.slice(Math.max(0, at - NEAR), at + NEAR);
          if (rest.every((each) => find(around, each, 0) >= 0)) return true;
        }
        return false;
      }),
  };
}

function find(text: string, literal: string, from: number): number {
  const plain = literal.toLowerCase();
  const lower = literal.startsWith("'") ? text : text.toLowerCase();
  const wanted = literal.startsWith("'") ? literal : plain;
  for (let at = lower.indexOf(wanted, from); at >= 0; at = lower.indexOf(wanted, at + 1)) {
    if (
      literal.startsWith("'") ||
      (!/[\w.]/.test(lower[at - 1] ?? ' ') && !/\w/.test(lower[at + wanted.length] ?? ' '))
    )
      return at;
  }
  return -1;
}

/** Names that the source declared before and declares nowhere after, and paths of files that are gone. */
function removedDefinitions(sources: Sources): {
  readonly names: ReadonlySet<string>;
  readonly stems: ReadonlySet<string>;
} {
  const declared = (source: Source): string[] =>
    [
      ...source.masked.code.matchAll(
        /\b(?:function\*?|class|def|func|fn|fun|const|let|var|val|struct|enum|trait|interface|type|module|record|object|mod)\s+(?:\([^)\n]*\)\s*)?(?:self\.)?([A-Za-z_$][\w$]*[?!]?)/g,
      ),
      ...source.masked.code.matchAll(
        /^[ \t]*(?:(?:public|private|protected|internal|static|final|override|async|virtual)\s+)+[\w<>[\],.?]+\s+(\w+)\s*\(/gm,
      ),
    ].map(([, name = '']) => name);
  const now = new Set([...sources.after.values()].flatMap(declared));
  const names = new Set(
    [...sources.before.values()]
      .filter(({ path }) => !sources.isCheck(path))
      .flatMap(declared)
      .filter((name) => name.length > 2 && !now.has(name)),
  );
  const stems = new Set(
    [...sources.before.keys()].filter((path) => !sources.isCheck(path) && !sources.after.has(path)).map(stemOf),
  );
  return { names, stems };
}

function deleted(
  unit: Unit,
  pool: Pool,
  gone: ReturnType<typeof removedDefinitions>,
  sources: Sources,
  leave: Leave,
): WitnessFinding | undefined {
  const asserted = unit.assertions.filter(({ strength }) => strength > STRENGTH.trivial);
  if (unit.kind === 'group') return undefined;
  if (unit.kind === 'rest') {
    const left = sources.after.get(unit.path);
    const checks = unit.assertions.filter(
      ({ name, strength }) => strength > STRENGTH.trivial && name !== 'throw' && name !== 'raise',
    );
    if (
      left !== undefined ||
      checks.every(
        (one) => pool.asserts(one.key) || (one.literals.length > 0 && pool.holds(one.literals, STRENGTH.some)),
      )
    )
      return undefined;
  } else {
    // A test that asserted nothing, or was not run, protects nothing.
    if (unit.skipped !== undefined) return undefined;
    if (asserted.length === 0 && unit.bare.trim().length < 40) return undefined;
    const absorbed =
      asserted.length > 0 &&
      asserted.every(
        (one) =>
          pool.asserts(one.key) ||
          (literalsOf(one.args.join(' ')).length > 0 && pool.holds(one.literals, one.strength)),
      );
    if (absorbed || (asserted.length > 0 && asserted.every((one) => isSpread(one, sources)))) return undefined;
    if (asserted.length > 0 && isShared(unit, asserted, sources)) return undefined;
  }
  const mentioned =
    [...gone.names].some((name) =>
      new RegExp(String.raw`(?<![\w$])${name.replace(/[$?!]/g, String.raw`\$&`)}(?![\w$])`).test(unit.code),
    ) || gone.stems.has(stemOf(unit.path));
  const what =
    unit.kind === 'rest'
      ? `a check of ${asserted.length} ${asserted.length === 1 ? 'assertion' : 'assertions'} is gone`
      : `the test "${short(unit.name)}" is gone`;
  const excused =
    leave.tests || (mentioned && leave.removal) || (unit.name !== '' && leave.removal && leave.mentions(unit.name));
  return {
    rule: 'deleted',
    severity: excused ? 'warning' : 'error',
    path: unit.path,
    line: unit.line,
    what: excused
      ? `${what}, as the task has it`
      : mentioned
        ? `${what} with the source that it tested, and the task does not speak of removing anything`
        : what,
  };
}

/** Its assertions went to a new file, and the file in which it stood takes them from there: shared examples, a base class, a function. */
function isShared(unit: Unit, asserted: readonly Assertion[], sources: Sources): boolean {
  const [had, left] = [sources.before.get(unit.path), sources.after.get(unit.path)];
  if (had === undefined || left === undefined) return false;
  const known = new Set(had.masked.code.split('\n').map((line) => line.trim()));
  const fresh = left.masked.code
    .split('\n')
    .filter((line) => !known.has(line.trim()))
    .join('\n');
  return [...sources.after.values()].some((source) => {
    if (sources.before.has(source.path) || source.path === unit.path) return false;
    const keys = source.units.flatMap(({ assertions }) => assertions.map(({ key }) => key));
    const names = [
      ...source.masked.code.matchAll(/\b(?:function|class|def|func|fn|fun|const|trait|module)\s+(\w{3,})/g),
      ...source.masked.code.matchAll(/\bshared_(?:examples|context)\w*[ (]+['":]([^'"\n]{3,}?)['"\s,)]/g),
    ].map(([, name = '']) => name);
    return asserted.every(({ key }) => keys.includes(key)) && names.some((name) => fresh.includes(name));
  });
}

/** RSpec: what is asserted of stands in a `subject` or a `let` above the line that says what it should be. */
function isSpread(one: Assertion, sources: Sources): boolean {
  const expected = literalsOf(one.args.at(-1) ?? '');
  if (expected.length === 0 || one.args.length < 2) return false;
  return [...sources.after.values()].some(({ language, text, units }) => {
    if (language.name !== 'ruby' || !/^\s*(?:subject|let!?)\b/m.test(text)) return false;
    const here = literalsOf(text);
    return (
      one.literals.every((each) => here.includes(each)) &&
      units.some(({ assertions }) =>
        assertions.some(
          (other) => other.strength >= one.strength && expected.every((each) => other.literals.includes(each)),
        ),
      )
    );
  });
}

/** New tests that cannot fail, and new tests that do not run. */
function hollow(unit: Unit, skippedBefore: ReadonlySet<string>): WitnessFinding[] {
  const at = { path: unit.path, line: unit.line };
  if (unit.singled !== undefined)
    return [
      {
        rule: 'skipped',
        severity: 'error',
        ...at,
        what: `only "${short(unit.name)}" runs, and no other test: ${short(unit.singled)}`,
      },
    ];
  if (unit.kind !== 'test') return [];
  if (unit.skipped !== undefined)
    return skippedBefore.has(nameKey(unit))
      ? []
      : [
          {
            rule: 'skipped',
            severity: 'warning',
            ...at,
            what: `the new test "${short(unit.name)}" does not run: ${short(unit.skipped)}`,
          },
        ];
  const real = unit.assertions.filter(({ strength }) => strength > STRENGTH.trivial);
  if (real.length > 0) return [];
  if (unit.assertions.length > 0)
    return [
      {
        rule: 'hollow',
        severity: 'error',
        ...at,
        what: `the new test "${short(unit.name)}" cannot fail: \`${short((unit.assertions[0] as Unit['assertions'][number]).text)}\` always holds`,
      },
    ];
  const calls =
    /(?:assert|expect|should|verify|check|must|ensure|require|fail|error|throw|raise|unwrap|panic|match|compare|snapshot|run|test)\w*\s*[!(.{]/i.test(
      body(unit),
    );
  if (calls) return [];
  const empty = !/\w+\s*[!.]?\s*\(/.test(body(unit));
  return [
    {
      rule: 'hollow',
      severity: empty ? 'error' : 'warning',
      ...at,
      what: `the new test "${short(unit.name)}" asserts nothing`,
    },
  ];
}

/** What stands inside of a test, its declaration left out. */
function body(unit: Unit): string {
  const open = unit.bare.indexOf('{');
  const arrow = unit.bare.indexOf('=>');
  const feed = unit.bare.indexOf('\n');
  const starts = [open, arrow, feed].filter((at) => at >= 0);
  return unit.bare.slice(starts.length === 0 ? 0 : Math.min(...starts) + 1);
}
