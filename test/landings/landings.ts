import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RecordedEvent } from '../../src/core/run/event.ts';
import { type Conflict, CONFLICTS, LAW, type Story, storyOf } from './story.ts';

export interface Asked {
  /** The built program. */
  readonly program: string;
  readonly seed: number;
  readonly landings: number;
  readonly conflicts: number;
  readonly agents: number;
  readonly slots: number;
  /** Seconds that a verification takes at least. */
  readonly law?: number;
  /** Tasks of one train; 0: as masterplan thinks best. */
  readonly batch: number;
}

export interface Found {
  /** What is wrong, in words; empty: nothing. */
  readonly wrong: readonly string[];
  readonly landed: number;
  /** Commits of the branch, and places where it stood; how many of each break the law of the repository. */
  readonly commits: number;
  readonly redCommits: number;
  readonly stands: number;
  readonly redStands: number;
  /** Pairs that met, by what was wrong between them, and pairs there are. */
  readonly met: Readonly<Record<Conflict, string>>;
  readonly conflicted: number;
  readonly rejected: number;
  readonly renumbered: number;
  readonly trains: number;
  readonly longest: number;
  readonly verifications: number;
  readonly attempts: number;
  readonly minutes: number;
  /** From the first task that waited to land until the last one landed. */
  readonly queueMinutes: number;
}

/**
 * Has masterplan, as it is built, land a story in a real repository, and looks at every commit that came of it. The agents are
 * shell scripts; those of a pair wait for each other, so that both begin on the same tree.
 */
export async function landings(asked: Asked, tell: (line: string) => void = () => {}): Promise<Found> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'mp-landings-')));
  try {
    const story = storyOf(asked.seed, asked.landings, asked.conflicts);
    const root = join(directory, 'project');
    build(directory, root, story, asked);
    const began = performance.now();
    const ended = await run(asked.program, directory, root, tell);
    const minutes = (performance.now() - began) / 60_000;
    return look(root, story, ended, minutes);
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

function environment(directory: string): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: join(directory, 'home'), USER: 'ada', GIT_CONFIG_NOSYSTEM: '1' };
}

function gitIn(root: string): (...args: string[]) => string {
  const env = { ...environment(dirname(root)) };
  return (...args) =>
    execFileSync('git', args, { cwd: root, env, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 }).trimEnd();
}

function build(directory: string, root: string, story: Story, asked: Asked): void {
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  mkdirSync(join(directory, 'home'));
  mkdirSync(join(directory, 'met'));
  const meeting = join(directory, 'met');
  for (const { id, script, rival } of story.jobs) {
    // Whoever is of a pair begins when the other one has begun, or after a while alone.
    const wait =
      rival === undefined
        ? ''
        : `: > ${meeting}/${id}; n=0; while [ ! -e ${meeting}/${rival} ] && [ $n -lt 200 ]; do sleep 0.05; n=$((n+1)); done\n`;
    write(join(directory, 'jobs', `${id}.sh`), `set -e\n${wait}${script}\n`);
  }
  write(
    join(directory, 'agent.sh'),
    `set -e\nsh ${directory}/jobs/"$MASTERPLAN_TASK".sh\nprintf '{"contract_id":"implement.v1","status":"completed","summary":"done","superseded":["count.txt"]}' > "$MASTERPLAN_DIGEST.tmp"\nmv "$MASTERPLAN_DIGEST.tmp" "$MASTERPLAN_DIGEST"\n`,
  );
  for (const [path, text] of Object.entries(story.files)) write(join(root, path), text);
  const tasks = story.jobs.map(
    ({ id }) =>
      `## ${id}: Do ${id}\n\n**Needs:** none\n\n**Verify:**\n\n\`\`\`sh\n${asked.law === undefined ? '' : `sleep ${asked.law}; `}sh law.sh\n\`\`\`\n`,
  );
  write(join(root, 'landings.md'), `# Plan: Landings\n\n${tasks.join('\n')}`);
  const config = {
    agents: { script: { kind: 'command', command: ['sh', join(directory, 'agent.sh')] } },
    parallelism: { max_agents: asked.agents, max_verifications: asked.law === undefined ? 2 : asked.agents },
    landing: {
      slots: asked.slots,
      ...(asked.batch > 0 ? { batch: asked.batch } : {}),
      returns: 5,
      numbers: [{ files: 'migrations/{number}_*.sql' }],
    },
  };
  write(join(root, '.masterplan.yaml'), `${JSON.stringify(config, null, 2)}\n`);
  const git = gitIn(root);
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'Ada Example');
  git('config', 'user.email', 'ada@example.org');
  git('config', 'core.logAllRefUpdates', 'true');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Begin');
}

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

