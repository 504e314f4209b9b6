import { Dice } from './dice.ts';
import type { Tree } from './git-store.ts';
import type { Machine } from './machine.ts';
import type { Behaviour, Process, Shell } from './process-table.ts';
import { attemptFile } from '../../src/engine/paths.ts';
import type { FailureClass } from '../../src/core/agents/failure.ts';
import type { Order } from '../../src/core/agents/order.ts';
import { easing, objects } from './old-tests.ts';
import { reviewing } from './reviewers.ts';
import { authoredTasks, PLAN } from '../../src/core/run/authoring/model.ts';
import { documentText, type Misdeed, type Outage, type Scenario, type Script, subplanText } from './scenario.ts';

/** What really happened, whatever the log says: for the checker. */
export interface Truth {
  /** Every content that an agent or a person wrote wholly into a file. */
  readonly written: Set<string>;
  /** The same, by attempt (`T3.2`). */
  readonly writtenBy: Map<string, Set<string>>;
  /** Commands that passed, by tree: `<tree> <command>`. */
  readonly passed: Set<string>;
  /** Attempts (`T3.2`) whose worktree somebody deleted: a power cut may bring it back, and nobody asked for that. */
  readonly wiped: Set<string>;
  /** Databases that set-ups made and nobody dropped yet, by their names; whether somebody is to blame. */
  readonly databases: Map<string, boolean>;
  /** How often a command was run on a tree. */
  readonly runs: Map<string, number>;
  /** Hashes of texts of the plan that a person approved. */
  readonly approved: Set<string>;
  /** Requests that are for another question than the one that is open, or for one that was asked then; by their ids. */
  readonly answers: Map<string, { readonly wrong: boolean; readonly asked: number | undefined }>;
}

/** The programs of the simulated machine: the keeper with the agent in it, and the shell of verify commands. */
export function programs(machine: Machine, scenario: Scenario, truth: Truth): Shell {
  return (program) => {
    const [shell, command = ''] = program.argv;
    if (shell === 'verify-shell' && /^(?:setup|teardown)\b/.test(command))
      return setter(command, program.env['MASTERPLAN_DB'] ?? '', truth);
    if (shell === 'sh' && program.argv.includes('masterplan-copy')) return copier;
    if (program.argv[0] === 'verify-shell')
      return verifier(program.argv[1] ?? '', program.cwd, machine, scenario, truth);
    if (program.argv[0] === 'sh' && program.argv.includes('agent')) return agent(scenario, truth);
    // The keeper of a spoken agent and that agent are one process here.
    if (program.argv[0] === 'sh' && program.argv.includes('keeper')) return agent(scenario, truth);
    return undefined;
  };
}

