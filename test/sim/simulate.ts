import type { RecordedEvent } from '../../src/core/run/event.ts';
import type { Plan } from '../../src/core/plan/model.ts';
import type { Request } from '../../src/core/run/request.ts';
import { authoringEvents } from '../../src/app/authoring.ts';
import { creationEvents } from '../../src/app/create.ts';
import type { EngineEnd } from '../../src/engine/engine.ts';
import type { Repositories } from '../../src/engine/git/repositories.ts';
import { sendRequest } from '../../src/engine/inbox.ts';
import { forceUnlock } from '../../src/engine/log/lock.ts';
import { ownRun, startEngine, type OwnedRun } from '../../src/engine/open.ts';
import { runPaths, type RunPaths } from '../../src/engine/paths.ts';
import type { Io } from '../../src/io/io.ts';
import { taskOf } from '../../src/core/run/state.ts';
import { planHash } from '../../src/core/plan/hash.ts';
import { amendmentFile } from '../../src/engine/paths.ts';
import { programs, type Truth } from './agents.ts';
import { amendedText, readText } from './amending.ts';
import { Checker } from './checker.ts';
import { SimClock } from './clock.ts';
import { Dice } from './dice.ts';
import { SimFiles } from './files.ts';
import { inherited, takenOver } from './imported.ts';
import type { Fuse, Life } from './life.ts';
import { type Counts, Machine } from './machine.ts';
import { testsOnBase } from './old-tests.ts';
import { meddle } from './meddling.ts';
import { strayAnswer } from './mischief.ts';
import { SimProcesses } from './process-table.ts';
import { SimRepositories } from './repositories.ts';
import { type Faults, scenarioOf, type Scenario } from './scenario.ts';
import { World } from './world.ts';

/** What is handed to the engine. A sabotage replaces a part: the production code has no option for it. */
export interface Hands {
  io?(io: Io, life: Life): Io;
  git?(git: Repositories, life: Life): Repositories;
  owned?(run: OwnedRun): OwnedRun;
}

export interface Outcome {
  readonly seed: number;
  readonly violation: string | undefined;
  readonly counts: Counts;
  readonly events: number;
  /** Virtual milliseconds. */
  readonly took: number;
  readonly hash: number;
  readonly trace: readonly string[];
  /** The durable log. */
  readonly log: readonly RecordedEvent[];
}

const SLUG = 'sim';
const ROOT = '/repo';
/** More than any honest run needs. */
const EVENTS = 120_000;
const ROUNDS = 80;
/** The register of ports. */
const LEASES = '/home/leases';

