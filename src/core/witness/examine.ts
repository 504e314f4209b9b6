import type { FileChange, WitnessFinding } from './change.ts';
import { judgeChecks } from './checks.ts';
import { unproven } from './criteria.ts';
import { followOf } from './follow.ts';
import { judgeFiles } from './hidden.ts';
import { leaveOf } from './leave.ts';
import { isCheckName, isDocument, isFixture, isRecorded } from './paths.ts';
import { judgePlainTests } from './plain.ts';
import { STRENGTH } from './strength.ts';
import { sourceOf } from './units.ts';
import { referencesIn } from './references.ts';
import { judgeSources } from './rigged.ts';
import { judgeTests, sourcesOf } from './tests.ts';

/** What the witness is given. */
export interface Examination {
  readonly changes: readonly FileChange[];
  /** The task as the plan has it, with its title. */
  readonly task: string;
  /** Commands that will decide whether the work counts. */
  readonly commands: readonly string[];
  /** Paths that the task may change. A file named there is what the task makes, even when a verify command runs it. */
  readonly scope?: readonly string[];
  /** Files beside the changed ones that verify commands use, and tests of what changed: path → text on the base. */
  readonly around?: ReadonlyMap<string, string>;
}

/** Findings kept of one change. What is more is as bad as what is there. */
const MOST = 100;

/** Looks at what an attempt changed and says where it weakened what should prove it. Pure, and never fails. */
export function examine({ changes, task, commands, scope, around }: Examination): WitnessFinding[] {
  const said = leaveOf(task);
  const texts = new Map([
    ...(around ?? []),
    ...changes.flatMap(({ path, before }) =>
      before?.text === undefined || before.text === null ? [] : [[path, before.text] as const],
    ),
  ]);
  const { checks: named, scripts } = referencesIn(commands, texts);
  const direct = referencesIn(commands, new Map()).checks;
  const checks = new Set(
    [...named].filter((path) =>
      isCheckScript(path, texts.get(path), scope ?? [], direct.has(path) ? STRENGTH.exact : STRENGTH.part),
    ),
  );
  const read = sourcesOf(changes, checks);
  const others = changes.filter(
    ({ path, after, before }) =>
      !read.before.has(path) &&
      !read.after.has(path) &&
      (after !== undefined || before !== undefined) &&
      !isDocument(path),
  ).length;
  const documents = changes.filter(({ path }) => isDocument(path)).length;
  // A task about tests that leaves the product alone: what it proves is not its own work.
  const alone = changes.every(
    ({ path }) => read.isCheck(path) || isFixture(path) || isRecorded(path) || isDocument(path),
  );
  const leave = { ...said, behaviour: said.behaviour || (said.about && alone) };
  const beside = sourcesOf(
    [...(around ?? [])].map(([path, text]) => ({
      path,
      before: { mode: '100644', text },
      after: { mode: '100644', text },
    })),
    checks,
  );
  const tests = [...beside.before.values()].flatMap(({ units }) => units.flatMap(({ assertions }) => assertions));
  const sources = { ...read, others: others + documents, tests };
  const follows = followOf(sources, leave);
  const findings = [
    ...judgeTests(sources, leave, follows),
    ...judgePlainTests(changes, (path) => read.before.has(path) || read.after.has(path), leave),
    ...judgeChecks(changes, leave, scripts),
    ...judgeSources(sources, leave),
    ...judgeFiles(changes, leave, follows),
    ...unproven(
      task,
      commands,
      [...read.after.values(), ...beside.after.values()].flatMap(({ units }) => units),
    ),
  ];
  const seen = new Set<string>();
  return findings
    .filter(({ rule, path, line, what }) => {
      const key = `${rule} ${path} ${line ?? ''} ${what}`;
      return seen.has(key) ? false : seen.add(key);
    })
    .sort((a, b) => (a.severity === b.severity ? 0 : a.severity === 'error' ? -1 : 1))
    .slice(0, MOST);
}

/** Whether what a verify command runs is a check, and not the program that is made. */
function isCheckScript(path: string, text: string | undefined, scope: readonly string[], least: number): boolean {
  if (isCheckName(path)) return true;
  if (text === undefined || scope.includes(path)) return false;
  const units = sourceOf(path, text, true)?.units ?? [];
  return units.some(({ assertions }) => assertions.some(({ strength }) => strength >= least));
}