function agent(scenario: Scenario, truth: Truth): Behaviour {
  return (keeper, machine, streams) => {
    const { env } = keeper.program;
    const id = env['MASTERPLAN_TASK'] ?? '';
    const attempt = Number(env['MASTERPLAN_ATTEMPT']);
    const task = scenario.tasks.find((one) => one.id === id);
    const planned = env['MASTERPLAN_PLAN'];
    const script = takenApart(scenario, id, planned !== undefined);
    if (script === undefined) return;
    const document = documentText(id, scenario);
    const authors = authoredTasks('topic').find((one) => one.id === id)?.authors;
    const brief = new TextDecoder().decode(streams.stdin);
    const judges = brief.startsWith(`# ${id}#${attempt} — Review of `);
    const mends = brief.startsWith(`# ${id}#${attempt} — Repair of `);
    if (!judges && !mends && (planned !== undefined) !== (script.children.length > 0 || id === PLAN))
      machine.world.fail(
        `${id}#${attempt} is started ${planned === undefined ? 'without' : 'with'} a place for a plan`,
      );
    if (!brief.startsWith(`# ${id}#${attempt} `))
      machine.world.fail(`${id}#${attempt} was started with the brief ${JSON.stringify(brief.slice(0, 40))}`);
    const process = machine.processes.spawn(keeper.program, keeper.startedBy, undefined, keeper.group);
    // The keeper notes how the agent ended, whole or not at all.
    process.gone.push(({ code, signal }) => {
      if (!keeper.alive) return;
      const exit = code ?? (signal === 'SIGKILL' ? 137 : 143);
      machine.world.after(0.5, () => {
        if (!keeper.alive) return;
        const path = keeper.program.argv[4] ?? '';
        machine.disk.put(`${path}.tmp`, String(exit));
        machine.disk.move(`${path}.tmp`, path);
        machine.processes.exit(keeper, exit);
      });
    });
    const spoken = spokenOf(keeper, machine, scenario);
    if (mends) return repairing(machine, process, brief, id, attempt);
    if (judges) {
      reviewing({
        machine,
        process,
        brief,
        task: id,
        attempt,
        main: script.main,
        outage: spoken?.outage,
        write: (path, content) => writes(machine, truth, keeper, `${id}#${attempt}`, path, content),
        outcome: (fields) => putOutcome(machine, spoken, fields),
      });
      return;
    }
    const misdeed = script.hopeless ? 'bad' : script.misdeeds[attempt - 1];
    new Work(
      machine,
      truth,
      process,
      keeper,
      scenario,
      script,
      planned !== undefined || authors !== undefined || task?.nonCommitting === true,
      document ?? (planned === undefined ? undefined : subplanText(id, scenario)),
      CONTRACTS[authors ?? (planned === undefined ? 'none' : 'plan')],
      misdeed,
      id,
      attempt,
      new Dice(machine.seed, `agent ${id} ${attempt}`),
      streams.write,
      spoken,
    ).begin();
  };
}

/** The script of a task; one that was split is done by a task of its own that does the same, until an amendment makes it whole again. */
function takenApart(scenario: Scenario, id: string, plans: boolean): Script | undefined {
  const script = scenario.scripts.get(id);
  const task = scenario.tasks.find((one) => one.id === id);
  if (script === undefined || task?.planFirst !== undefined || task?.nonCommitting === true) return script;
  if (id.includes('/') || authoredTasks('topic').some((one) => one.id === id)) return script;
  if (plans === script.children.length > 0) return script;
  const child = `${id}/T1`;
  if (plans) scenario.scripts.set(child, { ...script, rival: undefined, notes: false });
  const now = { ...script, children: plans ? [child] : [] };
  scenario.scripts.set(id, now);
  return now;
}

/** A second start, for the digest alone: most mend it, some give the same nonsense, none, or nothing any more. */
function repairing(machine: Machine, process: Process, brief: string, task: string, attempt: number): void {
  const dice = new Dice(machine.seed, `repair ${task} ${attempt}`);
  const contract_id = /of contract (\S+) anew/.exec(brief)?.[1] ?? '';
  const how = dice.pick(['mend', 'mend', 'mend', 'nonsense', 'mute', 'die', 'silent'] as const);
  const verdict = contract_id === 'review.v1' ? { verdict: 'approve', findings: [], earlier: [] } : {};
  const text = JSON.stringify({ contract_id, status: 'completed', summary: `${task} by ${attempt}`, ...verdict });
  const after = (ms: number, run: () => void): void => {
    machine.world.after(ms, () => {
      if (process.alive) run();
    });
  };
  if (how === 'silent') return;
  after(dice.spread(2, 700), () => {
    if (how === 'die') return machine.processes.exit(process, undefined, 'SIGKILL');
    const path = process.program.env['MASTERPLAN_DIGEST'] ?? '';
    if (how !== 'mute') machine.disk.put(path, how === 'nonsense' ? text.slice(0, 20) : text);
    after(dice.spread(0.1, 50), () => machine.processes.exit(process, how === 'mute' ? 1 : 0));
  });
}

/** Writes a file in the worktree of an attempt, unless that is gone, and notes who it was. */
function writes(machine: Machine, truth: Truth, keeper: Process, attempt: string, path: string, content: string): void {
  const { disk } = machine;
  const { cwd } = keeper.program;
  if (disk.find(cwd)?.kind !== 'directory') return;
  const [id = '', number = ''] = attempt.split('#');
  const name = attemptFile(id, Number(number));
  const mine = truth.writtenBy.get(name) ?? new Set();
  truth.writtenBy.set(name, mine.add(content));
  disk.put(`${cwd}/${path}`, content);
}

