import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { EventName, RecordedEvent } from '../../src/core/run/event.ts';
import { until } from '../io/until.ts';
import { planOf, type TaskText } from './plan.ts';
import { processesOf } from './processes.ts';
import { type Ended, PROGRAM, Program } from './program.ts';
import { type Puppet, Puppets } from './puppets.ts';

const PUPPET = fileURLToPath(new URL('puppet.mjs', import.meta.url));

export interface ProjectOptions {
  /** Tasks, or the Markdown of a whole plan. */
  readonly plan?: readonly TaskText[] | string;
  /** Further files of the project. */
  readonly files?: Readonly<Record<string, string>>;
  /** Keys of `.masterplan.yaml`, over those that make the puppet the agent. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Keys of the puppet's entry in `agents`. */
  readonly agent?: Readonly<Record<string, unknown>>;
  /** File name of the plan, which names the run. */
  readonly planFile?: string;
  /** Called with the empty directory that becomes the work tree. */
  readonly ground?: (root: string) => void;
}

/** A person's project in a temporary directory, with a plan and a configuration whose agents the test plays. */
export async function project(options: ProjectOptions = {}): Promise<World> {
  // Short, because the path of a socket may not be long.
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'mp-')));
  const world = new World(directory, await Puppets.listen(join(directory, 'socket')), options.planFile ?? 'demo.md');
  onTestFinished(() => world.close());
  options.ground?.(world.root);
  world.git('init', '--quiet', '--initial-branch=main');
  world.git('config', 'user.name', 'Ada Example');
  world.git('config', 'user.email', 'ada@example.org');
  const plan = options.plan ?? [{ id: 'T1' }];
  world.write(world.planFile, typeof plan === 'string' ? plan : planOf(plan));
  world.write('README.md', 'A project.\n');
  world.configure(options.config, options.agent);
  for (const [path, text] of Object.entries(options.files ?? {})) world.write(path, text);
  world.commit('Begin');
  return world;
}

export class World {
  /** Everything of the test is in here. */
  readonly directory: string;
  readonly home: string;
  /** Comes first on the PATH of every program. */
  readonly bin: string;
  /** The user's work tree. */
  readonly root: string;
  readonly puppets: Puppets;
  readonly planFile: string;
  readonly slug: string;
  readonly #programs: Program[] = [];

  constructor(directory: string, puppets: Puppets, planFile: string) {
    this.directory = directory;
    this.home = join(directory, 'home');
    this.bin = join(directory, 'bin');
    this.root = join(directory, 'project');
    this.puppets = puppets;
    this.planFile = planFile;
    this.slug = planFile.replace(/\.md$/, '');
    for (const each of [this.home, this.bin, this.root]) mkdirSync(each);
  }

  /** A person's environment: nothing of ours, no token. */
  get env(): Record<string, string> {
    return { PATH: `${this.bin}:${process.env['PATH'] ?? ''}`, HOME: this.home, USER: 'ada', GIT_CONFIG_NOSYSTEM: '1' };
  }

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  /** Path in the run's bundle. */
  bundle(...parts: string[]): string {
    return this.path('docs/masterplan', this.slug, ...parts);
  }

  /** Path in the run's runtime directory. */
  runtime(...parts: string[]): string {
    return this.path('.masterplan/runs', this.slug, ...parts);
  }

  get logFile(): string {
    return this.bundle('events.jsonl');
  }

  get queue(): string {
    return this.path('.masterplan/queue.git');
  }

