import { printable } from '../../core/base/text.ts';
import { inScope } from '../../core/plan/scope.ts';
import { commitText } from '../../core/run/commit-text.ts';
import type { Digest } from '../../core/run/contract.ts';
import { commandsOf } from '../../core/run/queue/commands.ts';
import type { RunEvent } from '../../core/run/event.ts';
import type { Attempt, TaskState } from '../../core/run/state.ts';
import { findingWords, heard, ignoredOutside, ignoredPolicy, verdictOf } from '../../core/run/witnessing.ts';
import type { FileChange, WitnessFinding } from '../../core/witness/change.ts';
import { claimedCommits, falseClaims } from '../../core/witness/claims.ts';
import { examine } from '../../core/witness/examine.ts';
import { judgeIgnored, LOOKED_INTO } from '../../core/witness/ignored.ts';
import { isTestPath, stemOf } from '../../core/witness/paths.ts';
import { referencesIn } from '../../core/witness/references.ts';
import type { Collected, FileEdit } from '../git/repositories.ts';
import { frozenFindings, touchedFrozen } from '../../core/run/finish/frozen.ts';
import { isTester, unshown, unshownWords, untested } from '../../core/run/finish/rows.ts';
import { testsOf } from './balance.ts';
import { attemptFile } from '../paths.ts';
import type { Performing } from './performer.ts';
import { textsFor } from './subplan-texts.ts';

/** What an attempt that says it is done left behind. */
export interface Work {
  readonly task: TaskState;
  readonly attempt: Attempt;
  /** Scope of the task whose sub-plan this one belongs to. */
  readonly above: readonly string[];
  readonly collected: Collected;
  readonly digest: Digest;
  /** The digest is the agent's own, not one that we derived. */
  readonly claimed: boolean;
}

/** What was found, and, when it stands against the claim that the task is done, why in one sentence. */
export interface Seen {
  readonly events: readonly RunEvent[];
  readonly objection: string | undefined;
  /** The work that counts: without what was taken back. */
  readonly kept: Collected;
}

/** Compares the claim that a task is done with what git shows, and looks at what was done to tests and checks. */
export async function witness(given: Work, performing: Performing): Promise<Seen> {
  const of = { task: given.task.task.id, attempt: given.attempt.number };
  const bounds = withinBounds(given);
  const policy = performing.state().settings?.witness?.scope ?? 'reject';
  const kept =
    bounds?.event === 'scope_violated' && policy === 'revert'
      ? await takenBack(given, new Set(bounds.all), performing)
      : given.collected;
  const events: RunEvent[] = [];
  if (bounds !== undefined) {
    const reverted = kept !== undefined && kept !== given.collected && kept.changed.length > 0;
    const asked = bounds.event === 'scope_violated' && policy === 'ask';
    const unseen = given.collected.changed.length === 0 ? await unseenIn(given, performing) : '';
    if (bounds.event === 'witness_failed') events.push({ ...bounds, check: `${bounds.check}${unseen}`, ...of });
    else
      events.push({
        event: 'scope_violated',
        ...of,
        paths: bounds.all.slice(0, 50),
        policy: reverted ? 'revert' : asked ? 'ask' : 'reject',
      });
    if (!reverted && !asked) {
      const objection =
        bounds.event === 'scope_violated' ? 'it changed paths outside of its scope' : `${bounds.check}${unseen}`;
      return { events, objection, kept: given.collected };
    }
  }
  const work = { ...given, collected: kept ?? given.collected };
  const untold = await withoutTests(work, performing);
  if (untold !== undefined)
    return { events: [...events, { ...untold, ...of }], objection: untold.check, kept: work.collected };
  const seen = await examined(
    work,
    given.collected.changed.map(({ path }) => path),
    bounds?.event === 'scope_violated' && policy === 'ask' ? bounds.all : [],
    performing,
  );
  return { events: [...events, ...seen.events], objection: seen.objection, kept: work.collected };
}

