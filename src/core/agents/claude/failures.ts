import type { FailureClass } from '../failure.ts';
import { type Fields, listOf, numberOf, textOf } from '../json.ts';
import { resetTime } from '../reset-time.ts';
import { failureInWords, failureOfStatus } from '../words.ts';

/** Failures that `assistant.error` and `api_retry.error` name. */
const ERRORS: Readonly<Record<string, FailureClass | undefined>> = {
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

const SUBTYPES: Readonly<Record<string, FailureClass | undefined>> = {
  error_max_turns: 'turns',
  error_max_budget_usd: 'budget',
  error_max_structured_output_retries: 'protocol',
};

/** What is said in fields of `result` beside its text. */
const API_ERRORS: Readonly<Record<string, FailureClass | undefined>> = {
  usage_limit_reached: 'usage-limit',
  usage_cap_reached: 'usage-limit',
  connection_failed: 'connection',
};

/** A message of the program itself in place of one of the model's. */
export interface ApiError {
  readonly name: string;
  readonly status: number | undefined;
  readonly text: string;
}

/** Why a turn failed, by its `result` and the error message that came before it. */
export function failureOfResult(fields: Fields, error: ApiError | undefined): FailureClass {
  const known = own(SUBTYPES, textOf(fields['subtype']));
  if (known !== undefined) return known;
  const text = (textOf(fields['result']) ?? '').slice(0, 4000);
  const reason = textOf(fields['terminal_reason']) ?? '';
  const errors = listOf(fields['errors'])
    .slice(0, 20)
    .flatMap((one) => textOf(one) ?? []);
  if (errors.some((one) => namesNoConversation(one))) return 'session';
  // Aborted, and not by us: by a signal from elsewhere.
  if (reason.startsWith('aborted')) return 'died';
  if (reason === 'prompt_too_long') return 'overflow';
  if (fields['stop_reason'] === 'refusal') return 'refusal';
  const said = `${text}\n${error?.text.slice(0, 4000) ?? ''}\n${(textOf(fields['api_error_type']) ?? '').slice(0, 200)}`;
  const words = failureInWords(said);
  if (words === 'usage-limit' || words === 'overflow' || words === 'billing') return words;
  const api = own(API_ERRORS, textOf(fields['api_error']));
  if (api !== undefined) return api;
  const status = statusOf(fields, error);
  const byStatus = status === undefined ? undefined : failureOfStatus(status, said);
  if (byStatus !== undefined) return byStatus;
  const named = own(ERRORS, error?.name);
  if (named !== undefined) return words === 'connection' ? words : named;
  return words ?? 'unknown';
}

export function statusOf(fields: Fields, error: ApiError | undefined): number | undefined {
  return numberOf(fields['api_error_status']) ?? error?.status;
}

/** Why the program ended without a result. `words`: its last. */
export function failureOfExit(
  code: number | null,
  signal: string | null,
  started: boolean,
  words: string,
): FailureClass {
  if (namesNoConversation(words)) return 'session';
  // What it said before is not why somebody ended it. It turns some signals into codes itself.
  if (signal !== null || (code ?? 0) > 128) return 'died';
  if (/^error: (?:unknown|option|command|missing|invalid|too many)\b/im.test(words)) return 'misconfigured';
  return failureInWords(words) ?? (started ? 'died' : 'misconfigured');
}

function namesNoConversation(words: string): boolean {
  return /\bno conversation found\b|\bresume requires a valid session\b|\bsession (?:id )?\S{0,60} (?:is )?(?:not found|already in use)/i.test(
    words.slice(0, 4000),
  );
}

/**
 * When the limit ends that a message tells: `resets 6pm (Europe/Berlin)`; without a zone in that of this process, which is the
 * program's. `now` and the result: milliseconds since 1970.
 */
export function resetOf(text: string, now: number): number | undefined {
  const zone = /\(([A-Z][A-Za-z_]{1,30}(?:\/[A-Za-z0-9_+-]{1,30}){0,2})\)/.exec(text.slice(0, 2000))?.[1];
  const read = (at: number): number | undefined =>
    resetTime(text, now, (zone === undefined ? undefined : offsetIn(zone, at)) ?? -new Date(at).getTimezoneOffset());
  const first = read(now);
  // Clocks may be put forward or back before then.
  return first === undefined ? undefined : read(first);
}

/** Minutes that a time zone is ahead of UTC; `undefined`: there is no such zone. */
function offsetIn(zone: string, at: number): number | undefined {
  try {
    const numeric = 'numeric';
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
    }).formatToParts(at);
    const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value);
    const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
    return Math.round((local - at) / 60_000);
  } catch {
    return undefined;
  }
}

function own<T>(of: Readonly<Record<string, T | undefined>>, name: string | undefined): T | undefined {
  return name !== undefined && Object.hasOwn(of, name) ? of[name] : undefined;
}

/** The failure that an error's name speaks of. */
export function failureNamed(name: string): FailureClass | undefined {
  return own(ERRORS, name);
}
