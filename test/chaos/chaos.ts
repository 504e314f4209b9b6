import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { dice } from '../rig/dice.ts';

/*
 * Everything that can go wrong with a machine, over and over: `kill -9` of masterplan and of agents, `rm -rf` of worktrees and
 * of all of `.masterplan`, full disks. After each blow, what the agents had written before is looked for in what is kept.
 * Agents do nothing but write down the time, so that it can be told how old is what got lost.
 */

export interface Chaos {
  readonly rounds: number;
  readonly seed: number;
  /** An empty directory for projects, on a disk of its own where disks are to be filled. */
  readonly directory: string;
  readonly program: string;
  /** Whether that disk may be filled. */
  readonly fill: boolean;
  /** Milliseconds between two snapshots. */
  readonly interval: number;
  /** Milliseconds that a snapshot may take on a busy machine: what is lost may be older than the interval by that much. */
  readonly slack: number;
  readonly tell: (line: string) => void;
}

export interface Survived {
  readonly rounds: number;
  readonly runs: number;
  readonly blows: Readonly<Record<Blow, number>>;
  /** Age of the oldest line that was lost, milliseconds. */
  readonly oldest: number;
  /** Lines that had to be there, and were. */
  readonly checked: number;
  readonly violations: readonly string[];
}

/** As `rm -rf` typed until it is through: agents go on writing where something is being removed. */
const GONE = { recursive: true, force: true, maxRetries: 100, retryDelay: 5 };

const BLOWS = ['masterplan', 'agent', 'worktree', 'both', 'home', 'disk'] as const;
export type Blow = (typeof BLOWS)[number];

const TASKS = ['T1', 'T2', 'T3'];
/** Rounds after which a run is brought to its end and a new one begun. */
const ROUNDS_A_RUN = 12;
/** Milliseconds within which a masterplan that was started has to be at work. */
const PATIENCE = 60_000;

const AGENT = [
  'f=$(echo "$MASTERPLAN_TASK" | tr A-Z a-z).txt',
  'while :; do date +%s%3N >>"$f"; [ -e "$STOP" ] && break; sleep 0.05; done',
  'printf %s \'{"contract_id":"implement.v1","status":"completed","summary":"done"}\' >"$MASTERPLAN_DIGEST"',
].join('\n');

