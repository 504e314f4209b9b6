/** The wire formats that the server speaks. */
export type DialectName = 'anthropic' | 'responses' | 'chat' | 'gemini';

/** What the model wants done. `write`, `read` and `shell` become calls of whatever tool the agent offers for it. */
export type Action =
  | { readonly do: 'write'; readonly path: string; readonly content: string }
  | { readonly do: 'read'; readonly path: string }
  /** `malformed`: the arguments break off in the middle of their JSON. */
  | { readonly do: 'shell'; readonly command: string; readonly malformed?: true }
  /** A tool by its own name, offered or not. */
  | { readonly do: 'call'; readonly tool: string; readonly input: unknown };

/** Tokens of one request, as the seam counts them: what a cache answered for is not in `input`. */
export interface Tokens {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
}

/** Why a request is not answered, independent of how a dialect says so. */
export type FaultName =
  | 'unauthorized'
  | 'forbidden'
  | 'rate-limit'
  | 'usage-limit'
  | 'quota'
  | 'credit'
  | 'server'
  | 'overloaded'
  | 'overflow';

export interface Fault {
  readonly fault: FaultName;
  /** Seconds, as a `retry-after` header; absent: no such header. */
  readonly retryAfter?: number;
  /** When a limit ends; milliseconds since 1970. */
  readonly resetsAt?: number;
}

export interface Answer {
  readonly text?: string;
  readonly actions?: readonly Action[];
  readonly tokens?: Tokens;
  /** Why the model stopped, where it is neither the end nor a tool. */
  readonly stop?: 'length' | 'refusal';
  /**
   * What happens in the middle of the stream instead of its other half: the connection is closed, nothing more is
   * sent until the client leaves, or the stream says that it failed.
   */
  readonly breaks?: 'drop' | 'hang' | 'error';
  /** Milliseconds between two pieces of the stream. */
  readonly pace?: number;
  /** The account is at this part of its limit (percent), which the answer tells beside its text. */
  readonly near?: { readonly used: number; readonly resetsAt: number };
}

/** What the model server does with one request. */
export type Turn = Answer | Fault;

/** A tool that the agent offers. `custom` takes plain text, the others JSON. */
export interface Tool {
  readonly name: string;
  readonly form: 'json' | 'custom';
  /** Where the tool lives, for dialects with namespaces. */
  readonly namespace?: string;
}

/** A request, whatever dialect it came in. */
export interface Conversation {
  readonly model: string;
  readonly stream: boolean;
  /** In order. Results of tools are entries of the user without a text. */
  readonly entries: readonly { readonly by: 'user' | 'model'; readonly text: string }[];
  readonly tools: readonly Tool[];
  /** The form that the text of the answer must have: a JSON Schema that came with the request. */
  readonly schema?: unknown;
}

/** Where in which scenario a request is. */
export interface Scene {
  /** Turns of the model since the text that carries the marker. */
  readonly step: number;
  /** How often this very step was asked for before: 0 unless the agent tries again. */
  readonly hit: number;
  /** What the marker says behind `=`. */
  readonly argument: string | undefined;
  /** The text from the marker on. */
  readonly text: string;
  /** All texts of the user. */
  readonly prompt: string;
  readonly dialect: DialectName;
  readonly conversation: Conversation;
  /** Milliseconds since 1970, by the clock of the server. */
  readonly now: number;
}

/** One script for the model. Pure: the same scene is the same turn. */
export type Scenario = (scene: Scene) => Turn;

/** A call of a tool that is really offered, as it goes out. */
export interface Call {
  readonly id: string;
  readonly name: string;
  readonly form: Tool['form'];
  readonly namespace?: string;
  /** JSON of the arguments, or the plain text of a custom tool. */
  readonly text: string;
}

/** An answer with its calls made out: what a dialect writes. */
export interface Spoken {
  /** Unique on this server; ids are made of it. */
  readonly id: string;
  readonly text: string;
  readonly calls: readonly Call[];
  readonly tokens: Tokens;
  readonly stop: 'end' | 'tools' | 'length' | 'refusal';
}

/** A fault as HTTP. */
export interface Refused {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** How one vendor's model server speaks. */
export interface Dialect {
  readonly name: DialectName;
  /** Of which requests: the path, without its query. */
  readonly path: RegExp;
  read(body: unknown, path: string): Conversation;
  /** The whole answer as JSON. */
  whole(spoken: Spoken, conversation: Conversation): unknown;
  /** The answer as server-sent events, in order. */
  stream(spoken: Spoken, conversation: Conversation): readonly string[];
  /** A request that is refused; where it is only told inside of a stream, an event. */
  refuse(fault: Fault, now: number): Refused | string;
  /** An event that says that the stream failed. */
  broken(): string;
  /** Headers of an answer whose account is near its limit. */
  near(near: { readonly used: number; readonly resetsAt: number }): Readonly<Record<string, string>>;
}
