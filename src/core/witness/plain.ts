import { literalsOf } from './assertions.ts';
import { type FileChange, short, type WitnessFinding } from './change.ts';
import { allowed, type Leave } from './leave.ts';
import { isDocument, isFixture, isRecorded, isTestPath } from './paths.ts';

/*
 * Test files in languages that the witness cannot read: Haskell, Perl, Julia, F#, R, Clojure and whatever else there is. Nearly all of them say
 * in one line that something is asserted, and in one word that a test does not run; more than lines is not known of them.
 */

/** Words that keep a test from running, or from failing, in any of these languages. */
const SKIPS: readonly RegExp[] = [
  // Hspec, Expecto, Clojure, Elm, OCaml: a letter or a word before the word for a test.
  /(?<![\w.'-])(?:x|p)(?:it|describe|test|context|specify|prop|testCase|testList|testProperty|testTheory|testCaseAsync|testTask)(?![\w'-])/,
  /@test_(?:broken|skip)\b|\bbroken\s*=\s*true/,
  /\b(?:SkipZigTest|skip_if\w*|skip_on_\w+|skip_test|skipTest|ignoreTest|skip_all|expectFail\w*|ptestCase|pendingWith)\b/,
  /(?<![\w.'"-])(?:SKIP|TODO)\s*:\s*\{|\$TODO\b/,
  /(?<![\w.'"-])(?:skip|pending|todo|xfail|disabled)(?=\s*(?:\(|<\||\$|"|'|;|do\b|$))/,
  /\^:(?:skip|pending|kaocha\/(?:skip|pending)|broken)\b/,
];

/** What asserts something, in one line. */
const ASSERTS =
  /(?<![\w'])(?:assert\w*|expect\w*|should\w*|@test(?:_throws|_logs|_warn|_nowarn|_deprecated)?(?=\s)|check\w*|verify\w*|refute\w*|ensure|require|is(?:_deeply|nt)?|ok|like|unlike|cmp_ok|throws_ok|dies_ok|lives_ok|is-deeply|cmp-ok|throws-like|testing\.expect\w*|Expect\.\w+|stopifnot|quickCheck|thrown\?)(?![\w'])|@\?=|@=\?|`shouldBe`|=:=|===|!\?/i;

/** What became of the tests in files of a language that is not known: `known` says of a path that its language is. */
export function judgePlainTests(
  changes: readonly FileChange[],
  known: (path: string) => boolean,
  leave: Leave,
): WitnessFinding[] {
  const plain = changes.filter(
    ({ path }) => isTestPath(path) && !known(path) && !isDocument(path) && !isFixture(path) && !isRecorded(path),
  );
  const added = plain.flatMap(({ before, after }) => linesOf(after?.text, linesOf(before?.text)));
  return plain.flatMap(({ path, before, after }): WitnessFinding[] => {
    const old = linesOf(before?.text);
    const now = linesOf(after?.text);
    const findings: WitnessFinding[] = [];
    const skips = now.filter(isSkip);
    if (skips.length > old.filter(isSkip).length && old.length > 0 && !leave.quarantine) {
      const line = skips.find((each) => !old.includes(each)) ?? skips[0] ?? '';
      findings.push({ rule: 'skipped', severity: 'error', path, what: `a test does not run any more: ${short(line)}` });
    }
    for (const line of linesOf(before?.text, now).filter((each) => ASSERTS.test(each) && !isSkip(each))) {
      const literals = literalsOf(line);
      // Said otherwise, or somewhere else: its values are still asserted.
      if (literals.length === 0 || added.some((each) => literals.every((one) => literalsOf(each).includes(one))))
        continue;
      const other = linesOf(after?.text, old).find((each) => unvalued(each) === unvalued(line));
      const gained = other === undefined ? [] : literalsOf(other);
      const removed = after === undefined && leave.removal;
      const excused = leave.tests || removed || (other !== undefined && (leave.behaviour || allowed(leave, gained)));
      findings.push({
        rule: after === undefined ? 'deleted' : other === undefined ? 'loosened' : 'rewritten',
        severity: excused ? 'warning' : 'error',
        path,
        what:
          other === undefined
            ? `it is not asserted any more: \`${short(line)}\``
            : `it expects something else: \`${short(line)}\` became \`${short(other)}\``,
      });
    }
    return findings;
  });
}

/** A line without its values: by this one is told from what became of it. */
function unvalued(line: string): string {
  return literalsOf(line)
    .toSorted((a, b) => b.length - a.length)
    .reduce((text, literal) => text.replaceAll(literal, '#'), line.replace(/["`]/g, "'"));
}

function isSkip(line: string): boolean {
  return SKIPS.some((each) => each.test(line));
}

/** Lines without indentation and comments, those of `besides` left out as often as they stand there. */
function linesOf(text: string | null | undefined, besides: readonly string[] = []): string[] {
  const left = [...besides];
  return (text ?? '')
    .split('\n')
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .filter((line) => line !== '' && !/^(?:#(?!\[)|--|;|\/\/|%|\(\*)/.test(line))
    .filter((line) => {
      const at = left.indexOf(line);
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    });
}