export async function chaos(options: Chaos): Promise<Survived> {
  const roll = dice(options.seed);
  const blows: Record<Blow, number> = { masterplan: 0, agent: 0, worktree: 0, both: 0, home: 0, disk: 0 };
  const violations: string[] = [];
  let [rounds, runs, oldest, checked] = [0, 0, 0, 0];
  while (rounds < options.rounds && violations.length === 0) {
    const run = new ChaoticRun(options, join(options.directory, `run${++runs}`));
    try {
      run.start();
      await run.atWork();
      for (let i = 0; i < ROUNDS_A_RUN && rounds < options.rounds && violations.length === 0; i++) {
        await delay(options.interval + roll(options.interval * 2));
        const possible = BLOWS.filter((one) => one !== 'disk' || options.fill);
        // All of `.masterplan` is deleted more rarely than the rest.
        const drawn = possible[roll(possible.length)] as Blow;
        const blow = drawn === 'home' && roll(3) > 0 ? 'worktree' : drawn;
        rounds++;
        blows[blow]++;
        await run.strike(blow, TASKS[roll(TASKS.length)] as string);
        violations.push(...run.look(blow));
        if (rounds % 50 === 0)
          options.tell(`${rounds} rounds, ${violations.length} violations, oldest loss ${run.oldest} ms`);
      }
      violations.push(...(await run.finish()));
    } catch (error) {
      violations.push(`run ${runs}: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      await run.close(violations.length > 0);
      oldest = Math.max(oldest, run.oldest);
      checked += run.checked;
    }
  }
  return { rounds, runs, blows, oldest, checked, violations };
}

interface LogLine {
  readonly event: string;
  readonly task?: string;
  readonly attempt?: number;
}

class ChaoticRun {
  oldest = 0;
  checked = 0;
  readonly #options: Chaos;
  readonly #root: string;
  readonly #home: string;
  readonly #stop: string;
  #process: ChildProcess | undefined;
  #said = '';
  /** When it was last in a state in which it could take no snapshots. */
  #since = 0;
  /** Lines that each attempt had written long enough before it was struck. */
  readonly #owed = new Map<string, readonly string[]>();
  /** When masterplan was last known to be alive and at work; infinite while it is. */
  #upUntil = Number.POSITIVE_INFINITY;

  constructor(options: Chaos, directory: string) {
    this.#options = options;
    this.#root = join(directory, 'project');
    this.#home = join(directory, 'home');
    this.#stop = join(directory, 'stop');
    for (const each of [this.#root, this.#home]) mkdirSync(each, { recursive: true });
    const plan = TASKS.map(
      (id) =>
        `### Task ${id.slice(1)}: Write ${id}\n\n**Files:** \`${id.toLowerCase()}.txt\`\n**Needs:** none\n**Verify:** \`test -s ${id.toLowerCase()}.txt\`\n\nWrite it.\n`,
    );
    writeFileSync(join(this.#root, 'demo.md'), `# Demo\n\n${plan.join('\n')}`);
    const agents = { mine: { command: ['sh', '-c', AGENT], env: { STOP: this.#stop } } };
    const config = { agents, attempts: 20, snapshots: { interval: `${options.interval}ms` } };
    writeFileSync(join(this.#root, '.masterplan.yaml'), JSON.stringify(config));
    this.#git(this.#root, 'init', '--quiet', '--initial-branch=main');
    for (const [key, value] of [
      ['user.name', 'Ada'],
      ['user.email', 'ada@example.org'],
    ] as const)
      this.#git(this.#root, 'config', key, value);
    this.#git(this.#root, 'add', '--all');
    this.#git(this.#root, 'commit', '--quiet', '--message', 'Begin');
  }

  start(): void {
    const argv = [this.#options.program, 'run', 'demo.md', '--yes', '--finish', 'keep', '--plain'];
    const child = spawn(process.execPath, argv, { cwd: this.#root, env: this.#env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#said = '';
    this.#since = Date.now();
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes: Buffer) => (this.#said = (this.#said + bytes.toString()).slice(-4000)));
    this.#process = child;
  }

  /** Waits until all agents are at work under a live masterplan. */
  async atWork(): Promise<void> {
    const since = Date.now();
    while (Date.now() - since < PATIENCE) {
      const exited = this.#process?.exitCode ?? this.#process?.signalCode ?? null;
      if (exited !== null) {
        await this.#reopen();
        this.start();
      }
      if (this.#live().length === TASKS.length && this.#settled()) {
        this.#upUntil = Number.POSITIVE_INFINITY;
        return;
      }
      await delay(50);
    }
    throw new Error(`no masterplan at work within ${PATIENCE} ms: ${this.#standing()}`);
  }

  async strike(blow: Blow, task: string): Promise<void> {
    const attempt = this.#live().find((one) => one.startsWith(`${task}.`)) ?? '';
    if (attempt === '') return this.atWork();
    const at = Date.now();
    if (blow === 'masterplan' || blow === 'both' || blow === 'home') {
      this.#note(at);
      await this.#kill();
      this.#upUntil = at;
    } else this.#note(at);
    switch (blow) {
      case 'masterplan':
        break;
      case 'agent':
        this.#killAgent(attempt);
        break;
      case 'worktree':
      case 'both':
        rmSync(join(this.#root, '.masterplan/worktrees/demo', attempt), GONE);
        break;
      case 'home':
        for (const each of this.#live()) this.#killAgent(each);
        rmSync(join(this.#root, '.masterplan'), GONE);
        break;
      case 'disk':
        await this.#fillDisk();
        break;
    }
    const exited = (this.#process?.exitCode ?? this.#process?.signalCode ?? null) !== null;
    if (exited) {
      await this.#reopen();
      this.start();
    }
    await this.atWork();
  }

  /** What is owed and nowhere to be found. */
  look(blow: string): string[] {
    const missing: string[] = [];
    for (const [attempt, lines] of this.#owed) {
      const found = new Set([...this.#linesIn(attempt), ...this.#kept(attempt)]);
      const lost = lines.filter((line) => !found.has(line));
      if (lost.length > 0)
        missing.push(
          `${this.#root}: after "${blow}", ${lost.length} of ${lines.length} lines of ${attempt} are lost (${lost[0]} …)`,
        );
      this.checked += lines.length;
    }
    return missing;
  }

  /** Lets the agents come to an end, and looks once more at everything that was ever owed. */
  async finish(): Promise<string[]> {
    writeFileSync(this.#stop, '');
    const since = Date.now();
    while (this.#count('merge_finished') < TASKS.length) {
      if (Date.now() - since > PATIENCE * 2)
        return [`${this.#root}: the run does not come to its end: ${this.#standing()}`];
      if ((this.#process?.exitCode ?? this.#process?.signalCode ?? null) !== null) {
        await this.#reopen();
        this.start();
      }
      await delay(100);
    }
    return this.look('the end');
  }

  async close(keep: boolean): Promise<void> {
    await this.#kill();
    for (const each of this.#live()) this.#killAgent(each);
    if (!keep) rmSync(join(this.#root, '..'), GONE);
  }

  /** Notes what every agent has written that is older than the interval. */
  #note(at: number): void {
    const { interval, slack } = this.#options;
    const until = Math.min(at, this.#upUntil) - interval - slack;
    for (const attempt of this.#live()) {
      const lines = this.#linesIn(attempt).filter((line) => Number(line) <= until);
      this.#owed.set(attempt, lines);
    }
    this.#watch(at);
  }

  /** How old is what the newest snapshots do not have yet: what a blow would cost now. */
  #watch(at: number): void {
    if (this.#upUntil !== Number.POSITIVE_INFINITY) return;
    for (const attempt of this.#live()) {
      const kept = this.#kept(attempt);
      const first = this.#linesIn(attempt).find((line) => !kept.has(line));
      if (first !== undefined) this.oldest = Math.max(this.oldest, at - Number(first));
    }
  }

  #linesIn(attempt: string): string[] {
    const path = join(this.#root, '.masterplan/worktrees/demo', attempt, fileOf(attempt));
    try {
      return readFileSync(path, 'utf8').split('\n').slice(0, -1);
    } catch {
      return [];
    }
  }

  #keptLines(attempt: string): Set<string> {
    const kept = join(this.#root, '.git/masterplan/kept.git');
    const ref = this.#try(kept, 'for-each-ref', '--format=%(refname)', `refs/masterplan/snapshots/*/${attempt}`);
    return new Set(ref === '' ? [] : this.#try(kept, 'cat-file', 'blob', `${ref}:${fileOf(attempt)}`).split('\n'));
  }

  /** What is kept of an attempt and of those before it: one that began with their work may be struck before its first snapshot. */
  #kept(attempt: string): Set<string> {
    const queue = join(this.#root, '.masterplan/queue.git');
    const [task = '', number = ''] = attempt.split('.');
    const lines = Array.from({ length: Number(number) }, (_, index) => `${task}.${index + 1}`).flatMap((one) => [
      ...this.#keptLines(one),
      ...this.#try(queue, 'cat-file', 'blob', `refs/masterplan/result/demo/${one}:${fileOf(one)}`).split('\n'),
    ]);
    return new Set(lines);
  }

  #try(repository: string, ...args: string[]): string {
    if (!existsSync(repository)) return '';
    const said = spawnSync('git', ['--git-dir', repository, ...args], {
      env: this.#env,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    return said.status === 0 ? said.stdout.trim() : '';
  }

  #git(cwd: string, ...args: string[]): void {
    execFileSync('git', args, { cwd, env: this.#env, stdio: 'ignore' });
  }

  get #env(): Record<string, string> {
    return { PATH: process.env['PATH'] ?? '', HOME: this.#home, USER: 'ada', GIT_CONFIG_NOSYSTEM: '1' };
  }

  #events(): LogLine[] {
    const log = join(this.#root, 'docs/masterplan/demo/events.jsonl');
    if (!existsSync(log)) return [];
    return readFileSync(log, 'utf8')
      .split('\n')
      .slice(0, -1)
      .flatMap((line) => {
        try {
          return [JSON.parse(line) as LogLine];
        } catch {
          return [];
        }
      });
  }

  /** Where the run is, for whoever has to find out why. */
  #standing(): string {
    const child = this.#process;
    const how = `masterplan ${child?.exitCode ?? child?.signalCode ?? 'lives'}, said: ${this.#said.slice(-1500)}`;
    const last = this.#events().slice(-12);
    return `${how}\nlive: ${this.#live().join(' ')}\n${last.map((one) => JSON.stringify(one).slice(0, 300)).join('\n')}`;
  }

  #count(event: string): number {
    return this.#events().filter((one) => one.event === event).length;
  }

  /** Attempts that the log says are at work: `T1.2`. */
  #live(): string[] {
    const live = new Set<string>();
    for (const { event, task, attempt } of this.#events()) {
      if (event === 'attempt_started') live.add(`${task ?? ''}.${attempt ?? 0}`);
      if (event === 'attempt_finished' || event === 'attempt_voided') live.delete(`${task ?? ''}.${attempt ?? 0}`);
    }
    return [...live];
  }

  /** Whether a masterplan that was started anew has found its agents, and all of them write. */
  #settled(): boolean {
    // Seconds are what a commit knows: the one in which it was started proves nothing.
    const kept = join(this.#root, '.git/masterplan/kept.git');
    const format = '--format=%(committerdate:unix) %(refname:lstrip=4)';
    const fresh = this.#try(kept, 'for-each-ref', format, 'refs/masterplan/snapshots').split('\n');
    const newest = new Map(fresh.map((line) => [line.split(' ')[1], Number(line.split(' ')[0])]));
    return this.#live().every((one) => {
      if ((newest.get(one) ?? 0) <= this.#since / 1000) return false;
      const last = Number(this.#linesIn(one).at(-1) ?? 0);
      return Date.now() - last < 1000 && existsSync(join(this.#root, '.masterplan/runs/demo/processes', `${one}.json`));
    });
  }

  #killAgent(attempt: string): void {
    try {
      const record = readFileSync(join(this.#root, '.masterplan/runs/demo/processes', `${attempt}.json`), 'utf8');
      const { process: agent } = JSON.parse(record) as { process?: { pid: number } };
      if (agent !== undefined) process.kill(-agent.pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }

  async #kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  /** Opens tasks that were lost so often that they were given up. */
  async #reopen(): Promise<void> {
    const failed = new Set<string>();
    for (const { event, task } of this.#events()) {
      if (event === 'task_failed') failed.add(task ?? '');
      if (event === 'task_reopened') failed.delete(task ?? '');
    }
    for (const task of failed)
      spawnSync(process.execPath, [this.#options.program, 'retry', task, '--run', 'demo', '--json'], {
        cwd: this.#root,
        env: this.#env,
      });
  }

  /** Fills the disk for a while. */
  async #fillDisk(): Promise<void> {
    const { directory, interval } = this.#options;
    const ballast = join(directory, 'ballast');
    const { bavail, bsize } = statfsSync(directory);
    spawnSync('fallocate', ['-l', String(bavail * bsize), ballast]);
    spawnSync('dd', ['if=/dev/zero', `of=${ballast}.more`, 'bs=4096'], { stdio: 'ignore' });
    const full = Date.now();
    await delay(interval * 2);
    for (const name of readdirSync(directory)) if (name.startsWith('ballast')) rmSync(join(directory, name));
    this.#upUntil = Math.min(this.#upUntil, full);
    this.#since = Date.now();
  }
}

function fileOf(attempt: string): string {
  return `${attempt.slice(0, attempt.lastIndexOf('.')).toLowerCase()}.txt`;
}