/** Says how a spoken agent ended, as its keeper would. */
function putOutcome(machine: Machine, spoken: Spoken | undefined, fields: Readonly<Record<string, unknown>>): void {
  if (spoken === undefined) return;
  const { disk } = machine;
  const path = `${spoken.inputs}/outcome.json`;
  disk.put(`${path}.tmp`, JSON.stringify({ schema: 1, family: 'claude', message: '', ...fields }));
  disk.move(`${path}.tmp`, path);
}

/** What a keeper was told, and what the account of its agent is like. */
interface Spoken {
  readonly inputs: string;
  /** The conversation that it is to go on with. */
  readonly session: string | undefined;
  readonly outage: Outage | undefined;
}

function spokenOf(keeper: Process, machine: Machine, scenario: Scenario): Spoken | undefined {
  if (!keeper.program.argv.includes('keeper')) return undefined;
  const order = JSON.parse(machine.disk.text(keeper.program.argv.at(-1) ?? '') ?? '{}') as Partial<Order>;
  const { now } = machine.world;
  const outage = scenario.outages.find(
    ({ agent: name, from, until }) => name === order.command?.[0] && from <= now && now < until,
  );
  return { inputs: order.inputs ?? '', session: order.session, outage };
}

/** What the digest of an attempt is under, by what it writes. */
const CONTRACTS = {
  none: 'implement.v1',
  scan: 'discovery.v1',
  interview: 'interview.v1',
  spec: 'spec.v1',
  plan: 'plan.v1',
} as const;

/** One attempt of one agent. */
class Work {
  readonly #machine: Machine;
  readonly #truth: Truth;
  readonly #process: Process;
  readonly #keeper: Process;
  readonly #scenario: Scenario;
  readonly #script: Script;
  readonly #idle: boolean;
  readonly #subplan: string | undefined;
  readonly #contract: string;
  readonly #misdeed: Misdeed | undefined;
  readonly #id: string;
  readonly #attempt: number;
  readonly #dice: Dice;
  readonly #say: (text: string) => void;
  readonly #spoken: Spoken | undefined;

  constructor(
    machine: Machine,
    truth: Truth,
    process: Process,
    keeper: Process,
    scenario: Scenario,
    script: Script,
    idle: boolean,
    subplan: string | undefined,
    contract: string,
    misdeed: Misdeed | undefined,
    id: string,
    attempt: number,
    dice: Dice,
    say: (text: string) => void,
    spoken: Spoken | undefined,
  ) {
    this.#machine = machine;
    this.#truth = truth;
    this.#process = process;
    this.#keeper = keeper;
    this.#scenario = scenario;
    this.#script = script;
    this.#idle = idle;
    this.#subplan = subplan;
    this.#contract = contract;
    this.#misdeed = misdeed;
    this.#id = id;
    this.#attempt = attempt;
    this.#dice = dice;
    this.#say = say;
    this.#spoken = spoken;
  }

