import { amendmentName } from '../core/run/amend/gate.ts';

/** Where everything of one run lives. Absolute paths. */
export interface RunPaths {
  /** The user's work tree. */
  readonly root: string;
  /** Committed: `<root>/docs/masterplan/<slug>`. */
  readonly bundle: string;
  readonly log: string;
  readonly stateFile: string;
  readonly plan: string;
  readonly index: string;
  readonly briefs: string;
  readonly digests: string;
  /** What attempts made beside their work, one directory each. */
  readonly artefacts: string;
  /** Not committed: `<root>/.masterplan/runs/<slug>`. */
  readonly runtime: string;
  readonly snapshot: string;
  readonly inbox: string;
  readonly replies: string;
  readonly processes: string;
  readonly transcripts: string;
  readonly attempts: string;
  readonly evidence: string;
  readonly checkouts: string;
  /** What is to be cleared up after checkouts that were set up, one file each. */
  readonly furnished: string;
  readonly torn: string;
  readonly worktrees: string;
  readonly scratch: string;
  /** What lay in the place of a worktree and was not ours to remove. */
  readonly trash: string;
  /** Where persons work who do a task by hand: each task a worktree, and beside it its repository, brief and record. */
  readonly attached: string;
  /** The private repository, shared by all runs here. */
  readonly queue: string;
}

/** Lays out the paths of a run. `runsPath` is relative to `root`. */
export function runPaths(root: string, runsPath: string, slug: string): RunPaths {
  const bundle = `${root}/${runsPath}/${slug}`;
  const runtime = `${root}/.masterplan/runs/${slug}`;
  return {
    root,
    bundle,
    log: `${bundle}/events.jsonl`,
    stateFile: `${bundle}/state.yml`,
    plan: `${bundle}/plan.md`,
    index: `${bundle}/plan.index.json`,
    briefs: `${bundle}/briefs`,
    digests: `${bundle}/digests`,
    artefacts: `${bundle}/artefacts`,
    runtime,
    snapshot: `${runtime}/snapshot.json`,
    inbox: `${runtime}/inbox`,
    replies: `${runtime}/replies`,
    processes: `${runtime}/processes`,
    transcripts: `${runtime}/transcripts`,
    attempts: `${runtime}/attempts`,
    evidence: `${runtime}/evidence`,
    checkouts: `${runtime}/checkouts`,
    furnished: `${runtime}/furnished`,
    torn: `${runtime}/torn`,
    worktrees: `${root}/.masterplan/worktrees/${slug}`,
    scratch: `${root}/.masterplan/scratch/${slug}`,
    trash: `${root}/.masterplan/trash/${slug}`,
    attached: `${root}/.masterplan/attached/${slug}`,
    queue: `${root}/.masterplan/queue.git`,
  };
}

/** Where what runs learned is kept, for all runs of a repository: beside their bundles. */
export function learnedFile({ bundle }: Pick<RunPaths, 'bundle'>): string {
  return `${bundle.slice(0, bundle.lastIndexOf('/'))}/learned.md`;
}

/** Where the sub-plan of a task is kept, beside the run's own plan. */
export function subplanFile(paths: RunPaths, task: string): string {
  return `${paths.bundle}/modules/${task}/plan.md`;
}

/** Where a text of the plan is kept that takes, or is to take, the place of the one before. */
export function amendmentFile(paths: Pick<RunPaths, 'bundle'>, sha256: string): string {
  return `${paths.bundle}/amendments/${amendmentName(sha256)}.md`;
}

/** Where the spec of a run that begins with an idea is kept. */
export function specFile({ bundle }: Pick<RunPaths, 'bundle'>): string {
  return `${bundle}/spec.md`;
}

/** Where what was found while planning is kept, beside the plan. */
export function appendixFile({ bundle }: Pick<RunPaths, 'bundle'>): string {
  return `${bundle}/appendix.md`;
}

/** Name of an attempt in file names and refs: `T3.2`; of a task of a sub-plan, `P1_T3.2`. */
export function attemptFile(task: string, attempt: number): string {
  return `${task.replaceAll('/', '_')}.${attempt}`;
}
