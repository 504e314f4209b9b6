import { FAILURES, type FailureClass } from '../../core/agents/failure.ts';
import { knownAgent } from '../../core/agents/known.ts';
import { mendWords } from '../../core/agents/mend.ts';
import type { Usage } from '../../core/agents/event.ts';
import { err, ok, type Result } from '../../core/base/result.ts';
import { oneLine } from '../../core/base/text.ts';
import type { RecordedEvent } from '../../core/run/event.ts';
import type { AgentSettings } from '../../core/run/settings.ts';
import { EXIT, type AppRefusal } from '../api.ts';
import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import { basePath } from '../environment.ts';
import { openRun } from '../run.ts';
import { makeScratch } from '../scratch.ts';
import { findProgram, searchPath } from './find.ts';
import { configFor } from './list.ts';

export interface AgentTestRequest {
  readonly name: string;
  /** Leave the scratch repository where it is. */
  readonly keep: boolean;
}

/** What an agent has to do, in order; each is a step of the way from the program to a change that landed. */
type StepName = 'installed' | 'started' | 'digest' | 'wrote' | 'verified' | 'landed';

export interface Step {
  readonly step: StepName;
  readonly ok: boolean;
  readonly what: string;
}

export interface AgentTest {
  readonly agent: string;
  readonly passed: boolean;
  readonly steps: readonly Step[];
  /** Why it did not pass, and what a person can do about it. */
  readonly failure?: { readonly class: FailureClass | null; readonly message: string; readonly hint: string };
  /** What it asked leave for: nobody is there to give it. */
  readonly asked: readonly string[];
  /** What its program tells; absent: it tells nothing. */
  readonly usage?: Usage;
  readonly model?: string;
  readonly program?: string;
  readonly durationMs: number;
  /** Where the scratch repository was left. */
  readonly kept?: string;
}

/** Milliseconds without output, and altogether, that a task of one word gets. */
const IDLE = 90_000;
const LONGEST = 180_000;

const PLAN = `# A word in a file

**Goal:** see that an agent can be started, changes files and says so.

### Task 1: Write the word

**Files:** ready.txt
**Needs:** none
**Verify:** \`grep -qx ready ready.txt\`

Write the file \`ready.txt\` with the word \`ready\` on its only line. Nothing else: no other file, no command.
`;

/**
 * Has an agent do a task of one word in a scratch repository, by the machinery of every run, and says how far it got. `tell`
 * gets every step as it happens; aborting `signal` ends the agent.
 */
export async function testAgent(
  context: Context,
  { name, keep }: AgentTestRequest,
  tell: (step: Step) => void,
  signal: AbortSignal,
): Promise<Result<AgentTest, AppRefusal>> {
  const { io } = context;
  const config = await configFor(context, name);
  if (!config.ok) return config;
  const agent = config.value.settings.agents[name] as AgentSettings;
  const began = io.clock.monotonic();
  const course = new Course(name, agent, tell);
  const env = config.value.env[name];
  const program = await findProgram(io, agent.command[0], searchPath(basePath(context), env));
  if (program === undefined) {
    const message = `there is no program "${agent.command[0]}"${agent.command[0].includes('/') ? '' : ' on the PATH'}`;
    course.step('installed', false, message);
    return ok({
      ...course.end(),
      failure: { class: null, message, hint: 'install it, or correct its command' },
      durationMs: 0,
    });
  }
  course.step('installed', true, program);

  const place = `${context.env['TMPDIR'] ?? '/tmp'}/masterplan-agents-test-${io.random.hex(4)}`;
  const directory = `${place}/project`;
  try {
    const files = { 'plan.md': PLAN, 'README.md': '# A scratch repository of `masterplan agents test`\n' };
    const made = await makeScratch(context, {
      directory,
      files,
      name: 'Scratch',
      message: 'A plan of one word',
      what: 'the scratch repository',
    });
    if (!made.ok) return made;
    const ran = await carryOut({ ...context, cwd: directory }, only(config.value, name, agent), course, signal);
    if (!ran.ok) return ran;
  } finally {
    if (!keep) await io.files.removeTree(place).catch(() => undefined);
  }
  const durationMs = io.clock.monotonic() - began;
  return ok({ ...course.end(), durationMs, ...(keep ? { kept: directory } : {}) });
}

async function carryOut(
  context: Context,
  config: Config,
  course: Course,
  signal: AbortSignal,
): Promise<Result<void, AppRefusal>> {
  const opened = await openRun(context, { target: 'plan.md', slug: 'ready', finish: 'keep' }, config);
  if (!opened.ok) return opened;
  const handle = opened.value;
  const stop = (): void => handle.stop('now');
  try {
    handle.subscribe((events) => {
      for (const event of events) course.see(event);
      // Nobody waits here for the end of a limit, or answers.
      if (course.isStuck) stop();
    });
    const approved = await handle.approve('agents test');
    if (!approved.ok) return err({ ...approved.error, exit: EXIT.failed });
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    const end = await handle.run();
    if (end.end === 'trouble') course.trouble(`${end.what}: ${end.message}`);
    else if (signal.aborted) course.trouble('it was interrupted');
    return ok(undefined);
  } finally {
    signal.removeEventListener('abort', stop);
    await handle.close();
  }
}

