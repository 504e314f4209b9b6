import { digestText } from '../../core/agents/digest-text.ts';
import type { Driver, Move } from '../../core/agents/driver.ts';
import type { AgentEvent, Outcome, PermissionAnswer } from '../../core/agents/event.ts';
import type { Order } from '../../core/agents/order.ts';
import { decidePermission, fileNameOf } from '../../core/agents/permission.ts';
import type { Contract } from '../../core/run/contracts/spec.ts';
import type { Conversation, Converse } from '../../io/conversation.ts';
import type { Clock } from '../../io/clock.ts';
import type { AppendFile, Files } from '../../io/files.ts';

/*
 * A keeper is a small process of its own beside each agent that is spoken with: it holds the agent's streams, so that the
 * conversation outlives the masterplan that began it. To masterplan it is a command agent: it is started with its streams on files,
 * attached to after a crash, ended by its group. What it learns stands in files of the attempt's directory:
 *
 *   order.json      what it was told                     (masterplan writes)
 *   progress.jsonl  one event a line, as they come       (keeper writes)
 *   answers/<id>    `allow`, `session` or `deny`         (masterplan writes)
 *   notes/<name>    what the agent is told, once; taken away when it does not hold any more  (masterplan writes)
 *   digest.json     what the agent gave back             (agent or keeper writes)
 *   outcome.json    how it ended; written once, last     (keeper writes)
 */

export interface KeeperIo {
  readonly files: Files;
  readonly clock: Clock;
  readonly converse: Converse;
  /** Appends to the transcript: what goes to standard output. */
  readonly print: (text: string) => void;
}

/** What stands in outcome.json. */
export interface KeptOutcome extends Outcome {
  readonly schema: 1;
  readonly family: string;
  readonly session?: string;
  readonly model?: string;
  readonly program?: string;
  readonly exit_code: number | null;
  /** Names of the notes that the agent was told. */
  readonly told?: readonly string[];
}

/**
 * Milliseconds between asking a turn to end and SIGINT, SIGINT and SIGTERM, SIGTERM and SIGKILL. Together less than masterplan gives
 * the keeper itself, so that the outcome is told even of a program that is deaf.
 */
const STEPS = [2000, 1200, 800] as const;
/** Bytes that a digest may have of which no contract says so. */
const DIGEST_LIMIT = 5120;
/** Milliseconds that a program gets to end by itself after its last turn. */
const FAREWELL = 3000;
/** Bytes of a structured answer that stand in the outcome; all of it is in the transcript. */
const STRUCTURED_LIMIT = 256 * 1024;
/** Characters of standard error that are remembered. */
const LAST_WORDS = 4000;
/** Times that an agent that is done is told something more, and characters of it. */
const MOST_NOTES = 3;
const NOTE_LIMIT = 8000;

/**
 * Carries one attempt from its order to its outcome. `stopped` is aborted when masterplan wants it to end. Returns the exit code
 * for the keeper itself: 0 when the agent completed its work, 1 otherwise.
 */
export async function keep(
  order: Order,
  driver: Driver,
  env: Readonly<Record<string, string>>,
  io: KeeperIo,
  stopped: AbortSignal,
): Promise<number> {
  return new Keeper(order, driver, env, io, stopped).run();
}

/**
 * The contract of that id. The shapes of contracts take as long to load as all the rest of a keeper, and are needed when the agent is done:
 * they are fetched while it starts.
 */
async function contractFor(id: string): Promise<Contract | undefined> {
  const { contractCalled } = await import('../../core/run/contracts/registry.ts');
  return contractCalled(id);
}

class Keeper {
  readonly #order: Order;
  readonly #driver: Driver;
  readonly #env: Readonly<Record<string, string>>;
  readonly #io: KeeperIo;
  readonly #stopped: AbortSignal;
  readonly #asked = new Map<string, AbortController>();
  #conversation: Conversation | undefined;
  #started: Extract<AgentEvent, { type: 'started' }> | undefined;
  #lastWords = '';
  #turn: Outcome | undefined;
  #repaired = false;
  /** Notes that were told, and the work that was done before. */
  readonly #noted = new Set<string>();
  #notes = 0;
  #done: Outcome | undefined;
  #closing = false;
  #unwritten: string[] = [];
  #writing: Promise<void> | undefined;
  readonly #bell = new Bell();
  readonly #hurry = new AbortController();
  #progress: AppendFile | undefined;
  /** Progress cannot be written any more. */
  #mute = false;