export async function simulate(
  seed: number,
  options: { readonly trace?: boolean; readonly hands?: Hands; readonly scenario?: Scenario } = {},
): Promise<Outcome> {
  const world = new World(options.trace === true);
  const simulation = new Simulation(world, options.scenario ?? scenarioOf(seed), options.hands ?? {});
  let over = false;
  simulation.live().then(
    () => {
      over = true;
    },
    (error: unknown) =>
      world.fail(`the simulator broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  );
  await world.drive(() => over, EVENTS);
  return {
    seed,
    violation: world.violation?.message,
    counts: simulation.machine.counts,
    events: world.events,
    took: world.now,
    hash: world.hash >>> 0,
    trace: world.lines ?? [],
    log: simulation.log,
  };
}

type End =
  | EngineEnd
  | { readonly end: 'refused'; readonly liveness: string }
  | { readonly end: 'error'; readonly message: string }
  | { readonly end: 'killed' };

class Simulation {
  readonly machine: Machine;
  readonly #world: World;
  readonly #scenario: Scenario;
  readonly #hands: Hands;
  readonly #paths: RunPaths = runPaths(ROOT, 'docs/masterplan', SLUG);
  readonly #truth: Truth = {
    written: new Set(),
    writtenBy: new Map(),
    passed: new Set(),
    wiped: new Set(),
    databases: new Map(),
    runs: new Map(),
    approved: new Set(),
    answers: new Map(),
  };
  readonly #checker: Checker;
  readonly #dice: Dice;
  readonly #steers: Dice;
  readonly #base: string;
  #replans = 0;
  /** How often a person who looks at a run at rest amends its plan. */
  #thoughts = 0;
  /** Questions about budgets: whoever lets all of them wait never gets to the end. */
  #late = 0;
  readonly #zombies: Life[] = [];
  #queueLost = false;
  /** How often somebody stepped in as an agent ended. */
  #untimely = 0;
  readonly #besidesDice: Dice;

  constructor(world: World, scenario: Scenario, hands: Hands) {
    this.#world = world;
    this.#scenario = scenario;
    this.#hands = hands;
    this.#dice = new Dice(scenario.seed, 'user');
    this.#steers = new Dice(scenario.seed, 'steers');
    this.#besidesDice = new Dice(scenario.seed, 'besides');
    this.#thoughts = scenario.faults.steering.length > 5 ? 3 : 0;
    this.machine = new Machine(world, scenario.seed);
    this.#checker = new Checker(this.machine, scenario, this.#truth, this.#paths);
    this.machine.processes.shell = programs(this.machine, scenario, this.#truth);
    const { disk, git } = this.machine;
    disk.makeAll(ROOT);
    disk.put(`${ROOT}/local.key`, 'key\n');
    disk.syncDirectory('/');
    const files = new Map([
      ['README.md', 'readme\n'],
      ['notes.txt', 'notes\n'],
      ...inherited(scenario),
      ...testsOnBase(scenario),
    ]);
    for (const content of files.values()) this.#truth.written.add(content);
    this.#base = git.commit(git.writeTree(files), [], 'begin', 0).id;
    git.userObjects.add(this.#base);
    git.branches.set('main', this.#base);
  }

  get log(): readonly RecordedEvent[] {
    return this.#checker.events;
  }

  /** The whole story: somebody runs a plan, things go wrong, the same command is run again until all is done. */
  async live(): Promise<void> {
    const { faults } = this.#scenario;
    this.machine.slowest = faults.slowest;
    this.machine.crowded = faults.crowded;
    this.machine.badSync = faults.badSync;
    this.#arrangeFaults();
    for (let round = 0; round < ROUNDS; round++) {
      if (round >= faults.fuses.length + 3) this.#calm();
      const fuse = faults.fuses[round];
      const life = this.machine.live('run', fuse, fuse?.blow === 'stop');
      const rival = faults.twoStarts && this.#dice.chance(0.5) ? this.machine.live('twin') : undefined;
      const ends = await Promise.all([this.#watch(life), ...(rival === undefined ? [] : [this.#watch(rival)])]);
      if (this.#world.violation !== undefined) return;
      const end = ends.find((one) => one.end === 'settled') ?? ends[0];
      await this.#world.sleep(faults.pauses[round] ?? 10);
      if (this.#queueLost) this.#loseQueue();
      // What a person sees on the branch may not be in the log yet, and invites to go on from there.
      if (end?.end === 'killed' && this.#dice.chance(life.lastStep === 'publish:done' ? 0.3 : 0.02))
        this.#meddle('forward');
      if (end?.end === 'refused') await this.#unlock();
      if (end?.end === 'trouble') await this.#freeLeases(end.message);
      if (end?.end !== 'settled') continue;
      this.#checker.resting();
      if (this.#checker.state.phase === 'over') return this.#finish();
      await this.#act();
    }
    this.#world.fail(`liveness: not over after ${ROUNDS} rounds`);
  }

  /** Runs masterplan until it ends, dies, or is stopped for longer than anybody waits. */
  #watch(life: Life): Promise<End> {
    const stopped = new Promise<End>((resolve) => {
      const look = (): void => {
        if (life.dead) return;
        if (life.stopped) {
          this.#zombies.push(life);
          this.#world.after(this.#dice.spread(1, 30_000), () => life.wake());
          return resolve({ end: 'killed' });
        }
        this.#world.after(500, look);
      };
      if (life.host !== this.machine.host) look();
    });
    const work = this.#masterplan(life).then((end) => {
      this.#world.note(`${life.name} ends: ${JSON.stringify(end)}`);
      // Whatever it did not wait for ends with it.
      life.end();
      return end;
    });
    return Promise.race([work, life.died.then((): End => ({ end: 'killed' })), stopped]);
  }

  async #masterplan(life: Life): Promise<End> {
    const io = this.#ioOf(life);
    const git = new SimRepositories(life, new SimFiles(life, this.#checker), this.#paths, SLUG, this.#checker);
    let run: OwnedRun | undefined;
    try {
      await io.files.makeDirectory(this.#paths.bundle);
      const owned = await ownRun(io, this.#paths, 'masterplan run', true);
      if (!owned.ok) {
        if (owned.error.why === 'locked') return { end: 'refused', liveness: owned.error.by.liveness };
        this.#world.fail(
          `L8: the log is refused as damaged: line ${owned.error.damage.line}: ${owned.error.damage.problem}`,
        );
        return { end: 'error', message: 'damaged' };
      }
      run = this.#hands.owned?.(owned.value) ?? owned.value;
      for (const zombie of this.#zombies) zombie.rob();
      run.log.subscribe((events) => this.#checker.acknowledged(life, events));
      if (run.log.state.seq === 0) await run.log.append(this.#creation(life));
      const engine = await startEngine(run, {
        io,
        git: this.#hands.git?.(git, life) ?? git,
        paths: this.#paths,
        texts: { context: 'context', goals: {}, source: '', boxes: {}, finalBoxes: [] },
        base: { PATH: '/bin', HOME: '/home' },
        env: {},
        keeper: ['keeper'],
        leases: LEASES,
        readPlan: readText,
        shell: ['verify-shell'],
      });
      const end = await engine.run();
      if (end.end === 'settled') this.#checker.rested(life, run.log.state);
      return end;
    } catch (error) {
      const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      if (error instanceof Error && (error.name === 'Defect' || error.name === 'TypeError'))
        this.#world.fail(`defect: ${error.stack ?? message}`);
      return { end: 'error', message };
    } finally {
      await run?.close().catch((error: unknown) => this.#world.note(`${life.name} cannot close: ${String(error)}`));
    }
  }

  #creation(life: Life): ReturnType<typeof creationEvents> {
    const { tasks, settings, verify } = this.#scenario;
    const span = { start: 0, end: 0, line: 1, column: 1, endLine: 1, endColumn: 1 };
    const plan: Plan = {
      kind: 'task',
      title: 'simulated',
      slug: SLUG,
      sha256: 'f'.repeat(64),
      context: '',
      verify,
      boxes: [],
      edges: [],
      gates: [],
      requirements: [],
      criteria: [],
      findings: [],
      ...(this.#scenario.terms === undefined ? {} : { terms: this.#scenario.terms }),
      units: tasks.map((task) => ({ task, text: '', span, boxes: [], criteria: [] })),
    };
    const start = {
      run: life.dice.hex(6),
      slug: SLUG,
      planPath: 'plan.md',
      baseBranch: 'main',
      base: this.#base,
      version: '0',
      settings,
    };
    const { topic } = this.#scenario;
    if (topic !== undefined) return authoringEvents({ topic, until: null }, start, 'user');
    const file = { path: `${ROOT}/plan.md`, source: '', plan };
    return takenOver(this.#scenario, file, start) ?? creationEvents(file, start);
  }

  #ioOf(life: Life): Io {
    const io: Io = {
      clock: new SimClock(life),
      random: { hex: (bytes) => life.dice.hex(bytes) },
      files: new SimFiles(life, this.#checker),
      processes: new SimProcesses(life),
      // Few are free, so that whoever does not look at the register gets the port of another.
      ports: { free: (port) => Promise.resolve(port % 250 < 4) },
    };
    return this.#hands.io?.(io, life) ?? io;
  }

  /** What a person does about a run that rests. */
  async #act(): Promise<void> {
    const { state } = this.#checker;
    if (this.#thoughts > 0 && state.approved !== undefined) {
      this.#thoughts--;
      await this.#amend();
    }
    // What somebody holds may wait for what has to be answered or tried again first.
    const held = state.gates.filter(({ id }) => {
      const at = state.schedule.index[id.slice('attached:'.length)];
      return id.startsWith('attached:') && (at === undefined || state.schedule.unmet[at] === 0);
    });
    const asked = state.gates.find(({ id }) => !id.startsWith('attached:'));
    const gate = asked ?? (held.length === 0 ? undefined : this.#steers.pick(held));
    if (gate !== undefined) {
      this.machine.git.dirty = [];
      if (state.authoring !== undefined && /^(?:spec$|plan$|interview:)/.test(gate.id)) {
        const again = !gate.id.startsWith('interview:') && this.#dice.chance(this.#replans < 3 ? 0.25 : 0);
        if (again) this.#replans++;
        const answer = again ? 'revise' : gate.id.startsWith('interview:') ? '1' : 'approve';
        return this.#ask({ request: 'answer', gate: gate.id, answer });
      }
      if (gate.id === 'plan') return this.#ask({ request: 'approve', planSha256: state.planSha256 });
      const unproven =
        state.end?.balance?.items.filter((one) => one.kind === 'criterion' && one.state === 'missing') ?? [];
      if (gate.id === 'finish' && unproven.length > 0 && this.#dice.chance(0.5)) {
        const criteria = unproven.map(({ id }) => id);
        return this.#ask({ request: 'waive-criteria', criteria, reason: 'nobody needs it' });
      }
      if (gate.id === 'finish')
        return this.#ask({
          request: 'finish',
          choice: state.finishRefused === undefined ? this.#scenario.finish : 'keep',
        });
      if (gate.id.startsWith('plan:')) {
        // Whoever asks for another one for ever never gets to the end.
        const again = this.#dice.chance(this.#replans < 3 ? 0.25 : 0);
        if (again) this.#replans++;
        return this.#ask({ request: 'answer', gate: gate.id, answer: again ? 'replan' : 'approve' });
      }
      if (gate.id === 'setup' || gate.id.startsWith('setup:')) {
        await this.#freeLeases(JSON.stringify([state.gates, state.unready]));
        return this.#ask({ request: 'answer', gate: gate.id, answer: 'retry' });
      }
      if (gate.id.startsWith('budget')) {
        // Nobody answers in time, or somebody in the very moment.
        const patient = ++this.#late < 6;
        if (patient && gate.deadline !== undefined && this.#dice.chance(0.6))
          await this.#world.sleep(Math.max(0, gate.deadline - this.machine.now() - 50 + this.#dice.spread(1, 5000)));
        if (patient && this.#dice.chance(0.3)) return;
        const goOn = !patient || this.#dice.chance(0.8) || !gate.options.includes('block');
        // Who needs more than every budget holds never gets to the end; a person sees that after a while.
        const answer = this.#late > 40 ? 'cancel' : goOn ? 'go-on' : 'block';
        return this.#ask({ request: 'answer', gate: gate.id, answer });
      }
      if (gate.id === 'continue') return this.#ask({ request: 'answer', gate: gate.id, answer: 'go-on' });
      if (gate.id.startsWith('routing:')) {
        const answer = this.#dice.pick(['confirm', 'implementer']);
        return this.#ask({ request: 'answer', gate: gate.id, answer });
      }
      if (gate.id === 'pause') {
        // Long enough for a limit to end meanwhile.
        await this.#world.sleep(this.#dice.spread(10, this.#scenario.mischief === undefined ? 20_000 : 600_000));
        return this.#ask({ request: 'answer', gate: gate.id, answer: 'go-on' });
      }
      if (gate.id.startsWith('circuit:')) {
        // Who cannot do it never will; a person sees that after a while.
        const hopeless = this.#scenario.scripts.get(gate.id.slice('circuit:'.length))?.hopeless === true;
        const answer = hopeless && this.#dice.chance(0.5) ? 'block' : this.#dice.pick(gate.options);
        return this.#ask({ request: 'answer', gate: gate.id, answer, note: 'look at it again' });
      }
      if (gate.id.startsWith('review:')) {
        const answers = gate.options.filter((one) => one !== 'cancel' && one !== 'block');
        const answer = this.#dice.pick(['accept', ...answers]);
        return this.#ask({ request: 'answer', gate: gate.id, answer, note: 'well' });
      }
      if (gate.id.startsWith('witness:')) {
        const answer = this.#dice.pick(['accept', 'reject']);
        return this.#ask({ request: 'answer', gate: gate.id, answer, note: 'well' });
      }
      if (gate.id.startsWith('lane:')) {
        // Logging in takes a while.
        await this.#world.sleep(this.#dice.spread(1000, 200_000));
        return this.#ask({ request: 'answer', gate: gate.id, answer: 'retry' });
      }
      if (gate.id.startsWith('attached:')) return this.#giveBack(gate.id.slice('attached:'.length));
      if (gate.id.startsWith('amend:')) {
        const sha256 = state.proposals?.[gate.id]?.sha256 ?? '';
        const there = this.machine.disk.text(amendmentFile(this.#paths, sha256)) !== undefined;
        const answer = there && this.#steers.chance(0.6) ? 'approve' : 'reject';
        if (answer === 'approve') this.#truth.approved.add(sha256);
        await this.#ask({ request: 'answer', gate: gate.id, answer });
        // What it would change may have landed: then it is refused, and the question stays.
        if (answer === 'approve') return this.#ask({ request: 'answer', gate: gate.id, answer: 'reject' });
        return;
      }
      if (/^(?:open-question|assumption|validation|checkpoint|approval):/.test(gate.id)) {
        const answer = this.#dice.pick(gate.options.filter((one) => one !== 'cancel'));
        return this.#ask({ request: 'answer', gate: gate.id, answer, note: 'it is so' });
      }
      if (gate.id.startsWith('landing:')) return this.#ask({ request: 'answer', gate: gate.id, answer: 'hand-back' });
      return this.#ask({ request: 'answer', gate: gate.id, answer: gate.id === 'tampered' ? 'accept' : 'restore' });
    }
    const failed = state.tasks.filter((task) => task.progress.status === 'failed');
    const worthIt = failed.filter((task) => this.#scenario.scripts.get(task.task.id)?.hopeless !== true);
    for (const task of worthIt) await this.#ask({ request: 'retry', task: task.task.id });
    if (worthIt.length > 0) return;
    const [hopeless] = failed;
    if (hopeless !== undefined && this.#steers.chance(0.5))
      return this.#ask({ request: 'waive', task: hopeless.task.id, reason: 'it will never be' });
    if (failed.length > 0) return this.#ask({ request: 'cancel', reason: 'hopeless' });
    const trouble = this.#checker.events.at(-1)?.event;
    this.#world.fail(
      `liveness: the run rests in phase ${state.phase}, and nothing is left for a person to do (last event: ${trouble ?? 'none'})`,
    );
  }

  /**
   * Does what a failed set-up, or a run that gave up, asks for: a process that was stopped while it held the register of ports, and ended somewhere
   * where nobody sees that it is gone, keeps it until a person takes its lock away.
   */
  async #freeLeases(asked: string): Promise<void> {
    const pid = /is being written by process (\d+); when that is gone for good: rm -r/.exec(asked)?.[1];
    if (pid === undefined) return;
    while ([...this.machine.lives].some((life) => life.pid === Number(pid))) await this.#world.sleep(1000);
    this.#world.note(`somebody: rm -r ${LEASES}/lock`);
    const register = this.machine.disk.find(LEASES);
    if (register?.kind === 'directory') this.machine.disk.set(register, 'lock', undefined, LEASES);
  }

  /** Sends a request from another terminal, sometimes twice. */
  async #ask(
    what: {
      [T in Request['request']]: Omit<Extract<Request, { request: T }>, 'schema' | 'id' | 'by' | 'how'>;
    }[Request['request']],
  ): Promise<void> {
    const stray = what.request === 'answer' ? this.#besides(what.gate) : undefined;
    if (stray?.after === 0) await stray.send();
    const request = { schema: 1, id: this.#dice.hex(8), by: 'person', how: 'terminal', ...what } as Request;
    this.machine.counts.requests++;
    for (let times = this.#dice.chance(0.15) ? 2 : 1; times > 0; times--) {
      const fuse: Fuse | undefined = this.#dice.chance(0.05)
        ? { blow: 'kill', when: 'step', count: this.#dice.whole(1, 9) }
        : undefined;
      const life = this.machine.live('ask', fuse);
      this.#world.note(`${life.name} asks ${JSON.stringify(what)}`);
      await Promise.race([sendRequest(this.#ioOf(life), this.#paths, request).catch(() => undefined), life.died]);
      life.end();
      await this.#world.sleep(this.#dice.spread(0.1, 50));
    }
    if (stray !== undefined && stray.after > 0) this.#world.after(stray.after, () => void stray.send());
  }

  async #unlock(): Promise<void> {
    const life = this.machine.live('unlock');
    const unlocked = await Promise.race([
      forceUnlock(this.#ioOf(life), this.#paths.runtime, 'masterplan unlock --force').catch(() => 'killed' as const),
      life.died,
    ]);
    if (unlocked !== 'killed' && !unlocked.ok && this.machine.lives.size === 1)
      this.#world.fail(`L8: a lock is left that nobody can take: ${unlocked.error.message}`);
    for (const zombie of this.#zombies) if (unlocked !== 'killed' && unlocked.ok) zombie.rob();
    life.end();
  }

  #arrangeFaults(): void {
    const { faults } = this.#scenario;
    const { world } = this.machine;
    if (faults.full !== undefined) {
      const { at, ms } = faults.full;
      world.after(at, () => {
        this.machine.fullUntil = world.now + ms;
        this.machine.fullFor = undefined;
      });
    }
    if (faults.clock !== undefined) {
      const { at, by } = faults.clock;
      world.after(at, () => {
        this.machine.clockError = by;
      });
    }
    this.#arrangeMischief();
    for (const { at, what } of faults.meddling) {
      world.after(at, () => this.#meddle(what));
    }
    if (faults.cancelAt !== undefined)
      world.after(faults.cancelAt, () => void this.#ask({ request: 'cancel', reason: 'changed my mind' }));
    for (const at of faults.pauseAt) world.after(at, () => void this.#ask({ request: 'pause', reason: 'a while' }));
    for (const at of faults.steering) world.after(at, () => void this.#steer());
    for (const at of faults.strayRequests) world.after(at, () => void this.#stray());
  }

  /** What seeds of the second generation have to bear besides. */
  #arrangeMischief(): void {
    const { mischief } = this.#scenario;
    if (mischief === undefined) return;
    const { machine } = this;
    const { world, processes } = machine;
    for (const { at, by } of mischief.clocks) world.after(at, () => (machine.clockError = by));
    for (const { at, ms, kind } of mischief.full)
      world.after(at, () => {
        machine.fullUntil = world.now + ms;
        machine.fullFor = kind;
      });
    const seen = new Map<string, number>();
    machine.stepped = (label) => {
      const count = (seen.get(label) ?? 0) + 1;
      seen.set(label, count);
      for (const trap of mischief.traps) if (trap.label === label && trap.count === count) this.#meddle(trap.what);
    };
    const { launched } = processes;
    processes.launched = (process) => {
      launched(process);
      if (mischief.untimely === 0 || ++this.#untimely > 4 || !this.#steers.chance(mischief.untimely)) return;
      const late = this.#steers.spread(0.01, 60);
      process.gone.push(() => world.after(late, () => void this.#steer()));
    };
  }

  /** What somebody else answers to a question that is open, and how to send it. */
  #besides(id: string): { readonly after: number; send(): Promise<void> } | undefined {
    const gate = this.#checker.state.gates.find((one) => one.id === id);
    const stray =
      gate === undefined ? undefined : strayAnswer(gate, this.#scenario.mischief?.answers ?? 0, this.#besidesDice);
    if (stray === undefined) return undefined;
    const { after, wrong, ...said } = stray;
    const request = { schema: 1, id: this.#besidesDice.hex(8), by: 'somebody', how: 'terminal' } as const;
    this.#truth.answers.set(request.id, { wrong, asked: said.asked });
    return {
      after,
      send: async () => {
        const life = this.machine.live('besides');
        this.#world.note(`${life.name} answers ${id} with ${JSON.stringify(stray)}`);
        const whole: Request = { ...request, request: 'answer', gate: id, note: 'no', ...said };
        await sendRequest(this.#ioOf(life), this.#paths, whole).catch(() => undefined);
        life.end();
      },
    };
  }

  /** A person changes their mind about what there is to do. */
  async #steer(): Promise<void> {
    const { tasks, phase } = this.#checker.state;
    if (tasks.length === 0 || phase === 'over') return;
    const task = this.#steers.pick(tasks).task.id;
    const way = this.#steers.next();
    if (way < 0.7) return this.#amend();
    if (way < 0.77) return this.#ask({ request: 'waive', task, reason: 'done by hand' });
    if (way < 0.9) {
      const open = tasks.filter(({ task: one, progress }) => {
        const waits =
          (this.#checker.state.schedule.unmet[this.#checker.state.schedule.index[one.id] as number] ?? 0) > 0;
        return !waits && !['merged', 'waived', 'dropped', 'unfolded', 'attached'].includes(progress.status);
      });
      const mine = open.length === 0 ? task : this.#steers.pick(open).task.id;
      await this.#ask({ request: 'attach', task: mine });
      await this.#world.sleep(this.#steers.spread(5, 20_000));
      if (this.#checker.state.phase !== 'over') await this.#giveBack(mine);
      return;
    }
    return this.#ask({ request: 'retry', task, advice: 'look at it again' });
  }

  /** A person returns what they did by hand, well or badly, or gives the task back unfinished. */
  async #giveBack(task: string): Promise<void> {
    const { state } = this.#checker;
    const held = taskOf(state, task);
    if (held?.progress.status !== 'attached' || this.#steers.chance(0.1)) return;
    const { base } = held.progress;
    const drop = this.#steers.chance(0.3);
    const script = this.#scenario.scripts.get(task);
    const tree = new Map(this.machine.git.treeOf(base));
    const knows = [...tree.keys()].flatMap((path) => /^src\/t(\d+)\/out\.txt$/.exec(path)?.[1] ?? []);
    const content = `${this.#steers.chance(0.2) ? 'bad' : 'ok'} ${task}#${held.attempts.length + 1} by hand knows:${knows.map((one) => `T${one}`).join(',')}\n`;
    if (script !== undefined && !held.task.nonCommitting) tree.set(script.main, content);
    this.#truth.written.add(content);
    const { git } = this.machine;
    const commit = git.commit(git.writeTree(tree), [base], 'by hand', 0).id;
    git.queueObjects.add(commit);
    const nothing = drop && this.#steers.chance(0.3);
    await this.#ask({ request: 'return', task, commit: nothing ? null : commit, drop });
  }

  /** Edits the plan, and approves that or lets it be asked about. */
  async #amend(): Promise<void> {
    const { state } = this.#checker;
    const text = amendedText(state, this.#scenario, this.#steers);
    const sha256 = planHash(text);
    // Now and then somebody else amended it first, or the text is gone again.
    const before = this.#steers.chance(0.05) ? '0'.repeat(64) : state.planSha256;
    if (!this.#steers.chance(0.03)) this.machine.disk.put(amendmentFile(this.#paths, sha256), text);
    this.machine.disk.syncDirectory('/');
    const approved = this.#steers.chance(0.75);
    if (approved) this.#truth.approved.add(sha256);
    await this.#ask({ request: 'amend', sha256, before, approved });
  }

  #meddle(what: Faults['meddling'][number]['what']): void {
    if (this.#checker.state.phase === 'over') return;
    if (what === 'queue-lost') this.#queueLost = true;
    else meddle(what, this.machine, this.#checker.state, this.#paths, this.#truth, this.#dice);
  }

  /** A request that makes no sense now, or no sense at all. */
  async #stray(): Promise<void> {
    const task = this.#dice.pick(this.#scenario.tasks).id;
    switch (this.#dice.whole(0, 4)) {
      case 0:
        return this.#ask({ request: 'retry', task });
      case 1:
        return this.#ask({ request: 'approve', planSha256: '0'.repeat(64) });
      case 2:
        return this.#ask({ request: 'answer', gate: 'finish', answer: 'perhaps' });
      case 3:
        return this.#ask({ request: 'finish', choice: 'keep' });
      default:
        this.machine.disk.put(`${this.#paths.inbox}/000-garbage.json`, '{"schema":1,"id":"../../x');
    }
  }

  #loseQueue(): void {
    this.#queueLost = false;
    const { git, disk } = this.machine;
    this.#world.note('somebody deletes the private repository');
    this.#checker.excuse();
    git.queueRefs.clear();
    git.queueObjects.clear();
    const home = disk.find(`${ROOT}/.masterplan`);
    if (home?.kind === 'directory') disk.set(home, 'queue.git', undefined, ROOT);
  }

  /** Faults stop. */
  #calm(): void {
    this.machine.badSync = 0;
    this.machine.fullUntil = -1;
    this.machine.fullFor = undefined;
  }

  /** The run is over: masterplan is run once more, which must change nothing, and then everything is looked at. */
  async #finish(): Promise<void> {
    this.#calm();
    for (const zombie of this.#zombies) zombie.wake();
    await this.#world.sleep(60_000);
    const before = this.#checker.state.seq;
    for (let round = 0; round < 2; round++) {
      const life = this.machine.live('again');
      const end = await this.#watch(life);
      if (end.end !== 'settled')
        return this.#world.fail(`L8: running a finished run again ends with ${JSON.stringify(end)}`);
      if (round === 1 && this.#checker.state.seq !== before)
        this.#world.note(`running again added ${this.#checker.state.seq - before} events`);
    }
    await this.#world.sleep(10_000);
    this.#checker.atEnd();
  }
}
