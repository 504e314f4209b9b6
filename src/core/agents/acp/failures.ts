import { troubleOf } from '../codex/failures.ts';
import type { Outcome } from '../event.ts';
import { digestText } from '../digest-text.ts';
import type { FailureClass } from '../failure.ts';
import { brief, type Fields, fieldsOf, numberOf, textOf } from '../json.ts';
import { failureInWords, failureOfStatus } from '../words.ts';

/** A failure as we understand it. */
export interface Trouble {
  readonly failure: FailureClass;
  /** The program's own words. */
  readonly text: string;
  /** HTTP status of the model server, where it is told. */
  readonly status: number | undefined;
}

/** Characters of an error that are looked at. */
const MOST = 4000;

/** `data.errorKind`, as the adapter of Claude's agent SDK names failures. What is not here is decided by words. */
const KINDS: Readonly<Record<string, FailureClass>> = {
  authentication_failed: 'authentication',
  oauth_org_not_allowed: 'forbidden',
  account_on_hold: 'billing',
  verification_required: 'authentication',
  billing_error: 'billing',
  rate_limit: 'rate-limit',
  overloaded: 'overloaded',
  model_not_found: 'misconfigured',
  server_error: 'server',
  max_output_tokens: 'overflow',
  cloud_credential_error: 'authentication',
};

/** `data.errorName`, as opencode names failures. `APIError` is any answer of a model server. */
const NAMES: Readonly<Record<string, FailureClass>> = {
  ProviderAuthError: 'authentication',
  ContextOverflowError: 'overflow',
  MessageOutputLengthError: 'overflow',
  ProviderModelNotFoundError: 'misconfigured',
  ConfigInvalidError: 'misconfigured',
};

/** The class that an error of JSON-RPC speaks of: its code where that says enough, else the fields of vendors, else its words. */
export function troubleOfError(error: Fields, otherwise: FailureClass): Trouble {
  const code = numberOf(error['code']);
  const data = fieldsOf(error['data']);
  const message = (textOf(error['message']) ?? '').slice(0, MOST);
  const more = (textOf(data['message']) ?? textOf(data['details']) ?? textOf(error['data']) ?? '').slice(0, MOST);
  // What JSON-RPC calls its own code is not what happened.
  const own = message.replace(/^Internal error(?:: )?/, '');
  const words = `${own}\n${more}`;
  const text =
    readable(own === '' ? more : own) || brief(message) || `the program refused (${code ?? 'without a reason'})`;
  const http = code !== undefined && code >= 100 && code < 600 ? code : undefined;
  const trouble = (failure: FailureClass, status: number | undefined): Trouble => ({ failure, text, status });
  if (code === -32_000) return trouble('authentication', http);
  if ('codexErrorInfo' in data) {
    const told = troubleOf({ message: more, codexErrorInfo: data['codexErrorInfo'] });
    return trouble(told.failure, told.status);
  }
  const said = failureOfTexts(words);
  if (http !== undefined) {
    // A program that knows no status says 500.
    if (http === 500 && said !== undefined) return trouble(said, undefined);
    return trouble(failureOfStatus(http, words) ?? said ?? 'unknown', http);
  }
  const named = ofName(KINDS, data['errorKind']) ?? ofName(NAMES, data['errorName']);
  if (named === 'rate-limit' && (said === 'usage-limit' || said === 'billing')) return trouble(said, http);
  // Everything that is not the client's fault is a `server_error`.
  if (named === 'server') return trouble(said === 'overloaded' || said === 'connection' ? said : named, http);
  if (named !== undefined) return trouble(named, http);
  // Known requests that a program does not know, or arguments that it does not take.
  if (said === undefined && (code === -32_601 || code === -32_602)) return trouble('protocol', http);
  return trouble(said ?? otherwise, http);
}

