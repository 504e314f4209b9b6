import type { Evidence, SignalKind } from '../run/import-event.ts';

/*
 * Whether a task that somebody else began is done. Every signal is something that was found, never something that was
 * concluded; doing work again costs less than leaving it out, so whatever speaks against a task makes it possible, not done.
 */

/** What a task says of itself, and what its own records say of it. */
export interface TaskClaims {
  readonly id: string;
  readonly title: string;
  /** Paths that it is to create, those that are tests among them apart; paths that it may change say nothing. */
  readonly creates: readonly string[];
  readonly tests: readonly string[];
  /** Files of tests that its scope or its verify commands name and that it is not said to write. */
  readonly named?: readonly string[];
  /** Paths that it may change. */
  readonly scope: readonly string[];
  /** Its boxes: how many there are, how many are ticked. */
  readonly boxes: { readonly count: number; readonly ticked: number };
  /** Its own records call it done, at this place; absent: they do not. */
  readonly stated?: { readonly what: string; readonly where: string };
  /** Its own records call it something else: pending, under way, blocked. */
  readonly against?: { readonly what: string; readonly where: string };
  /** Commits that its records name, short or whole. */
  readonly commits: readonly string[];
  /** What became of its verify commands, where they were run on the base. */
  readonly ran?: { readonly passed: boolean; readonly what: string; readonly where: string };
}

