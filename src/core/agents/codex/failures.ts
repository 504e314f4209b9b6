import type { LimitNotice } from '../event.ts';
import type { FailureClass } from '../failure.ts';
import { brief, type Fields, fieldsOf, numberOf, textOf } from '../json.ts';
import { resetTime } from '../reset-time.ts';
import { failureInWords, failureOfStatus } from '../words.ts';

/** `CodexErrorInfo` where it is a word, of the types that Codex itself writes (`codex app-server generate-ts`). */
const NAMED: Readonly<Record<string, FailureClass>> = {
  contextWindowExceeded: 'overflow',
  sessionBudgetExceeded: 'budget',
  usageLimitExceeded: 'usage-limit',
  rateLimitExceeded: 'rate-limit',
  flexUnavailable: 'overloaded',
  serverOverloaded: 'overloaded',
  policyCapacityUnavailable: 'overloaded',
  modelNotFound: 'misconfigured',
  cyberPolicy: 'refusal',
  misalignmentPolicyViolation: 'refusal',
  internalServerError: 'server',
  unauthorized: 'authentication',
  sandboxError: 'misconfigured',
};

/** Names that are an object with the status of the model server. */
const WITH_STATUS =
  /^(?:httpConnectionFailed|responseStreamConnectionFailed|responseStreamDisconnected|responseTooManyFailedAttempts)$/;

/** A `TurnError` as we understand it. */
export interface Trouble {
  readonly failure: FailureClass;
  /** The program's own words, whole. */
  readonly text: string;
  readonly status: number | undefined;
}

/** Which class a `TurnError` is of: its name where that says enough, else its status, else its words. */
export function troubleOf(error: Fields): Trouble {
  const text = (textOf(error['message']) ?? '').slice(0, 4000);
  // Of an error that is tried again the message only counts the tries.
  const words = `${text}\n${(textOf(error['additionalDetails']) ?? '').slice(0, 4000)}`;
  const info = error['codexErrorInfo'];
  const named = typeof info === 'string' && Object.hasOwn(NAMED, info) ? NAMED[info] : undefined;
  const held = fieldsOf(info);
  // `httpConnectionFailed` and the like, also those to come: without a status, the server was not reached or hung up.
  const http = Object.entries(held)
    .slice(0, 20)
    .find(([name, value]) => WITH_STATUS.test(name) || 'httpStatusCode' in fieldsOf(value));
  const status = http === undefined ? undefined : numberOf(fieldsOf(http[1])['httpStatusCode']);
  return { failure: classOf(named, http !== undefined, status, words), text, status };
}

function classOf(
  named: FailureClass | undefined,
  http: boolean,
  status: number | undefined,
  words: string,
): FailureClass {
  // A used-up quota is called a usage limit as well, but it does not come back by waiting.
  if (named === 'usage-limit') return isCredit(words) ? 'billing' : 'usage-limit';
  if (named !== undefined) return named;
  const said = failureOfTexts(words);
  if (status !== undefined) return failureOfStatus(status, words) ?? said ?? 'unknown';
  return said ?? (http ? 'connection' : 'unknown');
}

/** The class that words of Codex speak of, those included that only Codex uses. */
export function failureOfTexts(words: string): FailureClass | undefined {
  if (/\breason: content_filter\b/.test(words)) return 'refusal';
  if (/\breason: max_output_tokens\b/.test(words)) return 'overflow';
  // The one with the key of the provider.
  if (/^missing environment variable\b/i.test(words)) return 'authentication';
  return failureInWords(words);
}

function isCredit(words: string): boolean {
  return failureInWords(words) === 'billing' || /\bout of credits\b/i.test(words);
}

/**
 * When the limit ends that a message tells: `try again at 8:12 PM`, in the time zone of the machine and without seconds, so the end
 * of that minute is meant. `now` and the result: milliseconds since 1970.
 */
export function resetOf(text: string, now: number): number | undefined {
  const minute = 60_000;
  // The zone of this process is the one of the agent: both have the same environment. The minute that has begun counts as to come.
  const read = (at: number): number | undefined => resetTime(text, now - minute, -new Date(at).getTimezoneOffset());
  const first = read(now);
  // Clocks may be put forward or back before then.
  const at = first === undefined ? undefined : read(first);
  return at === undefined ? undefined : at + minute;
}

/** The windows of `account/rateLimits/updated` that it knows something of. */
export function limitsOf(params: Fields): readonly LimitNotice[] {
  const snapshot = fieldsOf(params['rateLimits']);
  const windows = ['primary', 'secondary'].flatMap((window) => {
    const told = fieldsOf(snapshot[window]);
    const used = numberOf(told['usedPercent']);
    const resets = numberOf(told['resetsAt']);
    if (used === undefined && resets === undefined) return [];
    return [
      {
        window,
        ...(used === undefined ? {} : { used }),
        ...(resets === undefined ? {} : { resetsAt: resets * 1000 }),
      },
    ];
  });
  return [...windows, ...creditsIn(fieldsOf(snapshot['credits']))];
}

/** What is bought beside the plan and goes on when its windows are used up. Who has none is not told of as one who used them up. */
function creditsIn(credits: Fields): readonly LimitNotice[] {
  if (credits['unlimited'] === true) return [{ window: 'credits', left: 'unlimited' }];
  const { balance } = credits;
  const told = textOf(balance) ?? numberOf(balance)?.toString();
  return credits['hasCredits'] === true && told !== undefined ? [{ window: 'credits', left: brief(told, 40) }] : [];
}