/** Claims of the digest, and what the change does to tests and checks. `outside` are paths that a person is asked about. */
async function examined(
  work: Work,
  changed: readonly string[],
  outside: readonly string[],
  performing: Performing,
): Promise<Omit<Seen, 'kept'>> {
  const of = { task: work.task.task.id, attempt: work.attempt.number };
  const settings = performing.state().settings?.witness;
  if (settings === undefined || work.collected.changed.length === 0) return { events: [], objection: undefined };
  const events: RunEvent[] = [];
  // What was taken back was changed all the same.
  const lies = work.claimed ? falseClaims(work.digest, changed) : [];
  for (const id of work.claimed ? claimedCommits(work.digest.summary) : []) {
    if (!(await performing.git.isCommit(id)))
      lies.push({ claim: `commit ${id}`, check: 'there is no such commit, neither in its worktree nor before it' });
  }
  for (const lie of lies) events.push({ event: 'witness_failed', ...of, ...lie });
  const changes = await performing.git.changeTexts(work.attempt.base, work.collected.commit);
  const commands = commandsOf(performing.state(), work.task);
  const text = await textsFor(performing.io, performing.paths, performing.state(), performing.texts, work.task);
  const around = await textsAround(changes, commands, work.attempt.base, performing);
  const found = heard(
    examine({
      changes,
      task: `${work.task.task.title}\n\n${text.goal}`,
      commands,
      scope: work.task.task.scope,
      around,
    }),
    settings,
  );
  const hidden = await ignoredIn(work, performing);
  const findings: WitnessFinding[] = [
    ...outside.map((path) => ({
      rule: 'outside' as const,
      severity: 'error' as const,
      path,
      what: 'it is outside of the scope',
    })),
    ...(settings.rules?.frozen === 'off' ? [] : frozenFindings(performing.state(), work.task, changes)),
    ...found,
    ...heard(judgeIgnored(hidden), settings),
  ];
  const strict = verdictOf(findings, {
    ...settings,
    rules: {
      ...settings.rules,
      outside: settings.rules?.outside ?? 'ask',
      ignored: ignoredPolicy(settings),
      // An agent that insists may have a reason: then a person decides.
      frozen: settings.rules?.frozen ?? (touchedFrozen(work.task) ? 'ask' : 'reject'),
    },
  });
  const verdict = strict;
  const { commit, tree } = work.collected;
  events.push({
    event: 'change_examined',
    ...of,
    commit,
    tree,
    findings,
    verdict,
    ...(hidden.length === 0 ? {} : { ignored: hidden.slice(0, MOST_LISTED).map(({ path }) => path) }),
  });
  const [lie] = lies;
  if (lie !== undefined && settings.claims === 'reject')
    return { events, objection: `it claims ${lie.claim}, but ${lie.check}` };
  const worst = findings.find(({ severity }) => severity === 'error');
  return {
    events,
    objection:
      verdict === 'rejected' && worst !== undefined
        ? `${OBJECTIONS[worst.rule] ?? 'it weakened what should prove it'}: ${findingWords(worst)}`
        : undefined,
  };
}

/** What a rejected change did, where it is not that it weakened a check. */
const OBJECTIONS: Readonly<Partial<Record<WitnessFinding['rule'], string>>> = {
  frozen: 'it changed what the plan froze',
  ignored: 'it wrote outside of its scope',
};

/** The contracts of a stream row by row: what asks for a test that the tree does not have. */
async function withoutTests(
  { task, collected }: Work,
  performing: Performing,
): Promise<{ readonly event: 'witness_failed'; readonly claim: string; readonly check: string } | undefined> {
  const state = performing.state();
  if (untested(state, task, []).length + unshown(state, task, []).length === 0) return undefined;
  const tests = await testsOf(collected.commit, performing);
  const failed = { event: 'witness_failed', claim: 'completed' } as const;
  const rows = untested(state, task, tests);
  if (rows.length === 0) {
    const dark = unshown(state, task, tests);
    return dark.length === 0 ? undefined : { ...failed, check: unshownWords(dark) };
  }
  const words = rows.slice(0, 8).map(({ id, criteria, text }) => `${id} (${criteria.join(', ')}: ${text})`);
  return {
    ...failed,
    check: `the test mandate is not fulfilled: no test names the criterion of ${words.join('; ')}${rows.length > 8 ? '; …' : ''}`,
  };
}

/** Ignored paths that are listed in the log. */
const MOST_LISTED = 50;

/** What the attempt wrote where git does not look, and its scope does not reach. */
async function ignoredIn(
  { task, above, attempt }: Work,
  { git, paths }: Performing,
): Promise<ReturnType<typeof ignoredOutside>> {
  const path = `${paths.worktrees}/${attemptFile(task.task.id, attempt.number)}`;
  const found = await git.ignored(path, attempt.ready ?? attempt.started, LOOKED_INTO);
  return ignoredOutside(found, [task.task.scope, above]);
}

