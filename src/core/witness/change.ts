/** One side of a changed path. */
export interface Side {
  /** Six octal digits of git: `100644`, `100755`, `120000` (a symbolic link), `160000` (an embedded repository). */
  readonly mode: string;
  /** `null`: not text, or longer than {@link MOST_TEXT}. */
  readonly text: string | null;
}

/** What an attempt did to one path: without `before` it is new, without `after` it is gone. */
export interface FileChange {
  readonly path: string;
  readonly before?: Side;
  readonly after?: Side;
}

/** Bytes of a file that are looked at; longer ones are generated, and only their coming and going is judged. */
export const MOST_TEXT = 1024 * 1024;

/** What kind of weakening a finding is about. The policy can be set for each. */
export type WitnessRule =
  /** A test is gone, and nothing took its place. */
  | 'deleted'
  /** A test is there and does not run any more, or others do not because it is singled out. */
  | 'skipped'
  /** A test asks for less. */
  | 'loosened'
  /** A test asks for something else. */
  | 'rewritten'
  /** A test that cannot fail. */
  | 'hollow'
  /** What is under test was replaced by a stand-in. */
  | 'mocked'
  /** What decides whether checks pass was changed: scripts, configuration, thresholds, the run of the tests itself. */
  | 'repointed'
  /** Recorded results (snapshots, golden files, fixtures) were made to fit. */
  | 'recorded'
  /** A remark in the source makes a checker look away. */
  | 'suppressed'
  /** The source behaves differently when it is tested, or knows the answers of the tests. */
  | 'rigged'
  /** The work is a stub, or changes nothing that a program does. */
  | 'empty'
  /** A criterion of the task is shown by no test and no command. */
  | 'unproven'
  /** Something that the plan froze was changed. */
  | 'frozen'
  /** A path outside of the scope of the task was changed. */
  | 'outside'
  /** A file that git ignores, outside of the scope, decides how programs run. */
  | 'ignored'
  /** Files are hidden from git, or from those who look at the change. */
  | 'hidden'
  /** The tests that it changed fail on its result as they were before it. */
  | 'old_tests';

/** One remark of the witness on a change. `error`: a check was weakened; `warning`: worth a look. */
export interface WitnessFinding {
  readonly rule: WitnessRule;
  readonly severity: 'error' | 'warning';
  readonly path: string;
  /** From 1, in the file as it is after the change, or, where it is gone, as it was. */
  readonly line?: number;
  /** One sentence without full stop. */
  readonly what: string;
}

/** Something for one line of a finding. */
export function short(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 90 ? `${line.slice(0, 87)}...` : line;
}
