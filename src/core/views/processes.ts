/** One live process, as it was found on the machine. */
export interface Sample {
  readonly identity: { readonly pid: number; readonly started: string };
  readonly parent: number;
  readonly group: number;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Bytes. */
  readonly memory: number;
  /** Milliseconds of processor time. */
  readonly cpu: number;
  readonly command: string;
  readonly marks: Readonly<Record<string, string>>;
}

/** What is known of a run, to say what a process is to it. */
export interface RunFacts {
  readonly run: string;
  readonly slug: string;
  /** The live process of masterplan that has it, if any. */
  readonly owner: number | undefined;
  readonly gitNonce: string;
  /** Attempts by the nonce of their processes. */
  readonly attempts: ReadonlyMap<string, { readonly task: string; readonly attempt: number; readonly open: boolean }>;
}

/**
 * What something that runs belongs to: a run that somebody carries on; a run that nobody carries on, which will go on with it when
 * it is started again; nothing any more; another repository.
 */
export type Standing = 'at-work' | 'unattended' | 'orphan' | 'elsewhere';

/** One thing that runs, with all of its processes. */
export interface ProcessRow {
  readonly what: 'masterplan' | 'agent' | 'verify' | 'setup' | 'git' | 'other';
  readonly standing: Standing;
  readonly slug?: string;
  readonly task?: string;
  readonly attempt?: number;
  readonly pid: number;
  readonly since: number;
  readonly memory: number;
  readonly cpu_ms: number;
  readonly tree: readonly {
    readonly pid: number;
    readonly started: string;
    readonly group: number;
    readonly depth: number;
    readonly since: number;
    readonly memory: number;
    readonly cpu_ms: number;
    readonly command: string;
  }[];
}

const NONCE = 'MASTERPLAN_NONCE';
/** Of what set-up commands started: the nonce of their attempt. */
const SETUP = 'MASTERPLAN_SETUP';

/** What runs of masterplan's: one row for each attempt, verification and git command, and for whoever carries a run on. */
export function processRows(samples: readonly Sample[], runs: readonly RunFacts[]): readonly ProcessRow[] {
  const byPid = new Map(samples.map((one) => [one.identity.pid, one]));
  const owners = new Map(runs.flatMap((run) => (run.owner === undefined ? [] : [[run.owner, run] as const])));
  const things = new Map<string, Sample[]>();
  for (const sample of samples) {
    const key = keyOf(sample, byPid, owners);
    if (key === undefined) continue;
    const list = things.get(key);
    if (list === undefined) things.set(key, [sample]);
    else list.push(sample);
  }
  return [...things]
    .map(([key, members]) => rowOf(key, members, runs, owners))
    .sort((a, b) => (a.slug ?? '~').localeCompare(b.slug ?? '~') || a.since - b.since || a.pid - b.pid);
}

/** By its own mark, else by that of the leader of its group or of whoever started it. */
function keyOf(
  sample: Sample,
  byPid: ReadonlyMap<number, Sample>,
  owners: ReadonlyMap<number, RunFacts>,
): string | undefined {
  let at: Sample | undefined = sample;
  for (let depth = 0; at !== undefined && depth < 64; depth++) {
    const own = at.marks[NONCE] ?? at.marks[SETUP];
    if (own !== undefined) return own;
    if (owners.has(at.identity.pid)) return at === sample ? `masterplan ${at.identity.pid}` : undefined;
    const leader = byPid.get(at.group)?.marks;
    const theirs = leader?.[NONCE] ?? leader?.[SETUP];
    if (theirs !== undefined) return theirs;
    at = byPid.get(at.parent);
  }
  return undefined;
}

function rowOf(
  key: string,
  members: readonly Sample[],
  runs: readonly RunFacts[],
  owners: ReadonlyMap<number, RunFacts>,
): ProcessRow {
  const tree = treeOf(members);
  const first = tree[0] as ProcessRow['tree'][number];
  const sums = {
    pid: first.pid,
    since: Math.min(...tree.map(({ since }) => since)),
    memory: tree.reduce((sum, { memory }) => sum + memory, 0),
    cpu_ms: tree.reduce((sum, { cpu_ms }) => sum + cpu_ms, 0),
    tree,
  };
  const owner = key.startsWith('masterplan ') ? owners.get(first.pid) : undefined;
  if (owner !== undefined) return { what: 'masterplan', standing: 'at-work', slug: owner.slug, ...sums };
  const marks = members.find(({ marks: one }) => (one[NONCE] ?? one[SETUP]) === key)?.marks ?? {};
  const git = runs.find(({ gitNonce }) => gitNonce === key);
  const id = marks['MASTERPLAN_RUN'] ?? marks['MASTERPLAN_VERIFIES'];
  const run = git ?? runs.find((one) => one.run === id || one.attempts.has(key));
  const what =
    git !== undefined || key.startsWith('git-')
      ? 'git'
      : marks['MASTERPLAN_VERIFIES'] !== undefined
        ? 'verify'
        : marks['MASTERPLAN_ATTEMPT'] !== undefined
          ? 'agent'
          : marks[SETUP] !== undefined
            ? 'setup'
            : 'other';
  const named = marks['MASTERPLAN_TASK'] === undefined ? {} : { task: marks['MASTERPLAN_TASK'] };
  const number = Number(marks['MASTERPLAN_ATTEMPT'] ?? Number.NaN);
  const of = { ...named, ...(Number.isSafeInteger(number) ? { attempt: number } : {}) };
  if (run === undefined) return { what, standing: 'elsewhere', ...of, ...sums };
  const open = run.attempts.get(key)?.open === true;
  const standing = run.owner !== undefined ? 'at-work' : open ? 'unattended' : 'orphan';
  return { what, standing, slug: run.slug, ...of, ...sums };
}

/** Parents before their children, each with how deep it stands. */
function treeOf(members: readonly Sample[]): ProcessRow['tree'] {
  const pids = new Set(members.map(({ identity }) => identity.pid));
  const children = new Map<number, Sample[]>();
  const roots: Sample[] = [];
  for (const one of members.toSorted((a, b) => a.since - b.since || a.identity.pid - b.identity.pid)) {
    if (!pids.has(one.parent)) roots.push(one);
    else children.set(one.parent, [...(children.get(one.parent) ?? []), one]);
  }
  const tree: ProcessRow['tree'][number][] = [];
  const visit = ({ identity, group, since, memory, cpu, command }: Sample, depth: number): void => {
    tree.push({ ...identity, group, depth, since, memory, cpu_ms: cpu, command });
    for (const child of children.get(identity.pid) ?? []) visit(child, depth + 1);
  };
  for (const root of roots) visit(root, 0);
  return tree;
}