/** Why nothing changed although something was written: what git ignores is never committed, however much it is in scope. */
async function unseenIn({ task, attempt }: Work, { git, paths }: Performing): Promise<string> {
  const path = `${paths.worktrees}/${attemptFile(task.task.id, attempt.number)}`;
  const found = await git.ignored(path, attempt.ready ?? attempt.started, LOOKED_INTO);
  const own = found.map((one) => one.path).filter((one) => inScope(task.task.scope, one));
  return own.length === 0 ? '' : `: git ignores what it wrote (${list(own)}); see git check-ignore -v ${own[0]}`;
}

type Bounds =
  | { readonly event: 'scope_violated'; readonly all: readonly string[] }
  | { readonly event: 'witness_failed'; readonly claim: string; readonly check: string };

/** What git shows against the claim at once: nothing changed, too much changed, or what can never land. */
function withinBounds({ task, above, collected }: Work): Bounds | undefined {
  const { changed } = collected;
  const gitlinks = changed.filter((one) => one.kind === 'gitlink');
  if (gitlinks.length > 0) {
    const check = `it holds an embedded repository: ${list(gitlinks.map((one) => one.path))}`;
    return { event: 'witness_failed', claim: 'completed', check };
  }
  if (task.task.nonCommitting)
    return changed.length === 0 ? undefined : { event: 'scope_violated', all: changed.map(({ path }) => path) };
  // Who finds all the tests there that it was to write has nothing to change.
  if (changed.length === 0 && isTester(task)) return undefined;
  if (changed.length === 0) return { event: 'witness_failed', claim: 'completed', check: 'no file changed' };
  // A sub-plan cannot give its tasks more than the brief that it was written for.
  const all = changed
    .map(({ path }) => path)
    .filter((path) => !inScope(task.task.scope, path) || !inScope(above, path));
  return all.length > 0 ? { event: 'scope_violated', all } : undefined;
}

/** The work without what it did to these paths; `undefined` where that cannot be taken back. */
async function takenBack(
  { task, attempt, collected, digest }: Work,
  paths: ReadonlySet<string>,
  performing: Performing,
): Promise<Collected | undefined> {
  const { git } = performing;
  const edits: FileEdit[] = [];
  for (const change of await git.changeTexts(attempt.base, collected.commit)) {
    if (!paths.has(change.path)) continue;
    const plain = (mode: string | undefined): boolean => mode === undefined || mode.startsWith('100');
    // Links and modes are no contents: such work goes back as a whole.
    if (!plain(change.before?.mode) || !plain(change.after?.mode)) return undefined;
    if (change.before !== undefined && change.after !== undefined && change.before.mode !== change.after.mode)
      return undefined;
    const content = change.before === undefined ? undefined : await git.read(attempt.base, change.path);
    if (
      change.before !== undefined &&
      (content === undefined || change.before.mode !== '100644') &&
      change.after === undefined
    )
      return undefined;
    if (change.before !== undefined && content === undefined) return undefined;
    edits.push({ path: change.path, content });
  }
  const text = commitText(performing.state(), task.task, attempt.number, digest.summary, attempt.started);
  const { commit, tree } = await git.amend(collected.commit, edits, attempt.base, text);
  return { ...collected, commit, tree, changed: collected.changed.filter(({ path }) => !paths.has(path)) };
}

function list(paths: readonly string[]): string {
  return paths.slice(0, 5).map(printable).join(', ') + (paths.length > 5 ? ', …' : '');
}

/** Hand-overs from one script to the next that are followed, and tests beside the change that are read. */
const STEPS = 3;
const MOST_TESTS = 40;

/** What the change has to be seen beside: the scripts that verify commands run, and the tests of the files that changed. */
async function textsAround(
  changes: readonly FileChange[],
  commands: readonly string[],
  base: string,
  { git }: Performing,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const paths = await git.pathsOf(base);
  const there = new Set(paths);
  const stems = new Set(changes.filter(({ path }) => !isTestPath(path)).map(({ path }) => stemOf(path)));
  let wanted = [
    ...['package.json', 'Makefile'].filter((path) => there.has(path)),
    ...paths.filter((path) => isTestPath(path) && stems.has(stemOf(path))).slice(0, MOST_TESTS),
  ];
  for (let step = 0; step < STEPS; step++) {
    for (const [path, text] of await git.textsOf(base, wanted)) found.set(path, text);
    wanted = [...referencesIn(commands, found).checks].filter((path) => there.has(path) && !found.has(path));
    if (wanted.length === 0) break;
  }
  return found;
}
