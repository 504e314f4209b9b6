import { type Assertion, literalsOf } from './assertions.ts';
import { short, type WitnessFinding, type WitnessRule } from './change.ts';
import { languageOf } from './languages/index.ts';
import { compareData } from './data.ts';
import { allowed, type Leave } from './leave.ts';
import { closing } from './mask.ts';
import type { Pool } from './pool.ts';
import { STRENGTH } from './strength.ts';
import type { Unit } from './units.ts';

/** Compares a test with what became of it. */
export function compareUnits(before: Unit, after: Unit, leave: Leave, pool: Pool): WitnessFinding[] {
  const findings: WitnessFinding[] = [];
  const name = after.name === '' ? '' : `"${short(after.name)}" `;
  const add = (rule: WitnessRule, what: string, severity: WitnessFinding['severity'] = 'error'): void => {
    findings.push({ rule, severity, path: after.path, line: after.line, what });
  };
  if (after.skipped !== undefined && before.skipped === undefined && !leave.quarantine)
    add('skipped', `${name}does not run any more: ${short(after.skipped)}`);
  if (after.singled !== undefined && before.singled === undefined)
    add('skipped', `only ${name}runs, and no other test: ${short(after.singled)}`);
  if (after.leaves !== undefined && before.leaves === undefined && !leave.quarantine)
    add('skipped', `${name}ends before it asserts anything: ${short(after.leaves)}`);
  if (after.kind === 'group') return findings;
  if (after.guarded > before.guarded && !leave.quarantine) add('skipped', `${name}runs only under a condition now`);
  const early = earlyEnd(after);
  if (early !== undefined && earlyEnd(before) === undefined)
    add('skipped', `${name}ends before it asserts anything: ${short(early)}`);
  if (stopsAtFailure(before) && !stopsAtFailure(after))
    add('loosened', `${name}goes on when a command fails: \`set -e\` is gone`);
  if (/#\[should_panic/.test(before.header + before.code) && !panics(after))
    add('loosened', `${name}does not ask for a failure any more`);
  if (looksAtFailures(after) < looksAtFailures(before))
    add('loosened', `${name}does not look any more whether a command failed`);
  if (onlyWhenCalled(after) && !onlyWhenCalled(before))
    add('loosened', `${name}asserts only when something calls it, and passes when nothing does`);
  if (swallows(after) > swallows(before)) add('loosened', `${name}catches the error that would fail it`);
  for (const [what, had, has] of fewerRuns(before.code, after.code)) {
    const severity = has * 10 > had || allowed(leave, [String(has)]) ? 'warning' : 'error';
    add('loosened', `${name}is tried with fewer cases: ${what} from ${had} to ${has}`, severity);
  }
  findings.push(...compareAssertions(before, after, leave, pool, name));
  if (!findings.some(({ severity }) => severity === 'error'))
    findings.push(...compareData(before, after, leave, pool, name));
  return findings;
}

function compareAssertions(before: Unit, after: Unit, leave: Leave, pool: Pool, name: string): WitnessFinding[] {
  const findings: WitnessFinding[] = [];
  const add = (rule: WitnessRule, what: string, severity: WitnessFinding['severity'] = 'error'): void => {
    findings.push({ rule, severity, path: after.path, line: after.line, what });
  };
  const left = before.assertions.filter((one) => one.strength > STRENGTH.trivial);
  const rest = [...after.assertions];
  const open: Assertion[] = [];
  for (const one of left) {
    const at = rest.findIndex(
      (other) =>
        other.key === one.key && other.strength >= Math.min(one.strength, STRENGTH.some) && sameEnough(one, other),
    );
    if (at < 0) {
      open.push(one);
      continue;
    }
    const same = rest[at] as Assertion;
    if (guards(after, same) > guards(before, one))
      add('loosened', `${name}asserts \`${short(one.text)}\` only under a condition now`);
    rest.splice(at, 1);
  }
  const had = left.length;
  const has = after.assertions.filter((one) => one.strength > STRENGTH.trivial).length;
  if (had > 0 && has === 0 && before.kind !== 'rest') {
    if (open.every((one) => moved(one, after, pool))) return findings;
    const trivial =
      after.assertions.length > 0
        ? `only \`${short((after.assertions[0] as Assertion).text)}\` is left, which always holds`
        : 'no assertion is left';
    add('loosened', `${name}was emptied: ${trivial}`);
    return findings;
  }
  for (const one of open) {
    const counterpart = closest(one, rest);
    if (counterpart !== undefined) rest.splice(rest.indexOf(counterpart), 1);
    if (counterpart === undefined) {
      if (moved(one, after, pool) || (one.name === 'throw' && before.kind === 'rest')) continue;
      if (leave.tests && after.assertions.length >= before.assertions.length) continue;
      add('loosened', `${name}does not assert \`${short(one.text)}\` any more`, leave.tests ? 'warning' : 'error');
      continue;
    }
    const lost = one.literals.filter((literal) => !has1(counterpart.literals, literal));
    const gained = counterpart.literals.filter((literal) => !has1(one.literals, literal));
    const kept = lost.every((literal) => countIn(after, literal) >= Math.max(1, countIn(before, literal)));
    const words = `\`${short(one.text)}\` became \`${short(counterpart.text)}\``;
    const weaker =
      counterpart.strength < one.strength &&
      (one.strength === STRENGTH.exact ||
        counterpart.strength <= STRENGTH.weak ||
        one.strength - counterpart.strength > 1);
    const part = projected(one, counterpart);
    if (part !== undefined) {
      add('loosened', `${name}compares only \`${short(part)}\`: ${words}`, leave.tests ? 'warning' : 'error');
    } else if (counterpart.strength === STRENGTH.trivial) {
      add('loosened', `${name}asserts what always holds: ${words}`);
    } else if (
      weaker &&
      !sameVariant(one, counterpart) &&
      !(isDecimal(one) && /close|approx|almost|inDelta|within/i.test(counterpart.text) && kept)
    ) {
      add(
        'loosened',
        `${name}asks for less: ${words}`,
        leave.tests && counterpart.strength >= STRENGTH.some ? 'warning' : 'error',
      );
    } else if (
      kept &&
      isUnordered(counterpart) &&
      !isUnordered(one) &&
      calleesOf(one).every((name) => calleesOf(counterpart).includes(name))
    ) {
      const told =
        leave.tests ||
        leave.matches(
          /\b(?:unordered|(?:any|no|without) (?:\w+ )?order|order\b[^.\n]{0,30}\b(?:no longer|not|never|free)|as a set|a set|sets of|parallel|concurren\w*)\b/i,
        );
      add('loosened', `${name}does not ask for an order any more: ${words}`, told ? 'warning' : 'error');
    } else if (one.negated !== counterpart.negated && kept) {
      // From "gives nothing" to "throws": another way to refuse, and no opposite.
      const refuses = one.negated && /throw|raise|reject|panic|Err\b/i.test(counterpart.text);
      add(
        'rewritten',
        `${name}asks for the opposite: ${words}`,
        leave.tests || leave.behaviour || refuses || pool.shift.withdrawn(one.literals) ? 'warning' : 'error',
      );
    } else if (!kept && gained.length > 0) {
      if (isWithin(one, counterpart, lost, gained)) continue;
      const lenient = tolerance(one, counterpart, lost) && [lost, gained].every((side) => side.some(isNumber));
      if (lenient && isTighter(one, counterpart, lost, gained)) continue;
      if (lenient) add('loosened', `${name}tolerates more: ${words}`, leave.tests ? 'warning' : 'error');
      else {
        const excused =
          allowed(leave, gained, lost) ||
          pool.follows(lost, gained, after.code) ||
          pool.shift.limits(lost, gained) ||
          pool.shift.computed(lost, gained) ||
          pool.shift.counted(one, lost, gained);
        add('rewritten', `${name}expects something else: ${words}`, excused ? 'warning' : 'error');
      }
    } else if (!kept) {
      add(
        'loosened',
        `${name}does not compare with ${lost.slice(0, 3).map(short).join(', ')} any more: ${words}`,
        leave.tests ? 'warning' : 'error',
      );
    }
  }
  return findings;
}

/** How often a property is tried, as the libraries for it say: fast-check, Hypothesis, proptest, QuickCheck, jqwik, ScalaCheck, FsCheck, rapid. */
const RUNS =
  /\b(numRuns|num_runs|max_examples|max_?[sS]uccess|withMaxSuccess|with_cases|withTests|minSuccessful(?:Tests)?|max_?[tT]est|MaxTest|maxTests|numTests|num_tests|tries|trials|check_count|iterations|max_?[rR]uns|examples_count)\b["']?\W{1,3}(\d[\d_]*)/g;

/** Numbers of cases that became smaller: name, before, after. */
function fewerRuns(before: string, after: string): [string, number, number][] {
  const read = (code: string): Map<string, number> =>
    new Map([...code.matchAll(RUNS)].map(([, name = '', value = '']) => [name, Number(value.replaceAll('_', ''))]));
  const now = read(after);
  return [...read(before)].flatMap(([name, had]): [string, number, number][] => {
    const has = now.get(name);
    return has === undefined || has >= had ? [] : [[name, had, has]];
  });
}

function has1(list: readonly string[], literal: string): boolean {
  return list.includes(literal);
}

function sameEnough(one: Assertion, other: Assertion): boolean {
  // The same arguments with a weaker matcher are another assertion: `toEqual(x)` and `toContain(x)`.
  return (
    other.strength >= one.strength ||
    (other.strength >= STRENGTH.part && one.strength <= STRENGTH.part) ||
    isConstant(one)
  );
}

function isConstant(one: Assertion): boolean {
  return one.args.some((arg) => /^(?:true|false|True|False)$/.test(arg));
}

/** From `assert_eq!(e, Error::Missing)` to `matches!(e, Error::Missing { .. })`: a variant that got fields is still the one that is asked for. */
function sameVariant(one: Assertion, other: Assertion): boolean {
  return (
    /^(?:assert!\()?matches!|\bmatches!\s*\(/.test(other.text) &&
    one.args.some((arg) => /^[A-Z]\w*(?:::[A-Z]\w*)+$/.test(arg) && new RegExp(`\\b${arg}\\b`).test(other.text))
  );
}

/** What is compared is first made a set, or sorted, or a matcher does so. */
function isUnordered({ name, args }: Assertion): boolean {
  return (
    /inanyorder|elementsmatch|countequal|match_?array|membersmatch|unordered|samemembers/i.test(
      name.replace(/_/g, ''),
    ) ||
    args.some((arg) =>
      /^(?:set|frozenset|sorted|Counter|new Set|Set|HashSet|BTreeSet|toSet|sort)\s*\(|\.(?:sort|sorted|toSorted|to_set|toSet|sort_by)\b/.test(
        arg,
      ),
    )
  );
}

/** Names of the functions whose results are compared. */
function calleesOf({ args }: Assertion): string[] {
  return args.flatMap((arg) => [...arg.matchAll(/([A-Za-z_$][\w$]*)\s*\(/g)].map(([, name = '']) => name));
}

function isDecimal(one: Assertion): boolean {
  return one.literals.some((literal) => /^-?\d+\.\d+/.test(literal));
}

function isNumber(literal: string): boolean {
  return /^-?\d/.test(literal);
}

function tolerance(one: Assertion, other: Assertion, lost: readonly string[]): boolean {
  const about =
    /close|approx|almost|delta|within|epsilon|tolerance|precision|rtol|atol|places|abs\b|less|greater|[<>]=?\s*[\d.]|timeout|elapsed|duration/i;
  // In an exact comparison a number is lenient only where it is itself named for it: `{ retries: 1, timeout: 1000 }`.
  const named =
    one.strength < STRENGTH.exact ||
    lost
      .filter(isNumber)
      .some((number) =>
        new RegExp(String.raw`(?:${about.source})\W{0,4}${number.replaceAll('.', String.raw`\.`)}(?![\w.])`, 'i').test(
          one.text,
        ),
      ) ||
    !/\w["']?\s*[:=]\s*-?\d/.test(one.text);
  return named && about.test(one.text) && about.test(other.text);
}

/** From a bound to the number itself, which keeps the bound. */
function isWithin(one: Assertion, other: Assertion, lost: readonly string[], gained: readonly string[]): boolean {
  const side = boundOf(one);
  if (side === undefined || other.strength < STRENGTH.exact || other.negated) return false;
  if (lost.length !== 1 || gained.length !== 1 || ![...lost, ...gained].every(isNumber)) return false;
  const [bound, value] = [Number(lost[0]), Number(gained[0])];
  return side === 'lower' ? value > bound : value < bound;
}

/** Both sides are compared by the same part of them: `typeof a` with `typeof b`. What it is, where it is no text that says all of them. */
function projected(one: Assertion, other: Assertion): string | undefined {
  if (one.args.length < 2 || one.args.length !== other.args.length) return undefined;
  const around = one.args.map((arg, i) => {
    const whole = other.args[i] as string;
    const at = arg === '' ? -1 : whole.indexOf(arg);
    return at < 0 ? undefined : `${whole.slice(0, at)}…${whole.slice(at + arg.length)}`;
  });
  const [first] = around;
  if (first === undefined || first === '…' || around.some((each) => each !== first)) return undefined;
  return /stringify|str\b|string|repr|inspect|dump|json|format|trim|strip|replace|normali|lower|upper|sort|set\b|await|clone|copy/i.test(
    first,
  )
    ? undefined
    : first;
}

/** A script of a shell ends at the first command that fails. */
function stopsAtFailure({ path, code, kind }: Unit): boolean {
  return (
    kind === 'rest' &&
    languageOf(path, code)?.name === 'shell' &&
    /^\s*(?:set\s+(?:-\w+\s+)*-(?:\w*e\w*\b|o\s+errexit)|trap\b.*\bERR\b)|^#!.*\bsh\s+-\w*e/m.test(code)
  );
}

/** Commands whose failure is an error: Python's `check=True`, Ruby's `exception: true`. */
function looksAtFailures({ bare }: Unit): number {
  return [
    ...bare.matchAll(
      /\bcheck\s*=\s*True\b|\bcheck_(?:call|output)\s*\(|\bexception:\s*true\b|\.check_returncode\s*\(/g,
    ),
  ].length;
}

/** All that it asserts stands in listeners and timers, and nothing asks whether they were called. */
function onlyWhenCalled({ path, code, bare, assertions, kind }: Unit): boolean {
  if (kind !== 'test' || languageOf(path)?.name !== 'javascript' || assertions.length === 0) return false;
  if (
    /\bdone\b|\bawait\b|\bPromise\b|\.(?:plan|assertions|hasAssertions)\s*\(|\b(?:mustCall|advanceTimers|useFakeTimers|tick)/.test(
      bare,
    )
  )
    return false;
  const within = [
    ...bare.matchAll(
      /(?:\.(?:on|once|addListener|addEventListener|subscribe)|\b(?:setTimeout|setImmediate|nextTick))\s*\(/g,
    ),
  ].map(({ index, 0: head }) => [index, closing(bare, index + head.length - 1)] as const);
  return assertions.every(({ text }) => {
    const at = code.indexOf(text.slice(0, 40));
    return at >= 0 && within.some(([from, to]) => from < at && at < to);
  });
}

/** It says in its attributes that it fails, or asks for an error itself. */
function panics({ header, code }: Unit): boolean {
  return /#\[should_panic|_err\b|\bErr\b|catch_unwind|matches!/.test(header + code);
}

/** Whether an assertion is a bound, and on which side: `toBeLessThan(50)`, `assert n >= 3`. */
function boundOf({ name, args, negated }: Assertion): 'upper' | 'lower' | undefined {
  if (negated) return undefined;
  if (/^(?:to|is|be|assert)*_?(?:less|atmost|below|under)/i.test(name) || args.some((arg) => /^<=?\s/.test(arg)))
    return 'upper';
  if (/^(?:to|is|be|assert)*_?(?:greater|atleast|above)/i.test(name) || args.some((arg) => /^>=?\s/.test(arg)))
    return 'lower';
  return undefined;
}

/** The one number that changed is a bound that became stricter, or how far off the result may be, by name, and it became smaller. */
function isTighter(one: Assertion, other: Assertion, lost: readonly string[], gained: readonly string[]): boolean {
  const [had, has] = [Number(lost[0]), Number(gained[0])];
  if (lost.length !== 1 || gained.length !== 1 || !(has >= 0 && had >= 0)) return false;
  const side = boundOf(one);
  if (side !== undefined && side === boundOf(other)) return side === 'upper' ? has < had : has > had;
  if (has >= had) return false;
  const named = /\b(?:abs|rel|[ar]tol|(?:abs|rel)_tol|delta|eps(?:ilon)?|tol(?:erance)?)\s*[:=]\s*([-+.\deE_]+)/;
  return [one, other].every(({ text }, i) => Number(named.exec(text)?.[1]?.replaceAll('_', '')) === [had, has][i]);
}

/** The assertion that most likely took the place of an old one. */
function closest(one: Assertion, among: readonly Assertion[]): Assertion | undefined {
  let best: Assertion | undefined;
  let most = 0;
  for (const other of among) {
    const [subject = ''] = one.args;
    const shared = one.literals.filter((literal) => other.literals.includes(literal)).length;
    const score =
      (other.args.some((arg) => arg === subject) ? 4 : 0) +
      (calleeOf(subject) !== '' && other.args.some((arg) => calleeOf(arg) === calleeOf(subject)) ? 2 : 0) +
      (one.literals.length > 0 ? (2 * shared) / one.literals.length : 0) +
      (other.name === one.name ? 1 : 0) +
      0.5;
    if (score > most) {
      best = other;
      most = score;
    }
  }
  return best;
}

function calleeOf(text: string): string {
  return /([\w$]+)\s*\(/.exec(text)?.[1] ?? '';
}

function moved(one: Assertion, after: Unit, pool: Pool): boolean {
  if (pool.asserts(one.key)) return true;
  const literals = one.literals.filter((literal) => !/^(?:true|false|null|nil|none|undefined)$/.test(literal));
  if (literals.length === 0)
    return after.assertions.some(
      (other) => other.strength >= one.strength && other.args.some((arg) => one.args.includes(arg)),
    );
  return pool.holds(one.literals, one.strength, undefined);
}

/** How often a literal stands in a test. */
function countIn(unit: Unit, literal: string): number {
  return literalsOf(unit.code).filter((one) => one === literal).length;
}

/** Conditions and catches around an assertion. */
function guards(unit: Unit, assertion: Assertion): number {
  const before = unit.code.slice(0, Math.max(0, unit.code.indexOf(assertion.text.slice(0, 40))));
  const language = languageOf(unit.path);
  if (language === undefined || before === '') return 0;
  if (language.name === 'python' || language.name === 'ruby') {
    const line = before.slice(before.lastIndexOf('\n') + 1);
    let indent = line.length - line.trimStart().length;
    let count = 0;
    for (const each of before.split('\n').slice(0, -1).reverse()) {
      if (each.trim() === '') continue;
      const here = each.length - each.trimStart().length;
      if (here >= indent) continue;
      indent = here;
      if (/^\s*(?:if|elif|else|try|except|unless)\b/.test(each)) count++;
    }
    return count;
  }
  const stack: boolean[] = [];
  // Go declares in the condition: `if err := f(); err != nil {`.
  const opens =
    language.name === 'go'
      ? /(\b(?:if|else|switch)\b[^{}\n]*)?\{|\}/g
      : /(\b(?:if|else|try|catch|switch)\b[^{};]*)?\{|\}/g;
  for (const match of before.matchAll(opens)) {
    if (match[0] === '}') stack.pop();
    else stack.push(match[1] !== undefined);
  }
  return stack.filter(Boolean).length;
}

/** Errors that are caught and come to nothing. */
function swallows(unit: Unit): number {
  const language = languageOf(unit.path);
  if (language === undefined) return 0;
  let count = 0;
  for (const pattern of language.catches) {
    for (const match of unit.bare.matchAll(pattern)) {
      const after = unit.bare.slice(match.index + match[0].length, match.index + match[0].length + 240);
      const block =
        language.name === 'python' || language.name === 'ruby'
          ? (/^[^\n]*(?:\n[^\n]*){0,3}/.exec(after)?.[0] ?? '')
          : (/^[^}]*/.exec(after)?.[0] ?? '');
      if (!/\b(?:throw|raise|fail|expect|assert\w*|error|reject|reraise|XCTFail|t\.\w+)\b|assert/i.test(block)) count++;
    }
  }
  return count;
}

/** A return or the end of the program before the first assertion. */
function earlyEnd(unit: Unit): string | undefined {
  if (unit.assertions.length === 0 || unit.kind === 'rest') return undefined;
  const lines = unit.bare.split('\n');
  const first = lines.findIndex((line) =>
    /\b(?:expect|assert\w*|verify|check|t\.(?:Error|Fatal)\w*|XCT\w+|should\w*)\b|\bassert/i.test(line),
  );
  const ahead = lines.slice(1, first < 0 ? undefined : first);
  return ahead
    .find((line) =>
      /^\s*(?:if\s*\(?\s*(?:true|!0|1|True)\s*\)?\s*:?\s*\{?\s*)?(?:return|return;|return None|return nil|exit|exit 0|process\.exit\(0?\)|os\._exit\(0\)|sys\.exit\(0?\));?\s*\}?\s*$/.test(
        line,
      ),
    )
    ?.trim();
}
