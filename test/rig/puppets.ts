import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { until } from '../io/until.ts';

interface Hello {
  readonly pid: number;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
  /** What came in on standard input. */
  readonly brief: string;
}

interface Answer {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The test's end of one puppet agent: every method is something that the agent does now. */
export class Puppet {
  readonly hello: Hello;
  /** `T1` */
  readonly task: string;
  readonly attempt: number;
  readonly #socket: Socket;
  readonly #answers = new Map<number, Answer>();
  #last = 0;
  #gone = false;

  constructor(hello: Hello, socket: Socket) {
    this.hello = hello;
    this.task = hello.env['MASTERPLAN_TASK'] ?? '';
    this.attempt = Number(hello.env['MASTERPLAN_ATTEMPT']);
    this.#socket = socket;
  }

  get name(): string {
    return `${this.task}#${this.attempt}`;
  }

  get gone(): boolean {
    return this.#gone;
  }

  write(path: string, text: string): Promise<unknown> {
    return this.#order({ order: 'write', path, text });
  }

  say(text: string): Promise<unknown> {
    return this.#order({ order: 'say', text });
  }

  /** Prints a line so many times. */
  flood(line: string, times: number): Promise<unknown> {
    return this.#order({ order: 'flood', line, times });
  }

  /** Runs a command as a child of the agent; its output. */
  async sh(command: string): Promise<string> {
    const { code, output } = (await this.#order({ order: 'sh', command })) as { code: number; output: string };
    if (code !== 0) throw new Error(`${this.name}: ${command}: exit code ${code}\n${output}`);
    return output;
  }

  async commit(message = 'Work'): Promise<string> {
    return this.sh(`git add -A && git commit -qm '${message}' && git rev-parse HEAD`);
  }

  /** Leaves a process behind; `escaped`: in a session of its own, `wiped`: also without our environment. */
  async leave(how: { readonly escaped?: boolean; readonly wiped?: boolean } = {}): Promise<number> {
    return ((await this.#order({ order: 'leave', ...how })) as { pid: number }).pid;
  }

  ignore(signal: NodeJS.Signals): Promise<unknown> {
    return this.#order({ order: 'ignore', signal });
  }

  digest(content: string | Readonly<Record<string, unknown>>): Promise<unknown> {
    const text =
      typeof content === 'string'
        ? content
        : JSON.stringify({ contract_id: 'implement.v1', status: 'completed', summary: 'Did it.', ...content });
    return this.write(this.hello.env['MASTERPLAN_DIGEST'] ?? '', text);
  }

  /** Writes the verdict of a review and ends well. */
  async reviews(digest: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.digest(
      JSON.stringify({ contract_id: 'review.v1', verdict: 'approve', summary: 'Looked at it.', ...digest }),
    );
    await this.exit(0);
  }

  /** Writes a digest and ends well. */
  async done(digest: string | Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.digest(digest);
    await this.exit(0);
  }

  /** Ends; resolves when the process has let go of its socket. */
  exit(code: number): Promise<void> {
    return this.#last_({ order: 'exit', code });
  }

  /** Ends by a signal: the agent alone, or its whole process group. */
  die(signal: NodeJS.Signals = 'SIGKILL', group = false): Promise<void> {
    return this.#last_({ order: 'signal', signal, group });
  }

  /** Waits until it is gone, whoever ended it. */
  async left(): Promise<void> {
    await until(`${this.name} to be gone`, () => this.#gone);
  }

  answer(id: number, result: unknown, error: string | undefined): void {
    const answer = this.#answers.get(id);
    this.#answers.delete(id);
    if (error === undefined) answer?.resolve(result);
    else answer?.reject(new Error(`${this.name}: ${error}`));
  }

  close(): void {
    this.#gone = true;
    for (const answer of this.#answers.values()) answer.reject(new Error(`${this.name} is gone`));
    this.#answers.clear();
  }

  #order(order: Readonly<Record<string, unknown>>): Promise<unknown> {
    if (this.#gone) return Promise.reject(new Error(`${this.name} is gone`));
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#answers.set(id, { resolve, reject });
      this.#socket.write(`${JSON.stringify({ id, ...order })}\n`);
    });
  }

  async #last_(order: Readonly<Record<string, unknown>>): Promise<void> {
    this.#order(order).catch(() => {});
    await this.left();
  }
}

/** Listens for puppets. */
export class Puppets {
  /** Everyone who ever came, in order. */
  readonly all: Puppet[] = [];
  readonly path: string;
  readonly #server: Server;
  #script: ((agent: Puppet) => Promise<void>) | undefined;
  #taken = new Set<Puppet>();
  readonly #failures: Error[] = [];

  private constructor(path: string) {
    this.path = path;
    this.#server = createServer((socket) => this.#meet(socket));
  }

  static async listen(path: string): Promise<Puppets> {
    const puppets = new Puppets(path);
    await new Promise<void>((resolve, reject) => {
      puppets.#server.once('error', reject);
      puppets.#server.listen(path, resolve);
    });
    return puppets;
  }

  /** The next agent of a task (of any task, without one) that no test has taken yet. */
  async next(task?: string): Promise<Puppet> {
    const agent = await until(`an agent for ${task ?? 'any task'}`, () => {
      this.#report();
      return this.all.find((one) => !this.#taken.has(one) && (task === undefined || one.task === task));
    });
    this.#taken.add(agent);
    return agent;
  }

  /** Lets every agent that comes from now on follow one script. */
  follow(script: (agent: Puppet) => Promise<void>): void {
    this.#script = script;
  }

  close(): void {
    this.#script = undefined;
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  readonly #sockets = new Set<Socket>();

  #report(): void {
    const failure = this.#failures.shift();
    if (failure !== undefined) throw failure;
  }

  #meet(socket: Socket): void {
    this.#sockets.add(socket);
    let puppet: Puppet | undefined;
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#sockets.delete(socket);
      puppet?.close();
    });
    const lines = createInterface({ input: socket });
    lines.on('error', () => {});
    lines.on('line', (line) => {
      const message = JSON.parse(line) as { hello?: Hello; id?: number; result?: unknown; error?: string };
      if (message.hello !== undefined) {
        const agent = new Puppet(message.hello, socket);
        puppet = agent;
        this.all.push(agent);
        if (this.#script !== undefined) {
          this.#taken.add(agent);
          this.#script(agent).catch((error: unknown) => {
            if (!agent.gone) this.#failures.push(error instanceof Error ? error : new Error(String(error)));
          });
        }
      } else if (message.id !== undefined) puppet?.answer(message.id, message.result, message.error);
    });
  }
}