  begin(): void {
    const { pace } = this.#script;
    this.#say('begins\n');
    for (let at = 500; at < pace; at += 500) this.#at(at, () => this.#say('works\n'));
    const half = pace * this.#dice.next();
    const misdeed = this.#misdeed;
    if (misdeed === 'missing') return this.#at(1, () => this.#exit(127));
    const outage = this.#spoken?.outage;
    if (outage !== undefined)
      return this.#at(half, () => this.#fail(outage.failure, outage.told ? outage.until : undefined));
    // Now and then a program does not find its conversation again.
    if (
      this.#spoken?.session !== undefined &&
      new Dice(this.#machine.seed, `session ${this.#id} ${this.#attempt}`).chance(0.2)
    )
      return this.#at(1, () => this.#fail('session', undefined));
    if (misdeed === 'silent') this.#process.stubborn = this.#dice.chance(0.5);
    if (misdeed === 'stubborn') this.#process.stubborn = this.#keeper.stubborn = true;
    if (!this.#idle && misdeed !== 'lie-nothing')
      this.#at(half, () => this.#write(this.#script.main, `part ${this.#id}#${this.#attempt}\n`));
    if (misdeed === 'silent') return;
    if (misdeed === 'runaway') return this.#chatter();
    if (misdeed === 'die')
      return this.#at(half + 1, () => this.#machine.processes.exit(this.#process, undefined, 'SIGKILL'));
    if (misdeed === 'die-all') {
      return this.#at(half + 1, () => {
        for (const one of this.#machine.processes.group(this.#keeper.group))
          this.#machine.processes.exit(one, undefined, 'SIGKILL');
      });
    }
    if (misdeed === 'wipe') this.#at(half + 1, () => this.#wipe());
    if (misdeed === 'tamper')
      this.#at(
        half + 1,
        () => void this.#machine.git.config.set('hooks/post-commit', `planted by ${this.#id}#${this.#attempt}`),
      );
    if (misdeed === 'child') this.#at(half + 1, () => this.#leaveChild());
    this.#at(pace, () => this.#work());
    this.#at(pace + this.#dice.spread(0.1, 20), () => this.#conclude());
  }

