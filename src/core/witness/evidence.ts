/** A count of tests in the output of a runner: how many ran, and how many of them were left out. */
interface Count {
  readonly ran: number;
  readonly words: string;
}

type Reading = (output: string) => Count[];

function all(pattern: RegExp, ran: (match: RegExpMatchArray) => number): Reading {
  return (output) => [...output.matchAll(pattern)].map((match) => ({ ran: ran(match), words: match[0].trim() }));
}

const number = (text: string | undefined): number => (text === undefined ? 0 : Number(text));

/** How runners say what they ran. Each is asked for all that it printed: one that found tests in one place has run some. */
const READINGS: readonly Reading[] = [
  // pytest
  all(/^=*\s*no tests ran\b[^\n]*|^collected 0 items\b[^\n]*/gm, () => 0),
  all(
    /^=+ (?=[^\n]*\b(?:passed|failed|skipped|xfailed|deselected)\b)[^\n]* in [\d.]+s[^\n]*=+$/gm,
    ([line]) =>
      number(/(\d+) passed/.exec(line)?.[1]) +
      number(/(\d+) failed/.exec(line)?.[1]) +
      number(/(\d+) error/.exec(line)?.[1]),
  ),
  // unittest
  all(/^Ran (\d+) tests? in/gm, ([, ran]) => number(ran)),
  // node:test, tap
  all(
    /^(?:#|ℹ) tests (\d+)\n(?:[^\n]*\n){0,8}?(?:#|ℹ) skipped (\d+)/gm,
    ([, ran, skipped]) => number(ran) - number(skipped),
  ),
  all(/^1\.\.0\b[^\n]*/gm, () => 0),
  // Jest, Vitest, Mocha, Jasmine, AVA
  all(
    /^(?:\s*(?:Tests|Tests:)\s+)(?=[^\n]*\d+ (?:total|passed|failed|skipped|todo)|[^\n]*\(\d+\))[^\n]*/gm,
    ([line]) => number(/(\d+) passed/.exec(line)?.[1]) + number(/(\d+) failed/.exec(line)?.[1]),
  ),
  all(
    /^\s*no tests?(?: files?)? (?:were )?found\b[^\n]*|^\s*No test (?:suite|files?) found[^\n]*|^\s*No test specified\b[^\n]*|^\s*Error: no test specified[^\n]*/gim,
    () => 0,
  ),
  all(/^\s*(\d+) passing\b[^\n]*/gm, ([, ran]) => number(ran)),
  all(/^(\d+) specs?, (\d+) failures?/gm, ([, ran]) => number(ran)),
  // Go
  all(/^ok\s+\S+\s+(?:\(cached\)|[\d.]+s)(?:\s+(?:coverage:[^\n]*))?(\s+\[no tests to run\])?$/gm, ([, none]) =>
    none === undefined ? 1 : 0,
  ),
  all(/^\?\s+\S+\s+\[no test files\]$/gm, () => 0),
  all(/^testing: warning: no tests to run$/gm, () => 0),
  // Rust
  all(
    /^test result: \w+\. (\d+) passed; (\d+) failed;[^\n]*/gm,
    ([, passed, failed]) => number(passed) + number(failed),
  ),
  // JVM
  all(
    /Tests run: (\d+), Failures: \d+, Errors: \d+, Skipped: (\d+)/g,
    ([, ran, skipped]) => number(ran) - number(skipped),
  ),
  all(/^(?:\[INFO\] )?No tests (?:to run|were executed)[^\n]*|^> Task \S*:test (?:NO-SOURCE|SKIPPED)$/gm, () => 0),
  // Ruby
  all(/^(\d+) examples?, \d+ failures?(?:, (\d+) pending)?/gm, ([, ran, pending]) => number(ran) - number(pending)),
  all(
    /^(\d+) (?:runs|tests), \d+ assertions, \d+ failures, \d+ errors, (\d+) skips/gm,
    ([, ran, skipped]) => number(ran) - number(skipped),
  ),
  // .NET
  all(/^No test is available in[^\n]*|^No test matches the given[^\n]*/gm, () => 0),
  all(
    /(?:Passed!|Failed!|Skipped!)\s+- Failed:\s+(\d+), Passed:\s+(\d+), Skipped:\s+\d+/g,
    ([, failed, passed]) => number(failed) + number(passed),
  ),
  all(/^Total tests: (\d+)/gm, ([, ran]) => number(ran)),
  // PHP
  all(/^No tests executed!/gm, () => 0),
  all(/^OK \((\d+) tests?, \d+ assertions?\)/gm, ([, ran]) => number(ran)),
  // Swift
  all(/Executed (\d+) tests?, with/g, ([, ran]) => number(ran)),
  all(/Test run with (\d+) tests? (?:in \d+ suites? )?(?:passed|failed)/g, ([, ran]) => number(ran)),
  // Anything else that says so
  all(
    /^\s*(?:ran |running |executed |found )?0 tests?\b(?! (?:failed|skipped|failures|failing|ignored|pending))[^\n]*/gim,
    () => 0,
  ),
];

/** Bytes of the end of an output in which runners say what they ran. */
export const SAID = 64 * 1024;

/** What a command printed that passed though no test ran; `undefined` where some ran, or it is no runner of tests. */
export function ranNothing(output: string): string | undefined {
  const plain = output.replace(/\u001b\[[\d;]*m/g, '');
  const counts = READINGS.flatMap((reading) => reading(plain));
  const [first] = counts;
  return first !== undefined && counts.every(({ ran }) => ran <= 0)
    ? first.words.replace(/\s+/g, ' ').slice(0, 200)
    : undefined;
}