/** The class that words speak of, those included that only agents of this protocol use. */
export function failureOfTexts(words: string): FailureClass | undefined {
  const said = words.slice(0, MOST);
  if (/\btoken count\b.{0,60}\bexceeds\b/.test(said)) return 'overflow';
  if (/\bmaximum number of turns\b/i.test(said)) return 'turns';
  if (/\bmaximum budget\b/i.test(said)) return 'budget';
  if (/\b(?:session|conversation)s? (?:\S{1,80} )?(?:was )?not found\b|\bno previous sessions\b/i.test(said))
    return 'session';
  const known = failureInWords(said);
  if (known !== undefined) return known;
  // As OpenAI, Google and others call a key that is none.
  if (/\b(?:incorrect|missing|wrong|expired) api[- ]?key\b/i.test(said)) return 'authentication';
  if (/\bkey\b.{0,20}\b(?:not (?:accepted|valid)|invalid|expired|incorrect|revoked)\b/i.test(said))
    return 'authentication';
  // A status without a word that we know.
  const status = /\b(?:status(?: code)?:?|HTTP) (\d{3})\b/i.exec(said)?.[1];
  if (status !== undefined) return failureOfStatus(Number(status), said);
  // What Node.js, Bun and others call a stream that broke off, or never began.
  if (/^\s*terminated\b/m.test(said) || /\b(?:unable to|cannot|could not|failed to) connect\b/i.test(said))
    return 'connection';
  if (/\bunexpected EOF\b|\bHTTP request: error/i.test(said)) return 'connection';
  return undefined;
}

/** What is known of a turn that a program says has ended well. */
export interface Ended {
  /** The last message, and the last piece of it: programs put their own words in pieces of their own. */
  readonly message: string;
  readonly piece: string;
  /** Whether the model wrote anything, as the program counts; `undefined`: it does not tell. */
  readonly counted: boolean | undefined;
  /** Whether this program tells the tokens of every turn in which there were some. */
  readonly counts: boolean;
  /** What it said of a failure on the way that it did not get over. */
  readonly trouble: Trouble | undefined;
}

/**
 * The failure behind an `end_turn`: there is no other end in the protocol for it, so programs say it as if the model had.
 * `undefined`: nothing speaks against it. Of what the model itself says nothing is taken for a failure: where it wrote something
 * that was counted, and where there is a digest, the words are its own.
 */
export function failureBehind({ message, piece, counted, counts, trouble }: Ended): Trouble | undefined {
  if (counted === true) return undefined;
  const outcome: Outcome = { how: 'completed', message: '', said: message, denied: 0 };
  if (digestText(outcome) !== undefined) return undefined;
  for (const text of [piece, message.slice(-MOST)]) {
    const words = text.trim();
    if (words === '') continue;
    // Who counts and has counted nothing did not ask a model; anybody else has to call it an error.
    if (!counts && !/^(?:\w{1,20} ){0,2}error\b/i.test(words)) continue;
    const said = failureOfTexts(words);
    if (said !== undefined) return { failure: said, text: readable(words), status: statusIn(words) ?? trouble?.status };
    if (/^(?:\w{1,20} ){0,2}error\b/i.test(words)) {
      return trouble ?? { failure: 'unknown', text: readable(words), status: statusIn(words) };
    }
  }
  return trouble;
}

/** A status in words: `(HTTP 401)`, `last status: 429`, `Error: 400 …`. */
function statusIn(words: string): number | undefined {
  const found = /\b(?:HTTP|status:?|^Error:) (\d{3})\b/.exec(words)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Some programs pass the answer of the model server on as it is. */
function readable(text: string): string {
  const inside = /"message": ?"((?:[^"\\]|\\.){1,500})"/.exec(text.slice(0, MOST))?.[1];
  return brief(text.trimStart().startsWith('{') && inside !== undefined ? inside : text);
}

function ofName(names: Readonly<Record<string, FailureClass>>, name: unknown): FailureClass | undefined {
  return typeof name === 'string' && Object.hasOwn(names, name) ? names[name] : undefined;
}