function run(program: string, directory: string, root: string, tell: (line: string) => void): Promise<Ended> {
  const args = [program, 'run', 'landings.md', '--yes', '--finish', 'keep'];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: environment(directory),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let landed = 0;
  const hear = (chunk: string): void => {
    said = (said + chunk).slice(-20_000);
    const before = landed;
    landed += chunk.match(/ merged as /g)?.length ?? 0;
    if (Math.floor(landed / 50) > Math.floor(before / 50)) tell(`${landed} landed`);
  };
  child.stdout.setEncoding('utf8').on('data', hear);
  child.stderr.setEncoding('utf8').on('data', hear);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, said }));
  });
}

/** Whether the files of a commit obey the law of the repository; the law as it was given, not as somebody may have changed it. */
function isRed(root: string, commit: string, place: string): string | undefined {
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place);
  const git = gitIn(root);
  git('--work-tree', place, 'restore', '--source', commit, '--worktree', '--', '.');
  try {
    execFileSync('sh', ['-c', LAW], { cwd: place, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return undefined;
  } catch (error) {
    return String((error as { stdout?: string }).stdout ?? error).trim();
  }
}

function look(root: string, story: Story, ended: Ended, minutes: number): Found {
  const wrong: string[] = [];
  const git = gitIn(root);
  const branch = 'masterplan/landings';
  const log = join(root, 'docs/masterplan/landings/events.jsonl');
  if (!existsSync(log)) throw new Error(`masterplan ended with code ${ended.code}: ${ended.said}`);
  const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1);
  const events = lines.map((line) => JSON.parse(line) as RecordedEvent);
  if (ended.code !== 0) wrong.push(`masterplan ended with code ${ended.code}: ${ended.said.slice(-1500)}`);
  const base = git('rev-parse', 'main');
  const commits = git('rev-list', '--reverse', `${base}..${branch}`)
    .split('\n')
    .filter((id) => id !== '');
  // Where the branch stood is git's own word, not ours.
  const stands = new Set(
    git('reflog', '--format=%H', branch)
      .split('\n')
      .filter((id) => id !== ''),
  );
  const place = join(dirname(root), 'look');
  let redCommits = 0;
  let redStands = 0;
  for (const commit of commits) {
    const why = isRed(root, commit, place);
    if (why === undefined) continue;
    redCommits++;
    if (!stands.has(commit)) continue;
    redStands++;
    wrong.push(`the branch stood on ${commit.slice(0, 12)}, which is red: ${why}`);
  }
  const trailers = git('log', '--format=%(trailers:key=Masterplan-Task,valueonly)', `${base}..${branch}`);
  const landed = trailers.split('\n').filter((id) => id !== '');
  for (const { id } of story.jobs) {
    const times = landed.filter((one) => one === id).length;
    if (times !== 1) wrong.push(`${id} landed ${times} times`);
  }
  const sent = (name: 'merge_conflicted' | 'landing_rejected'): Set<string> =>
    new Set(events.flatMap((event) => (event.event === name ? [event.task] : [])));
  const conflicted = sent('merge_conflicted');
  const rejected = sent('landing_rejected');
  const given = new Set(events.flatMap((event) => (event.event === 'numbers_given' ? [event.task] : [])));
  const met = Object.fromEntries(
    CONFLICTS.map((conflict) => {
      const pairs = story.pairs.filter((pair) => pair.conflict === conflict);
      const noticed = { textual: conflicted, semantic: rejected, number: given, count: rejected }[conflict];
      const hit = pairs.filter(({ tasks }) => tasks.some((task) => noticed.has(task) || conflicted.has(task)));
      return [conflict, `${hit.length} of ${pairs.length}`];
    }),
  ) as Record<Conflict, string>;
  // Who was alone in what it did has nothing to be sent back for.
  const alone = new Set(story.jobs.filter(({ rival }) => rival === undefined).map(({ id }) => id));
  for (const task of [...conflicted, ...rejected])
    if (alone.has(task)) wrong.push(`${task} was sent back, and goes together with all others`);
  const trains = events.flatMap((event) =>
    event.event === 'train_started' && event.cars.length > 0 ? [event.cars.length] : [],
  );
  return {
    wrong,
    landed: new Set(landed).size,
    commits: commits.length,
    redCommits,
    stands: stands.size,
    redStands,
    met,
    conflicted: conflicted.size,
    rejected: rejected.size,
    renumbered: given.size,
    trains: trains.length,
    longest: Math.max(0, ...trains),
    verifications: events.filter((event) => event.event === 'verification_finished' && event.landing).length,
    attempts: events.filter((event) => event.event === 'attempt_started').length,
    minutes,
    queueMinutes: spanOf(events) / 60_000,
  };
}

/** Milliseconds between the first task that waited to land and the last landing. */
function spanOf(events: readonly RecordedEvent[]): number {
  const first = events.find((event) => event.event === 'verification_finished' && event.passed);
  const last = events.findLast((event) => event.event === 'merge_finished');
  return first === undefined || last === undefined ? 0 : Date.parse(last.ts) - Date.parse(first.ts);
}