  #at(ms: number, run: () => void): void {
    this.#machine.world.after(ms, () => {
      if (this.#process.alive) run();
    });
  }

  #chatter(): void {
    this.#say('goes on and on\n');
    this.#at(1000, () => this.#chatter());
  }

  #work(): void {
    const misdeed = this.#misdeed;
    if (this.#subplan !== undefined && misdeed !== 'lie-nothing') this.#writePlan(this.#subplan);
    if (misdeed === 'lie-scope') this.#write('elsewhere.txt', `stray ${this.#id}#${this.#attempt}\n`);
    if (this.#idle || misdeed === 'lie-nothing') return;
    const quality = misdeed === 'bad' ? 'bad' : misdeed === 'hang' ? 'hang' : 'ok';
    const there = this.#machine.disk.tree(this.#keeper.program.cwd);
    const eased =
      this.#script.children.length > 0
        ? { says: '', files: [] }
        : easing(this.#scenario, this.#script.main, this.#id, this.#attempt);
    const knows = [...there.keys()]
      .flatMap((path) => /^src\/t(\d+)\/out\.txt$/.exec(path)?.[1] ?? [])
      .map((number) => `T${number}`);
    this.#write(this.#script.main, `${quality} ${this.#id}#${this.#attempt} knows:${knows.join(',')}\n${eased.says}`);
    for (const [path, content] of eased.files) this.#write(path, content);
    // Whoever is handed a conflict keeps the lines of both sides.
    const notes = (there.get('notes.txt') ?? '').replace(/^(?:<{7}|={7}|>{7}).*\n/gm, '');
    if (this.#script.notes) this.#write('notes.txt', `${notes}${this.#id}#${this.#attempt}\n`);
  }

  #conclude(): void {
    const misdeed = this.#misdeed;
    if (misdeed === 'fail-silently') return this.#exit(1);
    if (misdeed === 'no-digest') return this.#exit(0);
    const status = misdeed === 'fail' ? 'failed' : misdeed === 'blocked' ? 'blocked' : 'completed';
    const digest = JSON.stringify({
      contract_id: this.#contract,
      status,
      summary: `${this.#id} by ${this.#attempt}`,
      blocker_reason: status === 'blocked' ? 'no key' : null,
    });
    const path = this.#keeper.program.env['MASTERPLAN_DIGEST'] ?? '';
    const text =
      misdeed === 'malformed'
        ? digest.slice(0, 30)
        : misdeed === 'oversized'
          ? `${digest.slice(0, -1)},"more":"${'x'.repeat(6000)}"}`
          : digest;
    this.#machine.disk.put(path, text.slice(0, text.length >> 1));
    this.#at(0.2, () => {
      this.#machine.disk.put(path, text);
      this.#at(this.#dice.spread(0.1, 50), () => this.#exit(0));
    });
  }

  /** Its program says that the model cannot be had. */
  #fail(failure: FailureClass, until: number | undefined): void {
    const resetsAt = until === undefined ? undefined : this.#machine.now() - this.#machine.world.now + until;
    // As Claude Code does: the window in a field, before it gives up.
    if (this.#spoken !== undefined && failure === 'usage-limit' && resetsAt !== undefined) {
      const limit = { type: 'limit', limit: { window: 'five_hour', used: 100, resetsAt } };
      this.#machine.disk.put(`${this.#spoken.inputs}/progress.jsonl`, `${JSON.stringify(limit)}\n`);
    }
    this.#outcome({ how: 'failed', failure, ...(resetsAt === undefined ? {} : { resetsAt }) });
    this.#at(0.3, () => this.#exit(1));
  }

  #outcome(fields: Readonly<Record<string, unknown>>): void {
    putOutcome(this.#machine, this.#spoken, { session: `session of ${this.#id}`, ...fields });
  }

  #exit(code: number): void {
    if (code === 127) this.#outcome({ how: 'failed', failure: 'misconfigured' });
    else if (code === 0) this.#outcome({ how: 'completed' });
    this.#process.stubborn = this.#keeper.stubborn = false;
    this.#machine.processes.exit(this.#process, code);
  }

  #write(path: string, content: string): void {
    if (this.#machine.disk.find(this.#keeper.program.cwd)?.kind !== 'directory') return;
    this.#truth.written.add(content);
    writes(this.#machine, this.#truth, this.#keeper, `${this.#id}#${this.#attempt}`, path, content);
  }

  #writePlan(text: string): void {
    const { env } = this.#keeper.program;
    const path = env['MASTERPLAN_SPEC'] ?? env['MASTERPLAN_PLAN'] ?? '';
    const { disk } = this.#machine;
    disk.put(path, text.slice(0, text.length >> 1));
    const circle = text.replace('## Requirements', '## Wishes').replace(/\*\*Needs:\*\* \S.*/g, '**Needs:** T1');
    this.#at(0.05, () => disk.put(path, this.#misdeed === 'bad' || this.#misdeed === 'hang' ? circle : text));
  }

  #wipe(): void {
    const { disk } = this.#machine;
    const { cwd } = this.#keeper.program;
    this.#truth.wiped.add(attemptFile(this.#id, this.#attempt));
    const parent = disk.find(cwd.slice(0, cwd.lastIndexOf('/')));
    if (parent?.kind === 'directory') disk.set(parent, cwd.slice(cwd.lastIndexOf('/') + 1), undefined, cwd);
  }

  /** A process that leaves the group and goes on writing. */
  #leaveChild(): void {
    const child = this.#machine.processes.spawn(this.#keeper.program, this.#keeper.startedBy, undefined);
    const go = (round: number): void => {
      if (!child.alive) return;
      this.#write(this.#script.main.replace('out', 'late'), `late ${this.#id}#${this.#attempt} ${round}\n`);
      this.#machine.world.after(400, () => go(round + 1));
    };
    go(1);
  }
}

function verifier(command: string, cwd: string, machine: Machine, scenario: Scenario, truth: Truth): Behaviour {
  return (process, _machine, streams) => {
    const dice = new Dice(machine.seed, `verify ${command} ${process.started}`);
    const tree = committed(machine.disk.tree(cwd));
    const run = `${machine.git.writeTree(tree)} ${command}`;
    truth.runs.set(run, (truth.runs.get(run) ?? 0) + 1);
    // It may fail for nothing the first time, and never again on the same tree.
    const flaky =
      scenario.flaky > 0 &&
      /^(?:verify|lint) /.test(command) &&
      truth.runs.get(run) === 1 &&
      new Dice(machine.seed, run).chance(scenario.flaky);
    const honest = judge(command, tree, scenario);
    const verdict = flaky && honest === 'pass' ? 'fail' : honest;
    streams.write(`${command}: ${verdict}\n`);
    if (verdict === 'hang') return;
    if (dice.chance(0.05)) {
      // A daemon that stays behind.
      machine.processes.spawn(process.program, process.startedBy, undefined);
    }
    machine.world.after(dice.spread(0.5, 400), () => {
      if (!process.alive) return;
      // Whoever pulls the checkout away under a command must not get a pass for it.
      const same = machine.git.writeTree(committed(machine.disk.tree(cwd))) === machine.git.writeTree(tree);
      const passed = verdict === 'pass' && same;
      if (passed) truth.passed.add(`${machine.git.writeTree(tree)} ${command}`);
      machine.world.note(`${command} ${passed ? 'passes' : 'fails'} in ${cwd}`);
      machine.processes.exit(process, passed ? 0 : 1);
    });
  };
}