  constructor(order: Order, driver: Driver, env: Readonly<Record<string, string>>, io: KeeperIo, stopped: AbortSignal) {
    this.#order = order;
    this.#driver = driver;
    this.#env = env;
    this.#io = io;
    this.#stopped = stopped;
  }

  async run(): Promise<number> {
    const { argv, env } = this.#driver.launch();
    const { contained } = this.#order;
    try {
      this.#conversation = await this.#io.converse(
        { argv: wrapped(contained, argv), cwd: this.#order.worktree, env: { ...env, ...this.#env } },
        { line: (text) => this.#heard(text), error: (text) => this.#complained(text) },
      );
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return this.#end({ how: 'failed', failure: 'misconfigured', message, said: '', denied: 0 }, null);
    }
    this.#make(this.#driver.begin());
    void contractFor(this.#order.contract).catch(() => undefined);
    let over: Awaited<Conversation['ended']> | undefined;
    void this.#conversation.ended.then((how) => {
      over = how;
      this.#bell.ring();
    });
    this.#stopped.addEventListener('abort', () => this.#bell.ring(), { once: true });
    let ending: Promise<void> | undefined;
    for (;;) {
      if (over !== undefined) break;
      if (this.#stopped.aborted) {
        ending ??= this.#stop();
        // Interrupted as it was asked to: it need not be waited for any longer.
        if (this.#turn !== undefined) this.#conversation.closeInput();
      } else if (this.#turn !== undefined) await this.#turnEnded(this.#turn);
      if (over === undefined) await this.#bell.rung();
    }
    for (const waiting of this.#asked.values()) waiting.abort();
    await ending;
    // A container cannot say otherwise that there is no such program.
    if (contained !== undefined && this.#started === undefined && (over.code === 127 || over.code === 126)) {
      const message = this.#lastWords.trim();
      return this.#end({ how: 'failed', failure: 'misconfigured', message, said: '', denied: 0 }, over.code);
    }
    // It ended right after its turn, without being asked to: what it gave back counts all the same.
    if (this.#turn?.how === 'completed' && !this.#closing) await this.#takeDigest(this.#turn);
    const outcome =
      this.#turn ?? this.#done ?? this.#driver.exited(over.code, over.signal, this.#lastWords, this.#io.clock.now());
    const { failure: _, ...rest } = outcome;
    return this.#end(
      this.#stopped.aborted && outcome.how !== 'completed' ? { ...rest, how: 'cancelled' } : outcome,
      over.code,
    );
  }

  /** A turn is over: its digest is looked at, repaired once if it has to be, and the conversation closed. */
  async #turnEnded(ended: Outcome): Promise<void> {
    if (this.#closing) return;
    // What came after a note cannot undo that it was done before.
    const turn = ended.how !== 'completed' && this.#done !== undefined ? this.#done : ended;
    this.#turn = turn;
    const problems = turn.how === 'completed' ? await this.#takeDigest(turn) : undefined;
    if (problems !== undefined && !this.#repaired && !this.#stopped.aborted) {
      this.#repaired = true;
      this.#turn = undefined;
      this.#record({ type: 'notice', message: `the digest is asked for again: ${problems.join('; ')}` });
      this.#make(this.#driver.say(repairText(this.#order.contract, problems)));
      return;
    }
    const notes = ended.how === 'completed' && !this.#stopped.aborted ? await this.#unread() : '';
    if (notes !== '') {
      this.#done = turn;
      this.#notes++;
      this.#turn = undefined;
      this.#record({ type: 'notice', message: `it is told: ${notes.slice(0, 200)}` });
      this.#make(this.#driver.say(notes));
      return;
    }
    this.#closing = true;
    const conversation = this.#conversation;
    conversation?.closeInput();
    if (!this.#driver.endsOnEof) conversation?.signal('SIGTERM');
    if (conversation !== undefined) void this.#farewell(conversation);
  }

  /** What masterplan has to say to the agent and has not said yet. Between two turns every program listens. */
  async #unread(): Promise<string> {
    if (this.#notes >= MOST_NOTES) return '';
    const directory = `${this.#order.inputs}/notes`;
    const texts: string[] = [];
    for (const name of await this.#io.files.list(directory).catch(() => [])) {
      if (this.#noted.has(name)) continue;
      const bytes = await this.#io.files.read(`${directory}/${name}`, NOTE_LIMIT).catch(() => undefined);
      if (bytes === undefined) continue;
      this.#noted.add(name);
      texts.push(new TextDecoder().decode(bytes));
    }
    return texts.join('\n\n');
  }

  /** Ends a program that does not end by itself after its last turn. */
  async #farewell(conversation: Conversation): Promise<void> {
    const gone = conversation.ended.then(() => true);
    for (const [wait, signal] of [[FAREWELL, 'SIGTERM'] as const, [STEPS[2], 'SIGKILL'] as const]) {
      // Once it is gone, its number may be another's.
      if (await Promise.race([gone, this.#io.clock.wait(wait).then(() => false)])) return;
      conversation.signal(signal);
    }
  }

  /** Writes the digest down that the agent gave back; returns what is wrong with it, or that there is none. */
  async #takeDigest(turn: Outcome): Promise<readonly string[] | undefined> {
    const { files } = this.#io;
    // A masterplan that was replaced meanwhile may lack it: masterplan itself looks at the digest anyhow.
    const contract = (await contractFor(this.#order.contract).catch(() => undefined))?.digest;
    const check = (text: string): readonly string[] | undefined => {
      const parsed = contract?.check(text, new TextEncoder().encode(text).length);
      if (parsed === undefined) return [`there is no contract ${this.#order.contract}`];
      if (parsed.ok || parsed.error.admits !== undefined) return undefined;
      return parsed.error.problems;
    };
    let written: Uint8Array | undefined;
    try {
      written = await files.read(this.#order.digest, (contract?.limit ?? DIGEST_LIMIT) * 20);
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
    const given = digestText(turn);
    const wrong = written === undefined ? undefined : check(new TextDecoder().decode(written));
    if (written !== undefined && wrong === undefined) return undefined;
    if (given === undefined) return wrong ?? ['no digest was given'];
    const problems = check(given);
    // What the agent said last counts; it is written down even if it is no digest, so that it can be told why.
    try {
      await files.write(this.#order.digest, given);
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
    return problems;
  }

  /** Masterplan wants an end: the turn is interrupted first, so that what was done and spent is told. */
  async #stop(): Promise<void> {
    const conversation = this.#conversation;
    if (conversation === undefined) return;
    this.#make(this.#driver.interrupt());
    const gone = conversation.ended.then(() => true);
    const steps = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const;
    for (const [i, signal] of steps.entries()) {
      const waited = this.#io.clock.wait(STEPS[i] as number).then(() => false);
      if (this.#turn !== undefined && i === 0) conversation.closeInput();
      if (await Promise.race([gone, waited])) return;
      conversation.signal(signal);
    }
  }

  #heard(text: string): void {
    this.#io.print(`< ${text}\n`);
    this.#make(this.#driver.line(text, this.#io.clock.now()));
  }

  #complained(text: string): void {
    this.#io.print(text);
    this.#lastWords = (this.#lastWords + text).slice(-LAST_WORDS);
  }

  #make({ send, events }: Move): void {
    for (const line of send) {
      this.#io.print(`> ${line}\n`);
      this.#conversation?.send(line);
    }
    for (const event of events) {
      // A question is noted when it has to be asked; most are answered by the rules.
      if (event.type !== 'permission_asked') this.#record(event);
      if (event.type === 'started') this.#started = { ...this.#started, ...event };
      if (event.type === 'permission_asked') void this.#broker(event);
      if (event.type === 'turn_ended') {
        // A turn has one end: what is told of it after that, nobody asked for.
        this.#turn ??= event.outcome;
        this.#bell.ring();
      }
    }
  }

  /** Answers a question by the rules, or waits for somebody who does. */
  async #broker(event: Extract<AgentEvent, { type: 'permission_asked' }>): Promise<void> {
    const { ask } = event;
    const ruled = decidePermission(this.#order.rules, ask);
    const settle = (answer: PermissionAnswer, by: 'rules' | 'person' | 'time', reason: string): void => {
      this.#record({ type: 'permission_settled', id: ask.id, answer, by, what: ask.what });
      this.#make(this.#driver.answer(ask.id, answer, reason));
    };
    if (ruled !== 'ask') return settle(ruled, 'rules', ruled === 'deny' ? 'The policy of this run forbids it.' : '');
    this.#record(event);
    const given = await this.#wait(ask.id).finally(() => this.#asked.delete(ask.id));
    if (given === 'time')
      settle('deny', 'time', 'Nobody answered in time. Do without it, or say that you are blocked.');
    else if (given !== undefined) settle(given, 'person', given === 'deny' ? 'A person denied it.' : '');
  }

  async #wait(id: string): Promise<PermissionAnswer | 'time' | undefined> {
    const { files, clock } = this.#io;
    const controller = new AbortController();
    this.#asked.set(id, controller);
    const path = `${this.#order.inputs}/answers/${fileNameOf(id)}`;
    const end = this.#order.patience > 0 ? clock.monotonic() + this.#order.patience : Infinity;
    while (!controller.signal.aborted) {
      const bytes = await files.read(path, 4096).catch(() => undefined);
      const word = bytes === undefined ? '' : new TextDecoder().decode(bytes).trim();
      if (word === 'allow' || word === 'session' || word === 'deny') return word;
      const left = end - clock.monotonic();
      if (left <= 0) return 'time';
      await clock.wait(Math.min(250, left), controller.signal);
    }
    return undefined;
  }

  #record(event: AgentEvent): void {
    if (this.#mute) return;
    this.#unwritten.push(`${JSON.stringify({ at: this.#io.clock.now(), ...event })}\n`);
    this.#writing ??= this.#write();
  }

  /** Writes what has gathered, a tenth of a second's worth at a time: each write waits for the disk. */
  async #write(): Promise<void> {
    try {
      this.#progress ??= await this.#io.files.openAppend(`${this.#order.inputs}/progress.jsonl`);
      while (this.#unwritten.length > 0) {
        const text = this.#unwritten.join('');
        this.#unwritten = [];
        await this.#progress.append(new TextEncoder().encode(text));
        if (this.#unwritten.length > 0) await this.#io.clock.wait(100, this.#hurry.signal);
      }
    } catch (error) {
      // Progress is for the eye; the transcript has all of it. What failed once fails again, and would gather.
      this.#mute = true;
      this.#unwritten = [];
      this.#io.print(`progress cannot be written: ${error instanceof Error ? error.message : String(error)}\n`);
    } finally {
      this.#writing = undefined;
    }
  }

  async #end(outcome: Outcome, code: number | null): Promise<number> {
    this.#hurry.abort();
    while (this.#writing !== undefined) await this.#writing;
    const { session, model, program } = this.#started ?? {};
    const { structured, ...told } = outcome;
    const short = structured !== undefined && JSON.stringify(structured).length <= STRUCTURED_LIMIT;
    const kept: KeptOutcome = {
      schema: 1,
      family: this.#driver.family,
      ...(session === undefined ? {} : { session }),
      ...(model === undefined ? {} : { model }),
      ...(program === undefined ? {} : { program }),
      exit_code: code,
      ...told,
      ...(this.#noted.size === 0 ? {} : { told: [...this.#noted] }),
      ...(short ? { structured } : {}),
    };
    await this.#io.files.write(`${this.#order.inputs}/outcome.json`, `${JSON.stringify(kept)}\n`);
    return outcome.how === 'completed' ? 0 : 1;
  }
}

/** A program in its container, if it has one. */
function wrapped(
  container: readonly string[] | undefined,
  argv: readonly [string, ...string[]],
): [string, ...string[]] {
  const [first, ...rest] = container ?? [];
  return first === undefined ? [...argv] : [first, ...rest, ...argv];
}

/** Wakes one sleeper, also when it rings just before somebody lies down. */
class Bell {
  #rang = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rang = true;
    this.#wake?.();
  }

  async rung(): Promise<void> {
    if (!this.#rang) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#wake = undefined;
    this.#rang = false;
  }
}

function repairText(contract: string, problems: readonly string[]): string {
  return [
    'Your digest cannot be taken:',
    ...problems.map((problem) => `- ${problem}`),
    '',
    `Change no file. Answer with nothing but the digest of contract ${contract}: one JSON object, as the brief says.`,
  ].join('\n');
}