/** A configuration with nothing in it but this agent, which gets one attempt, little time, and no answers. */
function only(config: Config, name: string, agent: AgentSettings): Config {
  const short = (configured: number, limit: number): number => (configured === 0 ? limit : Math.min(configured, limit));
  const hurried: AgentSettings = {
    ...agent,
    idle_timeout: short(agent.idle_timeout, IDLE),
    timeout: short(agent.timeout, LONGEST),
    ...(agent.kind === 'command' ? {} : { patience: 1000 }),
  };
  const { narrative: _, ...settings } = config.settings;
  return {
    ...config,
    settings: {
      ...settings,
      agents: { [name]: hurried },
      roles: { implement: name },
      failover: [],
      unavailable_policy: 'block',
      attempts: 1,
      losses: 1,
      verify: { timeout: 60_000, commands: [], env: [] },
      finish: 'keep',
    },
    warnings: [],
  };
}

/** How far the agent got, as its events tell. */
class Course {
  readonly #name: string;
  readonly #agent: AgentSettings;
  readonly #tell: (step: Step) => void;
  readonly #steps: Step[] = [];
  readonly #asked: string[] = [];
  #report: Extract<RecordedEvent, { event: 'agent_reported' }> | undefined;
  #reason: string | undefined;
  #stuck = false;
  #silent = false;

  constructor(name: string, agent: AgentSettings, tell: (step: Step) => void) {
    this.#name = name;
    this.#agent = agent;
    this.#tell = tell;
  }

  /** Whether going on would mean waiting for something that does not come. */
  get isStuck(): boolean {
    return this.#stuck;
  }

  step(step: StepName, good: boolean, what: string): void {
    if (this.#steps.some((one) => one.step === step)) return;
    const taken = { step, ok: good, what: oneLine(what, 300) };
    this.#steps.push(taken);
    this.#tell(taken);
  }

  trouble(reason: string): void {
    this.#reason ??= reason;
  }

  see(event: RecordedEvent): void {
    switch (event.event) {
      case 'agent_reported': {
        this.#report = event;
        const said = [
          event.program === null ? [] : [`version ${event.program}`],
          event.model === null ? [] : [event.model],
        ].flat();
        // A program that never said a word was not started in any useful sense.
        if (event.session !== null || event.how === 'completed') this.step('started', true, said.join(', '));
        return;
      }
      case 'permission_asked':
        this.#asked.push(oneLine(event.what, 200));
        return;
      case 'digest_recorded':
        this.step('started', true, '');
        this.step(
          'digest',
          event.source === 'agent',
          event.source === 'agent' ? event.summary : 'it wrote none: one was made from what it changed',
        );
        return;
      case 'contract_violation':
        this.step('digest', false, event.problems[0] ?? 'its digest is not valid');
        return;
      case 'scope_violated':
        this.step('wrote', false, `it changed other files, too: ${event.paths.slice(0, 5).join(', ')}`);
        return;
      case 'attempt_finished':
        if (event.ending === 'done') {
          const { files_changed: files = 0 } = event;
          this.step('wrote', files > 0, files === 1 ? 'one file' : `${files} files`);
        } else {
          this.trouble(event.reason);
          if (event.ending === 'timed_out') this.#silent = true;
        }
        return;
      case 'verification_finished':
        this.step('verified', event.passed, event.passed ? 'ready.txt says ready' : 'ready.txt does not say ready');
        if (!event.passed) this.trouble('ready.txt does not say ready');
        return;
      case 'merge_finished':
        this.step('landed', true, 'on a branch of the scratch repository');
        return;
      case 'lane_parked':
      case 'task_failed':
        this.#stuck = true;
        return;
      default:
    }
  }

  end(): Omit<AgentTest, 'durationMs' | 'kept'> {
    // A digest that had to be made up for it is a flaw, but one that runs live with.
    const passed = this.#steps.some(({ step }) => step === 'landed');
    const report = this.#report;
    return {
      agent: this.#name,
      passed,
      steps: this.#steps,
      asked: this.#asked,
      ...(passed ? {} : { failure: this.#failure() }),
      ...(report === undefined || Object.keys(report.usage).length === 0 ? {} : { usage: report.usage }),
      ...(typeof report?.model === 'string' ? { model: report.model } : {}),
      ...(typeof report?.program === 'string' ? { program: report.program } : {}),
    };
  }

  #failure(): NonNullable<AgentTest['failure']> {
    const failure = this.#report?.failure ?? null;
    const known = knownAgent(this.#name, this.#agent.command);
    if (failure !== null) {
      const said = this.#report?.message ?? '';
      const message = `${FAILURES[failure].about}${said === '' ? '' : `: ${oneLine(said, 300)}`}`;
      return { class: failure, message, hint: mendWords(failure, this.#name, known) };
    }
    return {
      class: null,
      message: oneLine(this.#reason ?? 'it did not get to the end', 400),
      hint:
        this.#asked.length > 0
          ? `it asked for leave that nobody gave; agents: {${this.#name}: {permission: all}} lets it run any command`
          : this.#silent
            ? mendWords('silent', this.#name, known)
            : `masterplan agents test ${this.#name} --keep keeps what it printed`,
    };
  }
}