/** What a set-up puts into worktrees and checkouts: secrets, perhaps, and nobody's work. */
export const PUT: readonly string[] = ['.env', 'local.key'];

/** What a set-up put into a checkout is no part of the tree. */
function committed(files: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...files].filter(([path]) => !PUT.includes(path)));
}

/** What a verify command says of a tree: the law of this world. */
export function judge(command: string, tree: Tree, scenario: Scenario): 'pass' | 'fail' | 'hang' {
  const [, subject = ''] = command.split(' ');
  if (subject === 'common') return 'pass';
  // So many tasks have landed, whichever they are.
  if (command.startsWith('some '))
    return [...tree].filter(([path, content]) => path.endsWith('/out.txt') && content.startsWith('ok ')).length >=
      Number(subject)
      ? 'pass'
      : 'fail';
  if (subject === 'all') {
    for (const task of scenario.tasks) {
      if (scenario.gone.has(task.id)) continue;
      const verdict = judge(`verify ${task.id}`, tree, scenario);
      if (verdict !== 'pass') return verdict;
    }
    return 'pass';
  }
  const script = scenario.scripts.get(subject);
  if (script === undefined) return 'fail';
  if (script.children.length > 0) {
    const verdicts = script.children
      .filter((child) => !scenario.gone.has(child))
      .map((child) => judge(`verify ${child}`, tree, scenario));
    return verdicts.find((verdict) => verdict !== 'pass') ?? 'pass';
  }
  if (scenario.tasks.find((task) => task.id === subject)?.nonCommitting === true) return 'pass';
  const content = tree.get(script.main) ?? '';
  if (content.startsWith('hang ')) return 'hang';
  if (!content.startsWith('ok ') || objects(tree, script.main)) return 'fail';
  for (const [other, theirs] of scenario.scripts) {
    if (script.rival !== other && theirs.rival !== subject) continue;
    const against = tree.get(theirs.main);
    if (against !== undefined && !knows(content, other) && !knows(against, subject)) return 'fail';
  }
  return 'pass';
}

function knows(content: string, task: string): boolean {
  return (/knows:(.*)$/m.exec(content)?.[1] ?? '').split(',').includes(task);
}

/** A set-up makes a database, a teardown drops it: both may be run again, and both may be struck in the middle. */
function setter(command: string, database: string, truth: Truth): Behaviour {
  return (process, machine, streams) => {
    const dice = new Dice(machine.seed, `${command} ${process.started}`);
    const fails = command === 'setup poor' && dice.chance(0.3);
    streams.write(`${command}: ${fails ? 'no such registry' : 'done'}\n`);
    const makes = command.startsWith('setup');
    if (makes) truth.databases.set(database, !process.startedBy.robbed);
    if (makes && dice.chance(0.2)) machine.processes.spawn(process.program, process.startedBy, undefined);
    machine.world.after(dice.spread(0.5, makes && dice.chance(0.03) ? 5000 : 300), () => {
      if (!process.alive) return;
      if (!makes) truth.databases.delete(database);
      machine.processes.exit(process, fails ? 1 : 0);
    });
  };
}

const copier: Behaviour = (process, machine) => {
  const [from = '', to = '', ...paths] = process.program.argv.slice(5);
  for (const path of paths) machine.disk.put(`${to}/${path}`, machine.disk.text(`${from}/${path}`) ?? '');
  machine.world.after(0.5, () => process.alive && machine.processes.exit(process, 0));
};