/** A commit that the base of the run holds. */
export interface BaseCommit {
  readonly id: string;
  readonly subject: string;
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What git says of the commit that the run begins on. */
export interface Past {
  /** Newest first; bounded by whoever reads them. */
  readonly commits: readonly BaseCommit[];
  /** What commits that are named in records are: whole id → whether the base holds it. Names that git does not know are missing. */
  readonly known: ReadonlyMap<string, { readonly id: string; readonly inBase: boolean }>;
  /** Paths of the tree of the base; `undefined`: unknown. */
  readonly files: ReadonlySet<string> | undefined;
  /** Paths that were there before the plan began; `undefined`: unknown. */
  readonly before: ReadonlySet<string> | undefined;
  /** The last commit before the plan began; absent: unknown. */
  readonly start?: string;
  /** Texts of files of tests that tasks name, by path. */
  readonly texts?: ReadonlyMap<string, string>;
}

export interface Completion {
  readonly verdict: 'done' | 'possibly_done' | 'not_done';
  readonly evidence: readonly Evidence[];
  /** What speaks against its being done. */
  readonly against: readonly string[];
  /** The newest commit of the base that holds its work. */
  readonly commit?: string;
}

/** How a plan's commits name it: `slug` in a message makes `T3` in it mean a task of this plan. */
export interface InferOptions {
  readonly slug: string;
  /** Milliseconds since 1970: older commits are of another plan; `undefined`: unknown. */
  readonly since: number | undefined;
}

/**
 * What a task is found to be. `done`: at least two kinds of signals, git or files among them, and nothing against it;
 * `possibly_done`: anything less that still says something; else `not_done`.
 */
export function inferCompletion(task: TaskClaims, past: Past, options: InferOptions): Completion {
  const evidence: Evidence[] = [];
  const against: string[] = [];
  if (task.stated !== undefined) evidence.push({ signal: 'log', ...task.stated });
  if (task.against !== undefined) against.push(`${task.against.what} (${task.against.where})`);
  const commit = gitSignals(task, past, options, evidence, against);
  fileSignals(task, past, evidence, against);
  testSignals(task, past, evidence);
  if (task.ran?.passed === true) evidence.push({ signal: 'tests', what: task.ran.what, where: task.ran.where });
  else if (task.ran !== undefined) against.push(`${task.ran.what} (${task.ran.where})`);
  const { count, ticked } = task.boxes;
  if (count > 0 && ticked === count)
    evidence.push({
      signal: 'box',
      what: count === 1 ? 'its box is ticked' : `all ${count} boxes are ticked`,
      where: 'plan.md',
    });
  const kinds = new Set<SignalKind>(evidence.map(({ signal }) => signal));
  const proven = kinds.size >= 2 && (kinds.has('git') || kinds.has('files'));
  const verdict = evidence.length === 0 ? 'not_done' : proven && against.length === 0 ? 'done' : 'possibly_done';
  return { verdict, evidence, against, ...(commit === undefined ? {} : { commit }) };
}

/** Words of a subject that say that the work was only begun. */
const UNFINISHED =
  /\b(?:wip|work in progress|start(?:s|ed)?|begin|began|part(?:ial(?:ly)?)?|draft|stub|todo|prepare|revert)\b/i;

function gitSignals(
  task: TaskClaims,
  past: Past,
  { slug, since }: InferOptions,
  evidence: Evidence[],
  against: string[],
): string | undefined {
  let newest: string | undefined;
  const reverted = revertedIn(past.commits);
  for (const name of task.commits) {
    const known = past.known.get(name);
    if (known === undefined) against.push(`its records name the commit ${name}, which git does not know`);
    else if (!known.inBase) against.push(`the commit ${known.id.slice(0, 12)} is not in the base of the run`);
    else if (reverted.has(known.id)) against.push(`the commit ${known.id.slice(0, 12)} was reverted`);
    else {
      evidence.push({
        signal: 'git',
        what: `its records name the commit ${known.id.slice(0, 12)}, which the base holds`,
        where: known.id,
      });
      newest ??= known.id;
    }
  }
  if (task.commits.length > 0) return newest;
  for (const one of past.commits) {
    if (since !== undefined && one.at < since - 86_400_000) break;
    if (!names(one, task.id, slug) || UNFINISHED.test(one.subject)) continue;
    if (reverted.has(one.id)) {
      against.push(`the commit ${one.id.slice(0, 12)} was reverted`);
      continue;
    }
    evidence.push({ signal: 'git', what: `the commit "${one.subject.slice(0, 80)}" names it`, where: one.id });
    newest ??= one.id;
    break;
  }
  return newest;
}

/** Whether a commit is about this task: its message names the plan and the task. */
function names({ subject, body }: BaseCommit, id: string, slug: string): boolean {
  const text = `${subject}\n${body}`;
  if (!text.toLowerCase().includes(slug.toLowerCase())) return false;
  const number = /^T(\d+(?:\.\d+)*)$/.exec(id)?.[1];
  const word = (part: string): RegExp =>
    new RegExp(`(?<![\\w.-])${part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-]|\\.\\d)`, 'i');
  return word(id).test(text) || (number !== undefined && word(`task ${number}`).test(text));
}

function revertedIn(commits: readonly BaseCommit[]): ReadonlySet<string> {
  const all = commits.flatMap(({ body }) =>
    [...body.matchAll(/This reverts commit ([0-9a-f]{40,64})/g)].map(([, id]) => id ?? ''),
  );
  return new Set(all);
}

function fileSignals(task: TaskClaims, { files, before }: Past, evidence: Evidence[], against: string[]): void {
  if (files === undefined) return;
  const look = (signal: 'files' | 'tests', paths: readonly string[], what: string): void => {
    // What was there before the plan began is nothing that it made.
    const made = before === undefined ? paths : paths.filter((path) => !before.has(path));
    if (made.length === 0) return;
    const there = made.filter((path) => files.has(path));
    if (there.length === made.length)
      evidence.push({
        signal,
        what: `${what} ${made.length === 1 ? 'is' : 'are'} there`,
        where: there.slice(0, 5).join(', '),
      });
    else if (there.length > 0 || task.stated !== undefined)
      against.push(
        `${made
          .filter((path) => !files.has(path))
          .slice(0, 3)
          .join(', ')} ${made.length - there.length === 1 ? 'is' : 'are'} missing`,
      );
  };
  look('files', task.creates, 'what it was to create');
  look('tests', task.tests, 'the tests that it was to write');
}

/**
 * Tests that a task names and is not said to write: they tell of it when they came with the plan, or when they mention a file that the
 * task was to create. That they are there is no more than that.
 */
function testSignals(task: TaskClaims, { files, before, texts }: Past, evidence: Evidence[]): void {
  const made = task.creates
    .filter((path) => before?.has(path) !== true)
    .map((path) => path.slice(path.lastIndexOf('/') + 1).replace(/\..*$/, ''))
    .filter((stem) => stem.length >= 3 && stem !== 'index' && stem !== 'main');
  for (const path of task.named ?? []) {
    if (files?.has(path) !== true) continue;
    const came = before?.has(path) === false;
    const text = texts?.get(path) ?? '';
    const stem = made.find((one) =>
      new RegExp(`(?<![\\w-])${one.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`).test(text),
    );
    if (!came && stem === undefined) continue;
    const what =
      stem === undefined ? 'a test that it names came with the plan' : `a test that it names mentions ${stem}`;
    evidence.push({ signal: 'tests', what, where: path });
    return;
  }
}