  /** Writes a file of the user's, below the work tree unless the path is absolute. */
  write(path: string, text: string): void {
    const file = path.startsWith('/') ? path : this.path(path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  read(path: string): string {
    return readFileSync(path.startsWith('/') ? path : this.path(path), 'utf8');
  }

  configure(config: Readonly<Record<string, unknown>> = {}, agent: Readonly<Record<string, unknown>> = {}): void {
    // Whoever asks for reviews gets a second agent, which counts as of another vendor.
    const reviewer = 'review' in config;
    const puppet = { kind: 'command', command: [process.execPath, PUPPET, this.puppets.path], ...agent };
    this.write(
      '.masterplan.yaml',
      `${JSON.stringify({ agents: { puppet, ...(reviewer ? { reviewer: puppet } : {}) }, roles: { implement: 'puppet' }, ...config }, null, 2)}\n`,
    );
  }

  /** Runs git as the user would. */
  git(...args: string[]): string {
    const env = { ...this.env, PATH: process.env['PATH'] ?? '' };
    return execFileSync('git', args, {
      cwd: this.root,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trimEnd();
  }

  commit(message: string): string {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message', message);
    return this.git('rev-parse', 'HEAD');
  }

  /** Starts `masterplan run <plan>` and comes back at once. */
  run(args: readonly string[] = ['--yes'], env: Readonly<Record<string, string>> = {}): Program {
    return this.start(['run', this.planFile, ...args], env);
  }

  /** Runs the plan to where it rests. */
  async runs(args: readonly string[] = ['--yes']): Promise<Ended> {
    return this.run(args).end();
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
    return this.launch([process.execPath, PROGRAM, ...args], env);
  }

  /** Starts any program where the user is; it is ended with the test. */
  launch(argv: readonly [string, ...string[]], env: Readonly<Record<string, string>> = {}): Program {
    const program = new Program(argv, this.root, { ...this.env, ...env });
    this.#programs.push(program);
    return program;
  }

  /** Runs a short command of masterplan, as from another terminal. */
  async masterplan(...args: string[]): Promise<Ended> {
    return this.start(args).end();
  }

  /** What a command says with `--json`; it has to end with the expected code. */
  async json<T = unknown>(args: readonly string[], code = 0): Promise<T> {
    const ended = await this.masterplan(...args, '--json');
    if (ended.code !== code)
      throw new Error(`${args.join(' ')}: exit code ${ended.code}\n${ended.stdout}\n${ended.stderr}`);
    return JSON.parse(ended.stdout) as T;
  }

  agent(task?: string): Promise<Puppet> {
    return this.puppets.next(task);
  }

  /** Every agent from now on writes its file `<task>.txt` and is done. */
  everyoneWorks(): void {
    this.puppets.follow(async (agent) => {
      await agent.write(`${agent.task.toLowerCase()}.txt`, `${agent.task}\n`);
      await agent.done();
    });
  }

  /** Whole lines of the log so far. */
  events(log = this.logFile): RecordedEvent[] {
    if (!existsSync(log)) return [];
    return readFileSync(log, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as RecordedEvent);
  }

  eventsOf<N extends EventName>(name: N): Extract<RecordedEvent, { event: N }>[] {
    return this.events().filter((event): event is Extract<RecordedEvent, { event: N }> => event.event === name);
  }

  /** Waits for an event in the log. */
  async event<N extends EventName>(
    name: N,
    fits: (event: Extract<RecordedEvent, { event: N }>) => boolean = () => true,
    seconds?: number,
  ): Promise<Extract<RecordedEvent, { event: N }>> {
    return until(`an event ${name}`, () => this.eventsOf(name).find(fits), seconds);
  }

  /** Commits of a branch since the base, oldest first: subject and trailers. */
  landed(
    branch = `masterplan/${this.slug}`,
  ): { commit: string; parents: string[]; subject: string; trailers: Record<string, string> }[] {
    const base = this.eventsOf('run_created')[0]?.base ?? 'main';
    const format = '%H%x1f%P%x1f%s%x1f%(trailers:only,unfold)%x1e';
    return this.git('log', '--reverse', `--format=${format}`, `${base}..${branch}`)
      .split('\x1e')
      .map((text) => text.trim())
      .filter((text) => text !== '')
      .map((text) => {
        const [commit = '', parents = '', subject = '', trailers = ''] = text.split('\x1f');
        const pairs = trailers.split('\n').flatMap((line): [string, string][] => {
          const at = line.indexOf(': ');
          return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 2)]];
        });
        return { commit, parents: parents.split(' '), subject, trailers: Object.fromEntries(pairs) };
      });
  }

  /** Content of the files of a branch, but for the configuration, which names places of this test: path → text. */
  files(branch = `masterplan/${this.slug}`): Record<string, string> {
    const paths = this.git('ls-tree', '-r', '--name-only', '-z', branch)
      .split('\0')
      .filter((path) => path !== '' && path !== '.masterplan.yaml');
    return Object.fromEntries(paths.map((path) => [path, this.git('show', `${branch}:${path}`)]));
  }

  async close(): Promise<void> {
    for (const program of this.#programs) program.kill();
    this.puppets.close();
    for (const program of this.#programs) await program.end().catch(() => {});
    for (const { pid } of processesOf(this)) end(pid);
    await until('everything of this test to be gone', () => processesOf(this).length === 0).catch(() => {});
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It went by itself meanwhile.
  }
}
