import type { FailureClass } from './failure.ts';

/** Tokens and money of an attempt so far. Counts never go back; what a program does not tell is absent, never zero. */
export interface Usage {
  /** Tokens sent that were not in a cache; all that were sent, where `cached` is absent. */
  readonly input?: number;
  /** Tokens sent that a cache answered for. */
  readonly cached?: number;
  /** Tokens written to a cache. */
  readonly cacheWrite?: number;
  /** Tokens that the model wrote, thinking included. */
  readonly output?: number;
  /** US dollars, as the program itself reckons. */
  readonly cost?: number;
  /** Requests to the model, where they are told. */
  readonly turns?: number;
}

/** What an agent asks leave for. */
export interface PermissionAsk {
  /** Id under which the agent waits for the answer. */
  readonly id: string;
  readonly kind: 'command' | 'write' | 'read' | 'network' | 'other';
  /** Name of the tool, as the agent calls it. */
  readonly tool: string;
  /** The command line, where it is one. */
  readonly command?: string;
  /** Absolute paths that it is about, where it says so. */
  readonly paths: readonly string[];
  /** For people: one line. */
  readonly what: string;
}

/** `session`: from now on the same is allowed without asking, where the agent knows such an answer. */
export type PermissionAnswer = 'allow' | 'session' | 'deny';

/** What is known of a limit of the account. Percentages of 100, times in milliseconds since 1970. */
export interface LimitNotice {
  /** Which window: `five_hour`, `weekly`, `primary` …; as the vendor calls it. */
  readonly window: string;
  readonly used?: number;
  readonly resetsAt?: number;
  /** What is left where it is told in something else than percent: `12.5`, `unlimited`; at most 40 characters. */
  readonly left?: string;
}

/** How a turn of an agent ended, or the whole conversation. Nothing in it is believed: the witness decides. */
export interface Outcome {
  readonly how: 'completed' | 'failed' | 'cancelled';
  /** Present exactly when `how` is `failed`. */
  readonly failure?: FailureClass;
  /** One line for people; the program's own words where it has some. */
  readonly message: string;
  /** HTTP status of the model server, where it is told. */
  readonly status?: number;
  /** When a limit ends; milliseconds since 1970. */
  readonly resetsAt?: number;
  /** How that is known: a field said so; without it, words for people did. */
  readonly resetsBy?: 'event';
  /** The last thing that the agent said, at most {@link SAID_LIMIT} characters. */
  readonly said: string;
  /** What came back through the agent's own structured output. */
  readonly structured?: unknown;
  /** Permissions that were denied on the way. */
  readonly denied: number;
}

export const SAID_LIMIT = 20_000;

/** What an agent does, whatever family it is of. */
export type AgentEvent =
  | { readonly type: 'started'; readonly session?: string; readonly model?: string; readonly program?: string }
  /** A whole message or a piece of one. */
  | { readonly type: 'text'; readonly text: string; readonly thought?: true }
  | { readonly type: 'tool_started'; readonly id: string; readonly tool: string; readonly what: string }
  | { readonly type: 'tool_ended'; readonly id: string; readonly ok: boolean }
  | { readonly type: 'file_changed'; readonly path: string }
  /** Totals of this attempt: a resumed session's earlier turns are not in them. */
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'permission_asked'; readonly ask: PermissionAsk }
  /** The keeper answered: by the rules of the order, because somebody did, or because nobody did in time. */
  | {
      readonly type: 'permission_settled';
      readonly id: string;
      readonly answer: PermissionAnswer;
      readonly by: 'rules' | 'person' | 'time';
      readonly what: string;
    }
  /** The agent tries again by itself. */
  | { readonly type: 'retrying'; readonly message: string; readonly failure?: FailureClass; readonly wait?: number }
  | { readonly type: 'limit'; readonly limit: LimitNotice }
  | { readonly type: 'notice'; readonly message: string }
  /** The agent waits for the next message; nothing more comes by itself. */
  | { readonly type: 'turn_ended'; readonly outcome: Outcome };
