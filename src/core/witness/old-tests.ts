import { oneLine } from '../base/text.ts';
import type { FileChange, WitnessFinding } from './change.ts';
import type { Leave } from './leave.ts';
import { isDocument, isFixture, isRecorded, isTestPath, stemOf } from './paths.ts';

/*
 * The tests that a change altered or took away, as they were on its base, put back into its result: whether the commands that prove the
 * task pass with them needs no understanding of what the tests say.
 */

/** What makes the tests of a result those of its base again, and what is to be run there. */
export interface OldTests {
  /** Changed and deleted tests, their data and recorded results: they become what they were. */
  readonly restored: readonly string[];
  /** New tests that no command names: with them gone, the tests are those of the base and no others. */
  readonly removed: readonly string[];
  /** The commands, without those that name new tests and no old ones. */
  readonly commands: readonly string[];
}

/** Why nothing is run: `alone`, because with the tests as they were nothing would be left of the change. */
type NotRun = 'none-changed' | 'alone' | 'no-command';

/** Which tests are put back, and which commands run then. Pure; changes of any size. */
export function oldTestsOf(changes: readonly FileChange[], commands: readonly string[]): OldTests | NotRun {
  const others = changes.filter(({ path }) => !isTest(path) && !isDocument(path));
  // A source that is gone or lies elsewhere now takes the tests of its name with it: as they were, they could only fail.
  const gone = new Set(others.filter(({ after }) => after === undefined).map(({ path }) => stemOf(path)));
  const restored = changes
    .filter(
      ({ path, before, after }) => isTest(path) && isFile(before?.mode) && (after === undefined || isFile(after.mode)),
    )
    .map(({ path }) => path)
    .filter((path) => !gone.has(stemOf(path)));
  // What documents lie among tests shows nothing by itself.
  if (restored.every((path) => isDocument(path) && !isRecorded(path))) return 'none-changed';
  if (others.length === 0) return 'alone';
  const added = changes.filter(
    ({ path, before, after }) => isTest(path) && before === undefined && isFile(after?.mode),
  );
  const fresh = added.map(({ path }) => path);
  const kept = commands.filter(
    (command) => restored.some((path) => names(command, path)) || !fresh.some((path) => names(command, path)),
  );
  if (kept.length === 0) return 'no-command';
  return {
    restored,
    removed: fresh.filter((path) => !kept.some((command) => names(command, path))),
    commands: kept,
  };
}

function isTest(path: string): boolean {
  return isTestPath(path) || isFixture(path) || isRecorded(path);
}

function isFile(mode: string | undefined): boolean {
  return mode?.startsWith('100') === true;
}

/** Whether a command names a file: by its path, or by its name with or without extension, as runners of tests take it. */
function names(command: string, path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]+$/, '');
  if (name === '') return command.includes(path);
  return new RegExp(String.raw`(?<![\w-])${name.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}(?![\w-])`).test(
    command,
  );
}

/**
 * What follows from tests that fail as they were.
 *
 * @param policy  `witness.old_tests`
 * @param excused  the task lets tests or what they expect change, or a person has accepted what the change does to them
 * @param again  an earlier attempt of the task was rejected for the same: an agent that insists may have a reason, and a person decides
 */
export function oldTestsVerdict(
  outcome: OldTestsOutcome,
  policy: 'reject' | 'ask' | 'warn',
  { excused, again }: { readonly excused: boolean; readonly again: boolean },
): OldTestsVerdict {
  if (outcome === 'pass') return 'passed';
  if (outcome === 'unclear' || excused || policy === 'warn') return 'warned';
  return policy === 'ask' || again ? 'asked' : 'rejected';
}

/** Whether the text of a task lets tests fail as they were: it speaks of them, of another behaviour, or of taking something away. */
export function letsTestsFail({ tests, behaviour, removal, fixed }: Leave): boolean {
  return !fixed && (tests || behaviour || removal);
}

/** The command that failed, as a verification tells it. */
interface Failed {
  readonly command: string;
  readonly exit_code: number | null;
  readonly reason: string;
  readonly tail: string;
}

/** What a run with the tests as they were came to: `unclear`, where it says nothing of them. */
export type OldTestsOutcome = 'pass' | 'fail' | 'unclear';

/** Reads a failed command; without one all passed. */
export function outcomeOfOldTests(failed: Failed | undefined): OldTestsOutcome {
  if (failed === undefined) return 'pass';
  // A command that ran somewhere else, or ran no test, failed at nothing that they ask for.
  if (failed.exit_code === 0) return 'pass';
  return /^set-up: |^could not be started/.test(failed.reason) || failed.exit_code === 127 ? 'unclear' : 'fail';
}

/** What follows: as for other findings, `passed` where there is nothing to say. */
export type OldTestsVerdict = 'passed' | 'warned' | 'asked' | 'rejected';

/** The finding; `undefined` where there is nothing to say. It says what happened, and not why: nobody knows that here. */
export function oldTestsFinding(
  paths: readonly string[],
  failed: Failed | undefined,
  verdict: OldTestsVerdict,
  excused: boolean,
): WitnessFinding | undefined {
  const [path = ''] = paths;
  if (verdict === 'passed' || failed === undefined) return undefined;
  const more = paths.length > 1 ? ` (and ${paths.length - 1} more)` : '';
  const command = `${oneLine(failed.command, 60)}: ${oneLine(failed.reason, 60)}`;
  const severity = verdict === 'warned' ? 'warning' : 'error';
  if (outcomeOfOldTests(failed) === 'unclear') {
    const what = `the tests as they were${more} could not be tried on the result: ${command}`;
    return { rule: 'old_tests', severity, path, what };
  }
  const why = excused
    ? 'as the task lets them'
    : verdict === 'warned'
      ? 'which is right where the task changes what they test'
      : 'and the task does not say that they change';
  const said = tellingLines(failed.tail);
  const what = `the tests as they were${more} fail on the result, ${why}: ${command}${said === '' ? '' : `: ${said}`}`;
  return { rule: 'old_tests', severity, path, what };
}

/** The first lines of an output that say what failed, or else its last ones. */
function tellingLines(tail: string): string {
  const lines = tail
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /\w/.test(line));
  const telling = lines.filter((line) =>
    /^not ok\b|\bFAIL(?:ED|URE)?\b|\bfail(?:ed|ure)\b|\b\w*Error\b|\berror\b|\bexpected\b|\bassert\w*/i.test(line),
  );
  return oneLine((telling.length > 0 ? telling.slice(0, 2) : lines.slice(-2)).join('; '), 120);
}
